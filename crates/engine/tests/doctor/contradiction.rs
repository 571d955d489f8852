//! Whoever holds the network's key can sign anything; the parts of an archive still cannot be made
//! to contradict each other.

use consort_kernel::digest::Digest;
use serde_json::Value;

use crate::archive::{archive, check, passes};
use crate::fixture::{delivered, stories};
use crate::forgery::{Files, put_together, take_apart};

/// A change of the files of an archive, after which the list is signed anew.
struct Forgery {
    name: &'static str,
    forge: fn(&mut Files),
    /// What a problem has to be told of.
    subject: &'static str,
}

const FORGERIES: [Forgery; 12] = [
    Forgery {
        name: "another state",
        forge: |files| replace(files, "record.json", "\"delivered\"", "\"cancelled\""),
        subject: "record.json",
    },
    Forgery {
        name: "another sum",
        forge: |files| {
            let (from, to) = ("\"paid_minor\":1000", "\"paid_minor\":900");
            replace(files, "record.json", from, to);
        },
        subject: "record.json",
    },
    Forgery {
        name: "a transfer less",
        forge: |files| edit_json(files, "transfers.json", |list| remove(list, 0)),
        subject: "transfers.json",
    },
    Forgery {
        name: "another amount",
        forge: |files| replace(files, "transfers.json", "\"3000\"", "\"2000\""),
        subject: "transfers.json",
    },
    Forgery {
        name: "a missing submission",
        forge: |files| assert!(files.remove(&submission()).is_some()),
        subject: "artefacts/",
    },
    Forgery {
        name: "another submission",
        forge: |files| assert!(files.insert(submission(), b"{}".to_vec()).is_some()),
        subject: "artefacts/",
    },
    Forgery {
        name: "a changed event",
        forge: |files| replace(files, "events.jsonl", "I have no time", "I have no wish"),
        subject: "proofs.json",
    },
    Forgery {
        name: "an event less",
        forge: |files| edit_lines(files, |lines| assert!(lines.pop().is_some())),
        subject: "proofs.json",
    },
    Forgery {
        name: "the end of the outcome left out with its proof",
        forge: |files| leave_out(files, &["\"closed\""]),
        subject: "record.json",
    },
    Forgery {
        name: "events in another order",
        forge: |files| edit_lines(files, |lines| lines.swap(3, 4)),
        subject: "events.jsonl",
    },
    Forgery {
        name: "proofs in another order",
        forge: |files| {
            edit_json(files, "proofs.json", |proofs| {
                proofs["events"].as_array_mut().unwrap().swap(3, 4);
            });
        },
        subject: "proofs.json",
    },
    Forgery {
        name: "a signer who is unknown",
        forge: |files| leave_out(files, &["\"added\"", "\"nature\":\"person\""]),
        subject: "tsk_",
    },
];

#[test]
fn whoever_holds_the_key_cannot_make_the_parts_contradict_each_other() {
    let story = stories().remove(0);
    let whole = take_apart(&archive(&story, delivered()));
    assert!(passes(&put_together(whole.clone())));
    for Forgery {
        name,
        forge,
        subject,
    } in FORGERIES
    {
        let mut files = whole.clone();
        forge(&mut files);
        assert!(files != whole, "{name} changes nothing");
        let report = check(&put_together(files)).unwrap();
        let mut subjects = report.problems.iter().map(|problem| &problem.subject);
        assert!(
            subjects.any(|found| found.starts_with(subject)),
            "{name}: {:?}",
            report.problems
        );
    }
}

/// Leaves out the first event that has all of these words, and its proof.
fn leave_out(files: &mut Files, words: &[&str]) {
    let text = String::from_utf8(files["events.jsonl"].clone()).unwrap();
    let has_all = |line: &str| words.iter().all(|word| line.contains(word));
    let place = text.lines().position(has_all).unwrap();
    edit_lines(files, |lines| assert!(!lines.remove(place).is_empty()));
    edit_json(files, "proofs.json", |proofs| {
        remove(&mut proofs["events"], place);
    });
}

fn remove(list: &mut Value, place: usize) {
    list.as_array_mut().unwrap().remove(place);
}

fn submission() -> String {
    format!("artefacts/{}", Digest::of(b"{\"points\":[]}"))
}

fn replace(files: &mut Files, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} does not say {from}");
    let changed = text.replace(from, to).into_bytes();
    files.insert(name.to_owned(), changed);
}

fn edit_json(files: &mut Files, name: &str, edit: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&files[name]).unwrap();
    edit(&mut value);
    files.insert(name.to_owned(), value.to_string().into_bytes());
}

fn edit_lines(files: &mut Files, edit: impl FnOnce(&mut Vec<String>)) {
    let text = String::from_utf8(files["events.jsonl"].clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    edit(&mut lines);
    files.insert("events.jsonl".to_owned(), lines.concat().into_bytes());
}
