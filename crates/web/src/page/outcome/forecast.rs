//! When an outcome is likely done: the longest chain of what is left, at the pace of what is done.
//!
//! It is no promise: it says what would be if what people have to do takes people as long as before, and
//! what agents have to do takes agents as long. Where nobody has done such a step yet, no date is told.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::id::OutcomeId;
use consort_kernel::task::{Mode, Phase, Task, TaskSpec};
use consort_kernel::time::Timestamp;

use super::super::health::{Pace, Paces, paces};
use crate::server::{Failure, Web};

/// How many tasks a chain is looked for in.
const TASKS_MAX: usize = 5_000;
/// To what a moment is rounded up: to say it more exactly would be to know more than is known.
const ROUND_MS: i64 = 10 * MINUTE_MS;
/// What is done within the hour is told to the minute.
const HOUR_MS: i64 = 60 * MINUTE_MS;
const MINUTE_MS: i64 = 60_000;

/// What is likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forecast {
    /// How many steps are left that follow on each other.
    pub(super) steps: usize,
    /// The moments between which it is likely done; nothing where nobody can say.
    pub(super) between: Option<(Timestamp, Timestamp)>,
    /// Whether something that was handed in waits for somebody's judgment, who takes as long as they take.
    pub(super) waits: bool,
}

/// A task that is left: what it needs, and how long such a one takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left<'a> {
    needs: &'a [String],
    pace: Option<Pace>,
    /// Whether it is handed in, and waits for somebody.
    waits: bool,
}

/// The longest way to the end of a task.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    steps: usize,
    middle_ms: i64,
    slow_ms: i64,
}

impl Way {
    /// The longer of two, in each respect.
    fn or(self, other: Self) -> Self {
        Self {
            steps: self.steps.max(other.steps),
            middle_ms: self.middle_ms.max(other.middle_ms),
            slow_ms: self.slow_ms.max(other.slow_ms),
        }
    }

    /// And one step more.
    fn and(self, pace: Option<Pace>) -> Self {
        let own = |pick: fn(Pace) -> i64| pace.map_or(0, pick);
        Self {
            steps: self.steps + 1,
            middle_ms: self.middle_ms.saturating_add(own(|it| it.middle_ms)),
            slow_ms: self.slow_ms.saturating_add(own(|it| it.slow_ms)),
        }
    }
}

/// What is likely for an outcome, of the present moment.
pub(super) fn forecast(web: &Web, outcome: OutcomeId, tasks: &[Task]) -> Result<Forecast, Failure> {
    let paces = paces(web, outcome)?;
    Ok(of(web.engine.now(), &left(tasks, paces)))
}

/// The tasks that are left, by key.
pub(super) fn left(tasks: &[Task], paces: Paces) -> BTreeMap<&str, Left<'_>> {
    let open = tasks.iter().filter(|task| !task.is_settled());
    open.take(TASKS_MAX)
        .map(|task| {
            let (key, left) = one(&task.spec, paces);
            let waits = matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_));
            (key, Left { waits, ..left })
        })
        .collect()
}

/// A task that is left, with its key. Whoever is best suited is a person, as far as one knows.
pub(super) fn one(spec: &TaskSpec, paces: Paces) -> (&str, Left<'_>) {
    let pace = match spec.mode {
        Mode::Ai => paces.agents,
        Mode::Person | Mode::Pair => paces.people,
        Mode::Either => paces.people.or(paces.agents),
    };
    let left = Left {
        needs: &spec.needs,
        pace,
        waits: false,
    };
    (spec.key.as_str(), left)
}

/// How long what is left takes from now on.
pub(super) fn of(now: Timestamp, left: &BTreeMap<&str, Left<'_>>) -> Forecast {
    let way = longest(left);
    let waits = left.values().any(|it| it.waits);
    let is_known = way.steps > 0 && !waits && left.values().all(|it| it.pace.is_some());
    let after = |millis: i64| {
        let at = now.as_millis().saturating_add(millis);
        let round_ms = if way.slow_ms < HOUR_MS {
            MINUTE_MS
        } else {
            ROUND_MS
        };
        Timestamp::from_millis(at.saturating_add(round_ms - 1).div_euclid(round_ms) * round_ms)
    };
    Forecast {
        steps: way.steps,
        between: is_known.then(|| (after(way.middle_ms), after(way.slow_ms))),
        waits,
    }
}

/// The longest way through what is left. A plan has no cycles.
fn longest(left: &BTreeMap<&str, Left<'_>>) -> Way {
    let mut known: BTreeMap<&str, Way> = BTreeMap::new();
    let ways = left.keys().map(|key| way(key, left, &mut known));
    ways.fold(Way::default(), Way::or)
}

/// The way to the end of a task, by way of what it needs; walked without recursion, for chains can be
/// long.
fn way<'a>(
    key: &'a str,
    left: &BTreeMap<&'a str, Left<'_>>,
    known: &mut BTreeMap<&'a str, Way>,
) -> Way {
    let mut waiting = vec![key];
    let mut entered = BTreeSet::new();
    while let Some(one) = waiting.last().copied() {
        if known.contains_key(one) {
            waiting.pop();
            continue;
        }
        let needed: Vec<&str> = needed(left, one);
        let is_new = |it: &&str| !known.contains_key(it) && !entered.contains(it);
        let unknown: Vec<&str> = needed.iter().copied().filter(is_new).collect();
        if entered.insert(one) && !unknown.is_empty() {
            waiting.extend(unknown);
            continue;
        }
        let ways = needed.iter().filter_map(|it| known.get(it).copied());
        let before = ways.fold(Way::default(), Way::or);
        known.insert(one, before.and(left.get(one).and_then(|it| it.pace)));
        waiting.pop();
    }
    known.get(key).copied().unwrap_or_default()
}

/// What of the tasks that are left a task needs; `research[*]` stands for all of a template.
fn needed<'a>(left: &BTreeMap<&'a str, Left<'_>>, key: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for need in left.get(key).map_or(&[][..], |it| it.needs) {
        if let Some(template) = need.strip_suffix("[*]") {
            let beginning = format!("{template}[");
            let of_it = left.keys().filter(|it| it.starts_with(&beginning));
            found.extend(of_it.copied());
        } else if let Some((known, _)) = left.get_key_value(need.as_str()) {
            found.push(*known);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likely(plan: &[(&str, &[&str])], pace: Option<Pace>) -> Forecast {
        let owned: Vec<(&str, Vec<String>)> = plan
            .iter()
            .map(|(key, needs)| (*key, needs.iter().map(|it| (*it).to_owned()).collect()))
            .collect();
        let left = owned.iter().map(|(key, needs)| {
            let waits = false;
            (*key, Left { needs, pace, waits })
        });
        of(Timestamp::from_millis(0), &left.collect())
    }

    #[test]
    fn the_longest_way_through_what_is_left_is_counted() {
        let steps = |plan: &[(&str, &[&str])]| likely(plan, None).steps;
        assert_eq!(steps(&[]), 0);
        assert_eq!(steps(&[("a", &[]), ("b", &[])]), 1);
        assert_eq!(
            steps(&[
                ("a", &[]),
                ("b", &["a"]),
                ("c", &["a", "b"]),
                ("d", &["gone"])
            ]),
            3
        );
        assert_eq!(
            steps(&[("r[1]", &[]), ("r[2]", &["r[1]"]), ("sum", &["r[*]"])]),
            3
        );
    }

    #[test]
    fn nobody_can_tell_when_a_person_judges_what_was_handed_in() {
        let pace = Some(Pace {
            middle_ms: MINUTE_MS,
            slow_ms: MINUTE_MS,
        });
        let left = |waits| {
            let needs = &[][..];
            BTreeMap::from([("a", Left { needs, pace, waits })])
        };
        let now = Timestamp::from_millis(0);
        let (goes_on, waits) = (of(now, &left(false)), of(now, &left(true)));
        assert!(goes_on.between.is_some() && !goes_on.waits);
        assert!(waits.between.is_none() && waits.waits);
        assert_eq!(waits.steps, 1);
    }

    #[test]
    fn a_forecast_is_an_interval_and_none_without_a_pace() {
        let pace = Pace {
            middle_ms: 12 * MINUTE_MS,
            slow_ms: 60 * MINUTE_MS,
        };
        let plan: &[(&str, &[&str])] = &[("a", &[]), ("b", &["a"]), ("c", &[])];
        let between = (30 * MINUTE_MS, 120 * MINUTE_MS);
        let between = (
            Timestamp::from_millis(between.0),
            Timestamp::from_millis(between.1),
        );
        assert_eq!(likely(plan, Some(pace)).between, Some(between));
        let quick = Pace {
            middle_ms: MINUTE_MS,
            slow_ms: 4 * MINUTE_MS,
        };
        let (early, late) = likely(plan, Some(quick)).between.unwrap();
        assert_eq!(
            (early.as_millis(), late.as_millis()),
            (2 * MINUTE_MS, 8 * MINUTE_MS)
        );
        assert_eq!(likely(plan, None).between, None);
        assert_eq!(likely(&[], Some(pace)).between, None);
    }
}
