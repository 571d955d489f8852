//! The plan as a graph: a node for each template, an edge for each that needs another.
//!
//! The table below the graph says the same in words.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::task::Task;
use maud::{Markup, html as markup};

use super::{Seen, table};
use crate::part::{Grid, Tone, capital, lay_out, of_task, path};
use crate::server::Failure;

/// A node's size, and how far apart they are, in pixels.
const GRID: Grid = Grid {
    width: 144,
    height: 48,
    between: 24,
    apart: 24,
};
/// How many letters of a title fit into a node.
const LETTERS_MAX: usize = 17;
/// More nodes than these make no picture that anybody reads.
const NODES_MAX: usize = 120;

/// The tasks of one template.
#[derive(Default)]
struct Group<'a> {
    tasks: Vec<&'a Task>,
    needs: BTreeSet<&'a str>,
}

/// The picture; nothing where it would be too large, or a single node.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let groups = groups(&seen.tasks);
    if groups.len() < 2 || groups.len() > NODES_MAX {
        return Ok(markup! {});
    }
    let nodes: Vec<&str> = groups.keys().copied().collect();
    let all = groups.iter().flat_map(|(template, group)| {
        let needs = group.needs.iter();
        needs.map(move |needed| (*needed, *template))
    });
    let laid = lay_out(&nodes, all, GRID);
    let (places, width, height) = (&laid.places, laid.width, laid.height);
    let mut nodes = Vec::new();
    for (template, group) in &groups {
        nodes.push(node(seen, template, group, places[template])?);
    }
    let mut edges = Vec::new();
    for (template, group) in &groups {
        for needed in &group.needs {
            edges.push(edge(
                &groups[needed],
                group,
                places[needed],
                places[template],
            ));
        }
    }
    let label = format!("Plan: {} groups of tasks, from left to right", groups.len());
    Ok(markup! {
        div.scroll tabindex="0" role="region" aria-label="Plan as a graph, scrolls sideways" {
            svg.graph width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
                role="group" aria-label=(label) {
                @for edge in edges { (edge) }
                @for node in nodes { (node) }
            }
        }
    })
}

/// The template of a key: `research` for `research[offer-a.pdf]`.
fn template(key: &str) -> &str {
    key.split_once('[').map_or(key, |(template, _)| template)
}

fn groups(tasks: &[Task]) -> BTreeMap<&str, Group<'_>> {
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for task in tasks {
        groups
            .entry(template(&task.spec.key))
            .or_default()
            .tasks
            .push(task);
    }
    let known: BTreeSet<&str> = groups.keys().copied().collect();
    for task in tasks {
        let own = template(&task.spec.key);
        let needs = task.spec.needs.iter().map(|key| template(key));
        let needs: Vec<&str> = needs
            .filter(|it| known.contains(it) && *it != own)
            .collect();
        if let Some(group) = groups.get_mut(own) {
            group.needs.extend(needs);
        }
    }
    groups
}

/// How a group stands: as the one of its tasks that most needs to be looked at.
fn tone(seen: &Seen<'_>, group: &Group<'_>) -> Tone {
    let states = || group.tasks.iter().map(|task| of_task(task).0);
    if group
        .tasks
        .iter()
        .any(|task| table::waits_for(task, seen.visitor.id))
    {
        return Tone::Mine;
    }
    for tone in [Tone::Bad, Tone::Wait, Tone::Busy] {
        if states().any(|it| it == tone) {
            return tone;
        }
    }
    if states().all(|it| it == Tone::Done) {
        Tone::Done
    } else {
        Tone::Idle
    }
}

const fn said(tone: Tone) -> &'static str {
    match tone {
        Tone::Done => "done",
        Tone::Busy => "under way",
        Tone::Mine => "waits for you",
        Tone::Wait => "waits for somebody",
        Tone::Bad => "needs to be looked at",
        Tone::Idle => "not begun",
    }
}

fn node(
    seen: &Seen<'_>,
    template: &str,
    group: &Group<'_>,
    (x, y): (i32, i32),
) -> Result<Markup, Failure> {
    let tone = tone(seen, group);
    let all = group.tasks.len();
    let done = group.tasks.iter().filter(|task| task.is_accepted()).count();
    let title = short(&template.replace('-', " "));
    let mut performers = group.tasks.iter().map(|task| table::performer(seen, task));
    let first = performers.find_map(Result::transpose).transpose()?;
    let who = first.map(|who| who.name).unwrap_or_default();
    let sub = short(&match (all, who.as_str()) {
        (1, "") => said(tone).to_owned(),
        (1, who) => who.to_owned(),
        (all, "") => format!("{done} of {all}"),
        (all, who) => format!("{done} of {all}, {who}"),
    });
    let address = match group.tasks.as_slice() {
        [only] => format!("/tasks/{}", only.id),
        _ => format!("/outcomes/{}?view=plan", seen.outcome.id),
    };
    let name = format!("{title} {sub}, {}", said(tone));
    Ok(markup! {
        a class={ "node " (tone.class()) } href=(address) aria-label=(name) {
            rect x=(x) y=(y) width=(GRID.width) height=(GRID.height) rx="8" {}
            (tone.icon().at(x + 10, y + 10))
            text x=(x + 30) y=(y + 21) { (title) } " "
            text.sub x=(x + 30) y=(y + 37) { (sub) }
        }
    })
}

/// A text that fits, with a capital at its beginning.
fn short(text: &str) -> String {
    let whole = capital(text);
    if whole.chars().count() <= LETTERS_MAX {
        return whole;
    }
    let cut: String = whole.chars().take(LETTERS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

fn edge(from: &Group<'_>, to: &Group<'_>, start: (i32, i32), end: (i32, i32)) -> Markup {
    let is_done = from.tasks.iter().all(|task| task.is_accepted());
    let is_idle = to.tasks.iter().all(|task| of_task(task).0 == Tone::Idle);
    let class = match (is_done, is_idle) {
        (true, _) => "edge is-done",
        (false, true) => "edge is-idle",
        (false, false) => "edge",
    };
    let path = path(GRID, start, end);
    markup! { path class=(class) d=(path) {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fit_into_their_nodes() {
        assert_eq!(short("counter argue"), "Counter argue");
        assert_eq!(short("a title that is much too long"), "A title that is…");
    }
}
