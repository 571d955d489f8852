//! What is known between two requests, for a while and by every server: found by what it is and whose.

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use consort_store::Transient;

use super::Access;
use crate::EngineError;

/// What is kept for a while: of which kind it is, and whose and about what, in the order of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept(Digest);

impl Kept {
    /// Named by its kind and these parts.
    pub fn of(kind: &str, parts: &[&str]) -> Self {
        let all = std::iter::once(&kind).chain(parts);
        // By the digest of each part, so that no two lists of parts read the same.
        let digests: Vec<u8> = all
            .flat_map(|part| *Digest::of(part.as_bytes()).as_bytes())
            .collect();
        Self(Digest::of(&digests))
    }
}

impl Access {
    /// Keeps something until a moment, in place of what was kept by the same name.
    pub fn keep(&self, name: Kept, content: &[u8], until: Timestamp) -> Result<(), EngineError> {
        let (key, content) = (name.0, content.to_vec());
        let transient = Transient {
            key,
            content,
            until,
        };
        Ok(self.doors.put_transient(&transient)?)
    }

    /// Keeps something until a moment unless something is kept by the same name and not over; tells whether
    /// it is kept. Of several who keep something by one name at a time, one does.
    pub fn keep_first(
        &self,
        name: Kept,
        (content, until): (&[u8], Timestamp),
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        let (key, content) = (name.0, content.to_vec());
        let transient = Transient {
            key,
            content,
            until,
        };
        Ok(self.doors.add_transient(&transient, now)?)
    }

    /// What is kept by this name, unless it is over.
    pub fn kept(&self, name: Kept, now: Timestamp) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(unless_over(self.doors.transient(name.0)?, now))
    }

    /// The same, for whoever asks first.
    pub fn take(&self, name: Kept, now: Timestamp) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(unless_over(self.doors.take_transient(name.0)?, now))
    }
}

fn unless_over(found: Option<Transient>, now: Timestamp) -> Option<Vec<u8>> {
    let found = found.filter(|it| now < it.until);
    found.map(|it| it.content)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use consort_store::memory::MemoryStore;

    use super::*;

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn what_is_kept_is_found_until_it_is_over_and_taken_once() {
        let access = Access::new(Arc::new(MemoryStore::new()));
        let name = Kept::of("opened", &["ada", "page.html"]);
        access.keep(name, b"x", at(10)).unwrap();
        assert_eq!(access.kept(name, at(9)).unwrap(), Some(b"x".to_vec()));
        assert_eq!(access.kept(name, at(10)).unwrap(), None);
        assert_eq!(access.take(name, at(9)).unwrap(), Some(b"x".to_vec()));
        assert_eq!(access.take(name, at(9)).unwrap(), None);
        access.keep(name, b"y", at(10)).unwrap();
        access.tidy(at(11 + super::super::HOUR_MS)).unwrap();
        assert_eq!(access.kept(name, at(9)).unwrap(), None);
    }

    #[test]
    fn of_several_the_first_keeps_until_that_is_over() {
        let access = Access::new(Arc::new(MemoryStore::new()));
        let name = Kept::of("form", &["ada", "a key"]);
        assert!(access.keep_first(name, (b"x", at(10)), at(0)).unwrap());
        assert!(!access.keep_first(name, (b"y", at(20)), at(9)).unwrap());
        assert_eq!(access.kept(name, at(9)).unwrap(), Some(b"x".to_vec()));
        assert!(access.keep_first(name, (b"y", at(20)), at(10)).unwrap());
        assert_eq!(access.kept(name, at(10)).unwrap(), Some(b"y".to_vec()));
    }

    #[test]
    fn names_differ_where_any_part_does() {
        let all = [
            Kept::of("opened", &["a", "b"]),
            Kept::of("opened", &["ab"]),
            Kept::of("opened", &["ab", ""]),
            Kept::of("opened", &["b", "a"]),
            Kept::of("sent", &["a", "b"]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other != one));
        }
    }
}
