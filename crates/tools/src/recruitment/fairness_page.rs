//! `fairness.html` and `fairness.csv`: counts by self-declared group, with what they can and cannot say.

use maud::{Markup, html as markup};

use super::fairness::{AttributeTable, Fairness, GroupRow};
use crate::deliver::{csv_line, page};

/// A whole, in millionths.
const WHOLE_PPM: u32 = 1_000_000;

/// The report as a page.
pub fn fairness_html(fairness: &Fairness, prepared_on: &str) -> String {
    let body = markup! {
        p.note {
            "Reckoned after the decisions were made. What people declared about themselves was held \
             apart: nobody who screened, compared or decided had it, and only counts stand here. With \
             few applicants even counts can point at somebody; give this page only to whoever has to \
             watch over fairness."
        }
        ul.figures {
            li { b { (fairness.applicants) } " " span { "applications" } }
            li { b { (fairness.invited) } " " span { "invited" } }
        }
        @for table in &fairness.attributes { (table_markup(table, fairness.small_group_ppm)) }
        @if fairness.attributes.is_empty() { p { "No attribute was declared." } }
        h2 { "How to read this" }
        ul.entries {
            li { span.lead { "Selection rate:" } " the invited by the applicants of a group." }
            li { span.lead { "Impact ratio:" } " a group’s selection rate by the highest of any group that is compared (6 RCNY § 5-300, Local Law 144 of 2021)." }
            li { span.lead { "Four fifths:" } " a ratio below 0.8 is a sign to look closer (29 CFR 1607.4 D). It is a line and no verdict: with small numbers, in a group or in the one it is held against, one person more or less crosses it." }
            li { span.lead { "Fisher’s p:" } " how often chance alone would make a difference at least as unlikely, against the group with the highest rate. A large p is no proof that all is well." }
            li { span.lead { "Left out:" } " groups below " (share(fairness.small_group_ppm)) " of those whose group is known are listed and not compared (6 RCNY § 5-301 (d))." }
            li { span.lead { "Not known:" } " people who did not say, or whose row is missing; they are in no group." }
            @if fairness.rows_without_application > 0 {
                li { (fairness.rows_without_application) " row(s) of declarations name no application that was decided on, and count nowhere." }
            }
        }
        p.note {
            "This is no bias audit under Local Law 144: that takes an independent auditor, and it is \
             about tools that score or classify. Here no score was made."
        }
    };
    let byline = format!("Prepared on {prepared_on} · Restricted");
    page(
        "Fairness report",
        "Invitations by self-declared group",
        &byline,
        &body,
    )
}

fn table_markup(table: &AttributeTable, small_ppm: u32) -> Markup {
    markup! {
        h2 { (table.attribute) }
        div.grid { table {
            thead { tr { @for name in HEAD { th scope="col" { (name) } } } }
            tbody {
                @for row in &table.groups { tr { @for cell in cells(row, table) { td { (cell) } } } }
                tr {
                    td.empty { "not known" }
                    td { (table.unknown_applicants) }
                    td { (table.unknown_invited) }
                    td.empty colspan="4" { "in no group" }
                }
            }
        } }
        @if table.groups.iter().any(|row| row.left_out) {
            p.note { "Left out of the comparison: groups below " (share(small_ppm)) "." }
        }
        @if table.reference.is_none() { p.note { "Nobody in these groups was invited, so that there is no ratio." } }
    }
}

/// The columns.
const HEAD: [&str; 7] = [
    "Group",
    "Applicants",
    "Invited",
    "Selection rate",
    "Impact ratio",
    "Four fifths",
    "Fisher’s p",
];

fn cells(row: &GroupRow, table: &AttributeTable) -> [String; 7] {
    let none = || if row.left_out { "left out" } else { "—" }.to_owned();
    let is_reference = table.reference.as_ref() == Some(&row.group);
    [
        row.group.clone(),
        row.applicants.to_string(),
        row.invited.to_string(),
        share(row.selection_rate_ppm),
        row.impact_ratio_ppm.map_or_else(none, ratio),
        match row.below_four_fifths {
            Some(true) => "below".to_owned(),
            Some(false) => "not below".to_owned(),
            None => none(),
        },
        match row.fisher_ppm {
            Some(ppm) => probability(ppm),
            None if is_reference => "highest rate".to_owned(),
            None => none(),
        },
    ]
}

/// A share as a percentage with one decimal.
fn share(ppm: u32) -> String {
    let tenths = (ppm + 500) / 1000;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A ratio with three decimals.
fn ratio(ppm: u32) -> String {
    let thousandths = (ppm + 500) / 1000;
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// A probability with four decimals.
fn probability(ppm: u32) -> String {
    if ppm < 50 {
        return "< 0.0001".to_owned();
    }
    let parts = (ppm + 50) / 100;
    format!(
        "{}.{:04}",
        parts / (WHOLE_PPM / 100),
        parts % (WHOLE_PPM / 100)
    )
}

/// The report for a spreadsheet: one row for each group of each attribute, figures in millionths.
pub fn fairness_csv(fairness: &Fairness) -> String {
    let mut out = String::new();
    let head = [
        "attribute",
        "group",
        "applicants",
        "invited",
        "selection_rate_ppm",
        "impact_ratio_ppm",
        "below_four_fifths",
        "fisher_p_ppm",
        "left_out",
    ];
    csv_line(&mut out, head.map(str::to_owned).into_iter());
    for table in &fairness.attributes {
        for row in &table.groups {
            let cells = [
                table.attribute.clone(),
                row.group.clone(),
                row.applicants.to_string(),
                row.invited.to_string(),
                row.selection_rate_ppm.to_string(),
                row.impact_ratio_ppm
                    .map_or_else(String::new, |it| it.to_string()),
                row.below_four_fifths
                    .map_or_else(String::new, |it| it.to_string()),
                row.fisher_ppm.map_or_else(String::new, |it| it.to_string()),
                row.left_out.to_string(),
            ];
            csv_line(&mut out, cells.into_iter());
        }
        let unknown = [
            table.attribute.clone(),
            "not known".to_owned(),
            table.unknown_applicants.to_string(),
            table.unknown_invited.to_string(),
        ];
        let empty = std::iter::repeat_n(String::new(), 5);
        csv_line(&mut out, unknown.into_iter().chain(empty));
    }
    out
}
