//! `labels.html`: what was found, how far it can be relied on, and how it came about.
//!
//! Every text goes through the template's escaping, and the page loads nothing. Everything stands in
//! the table, too; the page says what matters of it and how to read it.

use std::collections::BTreeMap;

use maud::{Markup, html as markup};

use super::table::percent;
use super::{Answerer, Counted, Prepared, Standing, Tally};
use crate::deliver;

/// How many items are listed on the page; all are in the table.
const LISTED_MAX: usize = 100;
/// How much of an item's text is shown in a row.
const SHOWN_CHARS_MAX: usize = 160;
/// From here on, Krippendorff calls data reliable; from the second on, good for tentative
/// conclusions.
const RELIABLE_PPM: i32 = 800_000;
const TENTATIVE_PPM: i32 = 667_000;
/// With fewer known answers than this, a share of right ones says little.
const KNOWN_MIN: u32 = 5;

/// The page.
pub fn page(prepared: &Prepared, tally: &Tally) -> String {
    let title = format!("{} items, labelled", prepared.items.len());
    let body = markup! {
        (figures(tally))
        (agreement(tally))
        h2 { "Labels" } (labels(prepared, tally))
        h2 { "Look at these" } (open(prepared, tally))
        h2 { "Who answered" } (contributors(tally))
        h2 { "How it was done" } (method(prepared))
        (refused(prepared))
    };
    deliver::page("Labels", &title, &byline(prepared, tally), &body)
}

fn byline(prepared: &Prepared, tally: &Tally) -> String {
    let answers: usize = tally.items.iter().map(|item| item.answers.len()).sum();
    format!(
        "{answers} answers by {} contributors · {} of the items with an answer that was known before",
        tally.contributors.len(),
        prepared.known.len()
    )
}

fn count(tally: &Tally, standing: Standing) -> usize {
    tally
        .items
        .iter()
        .filter(|item| item.standing == standing)
        .count()
}

fn figures(tally: &Tally) -> Markup {
    let figures = [
        (count(tally, Standing::Settled), "settled by their answers"),
        (count(tally, Standing::Decided), "decided by a person"),
        (count(tally, Standing::Open), "left open"),
        (count(tally, Standing::Known), "known before"),
    ];
    markup! {
        ul.figures {
            @for (number, words) in figures { li { b { (number) } span { (words) } } }
        }
    }
}

fn agreement(tally: &Tally) -> Markup {
    let Some(alpha) = tally.alpha_ppm else {
        return markup! {
            p { "How far contributors agree cannot be said: no two of them answered about one item, "
                "or all gave the same label." }
        };
    };
    let words = if alpha >= RELIABLE_PPM {
        "They agree well beyond chance; labels like these are usually relied on."
    } else if alpha >= TENTATIVE_PPM {
        "They agree enough for tentative conclusions, and not for more."
    } else {
        "They agree too little to rely on their answers one by one. Either the labels overlap, or the \
         instructions leave too much open, or some contributors do not do it well."
    };
    let sign = if alpha < 0 { "−" } else { "" };
    let hundredths = (alpha.unsigned_abs() + 5_000) / 10_000;
    markup! {
        p {
            b { "Agreement " (sign) (hundredths / 100) "." (format!("{:02}", hundredths % 100)) }
            " (Krippendorff's alpha: 1 is perfect, 0 is chance). " (words)
        }
    }
}

fn labels(prepared: &Prepared, tally: &Tally) -> Markup {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for item in &tally.items {
        if let Some(label) = &item.label {
            let (all, open) = counts.entry(label).or_default();
            *all += 1;
            *open += usize::from(item.standing == Standing::Open);
        }
    }
    let total = tally.items.len().max(1);
    markup! {
        table {
            thead { tr { th { "label" } th { "items" } th { "share" } th { "of them open" } } }
            tbody {
                @for label in &prepared.settings.labels {
                    @let (all, open) = counts.get(label.as_str()).copied().unwrap_or_default();
                    tr {
                        td { (label) } td { (all) }
                        td { (percent(ppm(all, total))) " %" } td { (open) }
                    }
                }
            }
        }
    }
}

fn ppm(part: usize, whole: usize) -> u32 {
    u32::try_from(part * 1_000_000 / whole.max(1)).unwrap_or(0)
}

/// Items that are open, or that a person decided.
fn open(prepared: &Prepared, tally: &Tally) -> Markup {
    let all = prepared.items.iter().zip(&tally.items);
    let shown: Vec<_> = all
        .filter(|(_, counted)| match counted.standing {
            Standing::Open | Standing::Decided => true,
            Standing::Known | Standing::Settled => false,
        })
        .collect();
    if shown.is_empty() {
        return markup! { p { "Every item is settled by its answers." } };
    }
    markup! {
        table {
            thead { tr { th { "item" } th { "text" } th { "label" } th { "answers" } th { "how" } } }
            tbody {
                @for (item, counted) in shown.iter().take(LISTED_MAX) {
                    tr {
                        td { (item.id) }
                        td { (short(item.text.values())) }
                        td { (counted.label.as_deref().unwrap_or("none")) }
                        td { (said(counted)) }
                        td { (how(counted)) }
                    }
                }
            }
        }
        @if shown.len() > LISTED_MAX {
            p.note { "and " (shown.len() - LISTED_MAX) " more, which are in the table" }
        }
    }
}

fn how(counted: &Counted) -> String {
    match counted.standing {
        Standing::Decided => Standing::Decided.as_str().to_owned(),
        Standing::Open if counted.answers.is_empty() => "open: nobody answered".to_owned(),
        Standing::Open => format!("open: likely to {} %", percent(counted.likely_ppm)),
        Standing::Known | Standing::Settled => counted.standing.as_str().to_owned(),
    }
}

fn short<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let text: Vec<&str> = texts.map(String::as_str).collect();
    let text = text.join(" | ");
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text;
    }
    let cut: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    format!("{cut} …")
}

/// `billing 2, other 1`
fn said(counted: &Counted) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in counted.answers.values() {
        *counts.entry(label).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(label, count)| (std::cmp::Reverse(*count), *label));
    let parts: Vec<String> = counts
        .iter()
        .map(|(label, count)| format!("{label} {count}"))
        .collect();
    parts.join(", ")
}

fn contributors(tally: &Tally) -> Markup {
    markup! {
        table {
            thead { tr {
                th { "contributor" } th { "items" } th { "known answers right" }
                th { "estimated right" } th { "unusable" }
            } }
            tbody {
                @for one in &tally.contributors {
                    tr {
                        td { strong { (one.id) } } td { (one.answers) }
                        td { (known(one)) }
                        td { (percent(one.estimated_ppm)) " %" } td { (one.unusable) }
                    }
                }
            }
        }
        p.note {
            "Who said what stands in labels.csv, a column for each of them. "
            "What is estimated comes from how each of them agrees with all the others and with the "
            "known answers. Nobody is left out because of these figures: that is for a person to decide."
        }
    }
}

fn known(one: &Answerer) -> String {
    if one.known == 0 {
        return "none asked".to_owned();
    }
    let few = if one.known < KNOWN_MIN {
        ", too few to tell"
    } else {
        ""
    };
    format!("{} of {}{few}", one.known_right, one.known)
}

fn method(prepared: &Prepared) -> Markup {
    let settings = &prepared.settings;
    markup! {
        p {
            "Each item was labelled by at least " (settings.answers_min) " contributors who did not see "
            "each other's answers, and by up to " (settings.answers_max) " while its likeliest label "
            "was less likely than " (settings.confidence) " per cent."
            @if settings.checks > 0 && !prepared.known.is_empty() {
                " Among the items of each batch stood some whose answer was known; nobody could tell which."
            }
        }
        p {
            "How likely a label is, is estimated by the method of Dawid and Skene (1979): answers weigh "
            "more the more reliable their contributor turns out to be. It is a number to compare items "
            "by, and it is too sure where many make the same mistake. “Agree” in the table is the plain "
            "share of the answers that are the label."
        }
    }
}

fn refused(prepared: &Prepared) -> Markup {
    if prepared.refused.is_empty() {
        return Markup::default();
    }
    markup! {
        h2 { "Rows that could not be labelled" }
        ul.entries {
            @for row in prepared.refused.iter().take(LISTED_MAX) { li { (row.place) ": " (row.why) } }
        }
        @if prepared.refused.len() > LISTED_MAX {
            p.note { "and " (prepared.refused.len() - LISTED_MAX) " more" }
        }
    }
}
