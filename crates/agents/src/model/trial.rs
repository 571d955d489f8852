//! Trials of a model: one task, with every word that went to and fro.
//!
//! A trial takes no task and leaves nothing in the history; what the endpoint charges for it counts
//! against the agent's cap like any call.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use consort_engine::clock::Clock;
use consort_engine::runner::Commission;
use consort_kernel::id::ContributorId;

use super::{Answer, Endpoint, Limits, Meter, Model, Prompt, Settings, Trouble, Turn};
use crate::trial::{Exchange, Trial};

/// Keeps what an endpoint was asked and answered.
struct Listening {
    endpoint: Arc<dyn Endpoint>,
    heard: Mutex<Vec<(Prompt, Result<Answer, Trouble>)>>,
}

impl Endpoint for Listening {
    fn answer(&self, prompt: &Prompt, limits: Limits) -> Result<Answer, Trouble> {
        let answered = self.endpoint.answer(prompt, limits);
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push((prompt.clone(), answered.clone()));
        answered
    }
}

/// An agent that works by a model, to be tried out.
pub struct ModelTrial {
    model: Model,
    agent: ContributorId,
    listening: Arc<Listening>,
}

impl ModelTrial {
    /// A trial of an agent with this model.
    pub fn new(
        settings: Settings,
        endpoint: Arc<dyn Endpoint>,
        meter: Arc<dyn Meter>,
        clock: Arc<dyn Clock>,
        agent: ContributorId,
    ) -> Self {
        let listening = Arc::new(Listening {
            endpoint,
            heard: Mutex::default(),
        });
        Self {
            model: Model::new(settings, Arc::clone(&listening) as _, meter, clock),
            agent,
            listening,
        }
    }
}

impl Trial for ModelTrial {
    fn trial(&self, commission: &Commission) -> Exchange {
        let (product, calls) = self.model.tried(commission, self.agent);
        let heard = self
            .listening
            .heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut sent = String::new();
        let mut received = String::new();
        for (index, (prompt, answered)) in heard.iter().enumerate() {
            if index == 0 {
                writeln!(sent, "INSTRUCTIONS\n{}", prompt.instructions).ok();
            }
            // The first turn is the same in every call.
            for turn in prompt.turns.iter().skip(usize::from(index > 0)) {
                if let Turn::Ours(text) = turn {
                    writeln!(sent, "MESSAGE {}\n{text}", index + 1).ok();
                }
            }
            match answered {
                Ok(answer) => writeln!(received, "{}", answer.text),
                Err(trouble) => writeln!(received, "({trouble})"),
            }
            .ok();
        }
        let mut aside = String::new();
        for call in calls {
            writeln!(
                aside,
                "charged {} millionths of {} (at most {}): {}",
                call.charged_micro, self.model.settings.prices.currency, call.cap_micro, call.note
            )
            .ok();
        }
        Exchange {
            sent: self.model.without_key(&sent),
            received: self.model.without_key(&received),
            aside: self.model.without_key(&aside),
            product,
        }
    }
}
