//! A server that runs beside a test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// How often a page is asked for until it says something.
const LOOKS: u32 = 3_000;

/// A server that runs until the test ends.
pub(crate) struct Server {
    child: Child,
    /// Kept open: a server that cannot say something would end.
    _said: BufReader<ChildStdout>,
    port: String,
    pub(crate) link: String,
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("/enter/") {
            told.clear();
            assert_ne!(said.read_line(&mut told).unwrap(), 0, "it ended too early");
        }
        let (_, address) = told.trim().split_once("http://localhost:").unwrap();
        let (port, link) = address.split_once('/').unwrap();
        Self {
            port: port.to_owned(),
            link: format!("/{link}"),
            child,
            _said: said,
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Sends a request and gives the whole answer.
    pub(crate) fn send(&self, method: &str, path: &str, cookie: &str) -> String {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{}", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n\
             cookie: {cookie}\r\ncontent-length: 0\r\n\r\n",
            self.port
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Comes in by a link; gives the cookie.
    pub(crate) fn enter(&self, link: &str) -> String {
        let answer = self.send("POST", link, "");
        let cookie = answer
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.unwrap_or_else(|| panic!("{answer}"));
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Asks for a page until it says all of this.
    pub(crate) fn until(&self, path: &str, cookie: &str, wanted: &[&str]) -> String {
        let mut page = String::new();
        for _ in 0..LOOKS {
            page = self.send("GET", path, cookie);
            if wanted.iter().all(|words| page.contains(words)) {
                return page;
            }
            std::thread::yield_now();
        }
        panic!("{page}");
    }

    /// Ends it as Ctrl-C does; tells the exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended is ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
