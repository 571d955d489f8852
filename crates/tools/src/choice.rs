//! Choice forms: questions that an earlier task puts to the person who decides.
//!
//! Software makes the form, with the passages to look at, and never a choice in it: nothing here
//! has a default, and what nobody answered stays open or stops the work.

use consort_documents::Statement;
use serde::{Deserialize, Serialize};

/// Questions that are asked in one batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChoiceForm {
    /// What the questions are about, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<ChoiceQuestion>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceQuestion {
    /// What is asked. It is no statement, so it cites nothing.
    pub ask: String,
    /// The passages that speak to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Statement>,
    /// Its name, unique in the form; a file of answers calls it by that.
    pub key: String,
    /// Whether it may stay open. Where not, the task is not done until somebody has chosen.
    #[serde(default)]
    pub may_stay_open: bool,
    /// What may be chosen, two or more.
    pub options: Vec<ChoiceOption>,
}

/// Something that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// The passages that speak for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Statement>,
    /// Its name, unique in the question.
    pub key: String,
    /// What people see.
    pub label: String,
    /// Whether it can be chosen only with a reason.
    #[serde(default)]
    pub reason_needed: bool,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choices {
    /// One for each question of the form, in its order.
    pub decisions: Vec<Choice>,
    /// Who decided.
    pub person: String,
}

/// What a person decided about one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The option's key; none leaves it open.
    pub chosen: Option<String>,
    /// The question's key.
    pub key: String,
    /// Whether the person says that they looked at the passages; in a batch, some are not.
    pub opened: bool,
    /// Why.
    pub reason: String,
}

impl ChoiceForm {
    /// The form in a piece of material: the material itself, or its field `form`.
    pub fn in_material(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Within {
            form: ChoiceForm,
        }
        serde_json::from_slice(bytes).ok().or_else(|| {
            let within: Option<Within> = serde_json::from_slice(bytes).ok();
            within.map(|within| within.form)
        })
    }

    /// What is wrong with the form, so that nobody is asked what cannot be answered.
    pub fn fault(&self) -> Option<String> {
        let mut keys = std::collections::BTreeSet::new();
        for question in &self.questions {
            if !keys.insert(&question.key) {
                return Some(format!("two questions are called '{}'", question.key));
            }
            let options: std::collections::BTreeSet<&String> =
                question.options.iter().map(|option| &option.key).collect();
            if options.len() < 2 || options.len() < question.options.len() {
                return Some(format!(
                    "'{}' needs two options or more, each with a name of its own",
                    question.key
                ));
            }
        }
        None
    }
}

impl ChoiceQuestion {
    /// The option with this key.
    pub fn option(&self, key: &str) -> Option<&ChoiceOption> {
        self.options.iter().find(|option| option.key == key)
    }

    /// Whether this decision settles the question: an option of it with the reason that it needs,
    /// or open where it may stay open.
    pub fn is_settled_by(&self, choice: &Choice) -> bool {
        match &choice.chosen {
            None => self.may_stay_open,
            Some(key) => self
                .option(key)
                .is_some_and(|option| !option.reason_needed || !choice.reason.trim().is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> ChoiceQuestion {
        let option = |key: &str, reason_needed| ChoiceOption {
            evidence: Vec::new(),
            key: key.to_owned(),
            label: key.to_owned(),
            reason_needed,
        };
        ChoiceQuestion {
            ask: "Who?".to_owned(),
            evidence: Vec::new(),
            key: "who".to_owned(),
            may_stay_open: false,
            options: vec![option("yes", false), option("no", true)],
        }
    }

    #[test]
    fn a_question_is_settled_by_an_option_of_its_own_with_the_reason_it_needs() {
        for (chosen, reason, settled) in [
            (Some("yes"), "", true),
            (Some("no"), " ", false),
            (Some("no"), "too far", true),
            (Some("perhaps"), "why not", false),
            (None, "left open", false),
        ] {
            let choice = Choice {
                chosen: chosen.map(str::to_owned),
                key: "who".to_owned(),
                opened: true,
                reason: reason.to_owned(),
            };
            assert_eq!(question().is_settled_by(&choice), settled, "{choice:?}");
        }
    }

    #[test]
    fn a_form_is_found_in_material_as_itself_or_as_a_field() {
        let form = ChoiceForm {
            about: String::new(),
            questions: vec![question()],
        };
        for material in [
            serde_json::json!(form),
            serde_json::json!({"form": form, "rows": []}),
        ] {
            let found = ChoiceForm::in_material(material.to_string().as_bytes());
            assert_eq!(found.as_ref(), Some(&form));
        }
        assert_eq!(ChoiceForm::in_material(b"{\"rows\": []}"), None);
        assert_eq!(form.fault(), None);
    }

    #[test]
    fn a_form_that_cannot_be_answered_says_why() {
        let mut twice = ChoiceForm {
            about: String::new(),
            questions: vec![question(), question()],
        };
        assert!(twice.fault().is_some_and(|it| it.contains("called 'who'")));
        twice.questions.pop();
        twice.questions[0].options.pop();
        assert!(twice.fault().is_some_and(|it| it.contains("two options")));
    }
}
