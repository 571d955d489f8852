//! What events ask of other streams: what waits is taken into account, and what contradicts the
//! events is found.

use std::sync::Arc;

use consort_engine::doctor::Code;
use consort_engine::lane::{Reaction, Work};
use consort_engine::reaction::waiting;
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::event::Envelope;
use consort_kernel::id::{CommandId, OutcomeId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::time::Timestamp;
use consort_store::{ReactionRow, RefusalRow};

use crate::damage::{Tamper, codes, report};
use crate::fixture::{START, Story, anna, delivered, organisation, running, spec, stories};

fn row(id: CommandId) -> ReactionRow {
    let take = OrganisationCommand::TakeRefund {
        amount: Amount::from_minor(5),
        asset: Asset::PRACTICE,
        outcome: delivered(),
    };
    let command = Command {
        body: Body::Organisation(organisation(), take),
        expected: None,
        id,
        personal: Vec::new(),
        principal: Principal::Engine,
    };
    let reaction = Reaction {
        command,
        correlation: id,
    };
    ReactionRow {
        id,
        body: serde_json::to_string(&reaction).unwrap(),
    }
}

/// Expects this kind of problem among others.
fn finds(name: &str, tamper: Tamper, code: Code) {
    for story in stories() {
        let report = report(&story, tamper);
        assert!(
            codes(&report.problems).contains(&code),
            "{name}: {report:#?}"
        );
    }
}

#[test]
fn what_waits_and_no_event_asked_for_is_found() {
    let tamper: Tamper = |store| {
        store.reactions = Some(Arc::new(|rows| {
            assert!(rows.is_empty());
            rows.push(row(CommandId::new(Timestamp::from_millis(0), 1)));
        }));
    };
    finds("never asked for", tamper, Code::ReactionUnasked);
}

#[test]
fn what_waits_and_was_done_already_or_is_something_else_is_found() {
    let tamper: Tamper = |store| {
        let events = store.inner.feed(0, usize::MAX).unwrap();
        let done = events.iter().find_map(|row| {
            let envelope = Envelope::from_stored(&row.event.body).unwrap();
            envelope.correlation.map(|_| envelope.cause)
        });
        let done = row(done.unwrap());
        store.reactions = Some(Arc::new(move |rows| rows.push(done.clone())));
    };
    finds("done twice", tamper, Code::ReactionRepeated);
    finds("something else", tamper, Code::ReactionChanged);
}

#[test]
fn an_event_that_nothing_led_to_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            let follows = rows
                .iter_mut()
                .find(|row| row.event.body.contains("correlation"));
            let body = &mut follows.unwrap().event.body;
            let mut envelope = Envelope::from_stored(body).unwrap();
            envelope.cause = CommandId::new(START, 99);
            *body = envelope.to_canonical();
        }));
    };
    finds("another cause", tamper, Code::CauseUnknown);
}

#[test]
fn a_signature_of_somebody_who_is_no_person_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            let person = format!(
                "\"nature\":{{\"agent\":{{\"family\":\"x\",\"operator\":\"{}\"}}}}",
                anna()
            );
            let body = &mut rows[0].event.body;
            *body = body.replace("\"nature\":\"person\"", &person);
        }));
    };
    finds("an agent signs", tamper, Code::NobodyAnswers);
}

#[test]
fn a_task_without_its_outcome_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            let opened = rows
                .iter_mut()
                .find(|row| row.event.body.contains("\"opened\":{"));
            let body = &mut opened.unwrap().event.body;
            let nowhere = OutcomeId::from_bits(1).to_string();
            *body = body.replace(&delivered().to_string(), &nowhere);
        }));
    };
    finds("an orphan", tamper, Code::TaskWithoutOutcome);
}

#[test]
fn money_that_an_outcome_did_not_take_in_is_found() {
    let tamper: Tamper = |store| {
        store.refusals = Some(Arc::new(|rows| {
            let receive = OutcomeCommand::ReceiveFunds {
                amount: Amount::from_minor(5),
                asset: Asset::PRACTICE,
                funder: organisation(),
            };
            let command = Command {
                body: Body::Outcome(delivered(), receive),
                expected: None,
                id: CommandId::new(START, 98),
                personal: Vec::new(),
                principal: Principal::Engine,
            };
            rows.push(RefusalRow {
                id: command.id,
                at: START,
                why: "other_asset".to_owned(),
                body: serde_json::to_string(&command).unwrap(),
            });
        }));
    };
    finds("stranded money", tamper, Code::MoneyStranded);
}

#[test]
fn what_still_waits_to_be_noted_is_no_problem() {
    for mut story in stories() {
        // So many events leave no room in their batch for what follows from the first.
        let fund = OrganisationCommand::Fund {
            amount: Amount::from_minor(700),
            asset: Asset::PRACTICE,
            outcome: running(),
        };
        let mut bodies = vec![Body::Organisation(organisation(), fund)];
        bodies.extend((0..10).map(|change| plan(change * 200, 200)));
        story.ask_together(anna(), bodies);
        assert_eq!(story.store.reactions(9).unwrap().len(), 1);
        let before = crate::examine::report(&story);
        assert_eq!(before.problems, []);
        assert_eq!(before.notes, ["1 reactions wait to be done."]);
        drain(&mut story);
        let after = crate::examine::report(&story);
        assert_eq!((after.problems, after.notes), (Vec::new(), Vec::new()));
        assert_eq!(after.events, before.events + 1);
    }
}

/// Tasks that cost nothing.
fn plan(first: u32, count: u32) -> Body {
    let document = consort_kernel::digest::Digest::of(b"another document");
    let add = (first..first + count).map(|number| {
        let mut free = spec(&format!("free {number}"), document);
        free.price = Amount::ZERO;
        free
    });
    let change = OutcomeCommand::ChangePlan {
        add: add.collect(),
        drop: Vec::new(),
        reason: "more".to_owned(),
    };
    Body::Outcome(running(), change)
}

fn drain(story: &mut Story) {
    let work: Vec<Work> = waiting(story.store.as_ref(), 9).unwrap();
    story.step(&work);
}
