//! `describe`: the role in its own words, and the criteria as they will be looked for.
//!
//! It quotes and puts in order; it adds no requirement and no praise. What is asked for and does not
//! stand in the role's text is shown as that, for the person who approves it.

use consort_documents::{Document, Statement};
use serde::{Deserialize, Serialize};

use super::criterion::{self, Criterion, SetAside};
use super::screen::has_all;
use crate::choice::{ChoiceForm, ChoiceOption, ChoiceQuestion};
use crate::text::{Language, PassageKind, content_stems, passages};

/// How many passages of the role are shown: a person reads them all.
const PASSAGES_MAX: usize = 60;
/// How many passages of the role are shown for a criterion.
const IN_ROLE_MAX: usize = 2;

/// The description of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The criteria, in the order in which they were given.
    pub criteria: Vec<Criterion>,
    /// What the person is asked to approve.
    pub form: ChoiceForm,
    /// The name of the role's document.
    pub role: String,
    /// The role's text, under its own headings.
    pub sections: Vec<Section>,
    /// What was given as a criterion and is not screened for.
    pub set_aside: Vec<SetAside>,
    /// The role's title, where its text states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A part of the role's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Its passages.
    pub statements: Vec<Statement>,
}

/// Describes a role.
pub fn describe(role: &Document, criteria: &[String]) -> Description {
    let (mut criteria, set_aside) = criterion::read(criteria);
    let language = Language::of(role);
    for criterion in &mut criteria {
        let wanted: Vec<Vec<String>> = criterion
            .looks_for
            .iter()
            .chain(&criterion.hints)
            .map(|words| content_stems(words, language))
            .filter(|stems| !stems.is_empty())
            .collect();
        criterion.in_role = passages(0, role)
            .filter(|passage| passage.kind != PassageKind::Heading)
            .filter(|passage| {
                let stems = content_stems(passage.text, language);
                wanted.iter().any(|wording| has_all(&stems, wording))
            })
            .take(IN_ROLE_MAX)
            .map(|passage| passage.state(role))
            .collect();
    }
    let title = role.title.clone();
    let form = form(&criteria, &set_aside);
    Description {
        criteria,
        form,
        role: role.name.clone(),
        sections: sections(role),
        set_aside,
        title,
    }
}

fn sections(role: &Document) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for passage in passages(0, role).take(PASSAGES_MAX) {
        if passage.kind == PassageKind::Heading {
            sections.push(Section {
                heading: Some(passage.text.to_owned()),
                statements: Vec::new(),
            });
            continue;
        }
        let statement = passage.state(role);
        match sections.last_mut() {
            Some(section) => section.statements.push(statement),
            None => sections.push(Section {
                heading: None,
                statements: vec![statement],
            }),
        }
    }
    sections.retain(|section| !section.statements.is_empty());
    sections
}

fn form(criteria: &[Criterion], set_aside: &[SetAside]) -> ChoiceForm {
    let mut ask =
        vec!["Are these the criteria, and the words by which they are looked for?".to_owned()];
    ask.extend(criteria.iter().map(|criterion| {
        let silent = if criterion.in_role.is_empty() {
            "  (the role's text does not say this)"
        } else {
            ""
        };
        format!(
            "{}: {} [{}]{silent}",
            criterion.need.as_str(),
            criterion.wording,
            [&criterion.looks_for[..], &criterion.hints]
                .concat()
                .join(", ")
        )
    }));
    let aside = set_aside.iter();
    ask.extend(aside.map(|it| format!("not screened for: {} ({})", it.wording, it.why)));
    let option = |key: &str, label: &str, reason_needed| ChoiceOption {
        evidence: Vec::new(),
        key: key.to_owned(),
        label: label.to_owned(),
        reason_needed,
    };
    ChoiceForm {
        about: "No application is read by anybody before you have approved this.".to_owned(),
        questions: vec![ChoiceQuestion {
            ask: ask.join("\n     "),
            evidence: criteria.iter().flat_map(|it| it.in_role.clone()).collect(),
            key: "criteria".to_owned(),
            may_stay_open: false,
            options: vec![
                option("approve", "yes, screen by these", false),
                option("stop", "no, stop here", true),
            ],
        }],
    }
}
