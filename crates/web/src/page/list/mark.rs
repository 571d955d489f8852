//! Lists of what is few enough to be read at once and has no identifier in the order of time: their places, and
//! how they are gone through.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;

use crate::server::Failure;

/// A place in such a list: a moment, and what tells apart those of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    at: i64,
    name: u64,
}

impl Mark {
    /// Of what has this moment and this name.
    pub(crate) fn of(at: Timestamp, name: &str) -> Self {
        let digest = Digest::of(name.as_bytes());
        let bytes = digest.as_bytes().iter().take(8);
        Self {
            at: at.as_millis(),
            name: bytes.fold(0, |all, byte| all << 8 | u64::from(*byte)),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{:x}", self.at, self.name)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, name) = text.split_once('.').ok_or(())?;
        Ok(Self {
            at: at.parse().map_err(|_| ())?,
            name: u64::from_str_radix(name, 16).map_err(|_| ())?,
        })
    }
}

/// Reads what is all there as [`super::gather`] wants it: the greatest key first.
pub(crate) fn reads<T: Clone, K: Ord + Copy>(
    mut all: Vec<T>,
    key: impl Fn(&T) -> K + Copy,
) -> impl FnMut(Option<K>, usize) -> Result<Vec<T>, Failure> {
    all.sort_by_key(|it| Reverse(key(it)));
    move |before, limit| {
        let rest = all
            .iter()
            .filter(|it| before.is_none_or(|place| key(it) < place));
        Ok(rest.take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::list::gather;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let mark = Mark::of(Timestamp::from_millis(1_800_000_000_000), "a token");
        assert_eq!(mark.to_string().parse(), Ok(mark));
        assert_ne!(
            mark,
            Mark::of(Timestamp::from_millis(1_800_000_000_000), "b")
        );
        for wrong in ["", "1", "x.1", "1.y", "1.", ".1", "1.10000000000000000"] {
            assert_eq!(wrong.parse::<Mark>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn pages_follow_on_without_a_gap_though_what_was_last_is_gone() {
        let of = |all: &[i64]| -> Vec<Mark> {
            let marks = all
                .iter()
                .map(|at| Mark::of(Timestamp::from_millis(at / 2), &at.to_string()));
            marks.collect()
        };
        let all: Vec<i64> = (0..9).collect();
        let page = |all: Vec<Mark>, place| {
            let read = reads(all, |it| *it);
            gather(4, place, read, |it| *it, |it| Ok(Some(it))).unwrap()
        };
        let (first, next) = page(of(&all), None);
        let gone: Vec<Mark> = of(&all)
            .into_iter()
            .filter(|it| Some(*it) != next)
            .collect();
        let (second, next) = page(gone.clone(), next);
        let (third, end) = page(gone, next);
        let mut read = [first, second, third].concat();
        assert_eq!(end, None);
        assert!(read.is_sorted_by(|one, other| one > other));
        read.sort_unstable();
        let mut expected = of(&all);
        expected.sort_unstable();
        assert_eq!(read, expected);
    }
}
