//! Remarks: said once, in order, changed until they are taken back, and unread by whom they name.

use consort_kernel::id::{CommandId, ContributorId, OutcomeId};
use consort_kernel::time::Timestamp;
use consort_store::memory::MemoryStore;
use consort_store::{Remark, Remarks};

use crate::fixture::{PERSON, Place, at};
use crate::postgres::new_store;

const BEN: ContributorId = ContributorId::from_bits(77);
const OUTCOME: OutcomeId = OutcomeId::from_bits(5);

fn everywhere(contract: fn(&dyn Remarks)) {
    contract(&MemoryStore::new());
    let place = Place::new();
    contract(&place.open());
    if let Some(store) = new_store() {
        contract(&store);
    }
}

fn remark(id: u128, said: i64, text: &str) -> Remark {
    Remark {
        outcome: OUTCOME,
        id: CommandId::from_bits(id),
        by: PERSON,
        at: at(said),
        text: text.to_owned(),
        changed: None,
        ended: None,
    }
}

#[test]
fn what_is_said_twice_under_one_identifier_is_said_once() {
    everywhere(|kept| {
        let first = remark(1, 10, "Hello.\n\nÜber 'quotes'.");
        assert!(kept.put_remark(&first, &[BEN]).unwrap());
        assert!(!kept.put_remark(&remark(1, 20, "Other"), &[PERSON]).unwrap());
        assert_eq!(kept.remark(OUTCOME, first.id).unwrap(), Some(first.clone()));
        assert_eq!(kept.readers(OUTCOME, first.id).unwrap(), [BEN]);
        let elsewhere = Remark {
            outcome: OutcomeId::from_bits(6),
            ..first
        };
        assert!(kept.put_remark(&elsewhere, &[]).unwrap());
        assert_eq!(kept.remark(OUTCOME, CommandId::from_bits(9)).unwrap(), None);
    });
}

#[test]
fn a_discussion_is_read_from_the_newest_on_without_a_gap() {
    everywhere(|kept| {
        for (id, said) in [(5, 10), (1, 20), (3, 20), (2, 30)] {
            kept.put_remark(&remark(id, said, "x"), &[]).unwrap();
        }
        let page = |before: Option<(i64, u128)>, limit| -> Vec<u128> {
            let before = before.map(|(said, id)| (at(said), CommandId::from_bits(id)));
            let found = kept.remarks(OUTCOME, before, limit).unwrap();
            found.into_iter().map(|it| it.id.bits()).collect()
        };
        assert_eq!(page(None, 9), [2, 3, 1, 5]);
        assert_eq!(page(None, 2), [2, 3]);
        assert_eq!(page(Some((20, 3)), 9), [1, 5]);
        assert_eq!(page(Some((10, 5)), 9), [0; 0]);
        let since = |moment: Timestamp| kept.said_since(PERSON, moment).unwrap();
        assert_eq!((since(at(10)), since(at(20)), since(at(31))), (4, 3, 0));
        assert_eq!(kept.said_since(BEN, at(0)).unwrap(), 0);
    });
}

#[test]
fn a_remark_is_changed_until_it_is_taken_back_for_good() {
    everywhere(|kept| {
        kept.put_remark(&remark(1, 10, "@Ben"), &[BEN]).unwrap();
        let changed = Remark {
            changed: Some(at(15)),
            ..remark(1, 10, "@Ada")
        };
        assert!(kept.change_remark(&changed, &[PERSON]).unwrap());
        assert_eq!(
            kept.remark(OUTCOME, changed.id).unwrap(),
            Some(changed.clone())
        );
        assert_eq!(kept.readers(OUTCOME, changed.id).unwrap(), [PERSON]);
        let ended = Remark {
            text: String::new(),
            ended: Some(at(16)),
            ..changed.clone()
        };
        assert!(kept.change_remark(&ended, &[]).unwrap());
        assert_eq!(kept.unread(PERSON, 9).unwrap(), []);
        assert!(!kept.change_remark(&changed, &[BEN]).unwrap());
        assert_eq!(kept.remark(OUTCOME, changed.id).unwrap(), Some(ended));
        assert_eq!(kept.readers(OUTCOME, changed.id).unwrap(), []);
        assert!(!kept.change_remark(&remark(2, 10, "x"), &[]).unwrap());
    });
}

#[test]
fn whoever_is_named_has_it_to_read_until_they_did() {
    everywhere(|kept| {
        let (one, other) = (remark(1, 10, "@Ben"), remark(2, 20, "@Ben again"));
        let elsewhere = Remark {
            outcome: OutcomeId::from_bits(6),
            ..remark(3, 15, "@Ben there")
        };
        for it in [&one, &other, &elsewhere] {
            kept.put_remark(it, &[BEN, BEN]).unwrap();
        }
        assert_eq!(
            kept.unread(BEN, 9).unwrap(),
            [other.clone(), elsewhere.clone(), one]
        );
        assert_eq!(kept.unread(BEN, 1).unwrap().len(), 1);
        assert_eq!(kept.unread(PERSON, 9).unwrap(), []);
        // What was said after the page was made is not read yet.
        kept.note_read(BEN, OUTCOME, at(10)).unwrap();
        assert_eq!(kept.unread(BEN, 9).unwrap(), [other, elsewhere.clone()]);
        kept.note_read(PERSON, OUTCOME, at(99)).unwrap();
        kept.note_read(BEN, OUTCOME, at(99)).unwrap();
        assert_eq!(kept.unread(BEN, 9).unwrap(), [elsewhere]);
    });
}
