//! Files on their way: in piece by piece, with a cap and by whoever may send them; out again as they came in.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::header::AUTHORIZATION;
use axum::http::{Request, StatusCode};
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::task::Phase;
use futures_core::Stream;
use serde_json::json;

use crate::fixture::{Answer, House};

/// What a file may have at the most, in bytes.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// A piece, as a network brings it.
const PIECE: usize = 1 << 16;

/// A body that comes in pieces.
struct Pieces(VecDeque<io::Result<Bytes>>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// So many bytes, no two pieces of them alike.
fn pieces(bytes: usize) -> Pieces {
    let piece = |start: usize| {
        let number = u8::try_from(start / PIECE % 251).unwrap();
        Ok(Bytes::from(vec![number; PIECE.min(bytes - start)]))
    };
    Pieces((0..bytes).step_by(PIECE).map(piece).collect())
}

fn whole(pieces: Pieces) -> Vec<u8> {
    pieces.0.into_iter().flat_map(Result::unwrap).collect()
}

/// A letter that Ben holds, and how much lies beside it.
struct Held {
    house: House,
    task: TaskId,
}

impl Held {
    async fn new() -> Self {
        let held = Self::offered();
        held.ben("claim", Body::empty()).await;
        held
    }

    /// The same before he takes it.
    fn offered() -> Self {
        let house = House::new();
        let (_, task) = house.letter();
        house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
        Self { house, task }
    }

    async fn ben(&self, verb: &str, body: Body) -> Answer {
        let token = format!("Bearer {}", self.house.token(self.house.ben));
        let path = format!("/api/v1/tasks/{}/{verb}", self.task);
        let request = Request::post(path).header(AUTHORIZATION, token);
        self.house.send(request.body(body).unwrap()).await
    }

    async fn send(&self, pieces: Pieces) -> Answer {
        self.ben("files", Body::from_stream(pieces)).await
    }

    /// How many files wait to be kept, and how many are kept.
    fn lie(&self) -> (usize, usize) {
        let waiting = std::fs::read_dir(self.house.folder().join("uploads"));
        let kept = self.house.engine.artefacts().list().unwrap();
        (waiting.map_or(0, Iterator::count), kept.len())
    }
}

#[tokio::test]
async fn a_file_comes_in_pieces_and_goes_out_as_it_came() {
    let held = Held::new().await;
    let content = whole(pieces(3 * PIECE + 17));
    let sent = held.send(pieces(content.len())).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    let kept = sent.json();
    assert_eq!(kept["bytes"], content.len());
    assert_eq!(kept["sha256"], Digest::of(&content).to_string());
    assert_eq!(held.lie().0, 0);

    let result = json!({ "lease": 1, "content": {"text": "Dear all, thank you."}, "ai": "none",
        "files": {"photo.png": kept["sha256"]} });
    let request = Request::post(format!("/api/v1/tasks/{}/submissions", held.task))
        .header("content-type", "application/json")
        .header(
            "authorization",
            format!("Bearer {}", held.house.token(held.house.ben)),
        );
    let request = request.body(Body::from(result.to_string())).unwrap();
    assert_eq!(held.house.send(request).await.status, StatusCode::OK);
    held.house.until(held.task, |task| {
        matches!(task.phase, Phase::Reviewing(_) | Phase::Signing(_))
    });

    let ada = held.house.browser(held.house.ada).await;
    let address = format!("/tasks/{}/files/photo.png", held.task);
    let file = ada.get(&address).await;
    assert_eq!(file.bytes, content);
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert!(
        file.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );

    // What was damaged on the disk since is not passed on.
    let name = kept["sha256"].as_str().unwrap();
    let path = held
        .house
        .folder()
        .join("artefacts")
        .join(&name[..2])
        .join(name);
    std::fs::write(path, b"something else").unwrap();
    let open = format!("/tasks/{}/open", held.task);
    let opened = ada.post(&open, "file=photo.png").await;
    assert_eq!(opened.status, StatusCode::INTERNAL_SERVER_ERROR);
    let desk = ada.get(&format!("/tasks/{}/sign", held.task)).await.text;
    assert!(desk.contains("Not opened yet"), "{desk}");
    assert_eq!(
        ada.get(&address).await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
}

#[tokio::test]
async fn what_is_too_large_or_breaks_off_leaves_nothing() {
    let held = Held::new().await;
    let before = held.lie();
    let large = held.send(pieces(BYTES_MAX + 1)).await;
    large.is_problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    let mut broken = pieces(3 * PIECE);
    broken.0[2] = Err(io::Error::other("the line is dead"));
    let broken = held.send(broken).await;
    broken.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(held.lie(), before);
    let most = held.send(pieces(BYTES_MAX)).await;
    assert_eq!(most.status, StatusCode::CREATED, "{}", most.text);
    assert_eq!(held.lie(), (0, before.1 + 1));
}

#[tokio::test]
async fn nobody_sends_files_for_what_they_do_not_hold() {
    let held = Held::offered();
    let before = held.lie();
    // The first piece would break: none of it is read.
    let never = Pieces([Err(io::Error::other("it was read"))].into());
    let refused = held.send(never).await;
    let problem = refused.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("claim it first"),
        "{problem}"
    );
    assert_eq!(held.lie(), before);
}

#[test]
fn what_lay_there_when_a_server_ended_is_gone_with_the_next() {
    let house = House::new();
    let folder = house.folder().join("uploads");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("half"), b"half of it").unwrap();
    house.again();
    assert!(!folder.exists());
}
