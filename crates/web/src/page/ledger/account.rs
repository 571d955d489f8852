//! Accounts, and what stands on each.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::id::ContributorId;
use consort_kernel::money::{Account, Amount, Asset};
use maud::html as markup;

use super::super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line};
use super::super::shell::{Head, Place};
use super::{Reader, top};
use crate::part::{People, decimal};
use crate::server::{Failure, Visitor, Web};

/// How many movements are added up for whoever does not see all of them.
const ADDED_MAX: usize = 20_000;
/// The kinds of accounts, by what their names begin with.
const KINDS: [(&str, &str); 7] = [
    ("payable", "Owed to contributors"),
    ("escrow", "Escrow"),
    ("hold", "Reserved for tasks"),
    ("funds", "Set aside"),
    ("fee", "Fees"),
    ("tax", "Taxes"),
    ("clearing", "Outside"),
];
const COLUMNS: &[Column] = &[
    Column::text("name", "Account"),
    Column::text("about", "For what"),
    Column::text("kind", "Kind"),
    Column::number("balance", "Stands there"),
    Column::hidden("account"),
    Column::hidden("asset"),
    Column::hidden("holder"),
    Column::hidden("paid_to"),
    Column::hidden("outcome_id"),
    Column::hidden("task_id"),
];

type Balances = BTreeMap<(Account, Asset), Amount>;

/// The accounts: to a steward all, to others those of the outcomes that they see.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let reader = Reader::of(web, &visitor)?;
        let (balances, is_whole) = balances(&reader)?;
        let found = found(&reader, &asked, balances)?;
        let head = Head {
            title: "Accounts",
            place: Place::Ledger,
            above: &[("Ledger", "/ledger")],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (top(true))
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                p.small.muted {
                    @if reader.is_steward { "Of the whole network. All accounts together come to zero: what stands on one has left another." }
                    @else { "What the outcomes that you see have moved." }
                    @if !is_whole { " They moved more often than is added up here: these are the latest " (ADDED_MAX) " movements." }
                }
                (list::show(&asked, "Accounts", &found, &Empty {
                    title: "No account has moved yet.",
                    why: "An account is there as soon as something moves into it or out of it.",
                    next: markup! { a.button href="/ledger" { "See the journal" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        first: Some(Choice::of("kind", "Kind of account", KINDS)),
        ..Filters::default()
    }
}

/// What stands on the accounts that the reader sees, and whether that is all that ever moved there.
fn balances(reader: &Reader<'_>) -> Result<(Balances, bool), Failure> {
    if reader.is_steward {
        return Ok((reader.engine.balances()?, true));
    }
    let (movements, next) = reader.movements(&Asked::everything(), ADDED_MAX)?;
    let mut balances = Balances::new();
    for (moved, _) in &movements {
        let (transfer, minor) = (&moved.transfer, moved.transfer.amount.minor());
        for (account, change) in [(transfer.from, -minor), (transfer.to, minor)] {
            let sum = balances.entry((account, transfer.asset)).or_default();
            *sum = sum.checked_add(Amount::from_minor(change)).unwrap_or(*sum);
        }
    }
    Ok((balances, next.is_none()))
}

/// The accounts in the order of their names. There are few but for those of tasks and people, so they
/// are all gone through for each page.
fn found(reader: &Reader<'_>, asked: &Asked, balances: Balances) -> Result<Found, Failure> {
    let people = People::of(reader.engine);
    let after: Option<String> = asked.place()?;
    let kind = asked.get("kind");
    let mut lines = Vec::new();
    let mut next = None;
    let mut last = String::new();
    for ((account, asset), amount) in balances {
        let (name, place) = (account.to_string(), format!("{account} {asset}"));
        let own = kind_of(&name);
        // A reservation that is used up says nothing.
        let is_over = own == "hold" && amount == Amount::default();
        let is_before = after.as_ref().is_some_and(|it| place <= *it);
        if is_before || is_over || kind.is_some_and(|it| it != own) {
            continue;
        }
        if lines.len() == asked.rows() {
            next = Some(last);
            break;
        }
        last = place;
        let words = KINDS
            .iter()
            .find(|(key, _)| *key == own)
            .map_or("", |(_, words)| *words);
        let [holder, paid_to] = paid_out(reader, account)?;
        let [about, outcome, task] = of_what(reader, account)?;
        let (address, shown) = (format!("/ledger?account={name}"), named(&people, account)?);
        lines.push(Line::of(vec![
            Cell::of(markup! { a href=(address) { (shown) } }, shown),
            about,
            Cell::of(markup! { (words) }, own),
            Cell::of(markup! { (asset.show(amount)) }, decimal(asset, amount)),
            Cell::text(name),
            Cell::text(asset.to_string()),
            holder,
            paid_to,
            outcome,
            task,
        ]));
    }
    Ok(Found {
        columns: COLUMNS,
        lines,
        next,
    })
}

/// The outcome or the task that an account is for, by what it is called, with the identifiers of both; nothing
/// where it is for neither, or where the reader does not see it.
fn of_what(reader: &Reader<'_>, account: Account) -> Result<[Cell; 3], Failure> {
    let nothing = || [Cell::text(""), Cell::text(""), Cell::text("")];
    let (id, task) = match account {
        Account::Escrow(id) => (id, None),
        Account::Hold(id) => match reader.engine.task(id)? {
            Some(task) => (task.outcome, Some(task)),
            None => return Ok(nothing()),
        },
        Account::Clearing
        | Account::Funds(_)
        | Account::Payable(_)
        | Account::Fee
        | Account::Tax => return Ok(nothing()),
    };
    let Some(outcome) = reader.titled(id)? else {
        return Ok(nothing());
    };
    let task_id = task.as_ref().map(|it| it.id.to_string());
    let (address, title) = match task {
        Some(task) => (format!("/tasks/{}", task.id), task.spec.title),
        None => (format!("/outcomes/{id}"), outcome),
    };
    Ok([
        Cell::of(markup! { a href=(address) { (title) } }, title.as_str()),
        Cell::text(id.to_string()),
        Cell::text(task_id.unwrap_or_default()),
    ])
}

fn kind_of(name: &str) -> &str {
    name.split(':').next().unwrap_or(name)
}

/// An account in words.
pub(in crate::page) fn named(people: &People<'_>, account: Account) -> Result<String, Failure> {
    let engine = people.engine();
    Ok(match account {
        Account::Clearing => "Outside".to_owned(),
        Account::Funds(id) => {
            let name = engine.name(consort_kernel::stream::StreamId::Organisation(id))?;
            name.map_or_else(|| "Funds".to_owned(), |name| format!("Funds of {name}"))
        }
        Account::Escrow(_) => "Escrow".to_owned(),
        Account::Hold(_) => "Reserved for a task".to_owned(),
        Account::Payable(who) => owed(people, who)?,
        Account::Fee => "Fees".to_owned(),
        Account::Tax => "Taxes".to_owned(),
    })
}

fn owed(people: &People<'_>, who: ContributorId) -> Result<String, Failure> {
    Ok(format!("Owed to {}", people.name(who)?))
}

/// Where what somebody is owed goes, for whoever sees all accounts and pays it out.
fn paid_out(reader: &Reader<'_>, account: Account) -> Result<[Cell; 2], Failure> {
    let details = match account {
        Account::Payable(who) if reader.is_steward => reader.engine.payout_of(who)?,
        _ => None,
    };
    let (holder, account) = details
        .map(|(it, _)| (it.holder, it.account))
        .unwrap_or_default();
    Ok([Cell::text(holder), Cell::text(account)])
}
