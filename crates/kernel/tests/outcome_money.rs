//! The money of an outcome: what comes in, what is reserved, what goes back.

use std::collections::BTreeMap;

use consort_kernel::command::Body;
use consort_kernel::id::{OrganisationId, OutcomeId};
use consort_kernel::money::{Account, Amount, Asset, Purpose};
use consort_kernel::organisation::{DEPOSIT_MAX, OrganisationCommand};
use consort_kernel::outcome::{Charter, FUNDERS_MAX, OutcomeCommand};
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{TaskCommand, TaskSpec};

use crate::world::{World, charter, spec};

fn minor(amount: i64) -> Amount {
    Amount::from_minor(amount)
}

/// Another organisation with its own owner and funds.
fn funder(world: &mut World, funds: i64) -> OrganisationId {
    let owner = world.person();
    let id = OrganisationId::new(world.now, world.draw());
    world.found(id, owner);
    world.deposit(id, funds);
    id
}

fn fund(
    world: &mut World,
    organisation: OrganisationId,
    outcome: OutcomeId,
    asset: Asset,
    amount: i64,
) -> Result<(), Rejection> {
    let owner = world.party(organisation).owner;
    let fund = OrganisationCommand::Fund {
        amount: minor(amount),
        asset,
        outcome,
    };
    world
        .by(owner, Body::Organisation(organisation, fund))
        .map(|_| ())
}

fn cancel(world: &mut World, outcome: OutcomeId) {
    let reason = "Nobody needs it any more.".to_owned();
    world
        .ask_outcome(outcome, OutcomeCommand::Cancel { reason })
        .expect("it can be given up");
}

#[test]
fn a_plan_reserves_the_price_of_every_task_at_once() {
    let mut world = World::new();
    let (outcome, [a, b]) = world.running([spec("a"), spec("b")]);
    let purse = world.result(outcome).purse;
    assert_eq!((purse.available, purse.held), (minor(98_000), minor(2_000)));
    assert_eq!(world.balance(Account::Hold(a)), 1_000);
    assert_eq!(world.balance(Account::Hold(b)), 1_000);
    assert_eq!(world.balance(Account::Escrow(outcome)), 98_000);
}

#[test]
fn a_plan_that_costs_more_than_there_is_reserves_nothing() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.outcome_with(charter);
    let dear = |key| TaskSpec {
        price: minor(60_000),
        ..spec(key)
    };
    let answer = world.plan(outcome, vec![dear("a"), dear("b")]);
    let expected = Rejection::NotEnoughMoney {
        account: format!("escrow:{outcome}"),
        asset: Asset::PRACTICE,
        available: minor(100_000),
        needed: minor(120_000),
    };
    assert_eq!(answer, Err(expected));
    assert_eq!(world.balance(Account::Escrow(outcome)), 100_000);
    let endless = TaskSpec {
        price: minor(i64::MAX),
        ..spec("c")
    };
    let answer = world.plan(outcome, vec![dear("a"), endless]);
    assert_eq!(
        answer.unwrap_err().code(),
        "invalid",
        "the sum cannot be kept"
    );
}

#[test]
fn an_organisation_gives_no_more_than_it_has_and_only_by_its_owner() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.state_outcome(charter);
    let organisation = world.organisation;
    let practice = Asset::PRACTICE;
    for (amount, code) in [
        (0, "invalid"),
        (-5, "invalid"),
        (1_000_001, "not_enough_money"),
    ] {
        let answer = fund(&mut world, organisation, outcome, practice, amount);
        assert_eq!(answer.unwrap_err().code(), code, "{amount}");
    }
    let euro = Asset::new("EUR", 2).unwrap();
    let answer = fund(&mut world, organisation, outcome, euro, 5);
    assert_eq!(answer.unwrap_err().code(), "other_asset");
    let stranger = world.person();
    for command in [
        OrganisationCommand::Fund {
            amount: minor(1),
            asset: practice,
            outcome,
        },
        OrganisationCommand::Deposit {
            amount: minor(1),
            asset: practice,
            reference: "a promise".to_owned(),
        },
        OrganisationCommand::TakeRefund {
            amount: minor(1),
            asset: practice,
            outcome,
        },
    ] {
        let answer = world.by(stranger, Body::Organisation(organisation, command));
        assert_eq!(answer.unwrap_err().code(), "not_allowed");
    }
    assert_eq!(world.balance(Account::Funds(organisation)), 1_000_000);
}

#[test]
fn money_of_another_asset_never_leaves_the_organisation() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.state_outcome(charter);
    let (ada, organisation) = (world.ada, world.organisation);
    let euro = Asset::new("EUR", 2).unwrap();
    let deposit = OrganisationCommand::Deposit {
        amount: minor(500),
        asset: euro,
        reference: "a bank transfer".to_owned(),
    };
    world
        .by(ada, Body::Organisation(organisation, deposit))
        .unwrap();
    let expected = Rejection::OtherAsset {
        expected: Asset::PRACTICE,
        given: euro,
    };
    let answer = fund(&mut world, organisation, outcome, euro, 500);
    assert_eq!(answer, Err(expected));
    assert_eq!(world.party(organisation).funds_of(euro), minor(500));
    assert_eq!(world.refused, []);
}

#[test]
fn money_for_an_outcome_that_does_not_exist_never_leaves_the_organisation() {
    let mut world = World::new();
    let nowhere = OutcomeId::new(world.now, 7);
    let organisation = world.organisation;
    let answer = fund(&mut world, organisation, nowhere, Asset::PRACTICE, 500);
    assert_eq!(answer.unwrap_err().code(), "not_found");
    assert_eq!(world.balance(Account::Escrow(nowhere)), 0);
    assert_eq!(world.refused, []);
}

#[test]
fn money_of_one_funder_too_many_never_leaves_the_organisation() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.state_outcome(charter);
    for _ in 0..FUNDERS_MAX {
        let organisation = funder(&mut world, 10);
        world.fund(organisation, outcome, 5);
    }
    let one_too_many = funder(&mut world, 10);
    let answer = fund(&mut world, one_too_many, outcome, Asset::PRACTICE, 5);
    assert_eq!(answer.unwrap_err().code(), "limit_reached");
    assert_eq!(world.balance(Account::Funds(one_too_many)), 10);
    let known = *world.result(outcome).funders.keys().next().unwrap();
    fund(&mut world, known, outcome, Asset::PRACTICE, 5).expect("it is a funder already");
    assert_eq!(world.refused, []);
}

#[test]
fn several_funders_get_back_in_proportion_to_what_they_gave() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.state_outcome(charter);
    let given = [3_000, 2_000, 1_000];
    let funders = given.map(|amount| {
        let organisation = funder(&mut world, amount);
        world.fund(organisation, outcome, amount);
        organisation
    });
    world.plan(outcome, vec![spec("a")]).unwrap();
    world.ask_outcome(outcome, OutcomeCommand::Start).unwrap();
    let task = consort_kernel::id::TaskId::in_outcome(outcome, "a");
    let who = world.person();
    world.finish(who, task);
    cancel(&mut world, outcome);
    let back = funders.map(|funder| world.balance(Account::Funds(funder)));
    assert_eq!(
        back,
        [2_501, 1_666, 833],
        "5,000 of 6,000, the odd unit first"
    );
    for (funder, amount) in funders.iter().zip(back) {
        let recorded = world.party(*funder).funds_of(Asset::PRACTICE);
        assert_eq!(recorded, minor(amount), "the organisation's own row agrees");
    }
    assert_eq!(world.balance(Account::Escrow(outcome)), 0);
}

#[test]
fn money_that_arrives_after_the_end_goes_straight_back() {
    let mut world = World::new();
    let charter = charter(&world);
    let outcome = world.outcome_with(charter);
    cancel(&mut world, outcome);
    assert_eq!(world.balance(Account::Funds(world.organisation)), 1_000_000);
    let late = funder(&mut world, 700);
    world.fund(late, outcome, 700);
    assert_eq!(world.balance(Account::Escrow(outcome)), 0);
    assert_eq!(world.balance(Account::Funds(late)), 700);
    assert_eq!(world.party(late).funds_of(Asset::PRACTICE), minor(700));
    assert_eq!(world.result(outcome).phase.as_str(), "cancelled");
}

#[test]
fn a_task_that_ends_without_acceptance_gives_its_hold_back() {
    for by_failing in [true, false] {
        let mut world = World::new();
        let (outcome, [a, b]) = world.running([spec("a"), spec("b")]);
        let who = world.person();
        world.claim(who, a).unwrap();
        if by_failing {
            let reason = "Nobody can do it.".to_owned();
            world
                .ask_task(
                    world.ada,
                    a,
                    TaskCommand::Fail {
                        cause: None,
                        reason,
                    },
                )
                .unwrap();
        } else {
            world.change_plan(outcome, vec![], vec![a]).unwrap();
        }
        assert_eq!(world.balance(Account::Hold(a)), 0);
        assert_eq!(world.result(outcome).purse.available, minor(99_000));
        let progress = world.result(outcome).progress;
        assert_eq!(
            (progress.open, progress.dropped, progress.weight),
            (1, 1, 1)
        );
        assert_eq!(world.phase(b), "ready");
        let stale = world.submit(who, a, "too late").unwrap_err();
        assert_eq!(stale.code(), "stale_lease");
    }
}

#[test]
fn every_movement_says_what_it_is_for() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.finish(who, task);
    cancel(&mut world, outcome);
    let mut sums: BTreeMap<Purpose, i64> = BTreeMap::new();
    for transfer in world.transfers() {
        *sums.entry(transfer.purpose).or_default() += transfer.amount.minor();
    }
    let expected = [
        (Purpose::Deposit, 1_000_000),
        (Purpose::Fund, 100_000),
        (Purpose::Hold, 1_000),
        (Purpose::Pay, 1_000),
        (Purpose::Refund, 99_000),
    ];
    assert_eq!(sums, BTreeMap::from(expected));
}

#[test]
fn only_the_engine_takes_money_in() {
    let mut world = World::new();
    let charter = Charter {
        title: "  A title  ".to_owned(),
        ..charter(&world)
    };
    let outcome = world.state_outcome(charter);
    let receive = OutcomeCommand::ReceiveFunds {
        amount: minor(1),
        asset: Asset::PRACTICE,
        funder: world.organisation,
    };
    let answer = world.ask_outcome(outcome, receive);
    assert_eq!(answer.unwrap_err().code(), "not_allowed");
    let other = OutcomeCommand::ReceiveFunds {
        amount: minor(1),
        asset: Asset::new("EUR", 2).unwrap(),
        funder: world.organisation,
    };
    let answer = world.engine(Body::Outcome(outcome, other));
    assert_eq!(answer.unwrap_err().code(), "other_asset");
}

#[test]
fn so_much_money_that_sums_stop_fitting_does_not_come_in() {
    let mut world = World::new();
    let (ada, organisation) = (world.ada, world.organisation);
    let mut deposit = |amount| {
        let deposit = OrganisationCommand::Deposit {
            amount,
            asset: Asset::PRACTICE,
            reference: "a promise".to_owned(),
        };
        let answer = world.by(ada, Body::Organisation(organisation, deposit));
        answer.err().map(|rejection| rejection.code())
    };
    let one_too_many = minor(DEPOSIT_MAX.minor() + 1);
    for (amount, code) in [
        (minor(i64::MAX), Some("invalid")),
        (one_too_many, Some("invalid")),
        (Amount::ZERO, Some("invalid")),
        (DEPOSIT_MAX, None),
    ] {
        assert_eq!(deposit(amount), code, "{amount}");
    }
}
