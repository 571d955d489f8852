//! Who is in the network, and what each of them is like.

use std::collections::BTreeMap;

use consort_kernel::contributor::{Hours, Profile};
use consort_kernel::id::{ContributorId, OrganisationId};
use consort_kernel::money::Fraction;
use consort_kernel::network::{Policy, ReviewRule};
use consort_kernel::task::DataClass;

use super::random::Random;
use crate::fixture::{self, Asked, START};

/// The capabilities of the network.
pub(super) const CAPABILITIES: [&str; 3] = [fixture::CAPABILITY, "research", "draft"];

const FAMILIES: [&str; 3] = ["built-in", "north", "south"];

/// How somebody behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// Does what is right, most of the time.
    Honest,
    /// Lets offers and leases run out.
    Slow,
    /// Hands in what fails its checks.
    Wrong,
    /// Accepts everything, its own work first.
    Colluding,
    /// Forgets what it holds.
    Crashing,
    /// Works under leases that are over.
    Stale,
}

/// A person or an agent of the run.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) id: ContributorId,
    pub(super) behaviour: Behaviour,
    /// An agent's family and operator.
    pub(super) agent: Option<(&'static str, ContributorId)>,
    pub(super) capabilities: BTreeMap<String, u8>,
    pub(super) profile: Profile,
}

/// Everybody.
#[derive(Debug, Clone)]
pub(super) struct Population {
    pub(super) members: Vec<Member>,
    /// How many of the members, from the first, are people.
    pub(super) people: usize,
    pub(super) organisations: Vec<(OrganisationId, ContributorId)>,
    pub(super) policy: Policy,
}

impl Population {
    pub(super) fn draw(random: &mut Random) -> Self {
        let people = 4 + random.below(5);
        let agents = 2 + random.below(6);
        let mut members: Vec<Member> = Vec::new();
        for place in 0..people + agents {
            let is_person = place < people;
            let operator = random.pick(&members[..place.min(people)]).map(|it| it.id);
            let family = FAMILIES[random.below(FAMILIES.len())];
            let agent = operator.filter(|_| !is_person).map(|id| (family, id));
            members.push(Member {
                id: ContributorId::new(START, random.bits()),
                behaviour: behaviour(random, place < 2),
                agent,
                capabilities: capabilities(random, place < 2),
                profile: profile(random, place < 2),
            });
        }
        let organisations = (0..=random.below(3))
            .map(|place| {
                (
                    OrganisationId::new(START, random.bits()),
                    members[place % people].id,
                )
            })
            .collect();
        Self {
            members,
            people,
            organisations,
            policy: policy(random, 1),
        }
    }

    pub(super) fn member(&self, id: ContributorId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    pub(super) fn anybody(&self, random: &mut Random) -> ContributorId {
        self.members[random.below(self.members.len())].id
    }

    pub(super) fn person(&self, random: &mut Random) -> ContributorId {
        self.members[random.below(self.people)].id
    }

    /// The first person looks after the network.
    pub(super) fn steward(&self) -> ContributorId {
        self.members[0].id
    }
}

impl Member {
    pub(super) fn added(&self) -> Asked {
        let capabilities = self.capabilities.clone();
        let profile = self.profile.clone();
        match self.agent {
            Some(agent) => fixture::add_agent(self.id, agent, capabilities, profile),
            None => fixture::add_person(self.id, capabilities, profile),
        }
    }
}

fn behaviour(random: &mut Random, is_steady: bool) -> Behaviour {
    if is_steady {
        return Behaviour::Honest;
    }
    match random.below(10) {
        0..=4 => Behaviour::Honest,
        5 => Behaviour::Slow,
        6 => Behaviour::Wrong,
        7 => Behaviour::Colluding,
        8 => Behaviour::Crashing,
        _ => Behaviour::Stale,
    }
}

pub(super) fn capabilities(random: &mut Random, has_all: bool) -> BTreeMap<String, u8> {
    let mut levels = BTreeMap::new();
    for capability in CAPABILITIES {
        if has_all || random.chance(75) {
            let level = u8::try_from(random.between(3, 8)).expect("a level is small");
            levels.insert(capability.to_owned(), level);
        }
    }
    levels
}

pub(super) fn profile(random: &mut Random, is_cleared: bool) -> Profile {
    let clearance = match random.below(6) {
        _ if is_cleared => DataClass::Restricted,
        0 => DataClass::Public,
        1 | 2 => DataClass::Internal,
        3 => DataClass::Confidential,
        _ => DataClass::Restricted,
    };
    Profile {
        clearance,
        concurrency: u16::try_from(random.between(1, 6)).expect("small"),
        hours: Hours {
            from: u8::try_from(random.below(24)).expect("an hour"),
            hours: u8::try_from(random.between(6, 24)).expect("hours"),
        },
        rate_permille: u16::try_from(random.between(400, 1_050)).expect("a rate"),
        ..Profile::default()
    }
}

pub(super) fn policy(random: &mut Random, version: u32) -> Policy {
    let share = |random: &mut Random| {
        if random.chance(40) {
            return Fraction::ZERO;
        }
        Fraction {
            denominator: 1_000,
            numerator: u32::try_from(random.between(1, 170)).expect("a share"),
        }
    };
    let default = Policy::default();
    let [_, medium, high, critical] = default.reviews;
    Policy {
        attempts_max: u8::try_from(random.between(1, 3)).expect("small"),
        fee: share(random),
        review_ms: u32::try_from(random.between(600_000, 20_000_000)).expect("hours"),
        reviews: [
            ReviewRule {
                in_advance: true,
                reviews: u8::from(random.chance(30)),
                separate_signer: false,
            },
            ReviewRule {
                in_advance: random.chance(80),
                ..medium
            },
            ReviewRule {
                separate_signer: random.chance(30),
                ..high
            },
            critical,
        ],
        tax: share(random),
        version,
        ..default
    }
}
