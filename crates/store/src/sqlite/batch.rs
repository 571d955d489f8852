//! Small writes of several threads, in one commit: one who waits for the turn to write leads, and writes with all who
//! came meanwhile (flat combining, as Hendler, Incze, Shavit and Tzafrir describe it, SPAA 2010). Whoever commits
//! something larger takes them along.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::StoreError;

/// What became of a small write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It was written, with this answer.
    Written(bool),
    /// It was tried with others, and that failed: it is tried alone.
    Alone,
}

/// What whoever waits for a small write has to hear.
#[derive(Debug, Default)]
struct Told {
    /// That nobody else leads any more.
    leads: bool,
    fate: Option<Fate>,
}

/// Where they are told.
#[derive(Debug, Default)]
struct Slot {
    told: Mutex<Told>,
    rings: Condvar,
}

impl Slot {
    fn tell(&self, what: impl FnOnce(&mut Told)) {
        what(&mut lock(&self.told));
        self.rings.notify_one();
    }

    /// What became of the write; nothing where whoever waits has to lead first.
    fn wait(&self) -> Option<Fate> {
        let told = lock(&self.told);
        let has_nothing = |told: &mut Told| !told.leads && told.fate.is_none();
        let told = self.rings.wait_while(told, has_nothing);
        let mut told = told.unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut told.leads) {
            return None;
        }
        told.fate
    }
}

/// What somebody writes. Whoever waits for it is told when it is dropped, too.
#[derive(Debug)]
struct Entry<T> {
    write: T,
    slot: Arc<Slot>,
    is_told: bool,
}

impl<T> Entry<T> {
    fn tell(mut self, answer: bool) {
        self.is_told = true;
        self.slot.tell(|it| it.fate = Some(Fate::Written(answer)));
    }
}

impl<T> Drop for Entry<T> {
    fn drop(&mut self) {
        if !self.is_told {
            self.slot.tell(|it| it.fate = Some(Fate::Alone));
        }
    }
}

#[derive(Debug)]
struct Waiting<T> {
    entries: Vec<Entry<T>>,
    /// Whether somebody is about to write what waits. Whenever something waits, somebody is.
    is_led: bool,
}

/// Those who wait to write.
#[derive(Debug)]
pub(super) struct Together<T>(Mutex<Waiting<T>>);

impl<T> Default for Together<T> {
    fn default() -> Self {
        Self(Mutex::new(Waiting {
            entries: Vec::new(),
            is_led: false,
        }))
    }
}

impl<T: Clone> Together<T> {
    /// Writes, alone or with others, and tells what came of it. `turn` waits until nobody else writes, and `commit`
    /// writes all in one commit, with an answer for each in their order. Where a commit fails, nothing of it is
    /// written, and each tries alone.
    pub(super) fn write<W>(
        &self,
        write: T,
        turn: impl Fn() -> Result<W, StoreError>,
        commit: impl Fn(&mut W, &[&T]) -> Result<Vec<bool>, StoreError>,
    ) -> Result<bool, StoreError> {
        let slot: Arc<Slot> = Arc::default();
        let leads = {
            let mut waiting = lock(&self.0);
            waiting.entries.push(Entry {
                write: write.clone(),
                slot: Arc::clone(&slot),
                is_told: false,
            });
            !std::mem::replace(&mut waiting.is_led, true)
        };
        if leads {
            self.lead(&turn, &commit);
        }
        loop {
            match slot.wait() {
                None => self.lead(&turn, &commit),
                Some(Fate::Written(answer)) => return Ok(answer),
                Some(Fate::Alone) => {
                    let answers = commit(&mut turn()?, &[&write])?;
                    return Ok(answers.first().copied().unwrap_or_default());
                }
            }
        }
    }

    /// Writes what waits once it is this thread's turn, and has somebody else lead from then on.
    fn lead<W>(
        &self,
        turn: &impl Fn() -> Result<W, StoreError>,
        commit: &impl Fn(&mut W, &[&T]) -> Result<Vec<bool>, StoreError>,
    ) {
        let _over = Over(self);
        let Ok(mut turn) = turn() else {
            // Whoever waits hears why when they try alone.
            self.take();
            return;
        };
        let taken = self.take();
        if taken.is_empty() {
            return;
        }
        if let Ok(answers) = commit(&mut turn, &taken.writes()) {
            drop(turn);
            taken.tell(&answers);
        }
    }

    /// What waits, for whoever writes anyway. What is not told is tried by those who wait, each alone.
    pub(super) fn take(&self) -> Taken<T> {
        Taken(std::mem::take(&mut lock(&self.0).entries))
    }
}

/// Small writes that somebody took along.
#[derive(Debug)]
pub(super) struct Taken<T>(Vec<Entry<T>>);

impl<T> Taken<T> {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn writes(&self) -> Vec<&T> {
        self.0.iter().map(|entry| &entry.write).collect()
    }

    /// Tells those who wait that theirs is written, with an answer for each in their order.
    pub(super) fn tell(self, answers: &[bool]) {
        for (entry, answer) in self.0.into_iter().zip(answers) {
            entry.tell(*answer);
        }
    }
}

/// However leading ends, the next of those who wait leads, or nobody.
struct Over<'a, T>(&'a Together<T>);

impl<T> Drop for Over<'_, T> {
    fn drop(&mut self) {
        let mut waiting = lock(&self.0.0);
        match waiting.entries.first() {
            Some(next) => next.slot.tell(|it| it.leads = true),
            None => waiting.is_led = false,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::{Mutex, MutexGuard};

    use super::{Together, lock};
    use crate::StoreError;

    /// Numbers that were written: each once, and all of a commit or none.
    #[derive(Default)]
    struct Book {
        numbers: BTreeSet<u32>,
        commits: usize,
    }

    impl Book {
        fn commit(&mut self, numbers: &[&u32]) -> Result<Vec<bool>, StoreError> {
            assert!(!numbers.contains(&&99), "the disk is gone");
            if numbers.iter().any(|number| **number > 90) {
                return Err(StoreError::Failed("it is too large".to_owned()));
            }
            self.commits += 1;
            let added = numbers.iter().map(|number| self.numbers.insert(**number));
            Ok(added.collect())
        }
    }

    #[derive(Default)]
    struct Desk {
        together: Together<u32>,
        book: Mutex<Book>,
    }

    impl Desk {
        fn turn(&self) -> Result<MutexGuard<'_, Book>, StoreError> {
            let broken = |_| StoreError::Failed("a commit broke off".to_owned());
            self.book.lock().map_err(broken)
        }

        fn write(&self, number: u32) -> Result<bool, StoreError> {
            let commit = |book: &mut MutexGuard<'_, Book>, numbers: &[&u32]| book.commit(numbers);
            self.together.write(number, || self.turn(), commit)
        }

        /// What comes of these where all of them wait before one is written; meanwhile somebody else writes.
        fn at_once(
            &self,
            numbers: &[u32],
            meanwhile: impl FnOnce(&mut Book, &Together<u32>),
        ) -> Vec<(u32, Option<bool>)> {
            let mut held = self.book.lock().unwrap();
            std::thread::scope(|scope| {
                let write = |number: &u32| {
                    let number = *number;
                    scope.spawn(move || (number, self.write(number).ok()))
                };
                let threads: Vec<_> = numbers.iter().map(write).collect();
                while lock(&self.together.0).entries.len() < numbers.len() {
                    std::thread::yield_now();
                }
                meanwhile(&mut held, &self.together);
                drop(held);
                let said = threads.into_iter().zip(numbers);
                let mut said: Vec<_> = said
                    .map(|(thread, number)| thread.join().unwrap_or((*number, None)))
                    .collect();
                said.sort_unstable();
                said
            })
        }

        fn has_nobody_waiting(&self) -> bool {
            let waiting = lock(&self.together.0);
            waiting.entries.is_empty() && !waiting.is_led
        }
    }

    #[test]
    fn those_who_come_while_somebody_writes_are_written_together() {
        let desk = Desk::default();
        assert!(desk.write(1).unwrap());
        let said = desk.at_once(&[1, 2, 3, 4, 2], |_, _| {});
        // Of those who write the same, one does.
        let [yes, no] = [Some(true), Some(false)];
        assert_eq!(said, [(1, no), (2, no), (2, yes), (3, yes), (4, yes)]);
        assert_eq!(desk.book.lock().unwrap().commits, 2);
        assert!(desk.has_nobody_waiting());
        assert!(desk.write(5).unwrap());
    }

    #[test]
    fn whoever_commits_something_larger_takes_along_what_waits() {
        let desk = Desk::default();
        let said = desk.at_once(&[1, 2, 3], |book, together| {
            let taken = together.take();
            let answers = book.commit(&taken.writes()).unwrap();
            taken.tell(&answers);
        });
        assert_eq!(said, [1, 2, 3].map(|number| (number, Some(true))));
        assert_eq!(desk.book.lock().unwrap().commits, 1);
        assert!(desk.has_nobody_waiting());
    }

    #[test]
    fn what_was_taken_along_and_not_written_is_tried_alone() {
        let desk = Desk::default();
        let said = desk.at_once(&[1, 2], |_, together| drop(together.take()));
        assert_eq!(said, [1, 2].map(|number| (number, Some(true))));
        assert_eq!(desk.book.lock().unwrap().commits, 2);
        assert!(desk.has_nobody_waiting());
    }

    #[test]
    fn a_write_that_fails_takes_nobody_with_it() {
        let desk = Desk::default();
        let said = desk.at_once(&[10, 91, 20], |_, _| {});
        assert_eq!(said, [(10, Some(true)), (20, Some(true)), (91, None)]);
        let kept = &desk.book.lock().unwrap().numbers;
        assert_eq!(*kept, BTreeSet::from([10, 20]));
    }

    #[test]
    fn nobody_waits_for_a_thread_that_broke_off() {
        let desk = Desk::default();
        // Whoever is written with it is told, and finds that nothing can be written any more.
        let said = desk.at_once(&[1, 99, 2], |_, _| {});
        assert_eq!(said, [(1, None), (2, None), (99, None)]);
        assert!(desk.has_nobody_waiting());
        assert!(desk.write(3).is_err());
        assert!(desk.has_nobody_waiting());
    }
}
