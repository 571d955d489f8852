//! Models: every wire shape, and every way in which an endpoint can misbehave, against a scripted
//! server on loopback. No clock runs and nothing leaves this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod budget;
mod driver;
mod fixture;
mod injection;
mod server;
mod trouble;
mod wire;
