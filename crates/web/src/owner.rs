//! Whose an outcome is that somebody begins.

use consort_desk::begin::Owner;
use consort_engine::network;

use crate::part::People;
use crate::right::{self, About, Act, Asking};
use crate::server::{Failure, Web};

/// They themselves, for the organisation that is theirs: it is founded where there is none yet.
pub(crate) fn owner(web: &Web, asking: Asking) -> Result<Owner, Failure> {
    let engine = &web.engine;
    let desk = format!("{}'s desk", People::of(engine).name(asking.who)?);
    right::check(engine, asking, Act::FoundOrganisation, About::Network)?;
    let owner = Owner {
        person: asking.who,
        organisation: network::organisation(engine, asking.who, &desk)?,
    };
    let about = About::Organisation(owner.organisation);
    right::check(engine, asking, Act::StateOutcome, about)?;
    Ok(owner)
}
