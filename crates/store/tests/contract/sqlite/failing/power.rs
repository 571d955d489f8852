//! The power goes at each change of the disk, and what was not synced is there or not, torn,
//! scrambled or in another order: what was acknowledged is there, and nothing is there by half.

use consort_store::Store;
use consort_store::sqlite::SqliteStore;

use super::disk::{Disk, Trouble};
use super::{Ended, Stage};
use crate::fixture::network;
use crate::picture::picture;

/// In so many ways a disk comes back after each power cut; `CONSORT_POWER_CUTS` asks for more.
const WAYS_BACK: u64 = 2;

fn ways_back() -> u64 {
    let asked = std::env::var("CONSORT_POWER_CUTS").ok();
    asked.map_or(WAYS_BACK, |asked| {
        asked.parse().expect("CONSORT_POWER_CUTS is a number")
    })
}

/// Leads a life until the power goes at a change of the disk, and leaves the disk as it is then. It
/// is told how far the life got; nothing, if it was over before.
fn cut(stage: &Stage, number: u64) -> Option<Ended> {
    stage.begin_anew();
    stage
        .machine
        .disk()
        .plan(Trouble::PowerGoes { number }, number);
    let ended = stage.live(&mut None, 0);
    stage.machine.disk().mend().then_some(ended)
}

#[test]
fn what_was_acknowledged_is_there_after_a_power_cut() {
    let stage = Stage::new();
    let mut cuts = 0;
    let mut kept_more = 0;
    for number in 1.. {
        let Some(ended) = cut(&stage, number) else {
            break;
        };
        cuts += 1;
        let left: Disk = stage.machine.disk().clone();
        for way in 0..ways_back() {
            let seed = number * 1_000_000 + way;
            stage.machine.disk().clone_from(&left);
            stage.machine.disk().come_back(seed);
            let store = stage.open().unwrap();
            // What was asked for as the power went may be there, as a whole.
            let in_hand = ended.done + usize::from(ended.error.is_some());
            let reached = stage.moment(&store, ended.done..=in_hand);
            kept_more += usize::from(stage.pictures[reached] != stage.pictures[ended.done]);
            Stage::check(&store, seed);
            if way == 0 && number.is_multiple_of(4) {
                let mut store = Some(store);
                let rest = stage.live(&mut store, reached);
                assert!(rest.error.is_none(), "cut {number}: {rest:?}");
                stage.check_end(store, seed);
            }
        }
    }
    assert!(cuts > 200, "{cuts}");
    assert!(kept_more > 0, "no commit in hand was ever kept");
}

#[test]
fn a_network_is_founded_in_spite_of_power_cuts() {
    let stage = Stage::new();
    let mut cuts = 0;
    for number in (1..).step_by(2) {
        stage.machine.disk().clone_from(&Disk::default());
        stage
            .machine
            .disk()
            .plan(Trouble::PowerGoes { number }, number);
        let founded = stage.open().and_then(|store| store.identity(network()));
        if !stage.machine.disk().mend() {
            break;
        }
        cuts += 1;
        stage.machine.disk().come_back(number);
        let store = stage.open().unwrap();
        if founded.is_ok() {
            // Another identity would be given to a network that is not there any more.
            let other = consort_kernel::id::NetworkId::from_bits(99);
            assert_eq!(store.identity(other).unwrap().network, network());
        }
        store.identity(network()).unwrap();
        assert_eq!(picture(&store), stage.pictures[0], "cut {number}");
        Stage::check(&store, number);
    }
    assert!(cuts > 50, "{cuts}");
}

/// What somebody finds after a power cut on a disk that says that it synced and did not.
fn find(stage: &Stage, store: &SqliteStore, done: usize) -> Found {
    let problems = store.integrity_check();
    if !problems.is_ok_and(|problems| problems.is_empty()) {
        return Found::Damage;
    }
    let found = picture(store);
    match stage.pictures.iter().rposition(|picture| *picture == found) {
        Some(moment) if stage.pictures[..=moment].contains(&stage.pictures[done]) => Found::All,
        Some(_) => Found::Less,
        None => Found::Damage,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    All,
    Less,
    Damage,
}

#[test]
fn a_disk_that_does_not_sync_is_found_out() {
    let stage = Stage::new();
    let mut findings = Vec::new();
    for number in (1..).step_by(4) {
        stage.begin_anew();
        stage.machine.disk().lie();
        stage
            .machine
            .disk()
            .plan(Trouble::PowerGoes { number }, number);
        let mut store = Some(stage.open().unwrap());
        let ended = stage.live(&mut store, 0);
        drop(store);
        if !stage.machine.disk().mend() {
            break;
        }
        stage.machine.disk().come_back(number);
        findings.push(match stage.open() {
            Ok(store) => find(&stage, &store, ended.done),
            Err(_) => Found::Damage,
        });
    }
    findings.sort_unstable();
    findings.dedup();
    assert_eq!(findings, [Found::All, Found::Less, Found::Damage]);
}
