//! Who is let in: links that are used once, sessions in browsers, tokens of programs.
//!
//! A secret has 256 random bits and is shown once; only its SHA-256 is kept, which suffices because
//! nobody can try so many. Nothing here says what somebody may do: that is decided where it is done.

use std::sync::Arc;

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use consort_store::Passes;
pub use consort_store::{Pass, PassKind};

use crate::EngineError;
use crate::host::random;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How long a session lasts at the most.
const SESSION_MS: i64 = 12 * HOUR_MS;
/// How long a session lasts while nobody uses it.
const IDLE_MS: i64 = 30 * MINUTE_MS;
/// How far apart the uses of a session are noted: a page asks for several things at once.
const NOTED_EVERY_MS: i64 = MINUTE_MS;
/// The digits of a secret.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// What a token begins with, so that one that was published by mistake is found by whoever scans for them.
const TOKEN_PREFIX: &str = "consort_";
/// How many digits a secret has: enough for 256 bits.
const SECRET_DIGITS: usize = 52;
/// The digits that tell a mistyped secret from a wrong one.
const CHECK_DIGITS: usize = 4;

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
}

/// Lets people and programs in.
#[derive(Clone)]
pub struct Access {
    passes: Arc<dyn Passes>,
}

impl Access {
    /// Over what is kept.
    pub fn new(passes: Arc<dyn Passes>) -> Self {
        Self { passes }
    }

    /// Makes a link for somebody, which is used once and before this moment; gives its secret.
    pub fn link(
        &self,
        contributor: ContributorId,
        label: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<String, EngineError> {
        self.give(PassKind::Link, contributor, label, (now, until))
    }

    /// Makes a token for a program that works as somebody; gives its secret.
    pub fn token(
        &self,
        contributor: ContributorId,
        label: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<String, EngineError> {
        self.give(PassKind::Token, contributor, label, (now, until))
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
        if !self.passes.end_pass(found.secret)? {
            return Ok(None);
        }
        let until = now.plus_millis(SESSION_MS);
        let who = found.contributor;
        let secret = self.give(PassKind::Session, who, "a browser", (now, until))?;
        let entered = Entered {
            contributor: who,
            secret: digest(&secret),
            since: now,
            is_first: true,
        };
        Ok(Some((secret, entered)))
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
        let pass = self.passes.known_pass(digest(secret))?;
        let is_let_in = pass.kind == kind && is_open(&pass, now) && !is_due(&pass, now);
        is_let_in.then(|| entered(&pass))
    }

    /// Whether what somebody came in by still lets them in; this notes no use.
    pub fn is_open(&self, secret: Digest, now: Timestamp) -> Result<bool, EngineError> {
        let found = self.passes.pass(secret)?;
        Ok(found.is_some_and(|pass| is_open(&pass, now)))
    }

    /// Ends a session or a token.
    pub fn end(&self, secret: Digest) -> Result<bool, EngineError> {
        Ok(self.passes.end_pass(secret)?)
    }

    /// Everything that lets somebody in as this contributor.
    pub fn of(&self, contributor: ContributorId) -> Result<Vec<Pass>, EngineError> {
        Ok(self.passes.passes_of(contributor)?)
    }

    /// Forgets what is over.
    pub fn tidy(&self, now: Timestamp) -> Result<usize, EngineError> {
        Ok(self.passes.forget_passes(now)?)
    }

    fn give(
        &self,
        kind: PassKind,
        contributor: ContributorId,
        label: &str,
        (created, expires): (Timestamp, Timestamp),
    ) -> Result<String, EngineError> {
        let secret = format!("{}{}", prefix(kind), fresh_secret()?);
        self.passes.put_pass(&Pass {
            secret: digest(&secret),
            kind,
            contributor,
            label: label.to_owned(),
            created,
            used: created,
            expires: expires.max(created),
        })?;
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
        let found = self.passes.pass(digest(secret))?;
        let Some(pass) = found.filter(|pass| pass.kind == kind && is_open(pass, now)) else {
            return Ok(None);
        };
        if kind != PassKind::Link && is_due(&pass, now) {
            self.passes.use_pass(pass.secret, now)?;
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
    now < pass.expires && !is_idle
}

const fn prefix(kind: PassKind) -> &'static str {
    match kind {
        PassKind::Link | PassKind::Session => "",
        PassKind::Token => TOKEN_PREFIX,
    }
}

fn digest(secret: &str) -> Digest {
    Digest::of(secret.as_bytes())
}

/// 260 random bits as digits, with check digits after them.
fn fresh_secret() -> Result<String, EngineError> {
    let mut text = String::with_capacity(SECRET_DIGITS + CHECK_DIGITS);
    while text.len() < SECRET_DIGITS {
        let mut bits = random()?;
        // 25 digits of five bits fit into 128.
        for _ in 0..25.min(SECRET_DIGITS - text.len()) {
            text.push(char::from(ALPHABET[(bits & 31) as usize]));
            bits >>= 5;
        }
    }
    let check = check_digits(&text);
    text.push_str(&check);
    Ok(text)
}

fn check_digits(text: &str) -> String {
    Digest::of(text.as_bytes()).as_bytes()[..CHECK_DIGITS]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

/// Whether a text has the form of a secret, and its check digits.
fn is_well_formed(text: &str) -> bool {
    text.len() == SECRET_DIGITS + CHECK_DIGITS
        && text.bytes().all(|byte| ALPHABET.contains(&byte))
        && check_digits(&text[..SECRET_DIGITS]) == text[SECRET_DIGITS..]
}

#[cfg(test)]
mod tests {
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
        for wrong in ["", "x", &link[1..], &format!("{}0", &link[..55]), "ü"] {
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
