//! Figures for the operator, as Prometheus reads them: counted while the server runs, and a few that are
//! looked up when they are asked for.

use std::sync::Arc;

use anyhow::Result;
use consort_engine::{Engine, figures};
use consort_kernel::task::Phase;
use consort_web::{Figures, register_figures};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// How many timers are counted at the most: so many at once are trouble enough.
const TIMERS_MAX: usize = 10_000;

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InPhase {
    phase: &'static str,
}

/// What is looked up when it is asked for.
#[derive(Default)]
struct LookedUp {
    tasks: Family<InPhase, Gauge>,
    leases: Gauge,
    timers: Gauge,
}

/// What writes the figures.
pub(super) fn of(engine: Arc<Engine>) -> Figures {
    let mut registry = Registry::default();
    figures::register(&mut registry);
    register_figures(&mut registry);
    let looked_up = LookedUp::default();
    looked_up.register(&mut registry);
    Arc::new(move || {
        // What cannot be read now is as it was, and the rest is told.
        looked_up.look(&engine).ok();
        let mut text = String::new();
        encode(&mut text, &registry).map_or_else(|_| String::new(), |()| text)
    })
}

impl LookedUp {
    fn register(&self, registry: &mut Registry) {
        registry.register(
            "consort_tasks",
            "Tasks by how far they are",
            self.tasks.clone(),
        );
        registry.register(
            "consort_leases_open",
            "Tasks that somebody holds",
            self.leases.clone(),
        );
        registry.register(
            "consort_timers_due",
            "Timers that are due and have not fired",
            self.timers.clone(),
        );
    }

    fn look(&self, engine: &Engine) -> Result<()> {
        let store = engine.store();
        let counts = store.counts(None)?;
        for phase in Phase::WORDS {
            let key = ("task".to_owned(), phase.to_owned());
            let count = counts.get(&key).copied().unwrap_or_default();
            let count = i64::try_from(count)?;
            self.tasks.get_or_create(&InPhase { phase }).set(count);
            if phase == "leased" {
                self.leases.set(count);
            }
        }
        let due = store.due(engine.now(), TIMERS_MAX)?.len();
        self.timers.set(i64::try_from(due)?);
        Ok(())
    }
}
