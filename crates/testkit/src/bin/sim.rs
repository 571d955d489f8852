//! What `cargo xtask sim` runs: the simulator, each time from a seed of its own.
//!
//! Every seed is independent, so all cores take part. A seed that breaks a rule is printed with
//! what was found and with the command that runs it again; the same seed always gives the same
//! bytes.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use consort_testkit::simulation::{Report, Simulation};

/// How many seeds are run when none are asked for: as many as the tests run.
const SEEDS_DEFAULT: u64 = 200;
/// After so many failing seeds there is nothing to be learnt from more.
const FAILURES_MAX: usize = 10;
/// How many violations of one seed are printed.
const VIOLATIONS_SHOWN: usize = 5;

/// What the arguments ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Request {
    seeds: u64,
    from: u64,
    is_verbose: bool,
}

/// What came of all runs.
#[derive(Default)]
struct Tally {
    failed: Vec<Report>,
    runs: u64,
    events: u64,
    steps: u64,
    accepted: u64,
    kinds: BTreeMap<String, u64>,
    rejected: BTreeMap<&'static str, u64>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let request = match parse(&arguments) {
        Ok(request) => request,
        Err(message) => {
            eprintln!("cargo xtask sim: {message}");
            return ExitCode::from(2);
        }
    };
    let started = Instant::now();
    let next = AtomicU64::new(request.from);
    let tally = Mutex::new(Tally::default());
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(request, &next, &tally));
        }
    });
    let mut tally = tally
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    tally.failed.sort_by_key(|report| report.seed);
    println!(
        "{} seeds from {}: {} events in {} steps, {} tasks accepted, {} failed, {:.1} s",
        tally.runs,
        request.from,
        tally.events,
        tally.steps,
        tally.accepted,
        tally.failed.len(),
        started.elapsed().as_secs_f64()
    );
    if request.is_verbose {
        println!("events: {:?}", tally.kinds);
        println!("rejections: {:?}", tally.rejected);
    }
    if tally.failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    let seeds: Vec<String> = tally.failed.iter().map(|it| it.seed.to_string()).collect();
    println!("failed: {}", seeds.join(", "));
    ExitCode::FAILURE
}

fn work(request: Request, next: &AtomicU64, tally: &Mutex<Tally>) {
    loop {
        let seed = next.fetch_add(1, Ordering::SeqCst);
        if seed >= request.from.saturating_add(request.seeds) {
            return;
        }
        let report = Simulation::new(seed).run();
        let mut tally = tally
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        tally.runs += 1;
        tally.events += report.events;
        tally.steps += report.steps;
        tally.accepted += report.accepted;
        for (kind, count) in &report.kinds {
            *tally.kinds.entry(kind.clone()).or_default() += count;
        }
        for (code, count) in &report.rejected {
            *tally.rejected.entry(code).or_default() += count;
        }
        if request.is_verbose || tally.runs.is_multiple_of(500) {
            let Report {
                events,
                steps,
                acknowledged,
                accepted,
                log_root,
                ..
            } = &report;
            println!(
                "seed {seed}: {events} events in {steps} steps, {acknowledged} acknowledged, \
                 {accepted} accepted, root {}",
                log_root.get(..12).unwrap_or_default()
            );
        }
        if !report.violations.is_empty() {
            show(&report);
            tally.failed.push(report);
            if tally.failed.len() >= FAILURES_MAX {
                next.store(u64::MAX / 2, Ordering::SeqCst);
            }
        }
    }
}

fn show(report: &Report) {
    println!("seed {} breaks a rule:", report.seed);
    for violation in report.violations.iter().take(VIOLATIONS_SHOWN) {
        println!("    {violation}");
    }
    println!(
        "    again: cargo xtask sim --seeds 1 --from {}",
        report.seed
    );
}

fn parse(arguments: &[String]) -> Result<Request, String> {
    let mut request = Request {
        seeds: SEEDS_DEFAULT,
        from: 0,
        is_verbose: false,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let place = match argument.as_str() {
            "--verbose" => {
                request.is_verbose = true;
                continue;
            }
            "--seeds" => &mut request.seeds,
            "--from" => &mut request.from,
            other => {
                return Err(format!(
                    "'{other}' is not understood; --seeds N, --from S and --verbose are"
                ));
            }
        };
        let number = rest.next().and_then(|text| text.parse().ok());
        *place = number.ok_or_else(|| format!("{argument} takes a number"))?;
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::{Request, SEEDS_DEFAULT, parse};

    #[test]
    fn seeds_are_asked_for_by_number() {
        for (line, expected) in [
            ("", (SEEDS_DEFAULT, 0, false)),
            ("--seeds 10000 --from 7", (10_000, 7, false)),
            ("--verbose --from 3", (SEEDS_DEFAULT, 3, true)),
        ] {
            let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let (seeds, from, is_verbose) = expected;
            let expected = Request {
                seeds,
                from,
                is_verbose,
            };
            assert_eq!(parse(&arguments), Ok(expected));
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in ["--seeds", "--seeds many", "--often"] {
            let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            assert!(parse(&arguments).is_err(), "{line}");
        }
    }
}
