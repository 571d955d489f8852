//! Small parts that pages are put together from.

mod amount;
mod chart;
mod happened;
mod icon;
mod layout;
mod person;
mod source;
mod state;
mod steps;
mod when;
mod words;

pub(crate) use amount::{amount, decimal, in_which};
pub(crate) use chart::bars;
pub(crate) use happened::Happened;
pub(crate) use icon::Icon;
pub(crate) use layout::{Grid, align, lay_out, path, stand};
pub(crate) use person::{Known, People};
pub(crate) use source::{Documents, files_of, in_order_of_doubt, quoted, statement, statements};
pub(crate) use state::{Tone, chip, of_outcome, of_task};
pub(crate) use steps::{pips, steps};
pub(crate) use when::{day, lasted, until, when};
pub(crate) use words::{capital, counted, encoded, in_words, name_of, sentence};
