//! Messages to a chat: their form, and what its answers mean.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;

use consort_post::notice::{ChatForm, Kind};
use serde_json::Value;

use crate::scene::Scene;

/// A chat that answers in turn as it is told, and gives what it was sent.
struct Chat {
    address: SocketAddr,
    thread: JoinHandle<Vec<Value>>,
}

impl Chat {
    fn with(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let mut bodies = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(&stream);
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    let line = line.trim().to_ascii_lowercase();
                    if line.is_empty() {
                        break;
                    }
                    if let Some(text) = line.strip_prefix("content-length: ") {
                        length = text.parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                bodies.push(serde_json::from_slice(&body).unwrap());
                write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
            bodies
        });
        Self { address, thread }
    }

    fn all(self) -> Vec<Value> {
        self.thread.join().unwrap()
    }
}

/// Ada, who is told by this chat.
fn scene(chat: &Chat, form: ChatForm) -> Scene {
    let scene = Scene::new(1);
    let address = format!("http://{}/hook", chat.address);
    scene.office.set_chat(scene.ada, &address, form).unwrap();
    scene
}

#[test]
fn a_chat_is_told_in_its_own_form() {
    for form in ChatForm::ALL {
        let chat = Chat::with(&["200 OK"]);
        let scene = scene(&chat, form);
        scene.needs(Kind::SignOff, "Fish & <!channel>");
        scene.work();
        assert!(scene.only().has_arrived, "{form:?}");
        let [body] = <[_; 1]>::try_from(chat.all()).unwrap();
        let text = body.to_string();
        assert!(
            text.contains("https://consort.example/tasks/tsk_1"),
            "{text}"
        );
        assert!(!text.contains("<!channel>"), "{text}");
        match form {
            ChatForm::Slack | ChatForm::Mattermost => assert!(body["text"].is_string()),
            ChatForm::Teams => assert_eq!(body["type"], "message"),
        }
    }
}

#[test]
fn a_chat_that_is_busy_is_asked_again_and_one_that_is_gone_is_marked() {
    let chat = Chat::with(&["429 Slow\r\nretry-after: 600", "202 Accepted"]);
    let scene = scene(&chat, ChatForm::Slack);
    scene.needs(Kind::SignOff, "One");
    scene.work();
    let wait = scene.only().due.unwrap().millis_since(scene.engine.now());
    assert!((600_000..=720_000).contains(&wait), "{wait}");
    scene.clock.advance(wait);
    scene.work();
    assert!(scene.only().has_arrived);
    assert_eq!(chat.all().len(), 2);
}

#[test]
fn a_chat_that_is_gone_is_marked_and_told_nothing_more() {
    let chat = Chat::with(&["404 Not Found"]);
    let scene = scene(&chat, ChatForm::Teams);
    scene.needs(Kind::SignOff, "One");
    scene.work();
    let failing = scene.ada_wishes().chat.unwrap().failing.unwrap();
    assert_eq!(failing.why, "answered 404");
    scene.needs(Kind::SignOff, "Two");
    scene.work();
    assert_eq!(scene.only().answer.as_deref(), Some("answered 404"));
    assert_eq!(chat.all().len(), 1);
}

#[test]
fn a_message_that_a_chat_does_not_want_is_given_up() {
    let chat = Chat::with(&["400 Bad Request", "200 OK"]);
    let scene = scene(&chat, ChatForm::Mattermost);
    scene.needs(Kind::SignOff, "One");
    scene.work();
    let refused = scene.only();
    assert_eq!((refused.due, refused.has_arrived), (None, false));
    scene.needs(Kind::SignOff, "Two");
    scene.work();
    assert_eq!(chat.all().len(), 2);
}

#[test]
fn a_chat_is_public_or_named_by_the_operator() {
    let scene = Scene::new(1);
    for wrong in [
        "http://chat.example/hook",
        "https://127.0.0.2/hook",
        "https://10.0.0.7/hook",
        "file:///etc/passwd",
        "",
    ] {
        let refused = scene.office.set_chat(scene.ada, wrong, ChatForm::Slack);
        assert!(refused.is_err(), "{wrong}");
    }
    assert_eq!(scene.ada_wishes().chat, None);
}
