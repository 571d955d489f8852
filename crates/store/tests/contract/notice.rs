//! Notices and whom they are for: written once, claimed by one, forgotten when they are over.

use consort_kernel::id::ContributorId;
use consort_kernel::stream::StreamId;
use consort_store::memory::MemoryStore;
use consort_store::{Addressee, Channel, Looked, Notice, Notices, Store};

use crate::fixture::{PERSON, Place, at};
use crate::postgres::new_store;

/// A store, as far as it is asked here.
trait Both: Notices + Store {}

impl<T: Notices + Store> Both for T {}

fn everywhere(contract: fn(&dyn Both)) {
    contract(&MemoryStore::new());
    let place = Place::new();
    contract(&place.open());
    if let Some(store) = new_store() {
        contract(&store);
    }
}

const OTHER: ContributorId = ContributorId::from_bits(77);

pub(crate) fn addressee(who: ContributorId) -> Addressee {
    Addressee {
        who,
        wishes: "{\"zone\":\"UTC\"}".to_owned(),
        is_told: true,
        epoch: 1,
        version: 0,
    }
}

pub(crate) fn notice(to: ContributorId, key: &str, due: i64) -> Notice {
    Notice {
        to,
        by: Channel::Mail,
        key: key.to_owned(),
        noted: at(10),
        attempts: 0,
        due: Some(at(due)),
        tried: None,
        answer: None,
        has_arrived: false,
    }
}

/// The first look, in the first epoch.
pub(crate) const fn looked(position: u64, version: u64) -> Looked {
    Looked {
        position,
        epoch: 1,
        version,
    }
}

fn begun(kept: &dyn Both, notices: &[Notice]) {
    assert!(kept.write_addressee(&addressee(PERSON)).unwrap());
    assert!(kept.note(&looked(3, 0), notices).unwrap());
}

/// How an attempt ended.
fn ended(it: &Notice, answer: &str, due: Option<i64>) -> Notice {
    Notice {
        due: due.map(at),
        tried: Some(at(35)),
        answer: Some(answer.to_owned()),
        has_arrived: due.is_none(),
        ..it.clone()
    }
}

#[test]
fn wishes_are_read_back_and_of_two_who_write_what_they_read_one_does() {
    everywhere(|kept| {
        assert_eq!(kept.addressee(PERSON).unwrap(), None);
        assert!(kept.write_addressee(&addressee(PERSON)).unwrap());
        assert!(
            !kept.write_addressee(&addressee(PERSON)).unwrap(),
            "it is there"
        );
        let read = kept.addressee(PERSON).unwrap().unwrap();
        let expected = Addressee {
            version: 1,
            ..addressee(PERSON)
        };
        assert_eq!(read, expected);
        let other = Addressee {
            wishes: "{}".to_owned(),
            ..read.clone()
        };
        assert!(kept.write_addressee(&other).unwrap());
        assert!(!kept.write_addressee(&read).unwrap());
        let found = kept.addressee(PERSON).unwrap().unwrap();
        assert_eq!((found.wishes.as_str(), found.version), ("{}", 2));
        assert_eq!(kept.addressee(OTHER).unwrap(), None);
    });
}

#[test]
fn those_who_are_told_are_listed_page_by_page() {
    everywhere(|kept| {
        for number in 1..=4 {
            let one = Addressee {
                is_told: number != 2,
                epoch: if number == 3 { 2 } else { 1 },
                ..addressee(ContributorId::from_bits(number))
            };
            assert!(kept.write_addressee(&one).unwrap());
        }
        let told = |epoch, after, limit| {
            let found = kept.addressees(epoch, after, limit).unwrap();
            found.iter().map(|it| it.who.bits()).collect::<Vec<_>>()
        };
        assert_eq!(told(1, None, 9), [1, 4]);
        assert_eq!(told(1, None, 1), [1]);
        assert_eq!(told(1, Some(ContributorId::from_bits(1)), 9), [4]);
        assert_eq!(told(2, None, 9), [3]);
        assert_eq!(told(3, None, 9), [] as [u128; 0]);
    });
}

#[test]
fn what_is_noted_and_how_far_was_looked_come_together_or_not_at_all() {
    everywhere(|kept| {
        assert_eq!(kept.looked().unwrap(), None);
        begun(kept, &[notice(PERSON, "a", 20)]);
        assert_eq!(kept.looked().unwrap(), Some(looked(3, 1)));
        assert!(
            !kept
                .note(&looked(9, 0), &[notice(PERSON, "b", 20)])
                .unwrap()
        );
        assert!(
            kept.note(&looked(9, 1), &[notice(PERSON, "c", 20)])
                .unwrap()
        );
        assert!(
            !kept
                .note(&looked(7, 1), &[notice(PERSON, "d", 20)])
                .unwrap()
        );
        assert_eq!(kept.looked().unwrap(), Some(looked(9, 2)));
        let found = kept.notices_of(PERSON, 9).unwrap();
        let keys: Vec<&str> = found.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys, ["c", "a"]);
        assert_eq!(kept.notices_of(PERSON, 1).unwrap().len(), 1);
        assert_eq!(kept.notices_of(OTHER, 9).unwrap(), []);
    });
}

#[test]
fn the_same_thing_is_noted_once_even_when_it_is_over() {
    everywhere(|kept| {
        begun(kept, &[notice(PERSON, "a", 20)]);
        let to = (PERSON, Channel::Mail);
        let claimed = kept.claim_notices(to, at(20), at(30), 9).unwrap();
        let over = ended(&claimed[0], "taken", None);
        assert_eq!(kept.settle_notices(std::slice::from_ref(&over)).unwrap(), 1);
        let chat = Notice {
            by: Channel::Chat,
            ..notice(PERSON, "a", 25)
        };
        let again = [notice(PERSON, "a", 40), chat.clone()];
        assert!(kept.note(&looked(4, 1), &again).unwrap());
        assert_eq!(kept.notices_of(PERSON, 9).unwrap(), [over, chat]);
    });
}

#[test]
fn what_is_due_is_claimed_by_one_and_again_when_nothing_was_heard_of_it() {
    everywhere(|kept| {
        begun(
            kept,
            &[
                notice(PERSON, "a", 22),
                notice(PERSON, "b", 20),
                notice(PERSON, "c", 21),
                notice(OTHER, "a", 20),
            ],
        );
        let to = (PERSON, Channel::Mail);
        let claim = |now, until, limit| {
            let found = kept.claim_notices(to, at(now), at(until), limit).unwrap();
            let read = found.into_iter().map(|it| (it.key, it.attempts, it.due));
            read.collect::<Vec<_>>()
        };
        let one = |key: &str, attempts, due| (key.to_owned(), attempts, Some(at(due)));
        assert_eq!(claim(19, 90, 9), []);
        assert_eq!(claim(22, 90, 2), [one("b", 1, 90), one("c", 1, 90)]);
        assert_eq!(claim(22, 90, 9), [one("a", 1, 90)]);
        assert_eq!(claim(89, 200, 9), []);
        assert_eq!(claim(90, 200, 1), [one("a", 2, 200)]);
        assert_eq!(
            kept.claim_notices((PERSON, Channel::Chat), at(99), at(200), 9)
                .unwrap(),
            []
        );
    });
}

#[test]
fn of_many_who_claim_at_a_time_each_has_their_own() {
    everywhere(|kept| {
        let keys: Vec<String> = (10..50).map(|it| it.to_string()).collect();
        let all: Vec<Notice> = keys.iter().map(|key| notice(PERSON, key, 20)).collect();
        begun(kept, &all);
        let mut claimed: Vec<String> = std::thread::scope(|scope| {
            let claim = || {
                let to = (PERSON, Channel::Mail);
                let next = || kept.claim_notices(to, at(20), at(90), 3).unwrap();
                let mut mine = Vec::new();
                loop {
                    let some = next();
                    if some.is_empty() {
                        return mine;
                    }
                    assert!(some.iter().all(|it| it.attempts == 1));
                    mine.extend(some.into_iter().map(|it| it.key));
                }
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(claim)).collect();
            let all = threads.into_iter().flat_map(|it| it.join().unwrap());
            all.collect()
        });
        claimed.sort_unstable();
        assert_eq!(claimed, keys);
    });
}

#[test]
fn the_last_attempt_alone_says_how_it_ended() {
    everywhere(|kept| {
        begun(kept, &[notice(PERSON, "a", 20)]);
        let to = (PERSON, Channel::Mail);
        let claim = |now, until| {
            let mut found = kept.claim_notices(to, at(now), at(until), 9).unwrap();
            found.remove(0)
        };
        let late = claim(20, 30);
        let last = claim(30, 40);
        let settle = |it: &Notice| kept.settle_notices(std::slice::from_ref(it)).unwrap();
        assert_eq!(settle(&ended(&late, "no", None)), 0);
        let failed = ended(&last, "no", Some(60));
        assert_eq!(settle(&failed), 1);
        assert_eq!(kept.notices_of(PERSON, 9).unwrap(), [failed]);
        let arrived = ended(&claim(60, 90), "taken", None);
        assert_eq!(settle(&arrived), 1);
        assert_eq!(settle(&arrived), 0, "it is over");
        assert_eq!(kept.waiting_notices(PERSON, Channel::Mail).unwrap(), 0);
    });
}

#[test]
fn what_is_dropped_by_whoever_took_it_last_can_be_noted_again() {
    everywhere(|kept| {
        let both = [notice(PERSON, "a", 20), notice(PERSON, "b", 20)];
        begun(kept, &both);
        let to = (PERSON, Channel::Mail);
        let claim = |now, until| kept.claim_notices(to, at(now), at(until), 9).unwrap();
        let late = claim(20, 30);
        let last = claim(30, 40);
        assert_eq!(kept.drop_notices(&late).unwrap(), 0, "it was taken again");
        assert_eq!(kept.drop_notices(&last[..1]).unwrap(), 1);
        assert_eq!(kept.drop_notices(&last[..1]).unwrap(), 0, "it is gone");
        assert_eq!(
            kept.settle_notices(&[ended(&last[1], "taken", None)])
                .unwrap(),
            1
        );
        assert_eq!(kept.drop_notices(&last[1..]).unwrap(), 0, "it is over");
        let read = kept.looked().unwrap().unwrap();
        assert!(kept.note(&read, &both).unwrap());
        assert_eq!(claim(50, 60), claim_of(&both[0], 60));
    });
}

/// A notice as the first attempt takes it.
fn claim_of(noted: &Notice, until: i64) -> [Notice; 1] {
    [Notice {
        attempts: 1,
        due: Some(at(until)),
        ..noted.clone()
    }]
}

#[test]
fn who_waits_longest_comes_first_and_only_who_is_told() {
    everywhere(|kept| {
        begun(
            kept,
            &[
                notice(PERSON, "a", 30),
                notice(PERSON, "b", 26),
                Notice {
                    by: Channel::Chat,
                    ..notice(PERSON, "a", 25)
                },
                notice(OTHER, "a", 20),
            ],
        );
        let due = |epoch, now, limit| kept.due_notices(epoch, at(now), limit).unwrap();
        assert_eq!(due(1, 24, 9), [], "nobody knows what the other wishes");
        assert!(kept.write_addressee(&addressee(OTHER)).unwrap());
        assert_eq!(due(1, 19, 9), []);
        let (mail, chat) = ((PERSON, Channel::Mail), (PERSON, Channel::Chat));
        assert_eq!(due(1, 26, 9), [(OTHER, Channel::Mail), chat, mail]);
        assert_eq!(due(1, 26, 2), [(OTHER, Channel::Mail), chat]);
        assert_eq!(due(2, 26, 9), []);
    });
}

#[test]
fn with_the_last_address_nothing_waits_any_more() {
    everywhere(|kept| {
        begun(kept, &[notice(PERSON, "a", 20), notice(PERSON, "b", 30)]);
        let to = (PERSON, Channel::Mail);
        let claimed = kept.claim_notices(to, at(20), at(30), 9).unwrap();
        let over = ended(&claimed[0], "taken", None);
        assert_eq!(kept.settle_notices(std::slice::from_ref(&over)).unwrap(), 1);
        let read = kept.addressee(PERSON).unwrap().unwrap();
        let none = Addressee {
            is_told: false,
            ..read
        };
        assert!(kept.write_addressee(&none).unwrap());
        assert_eq!(kept.notices_of(PERSON, 9).unwrap(), [over]);
        assert_eq!(kept.due_notices(1, at(99), 9).unwrap(), []);
    });
}

#[test]
fn what_is_over_for_long_is_forgotten_and_what_waits_is_not() {
    everywhere(|kept| {
        begun(kept, &[notice(PERSON, "a", 20), notice(PERSON, "b", 50)]);
        let to = (PERSON, Channel::Mail);
        let claimed = kept.claim_notices(to, at(20), at(30), 9).unwrap();
        let over = ended(&claimed[0], "taken", None);
        assert_eq!(kept.settle_notices(std::slice::from_ref(&over)).unwrap(), 1);
        assert_eq!(kept.forget_notices(at(35)).unwrap(), 0);
        assert_eq!(kept.forget_notices(at(36)).unwrap(), 1);
        let left = kept.notices_of(PERSON, 9).unwrap();
        assert_eq!(left, [notice(PERSON, "b", 50)]);
        assert_eq!(kept.waiting_notices(PERSON, Channel::Mail).unwrap(), 1);
    });
}

#[test]
fn whoever_is_erased_leaves_no_address_behind() {
    everywhere(|kept| {
        begun(kept, &[notice(PERSON, "a", 20), notice(OTHER, "a", 20)]);
        assert!(kept.write_addressee(&addressee(OTHER)).unwrap());
        kept.erase_personal(StreamId::Contributor(PERSON)).unwrap();
        assert_eq!(kept.addressee(PERSON).unwrap(), None);
        assert_eq!(kept.notices_of(PERSON, 9).unwrap(), []);
        assert!(kept.addressee(OTHER).unwrap().is_some());
        assert_eq!(kept.notices_of(OTHER, 9).unwrap().len(), 1);
    });
}
