//! Models: every wire shape, and every way in which an endpoint can misbehave, against a scripted
//! server on loopback. No clock runs and nothing leaves this machine.

mod budget;
mod driver;
mod fixture;
mod injection;
mod server;
mod trouble;
mod wire;
