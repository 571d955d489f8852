//! Archives: written from each store, and checked with nothing but the file.

use consort_engine::archive::{ArchiveError, ArchiveReport, Export, Written, verify, write};
use consort_engine::checkpoint::Key;
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{DataClass, Phase};
use consort_store::StateQuery;
use serde_json::{Value, json};

use crate::fixture::{Story, anna, delivered, running, stories};
use crate::forgery::{container, put_together, take_apart};

/// The record of an outcome, as the command line gives it.
fn record(story: &Story, outcome: OutcomeId) -> String {
    let stream = StreamId::Outcome(outcome);
    let row = story.store.load(&[stream]).unwrap().remove(0);
    let State::Outcome(state) = serde_json::from_str(&row.body).unwrap() else {
        panic!("an outcome's row holds something else");
    };
    let query = StateQuery {
        kind: Some("task"),
        parent: Some(stream),
        limit: 99,
        ..StateQuery::default()
    };
    let rows = story.store.states(&query).unwrap();
    let tasks = rows.iter().map(|row| {
        let State::Task(task) = serde_json::from_str(&row.body).unwrap() else {
            panic!("a task's row holds something else");
        };
        let holder = task.handed().map(|handed| handed.lease.holder.id);
        let paid = match &task.phase {
            Phase::Accepted(_, settlement) => settlement.net.minor(),
            _ => 0,
        };
        json!({
            "key": task.spec.key, "id": task.id, "kind": task.spec.kind,
            "state": task.phase.as_str(), "lease": task.lease_number,
            "attempts": task.attempts_total, "paid_minor": paid,
            "contributor": holder.map(|id| json!({"id": id})),
        })
    });
    let tasks: Vec<Value> = tasks.collect();
    let purse = &state.purse;
    let log = story.store.log().unwrap();
    json!({
        "outcome": {"id": outcome, "state": state.phase.as_str(), "title": state.charter.title},
        "tasks": tasks,
        "deliverables": [{"name": "brief.html", "sha256": Digest::of(b"the brief")}],
        "ledger": {
            "currency": "practice",
            "funded_minor": purse.funded.minor(),
            "paid_minor": purse.paid.minor(),
            "fees_minor": purse.fees.minor(),
            "refunded_minor": purse.refunded.minor(),
            "escrow_minor": purse.available.minor() + purse.held.minor(),
        },
        "events": log.size(),
        "log_root": log.root(),
    })
    .to_string()
}

fn archive_up_to(story: &Story, outcome: OutcomeId, up_to: DataClass) -> Vec<u8> {
    let record = record(story, outcome);
    let export = Export {
        outcome,
        record: &record,
        up_to,
    };
    let mut out = Vec::new();
    let written = export_to(story, &export, &mut out).unwrap();
    assert_eq!(written.bytes, out.len() as u64);
    out
}

fn export_to(
    story: &Story,
    export: &Export<'_>,
    out: &mut Vec<u8>,
) -> Result<Written, ArchiveError> {
    write(
        story.store.as_ref(),
        &story.artefacts,
        &story.key,
        export,
        out,
    )
}

pub(crate) fn archive(story: &Story, outcome: OutcomeId) -> Vec<u8> {
    archive_up_to(story, outcome, DataClass::Public)
}

pub(crate) fn check(archive: &[u8]) -> Result<ArchiveReport, ArchiveError> {
    verify(&mut &archive[..], None)
}

/// Whether an archive passes as whole.
pub(crate) fn passes(archive: &[u8]) -> bool {
    check(archive).is_ok_and(|report| report.is_clean())
}

#[test]
fn the_archive_of_a_delivered_outcome_is_whole() {
    for story in stories() {
        story.artefacts.put(b"the brief").unwrap();
        let archive = archive(&story, delivered());
        let report = check(&archive).unwrap();
        assert_eq!(report.problems, []);
        assert_eq!(
            (report.outcome, report.state),
            (delivered(), Some("delivered"))
        );
        assert_eq!(report.tasks, 2);
        // Funding, two holds, two payments and one refund.
        assert_eq!(report.transfers, 6);
        // Two submissions with a file each, the public document and the brief.
        assert_eq!(report.artefacts, 6);
        assert_eq!(report.signed_by, [anna().to_string()]);
        let log = story.store.log().unwrap();
        assert_eq!((report.log_size, report.log_root), (log.size(), log.root()));
        assert_eq!(report.key, story.key.public().to_string());
        // It says honestly what it cannot show.
        assert_eq!(report.notes.len(), 1);
        assert!(report.notes[0].contains("compare it"), "{:?}", report.notes);
        let known = verify(&mut archive.as_slice(), Some(story.key.public())).unwrap();
        assert!(known.is_clean() && known.notes.is_empty());
    }
}

#[test]
fn the_archive_of_an_outcome_at_work_is_whole_too() {
    for story in stories() {
        let report = check(&archive(&story, running())).unwrap();
        assert_eq!(report.problems, []);
        assert_eq!(report.state, Some("running"));
        assert!(report.notes[1].contains("not in the archive"));
    }
}

#[test]
fn the_same_outcome_gives_the_same_bytes() {
    let stories = stories();
    let first = archive(&stories[0], delivered());
    for story in &stories {
        assert!(archive(story, delivered()) == first);
    }
}

#[test]
fn an_ordinary_program_opens_it() {
    for story in stories() {
        let archive = archive(&story, delivered());
        let files = take_apart(&archive);
        let readme = String::from_utf8(files["README.txt"].clone()).unwrap();
        assert!(readme.contains("consort doctor --archive FILE"));
        for (name, bytes) in &files {
            if let Some(digest) = name.strip_prefix("artefacts/") {
                assert_eq!(digest, Digest::of(bytes).to_string());
            }
        }
        assert_eq!(put_together(files), archive);
    }
}

#[test]
fn material_leaves_only_as_far_as_its_class_allows() {
    let [secret, listed] = [&b"the secret document"[..], b"the listed document"]
        .map(|text| format!("artefacts/{}", Digest::of(text)));
    for story in stories() {
        for (up_to, leaves) in [(DataClass::Public, false), (DataClass::Internal, true)] {
            let archive = archive_up_to(&story, delivered(), up_to);
            let files = take_apart(&archive);
            assert_eq!(files.contains_key(&secret), leaves);
            assert_eq!(files.contains_key(&listed), leaves);
            assert!(passes(&archive));
        }
    }
}

#[test]
fn nothing_of_other_outcomes_is_shown() {
    for story in stories() {
        let files = take_apart(&archive(&story, delivered()));
        for (name, bytes) in &files {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(&running().to_string()), "{name}");
            // Names of people are not in events, and so not in archives.
            assert!(!text.contains("Lindenhof"), "{name}");
        }
    }
}

#[test]
fn an_unknown_outcome_has_no_archive() {
    let story = stories().remove(0);
    let export = Export {
        outcome: OutcomeId::from_bits(1),
        record: "{}",
        up_to: DataClass::Public,
    };
    let refused = export_to(&story, &export, &mut Vec::new());
    assert!(matches!(refused, Err(ArchiveError::UnknownOutcome(_))));
    let export = Export {
        outcome: delivered(),
        record: "no JSON",
        ..export
    };
    let refused = export_to(&story, &export, &mut Vec::new());
    assert!(matches!(refused, Err(ArchiveError::Record(_))));
}

#[test]
fn a_changed_byte_anywhere_is_found() {
    let story = stories().remove(0);
    let archive = archive(&story, delivered());
    assert!(passes(&archive));
    // Prime steps fall into every part; the signed list and the directory are at the end.
    let end = archive.len() - 3_000;
    let places = (0..end).step_by(41).chain((end..archive.len()).step_by(3));
    for place in places {
        for change in [0x01, 0x20, 0x80] {
            let mut changed = archive.clone();
            changed[place] ^= change;
            assert!(!passes(&changed), "byte {place} was changed by {change}");
        }
    }
}

#[test]
fn a_cut_or_longer_archive_is_refused() {
    let story = stories().remove(0);
    let archive = archive(&story, delivered());
    for length in (0..archive.len()).step_by(997) {
        assert!(check(&archive[..length]).is_err(), "cut to {length}");
    }
    let longer = [archive.as_slice(), b"\0"].concat();
    assert!(check(&longer).is_err());
    let doubled = [archive.as_slice(), archive.as_slice()].concat();
    assert!(check(&doubled).is_err());
}

#[test]
fn hostile_containers_are_refused() {
    let story = stories().remove(0);
    let whole = archive(&story, delivered());
    let files = take_apart(&whole);
    let readme = files["README.txt"].as_slice();
    let key = files["key.txt"].as_slice();
    let artefact = format!("artefacts/{}", Digest::of(b"a"));
    for (name, hostile) in [
        ("nothing", container(&[])),
        ("a way out", container(&[("../README.txt", readme)])),
        ("a way to the root", container(&[("/README.txt", readme)])),
        (
            "a way out of a folder",
            container(&[("artefacts/../key.txt", key)]),
        ),
        ("an unknown file", container(&[("run.sh", b"exit")])),
        (
            "one name twice",
            container(&[("README.txt", readme), ("README.txt", readme)]),
        ),
        (
            "another order",
            container(&[("key.txt", key), ("README.txt", readme)]),
        ),
        (
            "one artefact twice",
            container(&[(&artefact, b"a"), (&artefact, b"a")]),
        ),
        ("a bomb", compressed("README.txt", &vec![0; 50_000_000])),
        ("a compressed file", compressed("README.txt", readme)),
    ] {
        let refused = check(&hostile);
        let is_refused = matches!(
            refused,
            Err(ArchiveError::Malformed(_) | ArchiveError::Missing(_))
        );
        assert!(is_refused, "{name}: {refused:?}");
    }
    // A header that promises more than is there takes no memory.
    let mut promised = whole;
    promised[18..26].fill(0x0f);
    assert!(matches!(check(&promised), Err(ArchiveError::Malformed(_))));
}

fn compressed(name: &str, bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    zip.start_file(name, options).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn an_archive_under_another_key_is_found_by_whoever_knows_the_right_one() {
    let story = stories().remove(0);
    let archive = archive(&story, delivered());
    let other = Key::from_seed(story.key.public().name(), &[8; 32]);
    let report = verify(&mut archive.as_slice(), Some(other.public())).unwrap();
    assert_eq!(report.problems.len(), 1);
    assert_eq!(report.problems[0].subject, "key.txt");
    // With a key of the forger's in it, the signatures of the network do not hold.
    let mut files = take_apart(&archive);
    let name = "key.txt".to_owned();
    files.insert(name, format!("{}\n", other.public()).into_bytes());
    assert!(check(&put_together(files)).is_err());
}
