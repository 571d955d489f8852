//! Today: what needs the visitor now, in one list.

mod kind;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{Redirect, Response};
use consort_engine::agenda::Turn;
use consort_kernel::command::Body;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::task::{Handed, Phase, Task, TaskCommand};
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};

use super::done::{Deed, Done};
use super::list::{self, Asked, Cell, Choice, Column, Filters, Found, Line};
use super::moving;
use super::shell::{Head, Place};
use crate::discussion;
use crate::needed::{Call, calls};
use crate::part::{Icon, People, until};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::sight;
pub(crate) use kind::Kind;

/// How many tasks and outcomes are listed at the most; when some are done, others take their places.
const SHOWN_MAX: usize = 200;
/// How many results that wait for a review are looked through.
const REVIEWS_MAX: usize = 200;

/// How much of a remark is quoted, in letters.
const QUOTED_MAX: usize = 160;

/// Something that needs the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    kind: Kind,
    title: String,
    why: String,
    address: String,
    due: Option<Timestamp>,
    money: Option<String>,
    /// The task, where it is an offer: several can be answered at once.
    offer: Option<TaskId>,
}

/// Everything that needs the visitor, the most pressing first.
pub(crate) fn needs(web: &Web, visitor: &Visitor) -> Result<Vec<Need>, Failure> {
    let engine = &web.engine;
    let mut needs = Vec::new();
    for id in engine
        .outcomes_to_sign(visitor.id)?
        .into_iter()
        .take(SHOWN_MAX)
    {
        let Some(outcome) = engine.outcome(id)? else {
            continue;
        };
        needs.push(Need {
            kind: Kind::Conclude,
            title: outcome.charter.title.clone(),
            why: "Every task is done. Your signature closes it and returns what was not spent."
                .to_owned(),
            address: format!("/outcomes/{}/sign", outcome.id),
            due: outcome.charter.deadline,
            money: None,
            offer: None,
        });
    }
    let mut tasks = engine.tasks_for(visitor.id, &Turn::ALL, SHOWN_MAX)?;
    tasks.extend(engine.tasks_with(None, &["reviewing"], REVIEWS_MAX)?);
    let mut seen = BTreeSet::new();
    tasks.retain(|task| seen.insert(task.id));
    for task in &tasks {
        let calls = calls(web, visitor.asking(), task)?;
        let is_paused = !calls.is_empty() && sight::is_paused(engine, task.outcome)?;
        needs.extend(calls.into_iter().map(|call| {
            let mut need = of_task(visitor.id, task, call);
            if is_paused {
                need.why = format!("Paused until it goes on. {}", need.why);
            }
            need
        }));
    }
    needs.extend(mentions(web, visitor)?);
    needs.sort_by_key(|need| (need.kind, need.due, need.title.clone()));
    Ok(needs)
}

/// Discussions in which the visitor is named and that they have not read, each by the first such remark.
fn mentions(web: &Web, visitor: &Visitor) -> Result<Vec<Need>, Failure> {
    let people = People::of(&web.engine);
    let mut seen = BTreeSet::new();
    let mut needs = Vec::new();
    let unread = discussion::unread(web, visitor.id, SHOWN_MAX)?;
    for (remark, outcome) in unread.into_iter().rev() {
        if !seen.insert(remark.outcome) {
            continue;
        }
        let text: String = remark.text.chars().take(QUOTED_MAX).collect();
        let more = if text.len() < remark.text.len() {
            "…"
        } else {
            ""
        };
        needs.push(Need {
            kind: Kind::Mention,
            title: outcome.charter.title.clone(),
            why: format!("{}: “{text}{more}”", people.name(remark.by)?),
            address: discussion::address_of(web, &remark)?,
            due: None,
            money: None,
            offer: None,
        });
    }
    Ok(needs)
}

/// What is said to whoever answers for an outcome when a result waits for them.
fn why_sign(who: ContributorId, (task, handed): (&Task, &Handed)) -> &'static str {
    if handed.lease.holder.id != who {
        return "You answer for this outcome, and only your signature is missing.";
    }
    match (
        handed.lease.agreed.is_positive(),
        task.spec.kind == "decide",
    ) {
        (true, _) => "You did it yourself and are paid for it, so somebody else has to see to it.",
        (false, true) => "You decided it yourself; your signature makes it count.",
        (false, false) => "You did it yourself; your signature makes it count.",
    }
}

/// What is said to whoever has to see to a task.
const fn why_stuck(task: &Task) -> &'static str {
    match task.phase {
        Phase::Reviewing(_) => {
            "A reviewer left it to you, and you made it: somebody else has to judge it."
        }
        _ if task.nobody_found => {
            "Nobody was found who can take it now. Ask somebody, give it time, or give it up."
        }
        _ => "Nobody took it in time, and you are next to see to it.",
    }
}

/// What a task needs of somebody.
fn of_task(who: ContributorId, task: &Task, call: Call) -> Need {
    let decides = task.spec.kind == "decide";
    let (kind, why, page, due) = match call {
        Call::Sign => {
            let why = task
                .handed()
                .map_or("", |handed| why_sign(who, (task, handed)));
            (Kind::SignOff, why.to_owned(), "/sign", None)
        }
        Call::Review => {
            let why = "You can judge it: you do such work yourself, and did not do this.";
            (Kind::Review, why.to_owned(), "/review", None)
        }
        Call::Offer(until) if decides => {
            let why = "You were chosen to decide; what follows waits for you.";
            (Kind::Decision, why.to_owned(), "/settle", Some(until))
        }
        Call::Offer(until) => {
            let why = "You rank first for it among those who are free. Saying no costs nothing.";
            (Kind::Offer, why.to_owned(), "", Some(until))
        }
        Call::Hold(until) => {
            let (kind, page) = if decides {
                (Kind::Decision, "/settle")
            } else {
                (Kind::Held, "")
            };
            let why = "It is yours until then; hand it in or give it back.";
            (kind, why.to_owned(), page, Some(until))
        }
        Call::Watch => {
            let why = "A check found it wanting. It is done again; say what else has to change.";
            (Kind::WentBack, why.to_owned(), "", None)
        }
        Call::Unstick => (Kind::Escalation, why_stuck(task).to_owned(), "", None),
        Call::Answer(place) => {
            let why = format!("“{}”", task.questions[place].text);
            (Kind::Question, why, "#questions", None)
        }
    };
    let price = task.spec.price;
    Need {
        kind,
        title: task.spec.title.clone(),
        why,
        address: format!("/tasks/{}{page}", task.id),
        due,
        money: price.is_positive().then(|| task.asset.show(price)),
        offer: (kind == Kind::Offer).then_some(task.id),
    }
}

/// Where somebody goes on who has just dealt with something: to the next of its kind, or to the list.
pub(crate) fn next(
    web: &Web,
    visitor: &Visitor,
    (deed, task): (Deed, TaskId),
) -> Result<Redirect, Failure> {
    let needs = needs(web, visitor)?;
    let next = needs.iter().find(|need| need.kind == deed.kind());
    let address = next.map_or("/today", |need| &need.address);
    Ok(Redirect::to(&Done::with(deed, task).at(address)))
}

/// The first page leads to today's list.
pub(crate) async fn home() -> Redirect {
    Redirect::to("/today")
}

const COLUMNS: &[Column] = &[
    Column::text("kind", "Kind"),
    Column::text("title", "What"),
    Column::text("why", "Why"),
    Column::text("due", "Due"),
    Column::number("money", "Pays"),
    Column::hidden("address"),
];

/// The list.
pub(crate) async fn today(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        every_kind().check(&asked, &[])?;
        let mut needs = needs(web, &visitor)?;
        let title = match needs.len() {
            0 => "Today".to_owned(),
            count => format!("Today ({count})"),
        };
        let (filters, all) = (filters(&needs), needs.len());
        let kind = asked.get("kind");
        needs.retain(|need| kind.is_none_or(|it| it == need.kind.key()));
        let found = Found {
            columns: COLUMNS,
            lines: needs.iter().map(line).collect(),
            next: None,
        };
        let head = Head {
            title: &title,
            place: Place::Today,
            above: &[],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            let above =
                maud::html! { (list::chips(web, &visitor, &asked)?) (filters.show(&asked)) };
            view(web, &visitor, (&needs, all), &above)
        })
    })
    .await
}

/// What can be asked for, whether there is any of it just now.
fn every_kind() -> Filters {
    let kinds = Kind::ALL.map(|kind| (kind.key(), kind.word()));
    Filters {
        first: Some(Choice::of("kind", "Kind", kinds)),
        ..Filters::default()
    }
}

/// The kinds that are on the list; with one there is nothing to choose.
fn filters(needs: &[Need]) -> Filters {
    let mut kinds: Vec<Kind> = needs.iter().map(|need| need.kind).collect();
    kinds.dedup_by_key(|kind| kind.key());
    let among: Vec<(&str, &str)> = kinds.iter().map(|kind| (kind.key(), kind.word())).collect();
    Filters {
        first: (among.len() > 1).then(|| Choice::of("kind", "Kind", among)),
        ..Filters::default()
    }
}

fn line(need: &Need) -> Line {
    Line::of(vec![
        Cell::text(need.kind.key()),
        Cell::text(need.title.as_str()),
        Cell::text(need.why.as_str()),
        Cell::of(markup! {}, need.due.map(|at| at.to_string())),
        Cell::of(markup! {}, need.money.clone()),
        Cell::text(need.address.as_str()),
    ])
}

fn view(
    web: &Web,
    visitor: &Visitor,
    (needs, all): (&[Need], usize),
    filters: &Markup,
) -> Result<Markup, Failure> {
    let now = web.engine.now();
    let offers = needs.iter().filter(|need| need.offer.is_some()).count();
    let states = right::states_outcomes(&web.engine, visitor.asking())?;
    Ok(markup! {
        header.page-head {
            div {
                h1 { "Today" }
                p.muted { (count(all)) }
            }
            @if states { div.actions {
                a.button.primary href="/outcomes/new" { (Icon::Plus.show()) "New outcome" }
            } }
        }
        (filters)
        div.cols {
            div {
                @if needs.is_empty() && all > 0 {
                    div.empty {
                        p { b { "Nothing of this kind." } }
                        a.button href="/today" { "See all that needs you" }
                    }
                } @else if needs.is_empty() {
                    div.empty {
                        p { b { "Nothing needs you." } }
                        p.muted { "What is offered to you, asked of you or waits for your signature \
                                   comes here by itself. Meanwhile the work goes on without you." }
                        a.button href="/outcomes" { "See the outcomes" }
                    }
                } @else {
                    ul.list data-keys {
                        @for need in needs { (row(now, need, offers > 1)) }
                    }
                    @if offers > 1 { (together()) }
                    p.small.muted.kbd-hints.section {
                        kbd { "j" } " " kbd { "k" } " move, " kbd { "Enter" } " opens, "
                        kbd { "?" } " shows every key."
                    }
                }
            }
            (moving::rail(web, visitor)?)
        }
    })
}

fn count(needs: usize) -> String {
    match needs {
        0 => "The list is empty.".to_owned(),
        1 => "One thing needs you.".to_owned(),
        more => format!("{more} things need you."),
    }
}

fn row(now: Timestamp, need: &Need, has_choice: bool) -> Markup {
    markup! {
        li.row {
            (need.kind.icon().toned(need.kind.tone()))
            p.row-title {
                span.sr { (need.kind.word()) ": " }
                a href=(need.address) { (need.title) }
            }
            p.row-why { (need.kind.word()) ". " (need.why) }
            p.row-end {
                @if let Some(money) = &need.money { span.num { (money) } }
                @if let Some(due) = need.due { span { @if need.kind == Kind::Offer { "ends " } @else { "due " } (until(now, due)) } }
                @if let Some(task) = need.offer.filter(|_| has_choice) {
                    input type="checkbox" name="task" value=(task) form="together" aria-label={ "Choose " (need.title) };
                }
            }
        }
    }
}

/// Answers several offers at once. What pays, signs or judges is never decided like this.
fn together() -> Markup {
    markup! {
        form #together.decide.section method="post" action="/today/offers" {
            p.small.muted { "The offers that you chose above:" }
            button.button name="answer" value="decline" { "Say no to them" }
            button.button.primary name="answer" value="claim" { (Icon::Offer.show()) "Take them" }
        }
    }
}

/// Answers the offers that were chosen, each by itself: one that is gone meanwhile is passed over.
pub(crate) async fn answer(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let command = match said(&fields, "answer").next() {
            Some("claim") => TaskCommand::Claim,
            Some("decline") => TaskCommand::Decline,
            _ => return Err(Failure::Misused("take them or say no to them".to_owned())),
        };
        let chosen: Vec<&str> = said(&fields, "task").take(SHOWN_MAX).collect();
        if chosen.is_empty() {
            return Err(Failure::Misused("choose the offers first".to_owned()));
        }
        for task in chosen {
            let id: TaskId = task.parse().map_err(|_| Failure::NotHere)?;
            let Some(task) = web.engine.task(id)? else {
                continue;
            };
            let is_theirs = matches!(&task.phase, Phase::Offered(offer) if offer.to == visitor.id);
            if is_theirs {
                right::check(&web.engine, visitor.asking(), Act::Work, About::Task(&task))?;
                visitor.send(web, Body::Task(id, command.clone()))?;
            }
        }
        Ok(Redirect::to("/today"))
    })
    .await
}

fn said<'a>(fields: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = fields.iter().filter(move |field| field.0 == name);
    named.map(|field| field.1.as_str())
}
