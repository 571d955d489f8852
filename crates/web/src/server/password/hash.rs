//! What is kept of a password, and whether one fits.
//!
//! It is Argon2id with what OWASP advises. To check one takes memory and time on purpose, so a few are
//! checked at a time, of one name one, and others wait their turn in a short line.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

use super::wait::Waits;
use crate::server::{Failure, SetUp};

/// The shortest password, in letters: where it is all that somebody shows, NIST SP 800-63B-4 asks for so
/// many, and for no mixture of kinds.
pub(crate) const LETTERS_MIN: usize = 15;
/// The longest password, in letters.
pub(crate) const LETTERS_MAX: usize = 128;
/// How much memory a check takes, in kibibytes, and how often it is gone through (OWASP).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// How many are checked at a time.
const AT_ONCE: usize = 2;
/// How many may wait for their turn.
const LINE_MAX: usize = 32;
/// How long to wait where all are busy, in seconds.
const BUSY_SECONDS: i64 = 1;
/// What is checked where nobody has a password, so that it takes as long: no password fits it.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Checks passwords.
pub struct Passwords {
    argon: Argon2<'static>,
    waits: Mutex<Waits>,
    line: Arc<Semaphore>,
    running: Arc<Semaphore>,
    names: Arc<Mutex<HashSet<Digest>>>,
}

/// A turn to check a password; it is over when it is dropped.
pub(crate) struct Turn {
    name: Digest,
    names: Arc<Mutex<HashSet<Digest>>>,
    permits: Vec<OwnedSemaphorePermit>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.names).remove(&self.name);
        self.permits.clear();
    }
}

impl Passwords {
    /// Them, where they are wanted.
    pub fn new(is_wanted: bool) -> Result<Option<Self>, SetUp> {
        if !is_wanted {
            return Ok(None);
        }
        let params = Params::new(MEMORY_KIB, PASSES, 1, None);
        let params = params.map_err(|error| SetUp(error.to_string()))?;
        Ok(Some(Self {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            waits: Mutex::default(),
            line: Arc::new(Semaphore::new(LINE_MAX)),
            running: Arc::new(Semaphore::new(AT_ONCE)),
            names: Arc::default(),
        }))
    }

    /// Waits for a turn to check a password of this name, asked for from this address; whoever was wrong too
    /// often is refused for so many seconds, whether there is somebody of that name or not.
    pub(crate) async fn turn(
        &self,
        name: Digest,
        address: Digest,
        now: Timestamp,
    ) -> Result<Turn, i64> {
        let turn = self.line(name).await?;
        lock(&self.waits).charge(name, address, now)?;
        Ok(turn)
    }

    /// Waits for a turn to do what takes as much work as a check. Where the line is full, or something of
    /// this name is done already, it says for how many seconds to wait.
    pub(crate) async fn line(&self, name: Digest) -> Result<Turn, i64> {
        let place = Arc::clone(&self.line).try_acquire_owned();
        let place = place.map_err(|_| BUSY_SECONDS)?;
        if !lock(&self.names).insert(name) {
            return Err(BUSY_SECONDS);
        }
        let mut turn = Turn {
            name,
            names: Arc::clone(&self.names),
            permits: vec![place],
        };
        let running = Arc::clone(&self.running).acquire_owned().await;
        turn.permits.push(running.map_err(|_| BUSY_SECONDS)?);
        Ok(turn)
    }

    /// Whether a password fits what is kept; where nothing is kept, the same work is done and none fits.
    pub(crate) fn fits(&self, password: &str, kept: Option<&str>) -> bool {
        let text = kept.unwrap_or(NOBODYS);
        let password = normal(password);
        let found = PasswordHash::new(text)
            .and_then(|hash| self.argon.verify_password(password.as_bytes(), &hash));
        kept.is_some() && found.is_ok()
    }

    /// Forgets that somebody was wrong, now that they were right.
    pub(crate) fn was_right(&self, name: Digest, address: Digest) {
        lock(&self.waits).clear(name, address);
    }

    /// What is kept of a password.
    pub(crate) fn hash(&self, password: &str, salt: u128) -> Result<String, Failure> {
        let password = normal(password);
        let letters = password.chars().count();
        if letters < LETTERS_MIN {
            let why = format!(
                "a password has {LETTERS_MIN} letters at least; several words that you remember will do"
            );
            return Err(Failure::Misused(why));
        }
        let salt = SaltString::encode_b64(&salt.to_be_bytes()).map_err(|_| Failure::Broken)?;
        let hash = self.argon.hash_password(password.as_bytes(), &salt);
        hash.map(|it| it.to_string()).map_err(|_| Failure::Broken)
    }
}

/// A password as it is typed on every keyboard alike; what is longer than any is cut, for checking it
/// would be work without a bound.
fn normal(password: &str) -> String {
    password.nfc().take(LETTERS_MAX + 1).collect()
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "correct horse battery";

    fn passwords() -> Passwords {
        Passwords::new(true).unwrap().unwrap()
    }

    #[test]
    fn a_password_fits_what_is_kept_of_it_and_no_other_does() {
        let passwords = passwords();
        let kept = passwords.hash(WORDS, 7).unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(passwords.fits(WORDS, Some(&kept)));
        assert!(!passwords.fits("correct horse batter", Some(&kept)));
        assert!(!passwords.fits(WORDS, None));
        assert!(!passwords.fits(WORDS, Some("garbage")));
        assert_ne!(passwords.hash(WORDS, 8).unwrap(), kept, "salt");
    }

    #[test]
    fn what_is_checked_for_nobody_takes_the_same_work() {
        let hash = PasswordHash::new(NOBODYS).unwrap();
        let params = Params::try_from(&hash).unwrap();
        let work = (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(work, (MEMORY_KIB, PASSES, 1));
        assert_eq!(hash.hash.unwrap().len(), Params::DEFAULT_OUTPUT_LEN);
    }

    #[test]
    fn length_is_all_that_is_asked_and_letters_are_the_same_however_they_are_typed() {
        let passwords = passwords();
        assert!(passwords.hash(&"a".repeat(LETTERS_MIN - 1), 7).is_err());
        let kept = passwords.hash("fünfzehn lettern", 7).unwrap();
        assert!(passwords.fits("fu\u{308}nfzehn lettern", Some(&kept)));
    }

    #[tokio::test]
    async fn of_one_name_one_is_checked_at_a_time_and_the_line_has_an_end() {
        let passwords = passwords();
        let name = |number: usize| Digest::of(&number.to_be_bytes());
        let at = Timestamp::from_millis(0);
        let first = passwords.turn(name(1), name(0), at).await.unwrap();
        assert!(passwords.turn(name(1), name(0), at).await.is_err());
        let second = passwords.turn(name(2), name(0), at).await.unwrap();
        assert_eq!(passwords.running.available_permits(), 0);
        let held = Arc::clone(&passwords.line);
        let rest = u32::try_from(held.available_permits()).unwrap();
        let _line = held.try_acquire_many(rest).unwrap();
        assert!(passwords.turn(name(3), name(0), at).await.is_err());
        drop((first, second));
        assert_eq!(passwords.running.available_permits(), AT_ONCE);
        assert!(lock(&passwords.names).is_empty());
        assert!(passwords.turn(name(1), name(0), at).await.is_ok());
    }
}
