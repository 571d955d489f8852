//! The real binary, used as people use it: whole runs over real folders, and runs that are killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod backup;
mod change;
mod choice;
mod command;
mod database;
mod disk;
mod doctor;
mod endpoint;
mod fixture;
mod interrupt;
mod kill;
mod label;
mod model;
mod network;
mod obedient;
mod pages;
mod people;
mod program;
mod recruitment;
mod replay;
mod run;
mod server;
mod switch;
mod words;
