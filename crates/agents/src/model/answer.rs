//! What a model answered, made into what may be handed in.
//!
//! The rule for what it states: in a task whose result must cite, a statement (an object with a
//! `text` or `citations`) stays where it is if its quotations stand in the documents and it passes the
//! must-cite check. Any other statement of a list is taken out of the list and goes out under
//! `opinions`, marked with the model's name; one that does not stand in a list is a fault. A citation
//! whose words are found nowhere is taken away in every task. What the model says in `nothing` is its
//! opinion too, and a fixed sentence stands there instead.

use std::collections::BTreeMap;
use std::sync::Arc;

use consort_engine::check::{CheckResult, MemorySources, NoPrograms, check};
use consort_engine::runner::Commission;
use consort_kernel::task::{Criterion, Method};
use consort_tools::shape::{Draft, Research, Summary};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::passages::Passages;

/// How many opinions go out with a result: more of them are nobody's reading.
const OPINIONS_MAX: usize = 50;
/// The longest opinion, in characters.
const OPINION_CHARS_MAX: usize = 2_000;
/// How many places of an answer are tried as the beginning of its JSON.
const BEGINNINGS_MAX: usize = 16;
/// How many faults a model is told at a time.
const FAULTS_MAX: usize = 12;
/// How deeply an answer may nest; what is deeper is no shape of ours.
const DEPTH_MAX: usize = 48;

/// What may be handed in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sound {
    pub(super) content: Value,
    /// How many statements went out as opinions.
    pub(super) opinions: usize,
    /// How many citations were not found.
    pub(super) unfounded: usize,
    /// Opinions for which the form has no room.
    pub(super) left_out: Vec<Value>,
}

/// Reads answers to one task.
pub(super) struct Reader<'a> {
    commission: &'a Commission,
    passages: &'a Passages,
    sources: MemorySources,
    must_cite: Option<&'a Criterion>,
    by: &'a str,
}

/// What is found while an answer is taken apart.
#[derive(Default)]
struct Found {
    opinions: Vec<String>,
    unfounded: usize,
    faults: Vec<String>,
}

impl<'a> Reader<'a> {
    /// A reader of what the model `by` answers.
    pub(super) fn new(commission: &'a Commission, passages: &'a Passages, by: &'a str) -> Self {
        let criteria = &commission.task.spec.instructions.criteria;
        let mut artefacts = BTreeMap::new();
        for criterion in criteria {
            if let (Method::Schema(digest), Some(bytes)) =
                (&criterion.method, commission.schemas.get(&criterion.key))
            {
                artefacts.insert(*digest, bytes.clone());
            }
        }
        let documents = passages.documents().iter().cloned().map(Arc::new).collect();
        Self {
            commission,
            passages,
            sources: MemorySources {
                artefacts,
                documents,
            },
            must_cite: criteria
                .iter()
                .find(|criterion| criterion.method == Method::MustCite),
            by,
        }
    }

    /// What of an answer may be handed in, or what the model has to put right.
    pub(super) fn read(&self, text: &str) -> Result<Sound, Vec<String>> {
        let Some(mut content) = json_in(text) else {
            return Err(vec!["the answer has no JSON value in it".to_owned()]);
        };
        let mut found = Found::default();
        self.take_own_words(&mut content, &mut found);
        self.walk(&mut content, 0, &mut found);
        if !found.faults.is_empty() {
            found.faults.truncate(FAULTS_MAX);
            return Err(found.faults);
        }
        let opinions = self.marked(&found.opinions);
        let left_out = self.attach(&mut content, opinions)?;
        Ok(Sound {
            content,
            opinions: found.opinions.len(),
            unfounded: found.unfounded,
            left_out,
        })
    }

    /// Puts opinions where the form has room for them and sees to it that the rest holds; tells what
    /// there was no room for.
    fn attach(&self, content: &mut Value, opinions: Vec<Value>) -> Result<Vec<Value>, Vec<String>> {
        if let (false, Value::Object(fields)) = (opinions.is_empty(), &mut *content) {
            fields.insert("opinions".to_owned(), Value::Array(opinions.clone()));
            if self.faults(content).is_empty() {
                return Ok(Vec::new());
            }
            if let Value::Object(fields) = &mut *content {
                fields.remove("opinions");
            }
        }
        let faults = self.faults(content);
        if faults.is_empty() {
            Ok(opinions)
        } else {
            Err(faults)
        }
    }

    /// What the criteria find that software judges here: all but programs, which are the operator's,
    /// and known answers, which nobody is told.
    fn faults(&self, content: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        for criterion in self.commission.task.automatic_criteria() {
            let judged_here = match criterion.method {
                Method::Schema(_)
                | Method::Expression(_)
                | Method::Bounds(_)
                | Method::MustCite => true,
                Method::Program(_)
                | Method::KnownAnswer(_)
                | Method::Rubric(_)
                | Method::Judgment => false,
            };
            if !judged_here {
                continue;
            }
            // A criterion that cannot be used is no fault of the model's.
            if let Some(result) = self.check(criterion, content).filter(|it| !it.passed) {
                faults.push(format!("{}: {}", criterion.text, result.summary));
                faults.extend(result.evidence.into_iter().map(|it| it.text));
            }
        }
        faults.extend(misfit(content));
        faults.truncate(FAULTS_MAX);
        faults
    }

    fn check(&self, criterion: &Criterion, content: &Value) -> Option<CheckResult> {
        check(criterion, content, &self.sources, &NoPrograms).ok()
    }

    /// Takes out what the model says in its own name.
    fn take_own_words(&self, content: &mut Value, found: &mut Found) {
        let Value::Object(fields) = content else {
            return;
        };
        match fields.remove("opinions") {
            Some(Value::Array(opinions)) => {
                found.opinions.extend(opinions.iter().filter_map(words_of));
            }
            Some(other) => found.opinions.extend(words_of(&other)),
            None => {}
        }
        if self.must_cite.is_none() {
            return;
        }
        if let Some(Value::String(nothing)) = fields.get_mut("nothing")
            && !nothing.trim().is_empty()
        {
            let said = format!("{} names nothing that it could cite.", self.by);
            found.opinions.push(std::mem::replace(nothing, said));
        }
    }

    fn walk(&self, value: &mut Value, depth: usize, found: &mut Found) {
        if depth > DEPTH_MAX {
            found.faults.push("the answer nests too deeply".to_owned());
            return;
        }
        match value {
            Value::Array(items) => self.list(items, depth, found),
            Value::Object(fields) => {
                self.cite(fields, found);
                for (name, field) in fields.iter_mut() {
                    if name == "citations" {
                        continue;
                    }
                    self.walk(field, depth + 1, found);
                    if let Some(text) = self.unsourced(field) {
                        let fault = format!("'{name}' states without a source: {text}");
                        found.faults.push(fault);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Goes through a list: what is said twice stands once, and what has no source is an opinion.
    fn list(&self, items: &mut Vec<Value>, depth: usize, found: &mut Found) {
        let mut kept: Vec<Value> = Vec::with_capacity(items.len());
        for mut item in items.drain(..) {
            self.walk(&mut item, depth + 1, found);
            match self.unsourced(&item) {
                Some(text) => found.opinions.push(text),
                None if is_statement(&item) && kept.contains(&item) => {}
                None => kept.push(item),
            }
        }
        *items = kept;
    }

    /// What is said, if it has to cite and does not hold to a source.
    fn unsourced(&self, value: &Value) -> Option<String> {
        let must_cite = self.must_cite?;
        let fields = value.as_object().filter(|_| is_statement(value))?;
        let text = fields.get("text").and_then(Value::as_str).unwrap_or("");
        let citations = fields.get("citations").cloned().unwrap_or(Value::Null);
        let statement = json!({"citations": citations, "text": text});
        let holds = self
            .check(must_cite, &statement)
            .is_some_and(|it| it.passed);
        (!holds).then(|| text.to_owned())
    }

    /// Makes the citations of a statement whole, and takes away those whose words are not found.
    fn cite(&self, fields: &mut Map<String, Value>, found: &mut Found) {
        let Some(Value::Array(citations)) = fields.get_mut("citations") else {
            return;
        };
        let mut kept: Vec<Value> = Vec::with_capacity(citations.len());
        for citation in citations.drain(..) {
            let word = |name: &str| citation.get(name).and_then(Value::as_str);
            let Some(quote) = word("quote") else {
                // What quotes nothing is no citation of ours; the must-cite check sees to it.
                kept.push(citation);
                continue;
            };
            match self.passages.cite(word("passage").unwrap_or(""), quote) {
                Some(whole) => {
                    let whole = serde_json::to_value(whole).expect("citations can be written");
                    if !kept.contains(&whole) {
                        kept.push(whole);
                    }
                }
                None => found.unfounded += 1,
            }
        }
        *citations = kept;
    }

    fn marked(&self, opinions: &[String]) -> Vec<Value> {
        let said = opinions.iter().map(|opinion| opinion.trim());
        said.filter(|opinion| !opinion.is_empty())
            .take(OPINIONS_MAX)
            .map(|opinion| {
                let opinion: String = opinion.chars().take(OPINION_CHARS_MAX).collect();
                json!({"by": self.by, "opinion": opinion})
            })
            .collect()
    }
}

/// Why a result that looks like one of the built-in shapes cannot be read as it: the tasks that need
/// it would stand still.
fn misfit(content: &Value) -> Option<String> {
    let has = |names: &[&str]| names.iter().all(|name| content.get(name).is_some());
    let error = if has(&["agree", "disagree", "options", "coverage"]) {
        Draft::deserialize(content).err()
    } else if has(&["document", "facts"]) {
        Research::deserialize(content).err()
    } else if has(&["document", "statements"]) {
        Summary::deserialize(content).err()
    } else {
        None
    };
    error.map(|error| format!("the form is not the one that later tasks read: {error}"))
}

/// Whether a value states something, as the must-cite check sees it.
fn is_statement(value: &Value) -> bool {
    let stated = |fields: &Map<String, Value>| {
        fields.contains_key("citations") || fields.contains_key("text")
    };
    value.as_object().is_some_and(stated)
}

/// The words of an opinion, in whatever form the model gave it.
fn words_of(opinion: &Value) -> Option<String> {
    match opinion {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => ["opinion", "text"]
            .iter()
            .find_map(|name| fields.get(*name)?.as_str())
            .map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// The JSON value of an answer: all of it, or what stands between other words.
fn json_in(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let beginnings = text.match_indices(['{', '[']).take(BEGINNINGS_MAX);
    beginnings
        .filter_map(|(start, _)| {
            let rest = text.get(start..)?;
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            values.next()?.ok()
        })
        .find(|value| value.as_object().is_some_and(|it| !it.is_empty()) || value.is_array())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_of_an_answer_is_found_between_other_words() {
        for (text, value) in [
            (r#"{"a": 1}"#, Some(json!({"a": 1}))),
            ("  [1, 2]\n", Some(json!([1, 2]))),
            (
                "Sure!\n```json\n{\"a\": 1}\n```\nAnything else?",
                Some(json!({"a": 1})),
            ),
            ("By {name}: {\"a\": {}}", Some(json!({"a": {}}))),
            ("{\"a\": 1} {\"b\": 2}", Some(json!({"a": 1}))),
            ("", None),
            ("I would rather not.", None),
            ("{\"a\": ", None),
        ] {
            assert_eq!(json_in(text), value, "{text}");
        }
    }
}
