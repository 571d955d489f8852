//! The pages as a browser asks for them, without a socket: who sees what, and what each form does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod door;
mod fixture;
mod fresh;
mod join;
mod judge;
mod operate;
mod program;
mod sight;
mod work;
