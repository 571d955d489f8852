//! Tasks as they are sent for a plan, and what becomes of them.

use consort_kernel::money::Amount;
use consort_kernel::task::{
    Bounds, ContextItem, ContextSource, Criterion, DataClass, Instructions, Method, Mode, Risk,
    TaskSpec,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::problem::Problem;
use crate::server::{Failure, Web};

/// Tasks to add to a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Added {
    /// Why they are added.
    pub(super) reason: String,
    /// The tasks, each after those that it needs; up to 1,000.
    #[schema(min_items = 1, max_items = 1_000)]
    pub(super) tasks: Vec<TaskSent>,
}

/// A task to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskSent {
    /// Its key in the plan.
    key: String,
    /// What it is, as in `research`.
    kind: String,
    /// What people call it.
    title: String,
    /// The capability that it takes.
    capability: String,
    /// To what level, from 1 to 8.
    #[serde(default = "one", deserialize_with = "level")]
    #[schema(minimum = 1, maximum = 8)]
    level: u8,
    /// Who may do it: `person`, `ai`, `either` or `pair`.
    #[schema(value_type = String, pattern = "^(person|ai|either|pair)$", example = "either")]
    mode: Mode,
    /// How much depends on it: `low`, `medium`, `high` or `critical`.
    #[schema(value_type = String, pattern = "^(low|medium|high|critical)$", example = "low")]
    risk: Risk,
    /// What it pays, in minor units of the outcome's asset.
    price_minor: i64,
    /// For how long a lease lasts without a heartbeat, in seconds.
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    lease_seconds: u32,
    /// The full instructions.
    instructions: InstructionsSent,
    /// Keys of tasks that have to be accepted before it.
    #[serde(default)]
    needs: Vec<String>,
    /// Criteria of the outcome that it serves.
    #[serde(default)]
    serves: Vec<String>,
    /// Its share of the outcome.
    #[serde(default = "one_weight")]
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    weight: u32,
    /// Whether a person has to sign it whatever was signed in advance.
    #[serde(default)]
    gate: bool,
}

const fn one() -> u8 {
    1
}

/// A level as the document bounds it: what it does not allow is refused before anything is looked at.
fn level<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let level = u8::deserialize(from)?;
    if !(1..=8).contains(&level) {
        return Err(D::Error::custom("a level is a whole number from 1 to 8"));
    }
    Ok(level)
}

const fn one_weight() -> u32 {
    1
}

/// Instructions: with one of the four empty, a task is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InstructionsSent {
    /// What is wanted.
    goal: String,
    /// Material.
    context: Vec<ContextSent>,
    /// What has to be kept to.
    constraints: Vec<String>,
    /// What it is judged by.
    criteria: Vec<CriterionSent>,
}

/// A piece of material: a text, or the result of another task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContextSent {
    /// What the instructions call it.
    name: String,
    /// How closely held it is: `public`, `internal`, `confidential` or `restricted`.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^(public|internal|confidential|restricted)$", example = "internal")]
    class: DataClass,
    /// The text, where it is one.
    text: Option<String>,
    /// The key of the task whose result it is, where it is one.
    result_of: Option<String>,
}

/// A criterion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CriterionSent {
    /// Its key.
    key: String,
    /// The condition.
    text: String,
    /// Its share.
    #[serde(default = "one_weight")]
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    weight: u32,
    /// How it is judged.
    method: MethodSent,
}

/// How a criterion is judged, as in `{"by": "judgment"}`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "by", content = "with", rename_all = "snake_case")]
enum MethodSent {
    /// By a JSON Schema that the content has to fit.
    #[schema(value_type = Object)]
    Schema(Map<String, Value>),
    /// By an expression (CEL) over `submission`, as in `submission.text.contains("because")`.
    Expression(String),
    /// By the length or count at a place of the content.
    Bounds(BoundsSent),
    /// By whether everything it states is cited, and the citations are true.
    MustCite,
    /// By another contributor, along a text.
    Rubric(String),
    /// By a person.
    Judgment,
}

/// A length or count, and its bounds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BoundsSent {
    /// A JSON pointer into the content.
    #[schema(example = "/text")]
    at: String,
    /// The least.
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    min: u32,
    /// The most.
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    max: u32,
}

impl TaskSent {
    /// The task, or what is wrong with it and where in it.
    pub(super) fn spec(self, web: &Web) -> Result<TaskSpec, Problem> {
        let sent = self.instructions;
        let mut context = Vec::with_capacity(sent.context.len());
        for (at, piece) in sent.context.into_iter().enumerate() {
            let place = format!("/instructions/context/{at}");
            let item = piece.item(web);
            let item = item.map_err(|why| Problem::from(why).at(place.clone()))?;
            let unneeded = match &item.source {
                ContextSource::Output(key) => (!self.needs.contains(key)).then_some(key),
                ContextSource::Artefact(_) | ContextSource::Group(_) => None,
            };
            if let Some(key) = unneeded {
                let why = Failure::Misused(format!(
                    "task '{}' is given the result of '{key}', so it has to need it",
                    self.key
                ));
                return Err(Problem::from(why).at(format!("{place}/result_of")));
            }
            context.push(item);
        }
        let criteria = sent.criteria.into_iter();
        let criteria: Result<Vec<Criterion>, Failure> =
            criteria.map(|it| it.criterion(web)).collect();
        Ok(TaskSpec {
            apart_from: Vec::new(),
            capability: self.capability,
            gate: self.gate,
            instructions: Instructions {
                constraints: sent.constraints,
                context,
                criteria: criteria?,
                goal: sent.goal,
            },
            key: self.key,
            kind: self.kind,
            lease_ms: self.lease_seconds.saturating_mul(1_000),
            level: self.level,
            mode: self.mode,
            needs: self.needs,
            price: Amount::from_minor(self.price_minor),
            risk: self.risk,
            serves: self.serves,
            title: self.title,
            weight: self.weight,
        })
    }
}

impl CriterionSent {
    fn criterion(self, web: &Web) -> Result<Criterion, Failure> {
        let method = match self.method {
            MethodSent::Schema(schema) => {
                let bytes = Value::Object(schema).to_string();
                Method::Schema(web.engine.artefacts().put(bytes.as_bytes())?)
            }
            MethodSent::Expression(text) => Method::Expression(text),
            MethodSent::Bounds(BoundsSent { at, min, max }) => {
                Method::Bounds(Bounds { at, max, min })
            }
            MethodSent::MustCite => Method::MustCite,
            MethodSent::Rubric(text) => Method::Rubric(text),
            MethodSent::Judgment => Method::Judgment,
        };
        Ok(Criterion {
            key: self.key,
            method,
            text: self.text,
            weight: self.weight,
        })
    }
}

impl ContextSent {
    fn item(self, web: &Web) -> Result<ContextItem, Failure> {
        let source = match (self.text, self.result_of) {
            (Some(text), None) => {
                ContextSource::Artefact(web.engine.artefacts().put(text.as_bytes())?)
            }
            (None, Some(key)) => ContextSource::Output(key),
            _ => {
                return Err(Failure::Misused(format!(
                    "the material '{}' is either a 'text' or 'result_of' another task",
                    self.name
                )));
            }
        };
        Ok(ContextItem {
            class: self.class,
            expires_at: None,
            name: self.name,
            source,
        })
    }
}
