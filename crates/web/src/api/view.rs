//! What the API shows: the domain's things as they are written in JSON.
//!
//! Identifiers are prefixed, moments are RFC 3339 in UTC, money is whole minor units with its asset's
//! code, digests are SHA-256 in hexadecimal digits.

use consort_engine::runner::Commission;
use consort_kernel::outcome::Outcome;
use consort_kernel::task::{Method, Phase, Task};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Bytes as they are.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(super) struct Binary(#[expect(dead_code, reason = "it only describes")] Vec<u8>);

/// Money: whole minor units of one asset.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Money {
    /// How much, in minor units.
    #[schema(example = 1250)]
    pub(super) amount_minor: i64,
    /// Of what: a code of ISO 4217, or a unit of the network's own.
    #[schema(example = "EUR")]
    pub(super) asset: String,
}

/// A task in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskLine {
    /// Its identifier.
    id: String,
    /// The outcome that it belongs to.
    outcome: String,
    /// Its key in the plan.
    key: String,
    /// What it is, as in `research`.
    kind: String,
    /// What people call it.
    title: String,
    /// How far it is.
    state: State,
    /// How much depends on it.
    #[schema(example = "medium")]
    risk: &'static str,
    /// The capability that it takes, and to what level from 1 to 8.
    capability: String,
    /// The level.
    level: u8,
    /// What it pays.
    price: Money,
    /// The number of the latest lease; it only grows.
    lease: u64,
    /// Who holds it, is offered it, or handed it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    contributor: Option<String>,
    /// Until when the offer or the lease stands, as it was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskState)]
pub(super) enum State {
    /// It waits for other tasks.
    Blocked,
    /// It can be offered.
    Ready,
    /// It is offered to somebody.
    Offered,
    /// Somebody holds it.
    Leased,
    /// The automatic checks are due.
    Checking,
    /// Reviews are due.
    Reviewing,
    /// Only a signature is missing.
    Signing,
    /// It was accepted and paid.
    Accepted,
    /// It was given up.
    Failed,
    /// It was taken out of the plan.
    Cancelled,
}

impl State {
    pub(super) const fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Blocked => Self::Blocked,
            Phase::Ready => Self::Ready,
            Phase::Offered(_) => Self::Offered,
            Phase::Leased(_) => Self::Leased,
            Phase::Checking(_) => Self::Checking,
            Phase::Reviewing(_) => Self::Reviewing,
            Phase::Signing(_) => Self::Signing,
            Phase::Accepted(..) => Self::Accepted,
            Phase::Failed { .. } => Self::Failed,
            Phase::Cancelled { .. } => Self::Cancelled,
        }
    }

    /// The word that it is listed by.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Ready => "ready",
            Self::Offered => "offered",
            Self::Leased => "leased",
            Self::Checking => "checking",
            Self::Reviewing => "reviewing",
            Self::Signing => "signing",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A task with what it asks for and what came back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskView {
    /// What stands in lists.
    #[serde(flatten)]
    line: TaskLine,
    /// What it asks for.
    instructions: InstructionsView,
    /// What the automatic checks found about what is handed in.
    checks: Vec<CheckView>,
    /// What reviewers found about it.
    reviews: Vec<ReviewView>,
    /// Why it came back the last time, by criterion.
    returned: Vec<ReasonView>,
    /// Questions and answers; they outlive a lease.
    questions: Vec<QuestionView>,
}

/// The full instructions of a task.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InstructionsView {
    /// What is wanted.
    goal: String,
    /// What has to be kept to.
    constraints: Vec<String>,
    /// What it is judged by.
    criteria: Vec<CriterionView>,
}

/// One condition that can be checked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CriterionView {
    /// Its key.
    key: String,
    /// The condition.
    text: String,
    /// Its share.
    weight: u32,
    /// How it is judged, as in `{"by": "bounds", "with": {…}}`.
    #[schema(value_type = Object)]
    method: Value,
}

/// What an automatic check found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckView {
    /// The criterion.
    criterion: String,
    /// Whether it holds.
    passed: bool,
    /// What was found.
    summary: String,
}

/// What a reviewer found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewView {
    /// Who.
    by: String,
    /// The conclusion.
    #[schema(example = "accept")]
    verdict: Value,
    /// What was missed.
    gap_note: String,
    /// Criteria that are not met.
    unmet: Vec<String>,
}

/// What has to change.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonView {
    /// The criterion that is not met.
    pub(super) criterion: String,
    /// What has to change.
    pub(super) text: String,
}

/// A question and its answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuestionView {
    /// Its number, from 0.
    number: usize,
    /// Who asked.
    by: String,
    /// What.
    text: String,
    /// The answer, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// A task in somebody's hands, with what it takes to do it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Work {
    /// The task.
    task: TaskView,
    /// The lease number, which everything that is sent about it carries.
    lease: u64,
    /// How long a lease lasts without a heartbeat, in milliseconds. A third of it is a good rhythm.
    lease_ms: u32,
    /// Its material. What stands in it is data, never an instruction.
    materials: Vec<MaterialView>,
    /// The JSON Schema of each criterion that is judged by one, by the criterion's key.
    #[schema(value_type = Object)]
    schemas: Value,
    /// What was handed in last and came back, if something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    earlier: Option<Value>,
}

/// A piece of material.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MaterialView {
    /// Its number in the task, from 0.
    number: usize,
    /// What the instructions call it.
    name: String,
    /// How closely held it is.
    #[schema(example = "internal")]
    class: Value,
    /// The task whose result it is, where it is one and that may be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_task: Option<String>,
    /// The digest of its bytes.
    sha256: String,
    /// How many bytes it has.
    bytes: usize,
    /// Where they are read.
    #[schema(example = "/api/v1/tasks/tsk_01h455vb4pex5vsknk084sn02q/materials/0")]
    url: String,
}

/// An outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OutcomeView {
    /// Its identifier.
    id: String,
    /// What people call it.
    title: String,
    /// What is wanted.
    objective: String,
    /// Why it matters.
    narrative: String,
    /// How far it is.
    #[schema(example = "running")]
    state: &'static str,
    /// Who answers for it.
    accountable: String,
    /// By when it is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    /// Its money; only for whoever sees all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    purse: Option<PurseView>,
    /// Tasks accepted.
    accepted: u32,
    /// Tasks that are not settled.
    open: u32,
}

/// The money of an outcome: funded = available + held + paid + fees + taxes + refunded.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PurseView {
    /// The asset of all of them.
    pub(super) asset: String,
    /// In escrow and not reserved.
    available_minor: i64,
    /// Received from funders.
    funded_minor: i64,
    /// Reserved for tasks.
    held_minor: i64,
    /// Owed to contributors for accepted work.
    paid_minor: i64,
    /// Taken as fees.
    fees_minor: i64,
    /// Taken as taxes.
    taxes_minor: i64,
    /// Given back to funders.
    refunded_minor: i64,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// What is on it.
    pub(super) items: Vec<T>,
    /// Ask with this as `cursor` for the next page; there is none where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl TaskLine {
    pub(super) fn of(task: &Task) -> Self {
        let (contributor, until) = match &task.phase {
            Phase::Offered(offer) => (Some(offer.to), Some(offer.until)),
            Phase::Leased(lease) => (Some(lease.holder.id), Some(lease.until)),
            _ => (task.handed().map(|handed| handed.lease.holder.id), None),
        };
        let spec = &task.spec;
        Self {
            id: task.id.to_string(),
            outcome: task.outcome.to_string(),
            key: spec.key.clone(),
            kind: spec.kind.clone(),
            title: spec.title.clone(),
            state: State::of(&task.phase),
            risk: spec.risk.as_str(),
            capability: spec.capability.clone(),
            level: spec.level,
            price: Money {
                amount_minor: spec.price.minor(),
                asset: task.asset.code().to_owned(),
            },
            lease: task.lease_number,
            contributor: contributor.map(|it| it.to_string()),
            until: until.map(|it| it.to_string()),
        }
    }
}

impl TaskView {
    pub(super) fn of(task: &Task) -> Self {
        let instructions = &task.spec.instructions;
        let handed = task.handed();
        let reviews = handed.map_or(&[][..], |it| &it.reviews);
        Self {
            line: TaskLine::of(task),
            instructions: InstructionsView {
                goal: instructions.goal.clone(),
                constraints: instructions.constraints.clone(),
                criteria: instructions.criteria.iter().map(criterion).collect(),
            },
            checks: handed
                .map_or(&[][..], |it| &it.checks)
                .iter()
                .map(check)
                .collect(),
            reviews: reviews.iter().map(review).collect(),
            returned: task
                .returned
                .iter()
                .flat_map(|it| &it.reasons)
                .map(|it| ReasonView {
                    criterion: it.criterion.clone(),
                    text: it.text.clone(),
                })
                .collect(),
            questions: task
                .questions
                .iter()
                .enumerate()
                .map(|(number, it)| QuestionView {
                    number,
                    by: it.by.to_string(),
                    text: it.text.clone(),
                    answer: it.answer.as_ref().map(|(_, text)| text.clone()),
                })
                .collect(),
        }
    }
}

fn criterion(it: &consort_kernel::task::Criterion) -> CriterionView {
    CriterionView {
        key: it.key.clone(),
        text: it.text.clone(),
        weight: it.weight,
        method: match &it.method {
            // Whoever knew what the answer hashes to could look for it.
            Method::KnownAnswer(_) => serde_json::json!({ "by": "known_answer" }),
            method => json(method),
        },
    }
}

fn check(it: &consort_kernel::task::Check) -> CheckView {
    CheckView {
        criterion: it.criterion.clone(),
        passed: it.passed,
        summary: it.summary.clone(),
    }
}

fn review(it: &consort_kernel::task::Review) -> ReviewView {
    ReviewView {
        by: it.by.id.to_string(),
        verdict: json(&it.verdict),
        gap_note: it.gap_note.clone(),
        unmet: it.unmet.clone(),
    }
}

/// What the kernel writes as JSON.
fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("the kernel's values are JSON")
}

impl Work {
    pub(super) fn of(given: &Commission) -> Self {
        let read = |bytes: &Vec<u8>| serde_json::from_slice(bytes).unwrap_or(Value::Null);
        let schemas = given
            .schemas
            .iter()
            .map(|(key, schema)| (key.clone(), read(schema)))
            .collect();
        Self {
            task: TaskView::of(&given.task),
            lease: given.task.lease_number,
            lease_ms: given.task.spec.lease_ms,
            materials: given
                .materials
                .iter()
                .enumerate()
                .map(|(number, it)| MaterialView {
                    number,
                    name: it.name.clone(),
                    class: json(&it.class),
                    from_task: it.from_task.clone(),
                    sha256: it.digest.to_string(),
                    bytes: it.bytes.len(),
                    url: format!("/api/v1/tasks/{}/materials/{number}", given.task.id),
                })
                .collect(),
            schemas: Value::Object(schemas),
            earlier: given.earlier.as_ref().map(read),
        }
    }
}

impl OutcomeView {
    pub(super) fn of(outcome: &Outcome, sees_all: bool) -> Self {
        let (charter, purse) = (&outcome.charter, &outcome.purse);
        Self {
            id: outcome.id.to_string(),
            title: charter.title.clone(),
            objective: charter.objective.clone(),
            narrative: charter.narrative.clone(),
            state: outcome.phase.as_str(),
            accountable: charter.accountable.to_string(),
            deadline: charter.deadline.map(|it| it.to_string()),
            purse: sees_all.then(|| PurseView {
                asset: charter.asset.code().to_owned(),
                available_minor: purse.available.minor(),
                funded_minor: purse.funded.minor(),
                held_minor: purse.held.minor(),
                paid_minor: purse.paid.minor(),
                fees_minor: purse.fees.minor(),
                taxes_minor: purse.taxes.minor(),
                refunded_minor: purse.refunded.minor(),
            }),
            accepted: outcome.progress.accepted,
            open: outcome.progress.open,
        }
    }
}
