//! The audit log: what was decided about people, rules, plans and money, and by whom. It is the feed
//! with everything left out that no person decided or has to answer for.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::command::Principal;
use consort_kernel::contributor::ContributorEvent;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::ContributorId;
use consort_kernel::network::NetworkEvent;
use consort_kernel::organisation::OrganisationEvent;
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Approval, TaskEvent};
use maud::{Markup, html as markup};

use super::super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::super::shell::{Head, Place};
use super::top;
use crate::part::{People, capital, when};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

const KINDS: [(&str, &str); 7] = [
    ("sign-off", "Signatures"),
    ("restriction", "Restrictions"),
    ("payout", "Payout details"),
    ("rules", "Rules and switches"),
    ("plan", "Plans"),
    ("escalation", "Escalations"),
    ("money", "Money"),
];
const COLUMNS: &[Column] = &[
    Column::text("what", "What"),
    Column::text("at", "When"),
    Column::text("by", "By"),
    Column::text("about", "About"),
    Column::text("reason", "Why"),
    Column::hidden("kind"),
    Column::hidden("position"),
    Column::hidden("about_id"),
    Column::hidden("by_id"),
    Column::hidden("event"),
    Column::hidden("rules_version"),
];

/// A decision, as its event tells it.
struct Decided {
    kind: &'static str,
    what: &'static str,
    by: Option<ContributorId>,
    reason: String,
}

/// The list.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &["by"])?;
        let is_steward = sight::is_steward(&web.engine, visitor.id)?;
        let found = found(web, &visitor, &asked, is_steward)?;
        let head = Head { title: "Audit log", place: Place::Settings, above: &[("Settings", "/settings")] };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (top("/settings/audit"))
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                p.small.muted {
                    @if is_steward { "Of the whole network." } @else { "Of what you see: your own record, your outcomes and your tasks." }
                    " Every line is an event of the log, which anybody can check."
                }
                (list::show(&asked, "Audit log", &found, &Empty {
                    title: "Nothing was decided yet.",
                    why: "Signatures, restrictions, changes of rules and plans, and what went up to somebody stand here.",
                    next: markup! { a.button href="/outcomes" { "See the outcomes" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        first: Some(Choice::of("kind", "Kind", KINDS)),
        ..Filters::default()
    }
}

fn found(web: &Web, visitor: &Visitor, asked: &Asked, is_steward: bool) -> Result<Found, Failure> {
    let engine = &web.engine;
    let people = People::of(engine);
    let kind = asked.get("kind");
    let by: Option<ContributorId> = asked.read("by")?;
    let end = engine.events()? + 1;
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before: Option<u64>, limit| {
            let before = before.unwrap_or(end).min(end);
            let after = before.saturating_sub(1 + limit as u64);
            let count = usize::try_from(before.saturating_sub(1) - after).unwrap_or(limit);
            let mut events = engine.feed_after(after, count)?;
            events.reverse();
            Ok(events)
        },
        |(position, _)| *position,
        |(position, envelope)| {
            let Some(decided) = decided(&envelope) else {
                return Ok(None);
            };
            let fits = kind.is_none_or(|it| it == decided.kind)
                && by.is_none_or(|it| decided.by == Some(it));
            if !fits || !(is_steward || is_seen(web, visitor, envelope.stream)?) {
                return Ok(None);
            }
            line(web, &people, (position, &envelope), &decided).map(Some)
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|position| position.to_string()),
    })
}

/// Whether the visitor sees what a stream is about.
fn is_seen(web: &Web, visitor: &Visitor, stream: StreamId) -> Result<bool, Failure> {
    let engine = &web.engine;
    let may = |act, about: About<'_>| right::may(engine, visitor.asking(), act, about);
    match stream {
        StreamId::Task(id) => match engine.task(id)? {
            Some(task) => sight::sees_task(engine, visitor.id, &task),
            None => Ok(false),
        },
        StreamId::Outcome(id) => match engine.outcome(id)? {
            Some(outcome) => sight::sees_all(engine, visitor.id, &outcome),
            None => Ok(false),
        },
        StreamId::Contributor(id) => match engine.state(StreamId::Contributor(id))? {
            Some(Row::Contributor(it)) => may(Act::SeeStanding, About::Contributor(&it)),
            _ => Ok(false),
        },
        StreamId::Network(_) => may(Act::SeeRules, About::Network),
        StreamId::Organisation(id) => may(Act::SeeBooks, About::Organisation(id)),
    }
}

/// What a person decided, or what somebody has to answer for; nothing where an event is neither.
fn decided(envelope: &Envelope) -> Option<Decided> {
    let by = match envelope.principal {
        Principal::Contributor(id) => Some(id),
        Principal::Engine => None,
    };
    let line = |kind, what, reason: &str| {
        Some(Decided {
            kind,
            what,
            by,
            reason: reason.to_owned(),
        })
    };
    match &envelope.event {
        Event::Contributor(event) => match event {
            ContributorEvent::Suspended { reason, .. } => line("restriction", "Suspended", reason),
            ContributorEvent::Reinstated { reason, .. } => {
                line("restriction", "May work again", reason)
            }
            ContributorEvent::PayoutSet { .. } => line("payout", "Payout details changed", ""),
            ContributorEvent::Added { .. }
            | ContributorEvent::Declared { .. }
            | ContributorEvent::StandingChanged { .. }
            | ContributorEvent::Tied { .. } => None,
        },
        Event::Network(event) => match event {
            NetworkEvent::Founded { .. } => line("rules", "Network founded", ""),
            NetworkEvent::PolicyChanged { reason, .. } => line("rules", "Rules changed", reason),
            NetworkEvent::Stopped { reason, .. } => line("rules", "Stopped by a switch", reason),
            NetworkEvent::Released { reason, .. } => line("rules", "Goes on after a stop", reason),
            NetworkEvent::DutiesSet { reason, .. } => line("rules", "Duties changed", reason),
            NetworkEvent::ReleaseSpread { .. } => None,
        },
        Event::Organisation(event) => match event {
            OrganisationEvent::Founded { .. } => line("plan", "Organisation founded", ""),
            OrganisationEvent::RolesSet { reason, .. } => line("rules", "Roles changed", reason),
            OrganisationEvent::Deposited { reference, .. } => {
                line("money", "Money set aside", reference)
            }
            OrganisationEvent::Funded { .. } => line("money", "Money given to an outcome", ""),
            OrganisationEvent::RefundTaken { .. } => line("money", "Money came back", ""),
        },
        Event::Outcome(event) => {
            of_outcome(event).and_then(|(kind, what, reason)| line(kind, what, reason))
        }
        Event::Task(event) => of_task(event, by),
    }
}

fn of_outcome(event: &OutcomeEvent) -> Option<(&'static str, &'static str, &str)> {
    Some(match event {
        OutcomeEvent::SignedOff { conclusion, .. } => {
            ("sign-off", "Outcome signed", conclusion.reason.as_str())
        }
        OutcomeEvent::PreApproved { terms, .. } => {
            ("sign-off", "Signed in advance", terms.reason.as_str())
        }
        OutcomeEvent::PreApprovalRevoked { reason, .. } => (
            "sign-off",
            "Signature in advance taken back",
            reason.as_str(),
        ),
        OutcomeEvent::PlanChanged { reason, .. } => ("plan", "Plan changed", reason.as_str()),
        OutcomeEvent::Created(_) => ("plan", "Outcome stated", ""),
        OutcomeEvent::Paused { reason } => ("plan", "Outcome paused", reason.as_str()),
        OutcomeEvent::Resumed { reason } => ("plan", "Outcome goes on", reason.as_str()),
        OutcomeEvent::CancelRequested { reason } => ("plan", "Outcome cancelled", reason.as_str()),
        OutcomeEvent::BecameOverdue {} => ("escalation", "Deadline passed", ""),
        OutcomeEvent::Funded { .. } => ("money", "Outcome funded", ""),
        OutcomeEvent::Closed { .. } => ("money", "Closed at zero", ""),
        OutcomeEvent::Started {}
        | OutcomeEvent::CancellationSpread { .. }
        | OutcomeEvent::ResumptionSpread { .. }
        | OutcomeEvent::TaskSettled(_) => return None,
    })
}

fn of_task(event: &TaskEvent, by: Option<ContributorId>) -> Option<Decided> {
    let line = |kind, what, by, reason: &str| {
        Some(Decided {
            kind,
            what,
            by,
            reason: reason.to_owned(),
        })
    };
    match event {
        TaskEvent::Accepted { settlement, .. } => match &settlement.approval {
            Approval::SignedOff { by, reason, .. } => {
                line("sign-off", "Task signed", Some(*by), reason)
            }
            Approval::InAdvance { by, .. } => line(
                "sign-off",
                "Task signed in advance, not opened",
                Some(*by),
                "",
            ),
        },
        TaskEvent::ChangesRequested {
            by: Some(by),
            reasons,
            ..
        } => {
            let reasons: Vec<&str> = reasons.iter().map(|it| it.text.as_str()).collect();
            line("sign-off", "Sent back", Some(*by), &reasons.join("; "))
        }
        TaskEvent::ChangesAdded { by, reasons } => {
            let reasons: Vec<&str> = reasons.iter().map(|it| it.text.as_str()).collect();
            line(
                "sign-off",
                "More has to change",
                Some(*by),
                &reasons.join("; "),
            )
        }
        TaskEvent::Escalated { why, .. } => line("escalation", "Went up", by, why),
        TaskEvent::Extended { by, reason, .. } => {
            line("escalation", "Given more time", Some(*by), reason)
        }
        TaskEvent::Reassigned { by, reason, .. } => {
            line("escalation", "Given to somebody else", Some(*by), reason)
        }
        TaskEvent::Failed { by, reason, .. } => line("escalation", "Given up", Some(*by), reason),
        _ => None,
    }
}

fn line(
    web: &Web,
    people: &People<'_>,
    (position, envelope): (u64, &Envelope),
    decided: &Decided,
) -> Result<Line, Failure> {
    let by = decided.by.map(|id| people.find(id)).transpose()?;
    let by_name = by
        .as_ref()
        .map_or_else(|| "the engine".to_owned(), |it| it.name.clone());
    let shown = markup! { @match &by { Some(by) => (by.show()), None => "The engine" } };
    let (about, name) = about(web, people, envelope.stream)?;
    let reason = if decided.reason.is_empty() {
        String::new()
    } else {
        capital(&decided.reason)
    };
    Ok(Line::of(vec![
        Cell::text(decided.what),
        Cell::of(when(envelope.recorded_at), envelope.recorded_at.to_string()),
        Cell::of(shown, by_name),
        Cell::of(about, name),
        Cell::text(reason),
        Cell::text(decided.kind),
        Cell::of(markup! {}, position),
        Cell::text(envelope.stream.to_string()),
        Cell::of(markup! {}, decided.by.map(|id| id.to_string())),
        Cell::text(envelope.event.name()),
        Cell::of(markup! {}, envelope.policy),
    ]))
}

/// What a stream is about, with the way to it.
fn about(web: &Web, people: &People<'_>, stream: StreamId) -> Result<(Markup, String), Failure> {
    let engine = &web.engine;
    let (address, name) = match stream {
        StreamId::Task(id) => {
            let task = engine.task(id)?;
            (format!("/tasks/{id}"), task.map(|it| it.spec.title))
        }
        StreamId::Outcome(id) => {
            let outcome = engine.outcome(id)?;
            (
                format!("/outcomes/{id}"),
                outcome.map(|it| it.charter.title),
            )
        }
        StreamId::Contributor(id) => (format!("/people/{id}"), Some(people.name(id)?)),
        StreamId::Network(_) => ("/settings".to_owned(), Some("The network".to_owned())),
        StreamId::Organisation(id) => (
            "/ledger".to_owned(),
            engine.name(StreamId::Organisation(id))?,
        ),
    };
    let name = name.unwrap_or_else(|| stream.to_string());
    Ok((markup! { a.in-cell href=(address) { (name) } }, name))
}
