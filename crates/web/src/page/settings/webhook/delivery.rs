//! What was delivered to a webhook and what was not, as a list: of one event, only its kind is told, and that only
//! to whoever may still see it.

use consort_post::{ATTEMPTS_MAX, Delivery, Webhook};
use maud::{Markup, html as markup};

use super::super::super::form::anew;
use super::super::super::list::{
    self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather,
};
use super::HERE;
use crate::part::{Tone, chip, when};
use crate::server::{Failure, Visitor, Web};
use crate::told;

/// What can be asked for.
const STATES: [(&str, &str); 3] = [
    ("waits", "On the way"),
    ("arrived", "Arrived"),
    ("given-up", "Given up"),
];
const COLUMNS: &[Column] = &[
    Column::text("event", "Event"),
    Column::text("state", "State"),
    Column::text("tried", "Last attempt"),
    Column::text("due", "Next attempt"),
    Column::shown("Send again"),
    Column::hidden("position"),
    Column::hidden("attempts"),
    Column::hidden("answer"),
];

/// What narrows the list.
pub(super) fn filters() -> Filters {
    Filters {
        first: Some(Choice::of("state", "State", STATES)),
        ..Filters::default()
    }
}

/// The list as a part of the page of its webhook.
pub(super) fn section(asked: &Asked, found: &Found) -> Markup {
    let empty = Empty {
        title: "Nothing was to be told yet.",
        why: "What happens from now on is told, as far as you may see it and the webhook wants it.",
        next: markup! { a.button href="/settings/audit" { "See what happened" } },
    };
    markup! {
        section.section aria-labelledby="deliveries" {
            div.section-head { h2 #deliveries { "Deliveries" } p { "Each is tried " (ATTEMPTS_MAX) " times over three days." } }
            (filters().show(asked))
            (list::show(asked, "What was delivered", found, &empty))
        }
    }
}

/// What is found of a webhook's deliveries.
pub(super) fn found(
    web: &Web,
    visitor: &Visitor,
    webhook: &Webhook,
    asked: &Asked,
) -> Result<Found, Failure> {
    let state = asked.get("state");
    let again = again(web, visitor, webhook)?;
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before, limit| {
            let office = &web.office;
            Ok(office.deliveries(visitor.id, webhook.id, before, limit)?)
        },
        |delivery| delivery.position,
        |delivery| {
            let fits = state.is_none_or(|it| it == key(&delivery));
            fits.then(|| line(web, visitor, &delivery, &again))
                .transpose()
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|position| position.to_string()),
    })
}

/// How far one is, for programs.
const fn key(delivery: &Delivery) -> &'static str {
    match (delivery.has_arrived, delivery.due) {
        (true, _) => "arrived",
        (false, None) => "given-up",
        (false, Some(_)) => "waits",
    }
}

/// The form that sends the event at a position again, where the webhook is told still.
fn again(
    web: &Web,
    visitor: &Visitor,
    webhook: &Webhook,
) -> Result<impl Fn(&Delivery) -> Markup, Failure> {
    let action = format!("{HERE}/{}/again", webhook.id);
    let key = anew(web, visitor, &action)?;
    let is_open = webhook.ended.is_none();
    Ok(move |delivery: &Delivery| {
        markup! { @if is_open && delivery.due.is_none() {
            form method="post" action=(action) {
                (key)
                input type="hidden" name="event" value=(delivery.position);
                button.button { "Send again" span.sr { " " (delivery.position) } }
            }
        } }
    })
}

fn line(
    web: &Web,
    visitor: &Visitor,
    delivery: &Delivery,
    again: impl Fn(&Delivery) -> Markup,
) -> Result<Line, Failure> {
    let (tone, word) = match (delivery.has_arrived, delivery.due, delivery.attempts) {
        (true, ..) => (Tone::Done, "Arrived"),
        (false, None, _) => (Tone::Bad, "Given up"),
        (false, Some(_), 0) => (Tone::Wait, "Waits"),
        (false, Some(_), _) => (Tone::Wait, "Is tried again"),
    };
    let kind = kind(web, visitor, delivery)?;
    let tried = markup! {
        @if let Some(tried) = delivery.tried { span { (when(tried)) @if let Some(answer) = &delivery.answer { ": " (answer) } ", " (delivery.attempts) " of " (ATTEMPTS_MAX) } }
    };
    let due = markup! { @if let Some(due) = delivery.due { (when(due)) } };
    let words = kind.as_deref().unwrap_or("What you may not see any more");
    let named = markup! { (words) " " span.id { (delivery.position) } };
    let none = || markup! {};
    Ok(Line::of(vec![
        Cell::of(named, kind.as_deref()),
        Cell::of(chip(tone, word), key(delivery)),
        Cell::of(tried, delivery.tried.map(|it| it.to_string())),
        Cell::of(due, delivery.due.map(|it| it.to_string())),
        Cell::shown(again(delivery)),
        Cell::of(none(), delivery.position),
        Cell::of(none(), delivery.attempts),
        Cell::of(none(), delivery.answer.clone()),
    ]))
}

/// What an event was, if the visitor may still see it.
fn kind(web: &Web, visitor: &Visitor, delivery: &Delivery) -> Result<Option<String>, Failure> {
    let position = delivery.position;
    let mut events = web.engine.events_after(position.saturating_sub(1), 1)?;
    let Some((_, envelope)) = events.pop() else {
        return Ok(None);
    };
    let seen = told::entry(&web.engine, visitor.id, position, &envelope)?;
    Ok(seen.map(|_| envelope.event.name()))
}
