//! The money of an outcome: what came in, what is reserved, paid, and left.

use consort_desk::sign;
use consort_kernel::task::Phase;
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
        (fund::form(seen)?)
        (flow::show(seen)?)
        section.section aria-labelledby="paid" {
            div.section-head { h2 #paid { "Paid for" } p { "A named person stands behind each line." } }
            (paid(seen)?)
        }
    })
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
