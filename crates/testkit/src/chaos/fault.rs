//! What goes wrong, and when: drawn from a seed, and counted in lives, so that a slow machine meets no more
//! trouble a life than a quick one.

use std::time::Duration;

use super::client::SERVERS;
use super::proxy::Way;
use crate::simulation::random::Random;

/// How many lives are lived between two faults, the fewest and the most.
const LIVES_BETWEEN: (i64, i64) = (2, 12);
/// How many lives the others live while a server stays away after it was killed.
const LIVES_AWAY: i64 = 8;
/// How long the database stays away at the most, where it does not come back at once: less than servers wait
/// for it. In milliseconds.
const AWAY_MS: i64 = 4_000;
/// How long it stays away so that servers give up waiting and tell whoever asks, in milliseconds.
const AWAY_LONG_MS: (i64, i64) = (16_000, 18_000);
/// How many kinds of faults there are.
pub(super) const KINDS: u8 = 11;
/// The longest that a piece waits on a slow way, in milliseconds.
const SLOW_MS: i64 = 300;
/// How many pieces wait.
const SLOW_PIECES: i64 = 30;
/// How far a server's clock is off at the most, in seconds: minutes, either way.
const CLOCK_SECONDS: i64 = 15 * 60;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A server is killed, and started again after so many lives.
    Kill { server: usize, away: u64 },
    /// A server is asked to end while it is busy, and started again.
    End { server: usize },
    /// The database stops at once, and starts again.
    Stop,
    /// The database stops at once and stays away for longer than servers wait for it.
    AwayLong { moment: Duration },
    /// The database stops at once and stays away; a server is killed meanwhile, if one is named.
    Away {
        moment: Duration,
        killed: Option<usize>,
    },
    /// All connections of a server to the database are cut.
    Cut { server: usize },
    /// A connection is cut in the middle of a message, after so many thousandths of it.
    Tear {
        server: usize,
        way: Way,
        part: usize,
    },
    /// A commit is carried out, and its answer is lost.
    Unanswered { server: usize },
    /// What goes one way waits.
    Slow {
        server: usize,
        way: Way,
        moment: Duration,
        pieces: u32,
    },
}

impl Fault {
    /// What it is called in the report.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Kill { .. } => "a server killed",
            Self::End { .. } => "a server ended in order",
            Self::Stop => "the database stopped and started",
            Self::AwayLong { .. } => "the database away for longer than servers wait",
            Self::Away { killed: None, .. } => "the database away for seconds",
            Self::Away { .. } => "the database away, and a server killed meanwhile",
            Self::Cut { .. } => "all connections of a server cut",
            Self::Tear {
                way: Way::There, ..
            } => "a message to the database torn",
            Self::Tear { way: Way::Back, .. } => "a message from the database torn",
            Self::Unanswered { .. } => "the answer to a commit lost",
            Self::Slow { .. } => "one way slowed down",
        }
    }
}

/// What goes wrong, in order.
#[derive(Debug)]
pub(super) struct Schedule {
    random: Random,
    /// Kinds that are still to come before any comes again.
    deck: Vec<u8>,
}

impl Schedule {
    /// Of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            deck: Vec::new(),
        }
    }

    /// Before the next fault so many lives are lived.
    pub(super) fn lives(&mut self) -> u64 {
        let (fewest, most) = LIVES_BETWEEN;
        self.random.between(fewest, most).unsigned_abs()
    }

    /// How far a server's clock is off when it starts, in seconds.
    pub(super) fn clock(&mut self) -> i64 {
        self.random.between(-CLOCK_SECONDS, CLOCK_SECONDS)
    }

    /// The next fault. Every kind comes once before any comes again.
    pub(super) fn next(&mut self) -> Fault {
        if self.deck.is_empty() {
            self.deck = (0..KINDS).collect();
        }
        let kind = self.deck.swap_remove(self.random.below(self.deck.len()));
        let server = self.random.below(SERVERS);
        let way = if kind == 5 { Way::There } else { Way::Back };
        match kind {
            0 => Fault::Kill {
                server,
                away: self.random.between(0, LIVES_AWAY).unsigned_abs(),
            },
            1 => Fault::Stop,
            2 | 3 => Fault::Away {
                moment: self.moment(AWAY_MS),
                killed: (kind == 3).then_some(server),
            },
            4 => Fault::Cut { server },
            5 | 6 => Fault::Tear {
                server,
                way,
                part: self.random.below(1_001),
            },
            7 => Fault::Unanswered { server },
            8 => Fault::End { server },
            9 => {
                let (least, most) = AWAY_LONG_MS;
                let moment = self.random.between(least, most).unsigned_abs();
                Fault::AwayLong {
                    moment: Duration::from_millis(moment),
                }
            }
            _ => Fault::Slow {
                server,
                way: if self.random.chance(50) {
                    Way::There
                } else {
                    Way::Back
                },
                moment: self.moment(SLOW_MS),
                pieces: u32::try_from(self.random.between(1, SLOW_PIECES)).unwrap_or(1),
            },
        }
    }

    fn moment(&mut self, most_ms: i64) -> Duration {
        Duration::from_millis(self.random.between(1, most_ms).unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn faults(seed: u64) -> Vec<Fault> {
        let mut schedule = Schedule::new(seed);
        (0..KINDS).map(|_| schedule.next()).collect()
    }

    #[test]
    fn a_seed_always_leads_to_the_same_faults() {
        assert_eq!(faults(7), faults(7));
        assert_ne!(faults(7), faults(8));
    }

    #[test]
    fn every_kind_comes_before_any_comes_again() {
        for seed in 0..20 {
            let words: BTreeSet<&str> = faults(seed).into_iter().map(Fault::word).collect();
            assert_eq!(words.len(), usize::from(KINDS), "{words:?}");
        }
    }
}
