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

/// How many things are read at a time.
const READ_AT_ONCE: usize = 100;

/// What is shown of what is read, up to the limit; not more than so many things are looked at, and the
/// next page goes on after the last of them.
pub(super) fn page<T, V>(
    limit: Limit,
    looked_at_max: usize,
    mut read: impl FnMut(Option<&T>, usize) -> Result<Vec<T>, Failure>,
    id: impl Fn(&T) -> String,
    mut shown: impl FnMut(&T) -> Result<Option<V>, Failure>,
) -> Result<Page<V>, Failure> {
    let mut items = Vec::new();
    let mut last: Option<T> = None;
    let mut looked_at = 0;
    loop {
        let things = read(last.as_ref(), READ_AT_ONCE)?;
        let is_end = things.len() < READ_AT_ONCE;
        let count = things.len();
        for (place, thing) in things.into_iter().enumerate() {
            items.extend(shown(&thing)?);
            looked_at += 1;
            if items.len() == limit.get() {
                let is_more = !is_end || place + 1 < count;
                let next = is_more.then(|| id(&thing));
                return Ok(Page { items, next });
            }
            last = Some(thing);
        }
        if is_end || looked_at >= looked_at_max {
            let next = last.as_ref().filter(|_| !is_end).map(&id);
            return Ok(Page { items, next });
        }
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
