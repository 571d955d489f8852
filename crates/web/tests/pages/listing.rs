//! Invitations as a list: how far each came, page by page, and for whom that is.

use axum::http::StatusCode;
use consort_engine::network;
use consort_kernel::command::{Body, Principal};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::time::Timestamp;

use crate::fixture::House;
use crate::list::{count, items};
use crate::member::named;

const LIST: &str = "/people/invitations";
const HOUR_MS: i64 = 3_600_000;

#[tokio::test]
async fn invitations_are_narrowed_by_how_far_they_came_and_by_where_they_lead() {
    let house = House::new();
    let now = house.engine.now();
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    let other = network::organisation(&house.engine, house.ben, "Ben's desk").unwrap();
    let owns = OrganisationCommand::SetRoles {
        reason: "she stands in".to_owned(),
        roles: [Role::Owner].into(),
        task: None,
        who: house.ada,
    };
    let (ben, owns) = (
        Principal::Contributor(house.ben),
        Body::Organisation(other, owns),
    );
    house.engine.execute(ben, owns).unwrap();
    let invite = |who, until: Timestamp| {
        let between = (until.plus_millis(-2 * HOUR_MS), until);
        house
            .access()
            .invite(who, house.ada, between, None)
            .unwrap()
    };
    let (soon, past) = (now.plus_millis(HOUR_MS), now.plus_millis(-HOUR_MS));
    let open = named(&house, own, (1, Role::Finance, None));
    let used = named(&house, own, (2, Role::Auditor, None));
    let over = named(&house, other, (3, Role::Auditor, None));
    invite(open, soon);
    let link = invite(used, soon);
    invite(over, past);
    house
        .post(&format!("/enter/{link}"), "", "")
        .await
        .leads_to();
    let ada = house.browser(house.ada).await;
    for (question, expected) in [
        (String::new(), 3),
        ("?state=open".to_owned(), 1),
        ("?state=used".to_owned(), 1),
        ("?state=over".to_owned(), 1),
        (format!("?organisation={own}"), 2),
        (format!("?organisation={other}"), 1),
        (format!("?organisation={other}&state=open"), 0),
        ("?q=MEMBER+2".to_owned(), 1),
        ("?q=nobody".to_owned(), 0),
    ] {
        let address = format!("{LIST}.json{question}");
        assert_eq!(count(&ada, &address).await, expected, "{question}");
        let page = ada.get(&format!("{LIST}{question}")).await.text;
        let is_told = page.contains("Nothing fits what was asked for");
        assert_eq!(is_told, expected == 0, "{question}: {page}");
    }
    let found = items(&ada, &format!("{LIST}.json?state=used")).await;
    assert_eq!(found[0]["id"], used.to_string());
    assert_eq!(found[0]["organisation"], "Ada's desk");
    assert_eq!(found[0]["roles"], "auditor");
    // What ends one is on the page alone; what was ended is gone, and its maker comes back to the list.
    let page = ada.get(&format!("{LIST}?state=open")).await.text;
    let secret = crate::fixture::hidden(&page, "invitation").to_owned();
    for form in [".json", ".csv"] {
        let file = ada.get(&format!("{LIST}{form}")).await.text;
        assert!(
            file.contains("Member 1") && !file.contains(&secret),
            "{file}"
        );
    }
    let end = format!("/people/{open}/invitations/end");
    let ended = ada
        .post(&end, &format!("invitation={secret}&back={LIST}"))
        .await;
    assert_eq!(ended.leads_to(), LIST);
    assert_eq!(count(&ada, &format!("{LIST}.json?state=open")).await, 0);
}

#[tokio::test]
async fn invitations_follow_on_and_are_told_to_whoever_may_invite_alone() {
    let house = House::new();
    let now = house.engine.now();
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    for number in 0..55 {
        let who = named(&house, own, (number, Role::Contributor, None));
        let made = now.plus_millis(i64::try_from(number).unwrap());
        let between = (made, made.plus_millis(HOUR_MS));
        house
            .access()
            .invite(who, house.ada, between, None)
            .unwrap();
    }
    let ada = house.browser(house.ada).await;
    let short = ada.get("/people/invite").await.text;
    assert_eq!(short.matches("Not used yet").count(), 10, "{short}");
    assert!(
        short.contains("href=\"/people/invitations\"") && short.contains("The list of all 55"),
        "{short}"
    );
    let first = ada.get(LIST).await.text;
    assert_eq!(first.matches("data-label=\"State\"").count(), 50);
    let next = first.split("rel=\"next\"").next().unwrap();
    let next = next.rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap();
    let older = ada.get(next).await.text;
    assert_eq!(older.matches("data-label=\"State\"").count(), 5, "{next}");
    assert!(older.contains("Member 0<") && !first.contains("Member 0<"));
    assert!(older.contains("That is all of them."));
    let all = items(&ada, &format!("{LIST}.json")).await;
    let made: Vec<&str> = all.iter().map(|it| it["made"].as_str().unwrap()).collect();
    assert_eq!(made.len(), 55);
    assert!(made.is_sorted_by(|one, other| one > other), "{made:?}");
    let eve = house.browser(house.eve).await;
    for ending in ["", ".json", ".csv"] {
        let path = format!("{LIST}{ending}");
        assert_eq!(eve.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let wrong = ada.get(&format!("{LIST}?organisation=zzz")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}
