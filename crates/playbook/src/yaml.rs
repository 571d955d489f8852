//! YAML as a tree in which every value knows its line and column.
//!
//! Only the part of YAML that a plan needs is read: mappings with text keys, lists and scalars.
//! Aliases, tags and several documents in one file are refused, so that a file is what it looks
//! like and cannot grow when it is read.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde_json::Value;

use crate::limits::{DEPTH_MAX, NODES_MAX, PLAYBOOK_BYTES_MAX};
use crate::problem::{At, Mark, Problem};

/// One value of the file.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) data: Data,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Scalar { text: String, style: Style },
    List(Vec<Node>),
    Map(Vec<(At<String>, Node)>),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes: it may be a number, true, false or null.
    Plain,
    /// In quotes: a text.
    Quoted,
    /// After `|` or `>`: a text, whose lines begin somewhere below the mark.
    Block,
}

impl Node {
    /// The value as JSON, by the core schema of YAML 1.2.
    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            Data::List(items) => items.iter().map(Self::to_json).collect(),
            Data::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.value.clone(), value.to_json()))
                .collect(),
            Data::Scalar { text, style } => match style {
                Style::Quoted | Style::Block => Value::from(text.as_str()),
                Style::Plain => plain(text),
            },
        }
    }
}

/// The value of a scalar without quotes.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Ok(number) = text.parse::<i64>() {
        return Value::from(number);
    }
    let numeric = text.starts_with(|first: char| "+-.0123456789".contains(first))
        && text.contains(|letter: char| letter.is_ascii_digit())
        && text
            .bytes()
            .all(|letter| letter.is_ascii_digit() || b"+-.eE".contains(&letter));
    match text.parse::<f64>() {
        Ok(number) if numeric && number.is_finite() => Value::from(number),
        _ => Value::from(text),
    }
}

/// Reads the one document of this text.
pub(crate) fn read(text: &str) -> Result<Node, Vec<Problem>> {
    if text.len() > PLAYBOOK_BYTES_MAX {
        return Err(vec![Problem::new(
            Mark::START,
            format!(
                "the file has {} bytes and a playbook may have {PLAYBOOK_BYTES_MAX}; move long \
                 texts into documents",
                text.len()
            ),
        )]);
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let step = match event {
            Ok((event, span)) => builder.take(event, mark_of(span.start)),
            Err(error) => Err(Problem::new(
                mark_of(*error.marker()),
                format!(
                    "this is not YAML: {}; look at the indentation and the quotes here",
                    error.info()
                ),
            )),
        };
        if let Err(problem) = step {
            builder.problems.push(problem);
            return Err(builder.problems);
        }
    }
    match builder.root {
        Some(root) if builder.problems.is_empty() => Ok(root),
        Some(_) => Err(builder.problems),
        None => Err(vec![Problem::new(
            Mark::START,
            "the file is empty; 'consort playbook new' writes one to begin with",
        )]),
    }
}

fn mark_of(marker: Marker) -> Mark {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Mark {
        line: number(marker.line()).max(1),
        column: number(marker.col()).saturating_add(1),
    }
}

/// The tree as far as it was read.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    problems: Vec<Problem>,
}

/// A list or mapping that is not closed yet.
enum Open {
    List(Mark, Vec<Node>),
    Map {
        mark: Mark,
        entries: Vec<(At<String>, Node)>,
        seen: BTreeSet<String>,
        key: Option<At<String>>,
    },
}

impl Builder {
    fn take(&mut self, event: Event<'_>, mark: Mark) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => Err(Problem::new(
                mark,
                "a second document begins here; a file holds one playbook",
            )),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
            Event::Alias(_) => Err(Problem::new(
                mark,
                "aliases are not read in playbooks; write the value out",
            )),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(Problem::new(
                mark,
                "tags (words that begin with '!') are not read in playbooks; take it away, or \
                 put the text in quotes",
            )),
            Event::Scalar(text, style, _, None) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let text = text.into_owned();
                self.put(Node {
                    mark,
                    data: Data::Scalar { text, style },
                })
            }
            Event::SequenceStart(_, None) => self.open(Open::List(mark, Vec::new()), mark),
            Event::MappingStart(_, None) => self.open(
                Open::Map {
                    mark,
                    entries: Vec::new(),
                    seen: BTreeSet::new(),
                    key: None,
                },
                mark,
            ),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(mark, items)) => self.put(Node {
                    mark,
                    data: Data::List(items),
                }),
                Some(Open::Map { mark, entries, .. }) => self.put(Node {
                    mark,
                    data: Data::Map(entries),
                }),
                None => Ok(()),
            },
        }
    }

    fn open(&mut self, open: Open, mark: Mark) -> Result<(), Problem> {
        if self.open.len() >= DEPTH_MAX {
            return Err(Problem::new(
                mark,
                format!("values nest more than {DEPTH_MAX} deep here; make it flatter"),
            ));
        }
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(not_a_key(mark));
        }
        self.open.push(open);
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn put(&mut self, node: Node) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(Problem::new(
                node.mark,
                format!("a playbook may have {NODES_MAX} values; divide it into several"),
            ));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map {
                entries, seen, key, ..
            }) => {
                if let Some(name) = key.take() {
                    entries.push((name, node));
                } else {
                    let Data::Scalar { text, .. } = node.data else {
                        return Err(not_a_key(node.mark));
                    };
                    if !seen.insert(text.clone()) {
                        self.problems.push(Problem::new(
                            node.mark,
                            format!("'{text}' stands here a second time; take one of them away"),
                        ));
                    }
                    *key = Some(At::new(node.mark, text));
                }
            }
        }
        Ok(())
    }
}

fn not_a_key(mark: Mark) -> Problem {
    Problem::new(
        mark,
        "the name before a ':' must be one word or text; write 'name: value', and put values \
         that begin with '{' in quotes",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_become_json_by_the_core_schema() {
        let text =
            "a: 12\nb: '12'\nc: true\nd: yes\ne: ~\nf: 1.5\ng: 1e3\nh: 1-2\ni: .inf\nj: |\n  12\n";
        let json = read(text).unwrap().to_json();
        let expected = serde_json::json!({
            "a": 12, "b": "12", "c": true, "d": "yes", "e": null, "f": 1.5, "g": 1000.0,
            "h": "1-2", "i": ".inf", "j": "12\n"
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn what_makes_a_file_other_than_it_looks_is_refused_with_its_place() {
        for (text, line, column, word) in [
            ("a: &x 1\nb: *x\n", 2, 4, "aliases"),
            ("a: !!str 1\n", 1, 4, "tags"),
            ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
            ("a: 1\nb: 2\na: 3\n", 3, 1, "second time"),
            ("? [x]\n: 1\n", 1, 3, "one word"),
            ("a: [1, 2\n", 2, 1, "not YAML"),
            ("", 1, 1, "empty"),
        ] {
            let problems = read(text).unwrap_err();
            let problem = &problems[0];
            assert!(problem.text.contains(word), "{text:?}: {problem}");
            assert_eq!(
                (problem.line, problem.column),
                (line, column),
                "{text:?}: {problem}"
            );
        }
    }

    #[test]
    fn deep_and_large_files_are_refused() {
        for text in [
            "[".repeat(200),
            format!("{}1", "a: [".repeat(40)),
            format!("[{}]", "1,".repeat(NODES_MAX + 1)),
            "#".repeat(PLAYBOOK_BYTES_MAX + 1),
        ] {
            assert!(read(&text).is_err());
        }
    }
}
