//! All that the traits of a store tell of a database that is kept.

use consort_kernel::digest::Digest;
use consort_kernel::stream::StreamId;
use consort_store::{
    Addressee, Credential, CredentialKind, Delivery, FeedRow, LeaseRow, Looked, Notice, Pass,
    PersonalRow, Receipt, RefusalRow, Remark, Transient, View, Webhook,
};

use super::content::{Keeps, OTHER, WEBHOOK};
use crate::fixture::{ORGANISATION, OUTCOME, PERSON, at, command, network, stream};
use crate::picture::{ALL, Picture, picture};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    picture: Picture,
    epoch: u64,
    histories: Vec<Vec<FeedRow>>,
    leases: Vec<LeaseRow>,
    receipts: Vec<Receipt>,
    refusals: Vec<RefusalRow>,
    personal: Vec<PersonalRow>,
    passes: Vec<Pass>,
    sessions: Vec<Pass>,
    session: Option<Pass>,
    credentials: Vec<Credential>,
    credential: Option<Credential>,
    webhooks: Vec<Webhook>,
    deliveries: Vec<Delivery>,
    views: Vec<View>,
    shared: Vec<View>,
    remarks: Vec<Remark>,
    unread: Vec<Remark>,
    readers: usize,
    said: usize,
    addressee: Option<Addressee>,
    looked: Option<Looked>,
    notices: Vec<Notice>,
    transient: Option<Transient>,
}

/// Looks at everything.
pub(super) fn seen(store: &impl Keeps) -> Seen {
    let person = StreamId::Contributor(PERSON);
    let organisation = StreamId::Organisation(ORGANISATION);
    let streams = [
        person,
        organisation,
        StreamId::Outcome(OUTCOME),
        stream(1),
        stream(2),
    ];
    let history = |stream: StreamId| store.history(stream, 0, ALL).unwrap();
    let views = [person, organisation].map(|owner| store.views_of(owner).unwrap());
    Seen {
        picture: picture(store),
        epoch: store.identity(network()).unwrap().epoch,
        histories: streams.into_iter().map(history).collect(),
        leases: store.leases(None, ALL).unwrap(),
        receipts: store.all_receipts(None, ALL).unwrap(),
        refusals: store.refusals(ALL).unwrap(),
        personal: store.personal(person).unwrap(),
        passes: store.passes_of(PERSON).unwrap(),
        sessions: store.passes_called("a browser").unwrap(),
        session: store.pass(Digest::of(b"the secret of a session")).unwrap(),
        credentials: store.credentials_of(PERSON).unwrap(),
        credential: store.credential(CredentialKind::Passkey, "a key").unwrap(),
        webhooks: store.webhooks_of(PERSON).unwrap(),
        deliveries: store.deliveries_of(WEBHOOK, None, ALL).unwrap(),
        views: views.concat(),
        shared: store.shared_views("/tasks", ALL).unwrap(),
        remarks: store.remarks(OUTCOME, None, ALL).unwrap(),
        unread: store.unread(PERSON, ALL).unwrap(),
        readers: store.readers(OUTCOME, command(21)).unwrap().len(),
        said: store.said_since(OTHER, at(0)).unwrap(),
        addressee: store.addressee(PERSON).unwrap(),
        looked: store.looked().unwrap(),
        notices: store.notices_of(PERSON, ALL).unwrap(),
        transient: store.transient(Digest::of(b"what was opened")).unwrap(),
    }
}
