//! Whole runs: every folder is delivered, every unit of money is accounted for.

use consort_kernel::digest::Digest;

use crate::fixture::Desk;

fn assert_delivered(desk: &Desk, record: &serde_json::Value) {
    assert_eq!(record["outcome"]["state"], "delivered");
    let tasks = record["tasks"].as_array().unwrap();
    assert!(
        tasks.iter().all(|task| task["state"] == "accepted"),
        "{tasks:#?}"
    );
    let paid: i64 = tasks
        .iter()
        .map(|task| task["paid_minor"].as_i64().unwrap())
        .sum();
    let ledger = &record["ledger"];
    assert_eq!(ledger["paid_minor"], paid);
    assert_eq!(ledger["escrow_minor"], 0);
    let funded = ledger["funded_minor"].as_i64().unwrap();
    assert_eq!(funded, paid + ledger["refunded_minor"].as_i64().unwrap());
    for deliverable in record["deliverables"].as_array().unwrap() {
        let path = desk.output().join(deliverable["name"].as_str().unwrap());
        let digest = Digest::of(&std::fs::read(path).unwrap());
        assert_eq!(deliverable["sha256"], digest.to_string());
    }
    desk.assert_healthy();
}

#[test]
fn every_example_folder_is_delivered_unattended() {
    for folder in ["contracts", "essays", "spreadsheets", "hostile"] {
        let desk = Desk::new();
        let record = desk.brief(folder);
        assert_delivered(&desk, &record);
        assert_eq!(record["signed"]["how"], "signed in advance, not opened");
        assert_eq!(
            record["signed"]["answers_sha256"].as_str().unwrap().len(),
            64
        );
    }
}

#[test]
fn a_question_with_options_reaches_the_page() {
    let desk = Desk::new();
    let output = desk
        .brief_command("contracts")
        .args([
            "--input",
            "question=Which supplier should clean our offices?",
        ])
        .args(["--input", "options=Northgate;Brightway;Sparrow"])
        .args(["--input", "must_know=notice period;insurance"])
        .output()
        .unwrap();
    let record = crate::fixture::record(&output);
    assert_delivered(&desk, &record);
    let page = std::fs::read_to_string(desk.output().join("brief.html")).unwrap();
    for expected in [
        "Which supplier should clean our offices?",
        "Northgate",
        "Sparrow",
    ] {
        assert!(page.contains(expected), "{expected} is missing");
    }
}

#[test]
fn hostile_files_are_skipped_with_their_reason() {
    let desk = Desk::new();
    let record = desk.brief("hostile");
    let skipped = record["skipped"].as_array().unwrap();
    assert!(skipped.len() >= 5, "{skipped:?}");
    assert!(
        skipped
            .iter()
            .all(|skipped| !skipped["reason"].as_str().unwrap().is_empty())
    );
    // The one that is read hides an order to approve and pay; nobody follows it.
    let page = std::fs::read_to_string(desk.output().join("brief.html")).unwrap();
    assert!(!page.to_lowercase().contains("ignore previous"));
}

#[test]
fn every_offer_can_be_made_again_from_the_record() {
    let desk = Desk::new();
    let record = desk.brief("hostile");
    for task in record["tasks"].as_array().unwrap() {
        let id = task["id"].as_str().unwrap();
        let output = desk.run(&["task", "why", id, "--about", "Summariser", "--json"]);
        let offers: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for offer in offers.as_array().unwrap() {
            assert_eq!(offer["reproduced"], true, "{offer}");
            assert!(offer["about"].is_string());
        }
    }
}

#[test]
fn resuming_what_is_delivered_delivers_it_again_and_pays_nothing() {
    let desk = Desk::new();
    let first = desk.brief("hostile");
    let outcome = first["outcome"]["id"].as_str().unwrap();
    let again = desk.resume(outcome);
    assert_eq!(again["ledger"], first["ledger"]);
    assert_eq!(again["events"], first["events"]);
    assert_delivered(&desk, &again);
}
