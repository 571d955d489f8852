//! A mail server on this machine: it answers as it is told, and keeps what it took.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::message::Message;

/// What it does in one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Does {
    /// Takes what comes.
    Take,
    /// Says this where somebody is named in a command that begins so.
    Say(&'static str, &'static str),
    /// Breaks off there.
    Drop(&'static str),
}

/// What it took.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) message: Message,
}

/// A server that serves as many connections as it was told, and then is gone.
pub(crate) struct Server {
    address: SocketAddr,
    taken: Receiver<Taken>,
    thread: JoinHandle<()>,
}

impl Server {
    pub(crate) fn with(does: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let does = does.to_vec();
        let (sender, taken) = channel();
        let thread = std::thread::spawn(move || {
            for one in does {
                let (stream, _) = listener.accept().unwrap();
                serve(&stream, one, &sender);
            }
        });
        Self {
            address,
            taken,
            thread,
        }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it took, once it served everybody that it was to serve.
    pub(crate) fn all(self) -> Vec<Taken> {
        self.thread.join().unwrap();
        self.taken.try_iter().collect()
    }

    /// What it took last, while it goes on.
    pub(crate) fn next(&self) -> Taken {
        self.taken.recv().unwrap()
    }
}

/// One connection, to its end; whoever asked may break off at any time.
fn serve(mut stream: &TcpStream, does: Does, sender: &Sender<Taken>) {
    let mut lines = BufReader::new(stream).lines();
    let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 here");
    let (mut from, mut to) = (String::new(), String::new());
    while let Some(Ok(line)) = lines.next() {
        let word = line.split([' ', ':']).next().unwrap().to_uppercase();
        match does {
            Does::Drop(at) if at == word => return,
            Does::Say(at, words) if at == word => {
                say(words);
                continue;
            }
            _ => {}
        }
        match word.as_str() {
            "EHLO" => say("250-here\r\n250 AUTH PLAIN"),
            "AUTH" => say("235 it is you"),
            "MAIL" => {
                from = within(&line);
                say("250 go on")
            }
            "RCPT" => {
                to = within(&line);
                say("250 go on")
            }
            "DATA" => {
                say("354 say it");
                let text = data(&mut lines);
                match does {
                    Does::Drop("END") => return,
                    Does::Say("END", words) => say(words),
                    _ => {
                        let message = Message::read(&text);
                        let (from, to) = (from.clone(), to.clone());
                        sender.send(Taken { from, to, message }).unwrap();
                        say("250 taken")
                    }
                }
            }
            "QUIT" => {
                say("221 bye");
                return;
            }
            _ => say("500 what?"),
        };
    }
}

/// What stands in the angle brackets of a command.
fn within(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap();
    rest.split('>').next().unwrap().to_owned()
}

/// A message up to the line with a point.
fn data(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> String {
    let mut text = String::new();
    for line in lines {
        let line = line.unwrap();
        if line == "." {
            break;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push('\n');
    }
    text
}
