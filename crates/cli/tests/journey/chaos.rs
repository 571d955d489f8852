//! Three servers on one database, and everything that goes wrong with them, once: a short run of
//! `cargo xtask chaos`.

use std::path::PathBuf;
use std::time::Duration;

use consort_testkit::chaos::{KINDS, Length, Settings, run};

/// A machine that does much else at a time takes a few minutes.
const TIME_MAX: Duration = Duration::from_mins(10);

#[test]
fn servers_that_everything_happens_to_keep_what_they_said() {
    let settings = Settings {
        program: PathBuf::from(env!("CARGO_BIN_EXE_consort")),
        faketime: None,
        seed: 1,
        // Every kind once.
        length: Length::Faults(u64::from(KINDS)),
    };
    // Where PostgreSQL is not installed, it was said that this is skipped.
    let Some(report) = run(&settings).unwrap() else {
        return;
    };
    println!("{report}");
    assert_eq!(report.found, [""; 0]);
    assert!(report.lives > 0 && report.took < TIME_MAX, "{report}");
}
