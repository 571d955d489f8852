//! The forms by which a plan is edited: a list of what can be edited, and a form for each kind of edit.

use std::collections::BTreeMap;

use consort_kernel::task::{Task, TaskSpec};
use maud::{Markup, html as markup};

use super::change::is_untouched;
use crate::page::outcome::Seen;
use crate::part::{Icon, decimal, in_which};
use crate::server::Failure;

const MODES: [(&str, &str); 4] = [
    ("either", "Whoever is best suited"),
    ("person", "A person"),
    ("ai", "An agent"),
    ("pair", "An agent drafts, a person finishes"),
];
const RISKS: [(&str, &str); 4] = [
    ("low", "Low: easily seen and undone"),
    ("medium", "Medium: costs time or money to put right"),
    ("high", "High: hurts somebody, or much money"),
    ("critical", "Critical: cannot be put right"),
];

/// What people call it.
fn word<'a>(among: &'a [(&str, &'a str)], key: &'a str) -> &'a str {
    among.iter().find(|it| it.0 == key).map_or(key, |it| it.1)
}

/// What is asked for: a form for a task, or the list of what can be done.
pub(super) fn show(seen: &Seen<'_>, asked: &BTreeMap<String, String>) -> Result<Markup, Failure> {
    let task = || {
        let key = asked.get("task").ok_or(Failure::NotHere)?;
        let found = seen.tasks.iter().find(|task| task.spec.key == *key);
        found
            .filter(|task| is_untouched(task))
            .ok_or(Failure::NotHere)
    };
    Ok(match asked.get("what").map(String::as_str) {
        Some("add") => form(seen, "add", "Add a task", &added(seen)),
        Some("change") => form(seen, "change", "Change a task", &changed(seen, task()?)),
        Some("split") => form(seen, "split", "Split a task", &split(seen, task()?)),
        _ => choose(seen),
    })
}

/// A form, with what each of them needs.
fn form(seen: &Seen<'_>, what: &str, title: &str, fields: &Markup) -> Markup {
    markup! {
        section.section aria-labelledby="edit" {
            div.section-head { h2 #edit { (title) } }
            form.form method="post" action={ (seen.address()) "/plan" } {
                (head(seen, what))
                (fields)
                (reason(what))
                div.actions {
                    a.button href={ (seen.address()) "/plan" } { "Back" }
                    button.button.primary { "Show what it does" }
                }
            }
        }
    }
}

fn head(seen: &Seen<'_>, what: &str) -> Markup {
    markup! {
        input type="hidden" name="what" value=(what);
        input type="hidden" name="plan" value=(seen.outcome.plan_version);
    }
}

fn reason(what: &str) -> Markup {
    let id = format!("reason-{what}");
    markup! {
        div.field {
            label for=(id) { "Why?" }
            input.input id=(id) name="reason" required maxlength="500" aria-describedby={ (id) "-hint" };
            p.hint id={ (id) "-hint" } { "It stands in the record of the plan." }
        }
    }
}

/// The tasks that nobody has taken, to be changed, split, merged or taken out.
fn choose(seen: &Seen<'_>) -> Markup {
    let open: Vec<&Task> = seen
        .tasks
        .iter()
        .filter(|task| is_untouched(task))
        .collect();
    let address = format!("{}/plan", seen.address());
    markup! {
        div.section.actions { a.button.primary href={ (address) "?what=add" } { (Icon::Plus.show()) "Add a task" } }
        section.section aria-labelledby="open" {
            div.section-head { h2 #open { "Tasks that nobody has taken" } p { "To change one puts another in its place, and what waits for it waits for the new one." } }
            @if open.is_empty() { div.empty { p { b { "There is none." } } p { "Everything is under way or done; a task can still be added." } } }
            @else {
                form method="post" action=(address) {
                    input type="hidden" name="plan" value=(seen.outcome.plan_version);
                    div.scroll tabindex="0" role="region" aria-label="Tasks to edit, as a table" {
                        table.stacked {
                            caption.sr { "Tasks that nobody has taken" }
                            thead { tr { th scope="col" { "Task" } th scope="col" { "Who" } th scope="col" { "Risk" } th.num scope="col" { "Pays" } th scope="col" { "Needs" } th scope="col" { "Edit" } } }
                            tbody { @for task in &open { (row(&address, task)) } }
                        }
                    }
                    details.disclosure {
                        summary { "Make the chosen ones one task, or take them out" }
                        div.form {
                            div.field { label for="merged" { "What do they become?" } input.input #merged name="title" maxlength="200" aria-describedby="merged-hint"; p.hint #merged-hint { "Only where they become one." } }
                            (reason("chosen"))
                            div.actions {
                                button.button name="what" value="merge" { "Make them one" }
                                button.button.danger name="what" value="remove" { "Take them out" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(address: &str, task: &Task) -> Markup {
    let spec = &task.spec;
    let key = crate::part::encoded(&spec.key);
    markup! {
        tr {
            th scope="row" { label.pick { input type="checkbox" name="task" value=(spec.key); " " (spec.title) } }
            td data-label="Who" { (word(&MODES, spec.mode.as_str())) }
            td data-label="Risk" { (word(&RISKS, spec.risk.as_str()).split(':').next().unwrap_or_default()) }
            td.num data-label="Pays" { (task.asset.show(spec.price)) }
            td data-label="Needs" { (few(&spec.needs)) }
            td data-label="Edit" { span.actions {
                a href={ (address) "?what=change&task=" (key) } { "Change" span.sr { " " (spec.title) } }
                a href={ (address) "?what=split&task=" (key) } { "Split" span.sr { " " (spec.title) } }
            } }
        }
    }
}

fn few(needs: &[String]) -> Markup {
    const SHOWN: usize = 3;
    let more = needs.len().saturating_sub(SHOWN);
    markup! {
        @if needs.is_empty() { span.muted { "nothing" } }
        (needs[..needs.len().min(SHOWN)].join(", "))
        @if more > 0 { span.muted { " and " (more) " more" } }
    }
}

fn field(name: &str, label: &str, value: &str, hint: &str) -> Markup {
    let hinted = format!("{name}-hint");
    markup! {
        div.field {
            label for=(name) { (label) }
            input.input id=(name) name=(name) value=(value) required maxlength="200" aria-describedby=[(!hint.is_empty()).then_some(&hinted)];
            @if !hint.is_empty() { p.hint id=(hinted) { (hint) } }
        }
    }
}

fn area(name: &str, label: &str, value: &str, hint: &str, is_required: bool) -> Markup {
    let hinted = format!("{name}-hint");
    markup! {
        div.field {
            label for=(name) { (label) }
            textarea.input id=(name) name=(name) required[is_required] maxlength="8000" aria-describedby=(hinted) { (value) }
            p.hint id=(hinted) { (hint) }
        }
    }
}

fn select(name: &str, label: &str, among: &[(&str, &str)], chosen: &str) -> Markup {
    markup! {
        div.field {
            label for=(name) { (label) }
            select.input id=(name) name=(name) {
                @for (value, words) in among { option value=(value) selected[*value == chosen] { (words) } }
            }
        }
    }
}

/// What a task says about itself, as fields.
fn about(seen: &Seen<'_>, spec: Option<&TaskSpec>) -> Markup {
    let price = spec.map_or_else(
        || "0".to_owned(),
        |it| decimal(seen.outcome.charter.asset, it.price),
    );
    let told = spec.map(|it| &it.instructions);
    let criteria: Vec<&str> = told
        .map(|it| it.criteria.iter().map(|one| one.text.as_str()).collect())
        .unwrap_or_default();
    let constraints = told.map(|it| it.constraints.join("\n")).unwrap_or_default();
    let level = spec.map_or(3, |it| it.level).to_string();
    markup! {
        (field("title", "Title", spec.map_or("", |it| &it.title), ""))
        (area("goal", "Goal", told.map_or("", |it| &it.goal), "What is wanted, and what for.", true))
        (area("constraints", "Constraints", &constraints, "One in a line.", true))
        (area("criteria", "Criteria", &criteria.join("\n"), "One in a line. One that stays word for word is judged as before; a new one is a person's to judge.", true))
        (select("mode", "Who may do it", &MODES, spec.map_or("either", |it| it.mode.as_str())))
        (select("risk", "Risk", &RISKS, spec.map_or("low", |it| it.risk.as_str())))
        div.halves {
            (field("price", &format!("Pays, in {}", in_which(seen.outcome.charter.asset)), &price, ""))
            (field("level", "Level that it takes", &level, "From 1 to 8."))
        }
    }
}

/// Which others it waits for: those of the plan that are not given up.
fn needs(seen: &Seen<'_>, own: Option<&TaskSpec>) -> Markup {
    let is_fit = |task: &&Task| {
        let is_over = task.is_settled() && !task.is_accepted();
        let waits_for_it = own.is_some_and(|own| follows(seen, task, &own.key));
        !is_over && !waits_for_it && own.is_none_or(|own| own.key != task.spec.key)
    };
    let fit: Vec<&Task> = seen.tasks.iter().filter(is_fit).collect();
    markup! {
        fieldset.field {
            legend { "What it needs" }
            p.hint { "It begins when all of these are accepted, and is given what they handed in." }
            div.picks {
                @for task in &fit {
                    @let key = &task.spec.key;
                    label.pick { input type="checkbox" name="needs" value=(key) checked[own.is_some_and(|own| own.needs.contains(key))]; " " (task.spec.title) }
                }
            }
            @if fit.is_empty() { p.muted { "There is no other task." } }
        }
    }
}

/// Whether a task waits for another one, over whatever is between.
fn follows(seen: &Seen<'_>, task: &Task, key: &str) -> bool {
    let by_key: BTreeMap<&str, &Task> = seen
        .tasks
        .iter()
        .map(|task| (task.spec.key.as_str(), task))
        .collect();
    let mut known = std::collections::BTreeSet::new();
    let mut waiting = vec![task];
    while let Some(one) = waiting.pop() {
        for need in &one.spec.needs {
            if need == key {
                return true;
            }
            if known.insert(need.as_str()) {
                waiting.extend(by_key.get(need.as_str()));
            }
        }
    }
    false
}

fn added(seen: &Seen<'_>) -> Markup {
    markup! {
        (about(seen, None))
        div.halves {
            (field("kind", "Kind of work", "", "As in research, draft or compare."))
            (field("capability", "Capability that it takes", "", "As in writing."))
        }
        (area("background", "Background", "", "What whoever does it should know; without it they are told the objective.", false))
        (needs(seen, None))
        div.choice { input #gate type="checkbox" name="gate" value="yes"; label for="gate" { "A person decides here" } p.hint { "It is a milestone, and what it hands in is a deliverable." } }
    }
}

fn changed(seen: &Seen<'_>, task: &Task) -> Markup {
    markup! {
        input type="hidden" name="task" value=(task.spec.key);
        (about(seen, Some(&task.spec)))
        (needs(seen, Some(&task.spec)))
    }
}

fn split(seen: &Seen<'_>, task: &Task) -> Markup {
    let spec = &task.spec;
    let half = consort_kernel::money::Amount::from_minor(spec.price.minor() / 2);
    let rest = consort_kernel::money::Amount::from_minor(spec.price.minor() - half.minor());
    let asset = seen.outcome.charter.asset;
    markup! {
        input type="hidden" name="task" value=(spec.key);
        p { "Both parts have the criteria, the material and the needs of " b { (spec.title) } "; what waits for it waits for both." }
        @for (number, words, price) in [("1", "First part", rest), ("2", "Second part", half)] {
            fieldset.field {
                legend { (words) }
                div.stack {
                    (field(&format!("title-{number}"), "Title", &spec.title, ""))
                    (area(&format!("goal-{number}"), "Goal", &spec.instructions.goal, "What this part is to bring.", true))
                    (field(&format!("price-{number}"), "Pays", &decimal(asset, price), ""))
                }
            }
        }
    }
}
