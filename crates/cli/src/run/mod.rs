//! `consort run`: an outcome from a playbook, on this machine, with at most three stops.
//!
//! The stops are: confirm the plan and its cost; settle what was flagged, in one batch; sign. Each
//! step looks at what is there, so that `--resume` goes on wherever the last run ended.

mod answers;
mod begin;
mod deliver;
mod input;
mod inventory;
mod people;
mod plan;
mod settle;
mod sign;
mod watch;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use clap::Args;
use consort_engine::runner::{Runner, Settings};
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::Phase;

use crate::asked::Asked;
use crate::configuration::Configuration;
use crate::console::Console;
use crate::exit::{INTERRUPTED, with_code};
use crate::interrupt;
use crate::place::{Local, Place, hire};

use answers::Answers;
pub(crate) use input::try_inputs;

/// How many tasks are done at a time.
const WORKERS: usize = 2;

/// Runs a playbook to its delivered outcome.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  consort run playbooks/brief.yaml --input documents=examples/contracts \
    --input question=\"Which supplier should we choose?\""
)]
pub(crate) struct Run {
    /// The playbook's file, or the name of one that ships.
    #[arg(required_unless_present = "resume")]
    playbook: Option<PathBuf>,
    /// An input, as NAME=VALUE; a list has one entry on a line, or between semicolons.
    #[arg(long = "input", value_name = "NAME=VALUE")]
    inputs: Vec<String>,
    /// Answers given in advance, for a run that nobody attends.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Where the deliverables go; a folder of its own by default.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Goes on with an outcome whose run ended in between.
    #[arg(long, value_name = "OUTCOME")]
    resume: Option<OutcomeId>,
}

/// What every part of a run knows.
struct Session<'a> {
    place: &'a Place,
    local: Local,
    answers: Option<Answers>,
    person_name: String,
    configuration: Configuration,
    /// The person's own sentence, between signing the brief and signing the outcome.
    recommendation: RefCell<Option<String>>,
    /// What waits for somebody else, as it was told last.
    told: RefCell<String>,
}

impl Run {
    /// Runs it and tells what came of it.
    pub(crate) fn run(&self, asked: &mut Asked<'_>) -> Result<()> {
        let answers = self
            .answers
            .as_ref()
            .map(|file| Answers::read(&asked.path(file)));
        let answers = answers.transpose()?;
        let person_name = answers
            .as_ref()
            .map_or(asked.person.as_str(), |answers| &answers.person)
            .to_owned();
        let local = asked.place.local(&person_name)?;
        let place = asked.place;
        let recommendation = RefCell::default();
        let session = Session {
            place,
            local,
            answers,
            person_name,
            configuration: Configuration::read(&place.directory)?,
            recommendation,
            told: RefCell::default(),
        };
        let mut begun = match self.resume {
            Some(outcome) => begin::resumed(&session, outcome)?,
            None => begin::begun(&session, self, asked)?,
        };
        let delivered = session.carry_out(&begun, asked.console)?;
        let output = self
            .output
            .clone()
            .unwrap_or_else(|| deliver::default_folder(&begun));
        begun.case.models_micro = place.model_cost(begun.case.id)?;
        let report = deliver::deliver(&begun, delivered, &asked.path(&output))?;
        if asked.json {
            asked
                .console
                .line(&serde_json::to_string_pretty(&report.record)?)?;
        } else {
            report.tell(&begun, &place.directory, asked.console)?;
        }
        Ok(())
    }
}

impl Session<'_> {
    /// Does the work until the outcome is closed: the second and the third stop are in here.
    fn carry_out(&self, begun: &begin::Begun<'_>, console: &mut Console) -> Result<Phase> {
        let engine = &self.place.engine;
        let settings = Settings {
            workers: WORKERS,
            programs: Arc::new(self.configuration.programs.clone()),
            ..Settings::default()
        };
        let (drivers, words) = hire::drivers(self.place, &self.configuration)?;
        for word in words {
            console.tell(&word)?;
        }
        let runner = Runner::start(engine.clone(), drivers, settings);
        loop {
            if interrupt::was_pressed() {
                return Err(leave(begun.case.id, runner, console));
            }
            if let Some(error) = runner.dispatcher().take_broken() {
                return Err(error.into());
            }
            let (heard, looked) = (engine.bell().rings(), Instant::now());
            let phase = watch::expect(engine, begun.case.id)?.phase;
            match phase {
                Phase::Delivered | Phase::Cancelled => {
                    console.end_show()?;
                    runner.stop();
                    return Ok(phase);
                }
                Phase::Planned => begin::restart(self, begun, console)?,
                Phase::Running | Phase::Paused | Phase::Cancelling => {
                    watch::show(engine, begun.case.id, console)?;
                    let acted = self.act(begun, console)?;
                    if !acted {
                        watch::check_waiting(self, begun.case.id, phase, &runner, console)?;
                        engine.bell().rest_after(looked.elapsed());
                        engine.bell().wait(heard, watch::GLANCE);
                    }
                }
            }
        }
    }

    /// What the person, or the file of answers, does next; tells whether there was something.
    fn act(&self, begun: &begin::Begun<'_>, console: &mut Console) -> Result<bool> {
        let engine = &self.place.engine;
        // Asked before the plan grows: what is accepted in between may let it grow again.
        let is_settled = people::all_settled(engine, begun.case.id)?;
        if begun.grows() && begun.case.grow()? {
            return Ok(true);
        }
        if let Some(task) = people::held_up(engine, begun.case.id, self.local.person)? {
            settle::settle(self, &task, console)?;
            return Ok(true);
        }
        if let Some(task) = people::to_sign(engine, begun.case.id)? {
            sign::sign_task(self, begun, &task, console)?;
            return Ok(true);
        }
        if is_settled {
            sign::conclude(self, begun, console)?;
            return Ok(true);
        }
        Ok(false)
    }
}

/// Finishes what is in hand after an interrupt, and says how to go on.
fn leave(outcome: OutcomeId, runner: Runner, console: &mut Console) -> anyhow::Error {
    let told = console.end_show().and_then(|()| {
        console
            .tell("finishing what is in hand; Ctrl-C once more leaves at once, and loses nothing")
    });
    runner.stop();
    match told {
        Ok(()) => with_code(
            INTERRUPTED,
            format!("interrupted; all that was done is kept: consort run --resume {outcome}"),
        ),
        Err(error) => error.into(),
    }
}
