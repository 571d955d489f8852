//! Invitations: made for an organisation, a role and a task, listed, used once, ended; and what somebody from
//! outside sees who judges one task.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::StatusCode;
use consort_engine::clock::SystemClock;
use consort_engine::network::{self, contributors};
use consort_kernel::command::Principal;
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, OrganisationId, TaskId};
use consort_kernel::organisation::{OrganisationEvent, Role};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_testkit::failing::{Fails, failing_store};
use consort_web::{Outside, Ways};

use crate::fixture::{Answer, Browser, House, hidden};

/// Three tasks: the second rests on the first, and the third on nothing.
const SPEECH: &str = "
name: speech
version: 1
title: A speech
description: Writes a speech and has it polished.
inputs:
  - {name: occasion, type: text, required: true, prompt: What for?}
outcome:
  objective: A speech of thanks
  narrative: People who helped us should hear that it mattered.
  risk: medium
  deadline: 3d
  criteria:
    - {key: personal, text: The speech names what was done., method: judgment}
tasks:
  - key: write
    kind: draft
    title: Write the speech
    capability: writing
    mode: person
    price: 500
    lease: 4h
    risk: medium
    instructions:
      goal: Write a speech of thanks.
      context: [{name: occasion, from: inputs.occasion}]
      constraints: [At most one page.]
      criteria: [{key: kind, text: It is kind., method: judgment}]
  - key: polish
    kind: draft
    title: Polish the speech
    needs: [write]
    capability: writing
    mode: person
    price: 500
    lease: 4h
    risk: medium
    serves: [personal]
    gate: true
    instructions:
      goal: Polish the speech.
      context: [{name: occasion, from: inputs.occasion}]
      constraints: [At most one page.]
      criteria: [{key: kind, text: It is kind., method: judgment}]
  - key: invite
    kind: draft
    title: Write the invitation
    capability: writing
    mode: person
    price: 500
    lease: 4h
    risk: medium
    instructions:
      goal: Write an invitation to the speech.
      context: [{name: occasion, from: inputs.occasion}]
      constraints: [At most one page.]
      criteria: [{key: kind, text: It is kind., method: judgment}]
";

fn desk(house: &House) -> OrganisationId {
    network::organisation(&house.engine, house.ada, "Ada's desk").unwrap()
}

/// What is sent to invite Noor.
fn noor(organisation: OrganisationId, roles: &[Role], task: Option<TaskId>) -> String {
    let mut form = format!("name=Noor&capabilities=writing+5&organisation={organisation}");
    for role in roles {
        write!(form, "&role-{}=yes", role.name()).unwrap();
    }
    if let Some(task) = task {
        write!(form, "&task={task}").unwrap();
    }
    form
}

/// The link that an answer shows.
fn link(answer: &Answer) -> String {
    let at = answer.text.find("/enter/").expect(&answer.text);
    let rest = &answer.text[at..];
    rest[..rest.find('<').unwrap()].to_owned()
}

/// Comes in by a link; gives the cookie, and where it leads.
async fn come(house: &House, link: &str) -> (String, String) {
    let entered = house.post(link, "", "").await;
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (cookie, entered.leads_to().to_owned())
}

fn named(house: &House, name: &str) -> Option<ContributorId> {
    let all = contributors(&house.engine).unwrap();
    all.get(name).copied()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_from_outside_judges_one_task_and_sees_nothing_else() {
    let house = House::new();
    let (own, task) = (desk(&house), house.letter_handed_in().await);
    let ada = house.browser(house.ada).await;
    let form = noor(own, &[Role::Reviewer], Some(task));
    let invited = ada.post("/people/invite", &form).await;
    let (noor, leads_to) = come(&house, &link(&invited)).await;
    assert_eq!(leads_to, format!("/tasks/{task}"));
    let seen = async |path: &str| house.get(path, &noor).await.status;
    assert_eq!(seen(&leads_to).await, StatusCode::OK);
    assert_eq!(seen(&format!("{leads_to}/review")).await, StatusCode::OK);
    let (outcome, other) = house.letter();
    for path in [
        format!("/outcomes/{outcome}"),
        format!("/tasks/{other}"),
        format!("/organisations/{own}"),
        format!(
            "/outcomes/{}",
            house.engine.task(task).unwrap().unwrap().outcome
        ),
    ] {
        assert_eq!(seen(&path).await, StatusCode::NOT_FOUND, "{path}");
    }
    let tasks = house.get("/tasks.csv", &noor).await.text;
    assert_eq!(tasks.lines().count(), 2, "{tasks}");
    let page = house.engine.task(task).unwrap().unwrap();
    let content = page.handed().unwrap().submission.content;
    let verdict = format!("decision=accept&content={content}&missed=nothing+seen");
    let file = format!("{leads_to}/open");
    let opened = house.post(&file, "file=write.json", &noor).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    let judged = house
        .post(&format!("{leads_to}/review"), &verdict, &noor)
        .await;
    assert!(judged.status.is_redirection(), "{}", judged.text);
    for path in [leads_to.clone(), format!("{leads_to}/review")] {
        let after = house.get(&path, &noor).await;
        let told = after.text.contains("You have judged it");
        let led = after
            .headers
            .get("location")
            .is_some_and(|it| *it == leads_to);
        assert!(told || led, "{path}: {}", after.text);
    }
    let judged = house.engine.task(task).unwrap().unwrap();
    let by = judged.handed().unwrap().reviews[0].by.id;
    assert_eq!(Some(by), named(&house, "Noor"));
    // Their role goes, and the task with it, but for what they did.
    let ended = "who=Noor&reason=done";
    ada.post(&format!("/organisations/{own}/members"), ended)
        .await
        .leads_to();
    let organisation = house.engine.state(StreamId::Organisation(own)).unwrap();
    assert!(matches!(organisation, Some(State::Organisation(it)) if it.guests.is_empty()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_sees_what_their_task_rests_on() {
    let house = House::new();
    let (own, outcome) = (desk(&house), house.begin(SPEECH));
    let task = |key| TaskId::in_outcome(outcome, key);
    let ada = house.browser(house.ada).await;
    // Whoever can write could be offered the writing, too, and have a part in it.
    let form = noor(own, &[Role::Reviewer], Some(task("polish")));
    let form = form.replace("writing", "listening");
    let invited = ada.post("/people/invite", &form).await;
    let (noor, _) = come(&house, &link(&invited)).await;
    for (key, expected) in [
        ("polish", StatusCode::OK),
        ("write", StatusCode::OK),
        ("invite", StatusCode::NOT_FOUND),
    ] {
        let page = house.get(&format!("/tasks/{}", task(key)), &noor).await;
        assert_eq!(page.status, expected, "{key}");
        let asked = page.text.contains("You were asked to judge this");
        let early = page.text.contains("It is not handed in yet");
        assert_eq!((asked, early), (key == "polish", key == "polish"), "{key}");
    }
    let early = format!("/tasks/{}", task("polish"));
    let led = house.get(&format!("{early}/review"), &noor).await;
    assert_eq!(led.leads_to(), early);
    let judge = house
        .get(&format!("/tasks/{}/review", task("write")), &noor)
        .await;
    assert_eq!(
        judge.status,
        StatusCode::FORBIDDEN,
        "to see is not to judge"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_here_for_one_task_brings_nobody_in_and_is_offered_nothing() {
    let house = House::new();
    let own = desk(&house);
    let due = house.letter_handed_in().await;
    let ada = house.browser(house.ada).await;
    let invited = ada
        .post("/people/invite", &noor(own, &[Role::Reviewer], Some(due)))
        .await;
    let (cookie, _) = come(&house, &link(&invited)).await;
    let who = named(&house, "Noor").unwrap();
    let profile = |house: &House| match house.engine.state(StreamId::Contributor(who)).unwrap() {
        Some(State::Contributor(it)) => it.profile,
        other => panic!("{other:?}"),
    };
    assert!(!profile(&house).takes_offers());
    let own_page = format!("/people/{who}");
    let offers = format!("{own_page}/offers");
    let agent = "name=Scout&capabilities=writing+5&family=f";
    for path in [
        "/people/connect",
        "/outcomes/new",
        "/outcomes/new/objective",
    ] {
        let refused = house.get(path, &cookie).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    for (path, form) in [("/people/connect", agent), (&offers, "takes=true")] {
        let refused = house.post(path, form, &cookie).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    for (path, button) in [
        ("/today", "primary\" href=\"/outcomes/new\""),
        ("/outcomes", "primary\" href=\"/outcomes/new\""),
        ("/people", "href=\"/people/connect\""),
    ] {
        let page = house.get(path, &cookie).await.text;
        assert!(!page.contains(button), "{page}");
        assert!(ada.get(path).await.text.contains(button), "{path}");
    }
    let page = house.get(&own_page, &cookie).await.text;
    assert!(page.contains("Takes no offers") && !page.contains(&offers));
    // With a role in the organisation they are no guest any more, and say themselves what they take.
    ada.post(
        &format!("/organisations/{own}/members"),
        "who=Noor&reason=r&role-contributor=yes",
    )
    .await
    .leads_to();
    let noor = house.browser(who).await;
    for (takes, words) in [
        (true, "Take no offers for now"),
        (false, "Take offers again"),
    ] {
        let said = noor.post(&offers, &format!("takes={takes}")).await;
        assert_eq!(said.leads_to(), own_page);
        assert_eq!(profile(&house).takes_offers(), takes);
        assert!(noor.get(&own_page).await.text.contains(words));
    }
    assert_eq!(
        house.get("/people/connect", &cookie).await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_works_for_one_task_says_when_they_take_offers_and_asks_what_they_asked() {
    let house = House::new();
    let own = desk(&house);
    let task = house.letter().1;
    let ada = house.browser(house.ada).await;
    let form = noor(own, &[Role::Contributor], Some(task));
    let (cookie, _) = come(&house, &link(&ada.post("/people/invite", &form).await)).await;
    let who = named(&house, "Noor").unwrap();
    let profile = || match house.engine.state(StreamId::Contributor(who)).unwrap() {
        Some(State::Contributor(it)) => it.profile,
        other => panic!("{other:?}"),
    };
    let (before, noor) = (profile(), house.browser(who).await);
    for takes in [false, true] {
        let said = noor
            .post(&format!("/people/{who}/offers"), &format!("takes={takes}"))
            .await;
        said.leads_to();
        assert_eq!(profile().takes_offers(), takes);
        let connect = house.get("/people/connect", &cookie).await;
        assert_eq!(connect.status, StatusCode::OK);
    }
    assert_eq!(profile(), before);
}

#[tokio::test]
async fn whoever_invites_a_reviewer_is_told_whether_there_is_anything_to_judge() {
    let house = House::new();
    let own = desk(&house);
    let ada = house.browser(house.ada).await;
    let due = house.letter_handed_in().await;
    let page = ada.get(&format!("/tasks/{due}")).await.text;
    assert!(page.contains("A judgment is due"), "{page}");
    let early = house.letter().1;
    for (task, is_early) in [(due, false), (early, true)] {
        let asked = format!("/people/invite?task={task}");
        let page = ada.get(&asked).await.text;
        for words in [
            "name=\"role-reviewer\" value=\"yes\" checked",
            "writing 1",
            "selected",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let words = "has nothing to judge now";
        assert_eq!(page.contains(words), is_early, "{page}");
        let form = noor(own, &[Role::Reviewer], Some(task)).replace("Noor", &task.to_string());
        let made = ada.post("/people/invite", &form).await.text;
        assert_eq!(made.contains(words), is_early, "{made}");
    }
    let hidden = house.browser(house.eve).await;
    let page = hidden.get(&format!("/people/invite?task={due}")).await;
    assert!(page.status.is_client_error());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_on_record_under_the_name_of_whoever_made_it() {
    let house = House::new();
    let (own, task) = (desk(&house), house.letter().1);
    let ada = house.browser(house.ada).await;
    ada.post("/people/invite", &noor(own, &[Role::Reviewer], Some(task)))
        .await;
    let latest = house.engine.latest(StreamId::Organisation(own), 1).unwrap();
    assert_eq!(latest[0].principal, Principal::Contributor(house.ada));
    let Event::Organisation(OrganisationEvent::RolesSet {
        by,
        roles,
        task: only,
        who,
        ..
    }) = &latest[0].event
    else {
        panic!("{latest:?}");
    };
    assert_eq!((*by, *only), (house.ada, Some(task)));
    assert_eq!(*roles, [Role::Reviewer].into());
    assert_eq!(Some(*who), named(&house, "Noor"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invitations_are_listed_until_they_are_used_or_ended() {
    let house = House::new();
    let (own, task) = (desk(&house), house.letter().1);
    let ada = house.browser(house.ada).await;
    let list = async |browser: &Browser<'_>| browser.get("/people/invite").await.text;
    assert!(list(&ada).await.contains("There is none."));
    let form = noor(own, &[Role::Reviewer], Some(task));
    let invited = link(&ada.post("/people/invite", &form).await);
    let page = list(&ada).await;
    for words in [
        "Noor",
        "reviewer at Ada",
        "Write the letter",
        "alone",
        "invited by",
        "Ada",
        "Not used yet",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains(invited.trim_start_matches("/enter/")));
    // Nobody ends it who may not invite there, and nobody by a wrong name.
    let id = named(&house, "Noor").unwrap();
    let end = format!("/people/{id}/invitations/end");
    let form = format!("invitation={}", hidden(&page, "invitation"));
    let eve = house.browser(house.eve).await;
    assert_eq!(eve.post(&end, &form).await.status, StatusCode::FORBIDDEN);
    assert!(
        !eve.get(&format!("/people/{id}"))
            .await
            .text
            .contains("Not used yet")
    );
    let elses = format!("/people/{}/invitations/end", house.ben);
    assert_eq!(ada.post(&elses, &form).await.status, StatusCode::FORBIDDEN);
    come(&house, &invited).await;
    let page = list(&ada).await;
    assert!(
        page.contains("Came in") && !page.contains("Not used yet"),
        "{page}"
    );
    assert_eq!(ada.post(&end, &form).await.status, StatusCode::NOT_FOUND);
    // Another one is ended before anybody came.
    let other = noor(own, &[Role::Contributor], None).replace("Noor", "Omar");
    let invited = link(&ada.post("/people/invite", &other).await);
    let id = named(&house, "Omar").unwrap();
    let sam = house.browser(house.sam).await;
    let page = sam.get(&format!("/people/{id}")).await.text;
    let form = format!("invitation={}", hidden(&page, "invitation"));
    let ended = sam
        .post(&format!("/people/{id}/invitations/end"), &form)
        .await;
    assert_eq!(ended.leads_to(), "/people/invite");
    assert_eq!(house.post(&invited, "", "").await.status, StatusCode::GONE);
    assert!(!list(&ada).await.contains("Omar"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_without_a_role_is_listed_for_whoever_made_it_and_ended_by_them() {
    let house = House::new();
    let own = desk(&house);
    let sam = house.browser(house.sam).await;
    let nowhere = noor(own, &[], None).replace(&own.to_string(), "");
    let invited = link(&sam.post("/people/invite", &nowhere).await);
    let page = sam.get("/people/invite").await.text;
    assert!(
        page.contains("Noor") && page.contains("Not used yet"),
        "{page}"
    );
    let ada = house.browser(house.ada).await;
    let elses = ada.get("/people/invite").await.text;
    assert!(!elses.contains("Noor"), "{elses}");
    let id = named(&house, "Noor").unwrap();
    let form = format!("invitation={}", hidden(&page, "invitation"));
    let ended = sam
        .post(&format!("/people/{id}/invitations/end"), &form)
        .await;
    assert_eq!(ended.leads_to(), "/people/invite");
    assert_eq!(house.post(&invited, "", "").await.status, StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_invites_nobody() {
    let house = House::new();
    let (own, task) = (desk(&house), house.letter().1);
    let other = network::organisation(&house.engine, house.sam, "Sam's desk").unwrap();
    let sam = house.browser(house.sam).await;
    for form in [
        noor(own, &[Role::Owner], Some(task)),
        noor(own, &[Role::Reviewer, Role::Finance], Some(task)),
        noor(other, &[Role::Reviewer], Some(task)),
        noor(own, &[Role::Reviewer], None).replace(&own.to_string(), ""),
        noor(own, &[Role::Reviewer], None) + "&task=nonsense",
    ] {
        let answer = sam.post("/people/invite", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert_eq!(named(&house, "Noor"), None, "{form}");
    }
    let nowhere = noor(own, &[Role::Reviewer], Some(TaskId::from_bits(9)));
    let answer = sam.post("/people/invite", &nowhere).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(named(&house, "Noor"), None);
}

#[tokio::test]
async fn whoever_is_invited_has_a_link_or_is_not_here_whatever_fails_between() {
    let (store, failing) = failing_store();
    let clock = Arc::new(SystemClock);
    let house = House::over(store, clock, (Outside::default(), Ways::default()));
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    let ada = house.browser(house.ada).await;
    let form = format!(
        "name=Noor&organisation={own}&role-contributor=yes&{}&idempotency-key=a-key",
        "capabilities=writing+5"
    );
    let invite = async || ada.post("/people/invite", &form).await;
    let noor = || contributors(&house.engine).unwrap().get("Noor").copied();
    // Without a link, nobody is here; without them, there is no link.
    for what in [Fails::Passes, Fails::Commits("contributor.added")] {
        failing.set(Some(what));
        let failed = invite().await;
        assert!(failed.status.is_server_error(), "{what:?}: {}", failed.text);
        assert_eq!(noor(), None, "{what:?}");
        assert!(house.access().invitations_by(house.ada).unwrap().is_empty());
    }
    // Whoever is here, and has no role yet, has a link that can be made anew.
    failing.set(Some(Fails::Commits("organisation.roles_set")));
    let failed = invite().await;
    assert!(failed.status.is_server_error(), "{}", failed.text);
    let who = noor().unwrap();
    assert_eq!(house.access().invitations_of(who).unwrap().len(), 1);
    let listed = ada.get("/people/invite").await.text;
    assert!(listed.contains("Not used yet"), "{listed}");
    // The same form goes on, and one link is left.
    failing.set(None);
    let done = invite().await;
    assert!(done.text.contains("Noor is invited"), "{}", done.text);
    assert_eq!(noor(), Some(who), "they are here once");
    assert_eq!(house.access().invitations_of(who).unwrap().len(), 1);
    let organisation = house.engine.organisation(own).unwrap().unwrap();
    assert!(organisation.roles_of(who).contains(&Role::Contributor));
    let link = &done.text[done.text.find("/enter/").unwrap()..];
    let link = link.split('<').next().unwrap();
    // Where no new link can be made, the one before lets in still.
    let listed = ada.get("/people/invite").await.text;
    let form = format!("invitation={}", hidden(&listed, "invitation"));
    let again = format!("/people/{who}/invitations/again");
    failing.set(Some(Fails::Passes));
    let failed = ada.post(&again, &form).await;
    assert!(failed.status.is_server_error(), "{}", failed.text);
    assert_eq!(house.get(link, "").await.status, StatusCode::OK);
    failing.set(None);
    let renewed = ada.post(&again, &form).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text);
    assert_eq!(house.get(link, "").await.status, StatusCode::GONE);
}
