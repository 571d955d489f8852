//! The owner: the process that has the data directory, answering for other processes.
//!
//! A second `consort` on the same directory sends its command line over a local socket, and the
//! owner carries it out through the same engine. The socket lies in the directory and is readable
//! by its user alone.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use serde::{Deserialize, Serialize};

use crate::arguments::Arguments;
use crate::asked::{Asked, error_text};
use crate::console::Console;
use crate::exit;
use crate::place::Place;

/// The longest command line that is taken in, in bytes.
const REQUEST_BYTES_MAX: u64 = 1024 * 1024;
/// How often, and how far apart, an owner that ends looks whether everybody is answered: two
/// seconds, which is more than a command takes and less than somebody who follows events stays.
const END_LOOKS: u32 = 200;
const END_LOOK: Duration = Duration::from_millis(10);

/// A command line on its way to the owner.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    arguments: Vec<String>,
    /// The database that was named, on the command line or otherwise.
    database: Option<String>,
    person: String,
    folder: PathBuf,
}

/// A piece of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Piece {
    Out(String),
    Err(String),
    Exit(u8),
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("consort.sock")
}

/// Answers other processes until this one ends.
pub(crate) fn serve(place: &Arc<Place>) -> Result<()> {
    let path = socket(&place.directory);
    // The directory is ours, so a socket that lies there is of a process that is gone.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).context("the socket of an earlier process is in the way");
        }
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&path).context("other processes cannot be listened to")?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let place = Arc::downgrade(place);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(stream), Some(place)) = (stream, place.upgrade()) else {
                return;
            };
            std::thread::spawn(move || {
                // Who asked may hang up in the middle; what was committed stays.
                answer(&place, &stream).ok();
            });
        }
    });
    Ok(())
}

fn answer(place: &Place, stream: &UnixStream) -> Result<()> {
    let mut line = String::new();
    BufReader::new(io::Read::take(stream, REQUEST_BYTES_MAX)).read_line(&mut line)?;
    let request: Request = serde_json::from_str(&line)?;
    let mut console = Console {
        out: Box::new(Pieces {
            stream: stream.try_clone()?,
            piece: Piece::Out,
        }),
        err: Box::new(Pieces {
            stream: stream.try_clone()?,
            piece: Piece::Err,
        }),
        interactive: false,
        progress: false,
    };
    let code = match Arguments::try_parse_from(&request.arguments) {
        Err(error) => {
            console.err.write_all(error.to_string().as_bytes())?;
            exit::USAGE
        }
        Ok(_) if request.database.as_deref() != place.database() => {
            console.tell(
                "consort: the process that uses this data directory works over another database; \
                 name the same one, or another directory with --data",
            )?;
            exit::USAGE
        }
        Ok(arguments) => {
            let mut asked = Asked {
                place,
                person: request.person,
                json: arguments.json,
                folder: request.folder,
                console: &mut console,
            };
            match arguments.command.carry_out(&mut asked) {
                Ok(()) => 0,
                Err(error) => {
                    console.tell(&error_text(&place.engine, &error))?;
                    exit::number(&error)
                }
            }
        }
    };
    send(&mut stream.try_clone()?, &Piece::Exit(code))?;
    Ok(())
}

/// Sends the command line of this process to the owner, and shows its answer. Nothing comes of it
/// where no owner listens: one that is about to end, or that was killed.
pub(crate) fn ask(
    directory: &Path,
    database: Option<&str>,
    person: &str,
    console: &mut Console,
) -> Result<Option<ExitCode>> {
    let Ok(mut stream) = UnixStream::connect(socket(directory)) else {
        return Ok(None);
    };
    let request = Request {
        arguments: std::env::args().collect(),
        database: database.map(str::to_owned),
        person: person.to_owned(),
        folder: std::env::current_dir()?,
    };
    if writeln!(stream, "{}", serde_json::to_string(&request)?).is_err() {
        // A line that did not arrive as a whole is carried out by nobody.
        return Ok(None);
    }
    let mut is_heard = false;
    for line in BufReader::new(stream).lines() {
        let line = match line {
            // It ended without having read the line, so nobody carries it out.
            Err(error) if !is_heard && error.kind() == io::ErrorKind::ConnectionReset => {
                return Ok(None);
            }
            line => line?,
        };
        is_heard = true;
        match serde_json::from_str(&line)? {
            Piece::Out(text) => console.out.write_all(text.as_bytes())?,
            Piece::Err(text) => console.err.write_all(text.as_bytes())?,
            Piece::Exit(code) => return Ok(Some(ExitCode::from(code))),
        }
    }
    anyhow::bail!(
        "the process that owns the data directory ended before it answered: look whether it was \
         done, and ask again if not"
    )
}

/// Answers nobody new, and lets those be answered who have asked, for a while.
pub(crate) fn end(place: &Arc<Place>) {
    // What cannot be removed is removed by the next owner.
    std::fs::remove_file(socket(&place.directory)).ok();
    for _ in 0..END_LOOKS {
        if Arc::strong_count(place) == 1 {
            return;
        }
        std::thread::sleep(END_LOOK);
    }
}

/// Writes as pieces of an answer.
struct Pieces {
    stream: UnixStream,
    piece: fn(String) -> Piece,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        send(
            &mut self.stream,
            &(self.piece)(String::from_utf8_lossy(bytes).into_owned()),
        )?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn send(stream: &mut UnixStream, piece: &Piece) -> io::Result<()> {
    let line = serde_json::to_string(piece).map_err(io::Error::other)?;
    writeln!(stream, "{line}")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn an_owner_that_ends_before_it_read_what_was_asked_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket(folder.path())).unwrap();
        let ending = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0]).unwrap();
        });
        let mut console = Console {
            out: Box::new(Vec::new()),
            err: Box::new(Vec::new()),
            interactive: false,
            progress: false,
        };
        let asked = ask(folder.path(), None, "Ada", &mut console).unwrap();
        assert!(asked.is_none());
        ending.join().unwrap();
    }
}
