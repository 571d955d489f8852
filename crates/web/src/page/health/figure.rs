//! Figures, each with what it means: computed from facts alone.

use consort_kernel::contributor::Cause;
use consort_kernel::reputation::{WHOLE, estimate};
use consort_kernel::time::Timestamp;

use super::fact::{Fact, What};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How many columns a chart has.
const COLUMNS: usize = 14;

/// A share of something, with how sure it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) part: u64,
    pub(super) whole: u64,
}

impl Share {
    fn add(&mut self, is_part: bool) {
        self.whole += 1;
        self.part += u64::from(is_part);
    }

    /// In percent; nothing where there is nothing.
    pub(super) fn percent(self) -> Option<u64> {
        (self.whole > 0).then(|| (self.part * 100 + self.whole / 2) / self.whole)
    }

    /// Between which percents it lies most likely: the mean of the Beta distribution, with two
    /// standard deviations on each side.
    pub(super) fn interval(self) -> (i64, i64) {
        let found = estimate(self.part * WHOLE, (self.whole - self.part) * WHOLE);
        let low = (found.mean_ppm - 2 * found.deviation_ppm).max(0);
        let high = (found.mean_ppm + 2 * found.deviation_ppm).min(1_000_000);
        (low / 10_000, (high + 9_999) / 10_000)
    }
}

/// Times, to tell their middle and their slow end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    millis: Vec<i64>,
}

impl Times {
    fn of(millis: impl Iterator<Item = i64>) -> Self {
        let mut millis: Vec<i64> = millis.collect();
        millis.sort_unstable();
        Self { millis }
    }

    pub(super) const fn count(&self) -> usize {
        self.millis.len()
    }

    /// The middle one.
    pub(super) fn middle(&self) -> Option<i64> {
        self.millis.get(self.millis.len() / 2).copied()
    }

    /// The one that nine of ten stay below.
    pub(super) fn slow(&self) -> Option<i64> {
        self.millis.get(self.millis.len() * 9 / 10).copied()
    }
}

/// What was counted in one column of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) from: Timestamp,
    pub(super) accepted: u64,
    pub(super) gates: u64,
    pub(super) escalated: u64,
}

/// All figures.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) accepted: u64,
    pub(super) gates: u64,
    pub(super) escalated: u64,
    /// What went back, of what was handed in and judged.
    pub(super) rework: Share,
    /// Why it went back.
    pub(super) causes: [u64; 4],
    pub(super) to_take: Times,
    pub(super) at_work: Times,
    pub(super) to_judge: Times,
    /// Reviews of agents that people agreed with.
    pub(super) reviews: Share,
    /// Work of agents that people accepted once they had opened it.
    pub(super) judged: Share,
    pub(super) slices: Vec<Slice>,
    /// Whether a slice is an hour; otherwise it is a day.
    pub(super) is_by_hour: bool,
    pub(super) since: Option<Timestamp>,
}

impl Figures {
    /// Of these facts, as it is now.
    pub(super) fn of(facts: &[Fact], now: Timestamp) -> Self {
        let times =
            |pick: fn(What) -> Option<i64>| Times::of(facts.iter().filter_map(|it| pick(it.what)));
        let mut figures = Self {
            since: facts.first().map(|fact| fact.at),
            to_take: times(|what| match what {
                What::Taken { waited_ms } => Some(waited_ms),
                _ => None,
            }),
            at_work: times(|what| match what {
                What::HandedIn { worked_ms } => Some(worked_ms),
                _ => None,
            }),
            to_judge: times(|what| match what {
                What::Accepted { waited_ms, .. } | What::SentBack { waited_ms, .. } => {
                    Some(waited_ms)
                }
                _ => None,
            }),
            ..Self::default()
        };
        for fact in facts {
            match fact.what {
                What::Taken { .. } | What::HandedIn { .. } => {}
                What::Accepted { gate, .. } => {
                    figures.accepted += 1;
                    figures.gates += u64::from(gate);
                    figures.rework.add(false);
                }
                What::SentBack { cause, .. } => {
                    figures.rework.add(true);
                    figures.causes[place(cause)] += 1;
                }
                What::Escalated => figures.escalated += 1,
                What::Reviewed { agrees } => figures.reviews.add(agrees),
                What::Judged { accepted } => figures.judged.add(accepted),
            }
        }
        figures.slice(facts, now);
        figures
    }

    /// Counts by the hour while everything is of the last hours, and by the day otherwise.
    fn slice(&mut self, facts: &[Fact], now: Timestamp) {
        let columns = i64::try_from(COLUMNS).unwrap_or(1);
        let age = self.since.map_or(0, |since| now.millis_since(since));
        self.is_by_hour = age < columns * HOUR_MS;
        let width = if self.is_by_hour { HOUR_MS } else { DAY_MS };
        let end = (now.as_millis().div_euclid(width) + 1) * width;
        let begin = end - columns * width;
        self.slices = (0..columns)
            .map(|column| Slice {
                from: Timestamp::from_millis(begin + column * width),
                accepted: 0,
                gates: 0,
                escalated: 0,
            })
            .collect();
        for fact in facts {
            let column = (fact.at.as_millis() - begin).div_euclid(width);
            let slice = usize::try_from(column)
                .ok()
                .and_then(|it| self.slices.get_mut(it));
            let Some(slice) = slice else { continue };
            match fact.what {
                What::Accepted { gate, .. } => {
                    slice.accepted += 1;
                    slice.gates += u64::from(gate);
                }
                What::Escalated => slice.escalated += 1,
                _ => {}
            }
        }
    }
}

const fn place(cause: Cause) -> usize {
    match cause {
        Cause::Capability => 0,
        Cause::Communication => 1,
        Cause::ChangedExpectation => 2,
        Cause::OutsideShock => 3,
    }
}

#[cfg(test)]
mod tests {
    use consort_kernel::id::OutcomeId;

    use super::*;

    const NOW: i64 = 1_000 * DAY_MS;

    fn fact(age_ms: i64, what: What) -> Fact {
        Fact {
            at: Timestamp::from_millis(NOW - age_ms),
            outcome: OutcomeId::from_bits(1),
            by_agent: false,
            what,
        }
    }

    #[test]
    fn figures_are_counted_from_what_happened() {
        let accepted = |gate, waited_ms| What::Accepted { gate, waited_ms };
        let sent_back = What::SentBack {
            cause: Cause::Communication,
            waited_ms: 9,
        };
        let facts = [
            fact(3 * HOUR_MS, What::Taken { waited_ms: 5 }),
            fact(3 * HOUR_MS, What::HandedIn { worked_ms: 7 }),
            fact(2 * HOUR_MS, sent_back),
            fact(HOUR_MS, accepted(false, 1)),
            fact(10, accepted(true, 3)),
            fact(10, accepted(false, 2)),
            fact(5, What::Escalated),
            fact(5, What::Reviewed { agrees: true }),
            fact(5, What::Judged { accepted: false }),
        ];
        let figures = Figures::of(&facts, Timestamp::from_millis(NOW));
        assert_eq!(
            (figures.accepted, figures.gates, figures.escalated),
            (3, 1, 1)
        );
        assert_eq!(figures.rework, Share { part: 1, whole: 4 });
        assert_eq!(figures.rework.percent(), Some(25));
        assert_eq!(figures.causes, [0, 1, 0, 0]);
        assert_eq!(figures.to_take.middle(), Some(5));
        assert_eq!(
            (figures.to_judge.middle(), figures.to_judge.slow()),
            (Some(3), Some(9))
        );
        assert_eq!(figures.reviews.percent(), Some(100));
        assert_eq!(figures.judged.percent(), Some(0));
        assert!(figures.is_by_hour);
        assert_eq!(figures.slices.len(), COLUMNS);
        let counted: u64 = figures.slices.iter().map(|slice| slice.accepted).sum();
        assert_eq!(counted, 3);
    }

    #[test]
    fn without_facts_no_figure_is_told() {
        let none = Figures::of(&[], Timestamp::from_millis(NOW));
        assert_eq!(none.rework.percent(), None);
        assert_eq!((none.to_take.middle(), none.to_take.slow()), (None, None));
        assert_eq!(Share::default().interval(), (0, 100));
    }

    #[test]
    fn a_share_of_few_is_less_sure_than_one_of_many() {
        let (low, high) = Share { part: 3, whole: 4 }.interval();
        let (lower, higher) = Share {
            part: 300,
            whole: 400,
        }
        .interval();
        assert!(
            low < lower && higher < high,
            "{low} {lower} {higher} {high}"
        );
    }

    #[test]
    fn old_facts_are_counted_by_the_day() {
        let facts = [fact(3 * DAY_MS, What::Escalated), fact(0, What::Escalated)];
        let figures = Figures::of(&facts, Timestamp::from_millis(NOW));
        assert!(!figures.is_by_hour);
        let counted: Vec<u64> = figures.slices.iter().map(|it| it.escalated).collect();
        assert_eq!((counted[COLUMNS - 4], counted[COLUMNS - 1]), (1, 1));
    }
}
