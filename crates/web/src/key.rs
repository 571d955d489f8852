//! The key under which a request is repeated, and the version of a thing that it rests on: of programs
//! in headers, of pages in their forms.
//!
//! The same key has one effect and the same answer. What rests on a version is carried out only where
//! nothing happened since, which is decided where the command is: of two who saw the same, one comes
//! through.

use consort_engine::{Engine, Receipt};
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, ContributorId};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use crate::server::Failure;

const DAY_MS: i64 = 24 * 3_600_000;

/// What has been seen of a thing before it is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Nothing in particular: it is changed as it is.
    #[default]
    Whatever,
    /// One of these versions of whatever is changed; 0 stands for what no version has.
    Versions(Vec<u64>),
    /// This version of this one thing.
    Of(StreamId, u64),
}

impl Seen {
    /// The version that a command on a stream rests on.
    fn expected(&self, engine: &Engine, target: StreamId) -> Result<Option<u64>, Failure> {
        Ok(match self {
            Self::Of(stream, version) if *stream == target => Some(*version),
            Self::Whatever | Self::Of(..) => None,
            Self::Versions(versions) => match versions.as_slice() {
                [one] => Some(*one),
                several => {
                    let present = engine.versioned(target)?.map(|(_, version)| version);
                    let seen = several.iter().find(|it| Some(**it) == present);
                    seen.or(several.first()).copied()
                }
            },
        })
    }
}

/// The key under which a request is repeated, and what it rests on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Key {
    key: Option<String>,
    seen: Seen,
}

impl Key {
    /// A key, where there is one, and what the request rests on.
    pub(crate) const fn new(key: Option<String>, seen: Seen) -> Self {
        Self { key, seen }
    }

    /// Whether it rests on nothing that was seen.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.seen == Seen::Whatever
    }

    /// The key itself, where there is one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The versions that it rests on, by their numbers; none where it rests on nothing that was seen.
    pub(crate) fn versions(&self) -> Vec<u64> {
        match &self.seen {
            Seen::Whatever => Vec::new(),
            Seen::Versions(versions) => versions.clone(),
            Seen::Of(_, version) => vec![*version],
        }
    }

    /// Whether there is one.
    pub(crate) const fn is_there(&self) -> bool {
        self.key.is_some()
    }

    /// The same key for what comes after the first command, which has changed what was seen.
    pub(crate) fn further(&self) -> Self {
        Self {
            key: self.key.clone(),
            seen: Seen::Whatever,
        }
    }

    /// The command of somebody's that this key stands for.
    pub(crate) fn command(
        &self,
        engine: &Engine,
        principal: Principal,
        body: Body,
    ) -> Result<Command, Failure> {
        let expected = self.seen.expected(engine, body.target())?;
        let command = engine.command(principal, body)?;
        let id = self.id(engine, principal)?.unwrap_or(command.id);
        Ok(Command {
            expected,
            id,
            ..command
        })
    }

    /// The identifier of the command: a UUID of version 7 is one by itself, and remembered for as long
    /// as answers are kept. Any other key stands for one of the day on which it first came, and is
    /// remembered for a day at least.
    pub(crate) fn id(
        &self,
        engine: &Engine,
        principal: Principal,
    ) -> Result<Option<CommandId>, Failure> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        if let Some(id) = uuid_v7(key).or_else(|| key.parse().ok()) {
            return Ok(Some(id));
        }
        let now = engine.now().as_millis();
        let today = now - now.rem_euclid(DAY_MS);
        let [yesterday, today] =
            [today - DAY_MS, today].map(|day| of_day(key, principal, Timestamp::from_millis(day)));
        let was_used = engine.receipt(principal, yesterday)?.is_some();
        Ok(Some(if was_used { yesterday } else { today }))
    }

    /// An identifier of somebody's own that the key stands for, of what is no command; a new one, where
    /// there is no key.
    pub(crate) fn own_id(&self, engine: &Engine, who: ContributorId) -> Result<CommandId, Failure> {
        let principal = Principal::Contributor(who);
        Ok(match self.id(engine, principal)? {
            Some(id) => of_bits(&format!("{principal} {id}"), id.time()),
            None => CommandId::new(engine.now(), engine.random()?),
        })
    }

    /// The key of one part of a request that is carried out in several.
    pub(crate) fn part(&self, number: usize) -> Self {
        let key = self.key.as_ref().map(|key| {
            let part = format!("{key} part {number}");
            match uuid_v7(key) {
                Some(id) => of_bits(&part, id.time()).to_string(),
                None => part,
            }
        });
        Self {
            key,
            seen: self.seen.clone(),
        }
    }

    /// What the request did when it came before.
    pub(crate) fn receipt(
        &self,
        engine: &Engine,
        principal: Principal,
    ) -> Result<Option<Receipt>, Failure> {
        Ok(match self.id(engine, principal)? {
            Some(id) => engine.receipt(principal, id)?,
            None => None,
        })
    }
}

impl Key {
    /// Carries several commands of one request out, in their order: the last under the key itself, so
    /// that its receipt says that all of it was done, and those before it under parts of it. The first
    /// rests on what was seen.
    pub(crate) fn send_all(
        &self,
        engine: &Engine,
        principal: Principal,
        bodies: Vec<Body>,
    ) -> Result<(), Failure> {
        let last = bodies.len().saturating_sub(1);
        // Where the request was cut off after its first part, that part moved the version itself.
        let mut rests = last == 0 || self.part(0).receipt(engine, principal)?.is_none();
        for (number, body) in bodies.into_iter().enumerate() {
            let key = if number == last {
                self.clone()
            } else {
                self.part(number)
            };
            let key = if rests { key } else { key.further() };
            engine.send(key.command(engine, principal, body)?)?;
            rests = false;
        }
        Ok(())
    }
}

/// A UUID of version 7 (RFC 9562) as it is usually written.
fn uuid_v7(text: &str) -> Option<CommandId> {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths != [8, 4, 4, 4, 12] || !groups[2].starts_with('7') {
        return None;
    }
    let bits = u128::from_str_radix(&groups.concat(), 16).ok()?;
    Some(CommandId::from_bits(bits))
}

fn of_day(key: &str, principal: Principal, day: Timestamp) -> CommandId {
    of_bits(&format!("{principal} {key}"), day)
}

/// An identifier of this moment that a text stands for.
fn of_bits(text: &str, at: Timestamp) -> CommandId {
    let digest = Digest::of(text.as_bytes());
    let bits: [u8; 16] = digest.as_bytes()[..16]
        .try_into()
        .expect("a digest has more than sixteen bytes");
    CommandId::new(at, u128::from_be_bytes(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_of_version_7_is_an_identifier_and_nothing_else_is() {
        let id = uuid_v7("019a9f2e-7c00-7abc-8def-0123456789ab").unwrap();
        assert_eq!(id.bits(), 0x019a_9f2e_7c00_7abc_8def_0123_4567_89ab);
        for other in [
            "",
            "0",
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "019a9f2e7c007abc8def0123456789ab",
            "019a9f2e-7c00-7abc-8def-0123456789ag",
            "019a9f2e-7c00-7abc-8def-0123456789ab-",
        ] {
            assert_eq!(uuid_v7(other), None, "{other}");
        }
    }

    #[test]
    fn any_key_stands_for_one_command_of_somebodys_on_a_day() {
        let [ada, ben] = [1, 2].map(|it| Principal::Contributor(ContributorId::from_bits(it)));
        let day = Timestamp::from_millis(20_000 * DAY_MS);
        let id = of_day("k", ada, day);
        assert_eq!(id, of_day("k", ada, day));
        assert_eq!(id.time(), day);
        for other in [
            of_day("l", ada, day),
            of_day("k", ben, day),
            of_day("k", ada, day.plus_millis(DAY_MS)),
        ] {
            assert_ne!(id, other);
        }
    }
}
