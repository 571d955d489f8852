//! Notifications in the settings: whose they are, what a link confirms, and a sign-off from the task to the
//! mail that tells of it.

use axum::http::StatusCode;
use consort_kernel::id::TaskId;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};
use consort_post::notice::{Courier, Kind, Needed as _, Setup, When};
use consort_post::{Encryption, Mail, WHY_NONE};
use consort_web::Outside;

use crate::fixture::{House, LETTER};
use crate::server::{Does, Server};
use crate::work::Story;

const HERE: &str = "/settings/notifications";
const TIMES: &str = "zone=Europe%2FBerlin&digest=07%3A30&from=22%3A00&to=06%3A00&offer=never";
const URL: &str = "https://consort.example";

fn house(port: u16) -> House {
    House::behind(outside(port))
}

/// A server that sends mail by the port of one on this machine.
pub(crate) fn outside(port: u16) -> Outside {
    Outside {
        notices: Setup {
            mail: Some(Mail {
                host: "127.0.0.1".to_owned(),
                port,
                encryption: Encryption::None,
                user: None,
                password: None,
                from: "Consort <consort@example.org>".to_owned(),
            }),
            url: URL.to_owned(),
        },
        ..Outside::default()
    }
}

/// The path of the link in a message.
pub(crate) fn link(body: &str) -> String {
    let line = body.lines().find(|line| line.contains("/confirm/"));
    line.unwrap().trim().strip_prefix(URL).unwrap().to_owned()
}

fn waits_for_signature(task: &Task) -> bool {
    matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_))
}

#[tokio::test]
async fn a_build_or_a_server_that_sends_nothing_says_so() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let page = ada.get(HERE).await.text;
    if let Some(why) = WHY_NONE {
        assert!(page.contains(why), "{page}");
        for (path, form) in [("", TIMES), ("/mail", "address=ada@example.org")] {
            let refused = ada.post(&format!("{HERE}{path}"), form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
        return;
    }
    assert!(page.contains("This server sends no mail"), "{page}");
    let refused = ada
        .post(&format!("{HERE}/mail"), "address=ada%40example.org")
        .await;
    assert!(
        refused.text.contains("This server sends no mail"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn what_somebody_is_told_when_is_kept_and_shown() {
    if WHY_NONE.is_some() {
        return;
    }
    let house = house(1);
    let ada = house.browser(house.ada).await;
    assert_eq!(ada.post(HERE, TIMES).await.leads_to(), HERE);
    let wishes = house.web.notices().wishes(house.ada).unwrap();
    assert_eq!(wishes.zone, "Europe/Berlin");
    assert_eq!(wishes.when(Kind::Offer), When::Never);
    assert_eq!(wishes.when(Kind::SignOff), When::AtOnce);
    let page = ada.get(HERE).await.text;
    for words in [
        "value=\"Europe/Berlin\"",
        "value=\"07:30\"",
        "value=\"22:00\"",
        "value=\"06:00\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for wrong in [
        "zone=Mars&digest=07%3A30&from=&to=",
        "zone=UTC&digest=noon&from=&to=",
        "zone=UTC&digest=07%3A30&from=22%3A00&to=",
        "zone=UTC&digest=07%3A30&from=&to=&offer=sometimes",
    ] {
        let refused = ada.post(HERE, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(house.web.notices().wishes(house.ada).unwrap(), wishes);
    assert_eq!(
        ada.post(HERE, "zone=UTC&digest=07%3A30&from=&to=")
            .await
            .leads_to(),
        HERE
    );
    let wishes = house.web.notices().wishes(house.ada).unwrap();
    assert_eq!(
        (wishes.quiet, wishes.when(Kind::Offer)),
        (None, When::Never)
    );
}

#[tokio::test]
async fn an_address_is_confirmed_by_a_button_of_whoever_asked_for_it() {
    if WHY_NONE.is_some() {
        return;
    }
    let server = Server::with(&[Does::Take]);
    let house = house(server.port());
    let (ada, eve) = (
        house.browser(house.ada).await,
        house.browser(house.eve).await,
    );
    let mail = format!("{HERE}/mail");
    assert_eq!(
        ada.post(&mail, "address=ada%40example.org")
            .await
            .leads_to(),
        HERE
    );
    let asked = server.next();
    assert_eq!(
        (asked.from.as_str(), asked.to.as_str()),
        ("consort@example.org", "ada@example.org")
    );
    assert_eq!(asked.message.header("Subject"), "Confirm this address");
    let link = link(&asked.message.body);
    let page = ada.get(HERE).await.text;
    assert!(
        page.contains("A link was sent to") && !page.contains("Confirmed"),
        "{page}"
    );
    // A program that follows links, whoever it works for, confirms nothing.
    for _ in 0..2 {
        let shown = ada.get(&link).await;
        assert!(shown.text.contains("Confirm it"), "{}", shown.text);
    }
    assert!(
        house
            .get(&link, "")
            .await
            .leads_to()
            .starts_with("/sign-in")
    );
    assert!(
        house
            .post(&link, "", "")
            .await
            .leads_to()
            .starts_with("/sign-in")
    );
    assert_eq!(eve.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.post(&link, "").await.status, StatusCode::NOT_FOUND);
    assert!(
        house
            .web
            .notices()
            .wishes(house.ada)
            .unwrap()
            .mail
            .is_none()
    );
    assert_eq!(ada.post(&link, "").await.leads_to(), HERE);
    assert!(ada.get(HERE).await.text.contains("Confirmed"));
    assert_eq!(
        ada.post(&link, "").await.status,
        StatusCode::NOT_FOUND,
        "it is used once"
    );
    assert_eq!(ada.get(&link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_trial_says_why_it_was_not_taken() {
    if WHY_NONE.is_some() {
        return;
    }
    let does = [
        Does::Take,
        Does::Say("RCPT", "550 no such person"),
        Does::Drop("DATA"),
    ];
    let server = Server::with(&does);
    let house = house(server.port());
    let ada = house.browser(house.ada).await;
    let (mail, trial) = (format!("{HERE}/mail"), format!("{HERE}/try"));
    ada.post(&mail, "address=ada%40example.org").await;
    let link = link(&server.next().message.body);
    assert_eq!(ada.post(&link, "").await.leads_to(), HERE);
    for why in ["550 no such person", "broke off"] {
        let failed = ada.post(&trial, "by=mail").await;
        assert_eq!(failed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(failed.text.contains(why), "{why}: {}", failed.text);
    }
    assert_eq!(ada.post(&format!("{mail}/end"), "").await.leads_to(), HERE);
    assert!(!ada.get(HERE).await.text.contains("ada@example.org"));
    assert_eq!(server.all().len(), 0);
}

#[tokio::test]
async fn after_a_backup_nothing_is_told_until_they_say_so() {
    if WHY_NONE.is_some() {
        return;
    }
    let house = house(1);
    let ada = house.browser(house.ada).await;
    let chat = "address=https%3A%2F%2Fhooks.example%2F&form=teams";
    ada.post(&format!("{HERE}/chat"), chat).await;
    let kept = house.notices();
    let mut addressee = kept.addressee(house.ada).unwrap().unwrap();
    addressee.epoch = 7;
    assert!(kept.write_addressee(&addressee).unwrap());
    assert!(ada.get(HERE).await.text.contains("came out of a backup"));
    ada.post(HERE, TIMES).await;
    assert!(ada.get(HERE).await.text.contains("came out of a backup"));
    assert_eq!(
        ada.post(&format!("{HERE}/go-on"), "").await.leads_to(),
        HERE
    );
    assert!(!ada.get(HERE).await.text.contains("came out of a backup"));
    assert_eq!(kept.addressee(house.ada).unwrap().unwrap().epoch, 1);
}

#[tokio::test]
async fn nobody_sees_or_changes_what_others_are_told() {
    if WHY_NONE.is_some() {
        return;
    }
    let house = house(1);
    let (ada, sam) = (
        house.browser(house.ada).await,
        house.browser(house.sam).await,
    );
    let chat = "address=https%3A%2F%2Fhooks.example%2Fservices%2Fs3cret&form=slack";
    assert_eq!(
        ada.post(&format!("{HERE}/chat"), chat).await.leads_to(),
        HERE
    );
    let page = ada.get(HERE).await.text;
    assert!(
        page.contains("Slack") && page.contains("hooks.example"),
        "{page}"
    );
    assert!(
        !page.contains("s3cret"),
        "whoever knows it can send there: {page}"
    );
    let page = sam.get(HERE).await.text;
    assert!(
        !page.contains("hooks.example"),
        "a steward has their own: {page}"
    );
    for (path, form) in [
        ("/chat/end", ""),
        ("/mail/end", ""),
        ("/go-on", ""),
        ("", TIMES),
    ] {
        assert_eq!(
            sam.post(&format!("{HERE}{path}"), form).await.leads_to(),
            HERE
        );
    }
    let wishes = house.web.notices().wishes(house.ada).unwrap();
    assert!(wishes.chat.is_some());
    assert_eq!(wishes.zone, "UTC");
    for wrong in [
        "address=http%3A%2F%2Fhooks.example%2F&form=slack",
        "address=https%3A%2F%2F127.0.0.1%2F&form=slack",
        "address=https%3A%2F%2Fhooks.example%2F&form=fax",
    ] {
        let refused = ada.post(&format!("{HERE}/chat"), wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(
        ada.post(&format!("{HERE}/chat/end"), "").await.leads_to(),
        HERE
    );
    assert!(!ada.get(HERE).await.text.contains("hooks.example"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_off_comes_by_mail_and_its_link_signs_nothing() {
    if WHY_NONE.is_some() {
        return;
    }
    let server = Server::with(&[Does::Take; 2]);
    let house = house(server.port());
    let courier = Courier::new(house.web.notices().clone(), house.web.clone());
    courier.look().unwrap();
    let ada = house.browser(house.ada).await;
    ada.post(&format!("{HERE}/mail"), "address=ada%40example.org")
        .await;
    let confirm = link(&server.next().message.body);
    assert_eq!(ada.post(&confirm, "").await.leads_to(), HERE);
    let story = Story::begin(&house).await;
    story.hand_in("Thank+you+for+the+boxes").await;
    house.until(story.task, waits_for_signature);
    courier.look().unwrap();
    while courier.send_next().unwrap() {}
    courier.look().unwrap();
    assert!(!courier.send_next().unwrap(), "it is told once");
    let [told] = <[_; 1]>::try_from(server.all()).unwrap();
    let subject = told.message.header("Subject");
    assert_eq!(subject, "Your signature is asked for: Write the letter");
    let body = &told.message.body;
    let page = format!("/tasks/{}/sign", story.task);
    assert!(body.contains(&format!("  {URL}{page}\n")), "{body}");
    assert!(body.contains("of: A letter"), "{body}");
    assert!(
        !body.contains("boxes"),
        "what was handed in stays here: {body}"
    );
    assert_eq!(ada.get(&page).await.status, StatusCode::OK);
    let task = house.engine.task(story.task).unwrap().unwrap();
    assert!(waits_for_signature(&task), "opening it signs nothing");
    let shown = ada.get(HERE).await.text;
    assert!(shown.contains("the mail server took it"), "{shown}");
    let names = told.message.names();
    assert!(names.contains(&"Auto-Submitted"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_what_stands_on_their_own_list_and_no_more() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let all = [house.ada, house.ben, house.eve, house.sam];
    let needs = |subject| house.web.needs(subject, &all).unwrap();
    let task = StreamId::Task(story.task);
    let [(who, offer)] = <[_; 1]>::try_from(needs(task)).unwrap();
    assert_eq!((who, offer.kind), (house.ben, Kind::Offer));
    assert_eq!(offer.title.as_deref(), Some("Write the letter"));
    assert!(offer.due.is_some());
    let ask = format!("lease={}&text=How+long%3F", 1);
    story.ben.post(&story.at("/claim"), "").await;
    assert_eq!(needs(task), [], "they took it themselves");
    story.ben.post(&story.at("/ask"), &ask).await;
    let [(who, question)] = <[_; 1]>::try_from(needs(task)).unwrap();
    assert_eq!((who, question.kind), (house.ada, Kind::Question));
    story
        .ada
        .post(&story.at("/answer"), "question=0&text=A+page")
        .await;
    assert_eq!(needs(task), [], "it is answered");
    story.hand_in_short().await;
    let back = |task: &Task| task.returned.is_some() && matches!(task.phase, Phase::Offered(_));
    house.until(story.task, back);
    let [(who, returned)] = <[_; 1]>::try_from(needs(task)).unwrap();
    assert_eq!((who, returned.kind), (house.ben, Kind::Returned));
    assert!(returned.due.is_some(), "it is offered to them again");
    story.deliver_again().await;
    let [(who, sign)] = <[_; 1]>::try_from(needs(StreamId::Outcome(story.outcome))).unwrap();
    assert_eq!((who, sign.kind), (house.ada, Kind::SignOff));
    assert_eq!(sign.path, format!("/outcomes/{}/sign", story.outcome));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_closely_held_is_told_without_what_it_is_called() {
    let house = House::new();
    for class in ["confidential", "restricted"] {
        let held = LETTER.replace(
            "required: true,",
            &format!("required: true, class: {class},"),
        );
        let outcome = house.begin(&held);
        let task = TaskId::in_outcome(outcome, "write");
        // Nobody here is cleared for it, so it comes to whoever answers for it.
        house.until(task, |task| task.nobody_found);
        let all = [house.ada, house.ben, house.eve];
        let needs = house.web.needs(StreamId::Task(task), &all).unwrap();
        let [(who, need)] = <[_; 1]>::try_from(needs).unwrap();
        assert_eq!((who, need.kind), (house.ada, Kind::Escalation), "{class}");
        assert_eq!((need.title, need.outcome), (None, None), "{class}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_named_in_a_discussion_is_told_until_they_read_it() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let place = format!("/outcomes/{}/discussion", story.outcome);
    story.ada.post(&place, "text=%40Ben+is+it+long%3F").await;
    let mentions = |who| house.web.mentions(who).unwrap();
    let [(subject, need)] = <[_; 1]>::try_from(mentions(house.ben)).unwrap();
    assert_eq!(
        (subject, need.kind),
        (StreamId::Outcome(story.outcome), Kind::Mention)
    );
    assert_eq!(mentions(house.ada), []);
    assert_eq!(mentions(house.eve), []);
    let page = need.path.split('#').next().unwrap();
    crate::discussion::read(&story.ben, story.outcome, page).await;
    assert_eq!(mentions(house.ben), []);
}
