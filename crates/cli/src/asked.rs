//! What a command is asked with, wherever it is carried out: by the process that owns the data
//! directory, for itself or for another one.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use consort_engine::Engine;
use consort_engine::network::contributors;
use consort_kernel::command::{Body, Principal};
use consort_kernel::id::ContributorId;
use serde::Serialize;

use crate::console::Console;
use crate::exit::not_found;
use crate::place::Place;

/// A command's surroundings.
pub(crate) struct Asked<'a> {
    pub(crate) place: &'a Place,
    /// Who asks, by name.
    pub(crate) person: String,
    pub(crate) json: bool,
    /// The folder that relative paths begin at.
    pub(crate) folder: PathBuf,
    pub(crate) console: &'a mut Console,
}

impl Asked<'_> {
    pub(crate) fn engine(&self) -> &Engine {
        &self.place.engine
    }

    /// A path as who asks means it.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// Who asks, as a contributor of the network.
    pub(crate) fn contributor(&self) -> Result<ContributorId> {
        self.named(&self.person)
    }

    /// The contributor with this name or identifier.
    pub(crate) fn named(&self, name: &str) -> Result<ContributorId> {
        if let Ok(id) = name.parse() {
            return Ok(id);
        }
        contributors(self.engine())?.get(name).copied().ok_or_else(|| {
            not_found(format!(
                "nobody here is called '{name}': see 'consort contributor list', or add them with \
                 'consort contributor add'"
            ))
        })
    }

    /// Carries out a command as who asks.
    pub(crate) fn execute(&self, body: Body) -> Result<()> {
        let by = Principal::Contributor(self.contributor()?);
        self.engine().execute(by, body)?;
        Ok(())
    }

    /// Prints the result: as JSON, or as lines.
    pub(crate) fn print<T: Serialize>(
        &mut self,
        result: &T,
        lines: impl FnOnce(&T) -> Vec<String>,
    ) -> Result<()> {
        if self.json {
            return Ok(self.console.line(&serde_json::to_string_pretty(result)?)?);
        }
        for line in lines(result) {
            self.console.line(&line)?;
        }
        Ok(())
    }

    /// Says that something was done.
    pub(crate) fn done(&mut self, what: &str) -> Result<()> {
        self.print(&serde_json::json!({ "done": what }), |_| {
            vec![what.to_owned()]
        })
    }
}

/// An error as people read it: contributors by their names.
pub(crate) fn error_text(engine: &Engine, error: &anyhow::Error) -> String {
    with_names(engine, &format!("consort: {error:#}"))
}

/// A text with the names of contributors in the place of their identifiers.
pub(crate) fn with_names(engine: &Engine, text: &str) -> String {
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(ContributorId::PREFIX) {
        let (before, word) = rest.split_at(begin);
        let end = word.find(|letter| !is_inside(letter)).unwrap_or(word.len());
        let name = word[..end]
            .parse()
            .ok()
            .and_then(|id| engine.name_of(id).ok().flatten());
        told.push_str(before);
        told.push_str(name.as_deref().unwrap_or(&word[..end]));
        rest = &word[end..];
    }
    told.push_str(rest);
    told
}

/// Lines of a table with columns as wide as their widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    rows.iter()
        .map(|row| {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

/// The text of a file, with what to do when it cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        anyhow!(
            "{} cannot be read ({error}); check the path",
            path.display()
        )
    })
}
