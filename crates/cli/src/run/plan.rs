//! The first stop: the plan, what it costs, what attention it takes, and what is signed in advance.

use std::collections::BTreeMap;

use anyhow::Result;
use consort_kernel::money::{Amount, Asset};
use consort_kernel::outcome::{Baseline, PreApproval};
use consort_kernel::task::{Method, Mode, Risk};
use consort_playbook::Expansion;

use super::Session;
use super::begin::Begun;
use crate::console::Console;
use crate::exit::{CONFLICT, DENIED, Exit, usage};

/// How long a signature given at the terminal holds: a run with people in it may take days.
const PRE_APPROVAL_MS: i64 = 14 * 24 * 3_600_000;
/// About how many minutes a person needs for a task of theirs, and for a sign-off.
const MINUTES_EACH: u32 = 5;

/// What a plan may cost, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// If nothing comes of what waits for earlier results.
    pub(super) least: i64,
    /// If all of it comes once.
    pub(super) most: i64,
}

/// What the plan may cost.
pub(super) fn cost(expansion: &Expansion) -> Cost {
    let least: i64 = expansion.tasks.iter().map(|task| task.price.minor()).sum();
    let later: i64 = expansion
        .later
        .iter()
        .map(|later| later.price.minor())
        .sum();
    Cost {
        least,
        most: least + later + expansion.outcome.fee.minor(),
    }
}

/// What is expected before work starts.
pub(super) fn baseline(expansion: &Expansion) -> Baseline {
    Baseline {
        claimed_value: None,
        confidence_percent: 50,
        estimate: Amount::from_minor(cost(expansion).most),
        minutes: minutes(expansion),
    }
}

fn minutes(expansion: &Expansion) -> u32 {
    let tasks = expansion.tasks.iter();
    let mine = tasks
        .filter(|task| task.gate || task.mode == Mode::Person)
        .count();
    u32::try_from(mine)
        .unwrap_or(u32::MAX)
        .saturating_mul(MINUTES_EACH)
}

/// Shows the plan and asks for it to be confirmed; gives the signature in advance that goes with
/// it.
pub(super) fn confirm(
    session: &Session<'_>,
    begun: &Begun,
    console: &mut Console,
) -> Result<PreApproval> {
    let expansion = &begun.expansion;
    let cost = cost(expansion);
    let terms = terms(session, expansion)?;
    require_programs(session, expansion)?;
    show(session, begun, cost, &terms, console)?;
    if let Some(answers) = &session.answers {
        if cost.most > answers.pre_approval.total_max_minor {
            return Err(anyhow::Error::new(Exit(
                DENIED,
                format!(
                    "the plan costs up to {} and the answers allow {}: raise total_max_minor, or \
                     plan less",
                    Asset::PRACTICE.show(Amount::from_minor(cost.most)),
                    Asset::PRACTICE.show(Amount::from_minor(answers.pre_approval.total_max_minor)),
                ),
            )));
        }
        console.tell(&format!("confirmed in advance by {}", answers.person))?;
        return Ok(terms);
    }
    if !console.interactive {
        return Err(usage(
            "nobody is at the terminal to confirm the plan: give --answers FILE",
        ));
    }
    let answer = console.ask("\nGo on? [y/N]")?;
    if matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(terms);
    }
    Err(anyhow::Error::new(Exit(
        CONFLICT,
        "not confirmed; nothing was started".to_owned(),
    )))
}

/// What is set aside. How often a template is done for each item of a later list shows only on the
/// way, so a plan with one gets all that it may cost; what is left comes back at the end.
pub(super) fn budget(
    session: &Session<'_>,
    expansion: &Expansion,
    console: &mut Console,
) -> Result<Amount> {
    let most = cost(expansion).most;
    if expansion.later.iter().all(|later| !later.for_each) {
        return Ok(Amount::from_minor(most));
    }
    let agreed = if let Some(answers) = &session.answers {
        answers.pre_approval.total_max_minor
    } else {
        let answer = console.ask(&format!(
            "\nThe plan grows with what comes of it. How much may all of it cost at the most, in \
             minor units? [{most}]"
        ))?;
        match answer.trim() {
            "" => most,
            given => given
                .parse()
                .map_err(|_| usage(format!("'{given}' is no whole number")))?,
        }
    };
    let budget = Amount::from_minor(agreed.max(most));
    console.tell(&format!(
        "set aside {}; what is left of it comes back at the end",
        Asset::PRACTICE.show(budget)
    ))?;
    Ok(budget)
}

/// Every program that checks something has to be there before anything is paid for.
fn require_programs(session: &Session<'_>, expansion: &Expansion) -> Result<()> {
    let tasks = expansion.tasks.iter();
    let of_tasks = tasks.flat_map(|task| &task.instructions.criteria);
    for criterion in of_tasks.chain(&expansion.outcome.criteria) {
        if let Method::Program(name) = &criterion.method {
            session.configuration.programs.require(name)?;
        }
    }
    Ok(())
}

/// What is signed in advance: at the terminal, only what is of low risk and no gate.
fn terms(session: &Session<'_>, expansion: &Expansion) -> Result<PreApproval> {
    if let Some(answers) = &session.answers {
        return answers.pre_approval();
    }
    let dearest = expansion
        .tasks
        .iter()
        .map(|task| task.price)
        .max()
        .unwrap_or_default();
    Ok(PreApproval {
        amount_max: dearest,
        expires_at: session.place.engine.now().plus_millis(PRE_APPROVAL_MS),
        gates: false,
        reason: "checked automatically; the result that rests on it is signed by me".to_owned(),
        risk_max: Risk::Low,
        source: None,
    })
}

fn show(
    session: &Session<'_>,
    begun: &Begun,
    cost: Cost,
    terms: &PreApproval,
    console: &mut Console,
) -> Result<()> {
    let expansion = &begun.expansion;
    let money = |minor| Asset::PRACTICE.show(Amount::from_minor(minor));
    console.tell(&format!("\n{}\n", expansion.outcome.objective.trim()))?;
    let mut kinds: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for task in &expansion.tasks {
        let entry = kinds.entry(&task.kind).or_insert((0, 0));
        if entry.0 == 0 {
            order.push(&task.kind);
        }
        *entry = (entry.0 + 1, entry.1 + task.price.minor());
    }
    console.tell("Plan")?;
    for kind in order {
        let (count, price) = kinds[kind];
        console.tell(&format!("  {count:>4} x {kind:<16} {:>16}", money(price)))?;
    }
    for later in &expansion.later {
        console.tell(&format!(
            "  later {} (when {} is there)",
            later.template,
            later.waits_for.join(", ")
        ))?;
    }
    let range = if cost.least == cost.most {
        money(cost.most)
    } else {
        format!("{} to {}", money(cost.least), money(cost.most))
    };
    console.tell(&format!(
        "Cost      {range}; practice money: obligations are recorded, no bank money moves"
    ))?;
    console.tell(&format!(
        "Attention about {} minutes of {}",
        minutes(expansion),
        session.person_name
    ))?;
    console.tell(&format!(
        "Signed in advance by {}: tasks of up to {} and {} risk whose checks hold{}, until {}",
        session.person_name,
        Asset::PRACTICE.show(terms.amount_max),
        terms.risk_max.as_str(),
        if terms.gates {
            ", and the final sign-off"
        } else {
            "; never a gate"
        },
        terms.expires_at,
    ))?;
    Ok(())
}
