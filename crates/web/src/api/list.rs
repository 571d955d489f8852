//! Lists, a page at a time.

use serde::{Deserialize, Deserializer};

/// How many things stand on a page at the most.
pub(super) const LIMIT_MAX: usize = 200;
/// How many stand on it where nothing is said.
const LIMIT_USUAL: usize = 50;

/// How many things a page has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit(usize);

impl Limit {
    pub(super) const fn get(self) -> usize {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT_USUAL)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = usize::deserialize(deserializer)?;
        if (1..=LIMIT_MAX).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(serde::de::Error::custom(format!(
                "a limit is between 1 and {LIMIT_MAX}"
            )))
        }
    }
}
