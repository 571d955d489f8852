//! The built-in tools: they quote and compare, and never compose opinions.
//!
//! Each tool is a pure function from documents, and from what earlier tools found, to an output
//! whose every statement carries its source passages. With nothing to say, a tool says so.

pub mod counter_argue;
pub mod research;
pub mod screen_risk;
pub mod shape;
pub mod summarise;
pub mod text;
