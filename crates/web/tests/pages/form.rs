//! Forms: each that changes something carries a key, and what is sent twice under it is done once and leads to
//! the same place.

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::{Method, StatusCode};
use consort_engine::access::PassKind;
use consort_engine::network::contributors;
use consort_kernel::id::ContributorId;
use consort_kernel::task::Phase;
use consort_post::WHY_NONE;

use crate::fixture::{Answer, Browser, House, hidden};
use crate::rights::route;

/// Where forms are sent that carry no key, each with the reason.
const WITHOUT: [(&str, &str); 26] = [
    ("/enter/{link}", "the link is used once"),
    (
        "/enter/{link}/with/{provider}",
        "it leads to the provider, and the way back is used once",
    ),
    ("/leave", "the session ends, and has ended"),
    (
        "/me/identities/add/{provider}",
        "it leads to the provider, and the way back is used once",
    ),
    ("/me/passkeys", "a ceremony is answered once"),
    (
        "/me/passkeys/challenge",
        "a script asks for a ceremony, which changes nothing yet",
    ),
    ("/me/proof", "a ceremony is answered once"),
    (
        "/me/proof/password",
        "it is shown again that it is they, which has the same effect",
    ),
    (
        "/me/proof/with/{provider}",
        "it leads to the provider, and the way back is used once",
    ),
    (
        "/outcomes/new/{playbook}/plan",
        "it shows a plan, and states nothing",
    ),
    (
        "/outcomes/new/{playbook}/start",
        "it names the plan, under whose identifier it is begun once",
    ),
    (
        "/outcomes/{id}/archive",
        "a file is made, and nothing is changed",
    ),
    (
        "/outcomes/{id}/cancel",
        "the first step shows what it does; the second carries a key",
    ),
    (
        "/outcomes/{id}/discussion/change",
        "it names the remark, which says the same then",
    ),
    (
        "/outcomes/{id}/discussion/end",
        "it names the remark, which is taken back once",
    ),
    ("/outcomes/{id}/discussion/read", "what was read stays read"),
    (
        "/outcomes/{id}/fund",
        "the first step shows what it does; the second carries a key",
    ),
    (
        "/outcomes/{id}/plan",
        "the first step shows what it does; the second carries a key",
    ),
    (
        "/outcomes/{id}/start",
        "it names the version of the plan, which is begun once",
    ),
    ("/session/theme", "the theme that was chosen is chosen"),
    ("/sign-in/passkey", "a ceremony is answered once"),
    (
        "/sign-in/passkey/challenge",
        "a script asks for a ceremony, which changes nothing yet",
    ),
    (
        "/sign-in/password",
        "whoever comes in twice has two sessions",
    ),
    (
        "/sign-in/with/{provider}",
        "it leads to the provider, and the way back is used once",
    ),
    ("/tasks/{id}/open", "what was opened stays opened"),
    (
        "/today/offers",
        "each offer is answered once, and passed over after that",
    ),
];

/// Where forms are sent that carry a key and no version of what they are about, each with the reason.
const WITHOUT_VERSION: [(&str, &str); 28] = [
    ("/me/payout", "one's own, of which the last holds"),
    (
        "/me/identities/end",
        "it names the identity, which ends once",
    ),
    ("/me/passkeys/end", "it names the passkey, which ends once"),
    ("/me/password", "the password that was set last holds"),
    ("/me/password/end", "there is one, which ends once"),
    (
        "/outcomes/{id}/discussion",
        "what is said stands beside what others say meanwhile",
    ),
    (
        "/outcomes/{id}/pause",
        "to pause holds whatever happened since; to go on carries it",
    ),
    ("/people/connect", "somebody new has no version yet"),
    ("/people/invite", "somebody new has no version yet"),
    (
        "/people/{id}/invitations/again",
        "it names the link that it takes the place of",
    ),
    (
        "/people/{id}/invitations/end",
        "it names the link, which ends once",
    ),
    (
        "/people/{id}/passes/end",
        "it names what lets in, which ends once",
    ),
    ("/people/{id}/tokens", "a new token has no version yet"),
    ("/people/{id}/trial", "a new outcome has no version yet"),
    (
        "/settings/notifications",
        "one's own wishes, of which the last hold",
    ),
    (
        "/settings/notifications/chat",
        "one's own wishes, of which the last hold",
    ),
    (
        "/settings/notifications/chat/end",
        "one's own, which ends once",
    ),
    (
        "/settings/notifications/confirm/{secret}",
        "the secret is used once",
    ),
    (
        "/settings/notifications/go-on",
        "one's own, which goes on once",
    ),
    (
        "/settings/notifications/mail",
        "one's own wishes, of which the last hold",
    ),
    (
        "/settings/notifications/mail/end",
        "one's own, which ends once",
    ),
    (
        "/settings/notifications/try",
        "a message is sent, and nothing is changed",
    ),
    (
        "/settings/switch",
        "to stop holds whatever happened since; to let go on carries it",
    ),
    ("/settings/webhooks", "a new webhook has no version yet"),
    (
        "/settings/webhooks/{id}/{what}",
        "one's own, and each change of it is done once",
    ),
    ("/views", "one's own, of which the last holds"),
    ("/views/end", "it names the view, which ends once"),
    ("/views/usual", "one's own, of which the last holds"),
];

/// A form of a page: where it is sent, and what it carries.
struct Found {
    action: String,
    has_key: bool,
    has_version: bool,
}

/// The forms of a page that change something.
fn forms(page: &str) -> Vec<Found> {
    let forms = page.split("<form ").skip(1);
    let forms = forms.map(|rest| rest.split("</form>").next().unwrap());
    let posted = forms.filter(|form| form.split('>').next().unwrap().contains("method=\"post\""));
    posted
        .map(|form| {
            let (_, action) = form.split_once("action=\"").unwrap();
            Found {
                action: action.split('"').next().unwrap().to_owned(),
                has_key: form.contains("name=\"idempotency-key\""),
                has_version: form.contains("name=\"if-match\""),
            }
        })
        .collect()
}

/// Whether an address is one of a route.
fn is_of(route: &str, address: &str) -> bool {
    let (route, address) = (route.split('/'), address.split('/'));
    let is_same = |(wanted, part): (&str, &str)| wanted.starts_with('{') || wanted == part;
    route.clone().count() == address.clone().count() && route.zip(address).all(is_same)
}

#[test]
fn every_form_that_changes_something_carries_a_key() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/golden");
    let routes = route::all().into_iter();
    let routes = routes.filter(|it| it.method == Method::POST && !it.path.starts_with("/api/"));
    let routes: BTreeSet<String> = routes.map(|it| it.path).collect();
    let mut keyed = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let page = std::fs::read_to_string(&file).unwrap();
        for Found {
            action, has_key, ..
        } in forms(&page)
        {
            // An exact word comes before one that stands for any.
            let known = routes.get(&action);
            let known = known.or_else(|| routes.iter().find(|it| is_of(it, &action)));
            let route =
                known.unwrap_or_else(|| panic!("{action} of {} is no route", file.display()));
            let is_without = WITHOUT.iter().any(|(it, _)| it == route);
            assert!(has_key || is_without, "{action} of {}", file.display());
            if has_key {
                keyed.insert(route.clone());
            }
        }
    }
    let is_told = |it: &&String| {
        let is_without = WITHOUT.iter().any(|(route, _)| route == it);
        keyed.contains(*it) || is_without || ELSEWHERE.contains(&it.as_str())
    };
    let missing: Vec<&String> = routes.iter().filter(|it| !is_told(it)).collect();
    assert!(
        missing.is_empty(),
        "no page shows a form for {missing:#?}: take one with it, or say why it has no key"
    );
    for route in WITHOUT.iter().map(|it| it.0).chain(ELSEWHERE) {
        assert!(routes.contains(route), "{route} is no route");
    }
    for route in ELSEWHERE {
        assert!(
            !keyed.contains(route),
            "{route} stands on a page that is taken"
        );
    }
}

#[test]
fn every_form_about_what_may_have_moved_carries_what_was_seen_of_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/golden");
    let mut without = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let page = std::fs::read_to_string(&file).unwrap();
        let found = forms(&page).into_iter();
        for form in found.filter(|it| it.has_key && !it.has_version) {
            let known = WITHOUT_VERSION
                .iter()
                .find(|(route, _)| is_of(route, &form.action));
            let (route, _) = known
                .unwrap_or_else(|| panic!("{} of {} carries none", form.action, file.display()));
            without.insert(*route);
        }
    }
    for (route, _) in WITHOUT_VERSION {
        assert!(without.contains(route), "{route} carries one");
    }
}

/// Routes whose forms stand on pages that other tests look at.
const ELSEWHERE: [&str; 0] = [];

/// Sends a form twice under a key.
async fn twice(browser: &Browser<'_>, path: &str, form: &str) -> [Answer; 2] {
    let form = format!("{form}&idempotency-key=of{path}");
    let first = browser.post(path, &form).await;
    [first, browser.post(path, &form).await]
}

/// Sends one twice that leads on, and tells where both led.
async fn leads(browser: &Browser<'_>, path: &str, form: &str) -> String {
    let [first, second] = twice(browser, path, form).await;
    assert_eq!(first.leads_to(), second.leads_to(), "{path}");
    first.leads_to().to_owned()
}

/// Sends one twice that shows a secret: the second answer says that it was done, and shows none.
async fn shown_once(browser: &Browser<'_>, path: &str, form: &str, words: &str) -> String {
    let [first, second] = twice(browser, path, form).await;
    let secret = |answer: &Answer| {
        let (_, rest) = answer.text.split_once("<pre")?;
        let (_, rest) = rest.split_once("<code")?;
        let secret = rest.split_once('>')?.1.split('<').next()?;
        Some(secret.to_owned())
    };
    let shown = secret(&first).unwrap_or_else(|| panic!("{path}: {}", first.text));
    assert_eq!(second.status, StatusCode::OK, "{path}: {}", second.text);
    assert!(second.text.contains(words), "{path}: {}", second.text);
    assert!(!second.text.contains(&shown), "{path}");
    assert_eq!(secret(&second), None, "{path}: {}", second.text);
    shown
}

fn tokens(house: &House, who: ContributorId) -> usize {
    let all = house.access().of(who).unwrap();
    all.iter().filter(|it| it.kind == PassKind::Token).count()
}

#[tokio::test]
async fn who_is_invited_or_connected_twice_is_here_once() {
    let house = House::new();
    let (ada, sam) = (
        house.browser(house.ada).await,
        house.browser(house.sam).await,
    );
    let before = contributors(&house.engine).unwrap().len();
    let noor = "name=Noor&capabilities=writing+5";
    let link = shown_once(&sam, "/people/invite", noor, "Noor is invited already").await;
    let scout = "name=Scout&capabilities=research+4&family=rules";
    shown_once(&ada, "/people/connect", scout, "Scout is connected already").await;
    let all = contributors(&house.engine).unwrap();
    assert_eq!(all.len(), before + 2);
    assert_eq!(tokens(&house, all["Scout"]), 1);
    assert_eq!(house.access().invitations_of(all["Noor"]).unwrap().len(), 1);

    // Where the link was lost, a new one takes its place.
    let page = sam.get("/people/invite").await.text;
    let form = format!("invitation={}", hidden(&page, "invitation"));
    let again = format!("/people/{}/invitations/again", all["Noor"]);
    assert_eq!(ada.post(&again, &form).await.status, StatusCode::FORBIDDEN);
    let new = shown_once(&sam, &again, &form, "Noor is invited already").await;
    let path = |link: &str| link[link.find("/enter/").unwrap()..].to_owned();
    assert_ne!(link, new);
    assert_eq!(
        house.post(&path(&link), "", "").await.status,
        StatusCode::GONE
    );
    // Who is in already, by whatever way, is invited no more: whoever asks would come in as them.
    house.browser(all["Noor"]).await;
    let page = sam.get("/people/invite").await.text;
    let known = format!("invitation={}", hidden(&page, "invitation"));
    assert_eq!(sam.post(&again, &known).await.status, StatusCode::NOT_FOUND);
    house.post(&path(&new), "", "").await.leads_to();
    assert_eq!(sam.post(&again, &form).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_is_made_once_and_ended_once() {
    let house = House::new();
    let ben = house.browser(house.ben).await;
    let own = format!("/people/{}", house.ben);
    let make = format!("{own}/tokens");
    shown_once(
        &ben,
        &make,
        "label=my+script",
        "This token was made already",
    )
    .await;
    assert_eq!(tokens(&house, house.ben), 1);
    // The form of a page that was asked for after that makes another of the same name.
    let page = ben.get("/settings/tokens").await.text;
    let (_, form) = page.split_once(&format!("action=\"{make}\"")).unwrap();
    let form = format!(
        "label=my+script&idempotency-key={}",
        hidden(form, "idempotency-key")
    );
    for expected in [2, 2] {
        assert_eq!(ben.post(&make, &form).await.status, StatusCode::OK);
        assert_eq!(tokens(&house, house.ben), expected);
    }
    let page = ben.get("/settings/tokens?kind=token").await.text;
    let end = format!("pass={}&back=/settings/tokens", hidden(&page, "pass"));
    let led = leads(&ben, &format!("{own}/passes/end"), &end).await;
    assert_eq!(
        (led.as_str(), tokens(&house, house.ben)),
        ("/settings/tokens", 1)
    );
    // Nobody is led anywhere else than to where the form stands.
    let page = ben.get("/settings/tokens?kind=token").await.text;
    let end = format!(
        "pass={}&back=https://elsewhere.example",
        hidden(&page, "pass")
    );
    assert_eq!(leads(&ben, &format!("{own}/passes/end"), &end).await, own);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_form_that_is_sent_several_times_at_once_one_is_carried_out() {
    let house = House::new();
    let ben = house.browser(house.ben).await;
    let make = format!("/people/{}/tokens", house.ben);
    let form = "label=my+script&idempotency-key=a-key";
    let send = || ben.post(&make, form);
    let (one, two, three) = tokio::join!(send(), send(), send());
    let shown = [one, two, three];
    assert!(shown.iter().all(|it| it.status == StatusCode::OK));
    let with_secret = shown.iter().filter(|it| it.text.contains("consort_"));
    assert_eq!(with_secret.count(), 1);
    assert_eq!(tokens(&house, house.ben), 1);
}

#[tokio::test]
async fn what_failed_is_sent_again_under_the_same_key() {
    let house = House::new();
    let sam = house.browser(house.sam).await;
    let form = "name=Noor&capabilities=writing+5&idempotency-key=a-key";
    let taken = form.replace("Noor", "Ben");
    for _ in 0..2 {
        let refused = sam.post("/people/invite", &taken).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("is here already"), "{}", refused.text);
    }
    // Another name in the same form is another form.
    let invited = sam.post("/people/invite", form).await;
    assert!(invited.text.contains("/enter/"), "{}", invited.text);
    // Nobody else is shown what came of it.
    let ben = house.browser(house.ben).await;
    let refused = ben.post("/people/invite", form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn views_are_saved_and_ended_once() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let view = "list=/tasks&query=risk%3Dhigh&name=Risky";
    let saved = leads(&ada, "/views", view).await;
    assert_eq!(saved, "/tasks?risk=high&saved=Risky");
    assert_eq!(
        leads(&ada, "/views/usual", &format!("{view}&usual=yes")).await,
        "/views"
    );
    let [first, second] = twice(&ada, "/views/end", view).await;
    for answer in [first, second] {
        assert!(answer.text.contains("“Risky” is ended"), "{}", answer.text);
    }
    // An old form brings nothing back that was ended, and ends nothing that is back.
    assert_eq!(leads(&ada, "/views", view).await, saved);
    assert!(!ada.get("/views").await.text.contains("Risky"));
    let page = ada
        .get("/views/new?list=/tasks&query=risk%3Dhigh")
        .await
        .text;
    let new = format!(
        "{view}&idempotency-key={}",
        hidden(&page, "idempotency-key")
    );
    ada.post("/views", &new).await.leads_to();
    assert_eq!(leads(&ada, "/views/end", view).await, "/views");
    assert!(ada.get("/views").await.text.contains("Risky"));
}

#[tokio::test]
async fn what_somebody_is_told_is_changed_once() {
    if WHY_NONE.is_some() {
        return;
    }
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let here = "/settings/notifications";
    let times = "zone=UTC&digest=07%3A30&from=&to=";
    assert_eq!(leads(&ada, here, times).await, here);
    // An old form changes nothing back.
    let later = times.replace("07", "09");
    assert_eq!(leads(&ada, here, &later).await, here);
    assert_eq!(leads(&ada, here, times).await, here);
    assert!(ada.get(here).await.text.contains("value=\"09:30\""));
    assert_eq!(leads(&ada, &format!("{here}/mail/end"), "").await, here);
}

#[tokio::test]
async fn a_webhook_is_changed_once() {
    let house = House::new();
    house.letter();
    let webhook = house.webhook(house.ada);
    let secret = || house.webhooks().webhook(webhook).unwrap().unwrap().secret;
    let ada = house.browser(house.ada).await;
    let one = format!("/settings/webhooks/{webhook}");
    let shown = shown_once(&ada, &format!("{one}/rotate"), "", "This was done already").await;
    assert_eq!(secret(), shown);
    house.delivered(webhook, 1, true);
    let again = format!("{one}/again");
    assert_eq!(leads(&ada, &again, "event=1").await, one);
    assert_eq!(leads(&ada, &format!("{one}/end"), "").await, one);
}

#[tokio::test]
async fn a_trial_is_begun_once() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let scout = "name=Scout&capabilities=research+4&family=rules";
    ada.post("/people/connect", scout).await;
    let scout = contributors(&house.engine).unwrap()["Scout"];
    let led = leads(&ada, &format!("/people/{scout}/trial"), "").await;
    let task = led.rsplit('/').next().unwrap().parse().unwrap();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    assert_eq!(house.engine.all("outcome").unwrap().len(), 1);
}
