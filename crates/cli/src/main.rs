//! The one binary `consort`: the command line, and the only reader of environment and
//! configuration.

mod arguments;
mod console;
mod exit;
mod place;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser as _;

use arguments::{Arguments, Command};
use console::Console;
use place::Place;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut console = Console::of_process();
    match carry_out(&arguments, &mut console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to say it when the error stream is gone.
            console
                .end_show()
                .and_then(|()| console.tell(&format!("consort: {error:#}")))
                .ok();
            exit::code(&error)
        }
    }
}

fn carry_out(arguments: &Arguments, console: &mut Console) -> Result<()> {
    let directory = match &arguments.data {
        Some(directory) => directory.clone(),
        None => default_directory()?,
    };
    let person = arguments.person.clone().unwrap_or_else(user_name);
    match &arguments.command {
        Command::Run(run) => {
            let place = Place::open(&directory)?;
            run.run(&place, &person, arguments.json, console)
        }
    }
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
