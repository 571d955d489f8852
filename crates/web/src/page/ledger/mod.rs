//! The ledger: every movement, what stands on each account, and the whole of it for other programs.

mod account;
mod hledger;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use consort_engine::{Engine, Moved};
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::Purpose;
use maud::{Markup, html as markup};

use super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::listed;
use super::shell::{Head, Place};
use crate::part::{Icon, People, decimal, when};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

pub(super) use account::named;

const COLUMNS: &[Column] = &[
    Column::text("purpose", "What"),
    Column::text("at", "When"),
    Column::text("from", "From"),
    Column::text("to", "To"),
    Column::text("outcome", "Outcome"),
    Column::number("amount", "Amount"),
    Column::hidden("asset"),
    Column::hidden("place"),
    Column::hidden("from_account"),
    Column::hidden("to_account"),
    Column::hidden("outcome_id"),
    Column::hidden("task_id"),
];

/// The routes of the ledger.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .merge(listed("/ledger", journal))
        .merge(listed("/ledger/accounts", account::list))
        .route("/ledger.journal", get(hledger::file))
}

/// Movements, each with what its outcome is called, and the place to go on after.
type Movements = (Vec<(Moved, String)>, Option<u64>);

/// Whose movements a reader sees: those of the outcomes that they see whole, and to a steward all.
struct Reader<'a> {
    engine: &'a Engine,
    visitor: &'a Visitor,
    is_steward: bool,
    /// Outcomes by what they are called, where the reader sees the whole of them.
    outcomes: RefCell<BTreeMap<OutcomeId, Option<String>>>,
}

impl<'a> Reader<'a> {
    fn of(web: &'a Web, visitor: &'a Visitor) -> Result<Self, Failure> {
        Ok(Self {
            engine: &web.engine,
            visitor,
            is_steward: sight::is_steward(&web.engine, visitor.id)?,
            outcomes: RefCell::default(),
        })
    }

    /// What the outcome of a movement is called, if the reader sees the movement.
    fn sees(&self, moved: &Moved) -> Result<Option<String>, Failure> {
        match moved.transfer.outcome {
            Some(id) => self.titled(id),
            None => Ok(self.is_steward.then(String::new)),
        }
    }

    /// What an outcome is called, if the reader sees the whole of it.
    fn titled(&self, id: OutcomeId) -> Result<Option<String>, Failure> {
        if let Some(known) = self.outcomes.borrow().get(&id) {
            return Ok(known.clone());
        }
        let outcome = self.engine.outcome(id)?.ok_or(Failure::NotHere)?;
        let sees = self.is_steward || sight::sees_all(self.engine, self.visitor.id, &outcome)?;
        let title = sees.then_some(outcome.charter.title);
        self.outcomes.borrow_mut().insert(id, title.clone());
        Ok(title)
    }

    /// So many of the movements that are asked for and that the reader sees, the newest first, each
    /// with its outcome; and the place to go on after.
    fn movements(&self, asked: &Asked, wanted: usize) -> Result<Movements, Failure> {
        let outcome: Option<OutcomeId> = asked.read("outcome")?;
        let task: Option<TaskId> = asked.read("task")?;
        let purpose = asked.get("purpose");
        let account = asked.get("account");
        gather(
            wanted,
            asked.place()?,
            |before, limit| {
                let before = before.unwrap_or_default();
                Ok(self.engine.transfers_before(outcome, before, limit)?)
            },
            |moved: &Moved| moved.place,
            |moved| {
                let transfer = &moved.transfer;
                let is_of = |account: &str| {
                    [transfer.from, transfer.to]
                        .iter()
                        .any(|it| it.to_string() == account)
                };
                let fits = purpose.is_none_or(|it| it == transfer.purpose.as_str())
                    && task.is_none_or(|it| transfer.task == Some(it))
                    && account.is_none_or(is_of);
                if !fits {
                    return Ok(None);
                }
                Ok(self.sees(&moved)?.map(|title| (moved, title)))
            },
        )
    }
}

/// The journal.
async fn journal(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, ALSO)?;
        let reader = Reader::of(web, &visitor)?;
        let people = People::of(&web.engine);
        let (movements, next) = reader.movements(&asked, asked.rows())?;
        let mut lines = Vec::new();
        for (moved, title) in &movements {
            lines.push(line(&people, moved, title)?);
        }
        let found = Found {
            columns: COLUMNS,
            lines,
            next: next.map(|place| place.to_string()),
        };
        let head = Head {
            title: "Ledger",
            place: Place::Ledger,
            above: &[],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (top(false))
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                (list::show(&asked, "Journal", &found, &Empty {
                    title: "Nothing has moved yet.",
                    why: "Money is reserved when a plan is agreed, and is owed when a named person has accepted a task.",
                    next: markup! { a.button href="/outcomes" { "See the outcomes" } },
                }))
            })
        })
    })
    .await
}

/// What else can be asked for of movements.
const ALSO: &[&str] = &["outcome", "task", "account"];

fn filters() -> Filters {
    Filters {
        first: Some(Choice::of(
            "purpose",
            "Purpose",
            Purpose::ALL.map(|it| (it.as_str(), purpose(it))),
        )),
        ..Filters::default()
    }
}

/// The head of both pages.
fn top(is_accounts: bool) -> Markup {
    markup! {
        header.page-head {
            div {
                h1 { "Ledger" }
                p.muted { "Double entry: each line moves an amount from one account to another. Recorded obligations; no bank money is moved." }
            }
            div.actions {
                a.button href="/ledger.journal" { (Icon::Download.show()) "For hledger" }
            }
        }
        nav.tabs aria-label="Parts of the ledger" { ul {
            @for (is_this, address, words) in [(!is_accounts, "/ledger", "Journal"), (is_accounts, "/ledger/accounts", "Accounts")] {
                li { a href=(address) aria-current=[is_this.then_some("page")] { (words) } }
            }
        } }
    }
}

fn line(people: &People<'_>, moved: &Moved, title: &str) -> Result<Line, Failure> {
    let transfer = &moved.transfer;
    let (from, to) = (named(people, transfer.from)?, named(people, transfer.to)?);
    let outcome = transfer.outcome.map(|id| id.to_string());
    let task = transfer.task.map(|id| id.to_string());
    let account = |words: String, account: String| {
        let address = format!("/ledger?account={account}");
        Cell::of(markup! { a.in-cell href=(address) { (words) } }, words)
    };
    let about = markup! {
        @match (&task, &outcome) {
            (Some(task), _) => a.in-cell href={ "/tasks/" (task) } { (title) },
            (None, Some(outcome)) => a.in-cell href={ "/outcomes/" (outcome) "?view=money" } { (title) },
            (None, None) => "none",
        }
    };
    Ok(Line::of(vec![
        Cell::of(
            markup! { (purpose(transfer.purpose)) },
            transfer.purpose.as_str(),
        ),
        Cell::of(when(moved.at), moved.at.to_string()),
        account(from, transfer.from.to_string()),
        account(to, transfer.to.to_string()),
        Cell::of(about, title),
        Cell::of(
            markup! { (transfer.asset.show(transfer.amount)) },
            decimal(transfer.asset, transfer.amount),
        ),
        Cell::text(transfer.asset.to_string()),
        Cell::of(markup! {}, moved.place),
        Cell::text(transfer.from.to_string()),
        Cell::text(transfer.to.to_string()),
        Cell::of(markup! {}, outcome),
        Cell::of(markup! {}, task),
    ]))
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
