//! Rights: who may do what, decided by the Cedar policies in `policies/`, for pages, the API and the
//! live feed alike.
//!
//! The relations stay in the store. For a decision, what matters of them is gathered as [`Facts`]: the
//! roles that somebody has in the organisation concerned, their duties in the network, and what they have
//! to do with what it is about. A policy sees nothing else, so equal facts have equal answers, and each
//! answer is worked out once. The kernel decides after that whether a command is in order; a right is
//! needed as well, and never enough.

mod act;
mod facts;
mod policy;

pub(crate) use act::Act;
use facts::Facts;
pub(crate) use facts::{About, Asking, takes_part};
pub(crate) use policy::FILES;

use consort_engine::Engine;

use crate::server::Failure;

/// Whether somebody may do something.
pub(crate) fn may(
    engine: &Engine,
    asking: Asking,
    act: Act,
    about: About<'_>,
) -> Result<bool, Failure> {
    Ok(policy::permits(
        act,
        Facts::gather(engine, asking, act, about)?,
    ))
}

/// Fails where somebody may not do something that they see.
pub(crate) fn check(
    engine: &Engine,
    asking: Asking,
    act: Act,
    about: About<'_>,
) -> Result<(), Failure> {
    if may(engine, asking, act, about)? {
        Ok(())
    } else {
        Err(Failure::NoRight(act))
    }
}

/// Whether somebody states outcomes of their own.
pub(crate) fn states_outcomes(engine: &Engine, asking: Asking) -> Result<bool, Failure> {
    may(engine, asking, Act::FoundOrganisation, About::Network)
}

/// Whether somebody brings agents in.
pub(crate) fn brings_agents(engine: &Engine, asking: Asking) -> Result<bool, Failure> {
    may(engine, asking, Act::ConnectAgent, About::Network)
}

/// Fails where somebody is not told what happens.
pub(crate) fn check_told(engine: &Engine, asking: Asking) -> Result<(), Failure> {
    check(engine, asking, Act::ReceiveEvents, About::Network)
}
