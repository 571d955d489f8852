//! Search over outcomes, tasks and people, by name or identifier, under the reader's own rights. The
//! palette asks it too.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::outcome::Phase;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::html as markup;

use super::list::{self, Asked, Cell, Column, Empty, Filters, Found, Line};
use super::outcomes::has_words;
use super::shell::{Head, Place};
use crate::part::{Icon, People, of_outcome, of_task};
use crate::server::{Failure, Visitor, Web};
use crate::sight::{self, Sight};

/// How many things of each kind are looked through, the newest first.
const OUTCOMES_MAX: usize = 300;
const TASKS_MAX: usize = 500;
const PEOPLE_MAX: usize = 500;
const COLUMNS: &[Column] = &[
    Column::text("title", "What"),
    Column::text("kind", "Kind"),
    Column::text("more", "More"),
    Column::hidden("address"),
];

/// Something that was found.
struct Hit {
    /// Whether nothing of it is to be done any more.
    is_over: bool,
    kind: &'static str,
    title: String,
    more: String,
    address: String,
}

/// The page.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let hits = hits(web, &visitor, &asked)?;
        // What is found is in one order until something new comes.
        let begin = asked.place::<usize>()?.unwrap_or_default();
        let end = begin.saturating_add(asked.rows());
        let found = Found {
            columns: COLUMNS,
            lines: hits.iter().skip(begin).take(asked.rows()).map(line).collect(),
            next: (end < hits.len()).then(|| end.to_string()),
        };
        let head = Head { title: "Search", place: Place::Search, above: &[] };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head { div {
                    h1 { "Search" }
                    p.muted { "The newest " (OUTCOMES_MAX) " outcomes, " (TASKS_MAX) " tasks and " (PEOPLE_MAX) " people and agents, by their names; anything by its whole identifier." }
                } }
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                (list::show(&asked, "What was found", &found, &Empty {
                    title: "What are you looking for?",
                    why: "Some letters of a name are enough; an identifier such as tsk_… leads straight there.",
                    next: markup! { a.button href="/outcomes" { "See the outcomes" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("outcomes, tasks, people"),
        ..Filters::default()
    }
}

fn hits(web: &Web, visitor: &Visitor, asked: &Asked) -> Result<Vec<Hit>, Failure> {
    let words = asked.words();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    if let [word] = words.as_slice()
        && let Ok(stream) = word.parse()
    {
        return Ok(by_identifier(web, visitor, stream)?.into_iter().collect());
    }
    let mut hits = outcomes(web, visitor, &words)?;
    hits.extend(tasks(web, visitor, &words)?);
    hits.extend(people(web, &words)?);
    // What is open still is looked for more often than what is over.
    hits.sort_by_key(|hit| hit.is_over);
    Ok(hits)
}

fn by_identifier(web: &Web, visitor: &Visitor, stream: StreamId) -> Result<Option<Hit>, Failure> {
    let engine = &web.engine;
    let hit = |kind, title: String, address: String| Hit {
        is_over: false,
        kind,
        title,
        more: stream.to_string(),
        address,
    };
    Ok(match engine.state(stream)? {
        Some(Row::Task(task)) if sight::sees_task(engine, visitor.id, &task)? => {
            Some(hit("task", task.spec.title, format!("/tasks/{stream}")))
        }
        Some(Row::Outcome(outcome))
            if sight::of_outcome(engine, visitor.id, &outcome)? > Sight::None =>
        {
            Some(hit(
                "outcome",
                outcome.charter.title,
                format!("/outcomes/{stream}"),
            ))
        }
        Some(Row::Contributor(contributor)) => {
            let name = People::of(engine).name(contributor.id)?;
            Some(hit("person or agent", name, format!("/people/{stream}")))
        }
        _ => None,
    })
}

fn outcomes(web: &Web, visitor: &Visitor, words: &[String]) -> Result<Vec<Hit>, Failure> {
    let engine = &web.engine;
    let mut hits = Vec::new();
    for outcome in engine.outcomes_before(&[], None, OUTCOMES_MAX)? {
        if has_words(&outcome.charter.title, words)
            && sight::of_outcome(engine, visitor.id, &outcome)? > Sight::None
        {
            hits.push(Hit {
                kind: "outcome",
                is_over: matches!(outcome.phase, Phase::Delivered | Phase::Cancelled),
                more: of_outcome(outcome.phase).1.to_owned(),
                address: format!("/outcomes/{}", outcome.id),
                title: outcome.charter.title,
            });
        }
    }
    Ok(hits)
}

fn tasks(web: &Web, visitor: &Visitor, words: &[String]) -> Result<Vec<Hit>, Failure> {
    let engine = &web.engine;
    let mut hits = Vec::new();
    for task in engine.tasks_before(None, &[], None, TASKS_MAX)? {
        let text = format!("{} {}", task.spec.title, task.spec.key);
        if has_words(&text, words) && sight::sees_task(engine, visitor.id, &task)? {
            hits.push(Hit {
                kind: "task",
                is_over: task.is_settled(),
                more: of_task(&task).1.to_owned(),
                address: format!("/tasks/{}", task.id),
                title: task.spec.title,
            });
        }
    }
    Ok(hits)
}

fn people(web: &Web, words: &[String]) -> Result<Vec<Hit>, Failure> {
    let mut hits = Vec::new();
    for contributor in web.engine.contributors_before(None, PEOPLE_MAX)? {
        let Some(name) = web.engine.name_of(contributor.id)? else {
            continue;
        };
        let capabilities: Vec<&str> = contributor.skills.keys().map(String::as_str).collect();
        if has_words(&name, words) {
            hits.push(Hit {
                is_over: false,
                kind: if contributor.is_person() {
                    "person"
                } else {
                    "agent"
                },
                title: name,
                more: capabilities.join(", "),
                address: format!("/people/{}", contributor.id),
            });
        }
    }
    Ok(hits)
}

fn line(hit: &Hit) -> Line {
    let icon = match hit.kind {
        "outcome" => Icon::Outcome,
        "task" => Icon::Task,
        _ => Icon::Person,
    };
    Line::of(vec![
        Cell::of(
            markup! { a href=(hit.address) { (hit.title) } },
            hit.title.as_str(),
        ),
        Cell::of(
            markup! { span.chip.plain { (icon.show()) (hit.kind) } },
            hit.kind,
        ),
        Cell::text(hit.more.as_str()),
        Cell::text(hit.address.as_str()),
    ])
}
