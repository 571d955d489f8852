//! The store on a disk that fails and loses power: a life with something of everything, at whose
//! every step it is known what has to be there.

mod call;
mod disk;
mod machine;
mod power;
mod upgrade;

use consort_store::sqlite::SqliteStore;
use consort_store::{Committed, Store, StoreError, WriteSet};

use self::disk::Disk;
use self::machine::Machine;
use super::second;
use crate::commit::everything;
use crate::fixture::{
    Place, acceptance, add_change, at, change, end, message, network, receipt, stream, task,
    transfer,
};
use crate::picture::{Picture, picture};
use consort_kernel::money::{Account, Purpose};

/// One thing that a process does with its store.
#[derive(Debug)]
enum Step {
    Commit(Box<WriteSet>),
    Extend,
    Deliver,
    Checkpoint,
    Look,
    /// The process ends well and another one begins.
    Restart,
}

/// What is done in a life, in order. Tasks are held, handed in, accepted and paid.
fn steps() -> Vec<Step> {
    let commit = |set| Step::Commit(Box::new(set));
    vec![
        commit(everything()),
        Step::Look,
        commit(second()),
        Step::Extend,
        Step::Checkpoint,
        commit(paid()),
        Step::Restart,
        Step::Deliver,
        commit(long()),
        commit(change(stream(4), 0, 1)),
    ]
}

/// Task 2 is accepted and paid, and task 3 goes on.
fn paid() -> WriteSet {
    let mut set = change(stream(2), 2, 2);
    add_change(&mut set, stream(3), 1, 1);
    let hold = Account::Hold(task(2));
    set.leases = vec![end(2, 3)];
    set.acceptances = vec![acceptance(2, 3)];
    set.transfers = vec![
        transfer(
            (2, 4, 0),
            Purpose::Pay,
            hold,
            Account::Payable(crate::fixture::PERSON),
            15,
        ),
        transfer((2, 4, 1), Purpose::Fee, hold, Account::Fee, 5),
    ];
    set.outbox = vec![message(stream(2), 4, "task.accepted")];
    let mut answered = receipt("ben", 2, stream(2));
    answered.first_version = 3;
    set.receipts = vec![answered];
    set
}

/// An event that does not fit into a page.
fn long() -> WriteSet {
    let mut set = change(stream(3), 2, 1);
    set.events[0].body = format!(r#"{{"text":"{}"}}"#, "x".repeat(20_000));
    set
}

/// A machine and a folder, in which lives are led again and again.
struct Stage {
    machine: Machine,
    place: Place,
    steps: Vec<Step>,
    /// What is there after so many steps.
    pictures: Vec<Picture>,
    /// The disk with a network in which nothing has happened yet.
    founded: Disk,
}

/// How a life ended.
#[derive(Debug)]
struct Ended {
    /// So many steps were acknowledged.
    done: usize,
    /// Why it went no further.
    error: Option<StoreError>,
}

impl Stage {
    /// Leads the life once with nothing in its way.
    fn new() -> Self {
        let mut stage = Self {
            machine: Machine::new(),
            place: Place::new(),
            steps: steps(),
            pictures: Vec::new(),
            founded: Disk::default(),
        };
        let store = stage.open().unwrap();
        store.identity(network()).unwrap();
        drop(store);
        stage.founded = stage.machine.disk().clone();
        let mut store = Some(stage.open().unwrap());
        let mut pictures = vec![picture(store.as_ref().unwrap())];
        for step in 0..stage.steps.len() {
            stage.go(&mut store, step).unwrap();
            pictures.push(picture(store.as_ref().unwrap()));
        }
        stage.pictures = pictures;
        stage
    }

    /// The disk is as it was before the life.
    fn begin_anew(&self) {
        self.machine.disk().clone_from(&self.founded);
    }

    fn open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_with(self.place.own(), &self.machine.options())
    }

    /// Goes on with the life from a step, as far as it goes; the store is opened if it is not open.
    fn live(&self, store: &mut Option<SqliteStore>, from: usize) -> Ended {
        for step in from..self.steps.len() {
            if let Err(error) = self.go(store, step) {
                return Ended {
                    done: step,
                    error: Some(error),
                };
            }
        }
        Ended {
            done: self.steps.len(),
            error: None,
        }
    }

    fn go(&self, open: &mut Option<SqliteStore>, step: usize) -> Result<(), StoreError> {
        if matches!(self.steps[step], Step::Restart) {
            drop(open.take());
        }
        let store = match open {
            Some(store) => store,
            None => open.insert(self.open()?),
        };
        match &self.steps[step] {
            Step::Commit(set) => {
                let answer = store.commit(set)?;
                assert!(matches!(answer, Committed::Done { .. }), "{answer:?}");
            }
            Step::Extend => {
                let stale = store.extend_leases(&[(task(2), 3, at(500))])?;
                assert_eq!(stale, []);
            }
            Step::Deliver => store.outbox_done(&[1])?,
            Step::Checkpoint => {
                let log = store.log()?;
                store.put_checkpoint(log.size(), log.root(), "a note")?;
            }
            Step::Look => {
                store.feed(0, 9)?;
                store.snapshot()?.balances()?;
            }
            Step::Restart => {}
        }
        Ok(())
    }

    /// How far the life had got by what is there: between these steps it has to be. That it is like
    /// the picture of a moment means that no commit is there by half.
    fn moment(&self, store: &SqliteStore, between: std::ops::RangeInclusive<usize>) -> usize {
        let found = picture(store);
        let mut moments = between.clone();
        moments
            .rfind(|moment| self.pictures[*moment] == found)
            .unwrap_or_else(|| {
                let other = self.pictures.iter().position(|picture| *picture == found);
                panic!("it should be as after {between:?} and is as after {other:?}")
            })
    }

    /// The life is over and the power goes: all of it is there.
    fn check_end(&self, store: Option<SqliteStore>, seed: u64) {
        let all = self.steps.len();
        drop(store);
        self.machine.disk().come_back(seed);
        let store = self.open().unwrap();
        self.moment(&store, all..=all);
        Self::check(&store, seed);
    }

    /// Nothing is wrong with the database, whatever it holds. Its tables and rules are compared with
    /// those of a new one, which takes its time, for every eighth seed.
    fn check(store: &SqliteStore, seed: u64) {
        assert_eq!(store.integrity_check().unwrap(), [""; 0]);
        if seed % 8 == 1 {
            assert_eq!(store.flaws().unwrap(), []);
        }
    }
}
