//! Who is in the demo: the visitor, two colleagues, and the built-in agents.

use std::collections::BTreeMap;

use anyhow::Result;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::id::{ContributorId, OrganisationId};
use consort_kernel::task::DataClass;

use crate::place::Place;

/// How far everybody's capabilities reach.
const LEVEL: u8 = 6;
/// How many tasks a person of the demo has at a time.
const CONCURRENCY: u16 = 16;

/// The people of the demo.
pub(super) struct Cast {
    /// Who visits: the orchestrator, who answers for the outcomes.
    pub(super) visitor: ContributorId,
    /// Whose outcomes they are.
    pub(super) organisation: OrganisationId,
    /// Somebody who visits reference libraries.
    pub(super) tom: ContributorId,
    /// Somebody who quotes what suppliers promise.
    pub(super) priya: ContributorId,
}

/// Founds the network with its people.
pub(super) fn gather(place: &Place) -> Result<Cast> {
    let local = place.local("Maren Holt")?;
    let declare = ContributorCommand::Declare {
        capabilities: capabilities(&["decide", "judge", "compare-offers"]),
        profile: profile(DataClass::Restricted),
    };
    let visitor = local.person;
    place.engine.execute(
        Principal::Contributor(visitor),
        Body::Contributor(visitor, declare),
    )?;
    Ok(Cast {
        visitor,
        organisation: local.organisation,
        tom: person(place, "Tom Okafor", &["visit-references", "ask-branches"])?,
        priya: person(place, "Priya Nair", &["quote-promises", "ask-branches"])?,
    })
}

fn person(place: &Place, name: &str, capability: &[&str]) -> Result<ContributorId> {
    let id = ContributorId::new(place.engine.now(), place.engine.random()?);
    let newcomer = Newcomer {
        name: name.to_owned(),
        nature: Nature::Person,
        capabilities: capabilities(capability),
        profile: profile(DataClass::Internal),
    };
    network::add(&place.engine, id, &newcomer)?;
    Ok(id)
}

fn capabilities(names: &[&str]) -> BTreeMap<String, u8> {
    let levels = names.iter().map(|name| ((*name).to_owned(), LEVEL));
    levels.collect()
}

fn profile(clearance: DataClass) -> Profile {
    Profile {
        clearance,
        concurrency: CONCURRENCY,
        ..Profile::default()
    }
}
