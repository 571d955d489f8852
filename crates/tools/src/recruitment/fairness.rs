//! `fairness`: how often people of each self-declared group were invited, after it was decided.
//!
//! This is the one place that sees what people declared about themselves. It takes the decisions as
//! they are and gives counts and ratios; no line of it says who belongs to which group.

use std::collections::BTreeMap;

use consort_documents::{BlockKind, Document};
use consort_kernel::fairness::{Comparison, Impact, SMALL_GROUP_PPM, SmallGroups, Tally, impact};
use serde::{Deserialize, Serialize};

use super::compare::INVITE;
use crate::choice::Choices;

/// How many attributes are looked at: law and practice know two or three.
const ATTRIBUTES_MAX: usize = 8;
/// What people write who do not say.
const UNKNOWN: [&str; 9] = [
    "",
    "-",
    "?",
    "unknown",
    "n/a",
    "none",
    "prefer not to say",
    "not stated",
    "no answer",
];

/// The fairness report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fairness {
    /// How many applied.
    pub applicants: u32,
    /// One table for each attribute, then one for each two of them together.
    pub attributes: Vec<AttributeTable>,
    /// How many were invited.
    pub invited: u32,
    /// How many rows of declarations name an application that is not there.
    pub rows_without_application: u32,
    /// The share below which a group is left out of the comparison, in millionths.
    pub small_group_ppm: u32,
}

/// The groups of one attribute, or of two together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeTable {
    /// The attribute.
    pub attribute: String,
    /// Its groups, by name.
    pub groups: Vec<GroupRow>,
    /// The group with the highest selection rate; none where nobody was invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Applicants whose group is not known.
    pub unknown_applicants: u32,
    /// How many of them were invited.
    pub unknown_invited: u32,
}

/// A group's figures; what is none was left out or could not be reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// How many applied.
    pub applicants: u32,
    /// Whether its rate is below four fifths of the highest.
    pub below_four_fifths: Option<bool>,
    /// The two-sided p of Fisher's exact test against the reference, in millionths.
    pub fisher_ppm: Option<u32>,
    /// The group.
    pub group: String,
    /// Its selection rate by the highest, in millionths.
    pub impact_ratio_ppm: Option<u32>,
    /// How many were invited.
    pub invited: u32,
    /// Whether it is too small to be compared, by the rule that was declared.
    pub left_out: bool,
    /// The invited by the applicants, in millionths.
    pub selection_rate_ppm: u32,
}

/// What people declared: group by application, for each attribute.
struct Declared {
    attributes: Vec<String>,
    rows: BTreeMap<String, Vec<Option<String>>>,
}

/// Reckons the report from the decisions and the declarations.
pub fn fairness(decisions: &Choices, declarations: &Document) -> Fairness {
    let declared = read(declarations);
    let invited: BTreeMap<&str, bool> = decisions
        .decisions
        .iter()
        .map(|it| (it.key.as_str(), it.chosen.as_deref() == Some(INVITE)))
        .collect();
    let count = declared.attributes.len();
    let mut tables = Vec::new();
    for at in 0..count {
        tables.push(table(&declared, &invited, &[at]));
    }
    for one in 0..count {
        for other in one + 1..count {
            tables.push(table(&declared, &invited, &[one, other]));
        }
    }
    let strangers = declared.rows.keys();
    let strangers = strangers.filter(|name| !invited.contains_key(name.as_str()));
    Fairness {
        applicants: number(invited.len()),
        attributes: tables,
        invited: number(invited.values().filter(|invited| **invited).count()),
        rows_without_application: number(strangers.count()),
        small_group_ppm: SMALL_GROUP_PPM,
    }
}

fn table(declared: &Declared, invited: &BTreeMap<&str, bool>, at: &[usize]) -> AttributeTable {
    let mut groups: BTreeMap<String, Tally> = BTreeMap::new();
    let mut unknown = Tally::default();
    for (application, invited) in invited {
        let row = declared.rows.get(*application);
        let parts: Option<Vec<&str>> = at
            .iter()
            .map(|at| row.and_then(|row| row.get(*at)?.as_deref()))
            .collect();
        match parts {
            Some(parts) => groups.entry(parts.join(", ")).or_default().count(*invited),
            None => unknown.count(*invited),
        }
    }
    let names: Vec<&str> = at
        .iter()
        .map(|at| declared.attributes[*at].as_str())
        .collect();
    let rule = SmallGroups::LeftOutBelow(SMALL_GROUP_PPM);
    written(names.join(" and "), impact(&groups, unknown, rule))
}

fn written(attribute: String, impact: Impact) -> AttributeTable {
    let groups = impact.groups.into_iter().map(|group| {
        let (ratio, below, fisher, left_out) = match group.comparison {
            Comparison::Compared {
                below_four_fifths,
                fisher_ppm,
                impact_ratio_ppm,
            } => (
                Some(impact_ratio_ppm),
                Some(below_four_fifths),
                fisher_ppm,
                false,
            ),
            Comparison::LeftOut => (None, None, None, true),
            Comparison::NobodySelected => (None, None, None, false),
        };
        GroupRow {
            applicants: group.tally.applicants,
            below_four_fifths: below,
            fisher_ppm: fisher,
            group: group.group,
            impact_ratio_ppm: ratio,
            invited: group.tally.selected,
            left_out,
            selection_rate_ppm: group.selection_rate_ppm,
        }
    });
    AttributeTable {
        attribute,
        groups: groups.collect(),
        reference: impact.reference,
        unknown_applicants: impact.unknown.applicants,
        unknown_invited: impact.unknown.selected,
    }
}

/// The declarations: the first column names the application, each further one is an attribute.
fn read(declarations: &Document) -> Declared {
    let mut head: Vec<String> = Vec::new();
    let mut rows: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for block in &declarations.blocks {
        let BlockKind::Row { cells, columns } = &block.kind else {
            continue;
        };
        if head.is_empty() {
            // A table of words alone does not show which row names its columns; the first one does.
            let is_named = !columns.is_empty();
            head.clone_from(if is_named { columns } else { cells });
            if !is_named {
                continue;
            }
        }
        let Some((application, values)) = cells.split_first() else {
            continue;
        };
        let group = |value: &String| {
            let value = value.trim();
            let is_known = !UNKNOWN.contains(&value.to_lowercase().as_str());
            is_known.then(|| value.to_owned())
        };
        let values = values.iter().take(ATTRIBUTES_MAX).map(group).collect();
        rows.insert(application.trim().to_owned(), values);
    }
    let attributes = head.into_iter().skip(1).take(ATTRIBUTES_MAX);
    Declared {
        attributes: attributes.filter(|name| !name.trim().is_empty()).collect(),
        rows,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
