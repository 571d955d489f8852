//! `consort playbook`: reusable plans, written, checked and tried.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Subcommand;
use consort_agents::builtin::AGENTS;
use consort_engine::network;
use consort_engine::routing::Directory;
use consort_kernel::task::{Mode, TaskSpec};
use consort_playbook::shipped::{SHIPPED, shipped};
use consort_playbook::{Expansion, Known, Problem, expand, parse};
use serde::Serialize;
use serde_json::json;

use crate::asked::{Asked, read_text, table};
use crate::exit::{not_found, usage};
use crate::place::PERSON_CAPABILITIES;
use crate::run::try_inputs;

/// Playbooks.
#[derive(Debug, Subcommand)]
pub(crate) enum PlaybookVerb {
    /// Lists the playbooks that ship.
    #[command(after_help = "Example:\n  consort playbook list")]
    List,
    /// Prints a playbook.
    #[command(after_help = "Example:\n  consort playbook show brief")]
    Show {
        /// The name of one that ships.
        name: String,
    },
    /// Writes a new playbook that can be checked and changed.
    #[command(after_help = "Example:\n  consort playbook new mine.yaml --from brief")]
    New {
        /// The file to write.
        file: PathBuf,
        /// The playbook that it begins as.
        #[arg(long, default_value = "brief")]
        from: String,
    },
    /// Says everything that is wrong with a playbook, with line and column.
    #[command(after_help = "Example:\n  consort playbook check mine.yaml")]
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Shows what a playbook makes of inputs: tasks, instructions, cost. Creates nothing.
    #[command(
        after_help = "Example:\n  consort playbook try mine.yaml --input documents=examples/essays"
    )]
    Try {
        /// The file, or the name of one that ships.
        file: PathBuf,
        /// An input, as NAME=VALUE.
        #[arg(long = "input", value_name = "NAME=VALUE")]
        inputs: Vec<String>,
    },
    /// Prints the JSON Schema of playbooks.
    #[command(after_help = "Example:\n  consort playbook schema > playbook.schema.json")]
    Schema,
}

impl PlaybookVerb {
    /// Whether it wants to know who would do the tasks.
    pub(crate) const fn asks_the_network(&self) -> bool {
        matches!(self, Self::Try { .. })
    }

    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::List => list(asked),
            Self::Show { name } => {
                let text = text_of(name)?.trim_end();
                asked.print(&json!({ "name": name, "text": text }), |_| {
                    vec![text.to_owned()]
                })
            }
            Self::New { file, from } => new(asked, file, from),
            Self::Check { file } => check(asked, file),
            Self::Try { file, inputs } => attempt(asked, file, inputs),
            Self::Schema => {
                let schema = serde_json::to_string_pretty(&consort_playbook::schema())?;
                Ok(asked.console.line(&schema)?)
            }
        }
    }
}

fn text_of(name: &str) -> Result<&'static str> {
    let names = || SHIPPED.map(|shipped| shipped.name).join(", ");
    shipped(name)
        .ok_or_else(|| not_found(format!("no playbook '{name}' ships; there is {}", names())))
}

fn list(asked: &mut Asked<'_>) -> Result<()> {
    let mut rows = Vec::new();
    for playbook in SHIPPED {
        let parsed = parse(playbook.text).map_err(|problems| wrong(playbook.name, &problems))?;
        rows.push(json!({
            "name": parsed.name, "version": parsed.version, "title": parsed.title,
            "description": parsed.description,
        }));
    }
    asked.print(&rows, |rows| {
        let text = |value: &serde_json::Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), |text| text.trim().to_owned())
        };
        let cells = rows.iter().map(|row| {
            ["name", "version", "description"]
                .map(|field| text(&row[field]))
                .to_vec()
        });
        table(&cells.collect::<Vec<_>>())
    })
}

fn new(asked: &mut Asked<'_>, file: &Path, from: &str) -> Result<()> {
    let path = asked.path(file);
    if path.exists() {
        return Err(usage(format!(
            "{} is there already; name another file",
            path.display()
        )));
    }
    std::fs::write(&path, text_of(from)?)?;
    asked.done(&format!(
        "{} is written; change it and run 'consort playbook check'",
        path.display()
    ))
}

fn check(asked: &mut Asked<'_>, file: &Path) -> Result<()> {
    let path = asked.path(file);
    match parse(&read_text(&path)?) {
        Ok(playbook) => asked.done(&format!(
            "{} version {} is in order",
            playbook.name, playbook.version
        )),
        Err(problems) => Err(wrong(&path.display().to_string(), &problems)),
    }
}

fn attempt(asked: &mut Asked<'_>, file: &Path, inputs: &[String]) -> Result<()> {
    let text = match file.to_str().and_then(shipped) {
        Some(text) => text.to_owned(),
        None => read_text(&asked.path(file))?,
    };
    let playbook =
        parse(&text).map_err(|problems| wrong(&file.display().to_string(), &problems))?;
    let inputs = try_inputs(asked, &playbook, inputs)?;
    let expansion = expand(&playbook, &inputs, &Known::default())
        .map_err(|problems| wrong("the playbook with these inputs", &problems))?;
    let cost: i64 = expansion.tasks.iter().map(|task| task.price.minor()).sum();
    let tried = tried(asked, &expansion)?;
    asked.print(&tried, |tasks| {
        let mut lines = vec![expansion.outcome.objective.trim().to_owned(), String::new()];
        for Tried { task, likely } in tasks {
            lines.push(format!(
                "{}  {} minor units, {}, {} risk{}",
                task.key,
                task.price,
                task.mode.as_str(),
                task.risk.as_str(),
                if task.gate { ", a person signs" } else { "" }
            ));
            lines.push(format!("    {}", task.instructions.goal.trim()));
            let criteria: Vec<&str> = task
                .instructions
                .criteria
                .iter()
                .map(|it| it.key.as_str())
                .collect();
            lines.push(format!("    judged by {}", criteria.join(", ")));
            lines.push(match likely.as_slice() {
                [] => format!("    nobody here can do it ({})", task.capability),
                likely => format!("    likely {}", likely.join(", ")),
            });
        }
        lines.extend(expansion.later.iter().map(|later| {
            format!(
                "later: {} (waits for {})",
                later.template,
                later.waits_for.join(", ")
            )
        }));
        lines.push(format!(
            "\n{} tasks, {cost} minor units; nothing was created",
            tasks.len()
        ));
        lines
    })
}

/// A task that a playbook makes, with who would likely be asked, the first one first.
#[derive(Serialize)]
struct Tried<'a> {
    #[serde(flatten)]
    task: &'a TaskSpec,
    likely: Vec<String>,
}

fn tried<'a>(asked: &Asked<'_>, expansion: &'a Expansion) -> Result<Vec<Tried<'a>>> {
    let engine = asked.engine();
    let mut directory = Directory::default();
    directory.read_on(engine.store(), None)?;
    let is_empty = network::contributors(engine)?.is_empty();
    let tasks = expansion.tasks.iter().map(|task| {
        let likely = if is_empty {
            newcomers(task, &asked.person)
        } else {
            let decision = directory.likely(task, engine.now());
            let leading = decision.leading.iter();
            let names = leading.map(|scored| engine.name_of(scored.contributor));
            names
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?
        };
        Ok(Tried { task, likely })
    });
    tasks.collect()
}

/// Who would be asked in a network that the first run founds.
fn newcomers(task: &TaskSpec, person: &str) -> Vec<String> {
    let is_for_agents = task.mode != Mode::Person;
    let agents = AGENTS
        .iter()
        .filter(|agent| is_for_agents && agent.capability == task.capability);
    let mut names: Vec<String> = agents.map(|agent| agent.name.to_owned()).collect();
    if task.mode != Mode::Ai && PERSON_CAPABILITIES.contains(&task.capability.as_str()) {
        names.push(person.to_owned());
    }
    names
}

fn wrong(what: &str, problems: &[Problem]) -> anyhow::Error {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    usage(format!("{what} cannot be used:\n  {}", lines.join("\n  ")))
}
