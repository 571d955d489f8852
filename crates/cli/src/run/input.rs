//! Inputs: from the command line, from a file of answers, or asked for at the terminal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use consort_engine::Engine;
use consort_playbook::playbook::{Input, InputKind, Playbook};
use consort_playbook::{InputValue, Inputs};

use super::answers::{Answers, Given};
use super::inventory;
use crate::asked::Asked;
use crate::configuration::{Configuration, Repositories};
use crate::console::Console;
use crate::exit::usage;

/// What was given: values, and paths that are yet to be read.
#[derive(Debug, Default)]
pub(super) struct Inputted {
    pub(super) values: Inputs,
    pub(super) folders: BTreeMap<String, PathBuf>,
}

/// Collects the inputs of a playbook.
pub(super) fn collect(
    playbook: &Playbook,
    given: &[String],
    answers: Option<&Answers>,
    console: &mut Console,
) -> Result<Inputted> {
    let mut inputted = Inputted::default();
    let mut typed: BTreeMap<&str, &str> = BTreeMap::new();
    for one in given {
        let (name, value) = one.split_once('=').ok_or_else(|| {
            usage(format!(
                "--input {one}: NAME=VALUE was expected, as in --input question=…"
            ))
        })?;
        if playbook.input(name).is_none() {
            let names: Vec<&str> = playbook
                .inputs
                .iter()
                .map(|input| input.name.value.as_str())
                .collect();
            return Err(usage(format!(
                "'{name}' is no input of '{}'; it has {}",
                playbook.name,
                names.join(", ")
            )));
        }
        typed.insert(name, value);
    }
    for input in &playbook.inputs {
        let name = input.name.value.as_str();
        if let Some(value) = typed.get(name) {
            put(&mut inputted, input, value)?;
        } else if let Some(given) = answers.and_then(|answers| answers.inputs.get(name)) {
            put_given(&mut inputted, input, given)?;
        } else if console.interactive && answers.is_none() {
            let optional = if input.required {
                ""
            } else {
                " (Enter for none)"
            };
            let answer = console.ask(&format!("{}{optional}", input.prompt))?;
            if !answer.is_empty() {
                put(&mut inputted, input, &answer)?;
            }
        }
    }
    Ok(inputted)
}

fn put(inputted: &mut Inputted, input: &Input, value: &str) -> Result<()> {
    let name = input.name.value.clone();
    match &input.kind {
        InputKind::Folder | InputKind::Repository | InputKind::File => {
            inputted.folders.insert(name, PathBuf::from(value));
        }
        kind @ (InputKind::Text | InputKind::List | InputKind::Choice(_) | InputKind::Number) => {
            let value = InputValue::read(kind, value)
                .map_err(|problem| usage(format!("--input {name}: {problem}")))?;
            inputted.values.insert(name, value);
        }
    }
    Ok(())
}

fn put_given(inputted: &mut Inputted, input: &Input, given: &Given) -> Result<()> {
    match given {
        Given::Text(text) => put(inputted, input, text),
        Given::List(items) => put(inputted, input, &items.join("\n")),
        Given::Number(number) => put(inputted, input, &number.to_string()),
    }
}

/// The inputs of a playbook that is only tried: folders are read, and nothing is asked for.
pub(crate) fn try_inputs(
    asked: &mut Asked<'_>,
    playbook: &Playbook,
    given: &[String],
) -> Result<Inputs> {
    asked.console.interactive = false;
    let mut inputted = collect(playbook, given, None, asked.console)?;
    let folder = asked.folder.clone();
    let configuration = Configuration::read(&asked.place.directory)?;
    read_files(
        &asked.place.engine,
        playbook,
        &mut inputted,
        &folder,
        &configuration.repositories,
        asked.console,
    )?;
    Ok(inputted.values)
}

/// Reads the folders and files that were given, from where the command was called; gives what was
/// not read, with the reason.
pub(super) fn read_files(
    engine: &Engine,
    playbook: &Playbook,
    inputted: &mut Inputted,
    from: &Path,
    repositories: &Repositories,
    console: &mut Console,
) -> Result<Vec<(String, String)>> {
    let mut skipped = Vec::new();
    for (name, path) in &inputted.folders {
        let input = playbook.input(name).expect("only inputs are collected");
        if input.kind == InputKind::Repository {
            let value = inventory::repository(engine, input, repositories, path, console)?;
            inputted.values.insert(name.clone(), value);
            continue;
        }
        let (value, left) = inventory::value(engine, input, &from.join(path), console)?;
        skipped.extend(left);
        inputted.values.insert(name.clone(), value);
    }
    Ok(skipped)
}
