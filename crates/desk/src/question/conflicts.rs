//! A draft's conflicts as a choice form, and the choices as its resolutions.

use consort_documents::Statement;
use consort_tools::choice::{Choice, ChoiceForm, ChoiceOption, ChoiceQuestion, Choices};
use consort_tools::shape::{Conflict, Resolution, Resolutions};

/// The conflicts as questions: which side holds?
pub(super) fn form(conflicts: &[Conflict]) -> ChoiceForm {
    let questions = conflicts.iter().map(|conflict| ChoiceQuestion {
        ask: format!("{}: {}", conflict.subject, conflict.attribute),
        evidence: Vec::new(),
        key: conflict.key.clone(),
        may_stay_open: true,
        options: conflict
            .sides
            .iter()
            .enumerate()
            .map(|(index, side)| ChoiceOption {
                evidence: vec![Statement {
                    citations: side.citations.clone(),
                    text: side.text.clone(),
                }],
                key: (index + 1).to_string(),
                label: side.text.clone(),
                reason_needed: true,
            })
            .collect(),
    });
    ChoiceForm {
        about: match conflicts.len() {
            1 => "The sources disagree in one place. Which side holds?".to_owned(),
            count => format!("The sources disagree in {count} places. Which side holds?"),
        },
        questions: questions.collect(),
    }
}

/// The choices, as a brief has them.
pub(super) fn resolutions(choices: Choices) -> Resolutions {
    let resolution = |choice: Choice| {
        let number: Option<u32> = choice.chosen.and_then(|key| key.parse().ok());
        Resolution {
            chosen: number.and_then(|number| number.checked_sub(1)),
            conflict: choice.key,
            opened: choice.opened,
            reason: choice.reason,
        }
    };
    Resolutions {
        person: choices.person,
        resolutions: choices.decisions.into_iter().map(resolution).collect(),
    }
}

/// The other way round: how a form answers what was resolved; nothing where no form could.
pub(super) fn choices(resolved: Resolutions) -> Option<Vec<Choice>> {
    let choice = |resolution: Resolution| {
        let chosen = match resolution.chosen {
            Some(place) => Some(place.checked_add(1)?.to_string()),
            None => None,
        };
        Some(Choice {
            chosen,
            key: resolution.conflict,
            opened: resolution.opened,
            reason: resolution.reason,
        })
    };
    resolved.resolutions.into_iter().map(choice).collect()
}
