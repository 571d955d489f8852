//! The first stop: the plan, what it costs, what attention it takes, and what is signed in advance.

use std::collections::BTreeMap;

use anyhow::Result;
use consort_desk::begin::{Agreed, Cost, minutes, modest_terms};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::outcome::PreApproval;
use consort_kernel::task::Method;
use consort_playbook::Expansion;

use super::Session;
use super::begin::Begun;
use crate::console::Console;
use crate::exit::{CONFLICT, DENIED, Exit, usage};

/// Shows the plan and asks for it to be confirmed.
pub(super) fn confirm(
    session: &Session<'_>,
    begun: &Begun<'_>,
    console: &mut Console,
) -> Result<Agreed> {
    let expansion = &begun.expansion;
    let cost = Cost::of(expansion);
    let terms = terms(session, expansion)?;
    require_programs(session, expansion)?;
    show_tasks(expansion, console)?;
    let funds = funds(session, cost, console)?;
    show_terms(session, expansion, (cost, funds), &terms, console)?;
    let agreed = Agreed::on(expansion, funds, terms);
    if let Some(answers) = &session.answers {
        console.tell(&format!("confirmed in advance by {}", answers.person))?;
        return Ok(agreed);
    }
    if !console.interactive {
        return Err(usage(
            "nobody is at the terminal to confirm the plan: give --answers FILE",
        ));
    }
    let answer = console.ask("\nGo on? [y/N]")?;
    if matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(agreed);
    }
    Err(anyhow::Error::new(Exit(
        CONFLICT,
        "not confirmed; nothing was started".to_owned(),
    )))
}

/// What is set aside: what the plan costs. One that grows gets all that it may cost.
fn funds(session: &Session<'_>, cost: Cost, console: &mut Console) -> Result<Amount> {
    let allowed = match &session.answers {
        Some(answers) => answers.pre_approval.total_max_minor,
        None if cost.grows && console.interactive => ask_limit(cost, console)?,
        None => cost.once,
    };
    if cost.once > allowed {
        return Err(anyhow::Error::new(Exit(
            DENIED,
            format!(
                "the plan costs up to {} and {} are allowed: allow more (total_max_minor in a file \
                 of answers), or plan less",
                money(cost.once),
                money(allowed),
            ),
        )));
    }
    let most = if cost.grows { allowed } else { cost.once };
    Ok(Amount::from_minor(most))
}

fn ask_limit(cost: Cost, console: &mut Console) -> Result<i64> {
    let answer = console.ask(&format!(
        "\nThe plan grows with what comes of it. How much may all of it cost at the most, in minor \
         units? [{}]",
        cost.once
    ))?;
    match answer.trim() {
        "" => Ok(cost.once),
        given => given
            .parse()
            .map_err(|_| usage(format!("'{given}' is no whole number"))),
    }
}

fn money(minor: i64) -> String {
    Asset::PRACTICE.show(Amount::from_minor(minor))
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
    Ok(modest_terms(expansion, session.place.engine.now()))
}

fn show_tasks(expansion: &Expansion, console: &mut Console) -> Result<()> {
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
        let price = money(later.price.minor());
        let each = if later.for_each { " each" } else { "" };
        console.tell(&format!(
            "  later  {:<16} {price:>16}{each}, after {}",
            later.template,
            later.waits_for.join(", ")
        ))?;
    }
    Ok(())
}

fn show_terms(
    session: &Session<'_>,
    expansion: &Expansion,
    (cost, funds): (Cost, Amount),
    terms: &PreApproval,
    console: &mut Console,
) -> Result<()> {
    let range = if cost.grows {
        format!(
            "{} or more, as the plan grows with what comes of it, and never above {}, which are set \
             aside",
            money(cost.least),
            money(funds.minor())
        )
    } else if cost.least == cost.once {
        money(cost.once)
    } else {
        format!("{} to {}", money(cost.least), money(cost.once))
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
