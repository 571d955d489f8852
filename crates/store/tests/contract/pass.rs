//! Passes: kept by the digest of their secret, ended once, forgotten when they are over.

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_store::memory::MemoryStore;
use consort_store::{Pass, PassKind, Passes, StoreError};

use crate::fixture::{PERSON, Place, at};
use crate::postgres::new_store;

fn everywhere(contract: fn(&dyn Passes)) {
    contract(&MemoryStore::new());
    let place = Place::new();
    contract(&place.open());
    if let Some(store) = new_store() {
        contract(&store);
    }
}

fn pass(secret: &str, kind: PassKind, created: i64, expires: i64) -> Pass {
    Pass {
        secret: Digest::of(secret.as_bytes()),
        kind,
        contributor: PERSON,
        label: format!("the pass {secret}"),
        created: at(created),
        used: at(created),
        expires: at(expires),
        leads_to: None,
        proved: None,
    }
}

#[test]
fn a_pass_is_found_by_its_secret_alone() {
    everywhere(|passes| {
        let session = pass("a", PassKind::Session, 10, 20);
        passes.put_pass(&session).unwrap();
        assert_eq!(passes.pass(session.secret).unwrap(), Some(session));
        assert_eq!(passes.pass(Digest::of(b"b")).unwrap(), None);
    });
}

#[test]
fn a_secret_is_given_once() {
    everywhere(|passes| {
        passes.put_pass(&pass("a", PassKind::Link, 10, 20)).unwrap();
        let again = passes.put_pass(&pass("a", PassKind::Token, 11, 30));
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
        let kept = passes.pass(Digest::of(b"a")).unwrap().unwrap();
        assert_eq!(kept.kind, PassKind::Link);
    });
}

#[test]
fn the_last_use_is_noted_and_never_goes_back() {
    everywhere(|passes| {
        let token = pass("a", PassKind::Token, 10, 90);
        passes.put_pass(&token).unwrap();
        for (used, noted) in [(30, 30), (20, 30), (40, 40)] {
            assert!(passes.use_pass(token.secret, at(used)).unwrap());
            assert_eq!(passes.pass(token.secret).unwrap().unwrap().used, at(noted));
        }
        assert!(!passes.use_pass(Digest::of(b"b"), at(30)).unwrap());
    });
}

#[test]
fn where_it_leads_and_what_was_proved_are_kept() {
    everywhere(|passes| {
        let link = Pass {
            leads_to: Some("/tasks/tsk_1".to_owned()),
            ..pass("a", PassKind::Link, 10, 20)
        };
        passes.put_pass(&link).unwrap();
        assert_eq!(passes.pass(link.secret).unwrap().unwrap(), link);
        assert!(passes.prove_pass(link.secret, at(15)).unwrap());
        let proved = passes.pass(link.secret).unwrap().unwrap().proved;
        assert_eq!(proved, Some(at(15)));
        assert!(!passes.prove_pass(Digest::of(b"b"), at(15)).unwrap());
    });
}

#[test]
fn of_several_who_end_a_pass_one_did() {
    everywhere(|passes| {
        let link = pass("a", PassKind::Link, 10, 20);
        passes.put_pass(&link).unwrap();
        assert!(passes.end_pass(link.secret).unwrap());
        assert!(!passes.end_pass(link.secret).unwrap());
        assert_eq!(passes.pass(link.secret).unwrap(), None);
    });
}

#[test]
fn everybody_has_their_own() {
    everywhere(|passes| {
        let later = pass("a", PassKind::Session, 20, 90);
        let earlier = pass("b", PassKind::Token, 10, 90);
        let elses = Pass {
            contributor: ContributorId::from_bits(77),
            ..pass("c", PassKind::Token, 15, 90)
        };
        for pass in [&later, &earlier, &elses] {
            passes.put_pass(pass).unwrap();
        }
        assert_eq!(passes.passes_of(PERSON).unwrap(), [earlier, later]);
    });
}

#[test]
fn passes_are_found_by_what_they_are_called_whosever_they_are() {
    everywhere(|passes| {
        let called = |secret, label: &str, created| Pass {
            label: label.to_owned(),
            ..pass(secret, PassKind::Link, created, 90)
        };
        let (later, elses) = (called("a", "by Ada", 20), called("b", "by Ben", 5));
        let earlier = Pass {
            contributor: ContributorId::from_bits(99),
            ..called("c", "by Ada", 10)
        };
        for pass in [&later, &earlier, &elses] {
            passes.put_pass(pass).unwrap();
        }
        assert_eq!(passes.passes_called("by Ada").unwrap(), [earlier, later]);
        assert_eq!(passes.passes_called("by A%").unwrap(), []);
    });
}

#[test]
fn what_is_over_is_forgotten_and_nothing_else() {
    everywhere(|passes| {
        for (secret, expires) in [("a", 20), ("b", 30), ("c", 40)] {
            passes
                .put_pass(&pass(secret, PassKind::Session, 10, expires))
                .unwrap();
        }
        assert_eq!(passes.forget_passes(at(30)).unwrap(), 1);
        let left = passes.passes_of(PERSON).unwrap();
        assert_eq!(left.len(), 2);
        assert!(left.iter().all(|pass| pass.expires >= at(30)));
    });
}
