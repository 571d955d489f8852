//! Roles: what members do for an organisation, and what people do for the network.

use std::collections::BTreeSet;

use consort_kernel::command::Body;
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::network::{Duty, NetworkCommand, STEWARDS_MAX};
use consort_kernel::organisation::{MEMBERS_MAX, OrganisationCommand, Role};
use consort_kernel::outcome::OutcomeCommand;

use consort_kernel::state::Rows as _;

use crate::world::{World, charter, spec};

const fn minor(minor: i64) -> Amount {
    Amount::from_minor(minor)
}

fn set_roles(
    world: &mut World,
    by: ContributorId,
    who: ContributorId,
    roles: &[Role],
) -> Option<&'static str> {
    set_roles_for(world, (by, who), roles, None)
}

fn set_roles_for(
    world: &mut World,
    (by, who): (ContributorId, ContributorId),
    roles: &[Role],
    task: Option<TaskId>,
) -> Option<&'static str> {
    let command = OrganisationCommand::SetRoles {
        reason: "Somebody has to do it.".to_owned(),
        roles: roles.iter().copied().collect(),
        task,
        who,
    };
    let answer = world.by(by, Body::Organisation(world.organisation, command));
    answer.err().map(|rejection| rejection.code())
}

fn set_duties(
    world: &mut World,
    by: ContributorId,
    who: ContributorId,
    duties: &[Duty],
) -> Option<&'static str> {
    let command = NetworkCommand::SetDuties {
        duties: duties.iter().copied().collect(),
        reason: "Somebody has to do it.".to_owned(),
        who,
    };
    let answer = world.by(by, Body::Network(world.network, command));
    answer.err().map(|rejection| rejection.code())
}

#[test]
fn an_owner_or_a_steward_names_members_and_nobody_else_does() {
    let mut world = World::new();
    let (owner, steward) = (world.ada, world.steward);
    let (member, stranger) = (world.person(), world.person());
    assert_eq!(
        set_roles(&mut world, stranger, stranger, &[Role::Owner]),
        Some("not_allowed")
    );
    assert_eq!(set_roles(&mut world, owner, member, &[Role::Finance]), None);
    for role in [Role::Finance, Role::Orchestrator, Role::Auditor] {
        assert_eq!(set_roles(&mut world, owner, member, &[role]), None);
        assert_eq!(
            set_roles(&mut world, member, member, &[Role::Owner]),
            Some("not_allowed"),
            "{role:?} makes nobody an owner"
        );
    }
    assert_eq!(set_roles(&mut world, steward, member, &[Role::Owner]), None);
    assert_eq!(
        set_roles(&mut world, member, stranger, &[Role::Reviewer]),
        None
    );
    let organisation = world.party(world.organisation);
    assert_eq!(organisation.roles_of(owner), BTreeSet::from([Role::Owner]));
    assert_eq!(
        organisation.roles_of(stranger),
        BTreeSet::from([Role::Reviewer])
    );
    assert!(organisation.has_role(member, &[Role::Finance, Role::Owner]));
    assert!(!organisation.has_role(stranger, &[Role::Finance, Role::Owner]));
    assert_eq!(set_roles(&mut world, owner, stranger, &[]), None);
    let organisation = world.party(world.organisation);
    assert!(!organisation.members.contains_key(&stranger));
}

#[test]
fn who_founded_it_stays_an_owner_and_agents_act_for_nobody() {
    let mut world = World::new();
    let (owner, steward) = (world.ada, world.steward);
    let agent = world.agent("a");
    assert_eq!(
        set_roles(&mut world, steward, owner, &[Role::Finance]),
        Some("invalid")
    );
    assert_eq!(set_roles(&mut world, steward, owner, &[]), Some("invalid"));
    for role in Role::ALL {
        let expected = role.is_for_people().then_some("invalid");
        assert_eq!(
            set_roles(&mut world, owner, agent, &[role]),
            expected,
            "{role:?}"
        );
    }
    let nobody = ContributorId::from_bits(99);
    assert_eq!(
        set_roles(&mut world, owner, nobody, &[Role::Auditor]),
        Some("not_found")
    );
}

#[test]
fn an_organisation_has_so_many_members_and_no_more() {
    let mut world = World::new();
    let owner = world.ada;
    for _ in 0..MEMBERS_MAX {
        let member = world.person();
        assert_eq!(
            set_roles(&mut world, owner, member, &[Role::Contributor]),
            None
        );
    }
    let late = world.person();
    assert_eq!(
        set_roles(&mut world, owner, late, &[Role::Contributor]),
        Some("limit_reached")
    );
}

#[test]
fn a_guest_of_one_task_is_no_member_and_has_a_role_there_alone() {
    let mut world = World::new();
    let (owner, guest) = (world.ada, world.person());
    let (_, [task, other]) = world.running([spec("a"), spec("b")]);
    let both = (owner, guest);
    let reviewer = BTreeSet::from([Role::Reviewer]);
    assert_eq!(
        set_roles_for(&mut world, both, &[Role::Reviewer], Some(task)),
        None
    );
    let organisation = world.party(world.organisation);
    assert_eq!(organisation.roles_for(guest, task), reviewer);
    assert_eq!(organisation.roles_for(guest, other), BTreeSet::new());
    assert_eq!(organisation.roles_of(guest), BTreeSet::new());
    assert!(!organisation.has_role(guest, &[Role::Reviewer]));
    // Another task takes the place of the first, membership that of both, and nothing that of it.
    set_roles_for(&mut world, both, &[Role::Reviewer], Some(other));
    let organisation = world.party(world.organisation);
    assert_eq!(organisation.roles_for(guest, task), BTreeSet::new());
    assert_eq!(organisation.roles_for(guest, other), reviewer);
    set_roles(&mut world, owner, guest, &[Role::Reviewer]);
    let organisation = world.party(world.organisation);
    assert_eq!(organisation.roles_of(guest), reviewer);
    assert!(organisation.guests.is_empty());
    set_roles_for(&mut world, both, &[Role::Auditor], Some(task));
    assert_eq!(set_roles(&mut world, owner, guest, &[]), None);
    let organisation = world.party(world.organisation);
    assert!(organisation.guests.is_empty() && organisation.members.is_empty());
}

#[test]
fn nobody_acts_for_an_organisation_for_one_task_alone_and_the_task_is_its_own() {
    let mut world = World::new();
    let (owner, guest) = (world.ada, world.person());
    let (_, [task]) = world.running([spec("a")]);
    for role in Role::ALL {
        let expected = (!role.is_for_one_task()).then_some("invalid");
        assert_eq!(
            set_roles_for(&mut world, (owner, guest), &[role], Some(task)),
            expected,
            "{role:?}"
        );
    }
    assert_eq!(
        set_roles_for(&mut world, (owner, guest), &[], Some(task)),
        Some("invalid")
    );
    assert_eq!(
        set_roles_for(&mut world, (guest, guest), &[Role::Reviewer], Some(task)),
        Some("not_allowed")
    );
    let nowhere = TaskId::from_bits(9);
    assert_eq!(
        set_roles_for(&mut world, (owner, guest), &[Role::Reviewer], Some(nowhere)),
        Some("not_found")
    );
    let elses = OrganisationId::new(world.now, 99);
    world.found(elses, guest);
    let command = OrganisationCommand::SetRoles {
        reason: "Somebody has to do it.".to_owned(),
        roles: [Role::Reviewer].into(),
        task: Some(task),
        who: owner,
    };
    let answer = world.by(guest, Body::Organisation(elses, command));
    let code = answer.err().map(|rejection| rejection.code());
    assert_eq!(code, Some("not_found"), "the task of another organisation");
}

#[test]
fn money_moves_by_owners_and_finance_alone() {
    for role in Role::ALL {
        let mut world = World::new();
        let (owner, organisation) = (world.ada, world.organisation);
        let stated = charter(&world);
        let outcome = world.state_outcome(stated);
        let member = world.person();
        assert_eq!(set_roles(&mut world, owner, member, &[role]), None);
        for command in [
            OrganisationCommand::Deposit {
                amount: minor(1),
                asset: Asset::PRACTICE,
                reference: "a bank transfer".to_owned(),
            },
            OrganisationCommand::Fund {
                amount: minor(1),
                asset: Asset::PRACTICE,
                outcome,
            },
        ] {
            let answer = world.by(member, Body::Organisation(organisation, command));
            let may = matches!(role, Role::Owner | Role::Finance);
            assert_eq!(answer.is_ok(), may, "{role:?}");
        }
    }
}

#[test]
fn outcomes_are_stated_by_owners_and_orchestrators_or_who_answers_for_them() {
    for role in Role::ALL {
        let mut world = World::new();
        let (owner, member) = (world.ada, world.person());
        assert_eq!(set_roles(&mut world, owner, member, &[role]), None);
        let stated = charter(&world);
        let id = OutcomeId::new(world.now, 77);
        let answer = world.by(
            member,
            Body::Outcome(id, OutcomeCommand::Create(Box::new(stated))),
        );
        let may = matches!(role, Role::Owner | Role::Orchestrator);
        assert_eq!(answer.is_ok(), may, "{role:?}");
    }
}

#[test]
fn stewards_say_who_looks_after_the_network_and_one_is_always_left() {
    let mut world = World::new();
    let steward = world.steward;
    let (second, agent) = (world.person(), world.agent("a"));
    assert_eq!(
        set_duties(&mut world, second, second, &[Duty::Steward]),
        Some("not_allowed")
    );
    assert_eq!(
        set_duties(&mut world, steward, agent, &[Duty::Operator]),
        Some("invalid")
    );
    assert_eq!(
        set_duties(&mut world, steward, steward, &[]),
        Some("invalid")
    );
    assert_eq!(set_duties(&mut world, steward, second, &Duty::ALL), None);
    assert_eq!(
        set_duties(&mut world, second, steward, &[Duty::Operator]),
        None
    );
    let duties = |world: &World, who| world.network().expect("it is founded").duties_of(who);
    assert_eq!(duties(&world, second), Duty::ALL.into());
    assert_eq!(duties(&world, steward), BTreeSet::from([Duty::Operator]));
    assert_eq!(
        set_duties(&mut world, steward, second, &[]),
        Some("not_allowed")
    );
    for _ in 1..STEWARDS_MAX {
        let another = world.person();
        assert_eq!(
            set_duties(&mut world, second, another, &[Duty::Steward]),
            None
        );
    }
    let late = world.person();
    assert_eq!(
        set_duties(&mut world, second, late, &[Duty::Steward]),
        Some("limit_reached")
    );
}
