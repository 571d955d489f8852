//! The server: the demo comes up with something of each kind, and a network of one's own is served,
//! entered by a link and left in order.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::fixture::{Desk, record, words};

/// How often a page is asked for until it says something.
const LOOKS: u32 = 3_000;

/// A server that runs until the test ends.
struct Server {
    child: Child,
    /// Kept open: a server that cannot say something would end.
    _said: BufReader<ChildStdout>,
    port: String,
    link: String,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("/enter/") {
            told.clear();
            assert_ne!(said.read_line(&mut told).unwrap(), 0, "it ended too early");
        }
        let (_, address) = told.trim().split_once("http://localhost:").unwrap();
        let (port, link) = address.split_once('/').unwrap();
        Self {
            port: port.to_owned(),
            link: format!("/{link}"),
            child,
            _said: said,
        }
    }

    /// Sends a request and gives the whole answer.
    fn send(&self, method: &str, path: &str, cookie: &str) -> String {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{}", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n\
             cookie: {cookie}\r\ncontent-length: 0\r\n\r\n",
            self.port
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Comes in by a link; gives the cookie.
    fn enter(&self, link: &str) -> String {
        let answer = self.send("POST", link, "");
        let cookie = answer
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.unwrap_or_else(|| panic!("{answer}"));
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Asks for a page until it says all of this.
    fn until(&self, path: &str, cookie: &str, wanted: &[&str]) -> String {
        let mut page = String::new();
        for _ in 0..LOOKS {
            page = self.send("GET", path, cookie);
            if wanted.iter().all(|words| page.contains(words)) {
                return page;
            }
            std::thread::yield_now();
        }
        panic!("{page}");
    }

    /// Ends it as Ctrl-C does; tells the exit code.
    fn end(mut self) -> Option<i32> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended is ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

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
