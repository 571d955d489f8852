//! Passkeys (Web Authentication, level 3): adding one, coming in by one, and showing by one that it is
//! still the same person.
//!
//! Browsers let a passkey be used at the address that it was made for alone, over TLS or on this machine.
//! Each ceremony is begun here, answered once and within a few minutes, by whoever began it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use consort_engine::access::{Access, Credential, CredentialKind, Kept};
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse, Url, Uuid,
    WebauthnBuilder, WebauthnError,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use crate::server::Failure;

/// How long an answer is waited for.
const CEREMONY_MS: i64 = 5 * 60_000;
/// How many of them one server keeps at a time: anybody can begin one; the oldest have to be begun again.
const CEREMONIES_MAX: usize = 10_000;
/// What the network is called on the devices that keep passkeys.
const NAME: &str = "Consort";

/// What was begun and waits for its answer, at any server.
#[derive(Serialize, Deserialize)]
enum Begun {
    /// Somebody adds a passkey, in this session.
    Adding(Digest, Box<PasskeyRegistration>),
    /// Somebody shows one.
    Showing(Box<DiscoverableAuthentication>),
}

/// The passkeys of one address.
pub(crate) struct Passkeys {
    webauthn: Webauthn,
    access: Access,
    /// Those that were begun here, the oldest first, and until when each counts.
    begun: Mutex<VecDeque<(Kept, Timestamp)>>,
}

/// A challenge, for the browser.
#[derive(Serialize)]
pub(crate) struct Challenge<T> {
    /// By which the answer names it.
    ceremony: String,
    /// What the browser is given.
    options: T,
}

/// The answer of a browser.
#[derive(Deserialize)]
pub(crate) struct Answer<T> {
    ceremony: String,
    credential: T,
}

/// The answer that adds a passkey.
pub(crate) type Added = Answer<RegisterPublicKeyCredential>;
/// The answer that shows one.
pub(crate) type Shown = Answer<PublicKeyCredential>;

impl Passkeys {
    /// Those of an address; none where browsers keep none.
    pub(in crate::server) fn at(address: &str, access: Access) -> Option<Self> {
        let origin = Url::parse(address).ok()?;
        let host = origin.domain()?.to_owned();
        let is_here = host == "localhost";
        if origin.scheme() != "https" && !is_here {
            return None;
        }
        let built = WebauthnBuilder::new(&host, &origin)
            .map(|it| it.rp_name(NAME).allow_any_port(is_here))
            .and_then(WebauthnBuilder::build);
        Some(Self {
            webauthn: built.ok()?,
            access,
            begun: Mutex::default(),
        })
    }

    /// Begins to add a passkey of somebody's; those that they have are not added again.
    pub(crate) fn begin_adding(
        &self,
        (who, name, session): (ContributorId, &str, Digest),
        known: &[Credential],
        (number, now): (u128, Timestamp),
    ) -> Result<Challenge<CreationChallengeResponse>, Failure> {
        let theirs = known.iter().filter_map(passkey);
        let (mut options, begun) = self
            .webauthn
            .start_passkey_registration(
                Uuid::from_u128(who.bits()),
                name,
                name,
                Some(theirs.map(|it| it.cred_id().clone()).collect()),
            )
            .map_err(|error| broken(&error))?;
        // Whoever comes in names nobody: the device has to know whose passkey it is.
        if let Some(selection) = &mut options.public_key.authenticator_selection {
            selection.resident_key = Some(ResidentKeyRequirement::Required);
            selection.require_resident_key = true;
        }
        let ceremony = self.remember((number, now), &Begun::Adding(session, Box::new(begun)))?;
        Ok(Challenge { ceremony, options })
    }

    /// The passkey that was added.
    pub(crate) fn add(
        &self,
        (who, session, label): (ContributorId, Digest, &str),
        answer: &Added,
        now: Timestamp,
    ) -> Result<Credential, Failure> {
        let begun = match self.take(&answer.ceremony, now)? {
            Begun::Adding(by, begun) if by == session => begun,
            Begun::Adding(..) | Begun::Showing(_) => return Err(over()),
        };
        let passkey = self
            .webauthn
            .finish_passkey_registration(&answer.credential, &begun)
            .map_err(|error| refused(&error))?;
        Ok(Credential {
            kind: CredentialKind::Passkey,
            name: name_of(passkey.cred_id().as_ref()),
            contributor: who,
            label: label.to_owned(),
            data: serde_json::to_string(&passkey).map_err(|_| Failure::Broken)?,
            created: now,
            used: now,
        })
    }

    /// Asks for any passkey of this address.
    pub(crate) fn begin_showing(
        &self,
        (number, now): (u128, Timestamp),
    ) -> Result<Challenge<RequestChallengeResponse>, Failure> {
        let (mut options, begun) = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(|error| broken(&error))?;
        // It is asked for by a button, not offered in a field.
        options.mediation = None;
        let ceremony = self.remember((number, now), &Begun::Showing(Box::new(begun)))?;
        Ok(Challenge { ceremony, options })
    }

    /// What a shown passkey is found by.
    pub(crate) fn name_shown(&self, answer: &Shown) -> Result<String, Failure> {
        let found = self
            .webauthn
            .identify_discoverable_authentication(&answer.credential);
        found
            .map(|(_, credential)| name_of(credential))
            .map_err(|error| refused(&error))
    }

    /// Checks a shown passkey against what is kept of it; gives what is kept from now on.
    pub(crate) fn check(
        &self,
        answer: &Shown,
        kept: &Credential,
        now: Timestamp,
    ) -> Result<String, Failure> {
        let Begun::Showing(begun) = self.take(&answer.ceremony, now)? else {
            return Err(over());
        };
        let mut passkey = passkey(kept).ok_or(Failure::Broken)?;
        let found = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer.credential, *begun, &passkey)
            .map_err(|error| refused(&error))?;
        passkey.update_credential(&found);
        serde_json::to_string(&passkey).map_err(|_| Failure::Broken)
    }

    fn remember(&self, (number, now): (u128, Timestamp), begun: &Begun) -> Result<String, Failure> {
        let until = now.plus_millis(CEREMONY_MS);
        let number = format!("{number:032x}");
        if let Some(oldest) = self.make_room(ceremony(&number), (now, until)) {
            self.access.take(oldest, now)?;
        }
        let content = serde_json::to_vec(begun).map_err(|_| Failure::Broken)?;
        self.access.keep(ceremony(&number), &content, until)?;
        Ok(number)
    }

    /// Notes one more; gives the oldest, where there is no room for both.
    fn make_room(&self, new: Kept, (now, until): (Timestamp, Timestamp)) -> Option<Kept> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        while begun.front().is_some_and(|(_, until)| *until <= now) {
            begun.pop_front();
        }
        begun.push_back((new, until));
        let is_over = begun.len() > CEREMONIES_MAX;
        is_over.then(|| begun.pop_front()).flatten().map(|it| it.0)
    }

    /// What was begun; it is answered once.
    fn take(&self, number: &str, now: Timestamp) -> Result<Begun, Failure> {
        let found = self.access.take(ceremony(number), now)?.ok_or_else(over)?;
        serde_json::from_slice(&found).map_err(|_| over())
    }
}

/// The name of a ceremony with this number.
fn ceremony(number: &str) -> Kept {
    Kept::of("ceremony", &[number])
}

/// A passkey as it is kept.
fn passkey(kept: &Credential) -> Option<Passkey> {
    if kept.kind != CredentialKind::Passkey {
        return None;
    }
    serde_json::from_str(&kept.data).ok()
}

/// What a passkey is found by: the digest of its identifier, which devices make as long as they like.
fn name_of(credential: &[u8]) -> String {
    Digest::of(credential).to_string()
}

fn over() -> Failure {
    Failure::Misused("this took too long, or was answered already; try again".to_owned())
}

fn refused(error: &WebauthnError) -> Failure {
    Failure::Misused(format!("the passkey does not fit: {error}"))
}

fn broken(error: &WebauthnError) -> Failure {
    eprintln!("consort: passkeys: {error}");
    Failure::Broken
}

#[cfg(test)]
mod tests {
    use consort_testkit::memory_store;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn access() -> Access {
        Access::new(memory_store())
    }

    fn passkeys() -> Passkeys {
        Passkeys::at("http://localhost:7070", access()).unwrap()
    }

    #[test]
    fn passkeys_are_kept_over_tls_and_on_this_machine_alone() {
        for (address, works) in [
            ("http://localhost:7070", true),
            ("https://consort.example", true),
            ("https://consort.example:8443", true),
            ("http://consort.example", false),
            ("http://192.168.0.4:7070", false),
            ("https://192.168.0.4", false),
            ("nothing", false),
        ] {
            let passkeys = Passkeys::at(address, access());
            assert_eq!(passkeys.is_some(), works, "{address}");
        }
    }

    #[test]
    fn a_ceremony_is_answered_once_and_in_time() {
        let passkeys = passkeys();
        let begun = passkeys.begin_showing((7, at(0))).unwrap();
        assert!(passkeys.take(&begun.ceremony, at(1)).is_ok());
        assert!(passkeys.take(&begun.ceremony, at(1)).is_err());
        let late = passkeys.begin_showing((8, at(0))).unwrap();
        assert!(passkeys.take(&late.ceremony, at(CEREMONY_MS)).is_err());
        for wrong in ["", "x", "ffffffffffffffffffffffffffffffffff"] {
            assert!(passkeys.take(wrong, at(0)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_ceremony_that_one_server_began_is_answered_at_another() {
        let access = access();
        let at_one =
            |access: &Access| Passkeys::at("http://localhost:7070", access.clone()).unwrap();
        let (one, other) = (at_one(&access), at_one(&access));
        let begun = one.begin_showing((7, at(0))).unwrap();
        assert!(matches!(
            other.take(&begun.ceremony, at(1)),
            Ok(Begun::Showing(_))
        ));
        assert!(one.take(&begun.ceremony, at(1)).is_err(), "it was answered");
    }

    #[test]
    fn the_oldest_ceremony_gives_way_where_there_are_too_many() {
        let passkeys = passkeys();
        let first = passkeys.begin_showing((1, at(0))).unwrap();
        let second = passkeys.begin_showing((2, at(0))).unwrap();
        for number in 2..CEREMONIES_MAX {
            let new = ceremony(&number.to_string());
            assert_eq!(passkeys.make_room(new, (at(0), at(10))), None);
        }
        passkeys.begin_showing((3, at(1))).unwrap();
        assert!(passkeys.take(&first.ceremony, at(1)).is_err());
        assert!(passkeys.take(&second.ceremony, at(1)).is_ok());
    }

    #[test]
    fn a_passkey_can_be_found_by_the_device_that_has_it() {
        let passkeys = passkeys();
        let who = (ContributorId::from_bits(7), "Ada", Digest::of(b"session"));
        let begun = passkeys.begin_adding(who, &[], (7, at(0))).unwrap();
        let options = serde_json::to_value(&begun.options).unwrap();
        let selection = &options["publicKey"]["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required");
        assert_eq!(selection["userVerification"], "required");
    }
}
