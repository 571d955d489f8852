//! The money of an outcome: what came in, what is reserved, paid, and left.

use consort_desk::sign;
use consort_kernel::money::Amount;
use consort_kernel::task::{Phase, Task};
use maud::{Markup, html as markup};

use super::{Seen, flow, fund};
use crate::server::Failure;

/// The page's part.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let purse = &seen.outcome.purse;
    let asset = seen.outcome.charter.asset;
    let lines = [
        ("Funded", purse.funded),
        ("Reserved for tasks", purse.held),
        ("Paid to contributors", purse.paid),
        ("Fees", purse.fees),
        ("Taxes", purse.taxes),
        ("Returned", purse.refunded),
        ("Left in escrow", purse.available),
    ];
    Ok(markup! {
        section.section aria-labelledby="money" {
            div.section-head {
                h2 #money { "Money" }
                p { "Recorded obligations; no bank money is moved." }
            }
            (bar(seen))
            dl.figures {
                @for (words, amount) in lines { div { dt { (words) } dd { (asset.show(amount)) } } }
            }
        }
        (cost(seen))
        (fund::form(seen)?)
        (flow::show(seen)?)
        section.section aria-labelledby="paid" {
            div.section-head { h2 #paid { "Paid for" } p { "A named person stands behind each line." } }
            (paid(seen)?)
        }
    })
}

/// What the work of people and of agents cost so far, and what all of it is going to.
fn cost(seen: &Seen<'_>) -> Markup {
    let asset = seen.outcome.charter.asset;
    let spent = Spent::of(&seen.tasks);
    let rows = [("People", spent.people), ("AI", spent.agents)];
    let open = seen.outcome.purse.held.minor();
    let so_far = spent.people.minor + spent.agents.minor;
    let show = |minor| asset.show(Amount::from_minor(minor));
    let models = seen.web.models.spent_on(seen.outcome.id);
    markup! {
        section.section aria-labelledby="cost" {
            div.section-head { h2 #cost { "What it costs" } p { "Accepted work, with fees and taxes." } }
            table.stacked {
                caption.sr { "What people and AI cost" }
                thead { tr { th scope="col" { "Who" } th.num scope="col" { "Accepted tasks" } th.num scope="col" { "Cost so far" } th.num scope="col" { "Each, on average" } } }
                tbody { @for (words, part) in rows { tr {
                    th scope="row" { (words) }
                    td.num data-label="Accepted tasks" { (part.tasks) }
                    td.num data-label="Cost so far" { (show(part.minor)) }
                    td.num data-label="Each, on average" { @if part.tasks > 0 { (show(part.minor / part.tasks)) } @else { "–" } }
                } } }
            }
            @if open > 0 || !models.is_empty() {
                dl.facts.section {
                    @if !models.is_empty() { dt { "Models, beside it" } dd { (models.join(", ")) small { "what their endpoints charge whoever runs the server" } } }
                    dt { "In the end, likely" } dd { (show(so_far + spent.likely(open))) small { "if what is open comes as far below its price as what is done" } }
                    dt { "At the most" } dd { (show(so_far + open)) small { "if all that is open is accepted at its price" } }
                }
            }
        }
    }
}

/// What accepted work of somebody cost, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Part {
    tasks: i64,
    minor: i64,
}

/// What accepted work cost, and the prices that were set for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Spent {
    people: Part,
    agents: Part,
    prices: i64,
}

impl Spent {
    fn of(tasks: &[Task]) -> Self {
        let mut spent = Self::default();
        for task in tasks {
            let Phase::Accepted(handed, settlement) = &task.phase else {
                continue;
            };
            let part = if handed.lease.holder.family.is_some() {
                &mut spent.agents
            } else {
                &mut spent.people
            };
            part.tasks += 1;
            let lines = [settlement.net, settlement.fee, settlement.tax];
            part.minor += lines.map(Amount::minor).iter().sum::<i64>();
            spent.prices += task.spec.price.minor();
        }
        spent
    }

    /// What of so much that is reserved is likely spent.
    fn likely(&self, reserved: i64) -> i64 {
        if self.prices == 0 {
            return reserved;
        }
        let spent = i128::from(self.people.minor + self.agents.minor);
        let likely = i128::from(reserved) * spent / i128::from(self.prices);
        i64::try_from(likely).unwrap_or(reserved).min(reserved)
    }
}

/// What is paid, reserved and left, as parts of one line.
fn bar(seen: &Seen<'_>) -> Markup {
    let purse = &seen.outcome.purse;
    let asset = seen.outcome.charter.asset;
    let paid = purse.paid.minor() + purse.fees.minor() + purse.taxes.minor();
    let shares = [
        (purse.paid, "paid"),
        (purse.fees, "fees"),
        (purse.taxes, "taxes"),
        (purse.held, "reserved"),
        (purse.available, "left"),
        (purse.refunded, "returned"),
    ];
    let always = |word: &str| matches!(word, "paid" | "reserved" | "left");
    let shares = shares
        .into_iter()
        .filter(|(amount, word)| amount.is_positive() || always(word));
    let label: Vec<String> = shares
        .map(|(amount, word)| format!("{} {word}", asset.show(amount)))
        .collect();
    let label = label.join(", ");
    markup! {
        @if purse.funded.is_positive() {
            svg.bar viewBox={ "0 0 " (purse.funded.minor()) " 8" } preserveAspectRatio="none" role="img" aria-label=(label) {
                rect.is-done width=(paid) height="8" {}
                rect.is-busy.tint x=(paid) width=(purse.held.minor()) height="8" {}
            }
            p.small.muted { (label) }
        }
    }
}

fn paid(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let mut rows = Vec::new();
    for task in &seen.tasks {
        let Phase::Accepted(handed, settlement) = &task.phase else {
            continue;
        };
        let payee = seen.people.find(handed.lease.holder.payee)?;
        let how = sign::how(handed, &settlement.approval);
        rows.push(markup! {
            tr {
                th scope="row" { a href={ "/tasks/" (task.id) } { (task.spec.title) } }
                td data-label="Payee" { (payee.show()) }
                td data-label="Signature" { (how) }
                td.num data-label="Amount" { (task.asset.show(settlement.net)) }
            }
        });
    }
    Ok(markup! {
        @if rows.is_empty() { p.muted { "Nothing is paid yet: each task is paid when it is accepted." } }
        @else {
            div.scroll tabindex="0" role="region" aria-label="What was paid" {
                table.stacked {
                    caption.sr { "What was paid" }
                    thead { tr { th scope="col" { "Task" } th scope="col" { "Payee" } th scope="col" { "Signature" } th.num scope="col" { "Amount" } } }
                    tbody { @for row in rows { (row) } }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_likely_to_cost_as_much_of_its_price_as_what_is_done() {
        let spent = |people, agents, prices| Spent {
            people: Part {
                tasks: 1,
                minor: people,
            },
            agents: Part {
                tasks: 1,
                minor: agents,
            },
            prices,
        };
        for (so_far, reserved, likely) in [
            (Spent::default(), 700, 700),
            (spent(60, 20, 100), 1_000, 800),
            (spent(60, 40, 100), 1_000, 1_000),
            (spent(0, 0, 100), 1_000, 0),
            (spent(80, 0, 100), 0, 0),
        ] {
            assert_eq!(so_far.likely(reserved), likely, "{so_far:?}");
        }
    }
}
