//! The ledger: what is owed to whom, and every movement.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::money::{Account, Amount, Asset, Purpose, Transfer};
use maud::{Markup, html as markup};

use super::shell::{self, Head, Place};
use crate::part::People;
use crate::server::{Failure, Visitor, Web};
use crate::sight::{self, Sight};

/// How many movements are shown, and read of each outcome.
const SHOWN_MAX: usize = 200;
/// How many outcomes are looked at, the latest first.
const OUTCOMES_MAX: usize = 12;

/// The page: of the outcomes that the visitor sees whole.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let mut rows = Vec::new();
        let mut owed: Vec<(String, Asset, Amount)> = Vec::new();
        let people = People::of(engine);
        for outcome in sight::latest_outcomes(engine, visitor.id, None, None, OUTCOMES_MAX)? {
            if sight::of_outcome(engine, visitor.id, &outcome)? < Sight::All {
                continue;
            }
            for (place, movement) in engine.transfers_of(outcome.id, SHOWN_MAX)? {
                if let (Purpose::Pay, Account::Payable(to)) = (movement.purpose, movement.to) {
                    owe(&mut owed, people.name(to)?, &movement);
                }
                rows.push((place, movement, outcome.charter.title.clone()));
            }
        }
        rows.sort_by_key(|(place, ..)| std::cmp::Reverse(*place));
        let body = view(&people, &rows, &owed)?;
        let head = Head {
            title: "Ledger",
            place: Place::Ledger,
            above: &[],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

fn owe(owed: &mut Vec<(String, Asset, Amount)>, name: String, movement: &Transfer) {
    let known = owed
        .iter_mut()
        .find(|(it, asset, _)| *it == name && *asset == movement.asset);
    match known {
        Some((_, _, sum)) => *sum = sum.checked_add(movement.amount).unwrap_or(*sum),
        None => owed.push((name, movement.asset, movement.amount)),
    }
}

fn view(
    people: &People<'_>,
    rows: &[(u64, Transfer, String)],
    owed: &[(String, Asset, Amount)],
) -> Result<Markup, Failure> {
    let mut lines = Vec::new();
    for (_, movement, outcome) in rows.iter().take(SHOWN_MAX) {
        lines.push(markup! {
            tr {
                th scope="row" { (purpose(movement.purpose)) }
                td data-label="From" { (account(people, movement.from)?) }
                td data-label="To" { (account(people, movement.to)?) }
                td data-label="Outcome" { (outcome) }
                td.num data-label="Amount" { (movement.asset.show(movement.amount)) }
            }
        });
    }
    Ok(markup! {
        header.page-head { div {
            h1 { "Ledger" }
            p.muted { "Double entry: each line moves an amount from one account to another. Recorded obligations; no bank money is moved. Shown is what belongs to the latest " (OUTCOMES_MAX) " outcomes; the page of each has all of its own." }
        } }
        section.section aria-labelledby="owed" {
            div.section-head { h2 #owed { "Owed to contributors" } }
            @if owed.is_empty() { p.muted { "Nothing is owed: a task is paid when a named person has accepted it." } }
            dl.figures { @for (name, asset, sum) in owed { div { dt { (name) } dd { (asset.show(*sum)) } } } }
        }
        section.section aria-labelledby="journal" {
            div.section-head { h2 #journal { "Journal" } p { "The newest first." } }
            div.scroll tabindex="0" role="region" aria-label="Journal, as a table" {
                table.stacked {
                    caption.sr { "Journal" }
                    thead { tr { th scope="col" { "What" } th scope="col" { "From" } th scope="col" { "To" } th scope="col" { "Outcome" } th.num scope="col" { "Amount" } } }
                    tbody { @for line in lines { (line) } }
                }
            }
        }
    })
}

const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Deposit => "Set aside",
        Purpose::Fund => "Fund",
        Purpose::Hold => "Reserve",
        Purpose::Release => "Set free",
        Purpose::Pay => "Pay",
        Purpose::Fee => "Fee",
        Purpose::Tax => "Tax",
        Purpose::Refund => "Return",
    }
}

fn account(people: &People<'_>, account: Account) -> Result<String, Failure> {
    Ok(match account {
        Account::Clearing => "outside".to_owned(),
        Account::Funds(_) => "the organisation's funds".to_owned(),
        Account::Escrow(_) => "escrow".to_owned(),
        Account::Hold(_) => "reserved for a task".to_owned(),
        Account::Payable(who) => people.name(who)?,
        Account::Fee => "fees".to_owned(),
        Account::Tax => "taxes".to_owned(),
    })
}
