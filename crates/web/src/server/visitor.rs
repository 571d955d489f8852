//! The visitor: who asks, by the session in their cookie.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use consort_engine::access::Entered;
use consort_kernel::command::Principal;
use consort_kernel::id::ContributorId;

use super::{Failure, Web, known_as};
use crate::key::Key;
use crate::page::done::Done;
use crate::page::form::Drawn;
use crate::page::shell::THEME;
use crate::right::Asking;

/// The cookie's name. The prefix has browsers take it from this host alone, over a safe connection
/// or on this machine.
pub const COOKIE_NAME: &str = "__Host-consort";

/// Somebody who came in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Who.
    pub(crate) id: ContributorId,
    /// Their name.
    pub(crate) name: String,
    /// Their session.
    pub(crate) entered: Entered,
    /// Whether the script asks for the page again, and needs its middle alone.
    pub(crate) wants_fragment: bool,
    /// The tag of the middle that the script has already.
    pub(crate) has_tag: Option<String>,
    /// The theme that was chosen.
    pub(crate) theme: Option<String>,
    /// The key of the form that they sent, and what it rests on.
    pub(crate) key: Key,
    /// What they did just before, where that led here.
    pub(crate) done: Option<Done>,
    /// Whether the page answers a form: the script does not ask for such a page again.
    pub(crate) has_sent: bool,
    /// By what the forms of this answer have their keys.
    pub(crate) forms: Drawn,
}

impl Visitor {
    /// Who asks for a right.
    pub(crate) const fn asking(&self) -> Asking {
        Asking {
            who: self.id,
            is_session: true,
        }
    }

    /// Who a command is from.
    pub(crate) const fn principal(&self) -> Principal {
        Principal::Contributor(self.id)
    }
}

impl FromRequestParts<Arc<Web>> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Failure> {
        let Some(secret) = session(&parts.headers) else {
            return Err(Failure::NotIn);
        };
        let wants_fragment = parts.headers.contains_key("x-fragment");
        let tag = parts.headers.get(IF_NONE_MATCH);
        let has_tag = tag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let has_sent = parts.method == Method::POST;
        let key = parts.extensions.get::<Key>().cloned().unwrap_or_default();
        let done = Done::said(parts.uri.query().unwrap_or_default());
        let theme = cookie(&parts.headers, THEME).filter(|it| it == "dark" || it == "light");
        web.blocking(move |web| {
            let engine = &web.engine;
            let entered = web.access.session(&secret, engine.now())?;
            let entered = entered.ok_or(Failure::NotIn)?;
            let id = entered.contributor;
            known_as(id);
            Ok(Self {
                id,
                name: engine.name_of(id)?.unwrap_or_else(|| id.to_string()),
                entered,
                wants_fragment,
                has_tag,
                theme,
                key,
                done,
                has_sent,
                forms: Drawn::default(),
            })
        })
        .await
    }
}

/// The secret of the session that a browser has.
pub(crate) fn session(headers: &HeaderMap) -> Option<String> {
    cookie(headers, COOKIE_NAME)
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == wanted)?;
    Some(value.to_owned())
}

/// The header that gives a browser a session.
pub(crate) fn given(secret: &str) -> HeaderValue {
    HeaderValue::try_from(format!(
        "{COOKIE_NAME}={secret}; Path=/; Secure; HttpOnly; SameSite=Lax"
    ))
    .expect("secrets are letters and digits")
}

/// The header that takes it away.
pub(super) fn taken() -> HeaderValue {
    HeaderValue::try_from(format!(
        "{COOKIE_NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    ))
    .expect("it is ASCII")
}
