//! Decisions from a file of answers: what it says, and what may stay open; never more.

use anyhow::Result;
use consort_kernel::task::{Returned, Task};
use consort_tools::choice::{Choice, ChoiceForm, ChoiceQuestion};

use super::super::answers::{Answers, Decision, Exceptions};
use crate::exit::{TRY_AGAIN, usage, with_code};

/// How many questions without an answer are listed; the file of answers needs them all.
const LISTED_MAX: usize = 50;

/// The decisions on a form. What is neither decided nor may stay open ends the run, with a list of
/// it.
pub(super) fn decisions(answers: &Answers, task: &Task, form: &ChoiceForm) -> Result<Vec<Choice>> {
    let none = std::collections::BTreeMap::new();
    let given = answers.decisions.get(&task.spec.key).unwrap_or(&none);
    let known = |key: &String| form.questions.iter().any(|it| it.key == *key);
    if let Some(key) = given.keys().find(|key| !known(key)) {
        return Err(usage(format!(
            "the answers decide on '{key}' in '{}', and nobody asks that; it asks {}",
            task.spec.key,
            listed(form.questions.iter())
        )));
    }
    let mut decisions = Vec::with_capacity(form.questions.len());
    let mut missing = Vec::new();
    for question in &form.questions {
        let choice = match given.get(&question.key) {
            Some(decision) => decided(task, question, decision)?,
            None => left_open(answers.exceptions, question),
        };
        if question.is_settled_by(&choice) {
            decisions.push(choice);
        } else {
            missing.push(question);
        }
    }
    if missing.is_empty() {
        return Ok(decisions);
    }
    Err(with_code(TRY_AGAIN, waits(task, form, &missing)))
}

/// A file says the same thing however often it is asked: what was sent back is for the person.
pub(super) fn sent_back(task: &Task, returned: &Returned) -> anyhow::Error {
    let reasons: Vec<&str> = returned
        .reasons
        .iter()
        .map(|reason| reason.text.as_str())
        .collect();
    with_code(
        TRY_AGAIN,
        format!(
            "what was decided on '{}' was sent back: {}\n  decide again at a terminal with 'consort run \
             --resume {}', or end it with 'consort outcome cancel'",
            task.spec.key,
            reasons.join(" "),
            task.outcome
        ),
    )
}

fn decided(task: &Task, question: &ChoiceQuestion, decision: &Decision) -> Result<Choice> {
    let (key, at) = (&question.key, &task.spec.key);
    let Some(option) = question.option(&decision.choose) else {
        let options: Vec<&str> = question.options.iter().map(|it| it.key.as_str()).collect();
        return Err(usage(format!(
            "the answers choose '{}' for '{key}' in '{at}'; there is {}",
            decision.choose,
            options.join(", ")
        )));
    };
    let reason = decision.reason.trim().to_owned();
    if option.reason_needed && reason.is_empty() {
        return Err(usage(format!(
            "the answers choose '{}' for '{key}' in '{at}' without a reason; say why",
            option.key
        )));
    }
    Ok(Choice {
        chosen: Some(option.key.clone()),
        key: key.clone(),
        opened: decision.opened,
        reason,
    })
}

fn left_open(exceptions: Exceptions, question: &ChoiceQuestion) -> Choice {
    match exceptions {
        Exceptions::LeaveOpen => Choice {
            chosen: None,
            key: question.key.clone(),
            opened: false,
            reason: "left open in advance".to_owned(),
        },
    }
}

/// What a file of answers has to say, in the form in which it says it.
fn waits(task: &Task, form: &ChoiceForm, missing: &[&ChoiceQuestion]) -> String {
    let key = &task.spec.key;
    let options: Vec<String> = missing[0]
        .options
        .iter()
        .map(|option| {
            let reason = if option.reason_needed {
                " (with a reason)"
            } else {
                ""
            };
            format!("{}{reason}", option.key)
        })
        .collect();
    format!(
        "'{key}' has to be decided by a person, and the answers leave {} of {} open: {}\n  {}\n  \
         Look at it with 'consort task context {}'; then give each under 'decisions: {key}:' in \
         the file, as in\n    {}: {{choose: …, reason: …, opened: true}}\n  where it is one of {}; \
         then go on with 'consort run --resume {} --answers FILE'",
        missing.len(),
        form.questions.len(),
        listed(missing.iter().copied()),
        form.about,
        task.id,
        serde_json::Value::from(missing[0].key.as_str()),
        options.join(", "),
        task.outcome
    )
}

fn listed<'a>(questions: impl ExactSizeIterator<Item = &'a ChoiceQuestion>) -> String {
    let count = questions.len();
    let mut keys: Vec<String> = questions
        .take(LISTED_MAX)
        .map(|question| format!("'{}'", question.key))
        .collect();
    if count > LISTED_MAX {
        keys.push(format!("and {} more", count - LISTED_MAX));
    }
    keys.join(", ")
}
