//! `brief.html`: one file without scripts and without anything from elsewhere, made to be printed.
//!
//! Every text goes through the template's escaping; there is no other way into the page.

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::frame::Frame;
use super::outline::{Cell, Dispute, Entry, OptionPart, Part, Source};
use crate::shape::{Brief, Severity};

/// The style sheet, which is part of the page.
const STYLE: &str = include_str!("style.css");

/// What the page may load: nothing but its own style.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The brief as a page.
pub fn html(brief: &Brief, frame: &Frame) -> String {
    let parts = super::parts(brief, frame);
    let body = markup! { @for part in &parts { (part_markup(part)) } };
    let byline = super::byline(brief, frame);
    framed(
        super::sort(frame),
        &frame.outcome,
        &frame.title,
        &byline,
        &body,
    )
}

/// A page of any other sort, with the same looks.
pub(crate) fn page(sort: &str, title: &str, byline: &str, body: &Markup) -> String {
    framed(sort, "", title, byline, body)
}

fn framed(sort: &str, outcome: &str, title: &str, byline: &str, body: &Markup) -> String {
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(CONTENT_POLICY);
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.sort {
                        (sort)
                        @if !outcome.is_empty() { span.id { (outcome) } }
                    }
                    h1 { (title) }
                    p.byline { (byline) }
                }
                main { (body) }
            }
        }
    };
    page.into_string()
}

fn part_markup(part: &Part) -> Markup {
    match part {
        Part::Heading(text) => markup! { h2 { (text) } },
        Part::Subheading(text) => markup! { h3 { (text) } },
        Part::Question(text) => markup! { p.question { (text) } },
        Part::Text(text) => markup! { p { (text) } },
        Part::Note(text) => markup! { p.note { (text) } },
        Part::Figures(figures) => figures_markup(figures),
        Part::Entries(entries) => entries_markup(entries),
        Part::Dispute(dispute) => dispute_markup(dispute),
        Part::Option(option) => option_markup(option),
        Part::Credited { sentence, person } => markup! {
            blockquote {
                (sentence)
                @if !person.is_empty() { footer { "— " (person) ", in their own words" } }
            }
        },
        Part::Blank(label) => markup! {
            div.blank { i {} i {} span { (label) } }
        },
        Part::Grid { head, rows } => grid_markup(head, rows),
        Part::NewPage => markup! { hr.newpage; },
        Part::Sources(sources) => sources_markup(sources),
    }
}

fn figures_markup(figures: &[(usize, String)]) -> Markup {
    markup! {
        ul.figures {
            @for (number, what) in figures { li { b { (number) } " " span { (what) } } }
        }
    }
}

fn entries_markup(entries: &[Entry]) -> Markup {
    markup! {
        ul.entries {
            @for entry in entries {
                @if entry.also.is_empty() { li { (entry_markup(entry)) } }
                @else { li.run { (run_markup(entry)) } }
            }
        }
    }
}

/// An entry with those that follow in the same line, each on a line of its own here.
fn run_markup(entry: &Entry) -> Markup {
    markup! {
        @if let Some(lead) = &entry.lead { span.lead { (lead) } }
        div {
            div { (words_markup(entry)) }
            @for further in &entry.also { div { (entry_markup(further)) } }
        }
    }
}

fn entry_markup(entry: &Entry) -> Markup {
    markup! {
        @if let Some(lead) = &entry.lead { span.lead { (lead) ":" } " " }
        (words_markup(entry))
        @for further in &entry.also { " · " (entry_markup(further)) }
    }
}

fn words_markup(entry: &Entry) -> Markup {
    markup! {
        @if entry.quoted { "“" (entry.text) "”" } @else { (entry.text) }
        (references(&entry.sources))
    }
}

fn references(numbers: &[usize]) -> Markup {
    markup! {
        @if !numbers.is_empty() {
            sup.refs {
                @for (at, number) in numbers.iter().enumerate() {
                    @if at > 0 { "\u{2009}" }
                    a href={ "#p" (number) } { (number) }
                }
            }
        }
    }
}

fn dispute_markup(dispute: &Dispute) -> Markup {
    markup! {
        section.dispute {
            h3 {
                (dispute.title)
                @if let Some(verdict) = dispute.verdict.as_ref().filter(|_| !dispute.decided) {
                    span.open { (verdict) }
                }
            }
            @for side in &dispute.sides {
                div.side.chosen[side.chosen] {
                    span.value { (side.value) }
                    span.words {
                        (side.words) (references(&side.sources))
                        span.from { (side.documents) }
                    }
                }
            }
            @if let Some(verdict) = dispute.verdict.as_ref().filter(|_| dispute.decided) {
                p.verdict { (verdict) }
            }
        }
    }
}

fn option_markup(option: &OptionPart) -> Markup {
    markup! {
        section.option {
            h3 { (option.name) }
            div.sides {
                div.for { (side_markup("For it, or about it", &option.about)) }
                div.against { (side_markup("Against it", &option.against)) }
            }
        }
    }
}

fn side_markup(title: &str, entries: &[Entry]) -> Markup {
    markup! {
        @if entries.is_empty() { p.note { (title) ": no passage found." } }
        @else { h4 { (title) } (entries_markup(entries)) }
    }
}

fn grid_markup(head: &[String], rows: &[Vec<Cell>]) -> Markup {
    markup! {
        div.grid {
            table {
                @if !head.is_empty() {
                    thead { tr { @for name in head { th scope="col" { (name) } } } }
                }
                tbody {
                    @for row in rows {
                        tr { @for cell in row { (cell_markup(cell)) } }
                    }
                }
            }
        }
    }
}

fn cell_markup(cell: &Cell) -> Markup {
    markup! {
        td.empty[cell.empty] .(cell.severity.map_or("", severity_class)) {
            @for line in &cell.lines { div { (entry_markup(line)) } }
        }
    }
}

const fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note-worthy",
        Severity::Warning => "warning",
        Severity::Serious => "serious",
    }
}

fn sources_markup(sources: &[Source]) -> Markup {
    markup! {
        ol.sources {
            @for source in sources {
                li id={ "p" (source.number) } {
                    b { (source.number) }
                    span {
                        "“" (source.quote) "”"
                        span.where { (source.document) ", " (source.place) }
                    }
                }
            }
        }
    }
}
