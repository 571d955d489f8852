//! A small identity provider on loopback. It speaks as one does, and says what is not so where a test has it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{Form, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use consort_web::{Identities, IdentityProvider, Ways};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What this server is called there, and its key, which has letters that a header takes encoded.
const CLIENT: &str = "consort";
const KEY: &str = "a key: with%signs";
/// How long the pages wait for it, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands before the bytes of a key (RFC 8410).
const PKCS8_OF_ED25519: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/// Changes what it says about somebody.
type Bend = fn(&mut Value);

/// Where it does something else than it should.
#[derive(Default)]
struct Told {
    /// The key that it shows, and the key by which it signs.
    shows: u8,
    signs: u8,
    bend: Option<Bend>,
    says_who: bool,
    is_stalled: bool,
    looked_up: usize,
    codes: HashMap<String, Grant>,
}

/// Somebody whom it saw, and on whose behalf.
struct Grant {
    claims: Value,
    challenge: String,
    back: String,
}

/// The provider. It ends when it is dropped.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    told: Arc<Mutex<Told>>,
    task: JoinHandle<()>,
}

type Here = (String, Arc<Mutex<Told>>);

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Mutex::new(Told::default()));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state((issuer.clone(), Arc::clone(&told)));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, told, task }
    }

    /// The ways in of a house that has it.
    pub(crate) fn ways(&self) -> Ways {
        self.ways_for(&[], PATIENCE)
    }

    /// The same, for people of these domains, and with so much patience.
    pub(crate) fn ways_for(&self, domains: &[&str], timeout: Duration) -> Ways {
        let provider = IdentityProvider {
            name: "example".to_owned(),
            label: "Example".to_owned(),
            issuer: self.issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(KEY.to_owned()),
            domains: domains.iter().map(|&it| it.to_owned()).collect(),
            timeout,
        };
        Ways {
            identities: Identities::new("http://localhost:7070", vec![provider]).unwrap(),
            ..Ways::default()
        }
    }

    /// Has it say something else from now on.
    pub(crate) fn bend(&self, bend: Bend) {
        self.told().bend = Some(bend);
    }

    /// Has it sign by another key, which it does not show yet.
    pub(crate) fn sign_anew(&self) {
        self.told().signs += 1;
    }

    /// Has it show the key by which it signs.
    pub(crate) fn show_anew(&self) {
        let mut told = self.told();
        told.shows = told.signs;
    }

    /// Has it say who it is when it sends somebody back.
    pub(crate) fn say_who(&self) {
        self.told().says_who = true;
    }

    /// Has it answer nothing.
    pub(crate) fn stall(&self) {
        self.told().is_stalled = true;
    }

    /// How often its settings were looked up.
    pub(crate) fn looked_up(&self) -> usize {
        self.told().looked_up
    }

    /// Somebody signs in there, having been led to this address at this moment; gives the address that they
    /// are sent back to.
    pub(crate) fn authorise(&self, address: &str, subject: &str, now: Timestamp) -> String {
        let (place, query) = address.split_once('?').unwrap();
        assert_eq!(place, format!("{}/authorise", self.issuer));
        let asked = pairs(query);
        let said = |name: &str| asked.get(name).map_or("", String::as_str);
        assert_eq!(said("response_type"), "code");
        assert_eq!(said("client_id"), CLIENT);
        assert_eq!(said("code_challenge_method"), "S256");
        assert!(said("scope").contains("openid"), "{address}");
        let seconds = now.as_millis().div_euclid(1_000);
        let mut claims = json!({
            "iss": self.issuer, "sub": subject, "aud": CLIENT, "nonce": said("nonce"),
            "iat": seconds, "exp": seconds + 300,
            "email": format!("{subject}@example.org"), "email_verified": true,
        });
        if said("max_age") == "0" {
            assert_eq!(said("prompt"), "login");
            claims["auth_time"] = json!(seconds);
        }
        let mut told = self.told();
        let code = format!("code-{}", told.codes.len());
        let grant = Grant {
            claims,
            challenge: said("code_challenge").to_owned(),
            back: said("redirect_uri").to_owned(),
        };
        let state = said("state");
        let mut back = format!("{}?code={code}&state={state}", grant.back);
        if told.says_who {
            write!(back, "&iss={}", self.issuer).unwrap();
        }
        told.codes.insert(code, grant);
        back.strip_prefix("http://localhost:7070")
            .unwrap()
            .to_owned()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Waits for ever where it is told to.
async fn stall(told: &Mutex<Told>) {
    let is_stalled = told.lock().unwrap().is_stalled;
    if is_stalled {
        std::future::pending::<()>().await;
    }
}

async fn discovery(State((issuer, told)): State<Here>) -> Json<Value> {
    stall(&told).await;
    let mut told = told.lock().unwrap();
    told.looked_up += 1;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorise"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "authorization_response_iss_parameter_supported": told.says_who,
    }))
}

async fn keys(State((_, told)): State<Here>) -> Json<Value> {
    let number = told.lock().unwrap().shows;
    Json(json!({"keys": [key(number).as_verification_key()]}))
}

async fn token(
    State((_, told)): State<Here>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    stall(&told).await;
    let client = format!("{CLIENT}:a+key%3A+with%25signs");
    let expected = format!("Basic {}", STANDARD.encode(client));
    let refused =
        |why: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": why}))).into_response();
    if headers[AUTHORIZATION] != *expected {
        return refused("invalid_client");
    }
    let mut told = told.lock().unwrap();
    let Some(grant) = told.codes.remove(&form["code"]) else {
        return refused("invalid_grant");
    };
    let shown = Digest::of(form["code_verifier"].as_bytes());
    let is_theirs = URL_SAFE_NO_PAD.encode(shown.as_bytes()) == grant.challenge;
    if !is_theirs || form["redirect_uri"] != grant.back {
        return refused("invalid_grant");
    }
    let mut claims = grant.claims;
    if let Some(bend) = told.bend {
        bend(&mut claims);
    }
    Json(json!({
        "access_token": "unused", "token_type": "Bearer", "id_token": signed(told.signs, &claims),
    }))
    .into_response()
}

/// A token about somebody.
fn signed(number: u8, claims: &Value) -> String {
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": number.to_string()});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(claims));
    let signature = key(number).sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap()))
}

/// A key of its own; the next one is another.
fn key(number: u8) -> CoreEdDsaPrivateSigningKey {
    let mut document = PKCS8_OF_ED25519.to_vec();
    document.extend([number + 1; 32]);
    let document = STANDARD.encode(document);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{document}\n-----END PRIVATE KEY-----\n");
    let name = JsonWebKeyId::new(number.to_string());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(name)).unwrap()
}

/// What an address says after its question mark.
fn pairs(query: &str) -> HashMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let pair = [rest.next().unwrap(), rest.next().unwrap()];
                let digits = str::from_utf8(&pair).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
            }
            plain => bytes.push(plain),
        }
    }
    String::from_utf8(bytes).unwrap()
}
