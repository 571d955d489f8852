//! The members of an organisation as a list: who is in it, in what part, page by page, and for whom that is.

use axum::http::StatusCode;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::id::{ContributorId, OrganisationId, TaskId};
use consort_kernel::organisation::{OrganisationCommand, Role};

use crate::fixture::House;
use crate::list::{count, items};

/// Somebody new has a role.
pub(crate) fn named(
    house: &House,
    organisation: OrganisationId,
    (number, role, task): (u128, Role, Option<TaskId>),
) -> ContributorId {
    let engine = &house.engine;
    let who = ContributorId::new(engine.now(), 100 + number);
    let newcomer = Newcomer {
        name: format!("Member {number}"),
        nature: Nature::Person,
        capabilities: [("listening".to_owned(), 1)].into(),
        profile: Profile::default(),
    };
    network::add(engine, who, &newcomer).unwrap();
    let command = OrganisationCommand::SetRoles {
        reason: "a test".to_owned(),
        roles: [role].into(),
        task,
        who,
    };
    let body = Body::Organisation(organisation, command);
    engine
        .execute(Principal::Contributor(house.ada), body)
        .unwrap();
    who
}

#[tokio::test]
async fn members_and_guests_are_one_list_that_is_narrowed_by_its_address() {
    let house = House::new();
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    let task = house.letter().1;
    named(&house, own, (1, Role::Finance, None));
    let guest = named(&house, own, (2, Role::Reviewer, Some(task)));
    let ada = house.browser(house.ada).await;
    let list = format!("/organisations/{own}/members");
    for (question, expected) in [
        ("", 3),
        ("?part=member", 2),
        ("?part=guest", 1),
        ("?role=owner", 1),
        ("?role=reviewer&part=guest", 1),
        ("?role=reviewer&part=member", 0),
        ("?q=MEMBER", 2),
        ("?q=member+2", 1),
        ("?q=nobody", 0),
    ] {
        let address = format!("{list}.json{question}");
        assert_eq!(count(&ada, &address).await, expected, "{question}");
        let page = ada.get(&format!("{list}{question}")).await.text;
        let is_told = page.contains("Nothing fits what was asked for");
        assert_eq!(is_told, expected == 0, "{question}: {page}");
    }
    let guests = items(&ada, &format!("{list}.json?part=guest")).await;
    assert_eq!(guests[0]["id"], guest.to_string());
    assert_eq!(guests[0]["task_id"], task.to_string());
    assert_eq!(guests[0]["roles"], "reviewer");
    for (question, names) in [("?part=zzz", "guest"), ("?role=zzz", "auditor")] {
        let refused = ada.get(&format!("{list}{question}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(names), "{}", refused.text);
    }
}

#[tokio::test]
async fn members_follow_on_and_are_told_to_whoever_sees_the_organisation_alone() {
    let house = House::new();
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    for number in 0..54 {
        named(&house, own, (number, Role::Contributor, None));
    }
    let ada = house.browser(house.ada).await;
    let (page, list) = (
        format!("/organisations/{own}"),
        format!("/organisations/{own}/members"),
    );
    let short = ada.get(&page).await.text;
    assert_eq!(short.matches("data-label=\"Roles\"").count(), 50);
    let led = format!("href=\"{list}\"");
    assert!(
        short.contains(&led) && short.contains("The list of all 55"),
        "{short}"
    );
    let first = ada.get(&list).await.text;
    assert_eq!(first.matches("data-label=\"Roles\"").count(), 50);
    let all = items(&ada, &format!("{list}.json")).await;
    let ids: Vec<&str> = all.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 55);
    assert!(ids.is_sorted_by(|one, other| one > other), "{ids:?}");
    let next = format!("{list}?after={}", ids[49]);
    assert!(first.contains(&format!("href=\"{next}\"")), "{first}");
    let older = ada.get(&next).await.text;
    assert_eq!(older.matches("data-label=\"Roles\"").count(), 5);
    assert!(older.contains("That is all of them."));
    let eve = house.browser(house.eve).await;
    for ending in ["", ".json", ".csv"] {
        let path = format!("{list}{ending}");
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for wrong in [
        "/organisations/zzz/members".to_owned(),
        format!("/organisations/{}/members", house.ada),
    ] {
        let answer = ada.get(&wrong).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}
