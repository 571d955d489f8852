//! Templates of texts: minijinja with what a sentence needs, and nothing that can run on or grow.
//!
//! Templates name inputs and items. They cannot name what tasks hand in: a submission is data, and
//! its words never become somebody else's instructions.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, filters, tests};
use serde_json::Value;

use crate::problem::suggestion;

/// How many instructions one text may take: many times what listing a hundred names takes.
const FUEL_MAX: u64 = 20_000;
/// How deeply a template may nest.
const RECURSION_MAX: usize = 32;
/// The longest text that a template may give, in bytes; each use has its own, smaller limit.
const RENDERED_BYTES_MAX: usize = 64 * 1024;
/// What may stand between `{%` and `%}`. Without `set`, no text can be doubled again and again.
const TAGS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL_MAX));
    environment.set_recursion_limit(RECURSION_MAX);
    environment.add_filter("first", filters::first);
    environment.add_filter("join", filters::join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("upper", filters::upper);
    environment.add_test("none", tests::is_none);
    environment
});

/// A value as texts see it: made once and shared by all texts of a plan.
pub(crate) type TextValue = minijinja::Value;

/// A JSON value as texts see it.
pub(crate) fn text_value(value: &Value) -> TextValue {
    TextValue::from(Serde(value))
}

/// A text with places for values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
}

/// Why a template cannot be read or rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// The line of the template, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: String,
}

impl Template {
    /// Reads a template.
    pub fn read(source: &str) -> Result<Self, Fault> {
        refuse_other_tags(source)?;
        ENVIRONMENT
            .template_from_str(source)
            .map_err(|error| fault(&error))?;
        Ok(Self {
            source: source.to_owned(),
        })
    }

    /// The text that it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it uses, each with the fields that follow, as in `inputs.question`.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        if self.is_plain() {
            return BTreeSet::new();
        }
        ENVIRONMENT
            .template_from_str(&self.source)
            .map(|template| template.undeclared_variables(true).into_iter().collect())
            .unwrap_or_default()
    }

    /// The text with these values.
    pub(crate) fn render(&self, values: &BTreeMap<&str, TextValue>) -> Result<String, Fault> {
        if self.is_plain() {
            return Ok(self.source.clone());
        }
        let template = ENVIRONMENT
            .template_from_str(&self.source)
            .map_err(|error| fault(&error))?;
        let mut text = Bounded(Vec::new());
        template
            .render_captured_to(Serde(values), &mut text)
            .map_err(|error| fault(&error))?;
        String::from_utf8(text.0).map_err(|_| Fault {
            line: 1,
            text: "the text is not UTF-8".to_owned(),
        })
    }

    /// Whether it has no places for values, so that nothing has to be put in.
    fn is_plain(&self) -> bool {
        !self.source.contains('{')
    }
}

/// A text that refuses to grow beyond its limit.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > RENDERED_BYTES_MAX {
            return Err(io::Error::other("the text grows too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn refuse_other_tags(source: &str) -> Result<(), Fault> {
    let mut line = 1;
    for (index, part) in source.split("{%").enumerate() {
        if index > 0 {
            let word: String = part
                .trim_start_matches(['-', '+'])
                .trim_start()
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            if !TAGS.contains(&word.as_str()) {
                return Err(Fault {
                    line,
                    text: format!(
                        "'{{% {word} %}}' cannot be used in texts{}",
                        suggestion(&word, TAGS)
                    ),
                });
            }
        }
        line += part.matches('\n').count();
    }
    Ok(())
}

fn fault(error: &minijinja::Error) -> Fault {
    let detail = error.detail().unwrap_or("");
    let text = match error.kind() {
        ErrorKind::UndefinedError => {
            "it uses something that is not there; ask with {% if … %} first, or give the input a \
             default"
                .to_owned()
        }
        ErrorKind::OutOfFuel => format!("it takes more than {FUEL_MAX} steps; say less"),
        ErrorKind::WriteFailure => {
            format!("it gives more than {RENDERED_BYTES_MAX} bytes; say less")
        }
        kind => format!("this text cannot be read: {kind}: {detail}")
            .trim_end_matches(": ")
            .to_owned(),
    };
    Fault {
        line: error.line().unwrap_or(1),
        text,
    }
}

#[cfg(test)]
mod tests_of_templates {
    use serde_json::json;

    use super::*;

    fn check(source: &str) -> Result<String, Fault> {
        let values = BTreeMap::from([
            (
                "inputs",
                text_value(&json!({"question": "Which?", "options": ["a", "b"], "none": null})),
            ),
            ("document", text_value(&json!({"name": "offer <a>.pdf"}))),
        ]);
        Template::read(source)?.render(&values)
    }

    #[test]
    fn texts_get_their_values_and_nothing_is_escaped() {
        for (source, expected) in [
            ("plain", "plain"),
            ("a } b", "a } b"),
            ("Read {{ document.name }}", "Read offer <a>.pdf"),
            ("{{ inputs.options | join(', ') }}", "a, b"),
            ("{% if inputs.none %}x{% else %}y{% endif %}", "y"),
            (
                "{% for o in inputs.options %}[{{ o }}]{% endfor %}",
                "[a][b]",
            ),
            ("{{ inputs.options | length }}", "2"),
        ] {
            assert_eq!(check(source).as_deref(), Ok(expected), "{source}");
        }
    }

    #[test]
    fn what_is_missing_or_runs_on_is_a_fault_and_not_an_empty_text() {
        for (source, word) in [
            ("{{ nothing }}", "not there"),
            ("{{ document.nothing }}", "not there"),
            ("{% set a = 1 %}", "cannot be used"),
            ("{%- include 'x' %}", "cannot be used"),
            ("{% with a = 1 %}{% endwith %}", "cannot be used"),
            ("{{ document.name | nonsense }}", "nonsense"),
            ("{{ open", "cannot be read"),
            ("{% if a %}", "cannot be read"),
            ("{{ 'x' * 100000 }}", "bytes"),
            ("{{ range(10) }}", "range"),
        ] {
            let error = check(source).unwrap_err();
            assert!(error.text.contains(word), "{source}: {error}");
        }
        let nested = "{% for a in inputs.options %}".repeat(20) + "x" + &"{% endfor %}".repeat(20);
        assert!(check(&nested).is_err());
        assert!(check(&"{{ (".repeat(500)).is_err());
    }

    #[test]
    fn a_fault_knows_its_line() {
        assert_eq!(check("a\nb\n{% set x = 1 %}").unwrap_err().line, 3);
        assert_eq!(check("a\n{{ nothing }}").unwrap_err().line, 2);
    }

    #[test]
    fn the_names_in_a_template_are_found() {
        let template =
            Template::read("{{ inputs.question }}{% for o in item.list %}{{ o }}{% endfor %}")
                .unwrap();
        let names: Vec<String> = template.names().into_iter().collect();
        assert_eq!(names, ["inputs.question", "item.list"]);
    }
}
