//! The one binary `consort`: the command line, and the only reader of environment and
//! configuration.

mod archive;
mod arguments;
mod asked;
mod backup;
mod bench;
mod console;
mod contributor;
mod doctor;
mod events;
mod exit;
mod ledger;
mod outcome;
mod owner;
mod place;
mod playbook;
mod run;
mod task;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use consort_store::sqlite::OwnershipError;

use arguments::{Arguments, Command};
use asked::Asked;
use console::Console;
use place::Place;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut console = Console::of_process();
    match carry_out(&arguments, &mut console) {
        Ok(code) => code,
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
                .carry_out(&directory, arguments.json, console)
                .map(|()| ExitCode::SUCCESS);
        }
        Command::Restore(restore) => {
            return restore
                .put_in_place(&directory, console)
                .map(|()| ExitCode::SUCCESS);
        }
        _ => {}
    }
    let person = arguments.person.clone().unwrap_or_else(user_name);
    let place = match Place::open(&directory) {
        Ok(place) => Arc::new(place),
        Err(error) if error.downcast_ref::<OwnershipError>().is_some() => {
            return owner::ask(&directory, &person, console);
        }
        Err(error) => return Err(error),
    };
    owner::serve(&place)?;
    let folder = std::env::current_dir()?;
    let mut asked = Asked {
        place: &place,
        person,
        json: arguments.json,
        folder,
        console,
    };
    arguments.command.carry_out(&mut asked)?;
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
