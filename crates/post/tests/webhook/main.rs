//! Webhooks from the event to the receiver: what is sent, what happens when it does not arrive, and what is
//! never sent.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod add;
mod deliver;
mod receiver;
mod scene;
mod several;
