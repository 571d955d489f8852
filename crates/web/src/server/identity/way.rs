//! The way to an identity provider and back: what a browser keeps while somebody is there.
//!
//! All that the way needs is derived from a random secret in a cookie, so nothing is kept here, and any
//! server of a network can take somebody back. State, nonce and the proof key hang on the whole cookie, on
//! the provider, and on the session in which the way began: none of them can be changed for another.

use axum::http::HeaderValue;
use consort_kernel::digest::Digest;

/// The cookie's name; browsers take it from this host alone.
pub(crate) const WAY: &str = "__Host-consort-way";
/// How long somebody may be there, in seconds.
const WAY_SECONDS: u32 = 600;
/// The longest address that somebody is led back to, in bytes.
const BACK_MAX: usize = 512;

/// What somebody goes there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To come in.
    Enter,
    /// To come in by this link, and to be known by the identity from then on.
    Join(String),
    /// To be known by the identity as well.
    Add,
    /// To show that it is still they, and to be led back here.
    Prove(String),
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// What the cookie has.
    text: String,
    pub(super) purpose: Purpose,
}

/// What goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

impl Way {
    /// A new one, from random bits.
    pub(super) fn new([one, other]: [u128; 2], purpose: Purpose) -> Self {
        let purpose = match purpose {
            Purpose::Prove(back) if !is_address(&back) => Purpose::Prove("/today".to_owned()),
            Purpose::Join(link) if !is_link(&link) => Purpose::Join(String::new()),
            sound => sound,
        };
        let (word, rest) = match &purpose {
            Purpose::Enter => ("enter", ""),
            Purpose::Join(link) => ("join", link.as_str()),
            Purpose::Add => ("add", ""),
            Purpose::Prove(back) => ("prove", back.as_str()),
        };
        let text = format!("{one:032x}{other:032x}.{word}.{rest}");
        Self { text, purpose }
    }

    /// The one that a browser has.
    pub(super) fn read(cookie: &str) -> Option<Self> {
        let mut parts = cookie.splitn(3, '.');
        let (secret, word, rest) = (parts.next()?, parts.next()?, parts.next()?);
        if secret.len() != 64 || !secret.bytes().all(|it| it.is_ascii_hexdigit()) {
            return None;
        }
        let purpose = match word {
            "enter" => Purpose::Enter,
            "join" if is_link(rest) => Purpose::Join(rest.to_owned()),
            "add" => Purpose::Add,
            "prove" if is_address(rest) => Purpose::Prove(rest.to_owned()),
            _ => return None,
        };
        let text = cookie.to_owned();
        Some(Self { text, purpose })
    }

    /// The header that has a browser keep it.
    pub(super) fn given(&self) -> HeaderValue {
        let text = &self.text;
        HeaderValue::try_from(format!(
            "{WAY}={text}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={WAY_SECONDS}"
        ))
        .expect("a way has letters, digits and what addresses have")
    }

    /// What goes along to a provider, begun in this session.
    pub(super) fn marks(&self, provider: &str, session: Option<Digest>) -> Marks {
        let session = session.map_or_else(String::new, |it| it.to_string());
        let derived = |what: &str| {
            // No part has a line feed in it, so that none can run into the next.
            let text = format!("{what}\n{provider}\n{session}\n{}", self.text);
            Digest::of(text.as_bytes()).to_string()
        };
        Marks {
            state: derived("state"),
            nonce: derived("nonce"),
            verifier: derived("verifier"),
        }
    }
}

/// The header that takes the cookie away.
pub(crate) fn no_way() -> HeaderValue {
    HeaderValue::try_from(format!(
        "{WAY}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    ))
    .expect("it is ASCII")
}

/// Whether a text can be the secret of a link.
fn is_link(text: &str) -> bool {
    text.len() <= BACK_MAX && text.bytes().all(|it| it.is_ascii_alphanumeric())
}

/// Whether a text is an address on this server that a cookie can have.
fn is_address(text: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"/_-.?=&%~".contains(&it);
    text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= BACK_MAX
        && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(way: &Way) -> Option<Way> {
        let header = way.given();
        let text = header.to_str().unwrap().split(';').next().unwrap();
        Way::read(text.strip_prefix(&format!("{WAY}=")).unwrap())
    }

    #[test]
    fn a_browser_brings_back_what_it_was_given() {
        for purpose in [
            Purpose::Enter,
            Purpose::Join("0123abc".to_owned()),
            Purpose::Add,
            Purpose::Prove("/tasks/tsk_1/sign?x=1".to_owned()),
        ] {
            let way = Way::new([1, 2], purpose.clone());
            assert_eq!(way.purpose, purpose);
            assert_eq!(kept(&way), Some(way));
        }
    }

    #[test]
    fn one_is_led_back_to_an_address_of_this_server_and_nowhere_else() {
        for wrong in [
            "//elsewhere.example",
            "https://elsewhere.example",
            "/a;b",
            "/a b",
            "/\\elsewhere.example",
            "",
        ] {
            let way = Way::new([1, 2], Purpose::Prove(wrong.to_owned()));
            assert_eq!(way.purpose, Purpose::Prove("/today".to_owned()), "{wrong}");
            let forged = format!("{}.prove.{wrong}", "0".repeat(64));
            assert_eq!(Way::read(&forged), None, "{wrong}");
        }
        assert!(!is_address(&format!("/{}", "a".repeat(BACK_MAX))));
        let link = Way::new([1, 2], Purpose::Join("a\nb".to_owned()));
        assert_eq!(kept(&link), Some(link));
    }

    #[test]
    fn what_is_no_way_is_none() {
        let secret = "0".repeat(64);
        for wrong in [
            "",
            ".",
            "..",
            "x.enter.",
            &secret,
            &format!("{secret}.leave."),
        ] {
            assert_eq!(Way::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn everything_that_goes_along_hangs_on_everything_that_was_said() {
        let way = Way::new([1, 2], Purpose::Enter);
        let session = Some(Digest::of(b"session"));
        let all = [
            way.marks("one", None),
            way.marks("other", None),
            way.marks("one", session),
            Way::new([1, 3], Purpose::Enter).marks("one", None),
            Way::new([1, 2], Purpose::Add).marks("one", None),
        ];
        for (place, marks) in all.iter().enumerate() {
            assert_ne!(marks.state, marks.nonce);
            assert_ne!(marks.state, marks.verifier);
            for other in &all[place + 1..] {
                assert_ne!(marks.state, other.state);
                assert_ne!(marks.nonce, other.nonce);
                assert_ne!(marks.verifier, other.verifier);
            }
        }
        assert_eq!(way.marks("one", None), all[0]);
    }
}
