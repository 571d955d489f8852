//! The journal: what models cost, in a file that survives whatever ends the process.
//!
//! One line of JSON when a call begins and one when it ends; each is on the disk before anything
//! follows from it. A call that began and has no end, because the process died, stays charged at its
//! cap. The file belongs to the process that has the data directory. It is no part of the hashed
//! history: what a submission's model cost stands there as a file of the submission.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use consort_kernel::id::OutcomeId;
use serde::{Deserialize, Serialize};

use super::meter::{Attempt, Meter, NotMetered, Purpose, Spending};
use super::settings::Caps;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    /// A call begins.
    Begun {
        attempt: Attempt,
        cap_micro: u64,
        purpose: Purpose,
    },
    /// A call ended.
    Ended {
        attempt: Attempt,
        note: String,
        used_micro: u64,
    },
}

/// A meter that keeps its count in a file.
pub struct Journal {
    kept: Mutex<Kept>,
}

struct Kept {
    file: File,
    spending: Spending,
}

/// Why a journal cannot be read. Nothing may be spent before somebody has seen to it.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk says no.
    #[error("{0}")]
    Disk(#[from] std::io::Error),
    /// A line is not one of ours.
    #[error("line {line} is damaged: {reason}")]
    Damaged {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Journal {
    /// Opens a journal, or begins one.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A line without an end was torn by a crash, before anything followed from it.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut spending = Spending::default();
        for (index, line) in text.get(..whole).unwrap_or_default().lines().enumerate() {
            let entry = serde_json::from_str(line).map_err(|error| JournalError::Damaged {
                line: index + 1,
                reason: error.to_string(),
            })?;
            match entry {
                Entry::Begun {
                    attempt,
                    cap_micro,
                    purpose,
                } => spending.begin(attempt, &purpose, cap_micro),
                Entry::Ended {
                    attempt,
                    used_micro,
                    ..
                } => spending.end(attempt, used_micro),
            }
        }
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self {
            kept: Mutex::new(Kept { file, spending }),
        })
    }

    /// What an outcome's calls come to, by currency, in millionths of its unit.
    pub fn of_outcome(&self, outcome: OutcomeId) -> BTreeMap<String, u64> {
        self.kept().spending.of_outcome(outcome)
    }

    /// How many calls were begun and have not ended; they count at their caps.
    pub fn unended(&self) -> usize {
        self.kept().spending.open()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Meter for Journal {
    fn reserve(
        &self,
        purpose: &Purpose,
        caps: Caps,
        cap_micro: u64,
    ) -> Result<Attempt, NotMetered> {
        let mut kept = self.kept();
        kept.spending.allows(purpose, caps, cap_micro)?;
        let attempt = kept.spending.next();
        kept.write(&Entry::Begun {
            attempt,
            cap_micro,
            purpose: purpose.clone(),
        })?;
        kept.spending.begin(attempt, purpose, cap_micro);
        Ok(attempt)
    }

    fn settle(&self, attempt: Attempt, used_micro: u64, note: &str) -> Result<(), NotMetered> {
        let mut kept = self.kept();
        kept.write(&Entry::Ended {
            attempt,
            note: note.to_owned(),
            used_micro,
        })?;
        kept.spending.end(attempt, used_micro);
        Ok(())
    }
}

impl Kept {
    /// Puts a line on the disk; one that could not be written whole is taken away again.
    fn write(&mut self, entry: &Entry) -> Result<(), NotMetered> {
        let mut line = serde_json::to_string(entry).expect("entries have string keys");
        line.push('\n');
        let before = self.file.stream_position();
        let written = self
            .file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.sync_data());
        written.map_err(|error| {
            if let Ok(before) = before {
                self.file.set_len(before).ok();
                self.file.seek(SeekFrom::Start(before)).ok();
            }
            NotMetered::Unwritten(error.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use consort_kernel::id::{ContributorId, TaskId};

    use super::*;

    const OUTCOME: OutcomeId = OutcomeId::from_bits(7);
    const CAPS: Caps = Caps {
        task_micro: 100,
        agent_micro: 150,
        outcome_micro: 180,
    };

    fn purpose(agent: u128, task: &str) -> Purpose {
        Purpose {
            agent: ContributorId::from_bits(agent),
            outcome: Some(OUTCOME),
            task: Some(TaskId::in_outcome(OUTCOME, task)),
            model: "small".to_owned(),
            prices: "2026-11".to_owned(),
            currency: "EUR".to_owned(),
        }
    }

    #[test]
    fn no_cap_is_ever_exceeded() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal")).unwrap();
        for (agent, task, cap_micro, refused_by) in [
            (1, "a", 101, Some("for the task")),
            (1, "a", 100, None),
            (1, "a", 1, Some("for the task")),
            (1, "b", 51, Some("of the agent")),
            (1, "b", 50, None),
            (2, "c", 31, Some("for the outcome")),
            (2, "c", 30, None),
        ] {
            let reserved = journal.reserve(&purpose(agent, task), CAPS, cap_micro);
            let refused = match reserved {
                Ok(_) => None,
                Err(NotMetered::Spent { of, .. }) => Some(of),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(refused, refused_by, "{agent} {task} {cap_micro}");
        }
        assert_eq!(journal.of_outcome(OUTCOME)["EUR"], 180);
    }

    #[test]
    fn what_was_not_used_can_be_spent_again_and_no_call_costs_more_than_its_cap() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal")).unwrap();
        let first = journal.reserve(&purpose(1, "a"), CAPS, 90).unwrap();
        journal.settle(first, 20, "as reported").unwrap();
        let second = journal.reserve(&purpose(1, "a"), CAPS, 80).unwrap();
        journal.settle(second, u64::MAX, "absurd").unwrap();
        // A second end of one call changes nothing.
        journal.settle(first, 0, "again").unwrap();
        assert_eq!(journal.of_outcome(OUTCOME)["EUR"], 100);
    }

    #[test]
    fn a_call_that_never_ended_is_charged_at_its_cap_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        let ended = journal.reserve(&purpose(1, "a"), CAPS, 60).unwrap();
        journal.settle(ended, 10, "as reported").unwrap();
        journal.reserve(&purpose(1, "a"), CAPS, 70).unwrap();
        drop(journal);
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.of_outcome(OUTCOME)["EUR"], 80);
        assert_eq!(journal.unended(), 1);
        assert!(journal.reserve(&purpose(1, "a"), CAPS, 21).is_err());
        // Numbers go on where they were.
        let next = journal.reserve(&purpose(1, "a"), CAPS, 20).unwrap();
        assert_eq!(next, Attempt(3));
    }

    #[test]
    fn a_torn_line_is_taken_away_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        journal.reserve(&purpose(1, "a"), CAPS, 60).unwrap();
        drop(journal);
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{{\"begun\":{{\"att")).unwrap();
        let journal = Journal::open(&path).unwrap();
        journal.reserve(&purpose(1, "a"), CAPS, 40).unwrap();
        drop(journal);
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
        std::fs::write(&path, format!("nonsense\n{whole}")).unwrap();
        let damaged = Journal::open(&path).map(|_| ());
        assert!(matches!(
            damaged,
            Err(JournalError::Damaged { line: 1, .. })
        ));
    }

    #[test]
    fn currencies_are_counted_apart() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal")).unwrap();
        journal.reserve(&purpose(1, "a"), CAPS, 100).unwrap();
        let dollars = Purpose {
            currency: "USD".to_owned(),
            ..purpose(1, "a")
        };
        journal.reserve(&dollars, CAPS, 100).unwrap();
        let spent = journal.of_outcome(OUTCOME);
        assert_eq!((spent["EUR"], spent["USD"]), (100, 100));
    }
}
