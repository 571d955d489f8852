//! Random sequences of commands, sensible and not: whatever is asked, what must hold holds.
//!
//! The world itself asserts after each event that guarded accounts do not go below zero, that
//! lease numbers grow, that a task is accepted once, that commands look only at rows that they
//! declare, and that what is stored is canonical.

mod act;

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::command::Body;
use consort_kernel::decide::effects;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::outcome::{Outcome, Phase};
use consort_kernel::state::{Rows, State};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{self, Task, TaskCommand};
use proptest::prelude::{ProptestConfig, any, proptest};

use crate::golden::{VARIANTS, variant};
use crate::world::World;
use act::Stage;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_asked_what_must_hold_holds(
        acts in proptest::collection::vec(any::<[u8; 4]>(), 1..160),
    ) {
        let mut stage = Stage::new();
        for act in acts {
            stage.play(act);
            assert_books_balance(&stage.world);
            assert_outcomes_add_up(&stage.world);
            assert_people_answer(&stage.world);
        }
        assert_refusals_are_expected(&stage.world);
        assert_history_says_it_all(&stage.world);
    }
}

fn tasks(world: &World) -> impl Iterator<Item = &Task> {
    world.states.values().filter_map(|state| match state {
        State::Task(task) => Some(task.as_ref()),
        State::Contributor(_) | State::Network(_) | State::Organisation(_) | State::Outcome(_) => {
            None
        }
    })
}

fn outcomes(world: &World) -> impl Iterator<Item = &Outcome> {
    world.states.values().filter_map(|state| match state {
        State::Outcome(outcome) => Some(outcome.as_ref()),
        State::Contributor(_) | State::Network(_) | State::Organisation(_) | State::Task(_) => None,
    })
}

/// Nothing comes from nowhere, and every row that counts money agrees with the accounts.
fn assert_books_balance(world: &World) {
    let mut sums: BTreeMap<Asset, i128> = BTreeMap::new();
    for ((_, asset), balance) in &world.balances {
        *sums.entry(*asset).or_default() += balance;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    for state in world.states.values() {
        if let State::Organisation(organisation) = state {
            let account = Account::Funds(organisation.id);
            let counted = organisation.funds_of(Asset::PRACTICE).minor();
            assert_eq!(world.balance(account), counted);
        }
    }
}

fn assert_outcomes_add_up(world: &World) {
    for outcome in outcomes(world) {
        let of_it = || tasks(world).filter(|task| task.outcome == outcome.id);
        let purse = outcome.purse;
        let parts = [
            purse.available,
            purse.held,
            purse.paid,
            purse.fees,
            purse.taxes,
            purse.refunded,
        ];
        let sum: i64 = parts.map(Amount::minor).iter().sum();
        assert_eq!(purse.funded.minor(), sum, "{purse:?}");
        assert_eq!(
            world.balance(Account::Escrow(outcome.id)),
            purse.available.minor()
        );
        let held: i64 = of_it()
            .map(|task| world.balance(Account::Hold(task.id)))
            .sum();
        assert_eq!(held, purse.held.minor());
        for settled in of_it().filter(|task| task.is_settled()) {
            assert_eq!(world.balance(Account::Hold(settled.id)), 0);
        }
        let open = of_it().filter(|task| !task.is_settled()).count();
        let accepted = of_it().filter(|task| task.is_accepted()).count();
        assert_eq!(outcome.progress.open as usize, open);
        assert_eq!(outcome.progress.accepted as usize, accepted);
        let serving = of_it()
            .filter(|task| task.is_accepted() || !task.is_settled())
            .filter(|task| task.spec.serves.contains(&"done".to_owned()))
            .count();
        let served = outcome.served.get("done").copied().unwrap_or_default();
        assert_eq!(served as usize, serving);
        if matches!(outcome.phase, Phase::Delivered | Phase::Cancelled) {
            assert_eq!((purse.available, purse.held), (Amount::ZERO, Amount::ZERO));
            assert_eq!(open, 0);
        }
    }
}

/// A named person stands behind each acceptance, and nobody judges their own work.
fn assert_people_answer(world: &World) {
    for task in tasks(world) {
        let Some(handed) = task.handed() else {
            continue;
        };
        for review in &handed.reviews {
            assert!(!task.makers().contains(&review.by.id));
        }
        if let task::Phase::Accepted(_, settlement) = &task.phase {
            let by = settlement.approval.by();
            assert_eq!(by, task.accountable);
            assert!(world.who(by).is_person());
            assert_eq!(world.acceptances[&task.id].approver, by);
            assert!(handed.is_reviewed());
            assert!(handed.checks.iter().all(|check| check.passed));
        }
    }
}

/// The only thing that may be refused after the fact is a signature in advance that something
/// stops: all else that an event asks for has to arrive.
fn assert_refusals_are_expected(world: &World) {
    for (body, rejection) in &world.refused {
        let in_advance = matches!(body, Body::Task(_, TaskCommand::AcceptInAdvance { .. }));
        assert!(in_advance, "{body:?}: {rejection}");
        assert!(
            ["stopped", "wrong_phase"].contains(&rejection.code()),
            "{rejection}"
        );
    }
}

/// State is the fold of the events, effects are a function of them, and both survive storage.
fn assert_history_says_it_all(world: &World) {
    let mut states: BTreeMap<StreamId, State> = BTreeMap::new();
    for recorded in &world.history {
        let before = states.remove(&recorded.stream);
        let after = State::apply(before, recorded.stream, &recorded.event, recorded.at)
            .expect("it followed when it was recorded");
        assert_eq!(
            effects(&after, &recorded.event, recorded.at),
            recorded.effects
        );
        states.insert(recorded.stream, after);
    }
    assert_eq!(states, world.states);
    for state in states.values() {
        let stored = serde_json::to_string(state).expect("states can be written");
        let read: State = serde_json::from_str(&stored).expect("and read");
        assert_eq!(read, *state);
    }
    assert!(world.network().is_some());
}

/// Events that random acts do not ask for; other tests do.
const NOT_PLAYED: &[&str] = &[
    "contributor_declared",
    "network_policy_changed",
    "outcome_became_overdue",
    "task_answered",
];

#[test]
fn random_acts_reach_every_kind_of_event() {
    let mut reached = BTreeSet::new();
    let mut bits = 1_u64;
    for _ in 0..150 {
        let mut stage = Stage::new();
        for _ in 0..160 {
            // Numerical Recipes' linear congruential generator; its upper half is random enough.
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let [act @ .., _, _, _, _] = bits.to_be_bytes();
            stage.play(act);
        }
        let events = stage.world.history.iter().map(|recorded| &recorded.event);
        reached.extend(events.map(variant));
    }
    let missing: Vec<&&str> = VARIANTS
        .iter()
        .filter(|variant| !reached.contains(**variant))
        .collect();
    assert_eq!(missing, NOT_PLAYED.iter().collect::<Vec<_>>());
}
