//! A network whose machine loses its power and whose disk fails, again and again: the lane is asked
//! for the same until it answers, and the doctor looks each time that the machine comes back.

use std::sync::Arc;

use consort_engine::checkpoint::keep;
use consort_engine::doctor::{Report, examine};
use consort_engine::lane::{Lane, LaneError};
use consort_store::sqlite::{Ownership, OwnershipError, SqliteStore};
use consort_store::{Store, StoreError};

use crate::disk::{Call, Disk, Failure, Trouble};
use crate::fixture::{Folder, Story, Told, network, stories};
use crate::machine::Machine;

/// So many lives are led, each with another seed.
const LIVES: u64 = 24;

/// Within so many calls something happens to the disk. To make the tables of a new network takes
/// fewer, so that every life goes on.
const CALLS_MAX: u64 = 400;
/// How often a folder is tried that is to be free: programs begin sooner.
const OWN_TRIES: u32 = 100_000;

#[test]
fn a_network_that_loses_its_power_again_and_again_is_whole_each_time() {
    let stories = stories();
    let mut life = Life::new(&stories[0]);
    for _ in 0..LIVES {
        life.machine.disk().clone_from(&Disk::default());
        life.live();
    }
    let (cuts, failures) = (life.cuts, life.failures);
    assert!(cuts > 60 && failures > 60, "{cuts} and {failures}");
}

#[test]
fn a_disk_that_cannot_be_read_is_an_error_and_no_damage() {
    let stories = stories();
    let mut life = Life::new(&stories[0]);
    for step in 0..stories[0].told.len() {
        life.attempt(step).unwrap();
    }
    life.process = None;
    let mut errors = 0;
    for number in 1.. {
        let process = begin(&life.folder, &life.machine);
        let store = process.map(|process| process.store).unwrap();
        let trouble = Trouble::Fails {
            call: Call::Read,
            number,
            failure: Failure::Broken,
            lasts: false,
        };
        life.machine.disk().plan(trouble, number);
        let report = life.report(store.as_ref());
        if !life.machine.disk().mend() {
            break;
        }
        match report {
            Ok(report) => assert_eq!(report.problems, [], "read {number}"),
            Err(StoreError::NotWritable(_)) => errors += 1,
            Err(other) => panic!("read {number}: {other}"),
        }
    }
    assert!(errors > 20, "{errors}");
}

/// A story that is lived again, in spite of everything.
struct Life<'a> {
    story: &'a Story,
    machine: Machine,
    folder: Folder,
    process: Option<Process>,
    /// How often something was planned; a seed for what comes of it.
    turns: u64,
    cuts: u32,
    failures: u32,
}

/// What is lost with the power.
struct Process {
    store: Arc<SqliteStore>,
    lane: Lane,
}

impl<'a> Life<'a> {
    fn new(story: &'a Story) -> Self {
        Self {
            story,
            machine: Machine::new(),
            folder: Folder::new(),
            process: None,
            turns: 0,
            cuts: 0,
            failures: 0,
        }
    }

    fn live(&mut self) {
        let mut loses_power = self.plan();
        for step in 0..self.story.told.len() {
            while let Err(why) = self.attempt(step) {
                assert!(self.machine.disk().mend(), "nothing was wrong: {why}");
                if loses_power {
                    self.cuts += 1;
                    self.come_back(step);
                } else {
                    self.failures += 1;
                }
                loses_power = self.plan();
            }
        }
        self.machine.disk().mend();
        self.come_back(self.story.told.len());
        let process = self.process.take().expect("it is running again");
        let (store, before) = (process.store, &self.story.store);
        assert_eq!(store.balances().unwrap(), before.balances().unwrap());
        assert_eq!(store.checkpoints().unwrap(), before.checkpoints().unwrap());
    }

    /// Plans what happens next: the power goes, or from some call on the disk cannot be written.
    fn plan(&mut self) -> bool {
        self.turns += 1;
        // A step that has nothing in common with the number of calls for a commit.
        let number = 1 + self.turns * 157 % CALLS_MAX;
        let loses_power = self.turns % 2 == 1;
        let fails = |call, failure| Trouble::Fails {
            call,
            number: number / 8,
            failure,
            lasts: true,
        };
        let trouble = match self.turns % 6 {
            0 => fails(Call::Sync, Failure::Broken),
            2 => fails(Call::Write, Failure::Broken),
            4 => fails(Call::Write, Failure::Full),
            _ => Trouble::PowerGoes { number },
        };
        self.machine.disk().plan(trouble, self.turns);
        loses_power
    }

    /// Does the step, if the disk lets it.
    fn attempt(&mut self, step: usize) -> Result<(), String> {
        let process = match &mut self.process {
            Some(process) => process,
            None => self.process.insert(begin(&self.folder, &self.machine)?),
        };
        match &self.story.told[step].0 {
            Told::Checkpoint => keep(process.store.as_ref(), &self.story.key)
                .map(|_| ())
                .map_err(|error| error.to_string()),
            Told::Work(work, now) => {
                for reply in process.lane.step(work, *now) {
                    match reply {
                        Ok(_) => {}
                        Err(LaneError::Store(why)) => return Err(why.to_string()),
                        Err(other) => panic!("step {step}: {other}"),
                    }
                }
                Ok(())
            }
        }
    }

    /// The machine has its power again, and the doctor looks: what was done before this step is
    /// there, and the step as a whole or not at all.
    fn come_back(&mut self, step: usize) {
        self.process = None;
        self.machine.disk().come_back(self.turns);
        let process = begin(&self.folder, &self.machine).unwrap();
        let report = self.report(process.store.as_ref()).unwrap();
        assert_eq!(report.problems, [], "at step {step}");
        let told = &self.story.told;
        let before = step.checked_sub(1).map(|last| told[last].1.clone());
        let allowed = [
            Some(before.unwrap_or_default()),
            told.get(step).map(|told| told.1.clone()),
        ];
        let found = process.store.log().unwrap();
        assert!(allowed.contains(&Some(found)), "another log at step {step}");
        self.process = Some(process);
    }

    /// What the doctor says, with all that it can look at.
    fn report(&self, store: &dyn Store) -> Result<Report, StoreError> {
        let signers = self.story.signers();
        let artefacts = Some(&self.story.artefacts);
        examine(store, artefacts, Some(&signers), &mut |_, _| {})
    }
}

/// A process begins on what the disk holds.
fn begin(folder: &Folder, machine: &Machine) -> Result<Process, String> {
    let ownership = own(folder);
    let store = SqliteStore::open_with(ownership, &machine.options());
    let store = Arc::new(store.map_err(|error| error.to_string())?);
    let shared: Arc<dyn Store> = Arc::clone(&store) as Arc<dyn Store>;
    let lane = Lane::open(shared, network(), true).map_err(|error| error.to_string())?;
    Ok(Process { store, lane })
}

/// Takes a folder that is free. A program that another test starts has the files of this process open
/// until it begins, and so may hold a lock that was let go of here, for a moment.
fn own(folder: &Folder) -> Ownership {
    for _ in 0..OWN_TRIES {
        match Ownership::take(folder.path()) {
            Err(OwnershipError::Owned { .. }) => std::thread::yield_now(),
            taken => return taken.unwrap(),
        }
    }
    panic!("the folder is not let go of");
}
