//! The built-in tools: they quote and compare, and never compose opinions.
//!
//! Each tool is a pure function from documents, and from what earlier tools found, to an output
//! whose every statement carries its source passages. With nothing to say, a tool says so.

pub mod change;
pub mod choice;
pub mod conflict;
pub mod counter_argue;
pub mod deliver;
pub mod draft;
pub mod integrate;
pub mod label;
pub mod organise;
pub mod recruitment;
pub mod research;
pub mod screen_risk;
pub mod second_review;
pub mod shape;
pub mod summarise;
pub mod text;
