//! What a provider says about somebody, and whether that holds.
//!
//! The crate checks signature, issuer, audience, expiry and nonce. Beyond that: for whom the token was
//! made, when, and how lately the provider saw the person.

use consort_kernel::time::Timestamp;
use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
};
use openidconnect::{ClaimsVerificationError, Nonce};

use super::IdentityProvider;

/// How far the clocks of a provider and of this server may be apart.
const SKEW_MS: i64 = 60_000;
/// How old a token may be: it is fetched the moment that it is made.
const TOKEN_AGE_MS: i64 = 10 * 60_000;
/// How long ago a provider may have seen somebody, where they were to show that it is still they.
const SEEN_AGE_MS: i64 = 2 * 60_000;
/// The longest name that a provider may have for somebody, in bytes, as the standard has it.
const SUBJECT_MAX: usize = 255;
/// The longest e-mail address that is shown, in letters.
const EMAIL_MAX: usize = 254;

/// By which methods tokens may be signed: those in which whoever verifies cannot sign.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Somebody, as a provider vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// What a credential is found by: issuer and subject.
    pub(crate) name: String,
    /// What it is called, for whoever looks through theirs.
    pub(crate) label: String,
    /// When the provider saw them, where that was just now.
    pub(crate) seen: Option<Timestamp>,
}

/// Why a token says nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Doubt {
    /// It does not hold.
    #[error(transparent)]
    Token(#[from] ClaimsVerificationError),
    /// It is for somebody else, or of another time.
    #[error("{0}")]
    Claim(&'static str),
    /// It holds, and they may not come in.
    #[error("{0}")]
    Outside(&'static str),
}

/// Who a token is about.
pub(super) fn identity(
    settings: &IdentityProvider,
    token: &CoreIdToken,
    verifier: CoreIdTokenVerifier<'_>,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<Identity, Doubt> {
    let moment = chrono::DateTime::from_timestamp_millis(now.as_millis());
    let moment = moment.ok_or(Doubt::Claim("this server's clock is beyond all time"))?;
    let verifier = verifier
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || moment);
    let claims = token.claims(&verifier, nonce)?;
    let party = claims.authorized_party();
    if party.is_some_and(|it| it.as_str() != settings.client_id) {
        return Err(Doubt::Claim("it was made for somebody else"));
    }
    let age = now.as_millis() - claims.issue_time().timestamp_millis();
    if !(-SKEW_MS..TOKEN_AGE_MS).contains(&age) {
        return Err(Doubt::Claim("it was not made just now"));
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > SUBJECT_MAX || subject.chars().any(char::is_control) {
        return Err(Doubt::Claim("it names nobody"));
    }
    check_domain(settings, claims)?;
    let seen = claims.auth_time().map(|it| it.timestamp_millis());
    let seen = seen.filter(|it| (-SKEW_MS..SEEN_AGE_MS).contains(&(now.as_millis() - it)));
    Ok(Identity {
        name: format!("{} {subject}", settings.issuer),
        label: label(settings, claims),
        seen: seen.map(|it| Timestamp::from_millis(it).min(now)),
    })
}

/// Where only some domains may come in, an address in one of them has to be confirmed.
fn check_domain(settings: &IdentityProvider, claims: &CoreIdTokenClaims) -> Result<(), Doubt> {
    if settings.domains.is_empty() {
        return Ok(());
    }
    let Some(email) = claims.email() else {
        return Err(Doubt::Outside("it does not tell your e-mail address"));
    };
    if claims.email_verified() != Some(true) {
        return Err(Doubt::Outside("it has not confirmed your e-mail address"));
    }
    let domain = email.as_str().rsplit_once('@').map(|(_, domain)| domain);
    let is_in = |domain: &str| {
        let mut known = settings.domains.iter();
        known.any(|it| it.eq_ignore_ascii_case(domain))
    };
    if domain.is_some_and(is_in) {
        Ok(())
    } else {
        let why = "people with an e-mail address of that domain do not come in by it";
        Err(Doubt::Outside(why))
    }
}

/// What an identity is called: the provider, and the address by which it knows them.
fn label(settings: &IdentityProvider, claims: &CoreIdTokenClaims) -> String {
    let email = claims.email().map(|it| it.as_str());
    let is_plain = |it: &&str| it.len() <= EMAIL_MAX && !it.chars().any(char::is_control);
    match email.filter(is_plain) {
        Some(email) => format!("{}: {email}", settings.label),
        None => settings.label.clone(),
    }
}
