//! Small writes of several threads, in one commit: whoever comes while another commits is written with all who wait
//! beside them (flat combining, as Hendler, Incze, Shavit and Tzafrir describe it, SPAA 2010).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::StoreError;

/// What somebody writes, and what came of it once it was written.
#[derive(Debug)]
struct Entry<T> {
    write: T,
    answer: Arc<Mutex<Option<bool>>>,
}

/// Those who wait to write.
#[derive(Debug)]
pub(super) struct Together<T>(Mutex<Vec<Entry<T>>>);

impl<T> Default for Together<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Together<T> {
    /// Writes, alone or with others, and tells what came of it. `turn` waits until nobody else writes, and `commit`
    /// writes all in one commit, with an answer for each in their order. Where a commit fails, nothing of it is
    /// written, whoever tried is told, and each of the others tries alone.
    pub(super) fn write<W>(
        &self,
        write: T,
        turn: impl FnOnce() -> Result<W, StoreError>,
        commit: impl FnOnce(&mut W, &[&T]) -> Result<Vec<bool>, StoreError>,
    ) -> Result<bool, StoreError>
    where
        T: Clone,
    {
        let answer = Arc::default();
        let own = Entry {
            write: write.clone(),
            answer: Arc::clone(&answer),
        };
        lock(&self.0).push(own);
        let is_own = |entry: &Entry<T>| Arc::ptr_eq(&entry.answer, &answer);
        // From here on until it is over nobody else looks at who waits, nor writes for them.
        let mut turn = match turn() {
            Ok(turn) => turn,
            Err(error) => {
                lock(&self.0).retain(|entry| !is_own(entry));
                return Err(error);
            }
        };
        if let Some(answer) = *lock(&answer) {
            return Ok(answer);
        }
        let mut entries = std::mem::take(&mut *lock(&self.0));
        if !entries.iter().any(is_own) {
            // It was tried with others, and that failed: what waits now waits for somebody else.
            lock(&self.0).append(&mut entries);
            let alone = commit(&mut turn, &[&write])?;
            return Ok(alone.first().copied().unwrap_or_default());
        }
        let writes: Vec<&T> = entries.iter().map(|entry| &entry.write).collect();
        let answers = commit(&mut turn, &writes)?;
        for (entry, answer) in entries.iter().zip(answers) {
            *lock(&entry.answer) = Some(answer);
        }
        let told = *lock(&answer);
        Ok(told.unwrap_or_default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;
    use std::sync::mpsc::channel;

    use super::Together;
    use crate::StoreError;

    /// Numbers that were written: each once, and all of a commit or none.
    #[derive(Default)]
    struct Book {
        numbers: BTreeSet<u32>,
        commits: usize,
    }

    impl Book {
        fn commit(&mut self, numbers: &[&u32]) -> Result<Vec<bool>, StoreError> {
            if numbers.iter().any(|number| **number > 90) {
                return Err(StoreError::Failed("it is too large".to_owned()));
            }
            self.commits += 1;
            let added = numbers.iter().map(|number| self.numbers.insert(**number));
            Ok(added.collect())
        }
    }

    #[test]
    fn those_who_come_while_somebody_writes_are_written_together() {
        let (together, book) = (Together::default(), Mutex::new(Book::default()));
        let write = |number: u32| {
            let turn = || Ok(book.lock().unwrap());
            together.write(number, turn, |book, numbers| book.commit(numbers))
        };
        assert!(write(1).unwrap());
        let held = book.lock().unwrap();
        let (came, all) = channel();
        std::thread::scope(|scope| {
            let (together, book) = (&together, &book);
            let threads: Vec<_> = [1, 2, 3, 4, 2]
                .into_iter()
                .map(|number| {
                    let came = came.clone();
                    scope.spawn(move || {
                        let turn = || {
                            came.send(()).unwrap();
                            Ok(book.lock().unwrap())
                        };
                        let written =
                            together.write(number, turn, |book, numbers| book.commit(numbers));
                        (number, written.unwrap())
                    })
                })
                .collect();
            for _ in 0..threads.len() {
                all.recv().unwrap();
            }
            drop(held);
            let mut said: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
            said.sort_unstable();
            // Of those who write the same, one does.
            assert_eq!(
                said,
                [(1, false), (2, false), (2, true), (3, true), (4, true)]
            );
        });
        assert_eq!(book.lock().unwrap().commits, 2);
        assert!(write(5).unwrap(), "nobody waits any more");
    }

    #[test]
    fn a_write_that_fails_takes_nobody_with_it() {
        let (together, book) = (Together::default(), Mutex::new(Book::default()));
        let held = book.lock().unwrap();
        let (came, all) = channel();
        std::thread::scope(|scope| {
            let (together, book) = (&together, &book);
            let threads: Vec<_> = [10, 91, 20]
                .into_iter()
                .map(|number| {
                    let came = came.clone();
                    scope.spawn(move || {
                        let turn = || {
                            came.send(()).unwrap();
                            Ok(book.lock().unwrap())
                        };
                        let written =
                            together.write(number, turn, |book, numbers| book.commit(numbers));
                        (number, written.is_ok())
                    })
                })
                .collect();
            for _ in 0..threads.len() {
                all.recv().unwrap();
            }
            drop(held);
            let said: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
            // Whoever tried for all is told; the others tried alone.
            let failed = said.iter().filter(|it| !it.1).count();
            assert!((1..=2).contains(&failed), "{said:?}");
            let kept = &book.lock().unwrap().numbers;
            for (number, is_written) in said {
                assert_eq!(kept.contains(&number), is_written, "{number}");
            }
        });
    }

    #[test]
    fn whoever_gets_no_turn_waits_no_longer() {
        let (together, book) = (Together::default(), Mutex::new(Book::default()));
        let none =
            || Err::<std::sync::MutexGuard<'_, Book>, _>(StoreError::Failed("no".to_owned()));
        let refused = together.write(7, none, |book, numbers| book.commit(numbers));
        assert!(refused.is_err());
        let turn = || Ok(book.lock().unwrap());
        assert!(
            together
                .write(8, turn, |book, numbers| book.commit(numbers))
                .unwrap()
        );
        assert_eq!(book.lock().unwrap().numbers, BTreeSet::from([8]));
    }
}
