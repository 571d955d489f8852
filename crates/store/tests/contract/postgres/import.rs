//! A network that moves from a file of SQLite is the same one.

use std::sync::Arc;

use consort_kernel::digest::Digest;
use consort_store::postgres::PostgresStore;
use consort_store::sqlite::SqliteStore;
use consort_store::{
    Credential, CredentialKind, Credentials, Delivery, Notices, Pass, PassKind, Passes,
    PersonalRow, RefusalRow, Remark, Remarks, Store, StoreError, View, Views, Webhooks,
};

use super::{new_database, somebody};
use crate::fixture::{
    OUTCOME, PERSON, Place, add_change, at, command, done, message, network, set, stream,
};
use crate::notice;
use crate::picture::{ALL, picture};
use crate::sqlite::populate;
use crate::webhook::webhook;

/// A network with something of everything, and its file, which is only read from here on.
fn source(place: &Place) -> Arc<SqliteStore> {
    let store = place.open();
    fill(&store);
    drop(store);
    let file = place.folder().join(consort_store::sqlite::DATABASE_FILE);
    Arc::new(SqliteStore::open_read_only(&file).unwrap())
}

/// All that a network is kept in.
pub(super) trait Keeps:
    Store + Credentials + Notices + Passes + Remarks + Views + Webhooks
{
}

impl<S: Store + Credentials + Notices + Passes + Remarks + Views + Webhooks> Keeps for S {}

/// Puts something of everything into an empty store.
pub(super) fn fill(store: &impl Keeps) {
    populate(store);
    let person = consort_kernel::stream::StreamId::Contributor(PERSON);
    let mut more = set();
    add_change(&mut more, person, 0, 1);
    let outcome = consort_kernel::stream::StreamId::Outcome(OUTCOME);
    add_change(&mut more, outcome, 0, 1);
    more.personal = vec![PersonalRow {
        subject: person,
        field: "name".to_owned(),
        salt: Digest::of(b"salt"),
        value: "Ada".to_owned(),
    }];
    more.refusals = vec![RefusalRow {
        id: command(8),
        at: at(3),
        why: "too_late".to_owned(),
        body: "{}".to_owned(),
    }];
    more.outbox = vec![message(person, 1, "contributor.changed")];
    done(store, &more);
    store.outbox_done(&[1]).unwrap();
    let log = store.log().unwrap();
    store
        .put_checkpoint(log.size(), log.root(), "signed")
        .unwrap();
    let_in(store);
    let webhook = webhook(1);
    store.put_webhook(&webhook).unwrap();
    let waits = Delivery::new(webhook.id, 1, at(20));
    assert!(store.write_webhook(&webhook, &[waits]).unwrap());
    let remark = Remark {
        outcome: OUTCOME,
        id: command(9),
        by: PERSON,
        at: at(5),
        text: "What about it?".to_owned(),
        changed: Some(at(6)),
        ended: None,
    };
    assert!(store.put_remark(&remark, &[PERSON]).unwrap());
    store.put_view(&view("Late")).unwrap();
    tell(store);
}

/// A view of the person's, which is their usual one.
pub(super) fn view(name: &str) -> View {
    View {
        owner: consort_kernel::stream::StreamId::Contributor(PERSON),
        list: "/tasks".to_owned(),
        name: name.to_owned(),
        query: "state=running".to_owned(),
        is_usual: true,
        saved: at(4),
    }
}

/// Somebody has a token, and a passkey by which they show that it is they.
fn let_in(store: &impl Keeps) {
    store
        .put_pass(&Pass {
            secret: Digest::of(b"secret"),
            kind: PassKind::Token,
            contributor: PERSON,
            label: "a token".to_owned(),
            created: at(1),
            used: at(2),
            expires: at(9),
            leads_to: Some("/today".to_owned()),
            proved: Some(at(1)),
        })
        .unwrap();
    store
        .put_credential(&Credential {
            kind: CredentialKind::Passkey,
            name: "a key".to_owned(),
            contributor: PERSON,
            label: "my laptop".to_owned(),
            data: "what is public of it".to_owned(),
            created: at(1),
            used: at(3),
        })
        .unwrap();
}

/// Somebody is told something, as they wished the second time.
fn tell(store: &impl Keeps) {
    let addressee = notice::addressee(PERSON);
    assert!(store.write_addressee(&addressee).unwrap());
    let read = store.addressee(PERSON).unwrap().unwrap();
    assert!(store.write_addressee(&read).unwrap());
    let told = notice::notice(PERSON, "a", 20);
    assert!(store.note(&notice::looked(3, 0), &[told]).unwrap());
}

#[test]
fn a_network_that_is_taken_over_is_as_it_was() {
    let Some(address) = new_database() else {
        return;
    };
    let place = Place::new();
    let source = source(&place);
    let before = picture(source.as_ref());
    let store = PostgresStore::open(&address).unwrap();
    store.take_over(Arc::clone(&source)).unwrap();
    assert_eq!(picture(&store), before);
    assert_eq!(picture(source.as_ref()), before);
    assert_eq!(store.flaws().unwrap(), []);
    let elsewhere = consort_kernel::id::NetworkId::from_bits(99);
    assert_eq!(
        store.identity(elsewhere).unwrap(),
        source.identity(elsewhere).unwrap()
    );
    let person = consort_kernel::stream::StreamId::Contributor(PERSON);
    assert_eq!(
        store.personal(person).unwrap(),
        source.personal(person).unwrap()
    );
    assert_eq!(store.refusals(ALL).unwrap(), source.refusals(ALL).unwrap());
    assert_eq!(
        store.passes_of(PERSON).unwrap(),
        source.passes_of(PERSON).unwrap()
    );
    assert_eq!(store.credentials_of(PERSON).unwrap().len(), 1);
    assert_eq!(
        store.credentials_of(PERSON).unwrap(),
        source.credentials_of(PERSON).unwrap()
    );
    let webhooks = store.webhooks_of(PERSON).unwrap();
    assert_eq!(webhooks, source.webhooks_of(PERSON).unwrap());
    let deliveries = store.deliveries_of(webhooks[0].id, None, ALL).unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(
        deliveries,
        source.deliveries_of(webhooks[0].id, None, ALL).unwrap()
    );
    assert_eq!(store.addressee(PERSON).unwrap().unwrap().version, 2);
    assert_eq!(
        store.addressee(PERSON).unwrap(),
        source.addressee(PERSON).unwrap()
    );
    assert_eq!(store.looked().unwrap(), source.looked().unwrap());
    assert_eq!(store.notices_of(PERSON, ALL).unwrap().len(), 1);
    assert_eq!(
        store.notices_of(PERSON, ALL).unwrap(),
        source.notices_of(PERSON, ALL).unwrap()
    );
    assert_eq!(store.views_of(person).unwrap().len(), 1);
    assert_eq!(
        store.views_of(person).unwrap(),
        source.views_of(person).unwrap()
    );
    assert_eq!(store.unread(PERSON, ALL).unwrap().len(), 1);
    assert_eq!(
        store.remarks(OUTCOME, None, ALL).unwrap(),
        source.remarks(OUTCOME, None, ALL).unwrap()
    );
    // It goes on where it was: the place of the message that was delivered is not given again.
    let mut next = crate::fixture::change(stream(3), 1, 1);
    next.outbox = vec![message(stream(3), 2, "task.changed")];
    done(&store, &next);
    let waiting = store.outbox(0, ALL).unwrap();
    assert_eq!(
        waiting.iter().map(|(place, _)| *place).collect::<Vec<_>>(),
        [2, 3]
    );
}

#[test]
fn a_network_is_taken_over_whole_or_not_at_all() {
    let Some(address) = new_database() else {
        return;
    };
    let place = Place::new();
    let source = source(&place);
    let store = PostgresStore::open(&address).unwrap();
    somebody(&address)
        .batch_execute("ALTER TABLE passes ADD CHECK (kind <> 3)")
        .unwrap();
    assert!(store.take_over(Arc::clone(&source)).is_err());
    assert_eq!(store.log().unwrap().size(), 0);
    somebody(&address)
        .batch_execute("ALTER TABLE passes DROP CONSTRAINT passes_kind_check1")
        .unwrap();
    store.take_over(Arc::clone(&source)).unwrap();
    let again = store.take_over(source);
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
}

#[test]
fn a_database_that_holds_a_network_takes_over_no_other() {
    let Some(address) = new_database() else {
        return;
    };
    let place = Place::new();
    let store = PostgresStore::open(&address).unwrap();
    store.identity(network()).unwrap();
    let answer = store.take_over(source(&place));
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
}
