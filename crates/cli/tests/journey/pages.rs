//! The server: the demo comes up with something of each kind, and a network of one's own is served,
//! entered by a link and left in order.

use crate::fixture::{Desk, record, words};
use crate::server::Server;

#[test]
fn the_demo_has_an_offer_a_decision_and_a_signature_for_who_comes_in() {
    let desk = Desk::new();
    let server = Server::start(desk.consort(&["demo", "--listen", "127.0.0.1:0"]));
    let cookie = server.enter(&server.link);
    let wanted = [
        "Sign-off",
        "Decision",
        "Offer",
        "Example people, practice money, no AI model",
    ];
    let today = server.until("/today", &cookie, &wanted);
    let decision = today
        .split("href=\"")
        .find(|it| it.contains("/settle\""))
        .unwrap();
    let page = server.send("GET", decision.split('"').next().unwrap(), &cookie);
    for words in [
        "notice period",
        "14 days",
        "bramholt-offer.pdf",
        "page 3",
        "30 days",
        "line 44",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let outcomes = server.send("GET", "/outcomes", &cookie);
    assert!(
        outcomes.contains("Which supplier should we choose"),
        "{outcomes}"
    );
    assert_eq!(server.end(), Some(0));
    assert!(!desk.data().exists(), "it has a folder of its own");
}

#[test]
fn a_network_of_ones_own_is_served_and_entered_by_links() {
    let desk = Desk::new();
    let serve = ["--as", "Robin Example", "serve", "--listen", "127.0.0.1:0"];
    let refused = desk.run(&["--as", "Robin Example", "sign-in"]);
    assert_ne!(refused.status.code(), Some(0), "{}", words(&refused));
    let server = Server::start(desk.consort(&serve));
    let cookie = server.enter(&server.link);
    assert!(
        server
            .send("GET", "/today", &cookie)
            .contains("Nothing needs you")
    );

    // Another process asks for another link, which lets the same person in, once.
    let made = record(&desk.run(&["--as", "Robin Example", "sign-in", "--json"]));
    let link = made["link"].as_str().unwrap();
    let path = &link[link.find("/enter/").unwrap()..];
    assert!(
        server
            .send("GET", path, "")
            .contains("Welcome, Robin Example")
    );
    let other = server.enter(path);
    assert_ne!(other, cookie);
    assert!(server.send("POST", path, "").starts_with("HTTP/1.1 410"));

    // Ended and begun anew, it knows the session; what was kept of it is no secret.
    assert_eq!(server.end(), Some(0));
    let server = Server::start(desk.consort(&serve));
    assert!(
        server
            .send("GET", "/today", &cookie)
            .contains("Nothing needs you")
    );
    assert_eq!(server.end(), Some(0));
    desk.assert_healthy();
}

#[test]
fn a_server_where_nobody_could_sign_does_not_start() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.data()).unwrap();
    let settings =
        "[server]\nsignatures_need_proof = true\npublic_url = \"http://consort.example.org\"\n";
    std::fs::write(desk.data().join("consort.toml"), settings).unwrap();
    let refused = desk.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
    assert!(
        words(&refused).contains("serve over TLS"),
        "{}",
        words(&refused)
    );
}
