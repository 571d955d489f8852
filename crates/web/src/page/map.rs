//! The map of people and AI: who or what does, checks and signs what, as it is now.
//!
//! It is drawn from the tasks of the newest outcomes that the visitor sees; the table below says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::id::ContributorId;
use consort_kernel::task::{Approval, Phase, Task};
use maud::{Markup, html as markup};

use super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line};
use super::shell::{Head, Place};
use super::tasks::performer;
use crate::part::{Grid, Icon, Known, People, Tone, align, capital, chip, of_task, path, stand};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many tasks are looked at.
const TASKS_MAX: usize = 500;
/// How many parties a column of the picture has; the table has all.
const IN_COLUMN_MAX: usize = 14;
/// How many letters fit into a node.
const LETTERS_MAX: usize = 19;
/// What the keys of work begin with.
const WORK: &str = "work:";
const GRID: Grid = Grid {
    width: 168,
    height: 44,
    between: 72,
    apart: 14,
};
const COLUMNS: &[Column] = &[
    Column::text("work", "Work"),
    Column::text("part", "Part"),
    Column::text("who", "Who or what"),
    Column::number("tasks", "Tasks"),
    Column::number("now", "Now"),
    Column::hidden("who_id"),
];

/// What somebody has to do with some work; the order is that of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Does,
    Checks,
    Signs,
}

/// Who or what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Party {
    Somebody(ContributorId),
    /// The automatic checks, which are no review.
    Software,
}

/// How many tasks it is about, and how many of them now.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    tasks: u32,
    now: u32,
}

/// Who has which part in which kind of work.
#[derive(Default)]
struct Map {
    ties: BTreeMap<(String, Part, Party), Count>,
    looked_at: usize,
}

impl Part {
    const ALL: [Self; 3] = [Self::Does, Self::Checks, Self::Signs];

    const fn key(self) -> &'static str {
        match self {
            Self::Does => "does",
            Self::Checks => "checks",
            Self::Signs => "signs",
        }
    }
}

/// The page.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let people = People::of(&web.engine);
        let map = Map::of(web, &visitor, asked.get("part"))?;
        let mut lines = Vec::new();
        for ((work, part, party), count) in &map.ties {
            lines.push(line(&people, (work, *part, *party), *count)?);
        }
        let found = Found { columns: COLUMNS, lines, next: None };
        let head = Head { title: "Map", place: Place::Map, above: &[] };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head { div {
                    h1 { "Map of people and AI" }
                    p.muted { "Who or what does, checks and signs what, as it is now. It takes the place of an organisation chart." }
                } }
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                (picture(&people, &map)?)
                p.small.muted { "Drawn from " (map.looked_at) " tasks of the newest outcomes that you see, " (TASKS_MAX) " at the most. A bold line is work under way." }
                (list::show(&asked, "Who has which part", &found, &Empty {
                    title: "There is nothing to draw yet.",
                    why: "A line appears as soon as somebody takes a task of an outcome that you see.",
                    next: markup! { a.button href="/outcomes" { "See the outcomes" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        first: Some(Choice::of(
            "part",
            "Part",
            Part::ALL.map(|it| {
                (
                    it.key(),
                    match it {
                        Part::Does => "Does",
                        Part::Checks => "Checks",
                        Part::Signs => "Signs",
                    },
                )
            }),
        )),
        ..Filters::default()
    }
}

impl Map {
    fn of(web: &Web, visitor: &Visitor, part: Option<&str>) -> Result<Self, Failure> {
        let sees_all = sight::is_steward(&web.engine, visitor.id)?;
        let mut map = Self::default();
        for task in web.engine.tasks_before(None, &[], None, TASKS_MAX)? {
            if sees_all || sight::sees_task(&web.engine, visitor.id, &task)? {
                map.looked_at += 1;
                map.add(&task);
            }
        }
        map.ties
            .retain(|(_, own, _), _| part.is_none_or(|it| it == own.key()));
        Ok(map)
    }

    fn add(&mut self, task: &Task) {
        let work = &task.spec.kind;
        let is_busy = of_task(task).0 == Tone::Busy;
        if let Some(who) = performer(task) {
            self.tie(work, Part::Does, Party::Somebody(who), is_busy);
        }
        let Some(handed) = task.handed() else {
            return;
        };
        let is_checked = matches!(task.phase, Phase::Checking(_));
        if task.automatic_criteria().next().is_some() {
            self.tie(work, Part::Checks, Party::Software, is_checked);
        }
        for review in &handed.reviews {
            self.tie(work, Part::Checks, Party::Somebody(review.by.id), false);
        }
        let signer = match &task.phase {
            Phase::Accepted(_, settlement) => match &settlement.approval {
                Approval::InAdvance { by, .. } | Approval::SignedOff { by, .. } => {
                    Some((*by, false))
                }
            },
            Phase::Signing(_) | Phase::Reviewing(_) => Some((task.accountable, true)),
            _ => None,
        };
        if let Some((by, now)) = signer {
            self.tie(work, Part::Signs, Party::Somebody(by), now);
        }
    }

    fn tie(&mut self, work: &str, part: Part, party: Party, now: bool) {
        let count = self.ties.entry((work.to_owned(), part, party)).or_default();
        count.tasks += 1;
        count.now += u32::from(now);
    }

    /// The parties of a column, those with most tasks first and as many as can be drawn.
    fn column(&self, part: Part) -> BTreeSet<Party> {
        let mut sums: BTreeMap<Party, u32> = BTreeMap::new();
        for ((_, own, party), count) in &self.ties {
            if *own == part {
                *sums.entry(*party).or_default() += count.tasks;
            }
        }
        let mut ranked: Vec<(u32, Party)> =
            sums.into_iter().map(|(party, sum)| (sum, party)).collect();
        ranked.sort_unstable_by(|one, other| other.cmp(one));
        ranked
            .into_iter()
            .take(IN_COLUMN_MAX)
            .map(|(_, party)| party)
            .collect()
    }
}

/// The name of a node in the layout: what somebody does and what they sign stand apart.
fn node_key(part: Part, party: Party) -> String {
    match party {
        Party::Somebody(id) => format!("{}:{id}", part.key()),
        Party::Software => format!("{}:software", part.key()),
    }
}

/// Who does, the work, and who checks or signs, each column by what it is tied to.
fn in_order<'a>(ends: &[(&'a str, &'a str)]) -> [Vec<&'a str>; 3] {
    let is_work = |key: &str| key.starts_with(WORK);
    let column = |is: &dyn Fn(&(&'a str, &'a str)) -> Option<&'a str>| {
        let keys: BTreeSet<&str> = ends.iter().filter_map(is).collect();
        keys.into_iter().collect::<Vec<_>>()
    };
    let mut left = column(&|(from, _)| (!is_work(from)).then_some(*from));
    let mut right = column(&|(_, to)| (!is_work(to)).then_some(*to));
    let mut works = column(&|(from, to)| [*from, *to].into_iter().find(|key| is_work(key)));
    let back: Vec<_> = ends.iter().map(|(from, to)| (*to, *from)).collect();
    align(&mut left, &works, ends);
    align(&mut works, &left, &back);
    align(&mut left, &works, ends);
    align(&mut right, &works, &back);
    [left, works, right]
}

/// Who does stands left of the work, who checks and who signs right of it.
fn picture(people: &People<'_>, map: &Map) -> Result<Markup, Failure> {
    if map.ties.is_empty() {
        return Ok(markup! {});
    }
    let columns: BTreeMap<Part, BTreeSet<Party>> = Part::ALL
        .into_iter()
        .map(|part| (part, map.column(part)))
        .collect();
    let drawn: Vec<_> = map
        .ties
        .iter()
        .filter(|((_, part, party), _)| columns[part].contains(party))
        .map(|((work, part, party), count)| {
            let (own, work) = (node_key(*part, *party), format!("{WORK}{work}"));
            let ends = if *part == Part::Does {
                (own, work)
            } else {
                (work, own)
            };
            (ends, *part, *count)
        })
        .collect();
    let ends: Vec<_> = drawn
        .iter()
        .map(|((from, to), ..)| (from.as_str(), to.as_str()))
        .collect();
    let columns_of_keys = in_order(&ends);
    let laid = stand(&columns_of_keys, GRID);
    let mut nodes = Vec::new();
    for (part, parties) in &columns {
        for party in parties {
            if let Some(place) = laid.places.get(node_key(*part, *party).as_str()) {
                nodes.push(party_node(people, (*part, *party), *place)?);
            }
        }
    }
    for (key, place) in &laid.places {
        if let Some(work) = key.strip_prefix(WORK) {
            nodes.push(work_node(work, *place));
        }
    }
    let label = "Who does, what is done, who checks and who signs, from left to right";
    Ok(markup! {
        div.scroll.section tabindex="0" role="region" aria-label="Map, scrolls sideways" {
            svg.graph.map width=(laid.width) height=(laid.height)
                viewBox={ "0 0 " (laid.width) " " (laid.height) } role="group" aria-label=(label) {
                @for ((from, to), part, count) in &drawn {
                    @let class = match (part, count.now > 0) { (Part::Signs, _) => "edge is-sign", (_, true) => "edge is-busy", (Part::Checks, _) => "edge is-idle", _ => "edge" };
                    path class=(class) d=(path(GRID, laid.places[from.as_str()], laid.places[to.as_str()])) {}
                }
                @for node in nodes { (node) }
            }
        }
        ul.legend {
            li { svg viewBox="0 0 24 8" aria-hidden="true" { path.edge d="M0 4H24" {} } "does" }
            li { svg viewBox="0 0 24 8" aria-hidden="true" { path.edge.is-idle d="M0 4H24" {} } "checks" }
            li { svg viewBox="0 0 24 8" aria-hidden="true" { path.edge.is-sign d="M0 4H24" {} } "signs" }
            li { svg viewBox="0 0 24 8" aria-hidden="true" { path.edge.is-busy d="M0 4H24" {} } "under way" }
        }
    })
}

fn party_node(
    people: &People<'_>,
    (part, party): (Part, Party),
    (x, y): (i32, i32),
) -> Result<Markup, Failure> {
    let word = part.key();
    let Party::Somebody(id) = party else {
        return Ok(markup! {
            g.node {
                rect x=(x) y=(y) width=(GRID.width) height=(GRID.height) rx="8" {}
                (Icon::Check.at(x + 10, y + 15))
                text x=(x + 32) y=(y + 19) { "Automatic checks" } " "
                text.sub x=(x + 32) y=(y + 34) { "no review" }
            }
        });
    };
    let known = people.find(id)?;
    let kind = if known.is_agent { "agent" } else { "person" };
    let name = short(&known.name);
    Ok(markup! {
        a.node.agent[known.is_agent] href={ "/people/" (id) } {
            rect x=(x) y=(y) width=(GRID.width) height=(GRID.height) rx=(if known.is_agent { 8 } else { 22 }) {}
            (mark(&known, x, y))
            text x=(x + 44) y=(y + 19) { (name) } " "
            text.sub x=(x + 44) y=(y + 34) { (kind) ", " (word) }
        }
    })
}

fn mark(known: &Known, x: i32, y: i32) -> Markup {
    markup! { text.initials aria-hidden="true" x=(x + 24) y=(y + 27) { (known.initials()) } }
}

fn work_node(work: &str, (x, y): (i32, i32)) -> Markup {
    markup! {
        g.node.work {
            rect x=(x) y=(y) width=(GRID.width) height=(GRID.height) rx="4" {}
            (Icon::Task.at(x + 12, y + 15))
            text x=(x + 34) y=(y + 27) { (short(&capital(&work.replace('-', " ")))) }
        }
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= LETTERS_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LETTERS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

fn line(
    people: &People<'_>,
    (work, part, party): (&str, Part, Party),
    count: Count,
) -> Result<Line, Failure> {
    let known = match party {
        Party::Somebody(id) => Some(people.find(id)?),
        Party::Software => None,
    };
    let name = known
        .as_ref()
        .map_or("Automatic checks", |it| it.name.as_str());
    let shown =
        markup! { @match &known { Some(known) => (known.show()), None => "Automatic checks" } };
    let tone = if count.now > 0 {
        Tone::Busy
    } else {
        Tone::Done
    };
    Ok(Line::of(vec![
        Cell::of(markup! { (capital(&work.replace('-', " "))) }, work),
        Cell::of(chip(tone, part.key()), part.key()),
        Cell::of(shown, name),
        Cell::number(count.tasks),
        Cell::number(count.now),
        Cell::of(markup! {}, known.as_ref().map(|it| it.id.to_string())),
    ]))
}
