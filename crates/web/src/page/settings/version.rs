//! What was changed in the network, when and by whom: the versions of the rules with what each changed, the
//! switches, and the duties. An earlier version can be put in force again from here.

use consort_kernel::command::Principal;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::network::{Network, NetworkEvent, Policy, Switch};
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::rule;
use crate::part::{People, capital, when};
use crate::server::{Failure, Visitor, Web};

/// How many events are looked at to find the rules that the last on a page took the place of.
const BACK_MAX: usize = 500;
/// How many of them are read at a time.
const BACK: usize = 50;
const COLUMNS: &[Column] = &[
    Column::text("what", "What"),
    Column::text("by", "By"),
    Column::text("at", "When"),
    Column::text("reason", "Why"),
    Column::text("changed", "What it changed"),
    Column::hidden("kind"),
    Column::hidden("rules_version"),
    Column::hidden("by_id"),
    Column::hidden("version"),
];

/// A change, as its event tells it.
struct Change<'a> {
    kind: &'static str,
    what: String,
    reason: &'a str,
    /// The rules, where it put some in force.
    policy: Option<&'a Policy>,
}

/// What narrows the list.
pub(super) fn filters() -> Filters {
    Filters {
        first: Some(Choice::of(
            "kind",
            "Kind",
            [
                ("rules", "Rules"),
                ("switch", "Switches"),
                ("duty", "Duties"),
            ],
        )),
        ..Filters::default()
    }
}

/// The list as a part of the page, with what narrows it.
pub(super) fn section(
    web: &Web,
    visitor: &Visitor,
    (asked, found): (&Asked, &Found),
) -> Result<Markup, Failure> {
    let empty = Empty {
        title: "Nothing was changed yet.",
        why: "Each version of the rules stands here, each use of a switch and each duty that somebody was given.",
        next: markup! { a.button href="/settings/audit" { "See the audit log" } },
    };
    Ok(markup! {
        section.section aria-labelledby="versions" {
            div.section-head { h2 #versions { "What was changed, when and by whom" } }
            (list::chips(web, visitor, asked)?)
            (filters().show(asked))
            (list::show(asked, "Changes", found, &empty))
        }
    })
}

/// What is found; `carried` stands in the forms that put earlier rules in force, for whoever may do that.
pub(super) fn found(
    web: &Web,
    network: &Network,
    asked: &Asked,
    carried: Option<&Markup>,
) -> Result<Found, Failure> {
    let stream = StreamId::Network(network.id);
    let people = People::of(&web.engine);
    let kind = asked.get("kind");
    let (events, next) = gather(
        asked.rows(),
        asked.place()?,
        |before, limit| Ok(web.engine.before(stream, before, limit)?),
        |envelope| envelope.version,
        |envelope| {
            let change = changed(&people, &envelope)?.map(|it| it.kind);
            let fits = change.is_some_and(|is| kind.is_none_or(|it| it == is));
            Ok(fits.then_some(envelope))
        },
    )?;
    let befores = befores(web, &events)?;
    let form = |envelope: &Envelope, policy: &Policy| {
        let is_past = policy.version != network.policy.version;
        let carried = carried.filter(|_| is_past)?;
        Some(again_form((envelope.version, policy), carried))
    };
    let mut lines = Vec::with_capacity(events.len());
    for (envelope, before) in events.iter().zip(&befores) {
        let Some(change) = changed(&people, envelope)? else {
            continue;
        };
        lines.push(line(&people, (envelope, &change), before.as_ref(), form)?);
    }
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|version| version.to_string()),
    })
}

/// The rules of a version, by the version of the network at which they were put in force.
pub(super) fn policy(web: &Web, at: u64, version: u32) -> Result<Option<Policy>, Failure> {
    let stream = StreamId::Network(web.engine.network());
    let event = web.engine.before(stream, at.checked_add(1), 1)?.pop();
    let event = event.filter(|it| it.version == at);
    let policy = event.as_ref().and_then(policy_of);
    Ok(policy.filter(|it| it.version == version).cloned())
}

/// The rules that each of these events took the place of, where it put others in force. They stand in the list
/// itself, but for those before the last of it: these are looked for in so many events and no more.
fn befores(web: &Web, events: &[Envelope]) -> Result<Vec<Option<Policy>>, Failure> {
    let last = events.iter().rfind(|it| policy_of(it).is_some());
    let mut before = match last {
        Some(last) => back(web, last.version)?,
        None => None,
    };
    let mut befores = Vec::with_capacity(events.len());
    for event in events.iter().rev() {
        befores.push(match policy_of(event) {
            Some(policy) => before.replace(policy.clone()),
            None => None,
        });
    }
    befores.reverse();
    Ok(befores)
}

/// The rules that were in force before a version of the network, where it is not too long ago.
fn back(web: &Web, mut before: u64) -> Result<Option<Policy>, Failure> {
    let stream = StreamId::Network(web.engine.network());
    for _ in 0..BACK_MAX / BACK {
        let events = web.engine.before(stream, Some(before), BACK)?;
        if let Some(policy) = events.iter().find_map(policy_of) {
            return Ok(Some(policy.clone()));
        }
        let Some(last) = events.last() else {
            break;
        };
        before = last.version;
    }
    Ok(None)
}

const fn policy_of(envelope: &Envelope) -> Option<&Policy> {
    match &envelope.event {
        Event::Network(
            NetworkEvent::PolicyChanged { policy, .. } | NetworkEvent::Founded { policy, .. },
        ) => Some(policy),
        _ => None,
    }
}

/// What an event changed; nothing where nobody decided it.
fn changed<'a>(people: &People<'_>, envelope: &'a Envelope) -> Result<Option<Change<'a>>, Failure> {
    let Event::Network(event) = &envelope.event else {
        return Ok(None);
    };
    let change = |kind, what: String, reason: &'a str| Change {
        kind,
        what,
        reason,
        policy: policy_of(envelope),
    };
    Ok(Some(match event {
        NetworkEvent::Founded { .. } => change("rules", "founded the network".to_owned(), ""),
        NetworkEvent::PolicyChanged { policy, reason } => {
            let what = format!("put version {} in force", policy.version);
            change("rules", what, reason)
        }
        NetworkEvent::Stopped { reason, switch } => {
            change("switch", format!("stopped {}", word(*switch)), reason)
        }
        NetworkEvent::Released { reason, switch } => {
            change("switch", format!("let {} go on", word(*switch)), reason)
        }
        NetworkEvent::DutiesSet {
            duties,
            reason,
            who,
        } => {
            let names: Vec<&str> = duties.iter().map(|duty| duty.name()).collect();
            let name = people.name(*who)?;
            let what = match names.join(" and ") {
                none if none.is_empty() => format!("took {name}'s duties away"),
                duties => format!("named {name} {duties}"),
            };
            change("duty", what, reason)
        }
        NetworkEvent::ReleaseSpread { .. } => return Ok(None),
    }))
}

const fn word(switch: Switch) -> &'static str {
    match switch {
        Switch::Payouts => "payouts",
        Switch::Agents => "agents",
    }
}

fn line(
    people: &People<'_>,
    (envelope, change): (&Envelope, &Change<'_>),
    before: Option<&Policy>,
    form: impl Fn(&Envelope, &Policy) -> Option<Markup>,
) -> Result<Line, Failure> {
    let (by, by_id) = match envelope.principal {
        Principal::Contributor(id) => (people.name(id)?, Some(id.to_string())),
        Principal::Engine => ("the engine".to_owned(), None),
    };
    let differing = match (before, change.policy) {
        (Some(before), Some(policy)) => rule::changed(before, policy),
        _ => Vec::new(),
    };
    let told = differing
        .iter()
        .map(|(words, before, after)| format!("{words}: {before}, now {after}"));
    let told = told.collect::<Vec<_>>().join("; ");
    let shown = markup! {
        @if !differing.is_empty() {
            ul.small { @for (words, before, after) in &differing {
                li { (words) ": " del { (before) } " " ins { (after) } }
            } }
        }
        @if let Some(form) = change.policy.and_then(|policy| form(envelope, policy)) { (form) }
    };
    let says = markup! { @if !change.reason.is_empty() { "“" (change.reason) "”" } };
    Ok(Line::of(vec![
        Cell::text(capital(&change.what)),
        Cell::text(by),
        Cell::of(when(envelope.recorded_at), envelope.recorded_at.to_string()),
        Cell::of(says, change.reason),
        Cell::of(shown, told),
        Cell::text(change.kind),
        Cell::of(markup! {}, change.policy.map(|it| it.version)),
        Cell::of(markup! {}, by_id),
        Cell::of(markup! {}, envelope.version),
    ]))
}

fn again_form((at, policy): (u64, &Policy), carried: &Markup) -> Markup {
    let id = format!("again-{}", policy.version);
    markup! {
        details {
            summary.small { "Put version " (policy.version) " in force again" }
            form.inline method="post" action="/settings/rules/again" {
                (carried)
                input type="hidden" name="version" value=(policy.version);
                input type="hidden" name="at" value=(at);
                label.sr for=(id) { "Why?" }
                input.input id=(id) name="reason" required maxlength="500" placeholder="Why?";
                button.button { "Put in force again" }
            }
        }
    }
}
