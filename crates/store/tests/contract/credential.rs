//! Credentials: found by kind and name, added once, ended once.

use consort_kernel::id::ContributorId;
use consort_store::memory::MemoryStore;
use consort_store::{Credential, CredentialKind, Credentials, StoreError};

use crate::fixture::{PERSON, Place, at};
use crate::postgres::new_store;

fn everywhere(contract: fn(&dyn Credentials)) {
    contract(&MemoryStore::new());
    let place = Place::new();
    contract(&place.open());
    if let Some(store) = new_store() {
        contract(&store);
    }
}

fn passkey(name: &str, created: i64) -> Credential {
    Credential {
        kind: CredentialKind::Passkey,
        name: name.to_owned(),
        contributor: PERSON,
        label: format!("the key {name}"),
        data: "{\"counter\":1}".to_owned(),
        created: at(created),
        used: at(created),
    }
}

#[test]
fn a_credential_is_found_by_its_kind_and_name() {
    everywhere(|kept| {
        let key = passkey("a", 10);
        kept.put_credential(&key).unwrap();
        let found = |kind, name| kept.credential(kind, name).unwrap();
        assert_eq!(found(CredentialKind::Passkey, "a"), Some(key));
        assert_eq!(found(CredentialKind::Passkey, "b"), None);
        assert_eq!(found(CredentialKind::Identity, "a"), None);
    });
}

#[test]
fn it_is_added_once_and_another_kind_may_have_its_name() {
    everywhere(|kept| {
        kept.put_credential(&passkey("a", 10)).unwrap();
        let elses = Credential {
            contributor: ContributorId::from_bits(77),
            ..passkey("a", 11)
        };
        let again = kept.put_credential(&elses);
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
        let identity = Credential {
            kind: CredentialKind::Identity,
            ..elses
        };
        kept.put_credential(&identity).unwrap();
        let first = kept.credential(CredentialKind::Passkey, "a").unwrap();
        assert_eq!(first.unwrap().contributor, PERSON);
    });
}

#[test]
fn its_use_changes_what_it_is_checked_against_and_never_goes_back() {
    everywhere(|kept| {
        kept.put_credential(&passkey("a", 10)).unwrap();
        for (used, noted) in [(30, 30), (20, 30), (40, 40)] {
            let data = format!("{{\"counter\":{used}}}");
            let kind = CredentialKind::Passkey;
            assert!(kept.use_credential(kind, "a", &data, at(used)).unwrap());
            let found = kept.credential(kind, "a").unwrap().unwrap();
            assert_eq!((found.used, found.data), (at(noted), data));
            assert!(!kept.use_credential(kind, "b", "{}", at(used)).unwrap());
        }
    });
}

#[test]
fn everybody_has_their_own_and_ends_them_once() {
    everywhere(|kept| {
        let (later, earlier) = (passkey("a", 20), passkey("b", 10));
        let elses = Credential {
            contributor: ContributorId::from_bits(77),
            ..passkey("c", 15)
        };
        for credential in [&later, &earlier, &elses] {
            kept.put_credential(credential).unwrap();
        }
        assert_eq!(
            kept.credentials_of(PERSON).unwrap(),
            [earlier.clone(), later]
        );
        assert!(kept.end_credential(CredentialKind::Passkey, "a").unwrap());
        assert!(!kept.end_credential(CredentialKind::Passkey, "a").unwrap());
        assert_eq!(kept.credentials_of(PERSON).unwrap(), [earlier]);
    });
}
