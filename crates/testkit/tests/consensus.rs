//! Consensus on answers that crowds really gave: how often it is right, and how many answers it
//! takes, beside the majority of all of them.
//!
//! `cargo test -p consort-testkit --test consensus -- --nocapture` prints the figures that stand in
//! docs/BENCHMARKS.md.

use std::collections::VecDeque;

use consort_kernel::consensus::{Answer, Settled, Stop, dawid_skene, majority};
use consort_testkit::crowd::Crowd;

/// No item is settled with fewer answers.
const ANSWERS_MIN: u32 = 2;
/// How sure an item has to be.
const CONFIDENCE_PPM: u32 = 950_000;

/// How often each way is right, in ten-thousandths, and how many answers stopping used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Figures {
    majority: usize,
    dawid_skene: usize,
    stopping: usize,
    used: usize,
    majority_of_used: usize,
}

/// Asks for one more answer about each item that is not settled, in the order in which the crowd
/// gave them, until all are or nobody answers any more.
fn replay(crowd: &Crowd) -> Figures {
    let stop = Stop {
        answers_min: ANSWERS_MIN,
        answers_max: u32::MAX,
        confidence_ppm: CONFIDENCE_PPM,
    };
    let mut waiting: Vec<VecDeque<Answer>> = vec![VecDeque::new(); crowd.items.len()];
    for answer in &crowd.given {
        waiting[answer.item as usize].push_back(*answer);
    }
    let mut given: Vec<Answer> = Vec::new();
    let mut counts = vec![0; crowd.items.len()];
    let stopped = loop {
        let estimate = dawid_skene(&crowd.answers(&given));
        let before = given.len();
        for (item, waiting) in waiting.iter_mut().enumerate() {
            let settled = stop.settled(&estimate.items[item], counts[item]);
            if settled == Settled::NotYet
                && let Some(answer) = waiting.pop_front()
            {
                given.push(answer);
                counts[item] += 1;
            }
        }
        if given.len() == before {
            break estimate;
        }
    };
    let all = crowd.answers(&crowd.given);
    Figures {
        majority: crowd.accuracy(&majority(&all)),
        dawid_skene: crowd.accuracy(&dawid_skene(&all).items),
        stopping: crowd.accuracy(&stopped.items),
        used: given.len(),
        majority_of_used: crowd.accuracy(&majority(&crowd.answers(&given))),
    }
}

/// One set, with what it came to when it was last looked at: a change of the computation shows.
#[track_caller]
fn comes_to(name: &str, expected: Figures) {
    let Some(crowd) = Crowd::load(name) else {
        println!("{name}: the set is not beside the repository, so this looks at nothing");
        return;
    };
    let figures = replay(&crowd);
    let percent = |share: usize| format!("{}.{:02} %", share / 100, share % 100);
    println!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} | {} |",
        crowd.items.len(),
        crowd.workers.len(),
        crowd.given.len(),
        percent(figures.majority),
        percent(figures.dawid_skene),
        percent(figures.stopping),
        figures.used,
        percent(figures.used * 10_000 / crowd.given.len()),
    );
    assert_eq!(figures, expected, "{name}");
}

#[test]
fn music_genres_with_few_answers() {
    comes_to(
        "MS",
        Figures {
            majority: 7114,
            dawid_skene: 7828,
            stopping: 7585,
            used: 1556,
            majority_of_used: 6857,
        },
    );
}

#[test]
fn weather_sentiment_with_workers_who_gave_few_answers() {
    comes_to(
        "CF",
        Figures {
            majority: 9000,
            dawid_skene: 8866,
            stopping: 8366,
            used: 677,
            majority_of_used: 8433,
        },
    );
}

#[test]
fn sentence_polarity_with_five_answers_each() {
    comes_to(
        "SP",
        Figures {
            majority: 8895,
            dawid_skene: 9149,
            stopping: 9083,
            used: 13202,
            majority_of_used: 8957,
        },
    );
}

#[test]
fn entity_links_with_some_careless_workers() {
    comes_to(
        "ZenCrowd_us",
        Figures {
            majority: 8696,
            dawid_skene: 8230,
            stopping: 8269,
            used: 8533,
            majority_of_used: 8264,
        },
    );
}

#[test]
fn workers_hardly_better_than_chance() {
    comes_to(
        "Mozafari",
        Figures {
            majority: 6960,
            dawid_skene: 7160,
            stopping: 7220,
            used: 3319,
            majority_of_used: 6830,
        },
    );
}
