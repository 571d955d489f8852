//! Tasks: atoms of work.

pub mod spec;
