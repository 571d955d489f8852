//! The plan as a table: every task with its state, who has it and what it pays.

use consort_kernel::id::ContributorId;
use consort_kernel::task::{Phase, Task};
use maud::{Markup, html as markup};

use super::Seen;
use crate::part::{Known, chip, counted, of_task, pips};
use crate::server::Failure;

/// Tasks beyond this are not in the table of the page.
const SHOWN_MAX: usize = 300;

/// Who has a task, or did it.
pub(super) fn performer(seen: &Seen<'_>, task: &Task) -> Result<Option<Known>, Failure> {
    let who = match &task.phase {
        Phase::Offered(offer) => Some(offer.to),
        Phase::Leased(lease) => Some(lease.holder.id),
        _ => task.handed().map(|handed| handed.lease.holder.id),
    };
    who.map(|id| seen.people.find(id)).transpose()
}

/// Whether a task waits for somebody.
pub(in crate::page) fn waits_for(task: &Task, who: ContributorId) -> bool {
    match &task.phase {
        Phase::Offered(offer) => offer.to == who,
        Phase::Leased(lease) => lease.holder.id == who,
        Phase::Reviewing(_) | Phase::Signing(_) => task.accountable == who,
        _ => false,
    }
}

/// The table.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let mut rows = Vec::new();
    for task in seen.tasks.iter().take(SHOWN_MAX) {
        rows.push(row(seen, task)?);
    }
    let left = seen.tasks.len().saturating_sub(SHOWN_MAX);
    Ok(markup! {
        details.disclosure open[seen.tasks.len() < 30] {
            summary { "The plan as a table " span.muted { (counted(seen.tasks.len(), "task")) } }
            div.scroll tabindex="0" role="region" aria-label="Plan, as a table" {
                table.stacked {
                    caption.sr { "Tasks of the plan" }
                    thead { tr {
                        th scope="col" { "Task" } th scope="col" { "State" } th scope="col" { "Steps" }
                        th scope="col" { "Who" } th.num scope="col" { "Pays" }
                    } }
                    tbody data-keys { @for row in rows { (row) } }
                }
            }
            @if left > 0 { p.small.muted { "and " (left) " more: " a href={ "/tasks?outcome=" (seen.outcome.id) } { "all of them, as a list" } } }
        }
    })
}

fn row(seen: &Seen<'_>, task: &Task) -> Result<Markup, Failure> {
    let (tone, words) = of_task(task);
    let who = performer(seen, task)?;
    let is_mine = waits_for(task, seen.visitor.id);
    Ok(markup! {
        tr.is-mine[is_mine] {
            th scope="row" { a href={ "/tasks/" (task.id) } { (task.spec.title) } }
            td data-label="State" { (chip(tone, words)) }
            td data-label="Steps" { (pips(task)) }
            td data-label="Who" { @match who { Some(who) => (who.show()), None => span.muted { "nobody yet" } } }
            td.num data-label="Pays" { (task.asset.show(task.spec.price)) }
        }
    })
}
