//! Lists: filters and places in the address, the same rows as files, and no more than the reader sees.

use axum::http::StatusCode;
use consort_kernel::command::{Body, Principal};
use consort_kernel::network::{NetworkCommand, Switch};
use serde_json::Value;

use crate::fixture::{Browser, House, hidden};
use crate::work::Story;

/// What a list says to programs.
pub(crate) async fn items(browser: &Browser<'_>, address: &str) -> Vec<Value> {
    let answer = browser.get(address).await;
    assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
    let list: Value = serde_json::from_str(&answer.text).unwrap();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_same_rows_are_a_page_and_two_files() {
    let house = House::new();
    let story = Story::begin(&house).await;
    for address in [
        "/outcomes",
        "/tasks",
        "/people",
        "/ledger",
        "/ledger/accounts",
        "/playbooks",
        "/today",
        "/map",
        "/health",
        "/access",
        "/settings",
        "/settings/agents",
        "/settings/members",
        "/settings/tokens",
        "/settings/webhooks",
        "/settings/audit",
        "/views",
    ] {
        let page = story.ada.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        items(&story.ada, &format!("{address}.json")).await;
        let file = story.ada.get(&format!("{address}.csv")).await;
        assert_eq!(
            file.headers["content-type"], "text/csv; charset=utf-8",
            "{address}"
        );
        let columns = file.text.lines().next().unwrap().split(',').count();
        assert!(columns > 3, "{address}: {}", file.text);
    }
    let outcomes = items(&story.ada, "/outcomes.json").await;
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0]["id"], story.outcome.to_string());
    assert_eq!(outcomes[0]["accountable"], "Ada");
}

#[tokio::test]
async fn a_filter_narrows_page_and_file_alike_and_says_so_where_nothing_is_left() {
    let house = House::new();
    let story = Story::begin(&house).await;
    for (question, count) in [
        ("?state=running", 1),
        ("?state=delivered", 0),
        ("?q=thanks+LETTER", 1),
        ("?q=boat", 0),
        ("?mine=yes&state=running", 1),
    ] {
        let found = items(&story.ada, &format!("/outcomes.json{question}")).await;
        assert_eq!(found.len(), count, "{question}");
        let page = story.ada.get(&format!("/outcomes{question}")).await.text;
        assert_eq!(
            page.contains("Nothing fits what was asked for"),
            count == 0,
            "{question}"
        );
    }
    for (question, count) in [
        ("?state=waiting", 1),
        ("?state=accepted", 0),
        ("?risk=medium", 1),
        ("?risk=low", 0),
        ("?mine=answered", 1),
        ("?mine=done", 0),
    ] {
        let found = items(&story.ada, &format!("/tasks.json{question}")).await;
        assert_eq!(found.len(), count, "{question}");
    }
    let ben = items(&story.ben, "/tasks.json?mine=done").await;
    assert_eq!(ben[0]["title"], "Write the letter");
    assert_eq!(items(&story.ben, "/today.json?kind=offer").await.len(), 1);
    for kind in [
        "review",
        "decision",
        "question",
        "escalation",
        "held",
        "went-back",
        "mention",
    ] {
        let none = items(&story.ben, &format!("/today.json?kind={kind}")).await;
        assert_eq!(none.len(), 0, "{kind}");
    }
    assert_eq!(
        items(&story.ben, "/today.json?kind=sign-off").await.len(),
        0
    );
}

#[tokio::test]
async fn pages_follow_on_from_the_newest_without_a_gap() {
    let house = House::new();
    for _ in 0..55 {
        house.letter();
    }
    let ada = house.browser(house.ada).await;
    let page = ada.get("/outcomes").await.text;
    assert_eq!(page.matches("data-label=\"State\"").count(), 50);
    let next = page
        .split("rel=\"next\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap();
    let next = next.split('"').next().unwrap();
    assert!(next.starts_with("/outcomes?after=out_"), "{next}");
    let older = ada.get(next).await.text;
    assert_eq!(older.matches("data-label=\"State\"").count(), 5);
    assert!(older.contains("That is all of them.") && older.contains("Back to the newest"));
    let all = items(&ada, "/outcomes.json").await;
    let ids: Vec<&str> = all.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 55);
    assert!(ids.is_sorted_by(|one, other| one > other), "{ids:?}");
    let wrong = ada.get("/outcomes?after=nowhere").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_outsider_finds_nothing_in_any_list() {
    let house = House::new();
    let story = Story::begin(&house).await;
    let eve = house.browser(house.eve).await;
    for address in [
        "/outcomes.json",
        "/tasks.json",
        "/ledger.json",
        "/ledger/accounts.json",
        "/map.json",
        "/today.json",
        "/playbooks.json",
    ] {
        assert_eq!(items(&eve, address).await, Vec::<Value>::new(), "{address}");
    }
    for address in [
        "/settings/audit.json",
        "/health.json",
        "/ledger.journal",
        "/outcomes.csv",
    ] {
        let text = eve.get(address).await.text;
        let outcome = story.outcome.to_string();
        assert!(
            !text.contains(&outcome) && !text.contains("letter"),
            "{address}: {text}"
        );
    }
}

/// How many rows a list has, narrowed so.
pub(crate) async fn count(browser: &Browser<'_>, address: &str) -> usize {
    items(browser, address).await.len()
}

#[tokio::test]
async fn the_lists_of_settings_are_narrowed_by_their_addresses() {
    let house = House::new();
    let (ada, sam) = (
        house.browser(house.ada).await,
        house.browser(house.sam).await,
    );
    let agent = "name=Scout&capabilities=research+4&family=rules";
    ada.post("/people/connect", agent).await;
    let own = format!("/people/{}/tokens", house.ada);
    ada.post(&own, "label=my+script").await;
    house.webhook(house.ada);
    ada.post("/views", "list=/tasks&query=risk%3Dhigh&name=Risky")
        .await;
    let stop = "switch=agents&stop=yes&reason=Something+is+wrong";
    sam.post("/settings/switch", stop).await;
    for (address, expected) in [
        ("/settings/tokens.json", 3),
        ("/settings/tokens.json?kind=session", 1),
        ("/settings/tokens.json?kind=token", 2),
        ("/settings/tokens.json?kind=token&whose=mine", 1),
        ("/settings/tokens.json?whose=agents", 1),
        ("/settings/tokens.json?q=SCRIPT", 1),
        ("/settings/agents.json?mine=yes&state=working", 1),
        ("/settings/agents.json?state=suspended", 0),
        ("/settings/agents.json?q=rules", 1),
        ("/settings/agents.json?q=nobody", 0),
        ("/settings/webhooks.json?state=told", 1),
        ("/settings/webhooks.json?state=ended", 0),
        ("/settings/webhooks.json?q=receiver", 1),
        ("/settings.json", 2),
        ("/settings.json?kind=switch", 1),
        ("/settings.json?kind=duty", 0),
        ("/access.json?duty=steward", 1),
        ("/access.json?duty=operator", 0),
        ("/views.json?whose=own&list=/tasks", 1),
        ("/views.json?whose=shared", 0),
        ("/views.json?q=risk", 1),
    ] {
        assert_eq!(count(&ada, address).await, expected, "{address}");
        let page = ada.get(&address.replace(".json", "")).await;
        let is_told = page.text.contains("Nothing fits what was asked for");
        assert_eq!(is_told, expected == 0, "{address}: {}", page.text);
    }
    // What is somebody's own is in nobody else's lists, and what lets in is in none.
    for address in [
        "/settings/webhooks.json",
        "/views.json",
        "/settings/agents.json?mine=yes",
    ] {
        assert_eq!(count(&sam, address).await, 0, "{address}");
    }
    assert_eq!(count(&sam, "/settings/tokens.json").await, 1);
    let page = ada.get("/settings/tokens").await.text;
    for form in [".json", ".csv"] {
        let file = ada.get(&format!("/settings/tokens{form}")).await.text;
        assert!(file.contains("my script") && !file.contains(hidden(&page, "pass")));
    }
}

#[tokio::test]
async fn an_empty_list_of_settings_says_why_and_what_next() {
    let house = House::new();
    let ben = house.browser(house.ben).await;
    for (address, why, next) in [
        (
            "/settings/agents",
            "No agent is here yet",
            "/people/connect",
        ),
        ("/settings/webhooks", "You have none", "/settings/audit"),
        ("/views", "There is none", "/tasks"),
    ] {
        let page = ben.get(address).await.text;
        assert!(page.contains(why), "{address}: {page}");
        assert!(
            page.contains(&format!("href=\"{next}\"")),
            "{address}: {page}"
        );
    }
}

#[tokio::test]
async fn the_deliveries_of_a_webhook_follow_on_and_are_told_to_its_owner_alone() {
    let house = House::new();
    house.letter();
    let webhook = house.webhook(house.ada);
    for position in 1..=55 {
        house.delivered(webhook, position, position > 3);
    }
    let ada = house.browser(house.ada).await;
    let one = format!("/settings/webhooks/{webhook}");
    let page = ada.get(&one).await.text;
    assert_eq!(page.matches("data-label=\"State\"").count(), 50);
    let next = format!("{one}/deliveries?after=6");
    assert!(page.contains(&format!("href=\"{next}\"")), "{page}");
    let older = ada.get(&next).await.text;
    assert_eq!(older.matches("data-label=\"State\"").count(), 5);
    assert!(older.contains("That is all of them."));
    let all = format!("{one}/deliveries.json");
    let positions: Vec<u64> = items(&ada, &all)
        .await
        .iter()
        .map(|it| it["position"].as_u64().unwrap())
        .collect();
    assert_eq!(positions, (1..=55).rev().collect::<Vec<_>>());
    let given_up = items(&ada, &format!("{all}?state=given-up")).await;
    assert_eq!(given_up.len(), 3);
    assert_eq!(given_up[0]["answer"], "answered 500");
    let file = ada
        .get(&format!("{one}/deliveries.csv?state=given-up"))
        .await;
    assert!(
        file.text
            .starts_with("event,state,tried,due,position,attempts,answer\n")
    );
    let ben = house.browser(house.ben).await;
    for path in [all, format!("{one}/deliveries")] {
        assert_eq!(ben.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn rules_of_an_older_page_are_put_in_force_again() {
    let house = House::new();
    let sam = house.browser(house.sam).await;
    for round in 0..60 {
        let which = if round % 2 == 0 { "yes" } else { "no" };
        let form = format!("switch=agents&stop={which}&reason=round+{round}");
        sam.post("/settings/switch", &form).await.leads_to();
    }
    let rules = format!(
        "version=1&{}&attempts=5&reason=More+patience",
        crate::settings::RULES
    );
    sam.post("/settings/rules", &rules).await.leads_to();
    let page = sam.get("/settings").await.text;
    let (differs, again) = ("<del>3</del> <ins>5</ins>", "Put version 1 in force again");
    assert!(page.contains(differs) && !page.contains(again), "{page}");
    let next = page.split("rel=\"next\"").next().unwrap();
    let next = next
        .rsplit("href=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let older = sam.get(next).await.text;
    assert!(older.contains(again), "{older}");
    let form = "version=1&at=1&reason=It+was+better";
    sam.post("/settings/rules/again", form).await.leads_to();
    assert!(
        sam.get("/settings")
            .await
            .text
            .contains("<del>5</del> <ins>3</ins>")
    );
    for never in ["version=9&at=1", "version=1&at=2", "version=1&at=999999"] {
        let form = format!("{never}&reason=It+never+was");
        let refused = sam.post("/settings/rules/again", &form).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{never}");
    }
}

#[tokio::test]
async fn what_rules_took_the_place_of_is_looked_for_in_so_many_changes_and_no_more() {
    let house = House::new();
    let sam = house.browser(house.sam).await;
    let steward = Principal::Contributor(house.sam);
    let network = house.engine.network();
    for round in 0..600 {
        let (switch, reason) = (Switch::Agents, format!("round {round}"));
        let command = if round % 2 == 0 {
            NetworkCommand::Stop { reason, switch }
        } else {
            NetworkCommand::Release { reason, switch }
        };
        let body = Body::Network(network, command);
        house.engine.execute(steward, body).unwrap();
    }
    for (version, attempts) in [(1, 5), (2, 6)] {
        let rules = format!(
            "version={version}&{}&attempts={attempts}&reason=More+patience",
            crate::settings::RULES
        );
        sam.post("/settings/rules", &rules).await.leads_to();
    }
    let page = sam.get("/settings").await.text;
    // What stands on the page itself is told of; what is too long ago is not looked for.
    assert!(page.contains("<del>5</del> <ins>6</ins>"), "{page}");
    assert!(!page.contains("<del>3</del>"), "{page}");
    let page = sam.get("/settings?kind=rules").await.text;
    assert!(page.contains("<del>3</del> <ins>5</ins>"), "{page}");
}

/// The lists, with what each can be narrowed by and one of the values of it.
const NARROWED: [(&str, &[(&str, &str)]); 19] = [
    ("/today", &[("kind", "review")]),
    ("/outcomes", &[("state", "running"), ("mine", "yes")]),
    (
        "/tasks",
        &[
            ("state", "accepted"),
            ("mine", "done"),
            ("risk", "critical"),
        ],
    ),
    ("/people", &[("kind", "agent"), ("free", "now")]),
    ("/people/invitations", &[("state", "open")]),
    ("/ledger", &[("purpose", "pay")]),
    ("/ledger/accounts", &[("kind", "escrow")]),
    ("/map", &[("part", "does")]),
    ("/search", &[]),
    ("/access", &[("duty", "steward")]),
    ("/settings", &[("kind", "rules")]),
    ("/settings/members", &[("kind", "person")]),
    ("/settings/agents", &[("state", "working"), ("mine", "yes")]),
    (
        "/settings/tokens",
        &[("kind", "session"), ("whose", "mine")],
    ),
    ("/settings/webhooks", &[("state", "told")]),
    ("/settings/audit", &[("kind", "money")]),
    ("/views", &[("whose", "own"), ("list", "/tasks")]),
    ("/playbooks", &[]),
    ("/health", &[]),
];

#[tokio::test]
async fn a_list_says_what_it_knows_to_whoever_asks_for_what_it_does_not() {
    let house = House::new();
    let sam = house.browser(house.sam).await;
    // A view can be saved of each list that can be narrowed.
    let views = sam.get("/views").await.text;
    let (_, options) = views.split_once("name=\"list\"").unwrap();
    let options = options.split("</select>").next().unwrap();
    let lists: Vec<&str> = options.split("value=\"").skip(2).collect();
    assert!(lists.len() > 10);
    for list in lists {
        let list = list.split('"').next().unwrap();
        assert!(NARROWED.iter().any(|(it, _)| *it == list), "{list}");
    }
    for (list, filters) in NARROWED {
        for ending in ["", ".json", ".csv"] {
            let unknown = sam.get(&format!("{list}{ending}?colour=red")).await;
            assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
            assert!(unknown.text.contains("colour"), "{}", unknown.text);
            for (key, value) in filters {
                assert!(unknown.text.contains(key), "{list}: {}", unknown.text);
                let known = sam.get(&format!("{list}{ending}?{key}={value}")).await;
                assert_eq!(known.status, StatusCode::OK, "{list} {key}: {}", known.text);
                let unknown = sam.get(&format!("{list}{ending}?{key}=zzz")).await;
                assert_eq!(
                    unknown.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{list} {key}"
                );
                assert!(
                    unknown.text.contains(value),
                    "{list} {key}: {}",
                    unknown.text
                );
            }
        }
    }
    for wrong in [
        "/tasks?outcome=zzz",
        "/tasks?who=out_1",
        "/ledger?task=zzz",
        "/ledger.journal?purpose=zzz",
        "/settings/audit?by=zzz",
        "/outcomes?after=zzz",
    ] {
        let answer = sam.get(wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    // A program is told in the form of its own.
    let program = house.program(house.sam);
    for (path, names) in [
        ("/api/v1/outcomes?state=zzz", "`delivered`"),
        ("/api/v1/tasks?state=zzz", "`leased`"),
        ("/api/v1/outcomes?colour=red", "`state`"),
    ] {
        let problem = program.get(path).await;
        let problem = problem.is_problem(StatusCode::BAD_REQUEST, "unreadable");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(names), "{detail}");
    }
}
