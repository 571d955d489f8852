//! What is in the databases of earlier forms that are kept.
//!
//! Each was filled by the software of its time with these very words, and is compared with what they say.
//! So nothing here changes any more: what a new form keeps is added in a function of its own.

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Timer, TimerChange, TimerKind};
use consort_kernel::id::{ContributorId, WebhookId};
use consort_kernel::money::{Account, Asset, Purpose};
use consort_kernel::stream::StreamId;
use consort_store::{
    Addressee, Channel, Credential, CredentialKind, Credentials, Delivery, Looked, Notice, Notices,
    Pass, PassKind, Passes, PersonalRow, ReactionRow, RefusalRow, Remark, Remarks, Store,
    Transient, Transients, View, Views, Webhook, Webhooks, WriteSet,
};

use crate::fixture::{
    ORGANISATION, OUTCOME, PERSON, acceptance, add_change, at, change, command, done, end, grant,
    message, network, receipt, set, stream, task, transfer,
};

/// All that a network is kept in.
pub(crate) trait Keeps:
    Store + Credentials + Notices + Passes + Remarks + Transients + Views + Webhooks
{
}

impl<S: Store + Credentials + Notices + Passes + Remarks + Transients + Views + Webhooks> Keeps
    for S
{
}

/// Somebody else.
pub(crate) const OTHER: ContributorId = ContributorId::from_bits(17);
/// The webhook.
pub(crate) const WEBHOOK: WebhookId = WebhookId::from_bits(5);

/// Puts into a store that is filled as one of form `from` what those up to form `to` have besides.
pub(crate) fn fill(store: &dyn Keeps, from: u32, to: u32) {
    let forms: [fn(&dyn Keeps, u32); 9] = [
        |store, _| record(store),
        |store, _| words(store),
        passes,
        |store, _| credentials(store),
        |store, _| webhooks(store),
        |store, _| views(store),
        |store, _| remarks(store),
        |store, _| notices(store),
        |store, _| transients(store),
    ];
    let [from, last] = [from, to].map(|form| usize::try_from(form).unwrap());
    assert!(last <= forms.len(), "form {to} is not filled in here");
    for form in &forms[from..last] {
        form(store, to);
    }
}

/// Form 1: task 1 was paid, task 2 is held under its second lease and task 3 is new.
fn record(store: &dyn Keeps) {
    done(store, &paid());
    done(store, &held());
    store.outbox_done(&[1]).unwrap();
    let log = store.log().unwrap();
    store
        .put_checkpoint(log.size(), log.root(), "signed by somebody\n\n— they")
        .unwrap();
    let mut last = change(stream(2), 2, 1);
    last.reactions_done = vec![command(9)];
    done(store, &last);
}

fn paid() -> WriteSet {
    let mut set = change(stream(1), 0, 3);
    set.rows[0].row.parent = Some(StreamId::Outcome(OUTCOME));
    set.rows[0].row.fence = 2;
    "accepted".clone_into(&mut set.rows[0].row.status);
    add_change(&mut set, StreamId::Network(network()), 0, 1);
    add_change(&mut set, StreamId::Organisation(ORGANISATION), 0, 1);
    add_change(&mut set, StreamId::Contributor(PERSON), 0, 2);
    add_change(&mut set, StreamId::Outcome(OUTCOME), 0, 1);
    r#"{"objective":"Größer als 'x' \\ \u0007"}"#.clone_into(&mut set.rows[4].row.body);
    let (funds, escrow, hold) = (
        Account::Funds(ORGANISATION),
        Account::Escrow(OUTCOME),
        Account::Hold(task(1)),
    );
    set.transfers = vec![
        transfer((1, 1, 0), Purpose::Deposit, Account::Clearing, funds, 100),
        transfer((1, 1, 1), Purpose::Fund, funds, escrow, 90),
        transfer((1, 1, 2), Purpose::Hold, escrow, hold, 60),
        transfer((1, 3, 0), Purpose::Pay, hold, Account::Payable(PERSON), 48),
        transfer((1, 3, 1), Purpose::Fee, hold, Account::Fee, 10),
        transfer((1, 3, 2), Purpose::Tax, hold, Account::Tax, 2),
    ];
    set.leases = vec![grant(1, 1, 100), end(1, 1)];
    set.acceptances = vec![acceptance(1, 1)];
    set.timers = vec![timer(1, TimerKind::Review, 1, 90)];
    set.outbox = vec![
        message(stream(1), 2, "task.submitted"),
        message(stream(1), 3, "task.accepted"),
    ];
    set.reactions = vec![reaction(9), reaction(10)];
    set.receipts = vec![receipt("ann", 1, stream(1)), receipt("ben", 2, stream(1))];
    set
}

fn held() -> WriteSet {
    let mut set = change(stream(2), 0, 2);
    set.rows[0].row.parent = Some(StreamId::Outcome(OUTCOME));
    "claimed".clone_into(&mut set.rows[0].row.status);
    add_change(&mut set, stream(3), 0, 1);
    let escrow = Account::Escrow(OUTCOME);
    let mut euros = transfer(
        (2, 2, 0),
        Purpose::Deposit,
        Account::Clearing,
        Account::Funds(ORGANISATION),
        i64::MAX,
    );
    euros.transfer.asset = Asset::new("EUR", 2).unwrap();
    euros.transfer.outcome = None;
    euros.transfer.task = None;
    set.transfers = vec![
        transfer((2, 1, 0), Purpose::Hold, escrow, Account::Hold(task(2)), 20),
        euros,
    ];
    set.leases = vec![grant(2, 1, 50), end(2, 1), grant(2, 2, 120)];
    set.timers = vec![
        timer(2, TimerKind::Lease, 2, 120),
        timer(2, TimerKind::Deadline, 0, 500),
        timer(3, TimerKind::Offer, 1, 70),
    ];
    set.receipts = vec![receipt("ann", 3, stream(2))];
    set
}

fn timer(number: u128, kind: TimerKind, of: u64, due_at: i64) -> TimerChange {
    TimerChange::Set(Timer {
        stream: stream(number),
        kind,
        number: of,
        due_at: at(due_at),
    })
}

fn reaction(number: u128) -> ReactionRow {
    ReactionRow {
        id: command(number),
        body: r#"{"unblock":true}"#.to_owned(),
    }
}

/// Form 2: somebody has a name, and a reaction was rejected.
fn words(store: &dyn Keeps) {
    let mut more = set();
    add_change(&mut more, StreamId::Contributor(PERSON), 2, 1);
    more.personal = vec![PersonalRow {
        subject: StreamId::Contributor(PERSON),
        field: "name".to_owned(),
        salt: Digest::of(b"salt"),
        value: "Ada O'Neill, Łódź".to_owned(),
    }];
    more.refusals = vec![RefusalRow {
        id: command(11),
        at: at(3),
        why: "too_late".to_owned(),
        body: "{}".to_owned(),
    }];
    done(store, &more);
}

/// Form 3: somebody has a token and a session; from form 4 on, what more is known of the session.
fn passes(store: &dyn Keeps, form: u32) {
    let token = Pass {
        secret: Digest::of(b"the secret of a token"),
        kind: PassKind::Token,
        contributor: PERSON,
        label: "a token".to_owned(),
        created: at(1),
        used: at(2),
        expires: at(9_000),
        leads_to: None,
        proved: None,
    };
    let session = Pass {
        secret: Digest::of(b"the secret of a session"),
        kind: PassKind::Session,
        label: "a browser".to_owned(),
        created: at(3),
        used: at(3),
        leads_to: (form >= 4).then(|| "/today".to_owned()),
        proved: (form >= 4).then(|| at(4)),
        ..token.clone()
    };
    store.put_pass(&token).unwrap();
    store.put_pass(&session).unwrap();
    assert!(store.use_pass(session.secret, at(5)).unwrap());
}

/// Form 4: by what somebody shows that it is they.
fn credentials(store: &dyn Keeps) {
    for (kind, name) in [
        (CredentialKind::Passkey, "a key"),
        (CredentialKind::Identity, "issuer and subject"),
        (CredentialKind::Password, "person"),
    ] {
        let credential = Credential {
            kind,
            name: name.to_owned(),
            contributor: PERSON,
            label: "my laptop".to_owned(),
            data: "what it is checked against".to_owned(),
            created: at(1),
            used: at(3),
        };
        store.put_credential(&credential).unwrap();
    }
}

/// Form 5: one delivery arrived and one waits.
fn webhooks(store: &dyn Keeps) {
    let webhook = Webhook {
        id: WEBHOOK,
        owner: PERSON,
        address: "https://receiver.example/".to_owned(),
        wanted: vec!["task.accepted".to_owned(), "outcome.*".to_owned()],
        secret: "whsec_new".to_owned(),
        former: Some(("whsec_old".to_owned(), at(50))),
        created: at(10),
        ended: None,
        looked: 3,
        epoch: 1,
        version: 1,
    };
    store.put_webhook(&webhook).unwrap();
    let waiting = [1, 2].map(|position| Delivery::new(WEBHOOK, position, at(20)));
    assert!(store.write_webhook(&webhook, &waiting).unwrap());
    let claimed = store.claim_delivery(WEBHOOK, at(20), at(30)).unwrap();
    let over = Delivery {
        due: None,
        tried: Some(at(21)),
        answer: Some("200".to_owned()),
        has_arrived: true,
        ..claimed.unwrap()
    };
    assert!(store.settle_delivery(&over).unwrap());
}

/// Form 6: one view of a person's and one of an organisation's.
fn views(store: &dyn Keeps) {
    for (owner, is_usual) in [
        (StreamId::Contributor(PERSON), true),
        (StreamId::Organisation(ORGANISATION), false),
    ] {
        let view = View {
            owner,
            list: "/tasks".to_owned(),
            name: "Late".to_owned(),
            query: "state=running&risk=high".to_owned(),
            is_usual,
            saved: at(4),
        };
        store.put_view(&view).unwrap();
    }
}

/// Form 7: one remark was changed and is unread, and one was taken back.
fn remarks(store: &dyn Keeps) {
    let remark = Remark {
        outcome: OUTCOME,
        id: command(21),
        by: OTHER,
        at: at(5),
        text: "What about it, Ada?".to_owned(),
        changed: None,
        ended: None,
    };
    assert!(store.put_remark(&remark, &[PERSON]).unwrap());
    let changed = Remark {
        text: "What about it?\nAda?".to_owned(),
        changed: Some(at(6)),
        ..remark.clone()
    };
    assert!(store.change_remark(&changed, &[PERSON]).unwrap());
    let other = Remark {
        id: command(22),
        ..remark
    };
    assert!(store.put_remark(&other, &[]).unwrap());
    let ended = Remark {
        text: String::new(),
        ended: Some(at(7)),
        ..other
    };
    assert!(store.change_remark(&ended, &[]).unwrap());
}

/// Form 8: somebody is told by mail and by chat; the one arrived, the other waits.
fn notices(store: &dyn Keeps) {
    let addressee = Addressee {
        who: PERSON,
        wishes: r#"{"zone":"Europe/Berlin"}"#.to_owned(),
        is_told: true,
        epoch: 1,
        version: 0,
    };
    assert!(store.write_addressee(&addressee).unwrap());
    let looked = Looked {
        position: 3,
        epoch: 1,
        version: 0,
    };
    let told = [(Channel::Mail, 20), (Channel::Chat, 40)].map(|(by, due)| Notice {
        to: PERSON,
        by,
        key: "task.review".to_owned(),
        noted: at(10),
        attempts: 0,
        due: Some(at(due)),
        tried: None,
        answer: None,
        has_arrived: false,
    });
    assert!(store.note(&looked, &told).unwrap());
    let by_mail = (PERSON, Channel::Mail);
    let mut claimed = store.claim_notices(by_mail, at(20), at(30), 1).unwrap();
    let over = Notice {
        due: None,
        tried: Some(at(21)),
        answer: Some("250 OK".to_owned()),
        has_arrived: true,
        ..claimed.remove(0)
    };
    assert_eq!(store.settle_notices(&[over]).unwrap(), 1);
}

/// Form 9: something is known for a while.
fn transients(store: &dyn Keeps) {
    let opened = Transient {
        key: Digest::of(b"what was opened"),
        content: b"\x00 and 'more'".to_vec(),
        until: at(99),
    };
    store.put_transient(&opened).unwrap();
}
