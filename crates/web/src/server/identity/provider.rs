//! Speaking to identity providers: the authorisation code flow with a proof key.
//!
//! Their settings and keys are looked up when somebody first goes there, again after a day, and again when
//! a token was signed with a key that is not known. Nothing here says who anybody is in this network.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderValue;
use consort_engine::access::Credential;
use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClient,
    CoreClientAuthMethod, CoreGrantType, CoreIdToken, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthenticationFlow, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse as _,
};
use serde::{Deserialize, Serialize};

use super::claims::{self, Doubt, Identity};
use super::line::Line;
use super::way::{Marks, Purpose, Way};
use super::{IdentityProvider, SetUp, issuer_of};

/// For how long settings and keys of a provider are taken as they are.
const KNOWN_MS: i64 = 24 * 3_600_000;

/// The identity providers of one address.
pub struct Identities {
    address: String,
    providers: Vec<Provider>,
}

struct Provider {
    settings: IdentityProvider,
    line: Line,
    known: Mutex<Option<(Arc<Metadata>, Timestamp)>>,
}

/// What a provider says about itself that the crate leaves out.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct More {
    /// Whether it says who it is when it sends somebody back (RFC 9207).
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider sends somebody back with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Answered {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Why nobody was made known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// There is no such provider.
    #[error("there is no such identity provider")]
    Unknown,
    /// It cannot be asked now.
    #[error("{label} cannot be asked now")]
    Away {
        /// Its name for people.
        label: String,
    },
    /// It was asked, and what came of it does not hold.
    #[error("{0}")]
    Refused(String),
}

impl Identities {
    /// Those that are set up, for whoever comes by this address; none where none is.
    pub fn new(address: &str, providers: Vec<IdentityProvider>) -> Result<Option<Self>, SetUp> {
        if providers.is_empty() {
            return Ok(None);
        }
        let mut all = Vec::new();
        for settings in providers {
            if !is_guarded(&settings.issuer) {
                return Err(SetUp(format!(
                    "'{}' is no address with TLS, and not on this machine",
                    settings.issuer
                )));
            }
            let line = Line::new(settings.timeout)?;
            let known = Mutex::default();
            all.push(Provider {
                settings,
                line,
                known,
            });
        }
        Ok(Some(Self {
            address: address.trim_end_matches('/').to_owned(),
            providers: all,
        }))
    }

    /// Each by its name, with what people read on its button.
    pub(crate) fn all(&self) -> Vec<(&str, &str)> {
        self.providers.iter().map(Provider::shown).collect()
    }

    /// The provider that vouches for an identity.
    pub(crate) fn of(&self, identity: &Credential) -> Option<(&str, &str)> {
        let issuer = issuer_of(identity)?;
        let mut all = self.providers.iter();
        let found = all.find(|it| it.settings.issuer == issuer);
        found.map(Provider::shown)
    }

    /// Sends somebody to a provider: where to, and what their browser keeps meanwhile.
    pub(crate) async fn begin(
        &self,
        name: &str,
        (purpose, session): (Purpose, Option<Digest>),
        (bits, now): ([u128; 2], Timestamp),
    ) -> Result<(String, HeaderValue), Trouble> {
        let provider = self.named(name)?;
        let metadata = provider.metadata(now).await?;
        let way = Way::new(bits, purpose);
        let marks = way.marks(name, session);
        let verifier = PkceCodeVerifier::new(marks.verifier);
        let (state, nonce) = (CsrfToken::new(marks.state), Nonce::new(marks.nonce));
        let client = self.client(provider, &metadata)?;
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut asked = client
            .authorize_url(flow, || state, || nonce)
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if matches!(way.purpose, Purpose::Prove(_)) {
            asked = asked
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(std::time::Duration::ZERO);
        }
        let (url, _, _) = asked.url();
        Ok((url.to_string(), way.given()))
    }

    /// Takes somebody back, in the browser that has this cookie and this session.
    pub(crate) async fn finish(
        &self,
        name: &str,
        (cookie, session): (Option<&str>, Option<Digest>),
        answered: Answered,
        now: Timestamp,
    ) -> Result<(Purpose, Identity), Trouble> {
        let provider = self.named(name)?;
        let way = cookie.and_then(Way::read).ok_or_else(over)?;
        let of_session = match way.purpose {
            Purpose::Enter | Purpose::Join(_) => None,
            Purpose::Add | Purpose::Prove(_) => session,
        };
        let marks = way.marks(name, of_session);
        if answered.state.as_deref() != Some(marks.state.as_str()) {
            return Err(over());
        }
        let metadata = provider.metadata(now).await?;
        provider.check_sender(&metadata, answered.iss.as_deref())?;
        let label = &provider.settings.label;
        let code = match (answered.code, answered.error) {
            (Some(code), None) => code,
            (_, Some(error)) => {
                tracing::info!(provider = name, error, "an identity provider sent nobody");
                return Err(Trouble::Refused(format!("{label} did not say who you are")));
            }
            (None, None) => return Err(over()),
        };
        let nonce = Nonce::new(marks.nonce.clone());
        let client = self.client(provider, &metadata)?;
        let token = provider.token(&client, code, marks).await?;
        let identity = match provider.identity(&client, &token, &nonce, now) {
            Err(Doubt::Token(doubt)) if is_of_key(&doubt) => {
                let metadata = provider.look_up(now).await?;
                let client = self.client(provider, &metadata)?;
                provider.identity(&client, &token, &nonce, now)
            }
            other => other,
        };
        let identity = identity.map_err(|doubt| provider.doubted(&doubt))?;
        if matches!(way.purpose, Purpose::Prove(_)) && identity.seen.is_none() {
            let why = format!("{label} did not ask you again who you are");
            return Err(Trouble::Refused(why));
        }
        Ok((way.purpose, identity))
    }

    fn named(&self, name: &str) -> Result<&Provider, Trouble> {
        let mut all = self.providers.iter();
        let found = all.find(|it| it.settings.name == name);
        found.ok_or(Trouble::Unknown)
    }

    fn client(&self, provider: &Provider, metadata: &Metadata) -> Result<Client, Trouble> {
        let settings = &provider.settings;
        let back = format!("{}/sign-in/with/{}/back", self.address, settings.name);
        let back = RedirectUrl::new(back).map_err(|error| provider.silent(&error))?;
        let secret = settings.client_secret.clone().map(ClientSecret::new);
        let client_id = ClientId::new(settings.client_id.clone());
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_none_or(|all| all.contains(&method));
        let is_posted = !takes(CoreClientAuthMethod::ClientSecretBasic)
            && takes(CoreClientAuthMethod::ClientSecretPost);
        let client = CoreClient::from_provider_metadata(metadata.clone(), client_id, secret);
        let client = client.set_redirect_uri(back);
        Ok(if is_posted {
            client.set_auth_type(AuthType::RequestBody)
        } else {
            client
        })
    }
}

impl Provider {
    fn shown(&self) -> (&str, &str) {
        (&self.settings.name, &self.settings.label)
    }

    /// What it says about itself, as it is known, or looked up.
    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Trouble> {
        let known = || {
            self.known
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        };
        match known() {
            Some((found, at)) if (0..KNOWN_MS).contains(&now.millis_since(at)) => Ok(found),
            Some(_) | None => self.look_up(now).await,
        }
    }

    async fn look_up(&self, now: Timestamp) -> Result<Arc<Metadata>, Trouble> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone());
        let issuer = issuer.map_err(|error| self.silent(&error))?;
        let line = |request| self.line.clone().ask(request);
        let found = Metadata::discover_async(issuer, &line).await;
        let found = Arc::new(found.map_err(|error| self.silent(&error))?);
        let ends = [
            Some(found.authorization_endpoint().as_str()),
            found.token_endpoint().map(|it| it.as_str()),
            Some(found.jwks_uri().as_str()),
        ];
        if !ends.into_iter().flatten().all(is_guarded) {
            return Err(self.silent(&"it names addresses without TLS"));
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((Arc::clone(&found), now));
        Ok(found)
    }

    /// Where it says who sends somebody back, that has to be it.
    fn check_sender(&self, metadata: &Metadata, sender: Option<&str>) -> Result<(), Trouble> {
        let more = metadata.additional_metadata();
        let says_so = more.authorization_response_iss_parameter_supported == Some(true);
        match sender {
            Some(sender) if sender == self.settings.issuer => Ok(()),
            None if !says_so => Ok(()),
            Some(_) | None => Err(over()),
        }
    }

    /// The token that a code stands for.
    async fn token(
        &self,
        client: &Client,
        code: String,
        marks: Marks,
    ) -> Result<CoreIdToken, Trouble> {
        let asked = client.exchange_code(AuthorizationCode::new(code));
        let asked = asked.map_err(|error| self.silent(&error))?;
        let asked = asked.set_pkce_verifier(PkceCodeVerifier::new(marks.verifier));
        let line = |request| self.line.clone().ask(request);
        let answer = asked.request_async(&line).await;
        let answer = answer.map_err(|error| match &error {
            RequestTokenError::ServerResponse(why) => self.refused(why),
            RequestTokenError::Request(_)
            | RequestTokenError::Parse(..)
            | RequestTokenError::Other(_) => self.silent(&error),
        })?;
        let token = answer.id_token().cloned();
        token.ok_or_else(|| self.silent(&"it gave no token about a person"))
    }

    fn identity(
        &self,
        client: &Client,
        token: &CoreIdToken,
        nonce: &Nonce,
        now: Timestamp,
    ) -> Result<Identity, Doubt> {
        let verifier = client.id_token_verifier();
        claims::identity(&self.settings, token, verifier, nonce, now)
    }

    /// What a person is told of a token that does not hold; the operator is told why.
    fn doubted(&self, doubt: &Doubt) -> Trouble {
        match doubt {
            Doubt::Outside(why) => Trouble::Refused(format!("{}: {why}", self.settings.label)),
            Doubt::Token(_) | Doubt::Claim(_) => self.refused(doubt),
        }
    }

    fn refused(&self, why: &dyn std::fmt::Display) -> Trouble {
        let (name, label) = self.shown();
        tracing::warn!(
            provider = name,
            "what an identity provider said does not hold: {why}"
        );
        Trouble::Refused(format!(
            "what {label} says about you does not hold, or was used already; try again"
        ))
    }

    fn silent(&self, why: &dyn std::fmt::Display) -> Trouble {
        let (name, label) = self.shown();
        tracing::warn!(
            provider = name,
            "an identity provider cannot be asked: {why}"
        );
        Trouble::Away {
            label: label.to_owned(),
        }
    }
}

/// Whether a token may hold once the keys are looked up again.
const fn is_of_key(doubt: &ClaimsVerificationError) -> bool {
    matches!(
        doubt,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::AmbiguousKeyId(_)
                | SignatureVerificationError::CryptoError(_)
        )
    )
}

/// Whether what is sent to an address is read by nobody else: by TLS, or on this machine.
fn is_guarded(address: impl AsRef<str>) -> bool {
    let Ok(url) = Url::parse(address.as_ref()) else {
        return false;
    };
    let is_here = url.host().is_some_and(|host| match host {
        openidconnect::url::Host::Domain(name) => name == "localhost",
        openidconnect::url::Host::Ipv4(ip) => ip.is_loopback(),
        openidconnect::url::Host::Ipv6(ip) => ip.is_loopback(),
    });
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

fn over() -> Trouble {
    Trouble::Refused("this took too long, or was answered already; try again".to_owned())
}

#[cfg(test)]
mod tests {
    use super::is_guarded;

    #[test]
    fn nothing_is_sent_where_others_can_read_it() {
        for (address, is_sent) in [
            ("https://id.example.org/realm", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://id.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("ftp://localhost", false),
            ("nothing", false),
        ] {
            assert_eq!(is_guarded(address), is_sent, "{address}");
        }
    }
}
