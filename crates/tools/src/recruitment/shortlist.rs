//! `shortlist`: the person's decisions beside what they rested on, as data and for a spreadsheet.
//!
//! It merges and decides nothing: an application without a decision is shown as undecided.

use serde::{Deserialize, Serialize};

use super::compare::{Comparison, ComparisonRow, INVITE};
use super::criterion::Criterion;
use super::describe::Description;
use super::screen::Finding;
use crate::choice::{Choice, Choices};
use crate::deliver::csv_line;

/// A shortlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortlist {
    /// Each application with what was decided, in the order of their names.
    pub applications: Vec<Decided>,
    /// Who approved the criteria.
    pub approved_by: String,
    /// The criteria.
    pub criteria: Vec<Criterion>,
    /// Who decided.
    pub decided_by: String,
    /// The description of the role.
    pub description: Description,
    /// By what the applications are ordered.
    pub order: String,
    /// What redaction can and cannot do.
    pub redaction: String,
}

/// An application with what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What the person decided; nothing where they did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Choice>,
    /// The application's row.
    #[serde(flatten)]
    pub row: ComparisonRow,
}

impl Decided {
    /// Whether the person invites them.
    pub fn is_invited(&self) -> bool {
        let decision = self.decision.as_ref();
        decision.and_then(|it| it.chosen.as_deref()) == Some(INVITE)
    }

    /// The person's reason, where they gave one.
    pub fn reason(&self) -> &str {
        self.decision.as_ref().map_or("", |it| it.reason.as_str())
    }
}

/// Merges the person's decisions with what they rested on.
pub fn shortlist(
    description: &Description,
    comparison: &Comparison,
    approval: &Choices,
    decisions: &Choices,
) -> Shortlist {
    let applications = comparison.rows.iter().map(|row| Decided {
        decision: decisions
            .decisions
            .iter()
            .find(|it| it.key == row.application)
            .cloned(),
        row: row.clone(),
    });
    Shortlist {
        applications: applications.collect(),
        approved_by: approval.person.clone(),
        criteria: comparison.criteria.clone(),
        decided_by: decisions.person.clone(),
        description: description.clone(),
        order: comparison.order.clone(),
        redaction: super::redact::LIMITS.to_owned(),
    }
}

/// The shortlist for a spreadsheet: one row for each application.
pub fn shortlist_csv(shortlist: &Shortlist) -> String {
    let mut out = String::new();
    let head = ["application", "decision", "reason", "passages opened"].map(str::to_owned);
    let wordings = shortlist.criteria.iter().map(|it| it.wording.clone());
    csv_line(&mut out, head.into_iter().chain(wordings));
    for one in &shortlist.applications {
        let decision = one.decision.as_ref();
        let chosen = decision.and_then(|it| it.chosen.clone());
        let opened = if decision.is_some_and(|it| it.opened) {
            "yes"
        } else {
            "no"
        };
        let cells = [
            one.row.application.clone(),
            chosen.unwrap_or_else(|| "undecided".to_owned()),
            one.reason().to_owned(),
            opened.to_owned(),
        ];
        let findings = one.row.findings.iter().map(cell);
        csv_line(&mut out, cells.into_iter().chain(findings));
    }
    out
}

fn cell(finding: &Finding) -> String {
    let quotes: Vec<String> = finding
        .statements
        .iter()
        .map(|statement| format!("\"{}\"", statement.text))
        .collect();
    if quotes.is_empty() {
        finding.standing.as_str().to_owned()
    } else {
        format!("{}: {}", finding.standing.as_str(), quotes.join(" "))
    }
}
