//! The real binary, used as people use it: whole runs over real folders, and runs that are killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod backup;
mod change;
#[cfg(feature = "postgres")]
mod chaos;
mod choice;
mod command;
#[cfg(feature = "postgres")]
mod database;
mod disk;
mod doctor;
#[cfg(feature = "models")]
mod endpoint;
mod fixture;
mod interrupt;
mod kill;
mod label;
#[cfg(feature = "post")]
#[path = "../../../post/tests/notice/server.rs"]
mod mailbox;
#[cfg(feature = "post")]
#[path = "../../../post/tests/notice/message.rs"]
mod message;
#[cfg(feature = "models")]
mod model;
mod network;
#[cfg(feature = "post")]
mod notice;
#[cfg(feature = "models")]
mod obedient;
mod package;
mod pages;
mod people;
mod program;
mod recruitment;
mod replay;
mod run;
mod server;
mod switch;
#[cfg(feature = "post")]
mod webhook;
mod words;
