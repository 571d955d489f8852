//! Webhooks and their deliveries: written once, claimed by one, forgotten when they are over.

use consort_kernel::id::{ContributorId, WebhookId};
use consort_store::memory::MemoryStore;
use consort_store::{Delivery, StoreError, Webhook, Webhooks};

use crate::fixture::{PERSON, Place, at};
use crate::postgres::new_store;

fn everywhere(contract: fn(&dyn Webhooks)) {
    contract(&MemoryStore::new());
    let place = Place::new();
    contract(&place.open());
    if let Some(store) = new_store() {
        contract(&store);
    }
}

const fn id(number: u128) -> WebhookId {
    WebhookId::from_bits(number)
}

pub(crate) fn webhook(number: u128) -> Webhook {
    Webhook {
        id: id(number),
        owner: PERSON,
        address: format!("https://receiver.example/{number}"),
        wanted: vec!["task.accepted".to_owned(), "outcome.*".to_owned()],
        secret: "whsec_new".to_owned(),
        former: Some(("whsec_old".to_owned(), at(50))),
        created: at(10),
        ended: None,
        looked: 3,
        epoch: 1,
        version: 1,
    }
}

/// Claims a delivery of the first webhook, and settles it; tells how it ended.
fn settled(kept: &dyn Webhooks, answer: Option<&str>) -> Delivery {
    let claimed = kept.claim_delivery(id(1), at(20), at(30)).unwrap().unwrap();
    let over = Delivery {
        due: None,
        tried: Some(at(21)),
        answer: answer.map(str::to_owned),
        has_arrived: answer.is_some(),
        ..claimed
    };
    assert!(kept.settle_delivery(&over).unwrap());
    over
}

fn waiting(webhook: u128, positions: &[u64]) -> Vec<Delivery> {
    let new = |position: &u64| Delivery::new(id(webhook), *position, at(20));
    positions.iter().map(new).collect()
}

/// A webhook to which these events are on their way.
fn begun(kept: &dyn Webhooks, positions: &[u64]) -> Webhook {
    kept.put_webhook(&webhook(1)).unwrap();
    assert!(
        kept.write_webhook(&webhook(1), &waiting(1, positions))
            .unwrap()
    );
    kept.webhook(id(1)).unwrap().unwrap()
}

#[test]
fn a_webhook_is_read_back_and_added_once() {
    everywhere(|kept| {
        kept.put_webhook(&webhook(1)).unwrap();
        assert_eq!(kept.webhook(id(1)).unwrap(), Some(webhook(1)));
        assert_eq!(kept.webhook(id(2)).unwrap(), None);
        let elses = Webhook {
            owner: ContributorId::from_bits(77),
            ..webhook(1)
        };
        let again = kept.put_webhook(&elses);
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
        let ended = Webhook {
            ended: Some((at(30), "gone".to_owned())),
            former: None,
            wanted: Vec::new(),
            created: at(5),
            ..webhook(2)
        };
        kept.put_webhook(&ended).unwrap();
        assert_eq!(kept.webhooks_of(PERSON).unwrap(), [ended, webhook(1)]);
        assert_eq!(kept.webhooks_of(elses.owner).unwrap(), []);
    });
}

#[test]
fn the_open_ones_of_an_epoch_are_listed_page_by_page() {
    everywhere(|kept| {
        for number in 1..=4 {
            let ended = (number == 2).then(|| (at(30), "gone".to_owned()));
            let epoch = if number == 3 { 2 } else { 1 };
            let one = Webhook {
                ended,
                epoch,
                ..webhook(number)
            };
            kept.put_webhook(&one).unwrap();
        }
        let open = |epoch, after, limit| kept.open_webhooks(epoch, after, limit).unwrap();
        assert_eq!(open(1, None, 9), [webhook(1), webhook(4)]);
        assert_eq!(open(1, None, 1), [webhook(1)]);
        assert_eq!(open(1, Some(id(1)), 9), [webhook(4)]);
        assert_eq!(open(2, None, 9).len(), 1);
        assert_eq!(open(3, None, 9), []);
    });
}

#[test]
fn of_two_who_write_what_they_read_one_does() {
    everywhere(|kept| {
        let read = begun(kept, &[4]);
        assert_eq!(read.version, 2);
        let further = Webhook { looked: 9, ..read };
        assert!(kept.write_webhook(&further, &waiting(1, &[5])).unwrap());
        let late = Webhook {
            looked: 7,
            ..further.clone()
        };
        assert!(!kept.write_webhook(&late, &waiting(1, &[6])).unwrap());
        assert!(!kept.write_webhook(&webhook(2), &[]).unwrap());
        let found = kept.webhook(id(1)).unwrap().unwrap();
        assert_eq!((found.looked, found.version), (9, 3));
        let positions: Vec<u64> = kept
            .deliveries_of(id(1), None, 9)
            .unwrap()
            .iter()
            .map(|it| it.position)
            .collect();
        assert_eq!(positions, [5, 4]);
    });
}

#[test]
fn a_delivery_is_claimed_by_one_and_again_when_nothing_was_heard_of_it() {
    everywhere(|kept| {
        begun(kept, &[4, 5]);
        let claim = |now, until| kept.claim_delivery(id(1), at(now), at(until)).unwrap();
        assert_eq!(claim(19, 90), None);
        let first = claim(20, 90).unwrap();
        assert_eq!(
            (first.position, first.attempts, first.due),
            (4, 1, Some(at(90)))
        );
        assert_eq!(claim(20, 90).unwrap().position, 5);
        assert_eq!(claim(89, 200), None);
        let again = claim(90, 200).unwrap();
        assert_eq!((again.position, again.attempts), (4, 2));
        assert_eq!(kept.claim_delivery(id(2), at(99), at(200)).unwrap(), None);
    });
}

#[test]
fn of_many_who_claim_at_a_time_each_has_their_own() {
    everywhere(|kept| {
        let positions: Vec<u64> = (1..=40).collect();
        begun(kept, &positions);
        let mut claimed: Vec<u64> = std::thread::scope(|scope| {
            let claim = || {
                let next = || kept.claim_delivery(id(1), at(20), at(90)).unwrap();
                let mut mine = Vec::new();
                while let Some(delivery) = next() {
                    assert_eq!(delivery.attempts, 1);
                    mine.push(delivery.position);
                }
                mine
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(claim)).collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        claimed.sort_unstable();
        assert_eq!(claimed, positions);
    });
}

#[test]
fn the_last_attempt_alone_says_how_it_ended() {
    everywhere(|kept| {
        begun(kept, &[4]);
        let late = kept.claim_delivery(id(1), at(20), at(30)).unwrap().unwrap();
        let last = kept.claim_delivery(id(1), at(30), at(40)).unwrap().unwrap();
        let ended = |it: &Delivery, answer: &str, due| Delivery {
            due,
            tried: Some(at(35)),
            answer: Some(answer.to_owned()),
            has_arrived: due.is_none(),
            ..it.clone()
        };
        assert!(!kept.settle_delivery(&ended(&late, "500", None)).unwrap());
        let failed = ended(&last, "500", Some(at(60)));
        assert!(kept.settle_delivery(&failed).unwrap());
        assert_eq!(kept.deliveries_of(id(1), None, 9).unwrap(), [failed]);
        let next = kept.claim_delivery(id(1), at(60), at(90)).unwrap().unwrap();
        let arrived = ended(&next, "200", None);
        assert!(kept.settle_delivery(&arrived).unwrap());
        assert!(!kept.settle_delivery(&arrived).unwrap(), "it is over");
        assert_eq!(kept.waiting_deliveries(id(1)).unwrap(), 0);
    });
}

#[test]
fn what_waits_goes_on_waiting_and_what_is_over_begins_anew() {
    everywhere(|kept| {
        let read = begun(kept, &[4, 5]);
        settled(kept, Some("200"));
        let fifth = kept.claim_delivery(id(1), at(20), at(30)).unwrap().unwrap();
        assert!(kept.write_webhook(&read, &waiting(1, &[4, 5, 6])).unwrap());
        let mut expected = waiting(1, &[6, 5, 4]);
        expected[1] = fifth;
        assert_eq!(kept.deliveries_of(id(1), None, 9).unwrap(), expected);
        assert_eq!(kept.deliveries_of(id(1), None, 1).unwrap().len(), 1);
        let positions = |before| {
            let found = kept.deliveries_of(id(1), Some(before), 9).unwrap();
            found.iter().map(|it| it.position).collect::<Vec<_>>()
        };
        assert_eq!(positions(6), [5, 4]);
        assert_eq!(positions(u64::MAX), [6, 5, 4]);
        assert_eq!(positions(4), [0; 0]);
        assert_eq!(kept.waiting_deliveries(id(1)).unwrap(), 3);
    });
}

#[test]
fn with_its_end_nothing_waits_for_a_webhook() {
    everywhere(|kept| {
        let read = begun(kept, &[4, 5]);
        let over = settled(kept, None);
        let ended = Webhook {
            ended: Some((at(40), "it is gone".to_owned())),
            ..read
        };
        assert!(kept.write_webhook(&ended, &[]).unwrap());
        assert_eq!(kept.deliveries_of(id(1), None, 9).unwrap(), [over]);
        assert_eq!(kept.due_webhooks(1, at(99), 9).unwrap(), []);
    });
}

#[test]
fn whose_deliveries_wait_longest_comes_first() {
    everywhere(|kept| {
        for (number, due) in [(1, 30), (2, 20), (3, 25)] {
            let epoch = if number == 3 { 2 } else { 1 };
            let one = Webhook {
                epoch,
                ..webhook(number)
            };
            kept.put_webhook(&one).unwrap();
            let new = |position, due| Delivery::new(id(number), position, at(due));
            let both = [new(4, due), new(5, 35)];
            assert!(kept.write_webhook(&one, &both).unwrap());
        }
        let due = |now, limit| kept.due_webhooks(1, at(now), limit).unwrap();
        assert_eq!(due(19, 9), []);
        assert_eq!(due(20, 9), [id(2)]);
        assert_eq!(due(35, 9), [id(2), id(1)]);
        assert_eq!(due(35, 1), [id(2)]);
        assert_eq!(kept.due_webhooks(2, at(35), 9).unwrap(), [id(3)]);
    });
}

#[test]
fn what_is_over_for_long_is_forgotten() {
    everywhere(|kept| {
        begun(kept, &[4, 5]);
        let claimed = kept.claim_delivery(id(1), at(20), at(30)).unwrap().unwrap();
        let over = Delivery {
            due: None,
            tried: Some(at(40)),
            ..claimed
        };
        assert!(kept.settle_delivery(&over).unwrap());
        assert_eq!(kept.forget_deliveries(at(40)).unwrap(), 0);
        assert_eq!(kept.forget_deliveries(at(41)).unwrap(), 1);
        assert_eq!(
            kept.deliveries_of(id(1), None, 9).unwrap(),
            waiting(1, &[5])
        );
        let read = kept.webhook(id(1)).unwrap().unwrap();
        let ended = Webhook {
            ended: Some((at(50), "it is gone".to_owned())),
            ..read
        };
        assert!(kept.write_webhook(&ended, &[]).unwrap());
        assert_eq!(kept.forget_deliveries(at(50)).unwrap(), 0);
        assert_eq!(kept.forget_deliveries(at(51)).unwrap(), 1);
        assert_eq!(kept.webhook(id(1)).unwrap(), None);
    });
}
