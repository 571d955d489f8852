//! A list as a table for people, with the way to the next page and to its files.

use maud::{Markup, html as markup};

use super::{Asked, Cell, Column, Form, Found};
use crate::part::Icon;

/// What is said where there is nothing: why, and what can be done next.
pub(crate) struct Empty<'a> {
    /// What there is none of.
    pub(crate) title: &'a str,
    /// Why there is none, and when there will be.
    pub(crate) why: &'a str,
    /// What can be done.
    pub(crate) next: Markup,
}

/// The table, or why there is none, with what leads on.
pub(crate) fn show(asked: &Asked, name: &str, found: &Found, empty: &Empty<'_>) -> Markup {
    let is_page_one = asked.get(super::PLACE).is_none();
    markup! {
        @if found.lines.is_empty() { (nothing(asked, found, empty)) }
        @else {
            div.scroll.section tabindex="0" role="region" aria-label=(name) { (table(name, found)) }
        }
        @if !(found.lines.is_empty() && is_page_one) {
            nav.pager aria-label={ "Pages of " (name) } {
                @if !is_page_one { a href=(asked.address(Form::Page, &[])) { "Back to the newest" } }
                @if let Some(next) = asked.next(found) { a href=(next) rel="next" { "Older ones" } }
                @else { span { "That is all of them." } }
                span.actions {
                    span { "As a file, up to 1,000 rows:" }
                    a href=(asked.address(Form::Csv, &[])) { (Icon::Download.show()) "CSV" }
                    a href=(asked.address(Form::Json, &[])) { "JSON" }
                }
            }
        }
    }
}

fn nothing(asked: &Asked, found: &Found, empty: &Empty<'_>) -> Markup {
    let further = asked.next(found);
    markup! {
        div.empty {
            @match (further, asked.is_narrowed()) {
                (Some(next), _) => {
                    p { b { "Nothing among the newest fits." } }
                    p { "There are older ones that were not looked at yet." }
                    a.button href=(next) rel="next" { "Look on" }
                }
                (None, true) => {
                    p { b { "Nothing fits what was asked for." } }
                    p { "Fewer words, or other filters, may find it." }
                    a.button href=(asked.whole()) { "Show all" }
                }
                (None, false) => {
                    p { b { (empty.title) } }
                    p { (empty.why) }
                    (empty.next)
                }
            }
        }
    }
}

fn table(name: &str, found: &Found) -> Markup {
    let shown: Vec<(usize, &Column)> = found
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| !column.words.is_empty())
        .collect();
    let number = |column: &Column| column.is_number.then_some("num");
    markup! {
        table.stacked {
            caption.sr { (name) }
            thead { tr { @for (_, column) in &shown { th class=[number(column)] scope="col" { (column.words) } } } }
            tbody data-keys {
                @for line in &found.lines {
                    tr.is-mine[line.is_mine] {
                        @for (place, (index, column)) in shown.iter().enumerate() {
                            (cell(place == 0, column, &line.cells[*index]))
                        }
                    }
                }
            }
        }
    }
}

fn cell(is_first: bool, column: &Column, cell: &Cell) -> Markup {
    let class = column.is_number.then_some("num");
    markup! {
        @if is_first { th scope="row" { (cell.shown) } }
        @else { td class=[class] data-label=(column.words) { (cell.shown) } }
    }
}
