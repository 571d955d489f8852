//! When an outcome is likely done: the longest chain of what is left, at the pace of what is done.
//!
//! It is no promise: it says what would be if the steps that are left take as long as those before
//! them, half of the time and nine times of ten.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::id::OutcomeId;
use consort_kernel::task::{Task, TaskSpec};
use consort_kernel::time::Timestamp;

use super::super::health::{Pace, pace};
use crate::server::{Failure, Web};

/// How many tasks a chain is looked for in.
const TASKS_MAX: usize = 5_000;

/// What is likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forecast {
    /// How many steps are left that follow on each other.
    pub(super) steps: usize,
    /// The moments between which it is likely done; nothing where no step is done yet.
    pub(super) between: Option<(Timestamp, Timestamp)>,
}

/// What is likely for an outcome, of the present moment.
pub(super) fn forecast(web: &Web, outcome: OutcomeId, tasks: &[Task]) -> Result<Forecast, Failure> {
    let pace = pace(web, outcome)?;
    let left = left(tasks);
    Ok(of(web.engine.now(), longest(&left), pace))
}

/// The tasks that are left, each with what it needs.
pub(super) fn left(tasks: &[Task]) -> BTreeMap<&str, &[String]> {
    let open = tasks.iter().filter(|task| !task.is_settled());
    open.take(TASKS_MAX).map(|task| needs(&task.spec)).collect()
}

/// A task's key, and what it needs.
pub(super) fn needs(spec: &TaskSpec) -> (&str, &[String]) {
    (spec.key.as_str(), spec.needs.as_slice())
}

/// So many steps from now on, at a pace.
pub(super) fn of(now: Timestamp, steps: usize, pace: Option<Pace>) -> Forecast {
    let times = i64::try_from(steps).unwrap_or(i64::MAX);
    let after = |each_ms: i64| now.plus_millis(each_ms.saturating_mul(times));
    let between = pace.filter(|_| steps > 0);
    Forecast {
        steps,
        between: between.map(|pace| (after(pace.middle_ms), after(pace.slow_ms))),
    }
}

/// How many tasks stand on the longest way through what is left. A plan has no cycles.
pub(super) fn longest(left: &BTreeMap<&str, &[String]>) -> usize {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut most = 0;
    for key in left.keys() {
        most = most.max(depth(key, left, &mut known));
    }
    most
}

/// One more than the deepest of what it needs; walked without recursion, for chains can be long.
fn depth<'a>(
    key: &'a str,
    left: &BTreeMap<&'a str, &'a [String]>,
    known: &mut BTreeMap<&'a str, usize>,
) -> usize {
    let mut waiting = vec![key];
    let mut entered = BTreeSet::new();
    while let Some(one) = waiting.last().copied() {
        if known.contains_key(one) {
            waiting.pop();
            continue;
        }
        let needed: Vec<&str> = needed(left, one);
        let unknown: Vec<&str> = needed
            .iter()
            .copied()
            .filter(|it| !known.contains_key(it) && !entered.contains(it))
            .collect();
        if entered.insert(one) && !unknown.is_empty() {
            waiting.extend(unknown);
            continue;
        }
        let deepest = needed.iter().filter_map(|it| known.get(it)).max();
        known.insert(one, deepest.copied().unwrap_or(0) + 1);
        waiting.pop();
    }
    known.get(key).copied().unwrap_or(0)
}

/// What of the tasks that are left a task needs; `research[*]` stands for all of a template.
fn needed<'a>(left: &BTreeMap<&'a str, &'a [String]>, key: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for need in left.get(key).copied().unwrap_or_default() {
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

    fn steps(plan: &[(&str, &[&str])]) -> usize {
        let owned: Vec<(String, Vec<String>)> = plan
            .iter()
            .map(|(key, needs)| {
                (
                    (*key).to_owned(),
                    needs.iter().map(|it| (*it).to_owned()).collect(),
                )
            })
            .collect();
        let left = owned
            .iter()
            .map(|(key, needs)| (key.as_str(), needs.as_slice()));
        longest(&left.collect())
    }

    #[test]
    fn the_longest_way_through_what_is_left_is_counted() {
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
    fn a_forecast_is_an_interval_and_none_without_a_pace() {
        let now = Timestamp::from_millis(1_000);
        let pace = Pace {
            middle_ms: 10,
            slow_ms: 50,
        };
        let likely = of(now, 3, Some(pace));
        let between = (Timestamp::from_millis(1_030), Timestamp::from_millis(1_150));
        assert_eq!(likely.between, Some(between));
        assert_eq!(of(now, 3, None).between, None);
        assert_eq!(of(now, 0, Some(pace)).between, None);
    }
}
