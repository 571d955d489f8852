//! `shortlist.html`: one file without scripts and without anything from elsewhere, made to be printed.
//!
//! Who is invited and who is not comes first, with the person's reasons; what they rested on follows.

use consort_documents::Statement;
use maud::{Markup, html as markup};

use super::compare::ComparisonRow;
use super::criterion::SetAside;
use super::describe::Section;
use super::screen::{Finding, Standing};
use super::shortlist::{Decided, Shortlist};
use crate::deliver::page;

/// The passages of the page, numbered in the order in which they are cited.
#[derive(Default)]
struct Passages {
    cited: Vec<Statement>,
}

/// The shortlist as a page.
pub fn shortlist_html(shortlist: &Shortlist, prepared_on: &str) -> String {
    let title = shortlist
        .description
        .title
        .as_deref()
        .unwrap_or("Shortlist");
    let mut passages = Passages::default();
    let (invited, others): (Vec<&Decided>, Vec<&Decided>) = shortlist
        .applications
        .iter()
        .partition(|it| it.is_invited());
    let unread = shortlist
        .applications
        .iter()
        .filter(|it| it.row.unreadable.is_some());
    let figures = [
        (shortlist.applications.len(), "applications"),
        (invited.len(), "invited"),
        (others.len(), "not invited, each with a reason"),
        (unread.count(), "could not be read by software"),
    ];
    let side_by_side = side_by_side(shortlist, &mut passages);
    let profiles = profiles(shortlist, &mut passages);
    let body = markup! {
        p.note {
            "Software quoted passages and set them side by side. It gave no marks, put nobody before \
             anybody else and turned nobody down: each decision below is " (shortlist.decided_by)
            "’s own. The order is that of " (shortlist.order) "."
        }
        ul.figures { @for (number, what) in figures { li { b { (number) } " " span { (what) } } } }
        (invited_markup(&invited))
        (declined_markup(&others))
        h2 { "What was asked for" }
        (criteria_markup(shortlist))
        (aside_markup(&shortlist.description.set_aside))
        hr.newpage;
        h2 { "Side by side" }
        p.note {
            "Met: a passage has words that were declared, close together. Partly: a passage speaks of it, \
             and somebody has to read it. Not stated: no passage was found, which is never the same as \
             not met. Software matches words and can be wrong either way: read the passages."
        }
        (side_by_side)
        h2 { "Profiles" }
        p.note { "Sentences of each application, word for word, chosen by how much of it they carry." }
        (profiles)
        h2 { "The role, in its own words" }
        @for section in &shortlist.description.sections { (section_markup(section)) }
        h2 { "What was masked before screening, and what was not" }
        p.note { (shortlist.redaction) }
        h2 { "Passages" }
        (passages.markup())
    };
    let byline = format!(
        "Prepared on {prepared_on} · Criteria approved by {} · Decided by {}",
        shortlist.approved_by, shortlist.decided_by
    );
    page("Shortlist", title, &byline, &body)
}

fn invited_markup(invited: &[&Decided]) -> Markup {
    markup! {
        h2 { "Invited" }
        @if invited.is_empty() { p { "Nobody." } }
        @else {
            div.grid { table.names {
                thead { tr { th scope="col" { "Application" } th scope="col" { "Why" } th scope="col" { "Passages" } } }
                tbody { @for one in invited { (decision_row(one)) } }
            } }
        }
    }
}

fn declined_markup(others: &[&Decided]) -> Markup {
    markup! {
        h2 { "Not invited" }
        @if others.is_empty() { p { "Nobody." } }
        @else {
            div.grid { table.names {
                thead { tr { th scope="col" { "Application" } th scope="col" { "The reason that was given" } th scope="col" { "Passages" } } }
                tbody { @for one in others { (decision_row(one)) } }
            } }
        }
    }
}

fn decision_row(one: &Decided) -> Markup {
    let opened = one.decision.as_ref().is_some_and(|it| it.opened);
    markup! {
        tr {
            td { (one.row.application) }
            td {
                @if one.decision.is_none() { "Not decided." }
                @else if one.reason().is_empty() { "—" }
                @else { (one.reason()) }
                @if let Some(reason) = &one.row.unreadable {
                    div.note { "Software could not read it: " (reason) }
                }
            }
            td { @if opened { "opened" } @else { "not opened" } }
        }
    }
}

fn criteria_markup(shortlist: &Shortlist) -> Markup {
    markup! {
        div.grid { table {
            thead { tr {
                th scope="col" { "Criterion" } th scope="col" { "" }
                th scope="col" { "Words looked for" } th scope="col" { "In the role’s text" }
            } }
            tbody { @for criterion in &shortlist.criteria {
                tr {
                    td { (criterion.wording) }
                    td { (criterion.need.as_str()) }
                    td {
                        (criterion.looks_for.join(", "))
                        @if !criterion.hints.is_empty() {
                            div.note { "hints: " (criterion.hints.join(", ")) }
                        }
                    }
                    td.empty[criterion.in_role.is_empty()] {
                        @match criterion.in_role.first() {
                            Some(statement) => { "“" (statement.text) "”" }
                            None => { "not stated there" }
                        }
                    }
                }
            } }
        } }
    }
}

fn aside_markup(set_aside: &[SetAside]) -> Markup {
    markup! {
        @if !set_aside.is_empty() {
            p.note { "Given as criteria and not screened for:" }
            ul.entries { @for aside in set_aside {
                li { span.lead { (aside.wording) } " — " (aside.why) "." }
            } }
        }
    }
}

fn side_by_side(shortlist: &Shortlist, passages: &mut Passages) -> Markup {
    markup! {
        div.grid { table {
            thead { tr {
                th scope="col" { "Application" }
                @for criterion in &shortlist.criteria { th scope="col" { (criterion.wording) } }
            } }
            tbody { @for one in &shortlist.applications { (comparison_row(&one.row, passages)) } }
        } }
    }
}

fn comparison_row(row: &ComparisonRow, passages: &mut Passages) -> Markup {
    markup! {
        tr {
            td { (row.application) }
            @if let Some(reason) = &row.unreadable {
                td.empty colspan=(row.findings.len()) { "Could not be read (" (reason) "); a person opened the file or has to." }
            } @else {
                @for finding in &row.findings { (finding_cell(finding, passages)) }
            }
        }
    }
}

fn finding_cell(finding: &Finding, passages: &mut Passages) -> Markup {
    let numbers: Vec<usize> = finding
        .statements
        .iter()
        .map(|it| passages.number(it))
        .collect();
    markup! {
        td.empty[finding.standing == Standing::NotStated] {
            (finding.standing.as_str()) (references(&numbers))
            @if finding.standing == Standing::Partly { div.note { (finding.why) } }
        }
    }
}

fn profiles(shortlist: &Shortlist, passages: &mut Passages) -> Markup {
    markup! {
        @for one in &shortlist.applications {
            section.option {
                h3 { (one.row.application) }
                @if let Some(reason) = &one.row.unreadable { p.note { "Could not be read: " (reason) "." } }
                @else if one.row.profile.is_empty() { p.note { "No sentence of it could be quoted by itself." } }
                @else {
                    ul.entries { @for statement in &one.row.profile {
                        li { "“" (statement.text) "”" (references(&[passages.number(statement)])) }
                    } }
                }
            }
        }
    }
}

fn section_markup(section: &Section) -> Markup {
    markup! {
        @if let Some(heading) = &section.heading { h3 { (heading) } }
        ul.entries { @for statement in &section.statements { li { (statement.text) } } }
    }
}

fn references(numbers: &[usize]) -> Markup {
    markup! {
        @if !numbers.is_empty() {
            sup.refs { @for (at, number) in numbers.iter().enumerate() {
                @if at > 0 { "\u{2009}" }
                a href={ "#p" (number) } { (number) }
            } }
        }
    }
}

impl Passages {
    /// The number of a passage; the same passage has one.
    fn number(&mut self, statement: &Statement) -> usize {
        if let Some(at) = self.cited.iter().position(|it| it == statement) {
            return at + 1;
        }
        self.cited.push(statement.clone());
        self.cited.len()
    }

    fn markup(&self) -> Markup {
        markup! {
            ol.sources { @for (at, statement) in self.cited.iter().enumerate() {
                li id={ "p" (at + 1) } {
                    b { (at + 1) }
                    span {
                        "“" (statement.text) "”"
                        @for citation in &statement.citations {
                            span.where { (citation.document) ", " (citation.place) }
                        }
                    }
                }
            } }
        }
    }
}
