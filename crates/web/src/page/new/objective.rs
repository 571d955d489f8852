//! An outcome that is stated in somebody's own words: their objective and their tasks become a playbook of its
//! own, which goes the way of all others.

use std::sync::LazyLock;

use consort_kernel::money::Asset;
use consort_playbook::playbook::Playbook;
use consort_playbook::{InputValue, Inputs, parse};
use serde_json::{Value, json};

use crate::part::amount;

/// What the form asks, and the plan with the one task that others are made from.
pub(super) const TEXT: &str = include_str!("objective.json");
/// Who may do a task, as people choose it, and what plans call it; what is said otherwise is whoever is best suited.
const MODES: [(&str, &str); 3] = [
    ("a person", "person"),
    ("an agent", "ai"),
    ("an agent drafts, a person finishes", "pair"),
];
/// What it is called in addresses.
pub(in crate::page) const NAME: &str = "objective";
/// The form.
pub(super) static FORM: LazyLock<Playbook> =
    LazyLock::new(|| parse(TEXT).expect("what ships is in order"));

/// How many tasks are stated at once; more are added to the plan.
const TASKS_MAX: usize = 50;
/// The longest title, in bytes: that of a playbook, which it becomes.
const TITLE_BYTES_MAX: usize = 200;
/// How much of a line that cannot be read is told, in letters.
const TOLD_MAX: usize = 80;
/// How many days from now the end may be.
const DAYS_MAX: i64 = 3_650;
/// What begins an expression in the text of a playbook.
const EXPRESSIONS: [&str; 3] = ["{{", "{%", "{#"];

/// What is not in order, by the input that it is about.
pub(super) type Problems = Vec<(String, String)>;

/// The playbook that states an objective.
pub(super) fn stated(inputs: &Inputs) -> Result<String, Problems> {
    let mut problems = Problems::new();
    let mut playbook: Value = serde_json::from_str(TEXT).expect("what ships is in order");
    let mut plain = |name: &str| {
        let said = text(inputs, name);
        if EXPRESSIONS.iter().any(|it| said.contains(it)) {
            let why = "two braces begin an expression: write something else".to_owned();
            problems.push((name.to_owned(), why));
        }
        said
    };
    let (title, objective, why) = (plain("title"), plain("objective"), plain("why"));
    let (_, _) = (plain("done"), plain("tasks"));
    if title.len() > TITLE_BYTES_MAX || title.contains('\n') {
        let why = format!("one line of at most {TITLE_BYTES_MAX} letters");
        problems.push(("title".to_owned(), why));
    }
    if let Some(InputValue::Number(days)) = inputs.get("days") {
        playbook["outcome"]["deadline"] = json!(format!("{days}d"));
        if !(1..=DAYS_MAX).contains(days) {
            let why = format!("from 1 to {DAYS_MAX} days");
            problems.push(("days".to_owned(), why));
        }
    }
    let done = list(inputs, "done");
    let criteria = done.iter().enumerate();
    let criteria: Vec<Value> = criteria
        .map(|(place, text)| json!({"key": format!("done{}", place + 1), "text": text, "method": "judgment"}))
        .collect();
    playbook["title"] = json!(title);
    playbook["outcome"]["objective"] = json!(objective);
    playbook["outcome"]["narrative"] = json!(why);
    playbook["outcome"]["criteria"] = json!(criteria);
    match tasks(inputs, &playbook["tasks"][0], &criteria) {
        Ok(tasks) => playbook["tasks"] = json!(tasks),
        Err(problem) => problems.push(("tasks".to_owned(), problem)),
    }
    if problems.is_empty() {
        Ok(playbook.to_string())
    } else {
        Err(problems)
    }
}

/// The tasks, each made from the one that ships; the last is a gate and serves every criterion.
fn tasks(inputs: &Inputs, like: &Value, criteria: &[Value]) -> Result<Vec<Value>, String> {
    let lines = list(inputs, "tasks");
    if lines.is_empty() || lines.len() > TASKS_MAX {
        return Err(format!("from 1 to {TASKS_MAX} tasks"));
    }
    let all: Vec<&Value> = criteria.iter().map(|criterion| &criterion["key"]).collect();
    let in_turn = text(inputs, "order") != "all but the last at once";
    let (last, who) = (lines.len() - 1, text(inputs, "who"));
    let mut tasks = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let (title, capability, price) = read(line)?;
        let before = match (place, in_turn) {
            (0, _) => 0..0,
            (_, true) => place - 1..place,
            (_, false) if place == last => 0..last,
            (_, false) => 0..0,
        };
        let needs: Vec<String> = before.map(key).collect();
        let mut task = like.clone();
        task["key"] = json!(key(place));
        task["title"] = json!(title);
        task["instructions"]["goal"] = json!(title);
        task["capability"] = json!(capability);
        task["price"] = json!(price);
        if let Some((_, mode)) = MODES.iter().find(|(words, _)| *words == who) {
            task["mode"] = json!(mode);
        }
        task["gate"] = json!(place == last);
        task["serves"] = if place == last { json!(all) } else { json!([]) };
        if let Some(context) = task["instructions"]["context"].as_array_mut() {
            let results = needs.iter().map(|need| {
                json!({"name": format!("result-of-{need}"), "from": format!("tasks.{need}.output")})
            });
            context.extend(results);
        }
        task["needs"] = json!(needs);
        tasks.push(task);
    }
    Ok(tasks)
}

fn key(place: usize) -> String {
    format!("task{}", place + 1)
}

/// A task with its capability and its price in minor units.
fn read(line: &str) -> Result<(&str, &str, i64), String> {
    let parts = line.rsplit_once('=').map(|(title, rest)| {
        let (capability, price) = rest.split_once(',').unwrap_or((rest, "0"));
        (title.trim(), capability.trim(), price.trim())
    });
    let Some((title, capability, price)) = parts.filter(|it| !it.0.is_empty() && !it.1.is_empty())
    else {
        let told: String = line.chars().take(TOLD_MAX).collect();
        let more = if told.len() < line.len() { "…" } else { "" };
        return Err(format!(
            "'{told}{more}': a task, its capability and its price were expected, as in 'Write the letter = writing, 12.50'"
        ));
    };
    let price = amount(Asset::PRACTICE, price).map_err(|error| format!("'{line}': {error}"))?;
    Ok((title, capability, price.minor()))
}

fn text(inputs: &Inputs, name: &str) -> String {
    match inputs.get(name) {
        Some(InputValue::Text(text)) => text.trim().to_owned(),
        Some(InputValue::Number(number)) => number.to_string(),
        Some(InputValue::List(items)) => items.join("\n"),
        _ => String::new(),
    }
}

fn list(inputs: &Inputs, name: &str) -> Vec<String> {
    match inputs.get(name) {
        Some(InputValue::List(items)) => items.clone(),
        _ => Vec::new(),
    }
}
