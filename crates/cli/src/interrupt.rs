//! Interrupts: Ctrl-C and a polite end by the system.
//!
//! The first one is told to whoever looks, so that what is in hand can be finished; the second one
//! ends the process at once, as does the first while a question waits for its answer. Ending at
//! once loses nothing: the data directory is as the last commit left it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::INTERRUPTED;

static INTERRUPT: OnceLock<Interrupt> = OnceLock::new();

struct Interrupt {
    pressed: Arc<AtomicBool>,
    /// Whether the next one ends the process at once.
    armed: Arc<AtomicBool>,
}

/// From now on an interrupt is told, and only the next one ends the process.
pub(crate) fn listen() -> io::Result<()> {
    if INTERRUPT.get().is_some() {
        return Ok(());
    }
    let interrupt = Interrupt {
        pressed: Arc::default(),
        armed: Arc::default(),
    };
    for signal in [SIGINT, SIGTERM] {
        // In this order: an interrupt finds the flag as the one before it has left it.
        let armed = Arc::clone(&interrupt.armed);
        flag::register_conditional_shutdown(signal, i32::from(INTERRUPTED), armed)?;
        flag::register(signal, Arc::clone(&interrupt.armed))?;
        flag::register(signal, Arc::clone(&interrupt.pressed))?;
    }
    // Somebody else listened first: their flags are the ones that are looked at.
    INTERRUPT.set(interrupt).ok();
    Ok(())
}

/// Whether there was an interrupt.
pub(crate) fn was_pressed() -> bool {
    INTERRUPT
        .get()
        .is_some_and(|interrupt| interrupt.pressed.load(Ordering::SeqCst))
}

/// While this does its work, an interrupt ends the process at once.
pub(crate) fn ends_at_once<T>(work: impl FnOnce() -> T) -> T {
    let Some(interrupt) = INTERRUPT.get() else {
        return work();
    };
    interrupt.armed.store(true, Ordering::SeqCst);
    let done = work();
    let pressed = interrupt.pressed.load(Ordering::SeqCst);
    interrupt.armed.store(pressed, Ordering::SeqCst);
    done
}
