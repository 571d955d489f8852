//! Notices from what needs somebody to what arrives: at once, in a digest, not at night, and what happens
//! when it is not taken.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod address;
mod chat;
mod deliver;
mod message;
mod scene;
mod server;
mod times;
