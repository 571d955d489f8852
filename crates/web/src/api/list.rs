//! Lists, a page at a time.

use serde::{Deserialize, Deserializer};

use super::view::Page;
use crate::server::Failure;

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

/// What is shown of what was looked at, up to the limit; the next page goes on after the last that was
/// looked at. Where there were `full`, there may be more.
pub(super) fn page<T, V>(
    looked_at: &[T],
    full: usize,
    limit: Limit,
    id: impl Fn(&T) -> String,
    mut shown: impl FnMut(&T) -> Result<Option<V>, Failure>,
) -> Result<Page<V>, Failure> {
    let mut items = Vec::new();
    let mut seen = 0;
    for thing in looked_at {
        if items.len() == limit.get() {
            break;
        }
        items.extend(shown(thing)?);
        seen += 1;
    }
    let is_more = looked_at.len() == full || seen < looked_at.len();
    let last = looked_at[..seen].last().filter(|_| is_more);
    Ok(Page {
        items,
        next: last.map(id),
    })
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
