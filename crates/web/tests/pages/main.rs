//! The pages as a browser asks for them, without a socket: who sees what, and what each form does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod batch;
mod discussion;
mod door;
mod file;
mod fixture;
mod form;
mod fresh;
mod fund;
mod golden;
mod hand_in;
mod health;
#[cfg(feature = "oidc")]
mod identity;
mod invitation;
mod join;
mod judge;
mod ledger;
mod list;
mod listing;
mod member;
#[path = "../../../post/tests/notice/message.rs"]
mod message;
mod notification;
mod once;
mod operate;
#[cfg(feature = "passkeys")]
mod passkey;
#[cfg(feature = "passwords")]
mod password;
mod people;
mod plan;
mod portfolio;
mod program;
#[cfg(feature = "oidc")]
mod provider;
mod refusal;
mod rights;
mod search;
#[path = "../../../post/tests/notice/server.rs"]
mod server;
mod settings;
mod settle;
mod sight;
mod sign;
mod undo;
mod version;
mod views;
mod webhook;
mod work;
