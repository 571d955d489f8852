//! The pages as a browser asks for them, without a socket: who sees what, and what each form does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod door;
mod fixture;
mod fresh;
mod health;
mod join;
mod judge;
mod ledger;
mod list;
mod operate;
mod passkey;
mod people;
mod plan;
mod program;
mod rights;
mod search;
mod settings;
mod sight;
mod work;
