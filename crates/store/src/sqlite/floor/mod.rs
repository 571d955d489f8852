//! The floor that benchmarks compare with: the rows of tasks' lives, written by bare SQLite.
//!
//! The same journal, the same syncs, as many rows and bytes in as many transactions as the lane
//! makes of the same lives, but nothing is decided, compared, hashed or refused. No software that
//! keeps these rows in SQLite can be quicker. It is no store: nothing reads what it writes.

use std::path::Path;

use rusqlite::{CachedStatement, Transaction, params};

use super::Options;
use super::connection::{Location, open_writer};
use crate::StoreError;

/// How many commands the lane takes in at a time, and so how many lives go a step further in one
/// transaction.
const BATCH: u32 = 200;
/// How many tasks share an outcome, and how many people do the work.
const TASKS_PER_OUTCOME: i64 = 20;
const PEOPLE: i64 = 48;
/// Numbers of streams that are no tasks.
const OUTCOMES: i64 = 1 << 40;
const CONTRIBUTORS: i64 = 2 << 40;

/// The bytes of a task's event and of its state after it, by step, as they are on average in the
/// benchmark: planned, offered, claimed, submitted, reviewed, accepted.
const TASK_BYTES: [(usize, usize); 6] = [
    (1_106, 939),
    (963, 1_029),
    (451, 1_095),
    (491, 1_278),
    (496, 1_463),
    (591, 1_731),
];
/// The same of what an accepted task leads to: on the streams of its outcome, of who did it and of
/// who reviewed it.
const OUTCOME_BYTES: (usize, usize) = (429, 845);
const PERFORMER_BYTES: (usize, usize) = (485, 498);
const REVIEWER_BYTES: usize = 358;

/// The statements of a life.
struct Statements<'a> {
    event: CachedStatement<'a>,
    new_state: CachedStatement<'a>,
    state: CachedStatement<'a>,
    receipt: CachedStatement<'a>,
    timer: CachedStatement<'a>,
    no_timer: CachedStatement<'a>,
    lease: CachedStatement<'a>,
    lease_over: CachedStatement<'a>,
    acceptance: CachedStatement<'a>,
    notice: CachedStatement<'a>,
    transfer: CachedStatement<'a>,
    balance: CachedStatement<'a>,
}

/// Writes the rows of so many lives into a new database in this folder.
pub fn live(folder: &Path, lives: u32) -> Result<(), StoreError> {
    std::fs::create_dir_all(folder)
        .map_err(|error| StoreError::NotWritable(format!("{}: {error}", folder.display())))?;
    let mut connection = open_writer(&Location::of(&folder.join("floor.db")), &Options::default())?;
    connection.execute_batch(include_str!("tables.sql"))?;
    let text = "x".repeat(TASK_BYTES[5].1);
    let mut first = 0;
    while first < lives {
        let wave = first..lives.min(first + BATCH);
        for step in 0..TASK_BYTES.len() {
            let transaction = connection.transaction()?;
            let mut statements = Statements::prepare(&transaction)?;
            for task in wave.clone() {
                statements.go_on(i64::from(task), step, &text)?;
            }
            statements.share(wave.clone(), step, &text)?;
            drop(statements);
            transaction.commit()?;
        }
        first = wave.end;
    }
    Ok(())
}

impl<'a> Statements<'a> {
    fn prepare(connection: &'a Transaction<'_>) -> Result<Self, StoreError> {
        let prepare = |sql| connection.prepare_cached(sql);
        Ok(Self {
            event: prepare("INSERT INTO events (stream, version, body) VALUES (?1, ?2, ?3)")?,
            new_state: prepare(
                "INSERT INTO states (stream, version, status, body) VALUES (?1, 1, 0, ?2)
                 ON CONFLICT DO UPDATE SET version = version + 1, body = excluded.body",
            )?,
            state: prepare(
                "UPDATE states SET version = ?2, status = ?2, body = ?3
                 WHERE stream = ?1 AND version = ?2 - 1",
            )?,
            receipt: prepare(
                "INSERT INTO receipts (command, digest, stream, version) VALUES (?1, ?2, ?3, ?4)",
            )?,
            timer: prepare("INSERT OR REPLACE INTO timers (due_at, stream) VALUES (?1, ?2)")?,
            no_timer: prepare("DELETE FROM timers WHERE stream = ?1")?,
            lease: prepare("INSERT INTO leases (task, number, deadline) VALUES (?1, 1, ?2)")?,
            lease_over: prepare("UPDATE leases SET deadline = NULL WHERE task = ?1")?,
            acceptance: prepare("INSERT INTO acceptances (task, submission) VALUES (?1, ?2)")?,
            notice: prepare("INSERT INTO outbox (stream, version) VALUES (?1, ?2)")?,
            transfer: prepare(
                "INSERT INTO transfers (stream, version, amount, from_account, to_account)
                 VALUES (?1, ?2, 250, ?3, ?4)",
            )?,
            balance: prepare(
                "INSERT INTO balances (account, balance) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET balance = balance + excluded.balance",
            )?,
        })
    }

    /// One task, one step further.
    fn go_on(&mut self, task: i64, step: usize, text: &str) -> Result<(), StoreError> {
        let version = i64::try_from(step + 1).unwrap_or(0);
        let (event, state) = TASK_BYTES[step];
        self.event.execute(params![task, version, &text[..event]])?;
        if step == 0 {
            self.new_state.execute(params![task, &text[..state]])?;
        } else {
            self.state.execute(params![task, version, &text[..state]])?;
            let command = (i128::from(task) << 8) | i128::from(version);
            let digest = [9_u8; 32];
            self.receipt
                .execute(params![command.to_be_bytes(), digest, task, version])?;
        }
        let escrow = OUTCOMES + task / TASKS_PER_OUTCOME;
        match step {
            0 => self.pay(task, version, escrow, task)?,
            1 => {
                self.due(task)?;
                self.notice.execute([task, version])?;
            }
            2 => {
                self.no_timer.execute([task])?;
                self.lease.execute([task, task])?;
                self.due(task)?;
            }
            3 => {
                self.no_timer.execute([task])?;
                self.lease_over.execute([task])?;
                self.due(task)?;
            }
            5 => {
                self.no_timer.execute([task])?;
                self.acceptance.execute(params![task, [9_u8; 32]])?;
                self.pay(task, version, task, CONTRIBUTORS + task % PEOPLE)?;
                self.notice.execute([task, version])?;
            }
            _ => {}
        }
        Ok(())
    }

    /// What a step of these tasks leads to on streams that several of them share: an event each,
    /// and one state for all.
    fn share(
        &mut self,
        tasks: std::ops::Range<u32>,
        step: usize,
        text: &str,
    ) -> Result<(), StoreError> {
        let mut shared = std::collections::BTreeSet::new();
        let (outcome_event, outcome_state) = OUTCOME_BYTES;
        let (performer_event, person_state) = PERFORMER_BYTES;
        for task in tasks.map(i64::from) {
            let outcome = OUTCOMES + task / TASKS_PER_OUTCOME;
            let performer = CONTRIBUTORS + task % PEOPLE;
            let reviewer = CONTRIBUTORS + (task + 1) % PEOPLE;
            if step == 5 {
                self.event
                    .execute(params![outcome, 2 * task + 1, &text[..outcome_event]])?;
                self.event
                    .execute(params![performer, 2 * task, &text[..performer_event]])?;
                self.event
                    .execute(params![reviewer, 2 * task + 1, &text[..REVIEWER_BYTES]])?;
                shared.insert((outcome, outcome_state));
                shared.insert((performer, person_state));
                shared.insert((reviewer, person_state));
            } else if step == 0 && shared.insert((outcome, outcome_state)) {
                self.event
                    .execute(params![outcome, 2 * task, &text[..outcome_event]])?;
            }
        }
        for (stream, bytes) in shared {
            self.new_state.execute(params![stream, &text[..bytes]])?;
        }
        Ok(())
    }

    fn pay(&mut self, task: i64, version: i64, from: i64, to: i64) -> Result<(), StoreError> {
        self.transfer.execute([task, version, from, to])?;
        self.balance.execute([from, -250])?;
        self.balance.execute([to, 250])?;
        Ok(())
    }

    fn due(&mut self, task: i64) -> Result<(), StoreError> {
        self.timer.execute([task, task])?;
        Ok(())
    }
}
