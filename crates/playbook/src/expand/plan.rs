//! Places task templates one after the other, each where its outputs and needs allow.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::money::Amount;
use consort_kernel::task::{DataClass, NEEDS_MAX, SPEC_BYTES_MAX, TaskSpec};
use serde_json::{Map, Value};

use super::compare::{compared, keys_of_group};
use super::instructions;
use super::item::{Item, items};
use super::{Artefact, Expansion, Known, Later, OutcomeParts};
use crate::canonical;
use crate::check::{task_of_expression, tasks_in};
use crate::expression::{Expression, Scope};
use crate::inputs::{self, File, InputValue, Inputs};
use crate::limits::{TASKS_PER_EXPANSION_MAX, TASKS_PER_OUTCOME_MAX, TITLE_BYTES_MAX};
use crate::names::in_expressions;
use crate::playbook::{From, Instances, Playbook, Task};
use crate::problem::{Mark, PROBLEMS_MAX, Problem, in_order};
use crate::template::{TextValue, text_value};
use consort_kernel::digest::Digest;

/// The plan as far as it was made.
pub(super) struct Plan<'p> {
    pub(super) playbook: &'p Playbook,
    pub(super) inputs: &'p Inputs,
    known: &'p Known,
    inputs_json: Value,
    /// The same as texts see it, made once: a folder may have thousands of files.
    pub(super) inputs_text: TextValue,
    /// The files that were given, by digest: nothing else may be named as a file.
    files: BTreeMap<Digest, DataClass>,
    /// How closely held the results of the templates before are: as what they were made of.
    classes: BTreeMap<&'p str, DataClass>,
    /// What became of the templates before.
    placed: BTreeMap<&'p str, Placed>,
    counted: usize,
    tasks: Vec<TaskSpec>,
    later: Vec<Later>,
    pub(super) artefacts: BTreeMap<Digest, Artefact>,
    pub(super) problems: Vec<Problem>,
}

/// What became of a template.
enum Placed {
    /// It has these tasks: the key of each, by the name of its item; a single task has none.
    Now(Vec<(Option<String>, String)>),
    /// It waits.
    Later,
}

impl<'p> Plan<'p> {
    pub(super) fn new(playbook: &'p Playbook, inputs: &'p Inputs, known: &'p Known) -> Self {
        let inputs_json = inputs::to_json(playbook, inputs);
        let files = inputs.values().flat_map(|value| match value {
            InputValue::Folder(files) => files.iter().collect(),
            InputValue::File(file) => vec![file],
            InputValue::Text(_) | InputValue::List(_) | InputValue::Number(_) => Vec::new(),
        });
        Self {
            playbook,
            inputs,
            known,
            inputs_text: text_value(&inputs_json),
            inputs_json,
            files: classes(files),
            classes: BTreeMap::new(),
            placed: BTreeMap::new(),
            counted: 0,
            tasks: Vec::new(),
            later: Vec::new(),
            artefacts: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Makes the tasks of a template, or notes that it waits.
    pub(super) fn place(&mut self, task: &'p Task) {
        let waits_for = self.waits_for(task);
        if !waits_for.is_empty() {
            self.later.push(Later {
                template: task.key.value.clone(),
                waits_for: waits_for.into_iter().collect(),
                for_each: task.for_each.is_some(),
                price: self.price_of_each(task),
                mode: task.mode.value,
                gate: task.gate.value,
            });
            self.placed.insert(&task.key.value, Placed::Later);
            return;
        }
        let before = self.tasks.len();
        let placed = self.tasks_of(task).unwrap_or_else(|problem| {
            self.problems.push(problem);
            Vec::new()
        });
        let made = self.tasks.iter().skip(before);
        let material = made.flat_map(|task| &task.instructions.context);
        let class = material.map(|item| item.class).max().unwrap_or_default();
        self.classes.insert(&task.key.value, class);
        self.placed.insert(&task.key.value, Placed::Now(placed));
    }

    /// The plan, or what stands in its way.
    pub(super) fn finish(mut self) -> Result<Expansion, Vec<Problem>> {
        let outcome = self.outcome();
        if self.tasks.len() > TASKS_PER_EXPANSION_MAX {
            self.problems.push(Problem::new(
                self.playbook.outcome.mark,
                format!(
                    "this makes {} tasks at once, and {TASKS_PER_EXPANSION_MAX} may be added to a \
                     plan in one go; give it less to work on",
                    self.tasks.len()
                ),
            ));
        }
        if !self.problems.is_empty() {
            return Err(in_order(self.problems));
        }
        Ok(Expansion {
            outcome,
            tasks: self.tasks,
            later: self.later,
            artefacts: self.artefacts,
        })
    }

    fn outcome(&mut self) -> OutcomeParts {
        let outcome = &self.playbook.outcome;
        OutcomeParts {
            title: instructions::text_within(self, &outcome.title, None, TITLE_BYTES_MAX),
            objective: instructions::text(self, &outcome.objective, None),
            narrative: instructions::text(self, &outcome.narrative, None),
            criteria: instructions::criteria(self, &outcome.criteria, "the outcome", None),
            risk: outcome.risk,
            deadline_ms: outcome.deadline_ms,
            fee: outcome.fee,
        }
    }

    /// The templates that have to come first and have not.
    fn waits_for(&self, task: &Task) -> BTreeSet<String> {
        let mut waits = BTreeSet::new();
        for key in expressions(task).flat_map(|found| tasks_in(self.playbook, found)) {
            if self.outputs(&key).is_none() {
                waits.insert(key);
            }
        }
        let needed = task.needs.iter().map(|need| need.value.task.as_str());
        waits.extend(
            needed
                .filter(|key| matches!(self.placed.get(key), None | Some(Placed::Later)))
                .map(str::to_owned),
        );
        waits
    }

    /// What all tasks of a template handed in, once all have.
    fn outputs(&self, key: &str) -> Option<Vec<&'p Value>> {
        match self.placed.get(key)? {
            Placed::Later => None,
            Placed::Now(tasks) => tasks
                .iter()
                .map(|(_, key)| self.known.outputs.get(key))
                .collect(),
        }
    }

    /// The keys of the tasks that are meant. One that the plan does not have is not waited for.
    pub(super) fn keys(&self, instances: &Instances, item: Option<&Item>) -> Vec<String> {
        let task = task_of_expression(self.playbook, &instances.task);
        match task.and_then(|task| self.placed.get(task.key.value.as_str())) {
            None | Some(Placed::Later) => Vec::new(),
            Some(Placed::Now(tasks)) => {
                let name = item.map(|item| &item.name);
                tasks
                    .iter()
                    .filter(|(of, _)| !instances.same_item || of.as_ref() == name)
                    .map(|(_, key)| key.clone())
                    .collect()
            }
        }
    }

    /// How closely held what the tasks of a template hand in is.
    pub(super) fn class_of_output(&self, template: &str) -> DataClass {
        task_of_expression(self.playbook, template)
            .and_then(|task| self.classes.get(task.key.value.as_str()))
            .copied()
            .unwrap_or_default()
    }

    /// How closely held an input is: as its files, and not less than the playbook says.
    pub(super) fn class_of_input(&self, name: &str) -> DataClass {
        let inputs = &self.playbook.inputs;
        let input = inputs
            .iter()
            .find(|input| input.name.value == name || in_expressions(&input.name.value) == name);
        let Some(input) = input else {
            return DataClass::default();
        };
        let files = match inputs::value(input, self.inputs) {
            Some(InputValue::Folder(files)) => files.iter().map(|file| file.class).max(),
            Some(InputValue::File(file)) => Some(file.class),
            Some(InputValue::Text(_) | InputValue::List(_) | InputValue::Number(_)) | None => None,
        };
        files.unwrap_or_default().max(input.class)
    }

    /// How closely held what an expression gives is: as the strictest of all that it looks at.
    pub(super) fn class_seen(&self, task: &Task, expression: &Expression) -> DataClass {
        let paths = expression.paths();
        let seen = paths.iter().map(|path| {
            let second = path.segments.get(1).map(String::as_str);
            match (path.segments[0].as_str(), second) {
                ("inputs", Some(name)) => self.class_of_input(name),
                ("tasks", Some(name)) => self.class_of_output(name),
                (item, _) if item == task.item.value => match &task.for_each {
                    Some(list) => self.class_seen_by_list(&list.value),
                    None => DataClass::default(),
                },
                _ => DataClass::default(),
            }
        });
        seen.max().unwrap_or_default()
    }

    fn class_seen_by_list(&self, list: &Expression) -> DataClass {
        let paths = list.paths();
        let seen = paths.iter().filter_map(|path| {
            let name = path.segments.get(1)?;
            match path.segments[0].as_str() {
                "inputs" => Some(self.class_of_input(name)),
                "tasks" => Some(self.class_of_output(name)),
                _ => None,
            }
        });
        seen.max().unwrap_or_default()
    }

    /// The keys of all these tasks, sorted, each once.
    fn keys_of(&self, all: impl Iterator<Item = Instances>, item: Option<&Item>) -> Vec<String> {
        let keys: BTreeSet<String> = all
            .flat_map(|instances| self.keys(&instances, item))
            .collect();
        keys.into_iter().collect()
    }

    fn scope(&self, task: &Task) -> Result<Scope, Problem> {
        let mut tasks = Map::new();
        for key in expressions(task).flat_map(|found| tasks_in(self.playbook, found)) {
            let outputs = self.outputs(&key).unwrap_or_default();
            let mut fields = Map::new();
            let first = outputs
                .first()
                .map_or(Value::Null, |output| (*output).clone());
            fields.insert("output".to_owned(), first);
            fields.insert("outputs".to_owned(), outputs.into_iter().cloned().collect());
            tasks.insert(in_expressions(&key), Value::Object(fields));
        }
        let values = BTreeMap::from([
            ("inputs".to_owned(), self.inputs_json.clone()),
            ("tasks".to_owned(), Value::Object(tasks)),
        ]);
        Scope::new(&values).map_err(|fault| Problem::new(task.key.mark, fault.to_string()))
    }

    fn tasks_of(&mut self, task: &'p Task) -> Result<Vec<(Option<String>, String)>, Problem> {
        let scope = self.scope(task)?;
        let items: Vec<Option<Item>> = match &task.for_each {
            None => vec![None],
            Some(list) => match list.value.evaluate(&scope, None) {
                Ok(Value::Array(values)) => items(flat(values)).into_iter().map(Some).collect(),
                Ok(_) => return Err(failed(list.mark, &list.value, "it gives no list")),
                Err(fault) => return Err(failed(list.mark, &list.value, &fault.to_string())),
            },
        };
        let compared = compared(task, &scope)?;
        let mut placed = Vec::new();
        for item in items {
            if !holds(task, &scope, item.as_ref())? {
                continue;
            }
            self.counted += compared.unwrap_or(1);
            if self.counted > TASKS_PER_OUTCOME_MAX {
                return Err(Problem::new(
                    task.key.mark,
                    format!(
                        "with '{}' the outcome has more than {TASKS_PER_OUTCOME_MAX} tasks; divide \
                         it into several outcomes",
                        task.key.value
                    ),
                ));
            }
            let keys = keys_of_group(task, item.as_ref(), compared);
            for key in &keys {
                if !self.known.planned.contains(key) && self.problems.len() < PROBLEMS_MAX {
                    let peers = keys.iter().filter(|other| *other != key);
                    let peers = peers.cloned().collect();
                    self.add(task, (key, peers), item.as_ref(), &scope);
                }
            }
            let name = item.map(|item| item.name);
            placed.extend(keys.into_iter().map(|key| (name.clone(), key)));
        }
        Ok(placed)
    }

    /// What is paid for an item of this template, or for the one task: as often as it is done.
    fn price_of_each(&self, task: &Task) -> Amount {
        // A number that hangs on what is not there yet is shown as one.
        let scope = Scope::new(&BTreeMap::from([(
            "inputs".to_owned(),
            self.inputs_json.clone(),
        )]));
        let compared = scope.ok().and_then(|scope| compared(task, &scope).ok());
        let times = i64::try_from(compared.flatten().unwrap_or(1)).unwrap_or(1);
        Amount::from_minor(task.price.minor().saturating_mul(times))
    }

    fn add(
        &mut self,
        task: &'p Task,
        (key, mut apart_from): (&str, Vec<String>),
        item: Option<&Item>,
        scope: &Scope,
    ) {
        let needs = self.keys_of(task.needs.iter().map(|need| need.value.clone()), item);
        if needs.len() > NEEDS_MAX {
            self.problems.push(Problem::new(
                task.key.mark,
                format!(
                    "'{key}' needs {} tasks and may need {NEEDS_MAX}; give it less to work on",
                    needs.len()
                ),
            ));
        }
        // A contributor of a task that is neither needed for this item nor accepted already is
        // nobody to be apart from.
        let earlier = task.apart_from.iter().map(|other| other.value.clone());
        apart_from.extend(
            self.keys_of(earlier, item)
                .into_iter()
                .filter(|other| needs.contains(other) || self.known.outputs.contains_key(other)),
        );
        let title =
            instructions::text_within(self, &task.title, Some((task, item)), TITLE_BYTES_MAX);
        let spec = TaskSpec {
            apart_from,
            capability: task.capability.clone(),
            gate: task.gate.value,
            instructions: instructions::instructions(self, task, item, scope),
            key: key.to_owned(),
            kind: task.kind.clone(),
            lease_ms: task.lease_ms,
            level: task.level,
            mode: task.mode.value,
            needs,
            price: task.price,
            risk: task.risk.value,
            serves: task
                .serves
                .iter()
                .map(|served| served.value.clone())
                .collect(),
            title,
            weight: task.weight,
        };
        self.check_size(task, &spec);
        self.tasks.push(spec);
    }

    /// A task that does not fit into its event is refused here, before anything is funded.
    fn check_size(&mut self, task: &Task, spec: &TaskSpec) {
        let bytes = consort_kernel::canonical::write(&spec.folded()).len();
        if bytes > SPEC_BYTES_MAX {
            self.problems.push(Problem::new(
                task.key.mark,
                format!(
                    "'{}' takes {bytes} bytes in the plan and may take {SPEC_BYTES_MAX}; shorten \
                     its texts, or name fewer tasks in 'apart_from'",
                    spec.key
                ),
            ));
        }
    }

    /// Notes that this value has to be stored as JSON; gives its digest.
    pub(super) fn store(&mut self, name: &str, value: &Value) -> Digest {
        let bytes = canonical::bytes(value);
        let digest = Digest::of(&bytes);
        self.artefacts.entry(digest).or_insert_with(|| Artefact {
            name: name.to_owned(),
            bytes,
        });
        digest
    }

    /// The file that this value of an expression stands for, if it was given as an input.
    pub(super) fn file(&self, value: &Value) -> Option<(Digest, DataClass)> {
        let digest: Digest = value.get("digest")?.as_str()?.parse().ok()?;
        self.files.get(&digest).map(|class| (digest, *class))
    }
}

/// Whether a template makes a task for this item.
fn holds(task: &Task, scope: &Scope, item: Option<&Item>) -> Result<bool, Problem> {
    let Some(when) = &task.when else {
        return Ok(true);
    };
    match when.value.evaluate(scope, named(task, item)) {
        Ok(Value::Bool(holds)) => Ok(holds),
        Ok(_) => Err(failed(
            when.mark,
            &when.value,
            "it gives neither true nor false",
        )),
        Err(fault) => Err(failed(when.mark, &when.value, &fault.to_string())),
    }
}

/// The files by digest. Where the same bytes were given twice, the stricter class holds for both.
fn classes<'f>(files: impl Iterator<Item = &'f File>) -> BTreeMap<Digest, DataClass> {
    let mut classes = BTreeMap::new();
    for file in files {
        let class = classes.entry(file.digest).or_insert(file.class);
        *class = (*class).max(file.class);
    }
    classes
}

/// The entries of a list, and of the lists in it: what each of many tasks handed in is one list of
/// things to do.
fn flat(values: Vec<Value>) -> Vec<Value> {
    let lists = values.into_iter().map(|value| match value {
        Value::Array(entries) => entries,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![value]
        }
    });
    lists.flatten().collect()
}

/// What expressions call the item of this template.
pub(super) fn named<'a>(task: &'a Task, item: Option<&'a Item>) -> Option<(&'a str, &'a Value)> {
    // The name is rewritten when it is read, so that it can stand in expressions as it is.
    item.map(|item| (task.item.value.as_str(), &item.value))
}

pub(super) fn failed(mark: Mark, expression: &Expression, why: &str) -> Problem {
    Problem::new(
        mark,
        format!("'{}' gave no answer: {why}", expression.source()),
    )
}

fn expressions(task: &Task) -> impl Iterator<Item = &Expression> {
    let context = task.instructions.context.iter().flat_map(|context| {
        let found: Vec<&Expression> = match &context.from.value {
            From::Item(expression) => vec![expression],
            From::Object(parts) => parts.values().map(|part| &part.value).collect(),
            From::Input(_) | From::Output(_) | From::Artefact(_) => Vec::new(),
        };
        found
    });
    let lists = task.for_each.iter().chain(&task.when).chain(&task.compare);
    lists.map(|at| &at.value).chain(context)
}
