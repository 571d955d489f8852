//! Outcomes: what the caller takes part in or answers for, and changes of their plans.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use consort_desk::Case;
use consort_desk::record::record;
use consort_kernel::command::Body;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::Amount;
use consort_kernel::outcome::{Outcome, OutcomeCommand, PLAN_CHANGE_MAX};
use consort_kernel::task::{
    Bounds, ContextItem, ContextSource, Criterion, DataClass, Instructions, Method, Mode, Risk,
    TaskSpec,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::list::{Limit, page};
use super::problem::{Problem, Told};
use super::request::{Asked, At, Once, Sent, required};
use super::tag::{Has, Unchanged, Versioned};
use super::view::{OutcomeView, Page};
use crate::key::Key;
use crate::right::{self, About, Act};
use crate::server::{Failure, Web};
use crate::sight::{self, Sight};

/// How many outcomes are looked at for one page; the cursor goes on from there.
const LOOKED_AT_MAX: usize = 500;
/// How many tasks one request adds.
const TASKS_MAX: usize = 1_000;
/// How many bytes such a request has.
const TASKS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The routes about outcomes.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    let adding = OpenApiRouter::new()
        .routes(routes!(add))
        .layer(DefaultBodyLimit::max(TASKS_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(whole))
        .merge(adding)
}

/// Which outcomes are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Only those that are so far, as in `running`.
    state: Option<String>,
    /// How many at the most, up to 200.
    #[serde(default)]
    #[param(value_type = usize, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, pattern = "^out_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    cursor: Option<OutcomeId>,
}

/// Lists the outcomes that the caller may see, in the order of their identifiers.
#[utoipa::path(get, path = "/api/v1/outcomes", operation_id = "list_outcomes", tag = "outcomes", params(Which),
    responses((status = 200, body = Page<OutcomeView>), Told))]
async fn list(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<OutcomeView>>, Problem> {
    let found = web.blocking(move |web| found(web, caller, &which));
    Ok(Json(found.await?))
}

fn found(web: &Web, caller: Caller, which: &Which) -> Result<Page<OutcomeView>, Failure> {
    let statuses: Vec<&str> = which.state.as_deref().into_iter().collect();
    let read = |last: Option<&Outcome>, count: usize| {
        let after = last.map(|it| it.id).or(which.cursor);
        Ok(web.engine.outcomes_after(&statuses, after, count)?)
    };
    let id = |outcome: &Outcome| outcome.id.to_string();
    page(which.limit, LOOKED_AT_MAX, read, id, |outcome| {
        let sight = sight::of_outcome(&web.engine, caller.id, outcome)?;
        let is_seen = sight > Sight::None;
        Ok(is_seen.then(|| OutcomeView::of(outcome, sight == Sight::All)))
    })
}

/// An outcome.
#[utoipa::path(get, path = "/api/v1/outcomes/{id}", operation_id = "show_outcome", tag = "outcomes",
    params(("id" = String, Path, description = "The outcome."), Has),
    responses((status = 200, body = OutcomeView, headers(("ETag" = String, description = "The version that is shown."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn show(
    State(web): State<Arc<Web>>,
    caller: Caller,
    has: Has,
    At(id): At<OutcomeId>,
) -> Result<Response, Problem> {
    let (outcome, sight, version) = web
        .blocking(move |web| sight::outcome_at(&web.engine, caller.id, id))
        .await?;
    let view = OutcomeView::of(&outcome, sight == Sight::All);
    Versioned { view, version }.answer(&has)
}

/// The record of an outcome, as it is delivered: tasks, contributors, ledger, root of the log. For
/// whoever sees all of it.
#[utoipa::path(get, path = "/api/v1/outcomes/{id}/record", operation_id = "record_of_outcome", tag = "outcomes",
    params(("id" = String, Path, description = "The outcome.")),
    responses((status = 200, body = Object), Told))]
async fn whole(
    State(web): State<Arc<Web>>,
    caller: Caller,
    At(id): At<OutcomeId>,
) -> Result<Json<Value>, Problem> {
    let written = web
        .blocking(move |web| {
            let (_, sight) = sight::outcome(&web.engine, caller.id, id)?;
            if sight < Sight::All {
                return Err(Failure::NotHere);
            }
            let case = Case::open(&web.engine, id)?;
            serde_json::to_value(record(&case, Vec::new())?).map_err(|_| Failure::Broken)
        })
        .await?;
    Ok(Json(written))
}

/// Tasks to add to a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Added {
    /// Why they are added.
    reason: String,
    /// The tasks, each after those that it needs; up to 1,000.
    #[schema(min_items = 1, max_items = 1_000)]
    tasks: Vec<TaskSent>,
}

/// A task to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskSent {
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

/// What was added.
#[derive(Debug, Serialize, ToSchema)]
struct Ids {
    /// The identifiers of the tasks, in the order in which they were sent.
    tasks: Vec<String>,
}

/// Adds tasks to a plan, with all their money at once, up to 1,000 in a request. They are taken in by the
/// 200: where one of them is refused, those before it stay, and the same request goes on under the same
/// Idempotency-Key.
#[utoipa::path(post, path = "/api/v1/outcomes/{id}/tasks", operation_id = "add_tasks", tag = "outcomes",
    params(("id" = String, Path, description = "The outcome."), Once<true>, Unchanged),
    request_body = Added,
    responses((status = 201, body = Ids), Told))]
async fn add(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<OutcomeId>,
    Sent(added): Sent<Added>,
) -> Result<(StatusCode, Json<Ids>), Problem> {
    required(&key)?;
    if !(1..=TASKS_MAX).contains(&added.tasks.len()) {
        let what = format!("one request adds 1 to {TASKS_MAX} tasks");
        return Err(Problem::unreadable(what, Some("/tasks".to_owned())));
    }
    let ids = web
        .blocking(move |web| {
            let (outcome, sight) = sight::outcome(&web.engine, caller.id, id)?;
            let about = About::Outcome(&outcome, sight == Sight::Own);
            right::check(&web.engine, caller.asking(), Act::SteerOutcome, about)?;
            carry_out(web, caller, &key, id, added)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(ids)))
}

fn carry_out(
    web: &Web,
    caller: Caller,
    key: &Key,
    id: OutcomeId,
    added: Added,
) -> Result<Ids, Failure> {
    let engine = &web.engine;
    let specs: Result<Vec<TaskSpec>, Failure> =
        added.tasks.into_iter().map(|task| task.spec(web)).collect();
    let specs = specs?;
    let tasks = specs
        .iter()
        .map(|spec| TaskId::in_outcome(id, &spec.key).to_string())
        .collect();
    for (number, part) in specs.chunks(PLAN_CHANGE_MAX).enumerate() {
        let change = OutcomeCommand::ChangePlan {
            add: part.to_vec(),
            drop: Vec::new(),
            reason: added.reason.clone(),
        };
        let body = Body::Outcome(id, change);
        let part = key.part(number);
        // What the request rests on is looked at once: its first part moves the version.
        let part = if number == 0 { part } else { part.further() };
        let command = part.command(engine, caller.principal(), body)?;
        engine.send(command)?;
    }
    Ok(Ids { tasks })
}

impl TaskSent {
    fn spec(self, web: &Web) -> Result<TaskSpec, Failure> {
        let sent = self.instructions;
        let context: Result<Vec<ContextItem>, Failure> =
            sent.context.into_iter().map(|it| it.item(web)).collect();
        let context = context?;
        let criteria = sent.criteria.into_iter();
        let criteria: Result<Vec<Criterion>, Failure> =
            criteria.map(|it| it.criterion(web)).collect();
        let unneeded = context.iter().find_map(|it| match &it.source {
            ContextSource::Output(key) if !self.needs.contains(key) => Some(key),
            _ => None,
        });
        if let Some(key) = unneeded {
            return Err(Failure::Misused(format!(
                "task '{}' is given the result of '{key}', so it has to need it",
                self.key
            )));
        }
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
