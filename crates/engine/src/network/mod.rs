//! A network of one's own: founded with a person, an organisation and agents, or found again.
//!
//! Who is there already is found by name, so that coming back changes nothing.

mod payout;

pub use payout::{PayoutDetails, set_payout};

use std::collections::BTreeMap;

use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::contributor::{ContributorCommand, Nature, Profile};
use consort_kernel::id::{ContributorId, OrganisationId};
use consort_kernel::network::{NetworkCommand, Policy};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_store::StateQuery;

use crate::{Engine, EngineError};

/// How many contributors, or organisations, are read at a time.
const PAGE: usize = 1_000;

/// Somebody to be in the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// The name.
    pub name: String,
    /// Person or agent.
    pub nature: Nature,
    /// Levels by capability.
    pub capabilities: BTreeMap<String, u8>,
    /// How they work.
    pub profile: Profile,
}

/// Founds the network, if it is not founded; its first steward has this identifier.
pub fn found(engine: &Engine, policy: Policy, steward: ContributorId) -> Result<(), EngineError> {
    let id = engine.network();
    if engine.state(StreamId::Network(id))?.is_some() {
        return Ok(());
    }
    let found = NetworkCommand::Found {
        policy: Box::new(policy),
        steward,
    };
    match engine.execute(Principal::Contributor(steward), Body::Network(id, found)) {
        // Another server was first.
        Err(error) if matches!(error.rejection(), Some(Rejection::Exists(_))) => Ok(()),
        answer => answer.map(|_| ()),
    }
}

/// Everybody by name; of two with one name, the one who came first.
pub fn contributors(engine: &Engine) -> Result<BTreeMap<String, ContributorId>, EngineError> {
    let mut named = BTreeMap::new();
    for state in engine.all("contributor")? {
        if let State::Contributor(contributor) = state
            && let Some(name) = engine.name_of(contributor.id)?
        {
            named.entry(name).or_insert(contributor.id);
        }
    }
    Ok(named)
}

/// Adds somebody under this identifier.
pub fn add(engine: &Engine, id: ContributorId, newcomer: &Newcomer) -> Result<(), EngineError> {
    let name = engine.personal("name", &newcomer.name)?;
    let command = ContributorCommand::Add {
        capabilities: newcomer.capabilities.clone(),
        name: name.commitment(),
        nature: newcomer.nature.clone(),
        profile: newcomer.profile.clone(),
    };
    let by = match &newcomer.nature {
        Nature::Agent { operator, .. } => *operator,
        Nature::Person => id,
    };
    let command = engine.command(Principal::Contributor(by), Body::Contributor(id, command))?;
    engine
        .send(Command {
            personal: vec![name],
            ..command
        })
        .map(|_| ())
}

/// The organisation of this person's, founded if there is none.
pub fn organisation(
    engine: &Engine,
    owner: ContributorId,
    name: &str,
) -> Result<OrganisationId, EngineError> {
    for state in engine.all("organisation")? {
        if let State::Organisation(organisation) = state
            && organisation.owner == owner
        {
            return Ok(organisation.id);
        }
    }
    let id = OrganisationId::new(engine.now(), engine.random()?);
    let name = engine.personal("name", name)?;
    let found = OrganisationCommand::Found {
        name: name.commitment(),
        owner,
    };
    let command = engine.command(Principal::Contributor(owner), Body::Organisation(id, found))?;
    engine.send(Command {
        personal: vec![name],
        ..command
    })?;
    Ok(id)
}

impl Engine {
    /// All states of a kind, in the order of their identifiers.
    pub fn all(&self, kind: &'static str) -> Result<Vec<State>, EngineError> {
        let mut states = Vec::new();
        let mut after = None;
        loop {
            let query = StateQuery {
                kind: Some(kind),
                after,
                limit: PAGE,
                ..StateQuery::default()
            };
            let rows = self.store().states(&query)?;
            let Some(last) = rows.last() else {
                return Ok(states);
            };
            after = Some(last.stream);
            for row in &rows {
                let state = serde_json::from_str(&row.body).map_err(|error| {
                    consort_store::StoreError::Damaged(format!("{}: {error}", row.stream))
                })?;
                states.push(state);
            }
        }
    }
}
