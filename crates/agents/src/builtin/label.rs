//! Labels: makes batches of a table, and counts what was answered about them.
//!
//! Where known answers stand among the items is drawn from the operating system and stays in what
//! these two tasks see.

use std::collections::BTreeMap;

use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::choice::Choices;
use consort_tools::label::{Answered, Prepared, Settings, page, prepare, table, tally};
use serde_json::Value;

use super::{material, product};

/// Does a task of one of these kinds.
pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    match commission.task.spec.kind.as_str() {
        "prepare" => prepared(commission),
        "tally" => counted(commission),
        other => Err(Failure::HandOver(format!(
            "'{other}' is no part of labelling"
        ))),
    }
}

fn prepared(commission: &Commission) -> Result<Product, Failure> {
    let settings: Settings = material::one(commission, "settings")?;
    let documents = material::all(commission, "items")?;
    let prepared = with_draws(|draw| prepare(&documents, settings, draw))?;
    product("prepare", &prepared.map_err(Failure::HandOver)?)
}

fn counted(commission: &Commission) -> Result<Product, Failure> {
    let prepared: Prepared = material::one(commission, "prepared")?;
    let decisions: Option<Choices> = material::optional(commission, "decisions")?;
    let contents: Vec<Value> = material::all(commission, "answers")?;
    let answers = commission.named("answers").zip(contents);
    let answered: Vec<Answered> = answers
        .map(|(piece, content)| match piece.made_by {
            Some(by) => Ok(Answered {
                by: by.to_string(),
                content,
            }),
            None => Err(Failure::HandOver(
                "answers are what tasks of contributors handed in, and nothing else".to_owned(),
            )),
        })
        .collect::<Result<_, _>>()?;
    let tally = with_draws(|draw| tally(&prepared, &answered, decisions.as_ref(), draw))?;
    let mut made = product("tally", &tally)?;
    if commission.task.spec.gate {
        made.files = BTreeMap::from([
            (
                "labels.csv".to_owned(),
                table(&prepared, &tally).into_bytes(),
            ),
            (
                "labels.html".to_owned(),
                page(&prepared, &tally).into_bytes(),
            ),
        ]);
    }
    Ok(made)
}

/// Does something that needs random bits; without them it is tried again.
fn with_draws<T>(made: impl FnOnce(&mut dyn FnMut() -> u64) -> T) -> Result<T, Failure> {
    let mut missing = None;
    let made = made(&mut || match getrandom::u64() {
        Ok(bits) => bits,
        Err(error) => {
            missing = Some(error);
            0
        }
    });
    match missing {
        None => Ok(made),
        Some(error) => Err(Failure::Passing(format!(
            "there are no random bits: {error}"
        ))),
    }
}
