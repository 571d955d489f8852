//! `compare`: the applications side by side, in the order of their names, for the person who decides.
//!
//! There is no total, no mark and no order by what was found: a table that sums up invites to read
//! the sum alone.

use consort_documents::Statement;
use serde::{Deserialize, Serialize};

use super::criterion::Criterion;
use super::screen::{Finding, Screened, Standing};
use crate::choice::{ChoiceForm, ChoiceOption, ChoiceQuestion};
use crate::shape::Summary;

/// The key of the choice to invite somebody.
pub(super) const INVITE: &str = "invite";
/// The key of the choice not to.
const DECLINE: &str = "decline";

/// The applications side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The criteria, in the order in which they were given.
    pub criteria: Vec<Criterion>,
    /// What the person is asked: one question for each application.
    pub form: ChoiceForm,
    /// By what the rows are ordered.
    pub order: String,
    /// One row for each application.
    pub rows: Vec<ComparisonRow>,
}

/// An application's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// Its name.
    pub application: String,
    /// One for each criterion.
    pub findings: Vec<Finding>,
    /// The sentences of it that matter most.
    pub profile: Vec<Statement>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// Sets applications side by side.
pub fn compare(criteria: &[Criterion], screened: &[Screened], profiles: &[Summary]) -> Comparison {
    let mut rows: Vec<ComparisonRow> = screened
        .iter()
        .map(|one| ComparisonRow {
            application: one.application.clone(),
            findings: one.findings.clone(),
            profile: profiles
                .iter()
                .find(|profile| profile.document == one.application)
                .map(|profile| profile.statements.clone())
                .unwrap_or_default(),
            unreadable: one.unreadable.clone(),
        })
        .collect();
    rows.sort_by(|one, other| one.application.cmp(&other.application));
    let questions = rows.iter().map(|row| question(criteria, row)).collect();
    Comparison {
        criteria: criteria.to_vec(),
        form: ChoiceForm {
            about: "Who is invited? The order is that of the file names and says nothing. 'Not stated' \
                    means that no passage was found, not that somebody cannot do it."
                .to_owned(),
            questions,
        },
        order: "the file names".to_owned(),
        rows,
    }
}

fn question(criteria: &[Criterion], row: &ComparisonRow) -> ChoiceQuestion {
    let mut ask = vec![format!("{}: invite?", row.application)];
    if let Some(reason) = &row.unreadable {
        ask.push(format!(
            "It could not be read ({reason}). Open the file yourself before you decide."
        ));
    } else {
        ask.extend(
            criteria
                .iter()
                .zip(&row.findings)
                .map(|(criterion, finding)| {
                    let why = match finding.standing {
                        Standing::Met | Standing::NotStated => String::new(),
                        Standing::Partly => format!(": {}", finding.why),
                    };
                    format!(
                        "{:<10}  {} ({}){why}",
                        finding.standing.as_str(),
                        criterion.wording,
                        criterion.need.as_str()
                    )
                }),
        );
    }
    let option = |key: &str, label: &str, reason_needed| ChoiceOption {
        evidence: Vec::new(),
        key: key.to_owned(),
        label: label.to_owned(),
        reason_needed,
    };
    let found = row.findings.iter().flat_map(|it| it.statements.clone());
    ChoiceQuestion {
        ask: ask.join("\n     "),
        evidence: found.collect(),
        key: row.application.clone(),
        may_stay_open: false,
        options: vec![
            option(INVITE, "invite", false),
            option(DECLINE, "do not invite", true),
        ],
    }
}
