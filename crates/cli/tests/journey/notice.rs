//! A server that sends mail: from a question at the terminal to the mailbox of whoever answers for it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::fixture::{Desk, words};
use crate::mailbox::{Does, Server as Mailbox};
use crate::people::Office;
use crate::server::Server;

const HERE: &str = "/settings/notifications";
const SERVE: [&str; 5] = ["--as", "Robin", "serve", "--listen", "127.0.0.1:0"];

/// Sends a form as whoever has this cookie; gives the first line of the answer.
fn fill(server: &Server, path: &str, cookie: &str, form: &str) -> String {
    let host = server.url().replace("http://", "");
    let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap().to_owned()
}

#[test]
fn a_question_comes_by_mail_and_once_also_where_the_server_begins_anew() {
    let office = Office::open();
    let mailbox = Mailbox::with(&[
        Does::Take,
        Does::Say("RCPT", "451 later"),
        Does::Drop("DATA"),
        Does::Take,
        Does::Take,
    ]);
    let table = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\nencryption = \"none\"\nfrom = \"consort@example.org\"\n",
        mailbox.port()
    );
    fs::write(office.desk.data().join("consort.toml"), table).unwrap();
    let server = Server::start(office.desk.consort(&SERVE));
    let cookie = server.enter(&server.link);
    let asked = fill(
        &server,
        &format!("{HERE}/mail"),
        &cookie,
        "address=robin%40example.org",
    );
    assert!(asked.contains("303"), "{asked}");
    let body = mailbox.next().message.body;
    let link = body
        .lines()
        .find(|line| line.contains("/confirm/"))
        .unwrap();
    let path = link.trim().strip_prefix(&server.url()).unwrap();
    assert!(fill(&server, path, &cookie, "").contains("303"));
    for _ in 0..2 {
        let tried = fill(&server, &format!("{HERE}/try"), &cookie, "by=mail");
        assert!(tried.contains("422"), "{tried}");
    }

    office.does("Ada", "claim", &[]);
    office.does("Ada", "ask", &["Which hours?"]);
    let told = mailbox.next();
    assert_eq!(
        (told.from.as_str(), told.to.as_str()),
        ("consort@example.org", "robin@example.org")
    );
    let subject = told.message.header("Subject");
    assert_eq!(subject, "Your answer is asked for: Write the letter");
    let page = format!("{}/tasks/{}#questions", server.url(), office.task);
    assert!(told.message.body.contains(&page), "{}", told.message.body);
    assert!(
        !told.message.body.contains("Which hours"),
        "what was asked stays here"
    );
    assert!(told.message.names().contains(&"Date"));
    server.until(HERE, &cookie, &["the mail server took it"]);

    // It is killed, and what it sent is not sent by the next one.
    drop(server);
    let server = Server::start(office.desk.consort(&SERVE));
    office.does("Robin", "answer", &["0", "9 to 12"]);
    office.does("Ada", "ask", &["Which day?"]);
    let next = mailbox.next().message;
    assert_ne!(next.header("Message-ID"), told.message.header("Message-ID"));
    assert_eq!(server.end(), Some(0));
    assert_eq!(mailbox.all().len(), 0);
}

#[test]
fn a_mail_server_that_is_not_in_order_is_told_before_anything_is_served() {
    let desk = Desk::new();
    fs::create_dir_all(desk.data()).unwrap();
    for (table, expected) in [
        (
            "[mail]\nhost = \"mail.example.org\"\nencryption = \"none\"\nfrom = \"c@example.org\"\n",
            "this machine alone",
        ),
        (
            "[mail]\nhost = \"mail.example.org\"\nfrom = \"nobody\"\n",
            "nobody that mail can be from",
        ),
        (
            "[mail]\nhost = \"mail.example.org\"\nfrom = \"c@example.org\"\nuser = \"c\"\nkey_file = \"none\"\n",
            "cannot be read",
        ),
    ] {
        fs::write(desk.data().join("consort.toml"), table).unwrap();
        let ended = desk.run(&SERVE);
        assert!(!ended.status.success());
        let told = words(&ended);
        assert!(told.contains("[mail]") && told.contains(expected), "{told}");
    }
}
