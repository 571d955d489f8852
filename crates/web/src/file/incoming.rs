//! A file that comes in: each piece is written as it comes, and the whole goes away if nobody keeps it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use consort_kernel::digest::{Digest, Digesting};
use futures_core::Stream as _;

use crate::server::{Failure, Web};

/// A file of which more is to come.
pub(crate) struct Incoming {
    received: Received,
    file: fs::File,
    digesting: Digesting,
}

/// A file that came, under a name that only we know; whoever wants to keep it moves or copies it.
#[derive(Debug)]
pub(crate) struct Received {
    path: PathBuf,
    /// How many bytes it has.
    pub(crate) bytes: usize,
    /// The digest of its bytes.
    pub(crate) digest: Digest,
}

impl Incoming {
    /// Begins a file in the folder of what is uploaded.
    pub(crate) fn begin(web: &Web) -> Result<Self, Failure> {
        let folder = web.uploads();
        let path = folder.join(format!("{:032x}", web.engine.random()?));
        let made = fs::create_dir_all(&folder).and_then(|()| fs::File::create_new(&path));
        let file = made.map_err(|error| broken(&folder, &error))?;
        let received = Received {
            path,
            bytes: 0,
            digest: Digest::of(&[]),
        };
        Ok(Self {
            received,
            file,
            digesting: Digesting::default(),
        })
    }

    /// Takes the next piece, away from the threads that answer.
    pub(crate) async fn take(mut self, web: &Arc<Web>, piece: Bytes) -> Result<Self, Failure> {
        web.blocking(move |_| {
            let written = self.file.write_all(&piece);
            written.map_err(|error| broken(&self.received.path, &error))?;
            self.digesting.update(&piece);
            self.received.bytes += piece.len();
            Ok(self)
        })
        .await
    }

    /// All of it came.
    pub(crate) fn end(mut self) -> Received {
        self.received.digest = self.digesting.end();
        self.received
    }
}

impl Received {
    /// What is in it.
    pub(crate) fn open(&self) -> Result<fs::File, Failure> {
        fs::File::open(&self.path).map_err(|error| broken(&self.path, &error))
    }

    /// Moves it to a place on the same disk.
    pub(crate) fn move_to(&self, place: &Path) -> Result<(), Failure> {
        fs::rename(&self.path, place).map_err(|error| broken(place, &error))
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        // It was moved, or nobody wanted it.
        fs::remove_file(&self.path).ok();
    }
}

/// A whole body of at most so many bytes; nothing where there is more of it.
pub(crate) async fn receive(
    web: &Arc<Web>,
    body: Body,
    bytes_max: usize,
) -> Result<Option<Received>, Failure> {
    let mut incoming = web.blocking(Incoming::begin).await?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut pieces).poll_next(cx)).await {
        let piece = piece.map_err(|error| {
            Failure::Misused(format!(
                "it broke off before its end ({error}); send it again"
            ))
        })?;
        if incoming.received.bytes + piece.len() > bytes_max {
            return Ok(None);
        }
        incoming = incoming.take(web, piece).await?;
    }
    Ok(Some(incoming.end()))
}

fn broken(path: &Path, error: &io::Error) -> Failure {
    tracing::error!("{}: {error}", path.display());
    Failure::Broken
}
