//! What goes on while somebody visits: colleagues ask the branches, at a pace that can be watched.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};
use consort_desk::question::hand_in;
use consort_engine::agenda::Turn;
use consort_kernel::command::{Body, Principal};
use consort_kernel::id::ContributorId;
use consort_kernel::task::{AiUse, Task, TaskCommand};
use serde_json::{Value, json};

use super::cast::Cast;
use super::errand;
use super::scene::Scene;
use crate::place::Place;

/// The branches with what they say.
const BRANCHES: &str = include_str!("branches.txt");
/// What is said of all of them.
const SUMMED_UP: &str = "Most branches lend without trouble as long as the network holds and somebody \
looks after the terminal in the morning. What comes back again and again: nobody is near when one \
stands still, screens that not everybody can reach or read, and receipts and reservations that come \
late. Only Northgate says that theft has to do with it, and only Fenwick wants more languages.";
/// How long somebody has their first task in hand. Each after it takes half as long again, so that whoever comes
/// in sees something finish at once, and minutes later still.
const IN_HAND: Duration = Duration::from_secs(8);
/// No task takes longer than this.
const IN_HAND_MAX: Duration = Duration::from_mins(1);
/// How many tasks of somebody's are looked at.
const TASKS_MAX: usize = 50;

/// Colleagues at work, until this is ended.
pub(super) struct Life {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// The names of the branches.
pub(super) fn branches() -> Vec<String> {
    let named = BRANCHES.lines().filter_map(|line| line.split_once('\t'));
    named.map(|(name, _)| name.to_owned()).collect()
}

impl Life {
    /// Has Tom and Priya ask the branches, each at one task at a time, and do again what the visitor sent back.
    pub(super) fn begin(place: &Arc<Place>, cast: &Cast, scene: Scene) -> Result<Self> {
        let is_over = Arc::<AtomicBool>::default();
        let mut threads = Vec::new();
        for (who, late) in [(cast.tom, Duration::ZERO), (cast.priya, IN_HAND / 2)] {
            let (place, is_over) = (Arc::clone(place), Arc::clone(&is_over));
            let thread = std::thread::Builder::new().name("demo".to_owned());
            let works = thread.spawn(move || {
                let mut in_hand = IN_HAND;
                std::thread::park_timeout(late);
                while !is_over.load(Ordering::SeqCst) {
                    // What is stopped or changed by the visitor is let be.
                    if let Err(error) = go_on(&place, who, scene) {
                        tracing::debug!("the demo's people: {error:#}");
                    }
                    std::thread::park_timeout(in_hand);
                    in_hand = (in_hand + in_hand / 2).min(IN_HAND_MAX);
                }
            });
            threads.push(works.context("no thread can be started for the demo")?);
        }
        Ok(Self { is_over, threads })
    }

    /// Ends it.
    pub(super) fn end(self) {
        self.is_over.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.thread().unpark();
            // One that panicked has told so on the error stream.
            thread.join().ok();
        }
    }
}

/// Hands in what somebody has in hand, and takes what comes next.
fn go_on(place: &Place, who: ContributorId, scene: Scene) -> Result<()> {
    let engine = &place.engine;
    for turn in [Turn::Hold, Turn::Offer] {
        let mut next = None;
        for task in engine.tasks_for(who, &[turn], TASKS_MAX)? {
            if let Some(result) = result(place, &task, scene)? {
                next = Some((task, result.to_string()));
                break;
            }
        }
        let Some((task, result)) = next else {
            continue;
        };
        if turn == Turn::Hold {
            hand_in(engine, who, &task, result.as_bytes(), AiUse::None)?;
        } else {
            let claim = Body::Task(task.id, TaskCommand::Claim);
            engine.execute(Principal::Contributor(who), claim)?;
        }
    }
    Ok(())
}

/// What somebody hands in of a task; nothing where it is not theirs to do here, or not yet.
fn result(place: &Place, task: &Task, scene: Scene) -> Result<Option<Value>> {
    if task.outcome == scene.errand {
        return errand::again(place, task);
    }
    let is_asked = task.outcome == scene.asking;
    Ok(is_asked.then(|| json!({ "text": said(task) })))
}

/// What a task comes to.
fn said(task: &Task) -> &'static str {
    let branches = BRANCHES.lines().filter_map(|line| line.split_once('\t'));
    let mut asked = branches.filter(|(name, _)| task.spec.title.contains(name));
    asked.next().map_or(SUMMED_UP, |(_, said)| said)
}
