//! Drivers by which agents of each kind do tasks.
//!
//! An agent works through the same operations as a person. What it is given is data: nothing in a
//! document or in another agent's result is an instruction to the software.

pub mod builtin;
pub mod command;
pub mod model;
pub mod process;
pub mod repository;
pub mod trial;
