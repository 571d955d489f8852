//! What `cargo xtask chaos` runs: real servers on a real database, for as long as it is asked.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use consort_testkit::chaos::{Length, Settings, run};

/// For how many minutes things go wrong when nothing else is asked for.
const MINUTES_DEFAULT: u64 = 1;
const SECONDS: u64 = 60;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let settings = match parse(&arguments) {
        Ok(settings) => settings,
        Err(message) => {
            eprintln!("cargo xtask chaos: {message}");
            return ExitCode::from(2);
        }
    };
    match run(&settings) {
        Ok(Some(report)) => {
            println!("{report}");
            if report.found.is_empty() {
                return ExitCode::SUCCESS;
            }
            println!("again: cargo xtask chaos --seed {}", report.seed);
            ExitCode::FAILURE
        }
        // What is missing was said.
        Ok(None) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo xtask chaos: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Result<Settings, String> {
    let (mut program, mut faketime) = (None, None);
    let (mut minutes, mut seed) = (MINUTES_DEFAULT, 0);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let place = match argument.as_str() {
            "--program" | "--faketime" => {
                let file = rest.next().map(PathBuf::from);
                let file = file.ok_or_else(|| format!("{argument} takes a file"))?;
                let place = match argument.as_str() {
                    "--program" => &mut program,
                    _ => &mut faketime,
                };
                *place = Some(file);
                continue;
            }
            "--minutes" => &mut minutes,
            "--seed" => &mut seed,
            other => {
                return Err(format!(
                    "'{other}' is not understood; --minutes N, --seed S and --faketime FILE are"
                ));
            }
        };
        let number = rest.next().and_then(|text| text.parse().ok());
        *place = number.ok_or_else(|| format!("{argument} takes a number"))?;
    }
    let program = program.ok_or("--program FILE names the program 'consort'")?;
    Ok(Settings {
        program,
        faketime,
        seed,
        length: Length::Time(Duration::from_secs(minutes.saturating_mul(SECONDS))),
    })
}

#[cfg(test)]
mod tests {
    use super::{Duration, Length, parse};

    fn told(line: &str) -> Result<(u64, Length), String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&arguments).map(|settings| (settings.seed, settings.length))
    }

    #[test]
    fn minutes_and_a_seed_are_asked_for_by_number() {
        for (line, seed, minutes) in [
            ("--program consort", 0, 1),
            ("--program consort --minutes 60 --seed 7", 7, 60),
        ] {
            let time = Length::Time(Duration::from_mins(minutes));
            assert_eq!(told(line), Ok((seed, time)));
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in ["", "--program", "--program x --minutes long", "--often"] {
            assert!(told(line).is_err(), "{line}");
        }
    }
}
