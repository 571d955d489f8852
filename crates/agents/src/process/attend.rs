//! Attending a program that runs: its streams, and its time.

use std::io::{self, Read, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use super::{End, Ended};

/// How much of an error stream is kept, in bytes; it is a word on what went wrong and no log.
const COMPLAINT_BYTES_MAX: usize = 64 * 1024;
/// How long a look at a running program is from the next.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The beginning of a stream, and whether there was more.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    overflowed: bool,
}

/// Gives a program its input and waits for its end; what it started is ended then, too.
pub(super) fn attend(
    child: &mut Child,
    timeout: Duration,
    input: &[u8],
    printed_bytes_max: usize,
    end_all: &dyn Fn(&Child),
) -> io::Result<Ended> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    std::thread::scope(|threads| {
        // A program need not read all of it before it answers.
        threads.spawn(move || stdin.map(|mut stdin| stdin.write_all(input).ok()));
        let printed = threads.spawn(move || keep(stdout, printed_bytes_max));
        let complaint = threads.spawn(move || keep(stderr, COMPLAINT_BYTES_MAX));
        let status = wait(child, timeout);
        // Its children may still hold the streams open.
        end_all(child);
        let read = |thread: ScopedJoinHandle<'_, Kept>| thread.join().unwrap_or_default();
        let (printed, complaint) = (read(printed), read(complaint));
        Ok(Ended {
            end: status?.map_or(End::OutOfTime, end),
            printed: printed.bytes,
            overflowed: printed.overflowed,
            complaint: String::from_utf8_lossy(&complaint.bytes).into_owned(),
        })
    })
}

/// How a program ended; nothing when its time is up.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= timeout {
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn end(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::of_code(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Code(-1),
    }
}

/// Reads to the end and keeps the beginning.
fn keep(stream: Option<impl Read>, bytes_max: usize) -> Kept {
    let mut kept = Kept::default();
    let Some(mut stream) = stream else {
        return kept;
    };
    let mut buffer = [0_u8; 8192];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let room = bytes_max - kept.bytes.len();
        kept.bytes.extend_from_slice(&buffer[..count.min(room)]);
        kept.overflowed |= count > room;
    }
    kept
}
