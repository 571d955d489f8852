//! News: servers on one database tell each other that something was committed.
//!
//! It is a hint to look, and nothing rests on it: what is told says nothing of what was committed, several commits
//! are told at once, and where the database cannot tell, or a connection was away, whoever waits finds out by
//! looking. Telling and listening have a connection each, beside those that carry out calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use super::connection::{Session, Target};
use super::error::{Tried, Trouble, get};
use crate::Watch;

/// How long it is silent after it told: what is committed meanwhile is told at once.
const SILENCE: Duration = Duration::from_millis(5);
/// How long it waits before it connects again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long it listens before it looks whether anybody still wants to be told.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells other servers.
#[derive(Debug)]
pub(super) struct Herald {
    due: SyncSender<()>,
    /// The connection that tells: its own news is none.
    own: Arc<AtomicI32>,
}

impl Herald {
    /// Starts the thread that tells; it ends with this.
    pub(super) fn start(target: &Target) -> std::io::Result<Self> {
        // One that waits is enough, however much it stands for.
        let (due, waiting) = sync_channel(1);
        let own = Arc::new(AtomicI32::new(0));
        let (target, told) = (target.clone(), Arc::clone(&own));
        std::thread::Builder::new()
            .name("herald".to_owned())
            .spawn(move || tell(&target, &waiting, &told))?;
        Ok(Self { due, own })
    }

    /// Has others told soon.
    pub(super) fn announce(&self) {
        self.due.try_send(()).ok();
    }

    /// Has somebody told what others announce.
    pub(super) fn watch(
        &self,
        target: &Target,
        told: Box<dyn Fn() + Send>,
    ) -> std::io::Result<Watch> {
        let watch = Watch::default();
        let (target, own, is_over) = (target.clone(), Arc::clone(&self.own), watch.is_over());
        std::thread::Builder::new()
            .name("listener".to_owned())
            .spawn(move || listen(&target, (&own, &is_over), told.as_ref()))?;
        Ok(watch)
    }
}

fn tell(target: &Target, waiting: &Receiver<()>, own: &AtomicI32) {
    let mut session = None;
    for () in waiting {
        // That the connection was lost shows when it is used: once more, then, on another one. What cannot be told
        // is found by looking.
        let _ = announced(target, own, &mut session) || announced(target, own, &mut session);
        std::thread::sleep(SILENCE);
    }
}

fn announced(target: &Target, own: &AtomicI32, session: &mut Option<Session>) -> bool {
    if session.is_none() {
        *session = introduced(target, own).ok();
    }
    let is_told = session
        .as_mut()
        .is_some_and(|it| it.run("NOTIFY consort").is_ok());
    if !is_told {
        *session = None;
    }
    is_told
}

fn introduced(target: &Target, own: &AtomicI32) -> Tried<Session> {
    let mut session = target.connect()?;
    let row = session.one("SELECT pg_backend_pid()", &[])?;
    own.store(get(&row, 0)?, Ordering::Relaxed);
    Ok(session)
}

fn listen(target: &Target, (own, is_over): (&AtomicI32, &AtomicBool), told: &dyn Fn()) {
    while !is_over.load(Ordering::Relaxed) {
        match hear(target, (own, is_over), told) {
            // This database tells nothing: there is looking.
            Err(Trouble::Store(_)) => return,
            Ok(()) => {}
            Err(Trouble::Lost(_) | Trouble::Again(_)) => std::thread::sleep(PAUSE),
        }
    }
}

fn hear(target: &Target, (own, is_over): (&AtomicI32, &AtomicBool), told: &dyn Fn()) -> Tried<()> {
    let mut session = target.connect()?;
    session.run("LISTEN consort")?;
    // Whatever was committed while nobody listened.
    told();
    while !is_over.load(Ordering::Relaxed) {
        let by = session.heard(PATIENCE)?;
        if by.iter().any(|it| *it != own.load(Ordering::Relaxed)) {
            told();
        }
    }
    Ok(())
}
