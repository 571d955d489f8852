//! Secrets: 256 random bits as digits that are easy to copy, with check digits after them.

use consort_kernel::digest::Digest;
use consort_store::PassKind;

use crate::EngineError;
use crate::host::random;

/// The digits of a secret.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// What a token begins with, so that one that was published by mistake is found by whoever scans for them.
pub(super) const TOKEN_PREFIX: &str = "consort_";
/// How many digits a secret has: enough for 256 bits.
pub(super) const SECRET_DIGITS: usize = 52;
/// The digits that tell a mistyped secret from a wrong one.
pub(super) const CHECK_DIGITS: usize = 4;

/// What a secret of a kind begins with.
pub(super) const fn prefix(kind: PassKind) -> &'static str {
    match kind {
        PassKind::Link | PassKind::Session => "",
        PassKind::Token => TOKEN_PREFIX,
    }
}

/// What of a secret is kept.
pub(super) fn digest(secret: &str) -> Digest {
    Digest::of(secret.as_bytes())
}

/// 260 random bits as digits, with check digits after them.
pub(super) fn fresh_secret() -> Result<String, EngineError> {
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

/// Whether a text can be a secret at all; what cannot is not looked up.
pub(super) fn is_well_formed(text: &str) -> bool {
    text.len() == SECRET_DIGITS + CHECK_DIGITS
        && text.bytes().all(|byte| ALPHABET.contains(&byte))
        && check_digits(&text[..SECRET_DIGITS]) == text[SECRET_DIGITS..]
}
