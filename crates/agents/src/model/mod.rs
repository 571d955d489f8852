//! Agents that work by a language model.
//!
//! A model is an endpoint somewhere else, and what it answers is data: it is checked here against the
//! same criteria as anybody's work before it is handed in, and what it says of its sources is looked
//! up. It has no tools: it can approve, pay and open nothing. It is told the four parts of the
//! instructions, is sent the material that its endpoint may see, and costs no more than its caps.
//!
//! One file knows how endpoints are spoken to ([`Provider`]); the rest goes by [`Endpoint`].

mod answer;
mod endpoint;
mod gate;
mod journal;
mod meter;
mod passages;
mod prompt;
mod provider;
mod secret;
mod session;
mod settings;
mod trial;

pub use endpoint::{Answer, Endpoint, Limits, Prompt, RetryAfter, Trouble, Turn};
pub use journal::{Journal, JournalError};
pub use meter::{Attempt, Meter, NotMetered, Purpose};
pub use provider::{Provider, SetUp};
pub use secret::Secret;
pub use session::Call;
pub use settings::{Caps, Kind, Prices, Rates, Settings, Usage};
pub use trial::ModelTrial;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use consort_engine::clock::Clock;
use consort_engine::runner::{Commission, Driver, Failure, Product};
use consort_kernel::id::ContributorId;
use consort_kernel::task::{AiUse, Phase};
use serde_json::json;

use answer::{Reader, Sound};
use gate::{Closed, Gate, WAIT_MS_UNSAID, Went};
use session::{Session, Sessions};

/// What stands before the name of a model in an agent's profile.
pub const DRIVER: &str = "model/";
/// How often an answer that does not hold is asked for again.
const REPAIRS_MAX: u32 = 2;
/// Endpoints may count the mark that ends an answer, and a few more, as tokens of it.
const ANSWER_TOKENS_SLACK: u64 = 64;
/// The name of the file that says what a result took, beside the result.
const RECORD: &str = "model.json";

/// A model as a driver: one for all the agents that work by it.
pub struct Model {
    settings: Settings,
    endpoint: Arc<dyn Endpoint>,
    meter: Arc<dyn Meter>,
    clock: Arc<dyn Clock>,
    gate: Mutex<Gate>,
    sessions: Mutex<Sessions>,
}

impl Model {
    /// A model at an endpoint, whose cost this meter counts.
    pub fn new(
        settings: Settings,
        endpoint: Arc<dyn Endpoint>,
        meter: Arc<dyn Meter>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            gate: Mutex::new(Gate::new(settings.rates)),
            settings,
            endpoint,
            meter,
            clock,
            sessions: Mutex::default(),
        }
    }

    /// What the model is built on.
    pub fn family(&self) -> &str {
        &self.settings.family
    }

    /// Asks until the answer holds, or has been put right often enough.
    fn work(
        &self,
        commission: &Commission,
        purpose: &Purpose,
        session: &mut Session,
    ) -> Result<Product, Failure> {
        loop {
            let text = self.call(purpose, session)?;
            let by = self.shown_name();
            let faults = match text {
                Words::CutShort => {
                    vec!["the answer was too long and was cut off; answer shorter".to_owned()]
                }
                Words::Whole(ref text) => {
                    let reader = Reader::new(commission, &session.asked.passages, &by);
                    match reader.read(text) {
                        Ok(sound) => return Ok(self.product(session, sound)),
                        Err(faults) => faults,
                    }
                }
            };
            let said = match text {
                Words::Whole(text) => text,
                Words::CutShort => "…".to_owned(),
            };
            let listed = faults.join("; ");
            if session.last.as_ref() == Some(&said) {
                let note =
                    format!("the model repeats itself, and its answer does not hold: {listed}");
                return Err(Failure::HandOver(note));
            }
            if session.repairs >= REPAIRS_MAX {
                let note = format!(
                    "the model's answer does not hold after {REPAIRS_MAX} repairs: {listed}"
                );
                return Err(Failure::HandOver(note));
            }
            session.repairs += 1;
            session.last = Some(said.clone());
            let turns = &mut session.asked.prompt.turns;
            // One answer and what is wrong with it: an earlier one only takes room.
            turns.truncate(1);
            turns.push(Turn::Models(said));
            turns.push(Turn::Ours(format!(
                "This answer does not hold:\n- {}\nAnswer again with the whole JSON value, put right.",
                faults.join("\n- ")
            )));
        }
    }

    /// Asks once: through the gate, and counted by the meter before and after.
    fn call(&self, purpose: &Purpose, session: &mut Session) -> Result<Words, Failure> {
        let prompt = &session.asked.prompt;
        let bound = Usage {
            input: prompt.tokens_bound(),
            cached: 0,
            output: u64::from(self.settings.answer_tokens_max) + ANSWER_TOKENS_SLACK,
        };
        let cap_micro = self.settings.prices.bound_micro(bound);
        match self.gate().enter(purpose.agent, self.clock.now()) {
            Ok(()) => {}
            Err(Closed::For { wait_ms, why }) => {
                let note = format!("the model '{}': {why}", self.settings.name);
                return Err(Failure::Later { note, wait_ms });
            }
            Err(Closed::Shut(why)) => return Err(Failure::HandOver(why)),
        }
        let reserved = self.meter.reserve(purpose, self.settings.caps, cap_micro);
        let attempt = reserved.map_err(|error| {
            self.leave(Went::NotAsked);
            let note = format!("the model '{}': {error}", self.settings.name);
            Failure::HandOver(note)
        })?;
        let limits = Limits {
            answer_tokens_max: self.settings.answer_tokens_max,
            timeout: self.settings.timeout,
        };
        let answered = self.endpoint.answer(prompt, limits);
        let (call, answered) = self.judge(cap_micro, bound, answered);
        // What cannot be recorded stays charged at its cap; the answer is as good as it is.
        self.meter
            .settle(attempt, call.charged_micro, &call.note)
            .ok();
        session.calls.push(call);
        answered
    }

    /// What a call is charged at, and what follows from how it went.
    fn judge(
        &self,
        cap_micro: u64,
        bound: Usage,
        answered: Result<Answer, Trouble>,
    ) -> (Call, Result<Words, Failure>) {
        let answer = match answered {
            Ok(answer) => answer,
            Err(trouble) => {
                let charged_micro = match trouble {
                    Trouble::Unsent(_) | Trouble::Wait { .. } | Trouble::Refused(_) => 0,
                    Trouble::Unknown(_) => cap_micro,
                };
                let note = format!("the model '{}': {trouble}", self.settings.name);
                let call = Call::new(cap_micro, charged_micro, &note, None);
                return (call, Err(self.failed(&trouble, note)));
            }
        };
        self.leave(Went::Well);
        let (charged_micro, note) = match answer.usage {
            None => (cap_micro, "no usage was reported: charged at the cap"),
            Some(usage) if usage.input > bound.input || usage.output > bound.output => {
                let note = format!(
                    "the model '{}' reports more tokens than there can be ({} sent, {} answered); \
                     it is asked no more until its operator has seen to it",
                    self.settings.name, usage.input, usage.output
                );
                self.gate().shut(&note);
                let call = Call::new(cap_micro, cap_micro, &note, answer.usage);
                return (call, Err(Failure::HandOver(note)));
            }
            Some(usage) if usage.input == 0 || (usage.output == 0 && !answer.text.is_empty()) => {
                (cap_micro, "no such usage can be: charged at the cap")
            }
            Some(usage) => (self.settings.prices.cost_micro(usage), "as reported"),
        };
        let charged_micro = charged_micro.min(cap_micro);
        let call = Call::new(cap_micro, charged_micro, note, answer.usage);
        let key = self.settings.key.as_ref();
        if key.is_some_and(|key| key.is_in(&answer.text)) {
            let note = format!(
                "the answer of the model '{}' has its key in it and is not kept",
                self.settings.name
            );
            return (call, Err(Failure::HandOver(note)));
        }
        let words = if answer.cut_short {
            Words::CutShort
        } else {
            Words::Whole(answer.text)
        };
        (call, Ok(words))
    }

    /// What follows from a call without an answer.
    fn failed(&self, trouble: &Trouble, note: String) -> Failure {
        match trouble {
            Trouble::Unsent(_) | Trouble::Unknown(_) => {
                self.leave(Went::Badly);
                Failure::Passing(note)
            }
            Trouble::Wait { retry, .. } => {
                let now = self.clock.now();
                let wait_ms = retry.map_or(WAIT_MS_UNSAID, |retry| retry.wait_ms(now));
                self.leave(Went::Wait(wait_ms));
                Failure::Later { note, wait_ms }
            }
            Trouble::Refused(_) => {
                self.leave(Went::Well);
                Failure::HandOver(note)
            }
        }
    }

    fn leave(&self, went: Went) {
        self.gate().leave(went, self.clock.now());
    }

    fn product(&self, session: &Session, sound: Sound) -> Product {
        let charged = session.calls.iter().map(|call| call.charged_micro);
        let charged_micro: u64 = charged.fold(0, u64::saturating_add);
        let prices = &self.settings.prices;
        let record = json!({
            "calls": session.calls,
            "charged_micro": charged_micro,
            "currency": prices.currency,
            "left_out": sound.left_out,
            "made_with": self.shown_name(),
            "opinions": sound.opinions,
            "prices": prices.version,
            "repairs": session.repairs,
            "unfounded_citations": sound.unfounded,
        });
        let record = serde_json::to_vec(&record).expect("JSON values can be written");
        Product {
            content: sound.content,
            files: BTreeMap::from([(RECORD.to_owned(), record)]),
            ai: AiUse::Generated,
            made_with: self.shown_name(),
        }
    }

    /// The model as people and the record name it.
    fn shown_name(&self) -> String {
        format!("{} ({})", self.settings.name, self.settings.model)
    }

    fn purpose(&self, agent: ContributorId) -> Purpose {
        Purpose {
            agent,
            outcome: None,
            task: None,
            model: self.settings.name.clone(),
            prices: self.settings.prices.version.clone(),
            currency: self.settings.prices.currency.clone(),
        }
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a model said.
enum Words {
    Whole(String),
    CutShort,
}

impl Driver for Model {
    fn perform(&self, commission: &Commission) -> Result<Product, Failure> {
        let Phase::Leased(lease) = &commission.task.phase else {
            let note = "the task is in nobody's hands".to_owned();
            return Err(Failure::HandOver(note));
        };
        let task = commission.task.id;
        let purpose = Purpose {
            outcome: Some(commission.task.outcome),
            task: Some(task),
            ..self.purpose(lease.holder.id)
        };
        let kept = self.sessions().take(task, lease.number);
        let mut session = match kept {
            Some(session) => session,
            None => self.begin(commission)?,
        };
        let made = self.work(commission, &purpose, &mut session);
        if let Err(Failure::Later { .. } | Failure::Passing(_)) = &made {
            self.sessions().keep(task, lease.number, session);
        }
        made.map_err(|failure| self.redacted(failure))
    }
}

impl Model {
    fn begin(&self, commission: &Commission) -> Result<Session, Failure> {
        Ok(Session {
            asked: prompt::put(commission, &self.settings, &boundary()?)?,
            repairs: 0,
            calls: Vec::new(),
            last: None,
        })
    }

    /// A trial by an agent that holds no task, with what its calls took.
    fn tried(
        &self,
        commission: &Commission,
        agent: ContributorId,
    ) -> (Result<Product, Failure>, Vec<Call>) {
        match self.begin(commission) {
            Ok(mut session) => {
                let made = self.work(commission, &self.purpose(agent), &mut session);
                let made = made.map_err(|failure| self.redacted(failure));
                (made, session.calls)
            }
            Err(failure) => (Err(failure), Vec::new()),
        }
    }

    /// A text without the key.
    fn without_key(&self, text: &str) -> String {
        match &self.settings.key {
            Some(key) => key.redact(text),
            None => text.to_owned(),
        }
    }

    /// A failure without the key, whatever an answer put into it.
    fn redacted(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Passing(note) => Failure::Passing(self.without_key(&note)),
            Failure::HandOver(note) => Failure::HandOver(self.without_key(&note)),
            Failure::Later { note, wait_ms } => Failure::Later {
                note: self.without_key(&note),
                wait_ms,
            },
        }
    }
}

/// A boundary that nobody can guess.
fn boundary() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Passing(format!("no boundary could be drawn: {error}")))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
