//! The playbooks that ship: what each is for, what its tasks are, and what came of its versions.

mod figures;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_desk::Given;
use consort_playbook::playbook::Playbook;
use consort_playbook::shipped::playbooks;
use maud::{Markup, html as markup};
use serde_json::Value;

use super::list::{self, Asked, Cell, Column, Filters, Found, Line};
use super::new::{is_offered, objective};
use super::shell::{Head, Place};
use crate::part::{Icon, decimal, lasted};
use crate::server::{Failure, Visitor, Web};
use figures::{Figures, Version, figures};

const COLUMNS: &[Column] = &[
    Column::text("playbook", "Playbook"),
    Column::text("version", "Version"),
    Column::number("delivered", "Delivered"),
    Column::number("open", "Under way"),
    Column::number("quality_percent", "Criteria met"),
    Column::number("rework_percent", "More than one go"),
    Column::number("cost", "Cost"),
    Column::number("duration_ms", "Took"),
    Column::hidden("asset"),
    Column::hidden("accepted_tasks_looked_at"),
];

/// The list.
pub(crate) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        Filters::default().check(&asked, &[])?;
        let versions = figures(web, &visitor)?;
        let found = Found {
            columns: COLUMNS,
            lines: versions
                .iter()
                .map(|(version, figures)| line(version, figures))
                .collect(),
            next: None,
        };
        let head = Head {
            title: "Playbooks",
            place: Place::Playbooks,
            above: &[],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            page(web, &versions)
        })
    })
    .await
}

fn page(web: &Web, versions: &BTreeMap<Version, Figures>) -> Result<Markup, Failure> {
    let playbooks = playbooks();
    let is_shipped = |name: &str| playbooks.iter().any(|it| it.name == name);
    let mut own: Vec<&str> = versions.keys().map(|(name, _)| name.as_str()).collect();
    own.dedup();
    own.retain(|name| !is_shipped(name));
    Ok(markup! {
        header.page-head {
            div {
                h1 { "Playbooks" }
                p.muted { "Plans that can be used again. Each is a file that anybody can read, check and change; what came of its versions stands side by side." }
            }
            div.actions { a.button href="/playbooks.csv" { (Icon::Download.show()) "Figures as CSV" } }
        }
        @for playbook in playbooks { (section(playbook, versions)) }
        @for name in own {
            @let (title, description) = told(web, name, versions)?;
            section.section aria-labelledby=(name) {
                div.section-head { h2 id=(name) { (title) } p { (description) } }
                (side_by_side(name, versions))
            }
        }
        section.section aria-labelledby="defined" {
            h2.sr #defined { "What the figures mean" }
            details.disclosure {
                summary { "What the figures mean" }
                dl.facts {
                    dt { "Delivered" } dd { "Outcomes that were signed and closed, among those that you see whole." }
                    dt { "Criteria met" } dd { "The mean share of the criteria, by weight, that accepted tasks of delivered outcomes met." }
                    dt { "More than one go" } dd { "The share of those tasks that were taken more than once: sent back, given back, or held too long." }
                    dt { "Cost" } dd { "The middle one of what delivered outcomes paid, with fees and taxes." }
                    dt { "Took" } dd { "The middle one of the times from stating an outcome to its signature." }
                    dt { "How many" } dd { "The newest 500 outcomes and the newest 1,000 accepted tasks are looked at." }
                }
            }
        }
    })
}

/// What a playbook that somebody brought is called and for, as the newest outcome of it has it; its name alone where
/// that cannot be read any more.
fn told(
    web: &Web,
    name: &str,
    versions: &BTreeMap<Version, Figures>,
) -> Result<(String, String), Failure> {
    if name == objective::NAME {
        let words = "What people wanted in their own words, each with a plan of its own.";
        return Ok((
            "An objective in your own words".to_owned(),
            words.to_owned(),
        ));
    }
    let of_it = versions.iter().filter(|((it, _), _)| it == name);
    let newest = of_it.filter_map(|(_, figures)| figures.newest).max();
    let outcome = newest.map(|id| web.engine.outcome(id)).transpose()?;
    let given = outcome.flatten().map(|it| Given::of(&web.engine, &it));
    Ok(match given {
        Some(Ok(given)) => (given.playbook.title, given.playbook.description),
        Some(Err(_)) | None => (name.to_owned(), "Brought from a file.".to_owned()),
    })
}

fn section(playbook: &Playbook, versions: &BTreeMap<Version, Figures>) -> Markup {
    markup! {
        section.section aria-labelledby=(playbook.name) {
            div.section-head {
                h2 id=(playbook.name) { (playbook.title) }
                p { (playbook.description) }
                @if is_offered(playbook) { div.actions { a.button href={ "/outcomes/new/" (playbook.name) } { (Icon::Plus.show()) "Begin" span.sr { ": " (playbook.title) } } } }
            }
            @if !is_offered(playbook) { p.small.muted {
                "It changes a repository that whoever runs the server has set up, so it is begun at the terminal: "
                code { "consort run " (playbook.name) }
            } }
            (side_by_side(&playbook.name, versions))
            details.disclosure {
                summary { "Its tasks " span.muted { (playbook.tasks.len()) } }
                div.scroll tabindex="0" role="region" aria-label={ "Tasks of " (playbook.title) } {
                    table.stacked {
                        caption.sr { "Tasks of " (playbook.title) }
                        thead { tr { th scope="col" { "Task" } th scope="col" { "Takes" } th scope="col" { "Who" } th.num scope="col" { "Criteria" } th scope="col" { "Gate" } } }
                        tbody { @for task in &playbook.tasks {
                            tr {
                                th scope="row" { (task.key.value) }
                                td data-label="Takes" { (task.capability) }
                                td data-label="Who" { (task.mode.value.as_str()) }
                                td.num data-label="Criteria" { (task.instructions.criteria.len()) }
                                td data-label="Gate" { @if task.gate.value { "a person decides" } @else { "no" } }
                            }
                        } }
                    }
                }
            }
        }
    }
}

/// What came of the versions of one playbook, a row for each.
fn side_by_side(name: &str, versions: &BTreeMap<Version, Figures>) -> Markup {
    let used: Vec<_> = versions.iter().filter(|((it, _), _)| it == name).collect();
    let title = format!("What came of the versions of {name}");
    let percent =
        |share: Option<u64>| share.map_or_else(|| "nothing yet".to_owned(), |it| format!("{it} %"));
    markup! {
        @if used.is_empty() { p.small.muted { "Nobody has used it here yet; its figures come with the first outcome that is signed." } }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table.stacked {
                    caption.sr { (title) }
                    thead { tr { th scope="col" { "Version" } @for column in ["Delivered", "Under way", "Criteria met", "More than one go", "Cost", "Took"] { th.num scope="col" { (column) } } } }
                    tbody { @for ((_, version), figures) in used {
                        tr {
                            th scope="row" { "Version " (version) }
                            td.num data-label="Delivered" { (figures.delivered) }
                            td.num data-label="Under way" { (figures.open) }
                            td.num data-label="Criteria met" { (percent(figures.quality())) }
                            td.num data-label="More than one go" { (percent(figures.rework().map(u64::from))) }
                            td.num data-label="Cost" { @match figures.cost() { Some((asset, amount)) => (asset.show(amount)), None => "nothing yet" } }
                            td.num data-label="Took" { @match figures.duration_ms() { Some(took) => (lasted(took)), None => "nothing yet" } }
                        }
                    } }
                }
            }
        }
    }
}

fn line((name, version): &Version, figures: &Figures) -> Line {
    let number = |it: Option<i64>| Cell::of(markup! {}, it);
    let cost = figures.cost();
    Line::of(vec![
        Cell::text(name.as_str()),
        Cell::text(version.as_str()),
        Cell::number(figures.delivered),
        Cell::number(figures.open),
        number(figures.quality().and_then(|it| i64::try_from(it).ok())),
        number(figures.rework().map(i64::from)),
        Cell::of(
            markup! {},
            cost.map(|(asset, amount)| decimal(asset, amount)),
        ),
        number(figures.duration_ms()),
        Cell::of(
            markup! {},
            cost.map_or(Value::Null, |(asset, _)| asset.to_string().into()),
        ),
        Cell::number(figures.tasks),
    ])
}
