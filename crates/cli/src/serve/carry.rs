//! What goes on behind the pages: agents work, plans grow with what comes of them, and webhooks and people are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use consort_desk::grow::Gardener;
use consort_engine::Engine;
use consort_engine::runner::{Runner, Settings};
use consort_post::{Courier, Running, WHY_NONE, notice};
use consort_web::Web;

use crate::configuration::Configuration;
use crate::console::Console;
use crate::place::{Place, hire};

/// How many tasks are done at a time.
const WORKERS: usize = 2;
/// How long a look at the plans lasts before the next one, where nothing happens.
const GLANCE: Duration = Duration::from_millis(500);
/// How often what is over is forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(10);

/// Agents, plans, webhooks and notices at work.
pub(crate) struct Carrier {
    runner: Runner,
    gardener: JoinHandle<()>,
    couriers: Vec<Running>,
    is_over: Arc<AtomicBool>,
    engine: Arc<Engine>,
}

impl Carrier {
    /// Starts all; who cannot work here is named.
    pub(crate) fn start(
        place: &Place,
        configuration: &Configuration,
        web: Arc<Web>,
        console: &mut Console,
    ) -> Result<Self> {
        let engine = place.engine.clone();
        let (drivers, words) = hire::drivers(place, configuration)?;
        for word in words {
            console.tell(&word)?;
        }
        let settings = Settings {
            workers: WORKERS,
            programs: Arc::new(configuration.programs.clone()),
            ..Settings::default()
        };
        let runner = Runner::start(engine.clone(), drivers, settings);
        let couriers = couriers(&web)?;
        let is_over = Arc::new(AtomicBool::new(false));
        let gardener = {
            let (engine, is_over) = (engine.clone(), Arc::clone(&is_over));
            std::thread::Builder::new()
                .name("gardener".to_owned())
                .spawn(move || tend(&engine, &web, &is_over))
                .context("the thread that grows plans cannot be started")?
        };
        Ok(Self {
            runner,
            gardener,
            couriers,
            is_over,
            engine,
        })
    }

    /// Finishes what is in hand.
    pub(crate) fn stop(self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.engine.bell().ring();
        self.runner.stop();
        for courier in self.couriers {
            courier.stop();
        }
        // A gardener that panicked has told so on the error stream.
        self.gardener.join().ok();
    }
}

/// Whoever tells webhooks and people, in builds that send.
fn couriers(web: &Arc<Web>) -> Result<Vec<Running>> {
    if WHY_NONE.is_some() {
        return Ok(Vec::new());
    }
    let webhooks = Courier::new(Arc::clone(web.office()), web.clone())?;
    let notices = notice::Courier::new(Arc::clone(web.notices()), web.clone());
    let webhooks = webhooks.start();
    let webhooks = webhooks.context("the threads that tell webhooks cannot be started")?;
    let notices = notices.start();
    let notices = notices.context("the threads that tell people cannot be started")?;
    Ok(vec![webhooks, notices])
}

fn tend(engine: &Engine, web: &Web, is_over: &AtomicBool) {
    let (mut gardener, mut tidied) = (Gardener::default(), Instant::now());
    while !is_over.load(Ordering::SeqCst) {
        let (heard, looked) = (engine.bell().rings(), Instant::now());
        let trouble = match gardener.tend(engine) {
            Ok(()) => gardener
                .trouble()
                .into_iter()
                .map(|(id, why)| format!("{id} {why}"))
                .collect(),
            // What the store cannot give now, it may give at the next look.
            Err(error) => vec![error.to_string()],
        };
        web.tell_trouble(trouble);
        if tidied.elapsed() >= TIDY_EVERY {
            web.tidy();
            tidied = Instant::now();
        }
        engine.bell().rest_after(looked.elapsed());
        engine.bell().wait(heard, GLANCE);
    }
}
