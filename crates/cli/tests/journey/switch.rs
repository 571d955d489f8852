//! The switches: with all agents, or all payouts, stopped a run waits for somebody, and then goes on.

use crate::fixture::{Desk, record, words};

fn switch(desk: &Desk, verb: &str, what: &str) {
    let arguments = [
        "--as",
        "Robin Example",
        "network",
        verb,
        what,
        "--reason",
        "a test",
    ];
    let done = desk.run(&arguments);
    assert!(done.status.success(), "{}", words(&done));
}

#[test]
fn what_is_stopped_for_everybody_stands_still_and_goes_on_when_it_is_released() {
    for what in ["agents", "payouts"] {
        let desk = Desk::new();
        // The first run makes the network with its agents.
        desk.brief("contracts");
        switch(&desk, "stop", what);
        let shown = record(&desk.run(&["network", "show", "--json"]));
        assert_eq!(shown[format!("{what}_stopped")], true, "{shown}");
        let stopped = desk.brief_command("contracts").output().unwrap();
        assert_ne!(
            stopped.status.code(),
            Some(0),
            "{what}: {}",
            words(&stopped)
        );
        let listed = record(&desk.run(&["outcome", "list", "--json"]));
        let outcomes = listed.as_array().unwrap();
        let waiting = outcomes.iter().find(|it| it["state"] == "running").unwrap();
        let id = waiting["id"].as_str().unwrap().to_owned();
        let tasks = record(&desk.run(&["task", "list", "--outcome", &id, "--json"]));
        let accepted = tasks
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["state"] == "accepted");
        assert_eq!(accepted.count(), 0, "{what}: nothing is paid meanwhile");
        switch(&desk, "release", what);
        assert_eq!(desk.resume(&id)["outcome"]["state"], "delivered", "{what}");
        desk.assert_healthy();
    }
}

#[test]
fn whoever_is_no_steward_stops_nothing() {
    let desk = Desk::new();
    desk.brief("contracts");
    let added = desk.run(&["--as", "Robin Example", "contributor", "add", "Eve"]);
    assert!(added.status.success(), "{}", words(&added));
    let refused = desk.run(&[
        "--as", "Eve", "network", "stop", "payouts", "--reason", "no",
    ]);
    assert_eq!(refused.status.code(), Some(5), "{}", words(&refused));
}
