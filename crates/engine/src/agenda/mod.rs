//! The agenda: which tasks need whom, who takes part in what, and what somebody did lately, in memory.
//!
//! It is an index of the states and holds nothing else: the lane hands it what was committed before
//! anybody is answered, what other processes commit is read from the feed, and what was there before is
//! read from the store when somebody first asks. Losing it loses nothing.

mod book;
mod turn;

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Task;
use consort_store::{StateQuery, StateRow, Store, StoreError};

use crate::{Engine, EngineError};
use book::Book;
pub use book::Glance;
pub use turn::{Turn, parties, turns};

/// How many states, or events, are read at a time.
const PAGE: usize = 1_000;

/// Which tasks need whom.
#[derive(Default)]
pub struct Agenda {
    filled: Mutex<Filled>,
    /// Held while it is filled or read on, so that one does it at a time.
    reading: Mutex<()>,
}

/// How far it is filled.
#[derive(Default)]
enum Filled {
    /// Nobody has asked yet.
    #[default]
    Not,
    /// What was there is being read; these were committed meanwhile and are newer.
    Partly(Book, HashSet<StreamId>),
    /// It knows everything up to this position of the feed, and beyond it what this process did.
    Wholly(Book, u64),
}

impl Agenda {
    /// Takes in what was committed.
    pub(crate) fn note<'a>(&self, states: impl Iterator<Item = (StreamId, &'a State, u64)>) {
        match &mut *self.filled() {
            Filled::Not => {}
            Filled::Partly(book, newer) => {
                for (stream, state, version) in states {
                    newer.insert(stream);
                    book.put(state, version);
                }
            }
            Filled::Wholly(book, _) => states.for_each(|(_, state, version)| {
                book.put(state, version);
            }),
        }
    }

    fn stirs(&self, who: ContributorId) -> Option<u64> {
        match &*self.filled() {
            Filled::Wholly(book, _) => Some(book.stirs(who)),
            Filled::Not | Filled::Partly(..) => None,
        }
    }

    fn filled(&self) -> MutexGuard<'_, Filled> {
        self.filled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks something up, once everything is in it.
    fn look<T>(
        &self,
        store: &dyn Store,
        alone: bool,
        up: impl FnOnce(&Book) -> T,
    ) -> Result<T, StoreError> {
        if alone && let Filled::Wholly(book, _) = &*self.filled() {
            return Ok(up(book));
        }
        let _one = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(&*self.filled(), Filled::Wholly(..)) {
            self.fill(store)?;
        }
        if !alone {
            self.read_on(store)?;
        }
        match &*self.filled() {
            Filled::Wholly(book, _) => Ok(up(book)),
            Filled::Not | Filled::Partly(..) => unreachable!("whoever fills it holds 'reading'"),
        }
    }

    /// Reads what is there.
    fn fill(&self, store: &dyn Store) -> Result<(), StoreError> {
        *self.filled() = Filled::Partly(Book::default(), HashSet::new());
        let position = store.log()?.size();
        for kind in ["outcome", "task"] {
            let mut query = StateQuery {
                kind: Some(kind),
                limit: PAGE,
                ..StateQuery::default()
            };
            loop {
                let rows = store.states(&query)?;
                let Some(last) = rows.last() else { break };
                query.after = Some(last.stream);
                self.take_in(&rows)?;
            }
        }
        let mut filled = self.filled();
        if let Filled::Partly(book, _) = std::mem::take(&mut *filled) {
            *filled = Filled::Wholly(book, position);
        }
        Ok(())
    }

    /// Takes in what other processes committed since.
    fn read_on(&self, store: &dyn Store) -> Result<(), StoreError> {
        loop {
            let Filled::Wholly(_, after) = *self.filled() else {
                return Ok(());
            };
            let events = store.feed(after, PAGE)?;
            let Some(last) = events.last() else {
                return Ok(());
            };
            let moved: HashSet<StreamId> = events.iter().map(|row| row.event.stream).collect();
            let mut moved: Vec<StreamId> = moved.into_iter().collect();
            moved.retain(|it| matches!(it, StreamId::Task(_) | StreamId::Outcome(_)));
            moved.sort_unstable();
            self.take_in(&store.load(&moved)?)?;
            if let Filled::Wholly(_, position) = &mut *self.filled() {
                *position = last.position;
            }
        }
    }

    fn take_in(&self, rows: &[StateRow]) -> Result<(), StoreError> {
        let mut states = Vec::with_capacity(rows.len());
        for row in rows {
            let state: State = serde_json::from_str(&row.body)
                .map_err(|error| StoreError::Damaged(format!("{}: {error}", row.stream)))?;
            states.push((row.stream, state, row.version));
        }
        match &mut *self.filled() {
            Filled::Not => {}
            Filled::Partly(book, newer) => {
                for (stream, state, version) in &states {
                    if !newer.contains(stream) {
                        book.put(state, *version);
                    }
                }
            }
            Filled::Wholly(book, _) => {
                for (_, state, version) in &states {
                    book.put(state, *version);
                }
            }
        }
        Ok(())
    }
}

impl Engine {
    /// Reads what the agenda needs, so that nobody has to wait for it later.
    pub fn fill_agenda(&self) -> Result<(), EngineError> {
        self.agenda(|_| ())
    }

    /// The tasks that need somebody, by why they do and then by their identifiers; so many at the most.
    pub fn tasks_for(
        &self,
        who: ContributorId,
        why: &[Turn],
        limit: usize,
    ) -> Result<Vec<Task>, EngineError> {
        self.tasks(&self.turns_of(who, why, limit)?)
    }

    /// The same by their identifiers alone.
    pub fn turns_of(
        &self,
        who: ContributorId,
        why: &[Turn],
        limit: usize,
    ) -> Result<Vec<TaskId>, EngineError> {
        self.agenda(|book| book.turns(who, why, limit))
    }

    /// A number that is another one as soon as a task needs somebody, or needs them no more; it is told at
    /// once, without a look into the store. Nothing where that cannot be known: other processes write, too.
    pub fn stirs(&self, who: ContributorId) -> Option<u64> {
        self.alone.then(|| self.agenda.stirs(who)).flatten()
    }

    /// The tasks that agents have, and those whose checks are due, in the order of their identifiers.
    pub fn tasks_to_do(
        &self,
        agents: impl Iterator<Item = ContributorId>,
    ) -> Result<Vec<TaskId>, EngineError> {
        self.agenda(|book| book.to_do(agents))
    }

    /// The tasks that wait to be offered, beyond this one, in the order of their identifiers; so many at the
    /// most.
    pub fn ready_tasks(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<TaskId>, EngineError> {
        self.agenda(|book| book.ready(after, limit))
    }

    /// The outcomes of somebody's all of whose tasks are done, so that they wait for a signature.
    pub fn outcomes_to_sign(&self, who: ContributorId) -> Result<Vec<OutcomeId>, EngineError> {
        self.agenda(|book| book.to_sign(who))
    }

    /// The latest outcomes before one, of this phase or of any, in which somebody takes part or that
    /// this keeps, the last first; so many at the most. What keeps them asks the agenda nothing.
    pub fn latest_outcomes(
        &self,
        who: ContributorId,
        phase: Option<&str>,
        (before, limit): (Option<OutcomeId>, usize),
        keeps: impl FnMut(&Glance) -> bool,
    ) -> Result<Vec<Outcome>, EngineError> {
        let ids = self.agenda(|book| book.latest(who, phase, before, limit, keeps))?;
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            outcomes.extend(self.outcome(id)?);
        }
        Ok(outcomes)
    }

    /// Whether somebody takes part in an outcome by a task.
    pub fn takes_part(&self, who: ContributorId, outcome: OutcomeId) -> Result<bool, EngineError> {
        self.agenda(|book| book.takes_part(who, outcome))
    }

    /// The latest tasks of somebody's that were accepted, the last first.
    pub fn done_lately(&self, who: ContributorId) -> Result<Vec<Task>, EngineError> {
        let ids = self.agenda(|book| book.done_lately(who))?;
        self.tasks(&ids)
    }

    /// These tasks as they are, in this order; those that are not there are left out.
    pub fn tasks(&self, ids: &[TaskId]) -> Result<Vec<Task>, EngineError> {
        let mut tasks = Vec::with_capacity(ids.len());
        for id in ids {
            tasks.extend(self.task(*id)?);
        }
        Ok(tasks)
    }

    fn agenda<T>(&self, up: impl FnOnce(&Book) -> T) -> Result<T, EngineError> {
        let found = self.agenda.look(self.store(), self.alone, up)?;
        Ok(found)
    }
}
