//! What a program answers: what it printed and how it ended, as a submission or as none.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use consort_engine::runner::{Failure, Product};

use super::{PRINTED_BYTES_MAX, Settings};
use crate::process::{End, Ended};

/// The exit code by which a program says that it may go better later (`EX_TEMPFAIL`, sysexits.h).
const TRY_AGAIN: i32 = 75;
/// The folder whose files are handed in with the result.
const FILES: &str = "files";
/// The name under which the error stream is kept with the submission.
pub const COMPLAINT: &str = "stderr.txt";
/// How many files are handed in: somebody has to look at them.
const FILES_MAX: usize = 64;
/// How large all of them are together, in bytes; they pass through memory.
const FILES_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What comes of a run.
pub(super) fn product(
    settings: &Settings,
    timeout: Duration,
    ended: &Ended,
    folder: &Path,
) -> Result<Product, Failure> {
    match ended.end {
        End::Code(0) => {}
        End::Code(TRY_AGAIN) => return Err(Failure::Passing(said(ended, timeout))),
        End::Code(_) | End::Signal(_) | End::OutOfTime => {
            return Err(Failure::HandOver(said(ended, timeout)));
        }
    }
    if ended.overflowed {
        return Err(Failure::HandOver(format!(
            "it printed more than {} MiB",
            PRINTED_BYTES_MAX / (1024 * 1024)
        )));
    }
    let content = serde_json::from_slice(&ended.printed).map_err(|error| {
        Failure::HandOver(format!(
            "what it printed is not one JSON value: {error}; a program prints its result on standard \
             output and everything else on standard error"
        ))
    })?;
    let mut files = files(&folder.join(FILES))?;
    if !ended.complaint.trim().is_empty() {
        files.insert(COMPLAINT.to_owned(), ended.complaint.clone().into_bytes());
    }
    let version = settings.version.as_deref().map(|it| format!(" {it}"));
    Ok(Product {
        content,
        files,
        ai: settings.ai,
        made_with: format!("{}{}", settings.name, version.unwrap_or_default()),
    })
}

/// How it ended, and what it said of it.
fn said(ended: &Ended, timeout: Duration) -> String {
    let how = ended.end.words(timeout);
    match ended.last_complaint() {
        Some(last) => format!("{how}: {last}"),
        None => how,
    }
}

/// The files that it left to be handed in.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let unreadable = |error: io::Error| Failure::HandOver(format!("its files: {error}"));
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = BTreeMap::new();
    let mut left = FILES_BYTES_MAX;
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        // A link may lead anywhere; what it leads to was not made by the program.
        if !entry.file_type().map_err(unreadable)?.is_file() {
            continue;
        }
        let length = entry.metadata().map_err(unreadable)?.len();
        left = left.checked_sub(length).ok_or_else(|| {
            Failure::HandOver(format!(
                "its files take more than {} MiB together",
                FILES_BYTES_MAX / (1024 * 1024)
            ))
        })?;
        if files.len() == FILES_MAX {
            return Err(Failure::HandOver(format!(
                "it left more than {FILES_MAX} files"
            )));
        }
        let name = entry.file_name().into_string().map_err(|name| {
            Failure::HandOver(format!(
                "the name of its file {} is no text",
                name.display()
            ))
        })?;
        files.insert(name, fs::read(entry.path()).map_err(unreadable)?);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use consort_kernel::task::AiUse;

    use super::*;
    use crate::process::Program;

    const TIMEOUT: Duration = Duration::from_mins(1);

    fn settings() -> Settings {
        Settings {
            name: "tidy".to_owned(),
            program: Program {
                command: vec!["tidy".to_owned()],
                environment: BTreeMap::new(),
                timeout: TIMEOUT,
                memory_mib: 64,
                network: false,
            },
            ai: AiUse::Tool,
            family: "command/tidy".to_owned(),
            version: Some("1.2".to_owned()),
        }
    }

    fn answer(end: End, printed: &str, folder: &Path) -> Result<Product, Failure> {
        let ended = Ended {
            end,
            printed: printed.as_bytes().to_vec(),
            overflowed: false,
            complaint: "first\nthe scale is broken\n".to_owned(),
        };
        product(&settings(), TIMEOUT, &ended, folder)
    }

    #[test]
    fn a_result_comes_with_its_files_and_its_error_stream() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let files = folder.path().join(FILES);
        fs::create_dir(&files).expect("the folder is empty");
        fs::write(files.join("table.csv"), "a,b").expect("the file can be written");
        fs::create_dir(files.join("inner")).expect("the folder is empty");
        std::os::unix::fs::symlink("/etc/passwd", files.join("link")).expect("it is new");
        let product = answer(End::Code(0), "{\"label\": \"a\"}", folder.path());
        let product = product.expect("it is a result");
        assert_eq!(product.content["label"], "a");
        assert_eq!(product.made_with, "tidy 1.2");
        let names: Vec<&String> = product.files.keys().collect();
        assert_eq!(names, ["stderr.txt", "table.csv"]);
    }

    #[test]
    fn whatever_is_no_result_says_why() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (end, printed, expected) in [
            (
                End::Code(75),
                "",
                Failure::Passing("it ended with code 75: the scale is broken".to_owned()),
            ),
            (
                End::Code(1),
                "{}",
                Failure::HandOver("it ended with code 1: the scale is broken".to_owned()),
            ),
            (
                End::Signal(11),
                "{}",
                Failure::HandOver("signal 11 ended it: the scale is broken".to_owned()),
            ),
            (
                End::OutOfTime,
                "{}",
                Failure::HandOver(
                    "it was ended after 60 s, which is all it has: the scale is broken".to_owned(),
                ),
            ),
        ] {
            assert_eq!(answer(end, printed, folder.path()), Err(expected));
        }
        for printed in ["", "done", "{} {}"] {
            let failure = answer(End::Code(0), printed, folder.path());
            let failure = failure.expect_err(printed).to_string();
            assert!(failure.contains("not one JSON value"), "{failure}");
        }
    }

    #[test]
    fn more_files_than_anybody_looks_at_are_no_result() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let files = folder.path().join(FILES);
        fs::create_dir(&files).expect("the folder is empty");
        for number in 0..=FILES_MAX {
            fs::write(files.join(number.to_string()), "").expect("the file can be written");
        }
        let failure = answer(End::Code(0), "{}", folder.path()).expect_err("too many");
        assert!(failure.to_string().contains("more than 64 files"));
    }
}
