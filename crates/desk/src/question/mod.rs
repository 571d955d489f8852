//! Questions that a task puts to its person, and how the answers are handed in.
//!
//! What is asked is a choice form that an earlier task made, or the conflicts of a draft, which are
//! put as one. Nothing is decided that the person does not say.

mod conflicts;

use std::collections::BTreeMap;

use consort_engine::Engine;
use consort_engine::runner::{Commission, commission};
use consort_kernel::command::{Body, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::task::{AiUse, Phase, Provenance, Submission, Task, TaskCommand};
use consort_tools::choice::{ChoiceForm, Choices};
use consort_tools::shape::{Conflict, Draft};

use crate::DeskError;

/// The kind of task that only decides.
const DECIDE: &str = "decide";

/// Questions for a person, and how the answers are handed in.
#[derive(Debug, Clone)]
pub struct Questions {
    form: ChoiceForm,
    /// Whether the answers are handed in as the resolutions of a draft.
    of_draft: bool,
}

impl Questions {
    /// What the task's material asks; nothing where no answer could be handed in.
    pub fn of(engine: &Engine, task: &Task) -> Result<Option<Self>, DeskError> {
        if task.spec.kind != DECIDE {
            return Ok(None);
        }
        Ok(Self::in_material(&commission(engine, task.clone())?))
    }

    /// The forms of several pieces of material are one batch.
    fn in_material(material: &Commission) -> Option<Self> {
        let pieces = material.materials.iter();
        let mut forms = pieces.filter_map(|piece| ChoiceForm::in_material(&piece.bytes));
        if let Some(mut form) = forms.next() {
            form.questions.extend(forms.flat_map(|it| it.questions));
            return form.fault().is_none().then_some(Self {
                form,
                of_draft: false,
            });
        }
        let draft = material.named("draft").next()?;
        let draft: Draft = serde_json::from_slice(&draft.bytes).ok()?;
        let conflicts: Vec<Conflict> = draft.disagree;
        Some(Self {
            form: conflicts::form(&conflicts),
            of_draft: true,
        })
    }

    /// What is asked.
    pub const fn form(&self) -> &ChoiceForm {
        &self.form
    }

    /// The answers as they are handed in.
    pub fn content(&self, choices: Choices) -> Vec<u8> {
        let content = if self.of_draft {
            serde_json::to_vec(&conflicts::resolutions(choices))
        } else {
            serde_json::to_vec(&choices)
        };
        content.expect("texts and lists are JSON")
    }
}

/// What was decided about one question, as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was asked.
    pub ask: String,
    /// What was chosen; nothing where it was left open.
    pub chosen: Option<String>,
    /// Whether whoever decided says that they looked at the passages.
    pub is_opened: bool,
    /// Why.
    pub reason: String,
}

impl Questions {
    /// What a result decided, question by question; nothing where it is no answer to these questions, all of
    /// them and no others.
    pub fn decided(&self, content: &[u8]) -> Option<Vec<Decided>> {
        let mut choices = if self.of_draft {
            conflicts::choices(serde_json::from_slice(content).ok()?)?
        } else {
            serde_json::from_slice::<Choices>(content).ok()?.decisions
        };
        if choices.len() != self.form.questions.len() {
            return None;
        }
        let decided = self.form.questions.iter().map(|question| {
            let place = choices.iter().position(|it| it.key == question.key)?;
            let choice = choices.swap_remove(place);
            let label = |key: &String| {
                let mut options = question.options.iter();
                Some(options.find(|it| it.key == *key)?.label.clone())
            };
            Some(Decided {
                ask: question.ask.clone(),
                chosen: match &choice.chosen {
                    Some(key) => Some(label(key)?),
                    None => None,
                },
                is_opened: choice.opened,
                reason: choice.reason,
            })
        });
        decided.collect()
    }
}

/// Takes the task for the person, if it is only offered yet.
pub fn claim(engine: &Engine, person: ContributorId, task: &Task) -> Result<(), DeskError> {
    let task = engine.task(task.id)?;
    if let Some(task) = task.filter(|task| matches!(task.phase, Phase::Offered(_))) {
        let person = Principal::Contributor(person);
        engine.execute(person, Body::Task(task.id, TaskCommand::Claim))?;
    }
    Ok(())
}

/// What a person made.
#[derive(Debug, Clone)]
pub struct Made<'a> {
    /// How much of it an AI made.
    pub ai: AiUse,
    /// The result: JSON.
    pub content: &'a [u8],
    /// The files that belong to it, by name; they are stored already.
    pub files: BTreeMap<String, Digest>,
}

/// What hands in what a person made, under the lease that the task has.
pub fn handing_in(engine: &Engine, task: &Task, made: Made<'_>) -> Result<TaskCommand, DeskError> {
    let submission = Submission {
        content: engine.artefacts().put(made.content)?,
        files: made.files,
        provenance: Provenance {
            ai: made.ai,
            made_with: None,
        },
    };
    let lease = task.lease_number;
    Ok(TaskCommand::Submit { lease, submission })
}

/// Hands in what a person made, for a task that they hold, with how much of it an AI made.
pub fn hand_in(
    engine: &Engine,
    person: ContributorId,
    task: &Task,
    content: &[u8],
    ai: AiUse,
) -> Result<(), DeskError> {
    let Some(task) = engine.task(task.id)? else {
        return Ok(());
    };
    let files = BTreeMap::new();
    let submit = handing_in(engine, &task, Made { ai, content, files })?;
    let person = Principal::Contributor(person);
    engine.execute(person, Body::Task(task.id, submit))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use consort_tools::choice::{Choice, ChoiceOption, ChoiceQuestion};

    use super::*;

    /// Two questions, each with the sides *1* and *2*.
    fn questions(of_draft: bool) -> Questions {
        let side = |key: &str| ChoiceOption {
            evidence: Vec::new(),
            key: key.to_owned(),
            label: format!("side {key}"),
            reason_needed: true,
        };
        let question = |key: &str| ChoiceQuestion {
            ask: format!("Which {key}?"),
            evidence: Vec::new(),
            key: key.to_owned(),
            may_stay_open: true,
            options: vec![side("1"), side("2")],
        };
        let form = ChoiceForm {
            about: String::new(),
            questions: vec![question("price"), question("term")],
        };
        Questions { form, of_draft }
    }

    fn choice(key: &str, chosen: Option<&str>) -> Choice {
        Choice {
            chosen: chosen.map(str::to_owned),
            key: key.to_owned(),
            opened: true,
            reason: "it is later".to_owned(),
        }
    }

    #[test]
    fn what_was_handed_in_is_told_in_the_words_of_the_questions() {
        for of_draft in [false, true] {
            let questions = questions(of_draft);
            let content = questions.content(Choices {
                decisions: vec![choice("term", None), choice("price", Some("2"))],
                person: "Ada".to_owned(),
            });
            let decided = questions.decided(&content).expect("it answers them");
            let told: Vec<_> = decided
                .iter()
                .map(|it| (it.ask.as_str(), it.chosen.as_deref()))
                .collect();
            let expected = [("Which price?", Some("side 2")), ("Which term?", None)];
            assert_eq!(told, expected, "of a draft: {of_draft}");
        }
    }

    #[test]
    fn what_answers_other_questions_is_told_as_it_is() {
        let own = questions(false);
        for decisions in [
            vec![],
            vec![choice("price", Some("1"))],
            vec![choice("price", Some("1")), choice("colour", None)],
            vec![choice("price", Some("3")), choice("term", None)],
            vec![choice("price", None), choice("price", None)],
        ] {
            let person = "Ada".to_owned();
            let content = own.content(Choices { decisions, person });
            assert_eq!(own.decided(&content), None);
        }
        let huge = r#"{"person":"x","resolutions":[
            {"chosen":4294967295,"conflict":"price","opened":true,"reason":"r"},
            {"chosen":0,"conflict":"term","opened":true,"reason":"r"}]}"#;
        assert_eq!(questions(true).decided(huge.as_bytes()), None);
        assert_eq!(own.decided(b"no JSON"), None);
    }
}
