//! How much one event costs on SQLite with full durability: time, processor and disk.
//!
//! `cargo run --release -p consort-store --example commit_rate [FOLDER [LIVES]]`
//!
//! It writes whole lives of tasks, 200 events to a commit: create with a hold, offer, claim, hand
//! in, check, review, sign and pay, with the receipts, leases, timers, messages and transfers that
//! belong to them. The folder is made and must not hold a database yet.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, LeaseChange, Timer, TimerChange, TimerKind};
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Account, Amount, Asset, Purpose, Transfer};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::sqlite::{DATABASE_FILE, Ownership, SqliteStore};
use consort_store::{
    Committed, EventRow, OutboxRow, Receipt, RowWrite, StateRow, Store, TransferWrite, WriteSet,
};

/// Events in one commit.
const BATCH: usize = 200;
/// Events in the life of a task; its place in the life is an event's version.
const LIFE: usize = 8;
/// Lives that are measured, unless a number is given.
const LIVES: usize = 20_000;
/// Bytes of an event and of a state, about as long as real ones.
const EVENT_BYTES: usize = 220;
const STATE_BYTES: usize = 500;
/// The length of a clock tick, in which Linux counts processor time for programs.
const TICK_MS: u64 = 10;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).map_or_else(
        || std::env::temp_dir().join(format!("commit-rate-{}", std::process::id())),
        PathBuf::from,
    );
    let lives = std::env::args()
        .nth(2)
        .map_or(Ok(LIVES), |number| number.parse())?;
    let plain = measure(
        &folder.join("plain"),
        lives,
        "state, event and receipt",
        plain_batch,
    )?;
    println!("{plain}");
    let whole = measure(
        &folder.join("whole"),
        lives,
        "whole lives of tasks",
        whole_batch,
    )?;
    println!("{whole}");
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

type MakeBatch = fn(&mut WriteSet, u128, usize);

/// Runs all lives, in waves that each take the tasks of one batch one event further.
fn measure(folder: &Path, lives: usize, what: &str, add: MakeBatch) -> Result<String, Failure> {
    let store = SqliteStore::open(Ownership::take(folder)?)?;
    let network = NetworkId::new(Timestamp::from_millis(0), 1);
    let epoch = store.identity(network)?.epoch;
    fund(&store, epoch)?;
    let started = Instant::now();
    let began = processor_time();
    let mut making = Duration::ZERO;
    for wave in 0..lives / BATCH {
        for version in 1..=LIFE {
            let before = Instant::now();
            let mut set = empty(epoch);
            for place in 0..BATCH {
                add(&mut set, (wave * BATCH + place) as u128, version);
            }
            making += before.elapsed();
            expect_done(&store.commit(&set)?);
        }
    }
    let wall = started.elapsed().saturating_sub(making);
    let processor = processor_time()
        .saturating_sub(began)
        .saturating_sub(making);
    drop(store);
    let bytes = std::fs::metadata(folder.join(DATABASE_FILE))?.len();
    Ok(format!(
        "{what}: {} µs of processor and {} µs in all per event, {} bytes per life",
        microseconds(processor, lives * LIFE),
        microseconds(wall, lives * LIFE),
        bytes / lives as u64
    ))
}

/// A share of a time, with one decimal place.
fn microseconds(time: Duration, events: usize) -> String {
    let tenths = time.as_nanos() / 100 / events as u128;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn empty(epoch: u64) -> WriteSet {
    WriteSet {
        epoch,
        ..WriteSet::default()
    }
}

fn expect_done(answer: &Committed) {
    assert!(matches!(answer, Committed::Done { .. }), "{answer:?}");
}

fn outcome() -> OutcomeId {
    OutcomeId::new(Timestamp::from_millis(1), 2)
}

fn person(number: u128) -> ContributorId {
    ContributorId::new(Timestamp::from_millis(1), number % 50)
}

fn task(number: u128) -> TaskId {
    let millis = i64::try_from(number / 20).unwrap_or(0);
    TaskId::new(
        Timestamp::from_millis(millis),
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
    )
}

/// One event with its state and receipt.
fn plain_batch(set: &mut WriteSet, number: u128, version: usize) {
    let stream = StreamId::Task(task(number));
    let new = version as u64;
    let words = [
        "ready",
        "offered",
        "held",
        "handed_in",
        "checked",
        "reviewed",
        "signed",
        "paid",
    ];
    set.rows.push(RowWrite {
        row: StateRow {
            stream,
            version: new,
            fence: 0,
            parent: Some(StreamId::Outcome(outcome())),
            status: words[version - 1].to_owned(),
            form: 1,
            body: filled(STATE_BYTES, number),
        },
        read_version: new - 1,
    });
    set.events.push(EventRow {
        stream,
        version: new,
        body: filled(EVENT_BYTES, number),
    });
    let at = Timestamp::from_millis(1_700_000_000_000 + i64::try_from(number).unwrap_or(0));
    let random = (number << 8 | version as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    set.receipts.push(Receipt {
        principal: person(number).to_string(),
        command: CommandId::new(at, random),
        digest: Digest::of(&random.to_be_bytes()),
        stream,
        first_version: new,
        events: 1,
        at,
    });
}

fn filled(bytes: usize, number: u128) -> String {
    let mut text = format!("{{\"number\":\"{number}\",\"text\":\"");
    while text.len() < bytes {
        text.push_str("what a task says ");
    }
    text.truncate(bytes);
    text
}

/// One event with all that follows from it.
fn whole_batch(set: &mut WriteSet, number: u128, version: usize) {
    plain_batch(set, number, version);
    if version == 2 || version == 5 {
        // What the software does by itself has no receipt.
        set.receipts.pop();
    }
    let stream = StreamId::Task(task(number));
    let at = Timestamp::from_millis(1_700_000_000_000);
    let hold = Account::Hold(task(number));
    let timer = |kind| Timer {
        stream,
        kind,
        number: 1,
        due_at: at.plus_millis(60_000),
    };
    match version {
        1 => add_transfer(
            set,
            number,
            version,
            (Purpose::Hold, Account::Escrow(outcome()), hold, 100),
        ),
        2 => set.timers.push(TimerChange::Set(timer(TimerKind::Offer))),
        3 => {
            set.timers
                .push(TimerChange::Clear(stream, TimerKind::Offer));
            set.timers.push(TimerChange::Set(timer(TimerKind::Lease)));
            set.leases.push(LeaseChange::Grant {
                task: task(number),
                number: 1,
                holder: person(number),
                deadline: at.plus_millis(60_000),
            });
        }
        4 => {
            set.timers
                .push(TimerChange::Clear(stream, TimerKind::Lease));
            set.leases.push(LeaseChange::End {
                task: task(number),
                number: 1,
            });
        }
        8 => {
            set.acceptances.push(Acceptance {
                task: task(number),
                lease: 1,
                submission: Digest::of(b"submission"),
                approver: person(number + 1),
                in_advance: false,
                at,
            });
            let payee = Account::Payable(person(number));
            add_transfer(set, number, version, (Purpose::Pay, hold, payee, 90));
            add_transfer(set, number, version, (Purpose::Fee, hold, Account::Fee, 5));
            let escrow = Account::Escrow(outcome());
            add_transfer(set, number, version, (Purpose::Release, hold, escrow, 5));
            set.outbox.push(OutboxRow {
                stream,
                version: 8,
                topic: "task.accepted".to_owned(),
            });
        }
        _ => {}
    }
}

fn add_transfer(
    set: &mut WriteSet,
    number: u128,
    version: usize,
    (purpose, from, to, minor): (Purpose, Account, Account, i64),
) {
    set.transfers.push(TransferWrite {
        stream: StreamId::Task(task(number)),
        version: version as u64,
        line: u16::try_from(set.transfers.len() % BATCH).unwrap_or(0),
        at: Timestamp::from_millis(1_700_000_000_000),
        transfer: Transfer {
            amount: Amount::from_minor(minor),
            asset: Asset::PRACTICE,
            from,
            outcome: Some(outcome()),
            purpose,
            task: Some(task(number)),
            to,
        },
    });
}

/// Puts enough into the outcome for every task.
fn fund(store: &SqliteStore, epoch: u64) -> Result<(), Failure> {
    let stream = StreamId::Outcome(outcome());
    let funds = Account::Funds(OrganisationId::new(Timestamp::from_millis(1), 1));
    let mut set = empty(epoch);
    set.rows.push(RowWrite {
        row: StateRow {
            stream,
            version: 1,
            fence: 0,
            parent: None,
            status: "open".to_owned(),
            form: 1,
            body: "{}".to_owned(),
        },
        read_version: 0,
    });
    set.events.push(EventRow {
        stream,
        version: 1,
        body: "{}".to_owned(),
    });
    for (line, (purpose, from, to)) in [
        (Purpose::Deposit, Account::Clearing, funds),
        (Purpose::Fund, funds, Account::Escrow(outcome())),
    ]
    .into_iter()
    .enumerate()
    {
        set.transfers.push(TransferWrite {
            stream,
            version: 1,
            line: u16::try_from(line)?,
            at: Timestamp::from_millis(0),
            transfer: Transfer {
                amount: Amount::from_minor(1_000_000_000),
                asset: Asset::PRACTICE,
                from,
                outcome: Some(outcome()),
                purpose,
                task: None,
                to,
            },
        });
    }
    expect_done(&store.commit(&set)?);
    Ok(())
}

/// Processor time of this process so far; zero where it cannot be told.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // User and system time are the 14th and 15th field; two stand before the cut.
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|word| word.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * TICK_MS)
}
