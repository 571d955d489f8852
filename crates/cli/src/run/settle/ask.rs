//! The batch at the terminal: each question with its passages, and what was not opened.

use anyhow::Result;
use consort_documents::Statement;
use consort_kernel::task::Task;
use consort_tools::choice::{Choice, ChoiceForm, ChoiceOption, ChoiceQuestion};

use crate::console::Console;
use crate::exit::{TRY_AGAIN, with_code};

/// Asks every question once, and those that were passed over and may not stay open once more.
pub(super) fn decisions(
    task: &Task,
    form: &ChoiceForm,
    console: &mut Console,
) -> Result<Vec<Choice>> {
    console.tell(&format!("\n{}\n{}", task.spec.title, form.about))?;
    for reason in task.returned.iter().flat_map(|it| &it.reasons) {
        console.tell(&format!("It was sent back: {}", reason.text))?;
    }
    let count = form.questions.len();
    let mut decisions = Vec::with_capacity(count);
    for (index, question) in form.questions.iter().enumerate() {
        show(index + 1, count, question, console)?;
        decisions.push(choose(question, console)?);
    }
    loop {
        let unopened = decisions.iter().filter(|it| !it.opened).count();
        console.tell(&format!("{unopened} of {count} were not opened."))?;
        let open: Vec<usize> = (0..count)
            .filter(|at| !form.questions[*at].is_settled_by(&decisions[*at]))
            .collect();
        if open.is_empty() {
            return Ok(decisions);
        }
        let question = format!(
            "{} cannot stay open. Go through them now? [Y/n]",
            if open.len() == 1 {
                "One".to_owned()
            } else {
                open.len().to_string()
            }
        );
        if matches!(
            console.ask(&question)?.to_ascii_lowercase().as_str(),
            "n" | "no"
        ) {
            return Err(later(task));
        }
        for (number, at) in open.iter().enumerate() {
            show(number + 1, open.len(), &form.questions[*at], console)?;
            decisions[*at] = choose(&form.questions[*at], console)?;
        }
    }
}

fn later(task: &Task) -> anyhow::Error {
    with_code(
        TRY_AGAIN,
        format!(
            "'{}' is not decided; go on later with 'consort run --resume {}'",
            task.spec.key, task.outcome
        ),
    )
}

fn show(number: usize, of: usize, question: &ChoiceQuestion, console: &mut Console) -> Result<()> {
    console.tell(&format!("\n{number} of {of}  {}", question.ask))?;
    for statement in &question.evidence {
        // A statement that is its own passage is not said twice.
        let is_passage = statement
            .citations
            .iter()
            .any(|it| it.quote == statement.text);
        if !is_passage {
            console.tell(&format!("     {}", statement.text))?;
        }
        tell_sources(statement, console)?;
    }
    for (index, option) in question.options.iter().enumerate() {
        console.tell(&format!("  {}  {}", index + 1, option.label))?;
        for statement in &option.evidence {
            tell_sources(statement, console)?;
        }
    }
    Ok(())
}

fn tell_sources(statement: &Statement, console: &mut Console) -> Result<()> {
    for citation in &statement.citations {
        console.tell(&format!(
            "     {}, {}: \"{}\"",
            citation.document, citation.place, citation.quote
        ))?;
    }
    Ok(())
}

fn choose(question: &ChoiceQuestion, console: &mut Console) -> Result<Choice> {
    let options = &question.options;
    let open = if question.may_stay_open {
        "0 for open, "
    } else {
        ""
    };
    let choice = |chosen: Option<&ChoiceOption>, opened, reason: String| Choice {
        chosen: chosen.map(|option| option.key.clone()),
        key: question.key.clone(),
        opened,
        reason,
    };
    loop {
        let answer = console.ask(&format!(
            "Which? 1 to {}, {open}Enter to pass over:",
            options.len()
        ))?;
        if answer.is_empty() {
            return Ok(choice(None, false, "passed over".to_owned()));
        }
        let number = answer.parse::<usize>().ok();
        if number == Some(0) && question.may_stay_open {
            return Ok(choice(None, true, "left open".to_owned()));
        }
        let chosen = number
            .and_then(|number| number.checked_sub(1))
            .and_then(|at| options.get(at));
        let Some(option) = chosen else {
            console.tell("A number from the list was expected.")?;
            continue;
        };
        let asked = if option.reason_needed {
            "Why?"
        } else {
            "Why? (Enter for no reason)"
        };
        let reason = console.ask(asked)?;
        if reason.is_empty() && option.reason_needed {
            console.tell("This choice needs its reason.")?;
            continue;
        }
        return Ok(choice(Some(option), true, reason));
    }
}
