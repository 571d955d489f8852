//! Accepting: signatures, signatures in advance, and the lines of the payment.

use consort_kernel::command::Body;
use consort_kernel::contributor::{Profile, Tie};
use consort_kernel::digest::Digest;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::{Account, Amount, Fraction, Purpose};
use consort_kernel::network::Policy;
use consort_kernel::outcome::{OutcomeCommand, PreApproval};
use consort_kernel::task::{
    Approval, Method, Mode, Phase, Risk, Settlement, SignOff, TaskCommand, TaskSpec, Verdict,
};

use crate::world::{World, criterion, judgment, pre_approval, reason, spec, submission};

fn settlement(world: &World, task: TaskId) -> &Settlement {
    match &world.work(task).phase {
        Phase::Accepted(_, settlement) => settlement,
        other => panic!("{} is {}", task, other.as_str()),
    }
}

fn give(world: &mut World, outcome: OutcomeId, terms: PreApproval) {
    let give = OutcomeCommand::PreApprove(Box::new(terms));
    world
        .ask_outcome(outcome, give)
        .expect("it may be given in advance");
}

#[test]
fn accepted_work_is_paid_once_and_counts() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let who = world.person();
    world.finish(who, task);
    assert_eq!(world.balance(Account::Payable(who)), 1_000);
    assert_eq!(world.balance(Account::Hold(task)), 0);
    let progress = world.result(outcome).progress;
    assert_eq!(
        (progress.open, progress.accepted, progress.accepted_weight),
        (0, 1, 1)
    );
    assert_eq!(world.who(who).skills["write"].track.results, 1);
    assert_eq!(world.who(who).ties[&world.ada][&Tie::WorkedWith], 1);
    let again = world.sign(task).unwrap_err();
    assert_eq!(again.code(), "wrong_phase");
}

#[test]
fn a_signature_is_about_what_was_opened() {
    type Change = fn(&mut SignOff);
    let cases: [(Change, &str); 6] = [
        (|it| it.submission = Digest::of(b"another"), "changed"),
        (|it| it.opened = vec![], "not_opened"),
        (|it| it.opened = vec![Digest::of(b"another")], "not_opened"),
        (|it| it.reason = " ".to_owned(), "invalid"),
        (|it| it.lease = 9, "stale_lease"),
        (|it| it.unmet = vec!["unheard of".to_owned()], "invalid"),
    ];
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let mut world = World::new();
        let (_, [task]) = world.running([spec("a")]);
        let who = world.person();
        world.deliver(who, task);
        let mut signature = world.signature(task);
        change(&mut signature);
        let answer = world.sign_as(world.ada, task, signature);
        assert_eq!(answer.unwrap_err().code(), code, "case {number}");
    }
}

#[test]
fn what_is_not_met_is_not_paid_for() {
    let weighed = || {
        let mut weighed = spec("a");
        weighed.instructions.criteria = vec![
            criterion("complete", 2, Method::Judgment),
            criterion("clear", 1, Method::Judgment),
            criterion("kind", 0, Method::Judgment),
        ];
        weighed
    };
    for (unmet, met_ppm, net) in [
        (vec![], 1_000_000, 1_000),
        (vec!["kind"], 1_000_000, 1_000),
        (vec!["clear"], 666_666, 666),
        (vec!["complete", "kind"], 333_333, 333),
    ] {
        let mut world = World::new();
        let (outcome, [task]) = world.running([weighed()]);
        let who = world.person();
        world.deliver(who, task);
        let mut signature = world.signature(task);
        signature.unmet = unmet.iter().map(|key| (*key).to_owned()).collect();
        world.sign_as(world.ada, task, signature).unwrap();
        let lines = settlement(&world, task);
        assert_eq!(
            (lines.met_ppm, lines.net.minor()),
            (met_ppm, net),
            "{unmet:?}"
        );
        assert_eq!(lines.released.minor(), 1_000 - net);
        assert_eq!(world.balance(Account::Escrow(outcome)), 100_000 - net);
        let track = world.who(who).skills["write"].track;
        assert_eq!(track.good, u64::from(met_ppm));
    }
    let mut world = World::new();
    let (_, [task]) = world.running([weighed()]);
    let who = world.person();
    world.deliver(who, task);
    let mut signature = world.signature(task);
    signature.unmet = vec!["complete".to_owned(), "clear".to_owned()];
    let nothing = world.sign_as(world.ada, task, signature);
    assert_eq!(nothing.unwrap_err().code(), "invalid");
}

#[test]
fn what_a_reviewer_found_unmet_is_not_paid_for_either() {
    let mut world = World::new();
    let mut weighed = spec("a");
    weighed.instructions.criteria = vec![
        criterion("complete", 1, Method::Judgment),
        criterion("clear", 1, Method::Judgment),
    ];
    let (_, [task]) = world.running([weighed]);
    let (who, reviewer) = (world.person(), world.person());
    world.deliver(who, task);
    let mut judgment = judgment(&world, task, Verdict::Accept);
    judgment.reasons = vec![reason("clear")];
    world.review(reviewer, task, judgment).unwrap();
    world.sign(task).unwrap();
    let lines = settlement(&world, task);
    assert_eq!(lines.unmet.iter().collect::<Vec<_>>(), ["clear"]);
    assert_eq!(lines.net.minor(), 500);
}

#[test]
fn fee_tax_and_net_add_up_to_the_unit() {
    let part = |numerator, denominator| Fraction {
        denominator,
        numerator,
    };
    for (price, fee, tax, lines) in [
        (1_000, part(1, 10), part(1, 5), [100, 200, 700]),
        (999, part(1, 10), part(1, 3), [99, 333, 567]),
        (1, part(1, 2), part(1, 2), [0, 0, 1]),
        (7, part(1, 3), part(2, 3), [2, 4, 1]),
        (100, part(1, 1), part(0, 1), [100, 0, 0]),
        (0, part(1, 2), part(1, 4), [0, 0, 0]),
    ] {
        let mut world = World::with_policy(Policy {
            fee,
            tax,
            ..Policy::default()
        });
        let priced = TaskSpec {
            price: Amount::from_minor(price),
            ..spec("a")
        };
        let (_, [task]) = world.running([priced]);
        let who = world.person();
        world.finish(who, task);
        let settled = settlement(&world, task);
        let found = [settled.fee, settled.tax, settled.net].map(Amount::minor);
        assert_eq!(found, lines, "of {price}");
        let accounts = [Account::Fee, Account::Tax, Account::Payable(who)];
        assert_eq!(accounts.map(|account| world.balance(account)), lines);
    }
}

#[test]
fn a_lower_rate_leaves_the_rest_with_the_outcome() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let cheap = Profile {
        rate_permille: 600,
        ..Profile::default()
    };
    let who = world.person_with(cheap, &[("write", 3)]);
    world.finish(who, task);
    assert_eq!(world.balance(Account::Payable(who)), 600);
    assert_eq!(world.result(outcome).purse.available.minor(), 99_400);
}

#[test]
fn the_payee_is_paid_and_the_contributor_is_credited() {
    let mut world = World::new();
    let (_, [task]) = world.running([spec("a")]);
    let payee = world.person();
    let employed = Profile {
        payee: Some(payee),
        ..Profile::default()
    };
    let who = world.person_with(employed, &[("write", 3)]);
    world.finish(who, task);
    assert_eq!(world.balance(Account::Payable(payee)), 1_000);
    assert_eq!(world.balance(Account::Payable(who)), 0);
    assert_eq!(world.who(who).skills["write"].track.results, 1);
    assert_eq!(world.who(payee).skills["write"].track.results, 0);
}

#[test]
fn in_pair_mode_an_agent_drafts_a_person_finishes_and_both_are_paid_and_credited() {
    let mut world = World::new();
    let pair = TaskSpec {
        mode: Mode::Pair,
        price: Amount::from_minor(1_001),
        ..spec("a")
    };
    let (_, [task]) = world.running([pair]);
    let (agent, person) = (world.agent("small"), world.person());
    world.claim(agent, task).unwrap();
    world.submit(agent, task, "a draft").unwrap();
    assert_eq!(world.phase(task), "ready", "a draft is not handed in");
    assert_eq!(world.claim(agent, task).unwrap_err().code(), "not_eligible");
    world.claim(person, task).unwrap();
    let draft = world.work(task).draft.clone().unwrap();
    assert_eq!((draft.0.id, draft.1), (agent, submission("a draft")));
    world.submit(person, task, "the work").unwrap();
    world.sign(task).unwrap();
    assert_eq!(world.balance(Account::Payable(agent)), 501);
    assert_eq!(world.balance(Account::Payable(person)), 500);
    for who in [agent, person] {
        assert_eq!(world.who(who).skills["write"].track.results, 1);
    }
}

#[test]
fn work_for_nothing_is_accepted_without_moving_money() {
    let mut world = World::new();
    let free = TaskSpec {
        price: Amount::ZERO,
        ..spec("a")
    };
    let (_, [task]) = world.running([free]);
    let ada = world.ada;
    let writes = consort_kernel::contributor::ContributorCommand::Declare {
        capabilities: [("write".to_owned(), 5)].into(),
        profile: Profile::default(),
    };
    world.by(ada, Body::Contributor(ada, writes)).unwrap();
    world.finish(ada, task);
    assert!(
        world
            .transfers()
            .all(|transfer| transfer.purpose != Purpose::Pay)
    );
    assert!(world.acceptances.contains_key(&task));
}

#[test]
fn work_that_a_signature_in_advance_covers_is_accepted_when_it_is_handed_in() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let terms = pre_approval(&world);
    give(&mut world, outcome, terms);
    let who = world.person();
    world.deliver(who, task);
    let expected = Approval::InAdvance {
        by: world.ada,
        number: 1,
        reviewed_it_too: false,
    };
    assert_eq!(settlement(&world, task).approval, expected);
    assert!(world.acceptances[&task].in_advance);
    assert_eq!(world.acceptances[&task].approver, world.ada);
}

#[test]
fn a_signature_in_advance_waits_for_checks_and_reviews() {
    let mut world = World::new();
    let mut checked = spec("a");
    checked.risk = Risk::Medium;
    checked.instructions.criteria = vec![criterion("cited", 1, Method::MustCite)];
    let (outcome, [task]) = world.running([checked]);
    let terms = pre_approval(&world);
    give(&mut world, outcome, terms);
    let (who, reviewer) = (world.person(), world.person());
    world.deliver(who, task);
    assert_eq!(world.phase(task), "checking");
    world.check(task, &[true]).unwrap();
    assert_eq!(world.phase(task), "reviewing");
    world.approve(reviewer, task).unwrap();
    assert_eq!(world.phase(task), "accepted");
    assert_eq!(world.who(reviewer).ties[&who][&Tie::Reviewed], 1);
}

#[test]
fn a_revoked_signature_in_advance_covers_nothing() {
    let mut world = World::new();
    let (outcome, [task]) = world.running([spec("a")]);
    let terms = pre_approval(&world);
    give(&mut world, outcome, terms);
    let revoke = |number| OutcomeCommand::RevokePreApproval {
        number,
        reason: "I want to look myself.".to_owned(),
    };
    assert_eq!(
        world.ask_outcome(outcome, revoke(2)).unwrap_err().code(),
        "invalid"
    );
    world.ask_outcome(outcome, revoke(1)).unwrap();
    let who = world.person();
    world.deliver(who, task);
    assert_eq!(world.phase(task), "signing");
    let by_hand = TaskCommand::AcceptInAdvance { lease: 1 };
    assert_eq!(
        world.ask_task(world.ada, task, by_hand).unwrap_err().code(),
        "not_allowed"
    );
}

#[test]
fn a_signature_in_advance_decides_nothing_that_a_reviewer_passed_on() {
    let mut world = World::new();
    let medium = TaskSpec {
        risk: Risk::Medium,
        ..spec("a")
    };
    let (outcome, [task]) = world.running([medium]);
    let terms = pre_approval(&world);
    give(&mut world, outcome, terms);
    let (who, doubting, content) = (world.person(), world.person(), world.person());
    world.deliver(who, task);
    let doubt = judgment(&world, task, Verdict::Escalate);
    world.review(doubting, task, doubt).unwrap();
    world.approve(content, task).unwrap();
    assert_eq!(world.phase(task), "signing");
    world.sign(task).unwrap();
    assert!(!world.acceptances[&task].in_advance);
}
