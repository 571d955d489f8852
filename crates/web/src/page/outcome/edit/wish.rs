//! What somebody wants of a plan, as a form says it, and the edit that it comes to.

use std::collections::{BTreeMap, BTreeSet};

use consort_desk::Given;
use consort_kernel::money::Amount;
use consort_kernel::task::{
    ContextItem, ContextSource, Criterion, DataClass, Instructions, Method, Mode, Risk, Task,
    TaskSpec,
};
use consort_playbook::{Known, expand};

use super::Fields;
use super::change::{Edit, fresh_key, is_untouched};
use crate::page::outcome::Seen;
use crate::part::amount;
use crate::server::Failure;

const HOUR_MS: u32 = 3_600_000;
/// How long a task may be held that is added here, in hours.
const LEASE_HOURS: u32 = 24;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Change,
    Split,
    Merge,
    Remove,
}

/// A form that was sent.
pub(super) struct Wish {
    kind: Kind,
    /// The version of the plan that it was filled in for.
    pub(super) plan: u32,
    pub(super) reason: String,
    pub(super) is_confirmed: bool,
    fields: BTreeMap<String, Vec<String>>,
}

impl Wish {
    pub(super) fn of(fields: &Fields) -> Result<Self, Failure> {
        let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in fields {
            let values = named.entry(name.clone()).or_default();
            if !value.trim().is_empty() {
                values.push(value.trim().to_owned());
            }
        }
        let first = |name: &str| {
            named
                .get(name)
                .and_then(|it| it.first())
                .map_or("", String::as_str)
        };
        let kind = match first("what") {
            "add" => Kind::Add,
            "change" => Kind::Change,
            "split" => Kind::Split,
            "merge" => Kind::Merge,
            "remove" => Kind::Remove,
            _ => return Err(misused("it is not said what is to be done")),
        };
        let reason = first("reason").to_owned();
        if reason.is_empty() {
            return Err(misused("say why the plan changes: it stands in the record"));
        }
        Ok(Self {
            kind,
            plan: first("plan")
                .parse()
                .map_err(|_| misused("the form has no version of the plan"))?,
            reason,
            is_confirmed: first("confirmed") == "yes",
            fields: named,
        })
    }

    fn first(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    fn all(&self, name: &str) -> &[String] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// The tasks that are named, as they are.
    fn tasks<'a>(&self, seen: &'a Seen<'_>) -> Result<Vec<&'a Task>, Failure> {
        let keys: BTreeSet<&String> = self.all("task").iter().collect();
        let mut tasks = Vec::new();
        for key in keys {
            let task = seen.tasks.iter().find(|task| task.spec.key == *key);
            let task = task.ok_or_else(|| misused("there is no such task in this plan"))?;
            if !is_untouched(task) {
                let title = &task.spec.title;
                return Err(Failure::Misused(format!(
                    "'{title}' is under way or over, and stays as it is"
                )));
            }
            tasks.push(task);
        }
        Ok(tasks)
    }

    fn one<'a>(&self, seen: &'a Seen<'_>) -> Result<&'a Task, Failure> {
        match self.tasks(seen)?.as_slice() {
            [one] => Ok(one),
            _ => Err(misused("choose one task")),
        }
    }

    /// What it comes to.
    pub(super) fn edit(&self, seen: &Seen<'_>) -> Result<Edit, Failure> {
        let taken: BTreeSet<String> = seen
            .tasks
            .iter()
            .map(|task| task.spec.key.clone())
            .collect();
        match self.kind {
            Kind::Add => {
                let spec = self.added(seen, &taken)?;
                Ok(Edit {
                    come: vec![spec],
                    ..Edit::default()
                })
            }
            Kind::Change => self.changed(seen, &taken),
            Kind::Split => self.split(seen, taken),
            Kind::Merge => self.merged(seen, &taken),
            Kind::Remove => {
                let gone: BTreeSet<String> = self
                    .tasks(seen)?
                    .iter()
                    .map(|task| task.spec.key.clone())
                    .collect();
                if gone.is_empty() {
                    return Err(misused("choose a task"));
                }
                Ok(Edit {
                    gone,
                    ..Edit::default()
                })
            }
        }
    }

    fn changed(&self, seen: &Seen<'_>, taken: &BTreeSet<String>) -> Result<Edit, Failure> {
        let old = &self.one(seen)?.spec;
        let mut spec = old.clone();
        spec.key = fresh_key(&old.key, taken);
        self.fill(seen, &mut spec)?;
        spec.needs = self.needs(seen, &old.key)?;
        let added: Vec<&String> = spec
            .needs
            .iter()
            .filter(|it| !old.needs.contains(it))
            .collect();
        let context = &mut spec.instructions.context;
        context.retain(|item| match &item.source {
            ContextSource::Output(key) => spec.needs.contains(key),
            ContextSource::Artefact(_) | ContextSource::Group(_) => true,
        });
        context.extend(added.into_iter().map(|key| output(key)));
        spec.apart_from.retain(|key| spec.needs.contains(key));
        Ok(instead(&[old], vec![spec]))
    }

    fn split(&self, seen: &Seen<'_>, mut taken: BTreeSet<String>) -> Result<Edit, Failure> {
        let old = &self.one(seen)?.spec;
        let mut parts = Vec::new();
        for number in ["1", "2"] {
            let mut part = old.clone();
            part.key = fresh_key(&old.key, &taken);
            taken.insert(part.key.clone());
            part.title = self.required(&format!("title-{number}"), "a title of each part")?;
            part.instructions.goal =
                self.required(&format!("goal-{number}"), "a goal of each part")?;
            part.price = amount(
                seen.outcome.charter.asset,
                self.first(&format!("price-{number}")),
            )?;
            part.weight = (old.weight / 2).max(1);
            parts.push(part);
        }
        Ok(instead(&[old], parts))
    }

    fn merged(&self, seen: &Seen<'_>, taken: &BTreeSet<String>) -> Result<Edit, Failure> {
        let tasks = self.tasks(seen)?;
        let [first, others @ ..] = tasks.as_slice() else {
            return Err(misused("choose the tasks that become one"));
        };
        if others.is_empty() {
            return Err(misused("choose at least two tasks"));
        }
        let own: BTreeSet<&str> = tasks.iter().map(|task| task.spec.key.as_str()).collect();
        let mut spec = first.spec.clone();
        spec.key = fresh_key(&first.spec.key, taken);
        for task in others {
            join(&mut spec, &task.spec);
        }
        spec.needs.retain(|key| !own.contains(key.as_str()));
        spec.apart_from.retain(|key| !own.contains(key.as_str()));
        spec.instructions.context.retain(|item| match &item.source {
            ContextSource::Output(key) => !own.contains(key.as_str()),
            ContextSource::Artefact(_) | ContextSource::Group(_) => true,
        });
        spec.title = self.required("title", "a title of what they become")?;
        let old: Vec<&TaskSpec> = tasks.iter().map(|task| &task.spec).collect();
        Ok(instead(&old, vec![spec]))
    }

    fn added(&self, seen: &Seen<'_>, taken: &BTreeSet<String>) -> Result<TaskSpec, Failure> {
        let title = self.required("title", "a title")?;
        let key = slug(&title);
        let key = if taken.contains(&key) {
            fresh_key(&key, taken)
        } else {
            key
        };
        let needs = self.needs(seen, &key)?;
        let mut context: Vec<ContextItem> = needs.iter().map(|key| output(key)).collect();
        let background = self.first("background");
        if !background.is_empty() || context.is_empty() {
            let text = if background.is_empty() {
                &seen.outcome.charter.objective
            } else {
                background
            };
            let bytes = serde_json::to_vec(text).map_err(|_| Failure::Broken)?;
            context.push(ContextItem {
                class: DataClass::Internal,
                expires_at: None,
                name: "background".to_owned(),
                source: ContextSource::Artefact(seen.web.engine.artefacts().put(&bytes)?),
            });
        }
        let mut spec = TaskSpec {
            apart_from: Vec::new(),
            capability: self.required("capability", "the capability that it takes")?,
            gate: !self.first("gate").is_empty(),
            instructions: Instructions {
                constraints: Vec::new(),
                context,
                criteria: Vec::new(),
                goal: String::new(),
            },
            key,
            kind: self.required("kind", "what kind of work it is")?,
            lease_ms: LEASE_HOURS * HOUR_MS,
            level: 1,
            mode: Mode::Either,
            needs,
            price: Amount::default(),
            risk: Risk::Low,
            serves: Vec::new(),
            title,
            weight: 1,
        };
        self.fill(seen, &mut spec)?;
        Ok(spec)
    }

    /// The parts of a task that can be given in words.
    fn fill(&self, seen: &Seen<'_>, spec: &mut TaskSpec) -> Result<(), Failure> {
        spec.title = self.required("title", "a title")?;
        spec.mode = match self.first("mode") {
            "person" => Mode::Person,
            "ai" => Mode::Ai,
            "pair" => Mode::Pair,
            _ => Mode::Either,
        };
        spec.risk = match self.first("risk") {
            "medium" => Risk::Medium,
            "high" => Risk::High,
            "critical" => Risk::Critical,
            _ => Risk::Low,
        };
        spec.price = amount(seen.outcome.charter.asset, self.first("price"))?;
        spec.level = self
            .first("level")
            .parse()
            .map_err(|_| misused("a level is a number from 1 to 8"))?;
        spec.instructions.goal = self.required("goal", "a goal")?;
        spec.instructions.constraints = lines(self.first("constraints"));
        spec.instructions.criteria = criteria(&spec.instructions.criteria, self.first("criteria"));
        Ok(())
    }

    /// The tasks that are needed: others of the plan that are not given up.
    fn needs(&self, seen: &Seen<'_>, own: &str) -> Result<Vec<String>, Failure> {
        let needs = self.all("needs").to_vec();
        for key in &needs {
            let is_there = seen.tasks.iter().any(|task| task.spec.key == *key);
            if !is_there || key == own {
                return Err(Failure::Misused(format!("'{key}' cannot be needed")));
            }
        }
        Ok(needs)
    }

    fn required(&self, name: &str, what: &str) -> Result<String, Failure> {
        match self.first(name) {
            "" => Err(Failure::Misused(format!("{what} is missing"))),
            text => Ok(text.to_owned()),
        }
    }
}

fn misused(why: &str) -> Failure {
    Failure::Misused(why.to_owned())
}

/// These tasks go, and those come and stand for each of them.
fn instead(old: &[&TaskSpec], come: Vec<TaskSpec>) -> Edit {
    let keys: Vec<String> = come.iter().map(|spec| spec.key.clone()).collect();
    Edit {
        gone: old.iter().map(|spec| spec.key.clone()).collect(),
        instead: old
            .iter()
            .map(|spec| (spec.key.clone(), keys.clone()))
            .collect(),
        come,
    }
}

/// Puts another task into one: what both need, all their criteria, the price of both.
fn join(spec: &mut TaskSpec, other: &TaskSpec) {
    for (own, more) in [
        (&mut spec.needs, &other.needs),
        (&mut spec.apart_from, &other.apart_from),
        (&mut spec.serves, &other.serves),
        (
            &mut spec.instructions.constraints,
            &other.instructions.constraints,
        ),
    ] {
        for one in more {
            if !own.contains(one) {
                own.push(one.clone());
            }
        }
    }
    for item in &other.instructions.context {
        if !spec.instructions.context.contains(item) {
            spec.instructions.context.push(item.clone());
        }
    }
    for criterion in &other.instructions.criteria {
        let mut own = criterion.clone();
        let taken: BTreeSet<String> = spec
            .instructions
            .criteria
            .iter()
            .map(|it| it.key.clone())
            .collect();
        if taken.contains(&own.key) {
            own.key = fresh_key(&own.key, &taken);
        }
        spec.instructions.criteria.push(own);
    }
    let goal = &mut spec.instructions.goal;
    *goal = format!("{goal}\n\n{}", other.instructions.goal);
    spec.price = spec.price.checked_add(other.price).unwrap_or(spec.price);
    spec.weight = spec.weight.saturating_add(other.weight);
    spec.risk = spec.risk.max(other.risk);
    spec.level = spec.level.max(other.level);
    spec.gate |= other.gate;
    spec.lease_ms = spec.lease_ms.max(other.lease_ms);
}

fn output(key: &str) -> ContextItem {
    ContextItem {
        class: DataClass::Internal,
        expires_at: None,
        name: key
            .split_once('[')
            .map_or(key, |(template, _)| template)
            .to_owned(),
        source: ContextSource::Output(key.to_owned()),
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// Criteria, one in a line. One whose words are those of a known one is judged as that one is; a new
/// one is a person's to judge.
fn criteria(known: &[Criterion], text: &str) -> Vec<Criterion> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut found: Vec<Criterion> = Vec::new();
    for line in lines(text) {
        let mut criterion = match known.iter().find(|it| it.text == line) {
            Some(known) => known.clone(),
            None => Criterion {
                key: slug(&line),
                method: Method::Judgment,
                text: line,
                weight: 1,
            },
        };
        if taken.contains(&criterion.key) {
            criterion.key = fresh_key(&criterion.key, &taken);
        }
        taken.insert(criterion.key.clone());
        found.push(criterion);
    }
    found
}

/// A key of some words.
fn slug(text: &str) -> String {
    const LETTERS_MAX: usize = 40;
    let words = text.to_lowercase();
    let words = words.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let key: String = words.join("-").chars().take(LETTERS_MAX).collect();
    let key = key.trim_end_matches('-');
    if key.is_empty() {
        "task".to_owned()
    } else {
        key.to_owned()
    }
}

/// Whether what a playbook adds later waits for one of these tasks by its name: it would wait for ever.
pub(super) fn is_not_awaited(seen: &Seen<'_>, dropped: &[String]) -> Result<(), Failure> {
    if seen.outcome.charter.playbook.is_none() || dropped.is_empty() {
        return Ok(());
    }
    let given = Given::of(&seen.web.engine, &seen.outcome)?;
    let Ok(expansion) = expand(&given.playbook, &given.inputs, &Known::default()) else {
        return Ok(());
    };
    let awaited: BTreeSet<&str> = expansion
        .later
        .iter()
        .flat_map(|later| &later.waits_for)
        .map(String::as_str)
        .collect();
    let template = |key: &'_ String| key.split('[').next().unwrap_or_default().to_owned();
    match dropped
        .iter()
        .find(|key| awaited.contains(template(key).as_str()))
    {
        Some(key) => Err(Failure::Misused(format!(
            "what the playbook adds later waits for '{key}' by this name, so it stays; add a task beside it instead"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_criterion_keeps_its_method_and_a_new_one_is_a_persons() {
        let known = [Criterion {
            key: "cites".to_owned(),
            method: Method::MustCite,
            text: "Every figure has a source.".to_owned(),
            weight: 3,
        }];
        let found = criteria(
            &known,
            "Every figure has a source.\n\n It is kind. \nIt is kind.",
        );
        let told: Vec<_> = found
            .iter()
            .map(|it| (it.key.as_str(), it.weight))
            .collect();
        assert_eq!(told, [("cites", 3), ("it-is-kind", 1), ("it-is-kind-2", 1)]);
        assert_eq!(found[0].method, Method::MustCite);
    }

    #[test]
    fn a_key_is_made_of_the_words_of_a_title() {
        for (title, key) in [
            ("Ask the two others!", "ask-the-two-others"),
            ("…", "task"),
            ("Größe", "größe"),
        ] {
            assert_eq!(slug(title), key);
        }
    }
}
