//! Who is let in: links that are used once, sessions in browsers, tokens of programs; and by what people
//! show that it is they.
//!
//! A secret has 256 random bits and is shown once; only its SHA-256 is kept, which suffices because
//! nobody can try so many. Nothing here says what somebody may do: that is decided where it is done.

mod credential;
mod invitation;
mod remark;
mod secret;
mod transient;
mod view;

use std::sync::Arc;

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::rejection::Rejection;
use consort_kernel::time::Timestamp;
pub use consort_store::{Credential, CredentialKind, Pass, PassKind, Remark, VIEWS_MAX, View};
use consort_store::{
    Credentials, Notices, Passes, Remarks, StoreError, Transients, Views, Webhooks,
};
pub use invitation::Invitation;
pub use transient::Kept;

use crate::EngineError;
use crate::lane::LaneError;
use secret::{digest, fresh_secret, is_well_formed, prefix};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How long a session lasts at the most.
const SESSION_MS: i64 = 12 * HOUR_MS;
/// How long a session lasts while nobody uses it.
const IDLE_MS: i64 = 30 * MINUTE_MS;
/// How long it counts that somebody showed that it is they.
const FRESH_MS: i64 = 5 * MINUTE_MS;
/// How long it is kept what came of an invitation.
const KEPT_MS: i64 = 30 * 24 * HOUR_MS;
/// How far apart the uses of a session are noted: a page asks for several things at once.
const NOTED_EVERY_MS: i64 = MINUTE_MS;

/// What came of keeping something of which there may be so many.
fn bounded<T>(
    kept: Result<T, StoreError>,
    what: &'static str,
    limit: usize,
) -> Result<T, EngineError> {
    kept.map_err(|error| match error {
        StoreError::Refused(_) => {
            LaneError::Rejected(Rejection::LimitReached { what, limit }).into()
        }
        error => error.into(),
    })
}

/// Who came in, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Who.
    pub contributor: ContributorId,
    /// The digest of the secret, by which it is ended.
    pub secret: Digest,
    /// When they came in.
    pub since: Timestamp,
    /// Whether the secret was never used before.
    pub is_first: bool,
    /// Where they are led, where the link said so.
    pub leads_to: Option<String>,
    /// When they last showed by a credential that it is they.
    pub proved: Option<Timestamp>,
}

impl Entered {
    /// Whether they showed so lately that it is they that it counts for a signature.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let since = self.proved.map(|proved| now.millis_since(proved));
        since.is_some_and(|since| (0..FRESH_MS).contains(&since))
    }
}

/// Keeps what lets people and programs in, and what else is theirs and stands in no event.
pub trait Doors: Passes + Credentials + Webhooks + Notices + Transients + Views + Remarks {}

impl<T: Passes + Credentials + Webhooks + Notices + Transients + Views + Remarks> Doors for T {}

/// Lets people and programs in.
#[derive(Clone)]
pub struct Access {
    doors: Arc<dyn Doors>,
}

impl Access {
    /// Over what is kept.
    pub fn new(doors: Arc<dyn Doors>) -> Self {
        Self { doors }
    }

    /// Where programs are told what happens, as it is kept beside what lets them in.
    pub fn webhooks(&self) -> Arc<dyn Webhooks> {
        self.doors.clone()
    }

    /// What people are told by mail and chat, as it is kept beside what lets them in.
    pub fn notices(&self) -> Arc<dyn Notices> {
        self.doors.clone()
    }

    /// Makes a link for somebody, which is used once and before this moment; gives its secret.
    pub fn link(
        &self,
        contributor: ContributorId,
        label: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<String, EngineError> {
        self.link_to(contributor, label, (now, until), None)
    }

    /// Makes a link that leads whoever comes in by it to an address on this server.
    pub fn link_to(
        &self,
        contributor: ContributorId,
        label: &str,
        between: (Timestamp, Timestamp),
        leads_to: Option<&str>,
    ) -> Result<String, EngineError> {
        self.give(PassKind::Link, contributor, label, between, |pass| {
            pass.leads_to = leads_to.map(str::to_owned);
        })
    }

    /// Makes a token for a program that works as somebody; gives its secret.
    pub fn token(
        &self,
        contributor: ContributorId,
        label: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<String, EngineError> {
        self.give(PassKind::Token, contributor, label, (now, until), |_| ())
    }

    /// Whom a link would let in, without using it.
    pub fn behind(&self, link: &str, now: Timestamp) -> Result<Option<Entered>, EngineError> {
        self.found(link, PassKind::Link, now)
    }

    /// Uses a link up and begins a session; gives its secret and who came in. Of several who use one
    /// link at a time, one comes in.
    pub fn enter(
        &self,
        link: &str,
        now: Timestamp,
    ) -> Result<Option<(String, Entered)>, EngineError> {
        let Some(found) = self.found(link, PassKind::Link, now)? else {
            return Ok(None);
        };
        let pass = self.doors.pass(found.secret)?;
        if !self.doors.end_pass(found.secret)? {
            return Ok(None);
        }
        if let Some(pass) = pass.filter(invitation::is_one) {
            self.doors.put_pass(&invitation::used(pass, now))?;
        }
        let (secret, mut entered) = self.session_for(found.contributor, "by a link", now, None)?;
        entered.leads_to = found.leads_to;
        Ok(Some((secret, entered)))
    }

    /// Begins a session of somebody who came in by a credential; gives its secret. What was shown may
    /// count for a signature from the moment on that it was shown.
    pub fn welcome(
        &self,
        who: ContributorId,
        by: &str,
        now: Timestamp,
        proved: Option<Timestamp>,
    ) -> Result<(String, Entered), EngineError> {
        self.session_for(who, by, now, proved)
    }

    /// Notes that whoever has a session showed by a credential that it is they.
    pub fn prove(&self, secret: Digest, now: Timestamp) -> Result<bool, EngineError> {
        Ok(self.doors.prove_pass(secret, now)?)
    }

    fn session_for(
        &self,
        who: ContributorId,
        by: &str,
        now: Timestamp,
        proved: Option<Timestamp>,
    ) -> Result<(String, Entered), EngineError> {
        let between = (now, now.plus_millis(SESSION_MS));
        let secret = self.give(PassKind::Session, who, by, between, |pass| {
            pass.proved = proved;
        })?;
        let entered = Entered {
            contributor: who,
            secret: digest(&secret),
            since: now,
            is_first: true,
            leads_to: None,
            proved,
        };
        Ok((secret, entered))
    }

    /// Whose session this is; nothing once it is over. The use is noted.
    pub fn session(&self, secret: &str, now: Timestamp) -> Result<Option<Entered>, EngineError> {
        self.found(secret, PassKind::Session, now)
    }

    /// Whose token this is; nothing once it is over. The use is noted.
    pub fn program(&self, secret: &str, now: Timestamp) -> Result<Option<Entered>, EngineError> {
        self.found(secret, PassKind::Token, now)
    }

    /// Who comes in by a session or a token, where that is known without waiting for a disk and no use
    /// is to be noted; who else comes in is asked of [`Access::session`] and [`Access::program`].
    pub fn at_once(&self, secret: &str, kind: PassKind, now: Timestamp) -> Option<Entered> {
        if kind == PassKind::Link || !may_be(secret, kind) {
            return None;
        }
        let pass = self.doors.known_pass(digest(secret))?;
        let is_let_in = pass.kind == kind && is_open(&pass, now) && !is_due(&pass, now);
        is_let_in.then(|| entered(&pass))
    }

    /// Whether what somebody came in by still lets them in; this notes no use.
    pub fn is_open(&self, secret: Digest, now: Timestamp) -> Result<bool, EngineError> {
        let found = self.doors.pass(secret)?;
        Ok(found.is_some_and(|pass| is_open(&pass, now)))
    }

    /// Ends a session or a token.
    pub fn end(&self, secret: Digest) -> Result<bool, EngineError> {
        Ok(self.doors.end_pass(secret)?)
    }

    /// Everything that lets somebody in as this contributor.
    pub fn of(&self, contributor: ContributorId) -> Result<Vec<Pass>, EngineError> {
        Ok(self.doors.passes_of(contributor)?)
    }

    /// Everything with this label that lets somebody in.
    fn called(&self, label: &str) -> Result<Vec<Pass>, EngineError> {
        Ok(self.doors.passes_called(label)?)
    }

    /// Forgets what has been over for so long that nobody asks for it.
    pub fn tidy(&self, now: Timestamp) -> Result<usize, EngineError> {
        // Another server may be behind, and what it began be open there still.
        self.doors.forget_transients(now.plus_millis(-HOUR_MS))?;
        Ok(self.doors.forget_passes(now.plus_millis(-KEPT_MS))?)
    }

    fn give(
        &self,
        kind: PassKind,
        contributor: ContributorId,
        label: &str,
        (created, expires): (Timestamp, Timestamp),
        with: impl FnOnce(&mut Pass),
    ) -> Result<String, EngineError> {
        let secret = format!("{}{}", prefix(kind), fresh_secret()?);
        let mut pass = Pass {
            secret: digest(&secret),
            kind,
            contributor,
            label: label.to_owned(),
            created,
            used: created,
            expires: expires.max(created),
            leads_to: None,
            proved: None,
        };
        with(&mut pass);
        self.doors.put_pass(&pass)?;
        Ok(secret)
    }

    fn found(
        &self,
        secret: &str,
        kind: PassKind,
        now: Timestamp,
    ) -> Result<Option<Entered>, EngineError> {
        if !may_be(secret, kind) {
            return Ok(None);
        }
        let found = self.doors.pass(digest(secret))?;
        let Some(pass) = found.filter(|pass| pass.kind == kind && is_open(pass, now)) else {
            return Ok(None);
        };
        if kind != PassKind::Link && is_due(&pass, now) {
            self.doors.use_pass(pass.secret, now)?;
        }
        Ok(Some(entered(&pass)))
    }
}

fn entered(pass: &Pass) -> Entered {
    Entered {
        contributor: pass.contributor,
        secret: pass.secret,
        since: pass.created,
        is_first: is_first(pass),
        leads_to: pass.leads_to.clone(),
        proved: pass.proved,
    }
}

fn is_first(pass: &Pass) -> bool {
    pass.kind == PassKind::Token && pass.used <= pass.created
}

/// Whether a use has to be noted.
fn is_due(pass: &Pass, now: Timestamp) -> bool {
    is_first(pass) || now.millis_since(pass.used) >= NOTED_EVERY_MS
}

/// Whether a text can be a secret of this kind at all; what cannot is not looked up.
fn may_be(secret: &str, kind: PassKind) -> bool {
    let rest = secret.strip_prefix(prefix(kind));
    rest.is_some_and(is_well_formed)
}

/// Whether a pass still lets somebody in.
fn is_open(pass: &Pass, now: Timestamp) -> bool {
    let is_idle = pass.kind == PassKind::Session && now.millis_since(pass.used) >= IDLE_MS;
    let is_used_up = pass.kind == PassKind::Link && pass.used >= pass.expires;
    now < pass.expires && !is_idle && !is_used_up
}

#[cfg(test)]
mod tests {
    use super::secret::{CHECK_DIGITS, SECRET_DIGITS, TOKEN_PREFIX};
    use super::*;
    use consort_store::memory::MemoryStore;

    const ADA: ContributorId = ContributorId::from_bits(7);

    fn access() -> Access {
        Access::new(Arc::new(MemoryStore::new()))
    }

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_link_lets_its_person_in_once() {
        let access = access();
        let link = access.link(ADA, "an invitation", at(0), at(1_000)).unwrap();
        assert_eq!(
            access.behind(&link, at(1)).unwrap().unwrap().contributor,
            ADA
        );
        let (session, entered) = access.enter(&link, at(1)).unwrap().unwrap();
        assert_eq!(entered.contributor, ADA);
        let again = access.session(&session, at(2)).unwrap().unwrap();
        assert_eq!((again.secret, again.contributor), (entered.secret, ADA));
        assert_eq!(access.enter(&link, at(2)).unwrap(), None);
        assert_eq!(access.behind(&link, at(2)).unwrap(), None);
    }

    #[test]
    fn a_link_leads_where_it_says() {
        let access = access();
        let between = (at(0), at(1_000));
        let link = access
            .link_to(ADA, "x", between, Some("/tasks/tsk_1"))
            .unwrap();
        let (_, entered) = access.enter(&link, at(1)).unwrap().unwrap();
        assert_eq!(entered.leads_to.as_deref(), Some("/tasks/tsk_1"));
        assert!(!entered.is_fresh(at(1)), "a link shows nothing but itself");
    }

    #[test]
    fn what_was_shown_counts_for_a_while() {
        let access = access();
        let (session, entered) = access
            .welcome(ADA, "by a passkey", at(0), Some(at(0)))
            .unwrap();
        assert!(entered.is_fresh(at(FRESH_MS - 1)) && !entered.is_fresh(at(FRESH_MS)));
        assert!(
            !entered.is_fresh(at(-1)),
            "a clock that went back proves nothing"
        );
        assert!(access.prove(entered.secret, at(FRESH_MS)).unwrap());
        let later = access.session(&session, at(FRESH_MS)).unwrap().unwrap();
        assert!(later.is_fresh(at(FRESH_MS + 1)));
    }

    #[test]
    fn a_link_that_is_too_old_lets_nobody_in() {
        let access = access();
        let link = access.link(ADA, "an invitation", at(0), at(1_000)).unwrap();
        assert_eq!(access.enter(&link, at(1_000)).unwrap(), None);
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_after_its_time_and_when_it_is_ended() {
        let access = access();
        let begin = || {
            let link = access.link(ADA, "x", at(0), at(1_000)).unwrap();
            access.enter(&link, at(0)).unwrap().unwrap().0
        };
        let idle = begin();
        assert_eq!(access.session(&idle, at(IDLE_MS)).unwrap(), None);
        let used = begin();
        let mut now = 0;
        while now + IDLE_MS / 2 < SESSION_MS {
            now += IDLE_MS / 2;
            assert!(access.session(&used, at(now)).unwrap().is_some(), "{now}");
        }
        assert_eq!(access.session(&used, at(SESSION_MS)).unwrap(), None);
        let ended = begin();
        let secret = access.session(&ended, at(1)).unwrap().unwrap().secret;
        assert!(access.end(secret).unwrap());
        assert_eq!(access.session(&ended, at(2)).unwrap(), None);
    }

    #[test]
    fn nothing_lets_in_as_what_it_is_not() {
        let access = access();
        let link = access.link(ADA, "x", at(0), at(1_000)).unwrap();
        let token = access.token(ADA, "x", at(0), at(1_000)).unwrap();
        assert_eq!(access.session(&link, at(1)).unwrap(), None);
        assert_eq!(access.session(&token, at(1)).unwrap(), None);
        assert_eq!(access.enter(&token, at(1)).unwrap(), None);
        assert_eq!(
            access.program(&token, at(1)).unwrap().unwrap().contributor,
            ADA
        );
        let (rest, last) = link.split_at(link.len() - 1);
        let mistyped = format!("{rest}{}", if last == "0" { "1" } else { "0" });
        for wrong in ["", "x", &link[1..], &mistyped, "ü"] {
            assert_eq!(access.enter(wrong, at(1)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn no_secret_is_kept_and_none_is_like_another() {
        let access = access();
        let one = access.token(ADA, "x", at(0), at(1_000)).unwrap();
        let two = access.token(ADA, "x", at(0), at(1_000)).unwrap();
        assert_ne!(one, two);
        let digits = one.strip_prefix(TOKEN_PREFIX).unwrap();
        assert_eq!(digits.len(), SECRET_DIGITS + CHECK_DIGITS);
        let kept = format!("{:?}", access.of(ADA).unwrap());
        assert!(!kept.contains(&one) && !kept.contains(&two));
    }
}
