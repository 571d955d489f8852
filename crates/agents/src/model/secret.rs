//! The key of an endpoint: a text that never shows.
//!
//! It can be compared with and put on the wire, and nothing else: it has no `Display`, its `Debug`
//! says nothing, and it is not serialised.

/// A secret text.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What is shown in its place.
const REDACTED: &str = "[key]";

impl Secret {
    /// Keeps a text secret; white space around it, as of a file's last line, is not part of it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself, for the wire.
    #[cfg(feature = "models")]
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a text has the secret in it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        !self.0.is_empty() && text.contains(&self.0)
    }

    /// A text without the secret.
    pub(super) fn redact(&self, text: &str) -> String {
        if self.is_in(text) {
            text.replace(&self.0, REDACTED)
        } else {
            text.to_owned()
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_in_no_text() {
        let secret = Secret::new("sk-canary\n");
        assert_eq!(format!("{secret:?}"), REDACTED);
        assert_eq!(secret.redact("Bearer sk-canary!"), "Bearer [key]!");
        assert!(secret.is_in("x sk-canary x"));
    }

    #[test]
    fn an_empty_secret_is_in_no_text() {
        assert!(!Secret::new("").is_in("anything"));
        assert_eq!(Secret::new(" ").redact("as it was"), "as it was");
    }
}
