//! `label`: many items, a few labels, several answers each, and what they come to.
//!
//! `prepare` makes batches of a table, with items whose answer is known mixed in; `tally` counts what
//! was answered, says what needs more answers, and in the end makes the table and the page that are
//! delivered. Who answered stands here by identifier alone; names are looked up where they may be.

mod count;
mod page;
mod prepare;
mod table;
mod tally;

pub use page::page;
pub use prepare::prepare;
pub use table::table;
pub use tally::{Answered, tally};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::choice::ChoiceForm;

/// How the work is to be done, as whoever starts it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The most answers to an item.
    pub answers_max: u32,
    /// The fewest answers to an item.
    pub answers_min: u32,
    /// How many items somebody gets at once, beside those whose answer is known.
    pub batch: u32,
    /// How many items whose answer is known are mixed into a batch.
    pub checks: u32,
    /// How likely a label has to be, in per cent, for an item to be settled.
    pub confidence: u32,
    /// The column that names the items.
    pub id_column: String,
    /// The column with known answers, where there is one.
    #[serde(default)]
    pub known_column: Option<String>,
    /// What may be answered.
    pub labels: Vec<String>,
}

/// Something that is to be labelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name in the table.
    pub id: String,
    /// What the table says of it, by column.
    pub text: BTreeMap<String, String>,
}

/// What one contributor gets at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The items, in an order that was drawn.
    pub items: Vec<Item>,
    /// Its name.
    pub name: String,
}

/// A row that cannot be labelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Where it is in the table.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// A table, made ready. It holds the known answers, so that no contributor may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// What is handed out first.
    pub batches: Vec<Batch>,
    /// The text columns, in the order of the table.
    pub columns: Vec<String>,
    /// All items, in the order of the table.
    pub items: Vec<Item>,
    /// The known answers.
    pub known: BTreeMap<String, String>,
    /// Rows that cannot be labelled.
    pub refused: Vec<Refused>,
    /// How the work is to be done.
    pub settings: Settings,
}

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its answer was known before.
    Known,
    /// Its answers settle it.
    Settled,
    /// A person decided.
    Decided,
    /// It stays open: its answers do not settle it.
    Open,
}

impl Standing {
    /// The word that is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known before",
            Self::Settled => "settled",
            Self::Decided => "decided by a person",
            Self::Open => "open",
        }
    }
}

/// What the answers to an item come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The label of each contributor who answered, by identifier.
    pub answers: BTreeMap<String, String>,
    /// The item.
    pub id: String,
    /// Its likeliest label; nothing where nobody answered.
    pub label: Option<String>,
    /// How likely that is, in millionths, by what all answers say together.
    pub likely_ppm: u32,
    /// How many of its answers are this label, in millionths.
    pub share_ppm: u32,
    /// How far it is.
    pub standing: Standing,
}

/// How one contributor answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answerer {
    /// How many items they labelled, those with a known answer included.
    pub answers: u32,
    /// How often they are right as far as all answers together tell, in millionths.
    pub estimated_ppm: u32,
    /// Who.
    pub id: String,
    /// How many of the known answers they gave.
    pub known: u32,
    /// How many of these were right.
    pub known_right: u32,
    /// What they handed in that is no label of an item.
    pub unusable: u32,
}

/// What all answers come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Krippendorff's alpha, in millionths; nothing where it says nothing.
    pub alpha_ppm: Option<i32>,
    /// Who answered, by identifier.
    pub contributors: Vec<Answerer>,
    /// What is put to a person: items that their answers do not settle.
    pub form: ChoiceForm,
    /// The items, in the order of the table.
    pub items: Vec<Counted>,
    /// Batches that need one more answer each.
    pub more: Vec<Batch>,
}
