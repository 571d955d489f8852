//! Runs a parser so that nothing that it does can bring the process down.
//!
//! A panic becomes [`Unreadable::ReaderFailed`], without a message on standard error; recursion
//! has a big stack of its own; and whoever has a deadline gets an answer by then. It does not
//! bound memory: the readers count what they unpack.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Once, mpsc};
use std::thread;
use std::time::Duration;

use crate::unreadable::Unreadable;

/// Address space for the parser's stack, of which only what is used becomes memory. Parsers bound
/// their nesting to some hundred levels of at most some kilobytes; this is twenty times as much.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// The name by which the panic hook knows that a panic is caught here.
const THREAD_NAME: &str = "document reader";

/// Runs `parse` to its end.
pub(crate) fn run<T: Send>(
    parse: impl FnOnce() -> Result<T, Unreadable> + Send,
) -> Result<T, Unreadable> {
    keep_caught_panics_quiet();
    thread::scope(|scope| {
        thread::Builder::new()
            .name(THREAD_NAME.to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, move || caught(parse))
            .map_or(Err(Unreadable::ReaderFailed), |reader| {
                reader.join().unwrap_or(Err(Unreadable::ReaderFailed))
            })
    })
}

/// Runs `parse`, but answers after `milliseconds` at the latest.
///
/// A parser that is late goes on in the background until it comes to its own bounds; its answer
/// is dropped.
pub(crate) fn run_within<T: Send + 'static>(
    milliseconds: u64,
    parse: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
) -> Result<T, Unreadable> {
    keep_caught_panics_quiet();
    let (answer, answered) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name(THREAD_NAME.to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // Nobody listens any more when the deadline has passed.
            let _ = answer.send(caught(parse));
        })
        .map_err(|_| Unreadable::ReaderFailed)?;
    match answered.recv_timeout(Duration::from_millis(milliseconds)) {
        Ok(answer) => answer,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Unreadable::TookTooLong(milliseconds)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Unreadable::ReaderFailed),
    }
}

fn caught<T>(parse: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    // Nothing that `parse` touched is used after a panic.
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or(Err(Unreadable::ReaderFailed))
}

/// Wraps the panic hook, once, so that it says nothing about panics that are caught here.
fn keep_caught_panics_quiet() {
    static WRAPPED: Once = Once::new();
    WRAPPED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD_NAME) {
                before(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(
            run::<()>(|| panic!("caught")),
            Err(Unreadable::ReaderFailed)
        );
        assert_eq!(
            run_within::<()>(60_000, || panic!("caught")),
            Err(Unreadable::ReaderFailed)
        );
        assert_eq!(run(|| Ok(1)), Ok(1));
    }

    #[test]
    fn a_deadline_is_kept() {
        let (hold, waiting) = mpsc::channel::<()>();
        let answer = run_within(1, move || Ok(waiting.recv().is_ok()));
        assert_eq!(answer, Err(Unreadable::TookTooLong(1)));
        drop(hold);
    }

    #[test]
    fn deep_recursion_has_room() {
        fn depth(left: u32) -> u64 {
            let ballast = std::hint::black_box([u64::from(left); 32]);
            if left == 0 {
                ballast[0]
            } else {
                depth(left - 1) + ballast[31]
            }
        }
        assert!(run(|| Ok(depth(50_000))).is_ok());
    }
}
