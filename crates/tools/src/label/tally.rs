//! Counting: what the answers come to, what needs more of them, and what a person has to decide.

use std::collections::BTreeMap;

use consort_kernel::consensus::{
    Answers, Estimate, Settled, Stop, dawid_skene, krippendorff_alpha,
};
use serde_json::Value;

use super::count::Book;
use super::prepare::with_checks;
use super::{Answerer, Batch, Counted, Item, Prepared, Standing, Tally};
use crate::choice::{ChoiceForm, ChoiceOption, ChoiceQuestion, Choices};

/// How many items whose answer is known are mixed into a batch that is asked about again: enough to
/// see somebody new, and few beside what is asked.
const CHECKS_AGAIN: u32 = 1;
/// Per cent in millionths.
const PERCENT_PPM: u32 = 10_000;
/// How much of an item's text is put into a question.
const ASKED_CHARS_MAX: usize = 300;

/// What somebody handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Who.
    pub by: String,
    /// What.
    pub content: Value,
}

/// Counts what was answered. What a person decided stands above it.
pub fn tally(
    prepared: &Prepared,
    answered: &[Answered],
    decided: Option<&Choices>,
    draw: &mut dyn FnMut() -> u64,
) -> Tally {
    let book = Book::of(prepared, answered);
    let answers = book.answers(prepared);
    let estimate = dawid_skene(&answers);
    let stop = Stop {
        answers_min: prepared.settings.answers_min,
        answers_max: prepared.settings.answers_max,
        confidence_ppm: prepared.settings.confidence.saturating_mul(PERCENT_PPM),
    };
    let mut by_item: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for ((by, item), label) in &book.given {
        let labels = by_item.entry(item.as_str()).or_default();
        labels.insert(by.clone(), label.clone());
    }
    let mut items = Vec::new();
    let mut asked_again: Vec<&str> = Vec::new();
    for (place, item) in prepared.items.iter().enumerate() {
        let answers = by_item.remove(item.id.as_str()).unwrap_or_default();
        let posterior = &estimate.items[place];
        let count = u32::try_from(answers.len()).unwrap_or(u32::MAX);
        let settled = stop.settled(posterior, count);
        let chosen = chosen(decided, &item.id);
        let standing = match (prepared.known.contains_key(&item.id), chosen, settled) {
            (true, _, _) => Standing::Known,
            (false, Some(_), _) => Standing::Decided,
            (false, None, Settled::Yes) => Standing::Settled,
            (false, None, Settled::NotYet | Settled::Open) => Standing::Open,
        };
        if standing == Standing::Open && settled == Settled::NotYet {
            asked_again.push(&item.id);
        }
        let leading = posterior.leading();
        let likeliest = leading.map(|(label, _)| prepared.settings.labels[label as usize].clone());
        let label = chosen.map(str::to_owned).or(likeliest);
        items.push(Counted {
            share_ppm: share(&answers, label.as_ref()),
            likely_ppm: leading.map_or(0, |(_, ppm)| ppm),
            answers,
            id: item.id.clone(),
            label,
            standing,
        });
    }
    Tally {
        alpha_ppm: krippendorff_alpha(&answers),
        contributors: contributors(prepared, &book, &answers, &estimate),
        form: form(prepared, &items),
        more: more(prepared, &asked_again, draw),
        items,
    }
}

/// What a person decided about an item.
fn chosen<'a>(decided: Option<&'a Choices>, id: &str) -> Option<&'a str> {
    let decision = decided?
        .decisions
        .iter()
        .find(|decision| decision.key == id)?;
    decision.chosen.as_deref()
}

fn share(answers: &BTreeMap<String, String>, label: Option<&String>) -> u32 {
    let same = answers
        .values()
        .filter(|given| Some(*given) == label)
        .count();
    let all = answers.len().max(1);
    u32::try_from(same * 1_000_000 / all).unwrap_or(0)
}

fn contributors(
    prepared: &Prepared,
    book: &Book,
    answers: &Answers,
    estimate: &Estimate,
) -> Vec<Answerer> {
    debug_assert_eq!(
        answers.size().contributors as usize,
        estimate.accuracy_ppm.len()
    );
    let all = book.contributors().into_iter().zip(&estimate.accuracy_ppm);
    all.map(|(id, accuracy)| {
        let mut own = Answerer {
            answers: 0,
            estimated_ppm: accuracy.unwrap_or(0),
            known: 0,
            known_right: 0,
            unusable: book.unusable.get(&id).copied().unwrap_or(0),
            id,
        };
        for ((by, item), label) in &book.given {
            if *by != own.id {
                continue;
            }
            own.answers += 1;
            if let Some(known) = prepared.known.get(item) {
                own.known += 1;
                own.known_right += u32::from(known == label);
            }
        }
        own
    })
    .collect()
}

/// The batches again, with the items that need another answer alone and something known among them.
fn more(prepared: &Prepared, asked: &[&str], draw: &mut dyn FnMut() -> u64) -> Vec<Batch> {
    let known: Vec<&Item> = prepared
        .items
        .iter()
        .filter(|item| prepared.known.contains_key(&item.id))
        .collect();
    let checks = prepared.settings.checks.min(CHECKS_AGAIN);
    prepared
        .batches
        .iter()
        .filter_map(|batch| {
            let is_asked = |item: &&Item| asked.contains(&item.id.as_str());
            let items: Vec<Item> = batch.items.iter().filter(is_asked).cloned().collect();
            (!items.is_empty()).then(|| Batch {
                items: with_checks(items, &known, checks, draw),
                name: batch.name.clone(),
            })
        })
        .collect()
}

/// What is put to a person: each item that is open, with what was answered and how often.
fn form(prepared: &Prepared, items: &[Counted]) -> ChoiceForm {
    let open = prepared.items.iter().zip(items);
    let questions = open
        .filter(|(_, counted)| counted.standing == Standing::Open)
        .map(|(item, counted)| ChoiceQuestion {
            ask: ask(item),
            evidence: Vec::new(),
            key: item.id.clone(),
            may_stay_open: true,
            options: prepared
                .settings
                .labels
                .iter()
                .map(|label| option(label, counted))
                .collect(),
        })
        .collect();
    ChoiceForm {
        about: "Items whose answers do not settle them. Which label is right?".to_owned(),
        questions,
    }
}

fn ask(item: &Item) -> String {
    let text: Vec<&str> = item.text.values().map(String::as_str).collect();
    let text: String = text.join(" | ").chars().take(ASKED_CHARS_MAX).collect();
    format!("{}: {text}", item.id)
}

fn option(label: &str, counted: &Counted) -> ChoiceOption {
    let given = counted
        .answers
        .values()
        .filter(|given| *given == label)
        .count();
    let words = match given {
        0 => label.to_owned(),
        1 => format!("{label} (1 answer)"),
        many => format!("{label} ({many} answers)"),
    };
    ChoiceOption {
        evidence: Vec::new(),
        key: label.to_owned(),
        label: words,
        reason_needed: false,
    }
}
