//! Expressions: CEL with an allowance, so that one from outside can neither run on nor grow.
//!
//! What an expression costs is counted in steps that depend on its values alone, never on a clock:
//! the same expression over the same values always gives the same answer, or the same refusal.

mod allowance;
mod json;
mod names;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use cel::parser::Expression as Tree;
use cel::{Context, Env};
use serde_json::Value;

use crate::limits::EXPRESSION_BYTES_MAX;

pub use json::JSON_DEPTH_MAX;
pub(crate) use names::Path;

/// How many values one evaluation may look at: about a second of work at the most, and many times
/// what a condition over a thousand documents takes.
pub const STEPS_MAX: u64 = 2_000_000;
/// How deeply an expression nests; a person cannot read a deeper one.
const NESTING_MAX: u16 = 32;
/// How many functions that walk a list (`all`, `map`, …) may stand inside each other.
const WALKS_NESTED_MAX: usize = 3;

/// The functions that an expression may call, besides its operators.
const FUNCTIONS: [&str; 16] = [
    "all",
    "bool",
    "contains",
    "double",
    "dyn",
    "endsWith",
    "exists",
    "exists_one",
    "filter",
    "has",
    "int",
    "map",
    "matches",
    "size",
    "startsWith",
    "string",
];

static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut environment = Env::default().with_optional_support(false).with_stdlib();
    allowance::declare(&mut environment);
    Arc::new(environment)
});

/// Macros come with the standard environment alone, so parsing uses it.
static PARSING: LazyLock<Env> = LazyLock::new(|| Env::stdlib().with_optional_support(false));

/// An expression that was read and may be evaluated.
#[derive(Debug, Clone)]
pub struct Expression {
    source: String,
    /// As written: for its names.
    tree: Tree,
    /// With the counting of steps put in: for evaluation.
    counted: Tree,
}

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Unreadable {
    /// Where in the expression, in characters from 0.
    pub offset: usize,
    /// What is wrong and what to do.
    pub text: String,
}

/// Why an expression gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It looked at too much.
    #[error("it takes more than {STEPS_MAX} steps; look at less, or write a program for it")]
    TooMuch,
    /// A value nests too deeply to be looked at.
    #[error("a value nests more than {JSON_DEPTH_MAX} deep")]
    TooDeep,
    /// It asked for something that is not there, or did what cannot be done.
    #[error("{0}")]
    Failed(String),
    /// It gave something that is not data.
    #[error("it gives {0}, which is not data")]
    NotData(String),
}

/// The values that expressions can name.
pub struct Scope {
    context: Context<'static, 'static>,
}

impl Scope {
    /// A scope with these values.
    pub fn new(values: &BTreeMap<String, Value>) -> Result<Self, Fault> {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        for (name, value) in values {
            context.add_variable_from_value(name.as_str(), json::to_cel(value)?);
        }
        Ok(Self { context })
    }
}

impl Expression {
    /// Reads an expression.
    pub fn read(source: &str) -> Result<Self, Unreadable> {
        let refuse = |text: String| Err(Unreadable { offset: 0, text });
        if source.len() > EXPRESSION_BYTES_MAX {
            return refuse(format!(
                "the expression has {} bytes and may have {EXPRESSION_BYTES_MAX}; say it shorter, \
                 or write a program for it",
                source.len()
            ));
        }
        let parser = PARSING.parser().max_recursion_depth(NESTING_MAX);
        let tree = parser.parse(source).map_err(|errors| {
            let first = errors.errors.first();
            Unreadable {
                offset: first.map_or(0, |error| offset_of(source, error.pos)),
                text: format!(
                    "this expression cannot be read: {}",
                    first.map_or_else(|| "it is empty".to_owned(), |error| plainly(&error.msg))
                ),
            }
        })?;
        let names = names::of(&tree);
        if let Some(unknown) = names
            .functions
            .iter()
            .find(|name| !FUNCTIONS.contains(&name.as_str()))
        {
            return refuse(format!(
                "there is no function '{unknown}' in expressions{}",
                crate::problem::suggestion(unknown, FUNCTIONS)
            ));
        }
        if names.walks_nested > WALKS_NESTED_MAX {
            return refuse(format!(
                "more than {WALKS_NESTED_MAX} walks over lists stand inside each other; say it \
                 with fewer"
            ));
        }
        Ok(Self {
            source: source.to_owned(),
            counted: allowance::counted(&tree),
            tree,
        })
    }

    /// The text that it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it uses, each with the fields that follow, as in `inputs.documents`.
    pub(crate) fn paths(&self) -> Vec<Path> {
        names::of(&self.tree).paths
    }

    /// The value of the expression in this scope, and with this item where there is one.
    pub fn evaluate(&self, scope: &Scope, item: Option<(&str, &Value)>) -> Result<Value, Fault> {
        let mut inner = scope.context.new_inner_scope();
        if let Some((name, value)) = item {
            inner.add_variable_from_value(name, json::to_cel(value)?);
        }
        let (answer, spent) = allowance::within(STEPS_MAX, || inner.resolve(&self.counted));
        // Asked first: `||` forgives a refused operand, and an overspent answer is no answer.
        if spent > STEPS_MAX {
            return Err(Fault::TooMuch);
        }
        match answer {
            Ok(value) => json::from_cel(&value, 0),
            Err(error) => Err(Fault::Failed(said(&error))),
        }
    }
}

/// What the parser says, without the list of all that might have stood there.
fn plainly(message: &str) -> String {
    let message = message.trim_start_matches("Syntax error:").trim();
    if message.contains("<EOF>") {
        return "it ends too early; look for a bracket or an operator that is left open".to_owned();
    }
    let said = message.split(" expecting ").next().unwrap_or(message);
    said.chars().take(MESSAGE_CHARS_MAX).collect()
}

/// How much of an interpreter's message is shown; it may contain whole values.
const MESSAGE_CHARS_MAX: usize = 200;

fn said(error: &cel::ExecutionError) -> String {
    let text = match error {
        cel::ExecutionError::NoSuchKey(name) => format!("there is no field '{name}'"),
        cel::ExecutionError::UndeclaredReference(name) => format!("there is no '{name}'"),
        other => other.to_string(),
    };
    text.chars().take(MESSAGE_CHARS_MAX).collect()
}

/// The offset in characters of a line and column of the source, both from 1.
fn offset_of(source: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let column = usize::try_from(column).unwrap_or(1).max(1);
    let before: usize = source
        .split_inclusive('\n')
        .take(line - 1)
        .map(|text| text.chars().count())
        .sum();
    (before + column - 1).min(source.chars().count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(source: &str, values: Value) -> Result<Value, Fault> {
        let Value::Object(values) = values else {
            panic!("the values of a scope have names");
        };
        let scope = Scope::new(&values.into_iter().collect()).unwrap();
        Expression::read(source).unwrap().evaluate(&scope, None)
    }

    #[test]
    fn expressions_give_what_cel_says() {
        let values = json!({
            "n": 3, "text": "ab", "list": [1, 2, 3], "none": null,
            "deep": {"a": {"b": [{"c": true}]}}, "big": 18_446_744_073_709_551_615_u64
        });
        for (source, expected) in [
            ("n + 1 == 4", json!(true)),
            ("size(list) > 2 && text.startsWith('a')", json!(true)),
            ("list.filter(x, x > 1).map(x, x * 2)", json!([4, 6])),
            ("list.all(x, list.exists(y, y == x))", json!(true)),
            ("deep.a.b[0].c", json!(true)),
            ("has(deep.a) && !has(deep.z)", json!(true)),
            ("none == null", json!(true)),
            ("2 in list ? 'yes' : 'no'", json!("yes")),
            ("{'a': n, 'b': [text]}", json!({"a": 3, "b": ["ab"]})),
            ("text.matches('^a.$')", json!(true)),
            ("1.5 + 1.0", json!(2.5)),
            ("big > 0", json!(true)),
            ("list.exists(x, x > n) || text == 'ab'", json!(true)),
            ("string(n) + text", json!("3ab")),
        ] {
            assert_eq!(check(source, values.clone()), Ok(expected), "{source}");
        }
    }

    #[test]
    fn what_cannot_be_answered_is_a_fault_and_not_an_answer() {
        let values = json!({"n": 1, "o": {}});
        for source in [
            "o.x", "n.x", "missing", "n + 'a'", "1 / 0", "[1][2]", "n > 'a'",
        ] {
            assert!(
                matches!(check(source, values.clone()), Err(Fault::Failed(_))),
                "{source}"
            );
        }
    }

    #[test]
    fn an_expression_that_runs_on_is_stopped_at_the_same_step_every_time() {
        let list: Vec<u32> = (0..3_000).collect();
        let values = json!({"l": list, "s": "x".repeat(1_000_000)});
        for source in [
            "l.all(x, l.all(y, l.all(z, true)))",
            "l.map(x, l.map(y, x))",
            "l.all(x, l == l)",
            "l.all(x, !(-1 in l))",
            "l.all(x, s.contains('y') || true)",
            "l.map(x, s + s)",
            "true || l.all(x, l.all(y, l == l))",
        ] {
            let answer = check(source, values.clone());
            if source.starts_with("true") {
                assert_eq!(
                    answer,
                    Ok(json!(true)),
                    "what is not needed is not paid for"
                );
            } else {
                assert_eq!(answer, Err(Fault::TooMuch), "{source}");
            }
        }
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        for (source, word) in [
            ("", "cannot be read"),
            ("1 +", "cannot be read"),
            ("a b", "cannot be read"),
            ("sise(x) > 1", "did you mean 'size'"),
            ("x.`y`", "cannot be read"),
            ("a.?b", "cannot be read"),
            (
                "l.all(a, l.all(b, l.all(c, l.all(d, true))))",
                "inside each other",
            ),
        ] {
            let error = Expression::read(source).unwrap_err();
            assert!(error.text.contains(word), "{source}: {error}");
        }
        assert_eq!(Expression::read("1 + + 2 )").unwrap_err().offset, 4);
        assert!(Expression::read(&"(".repeat(1_500)).is_err());
        assert!(Expression::read(&format!("1{}", " + 1".repeat(490))).is_ok());
        assert!(Expression::read(&"1".repeat(EXPRESSION_BYTES_MAX + 1)).is_err());
    }

    #[test]
    fn values_that_nest_too_deeply_are_refused_before_they_are_walked() {
        let mut value = json!(1);
        for _ in 0..1_000 {
            value = json!([value]);
        }
        let values = BTreeMap::from([("deep".to_owned(), value)]);
        assert!(matches!(Scope::new(&values), Err(Fault::TooDeep)));
    }
}
