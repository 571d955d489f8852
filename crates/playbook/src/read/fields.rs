//! Reads single values and reports what does not fit, each at its place.

use std::collections::BTreeMap;

use crate::duration;
use crate::expression::Expression;
use crate::names::is_name;
use crate::problem::{At, Mark, Problem, suggestion};
use crate::template::Template;
use crate::yaml::{Data, Node, Style};

/// Gathers the problems of one reading.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
}

/// The fields of one mapping.
pub(super) struct Fields<'n> {
    pub(super) mark: Mark,
    /// What has these fields, as a sentence says it: `task 'draft'`.
    pub(super) what: String,
    entries: BTreeMap<&'n str, &'n Node>,
}

impl<'n> Fields<'n> {
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries.get(name).copied()
    }
}

impl Reader {
    pub(super) fn problem(&mut self, mark: Mark, text: impl Into<String>) {
        self.problems.push(Problem::new(mark, text));
    }

    /// The fields of a mapping, after reporting those that have no place in it.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
    ) -> Option<Fields<'n>> {
        let Data::Map(entries) = &node.data else {
            self.problem(
                node.mark,
                format!("{what} has fields; write 'name: value' on lines of their own"),
            );
            return None;
        };
        for (key, _) in entries {
            if !known.contains(&key.value.as_str()) {
                let guess = suggestion(&key.value, known.iter().copied());
                self.problem(
                    key.mark,
                    format!("'{}' is no field of {what}{guess}", key.value),
                );
            }
        }
        Some(Fields {
            mark: node.mark,
            what: what.to_owned(),
            entries: entries
                .iter()
                .map(|(key, value)| (key.value.as_str(), value))
                .collect(),
        })
    }

    pub(super) fn missing(&mut self, fields: &Fields<'_>, name: &str) {
        let text = format!("{} has no '{name}'; add it", fields.what);
        self.problem(fields.mark, text);
    }

    /// A field that must be there.
    pub(super) fn required<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        read: impl FnOnce(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<T> {
        let Some(node) = fields.get(name) else {
            self.missing(fields, name);
            return None;
        };
        let what = format!("'{name}' of {}", fields.what);
        read(self, node, &what)
    }

    /// A field that may be absent: then, the second is what holds.
    pub(super) fn optional<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        absent: T,
        read: impl FnOnce(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<T> {
        match fields.get(name) {
            None => Some(absent),
            Some(_) => self.required(fields, name, read),
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<At<String>> {
        let Data::Scalar { text, .. } = &node.data else {
            self.problem(
                node.mark,
                format!("{what} is a text; write it after the ':'"),
            );
            return None;
        };
        if text.trim().is_empty() {
            self.problem(node.mark, format!("{what} is empty; write it"));
            return None;
        }
        if !node.to_json().is_string() {
            self.problem(
                node.mark,
                format!("{what} is a text; put {text} in quotes, or write words"),
            );
            return None;
        }
        Some(At::new(node.mark, text.trim_end().to_owned()))
    }

    /// A text on one line of at most this many bytes.
    pub(super) fn line(&mut self, node: &Node, what: &str, bytes_max: usize) -> Option<At<String>> {
        let text = self.text(node, what)?;
        if text.value.len() > bytes_max || text.value.contains(char::is_control) {
            self.problem(
                node.mark,
                format!("{what} stands on one line of at most {bytes_max} bytes; shorten it"),
            );
            return None;
        }
        Some(text)
    }

    pub(super) fn name(&mut self, node: &Node, what: &str) -> Option<At<String>> {
        let text = self.text(node, what)?;
        if is_name(&text.value) {
            return Some(text);
        }
        self.problem(
            node.mark,
            format!(
                "{what} is '{}'; a name has small letters a to z, digits, '-' and '_', a letter \
                 first, and at most 64 of them",
                text.value.chars().take(80).collect::<String>()
            ),
        );
        None
    }

    /// A whole number within these bounds.
    pub(super) fn whole(
        &mut self,
        node: &Node,
        what: &str,
        least: i64,
        most: i64,
    ) -> Option<At<i64>> {
        match node.to_json().as_i64() {
            Some(number) if (least..=most).contains(&number) => Some(At::new(node.mark, number)),
            _ => {
                self.problem(
                    node.mark,
                    format!("{what} is a whole number from {least} to {most}"),
                );
                None
            }
        }
    }

    pub(super) fn flag(&mut self, node: &Node, what: &str) -> Option<At<bool>> {
        let flag = node.to_json().as_bool();
        if flag.is_none() {
            self.problem(node.mark, format!("{what} is true or false"));
        }
        flag.map(|flag| At::new(node.mark, flag))
    }

    /// One of these words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        node: &Node,
        what: &str,
        choices: &[(&str, T)],
    ) -> Option<At<T>> {
        let text = self.text(node, what)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text.value) {
            Some(At::new(node.mark, *choice))
        } else {
            let guess = suggestion(&text.value, choices.iter().map(|(word, _)| *word));
            self.problem(
                node.mark,
                format!("{what} cannot be '{}'{guess}", text.value),
            );
            None
        }
    }

    pub(super) fn list<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        entries_max: usize,
    ) -> Option<&'n [Node]> {
        match &node.data {
            Data::List(entries) if entries.len() <= entries_max => Some(entries),
            Data::List(entries) => {
                self.problem(
                    node.mark,
                    format!(
                        "{what} has {} entries and may have {entries_max}; divide the playbook",
                        entries.len()
                    ),
                );
                None
            }
            Data::Scalar { .. } | Data::Map(_) => {
                self.problem(
                    node.mark,
                    format!("{what} is a list; begin each entry with '- '"),
                );
                None
            }
        }
    }

    /// A length of time within these bounds, in milliseconds.
    pub(super) fn duration(
        &mut self,
        node: &Node,
        what: &str,
        least_ms: u64,
        most_ms: u64,
    ) -> Option<At<u64>> {
        // A bare number is the likeliest slip; it gets the same sentence as any other.
        let text = match &node.data {
            Data::Scalar { text, .. } => text.as_str(),
            Data::List(_) | Data::Map(_) => "",
        };
        let Some(length_ms) = duration::read(text) else {
            self.problem(
                node.mark,
                format!(
                    "{what} is a length of time such as 90s, 30m, 2h, 1h30m, 5d or 2w; '{}' \
                     cannot be read",
                    text.chars().take(40).collect::<String>()
                ),
            );
            return None;
        };
        if !(least_ms..=most_ms).contains(&length_ms) {
            self.problem(
                node.mark,
                format!(
                    "{what} is {text}; it may be from {}s to {}d",
                    least_ms / 1_000,
                    most_ms / 86_400_000
                ),
            );
            return None;
        }
        Some(At::new(node.mark, length_ms))
    }

    pub(super) fn expression(&mut self, node: &Node, what: &str) -> Option<At<Expression>> {
        let text = match &node.data {
            // `when: true` is an expression, whatever YAML takes it for.
            Data::Scalar { text, .. } if !text.trim().is_empty() => text.trim(),
            Data::Scalar { .. } | Data::List(_) | Data::Map(_) => {
                self.problem(
                    node.mark,
                    format!("{what} is an expression; write it in quotes"),
                );
                return None;
            }
        };
        match Expression::read(text) {
            Ok(expression) => Some(At::new(node.mark, expression)),
            Err(error) => {
                let mark = within(node, error.offset);
                self.problem(mark, format!("{what}: {}", error.text));
                None
            }
        }
    }

    pub(super) fn template(&mut self, node: &Node, what: &str) -> Option<At<Template>> {
        let text = self.text(node, what)?;
        match Template::read(&text.value) {
            Ok(template) => Some(At::new(node.mark, template)),
            Err(error) => {
                let mark = match &node.data {
                    Data::Scalar {
                        style: Style::Block,
                        ..
                    } => Mark {
                        // The lines of a block begin below the '|' that the mark stands at.
                        line: node.mark.line + u32::try_from(error.line).unwrap_or(1),
                        column: 1,
                    },
                    Data::Scalar { .. } | Data::List(_) | Data::Map(_) => node.mark,
                };
                self.problem(mark, format!("{what}: {}", error.text));
                None
            }
        }
    }
}

/// The place of a character of a scalar that stands on one line; else where it begins.
fn within(node: &Node, offset: usize) -> Mark {
    let Data::Scalar { text, style } = &node.data else {
        return node.mark;
    };
    let quote = match style {
        Style::Plain => 0,
        Style::Quoted => 1,
        Style::Block => return node.mark,
    };
    if text.contains('\n') {
        return node.mark;
    }
    Mark {
        line: node.mark.line,
        column: node.mark.column + quote + u32::try_from(offset).unwrap_or(0),
    }
}
