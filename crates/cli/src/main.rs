//! The one binary `consort`: the command line, and the only reader of environment and
//! configuration.

mod agent;
mod archive;
mod arguments;
mod asked;
mod backup;
mod bench;
mod configuration;
mod console;
mod contributor;
mod database;
mod demo;
mod doctor;
mod events;
mod exit;
mod interrupt;
mod ledger;
mod network;
mod outcome;
mod owner;
mod place;
mod playbook;
mod run;
mod serve;
mod task;
mod token;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use consort_store::sqlite::OwnershipError;

use arguments::{Arguments, Command};
use asked::Asked;
use console::Console;
use doctor::Doctor;
use place::Place;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often, and how far apart, a process that is neither the owner nor heard by one looks again:
/// an owner that ends lets go within two seconds.
const OWNER_TRIES: u32 = 60;
const OWNER_WAIT: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    let mut console = Console::of_process();
    match carry_out(&arguments, &mut console) {
        Ok(code) => code,
        Err(error) if exit::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to say it when the error stream is gone.
            console
                .end_show()
                .and_then(|()| console.tell(&format!("consort: {error:#}")))
                .ok();
            ExitCode::from(exit::number(&error))
        }
    }
}

fn carry_out(arguments: &Arguments, console: &mut Console) -> Result<ExitCode> {
    let directory = match &arguments.data {
        Some(directory) => directory.clone(),
        None => default_directory()?,
    };
    match &arguments.command {
        Command::Completions(completions) => {
            completions.print(&mut console.out);
            return Ok(ExitCode::SUCCESS);
        }
        Command::Doctor(doctor) if doctor.is_of_archive() => {
            return doctor
                .carry_out_on_archive(arguments.json, console)
                .map(|()| ExitCode::SUCCESS);
        }
        Command::Bench(verb) => {
            return verb
                .carry_out(
                    &directory,
                    arguments.database.as_deref(),
                    arguments.json,
                    console,
                )
                .map(|()| ExitCode::SUCCESS);
        }
        Command::Demo(demo) => {
            let data = arguments.data.as_deref();
            return demo.show(data, console).map(|()| ExitCode::SUCCESS);
        }
        Command::Restore(restore) => {
            return restore
                .put_back(&directory, arguments, console)
                .map(|()| ExitCode::SUCCESS);
        }
        Command::Migrate(migrate) => {
            return migrate
                .carry_out(arguments.json, console)
                .map(|()| ExitCode::SUCCESS);
        }
        _ => {}
    }
    // What asks no network opens none, and leaves nothing behind.
    let nowhere = match &arguments.command {
        Command::Playbook(verb)
            if !verb.asks_the_network() || is_nowhere(arguments, &directory) =>
        {
            Some(tempfile::tempdir().context("no folder can be made to work in")?)
        }
        _ => None,
    };
    let directory = nowhere
        .as_ref()
        .map_or(directory, |it| it.path().to_owned());
    let person = arguments.person.clone().unwrap_or_else(user_name);
    let database = arguments.database.as_deref().filter(|_| nowhere.is_none());
    let artefacts = arguments.artefacts.as_deref().filter(|_| nowhere.is_none());
    for _ in 0..OWNER_TRIES {
        match Place::open(&directory, database, artefacts) {
            Ok(place) => return carry_out_here(arguments, &Arc::new(place), person, console),
            Err(error) if is_owned(&error) => {}
            Err(error) => return carry_out_unopened(arguments, error, console),
        }
        if let Some(code) = owner::ask(&directory, database, &person, console)? {
            return Ok(code);
        }
        std::thread::sleep(OWNER_WAIT);
    }
    // The last look says who has it.
    let place = Place::open(&directory, database, artefacts)?;
    carry_out_here(arguments, &Arc::new(place), person, console)
}

/// Whether there is no network that could be asked.
fn is_nowhere(arguments: &Arguments, directory: &Path) -> bool {
    arguments.database.is_none() && !Place::is_at(directory)
}

/// Whether somebody else has the data directory, which they may let go of.
fn is_owned(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<OwnershipError>(),
        Some(OwnershipError::Owned { .. })
    )
}

/// Data that cannot be opened is an error, and for the doctor it is a finding.
fn carry_out_unopened(
    arguments: &Arguments,
    error: anyhow::Error,
    console: &mut Console,
) -> Result<ExitCode> {
    match &arguments.command {
        Command::Doctor(_) => {
            Doctor::carry_out_unopened(error, arguments.json, console).map(|()| ExitCode::SUCCESS)
        }
        _ => Err(error),
    }
}

/// Carries the command out as the owner of the data directory, and answers other processes
/// meanwhile.
fn carry_out_here(
    arguments: &Arguments,
    place: &Arc<Place>,
    person: String,
    console: &mut Console,
) -> Result<ExitCode> {
    owner::serve(place)?;
    let folder = std::env::current_dir()?;
    let mut asked = Asked {
        place,
        person,
        json: arguments.json,
        folder,
        console,
    };
    let done = arguments.command.carry_out(&mut asked);
    owner::end(place);
    if let Err(error) = done {
        if exit::is_closed_pipe(&error) {
            return Ok(ExitCode::SUCCESS);
        }
        console.end_show()?;
        console.tell(&asked::error_text(&place.engine, &error))?;
        let code = exit::number(&error);
        if code == exit::DISK {
            console.tell(&format!(
                "see to the disk under {} and try again; what was done before is kept",
                place.directory.display()
            ))?;
        }
        return Ok(ExitCode::from(code));
    }
    Ok(ExitCode::SUCCESS)
}

/// The user's data directory, as the XDG base directory specification has it.
fn default_directory() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let base = base.filter(|path| path.is_absolute());
    let home = || std::env::home_dir().map(|home| home.join(".local/share"));
    let base = base
        .or_else(home)
        .context("there is no home folder to keep data in: name a folder with --data DIR")?;
    Ok(base.join("consort"))
}

fn user_name() -> String {
    let named = ["USER", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    named
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "me".to_owned())
}
