//! Beginning a run, or taking one up again.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use consort_desk::begin::{Owner, begin as begin_case};
use consort_desk::{Case, DeskError, Given};
use consort_engine::Engine;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::PlaybookRef;
use consort_playbook::{Expansion, parse};

use super::{Run, Session, input, plan};
use crate::asked::Asked;
use crate::console::Console;
use crate::exit::{not_found, usage};
use crate::interrupt;

/// The longest playbook that is read from a file, in bytes; the parser says the rest.
const PLAYBOOK_BYTES_MAX: u64 = 1024 * 1024;

/// A run that has an outcome.
pub(super) struct Begun<'a> {
    pub(super) case: Case<'a>,
    pub(super) expansion: Expansion,
}

impl Begun<'_> {
    /// Whether the playbook has parts that wait for earlier results.
    pub(super) fn grows(&self) -> bool {
        !self.expansion.later.is_empty()
    }
}

/// Reads the inputs, shows the plan, asks for the first confirmation, and states the outcome.
pub(super) fn begun<'a>(
    session: &Session<'a>,
    run: &Run,
    asked: &mut Asked<'_>,
) -> Result<Begun<'a>> {
    let folder = asked.folder.clone();
    let console = &mut *asked.console;
    let engine: &'a Engine = &session.place.engine;
    let path = run.playbook.as_deref().unwrap_or(Path::new("brief"));
    let text = playbook_text(path, &folder)?;
    let what = path.display().to_string();
    let playbook = parse(&text).map_err(|problems| DeskError::problems(&what, &problems))?;
    if session.answers.is_none() && !console.interactive {
        return Err(usage(
            "nobody is at the terminal to confirm the plan and to sign: give --answers FILE, as in \
             --answers examples/brief.answers.yaml",
        ));
    }
    let mut inputted = input::collect(&playbook, &run.inputs, session.answers.as_ref(), console)?;
    let repositories = &session.configuration.repositories;
    let skipped = input::read_files(
        engine,
        &playbook,
        &mut inputted,
        &folder,
        repositories,
        console,
    )?;
    let given = Given::new(text, &what, inputted.values, skipped)?;
    let expansion = given.expansion()?;
    let playbook = given.keep(engine)?;
    let begun = Begun {
        case: Case {
            engine,
            id: OutcomeId::new(engine.now(), engine.random()?),
            given,
            models_micro: BTreeMap::new(),
        },
        expansion,
    };
    start(session, &begun, playbook, console)?;
    Ok(begun)
}

/// Takes an outcome up again, from what was kept when it began.
pub(super) fn resumed<'a>(session: &Session<'a>, outcome: OutcomeId) -> Result<Begun<'a>> {
    interrupt::listen()?;
    let case = Case::open(&session.place.engine, outcome).map_err(|error| match error {
        DeskError::Unknown(id) => not_found(format!(
            "{id} is not in {}",
            session.place.directory.display()
        )),
        DeskError::NoPlaybook(_) => usage(format!("{outcome} was not begun by 'consort run'")),
        error => error.into(),
    })?;
    let expansion = case.given.expansion()?;
    Ok(Begun { case, expansion })
}

/// Goes on with beginning an outcome whose run ended before it had started.
pub(super) fn restart(
    session: &Session<'_>,
    begun: &Begun<'_>,
    console: &mut Console,
) -> Result<()> {
    let playbook = begun.case.given.keep(begun.case.engine)?;
    start(session, begun, playbook, console)
}

/// The first stop: confirms the plan and its cost, then funds and starts it.
fn start(
    session: &Session<'_>,
    begun: &Begun<'_>,
    playbook: PlaybookRef,
    console: &mut Console,
) -> Result<()> {
    let agreed = plan::confirm(session, begun, console)?;
    let id = begun.case.id;
    let owner = Owner {
        person: session.local.person,
        organisation: session.local.organisation,
    };
    interrupt::listen()?;
    console.tell(&format!(
        "outcome {id}\n  if this run ends in between: consort run --resume {id}"
    ))?;
    begin_case(
        begun.case.engine,
        id,
        owner,
        &begun.case.given,
        playbook,
        agreed,
    )?;
    Ok(())
}

fn playbook_text(path: &Path, folder: &Path) -> Result<String> {
    if let Some(text) = path.to_str().and_then(consort_playbook::shipped::shipped) {
        return Ok(text.to_owned());
    }
    let path = &folder.join(path);
    let about = std::fs::metadata(path).map_err(|error| {
        not_found(format!(
            "there is no playbook {} ({error}), and none of that name ships: see 'consort playbook list'",
            path.display()
        ))
    })?;
    if about.len() > PLAYBOOK_BYTES_MAX {
        return Err(usage(format!(
            "{} is too long for a playbook",
            path.display()
        )));
    }
    std::fs::read_to_string(path)
        .with_context(|| format!("the playbook {} cannot be read", path.display()))
}
