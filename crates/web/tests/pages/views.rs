//! Saved views: a name for the filters of a list, one's own or of everybody in an organisation.

use axum::http::StatusCode;
use consort_engine::network;
use consort_kernel::command::{Body, Principal};
use consort_kernel::organisation::{OrganisationCommand, Role};

use crate::fixture::{Browser, House};

const LATE: &str = "list=/tasks&query=state%3Dwaiting%26risk%3Dhigh&name=Late+%26+risky";

async fn text(browser: &Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page.text
}

#[tokio::test]
async fn filters_are_saved_under_a_name_and_stand_above_the_list() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let list = text(&ada, "/tasks?state=waiting&risk=high").await;
    let save = "/views/new?list=%2Ftasks&amp;query=risk%3Dhigh%26state%3Dwaiting";
    assert!(list.contains(save), "{list}");
    assert!(!text(&ada, "/tasks").await.contains("Save this view"));
    let form = text(&ada, &save.replace("&amp;", "&")).await;
    assert!(
        form.contains("value=\"risk=high&amp;state=waiting\""),
        "{form}"
    );
    let saved = ada.post("/views", LATE).await;
    let address = "/tasks?risk=high&state=waiting&saved=Late%20%26%20risky";
    assert_eq!(saved.leads_to(), address);
    let shown = text(&ada, address).await;
    assert!(shown.contains("Late &amp; risky</a>"), "{shown}");
    assert!(!shown.contains("Save this view"), "it is saved");
    // Another list, and somebody else, have none of it.
    assert!(!text(&ada, "/outcomes").await.contains("Late &amp; risky"));
    let ben = house.browser(house.ben).await;
    assert!(!text(&ben, "/tasks").await.contains("Late &amp; risky"));
    // Files of a view have its rows.
    let rows = ada.get(&address.replace("/tasks", "/tasks.json")).await;
    assert_eq!(rows.status, StatusCode::OK);
}

#[tokio::test]
async fn the_usual_view_is_shown_where_nothing_else_is_asked() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let address = "/tasks?risk=high&state=waiting&saved=Late%20%26%20risky";
    ada.post("/views", &format!("{LATE}&usual=yes")).await;
    assert_eq!(ada.get("/tasks").await.leads_to(), address);
    // What is asked is what is shown, and all of it can still be asked for.
    for path in ["/tasks?saved=", "/tasks?risk=low", address] {
        text(&ada, path).await;
    }
    let shown = text(&ada, address).await;
    assert!(shown.contains("href=\"/tasks?saved=\""), "{shown}");
    assert_eq!(ada.get("/tasks.json").await.status, StatusCode::OK);
    let named = "list=/tasks&name=Late+%26+risky";
    assert_eq!(ada.post("/views/usual", named).await.leads_to(), "/views");
    text(&ada, "/tasks").await;
    ada.post("/views/usual", &format!("{named}&usual=yes"))
        .await;
    assert_eq!(ada.get("/tasks").await.leads_to(), address);
}

#[tokio::test]
async fn a_view_that_was_ended_can_be_had_back_once() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    ada.post("/views", &format!("{LATE}&usual=yes")).await;
    let named = "list=/tasks&name=Late+%26+risky";
    let ended = ada.post("/views/end", named).await;
    assert_eq!(ended.status, StatusCode::OK);
    for field in ["Undo", "risk=high&amp;state=waiting", "name=\"usual\""] {
        assert!(ended.text.contains(field), "{field}: {}", ended.text);
    }
    text(&ada, "/tasks").await;
    assert!(!text(&ada, "/views").await.contains("Undo"));
    // A second time there is nothing to end, and nothing to have back.
    assert_eq!(ada.post("/views/end", named).await.leads_to(), "/views");
    let undo = "list=/tasks&name=Late+%26+risky&query=risk%3Dhigh%26state%3Dwaiting&usual=yes";
    ada.post("/views", undo).await;
    assert_eq!(ada.get("/tasks").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_organisation_has_views_by_whoever_may_and_for_whoever_is_in_it() {
    let house = House::new();
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    let command = OrganisationCommand::SetRoles {
        reason: "a test".to_owned(),
        roles: [Role::Contributor].into(),
        task: None,
        who: house.ben,
    };
    let owner = Principal::Contributor(house.ada);
    house
        .engine
        .execute(owner, Body::Organisation(own, command))
        .unwrap();
    let [ada, ben, eve] = [house.ada, house.ben, house.eve];
    let (ada, ben, eve) = (
        house.browser(ada).await,
        house.browser(ben).await,
        house.browser(eve).await,
    );
    let shared = format!("{LATE}&owner={own}");
    assert_eq!(
        ben.post("/views", &shared).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        eve.post("/views", &shared).await.status,
        StatusCode::NOT_FOUND
    );
    ada.post("/views", &shared).await.leads_to();
    assert!(text(&ada, "/tasks").await.contains("Late &amp; risky"));
    assert!(text(&ben, "/tasks").await.contains("Late &amp; risky"));
    assert!(!text(&eve, "/tasks").await.contains("Late &amp; risky"));
    let named = format!("list=/tasks&name=Late+%26+risky&owner={own}");
    for path in ["/views/end", "/views/usual"] {
        assert_eq!(ben.post(path, &named).await.status, StatusCode::FORBIDDEN);
        assert_eq!(eve.post(path, &named).await.status, StatusCode::NOT_FOUND);
    }
    assert!(text(&ada, "/views").await.contains("Of everybody in Ada"));
    assert!(ada.post("/views/end", &named).await.text.contains("Undo"));
    assert!(!text(&ben, "/tasks").await.contains("Late &amp; risky"));
}

#[tokio::test]
async fn what_makes_no_view_is_refused() {
    let house = House::new();
    let ada = house.browser(house.ada).await;
    let long = "x".repeat(61);
    let large = "q%3D".to_owned() + &"y".repeat(2_001);
    for (list, query, name) in [
        ("/nowhere", "q%3Dx", "a"),
        ("https://elsewhere.example", "q%3Dx", "a"),
        ("/tasks", "", "a"),
        ("/tasks", "after%3Dtsk_1", "a"),
        ("/tasks", &large, "a"),
        ("/tasks", "q%3Dx", "+"),
        ("/tasks", "q%3Dx", "a%0Ab"),
        ("/tasks", "q%3Dx", &long),
    ] {
        let form = format!("list={list}&query={query}&name={name}");
        let answer = ada.post("/views", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    for number in 0..60 {
        let form = format!("list=/tasks&query=q%3Dx&name={number}");
        ada.post("/views", &form).await.leads_to();
    }
    let more = ada
        .post("/views", "list=/tasks&query=q%3Dx&name=more")
        .await;
    assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        more.text.contains("limit of 60 views is reached"),
        "{}",
        more.text
    );
    assert!(text(&ada, "/views").await.contains(">59</b>"));
}
