//! A file that goes out: read piece by piece, when the reader is ready for the next.

use std::fs::File;
use std::io::{self, Read as _};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use consort_desk::deliver::Delivered;
use consort_engine::Engine;
use futures_core::Stream;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::server::Failure;

/// How much is read at a time, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// What is read next.
enum Outgoing {
    /// The file waits for its reader.
    Waiting(File),
    /// A piece is being read.
    Reading(JoinHandle<io::Result<(File, Vec<u8>)>>),
    /// There is no more.
    Ended,
}

/// The body of an answer with this file. One that is kept is compared with its digest before it goes.
pub(crate) fn body(engine: &Engine, file: Delivered) -> Result<Body, Failure> {
    Ok(match file {
        Delivered::Made(bytes) => Body::from(bytes),
        Delivered::Kept(digest) => {
            let file = engine.artefacts().open_checked(digest)?;
            Body::from_stream(Outgoing::Waiting(file))
        }
    })
}

fn piece(mut file: File) -> io::Result<(File, Vec<u8>)> {
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    let limit = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
    (&mut file).take(limit).read_to_end(&mut piece)?;
    Ok((file, piece))
}

impl Stream for Outgoing {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut *self, Self::Ended) {
                Self::Waiting(file) => *self = Self::Reading(spawn_blocking(|| piece(file))),
                Self::Ended => return Poll::Ready(None),
                Self::Reading(mut reading) => {
                    let Poll::Ready(read) = Pin::new(&mut reading).poll(cx) else {
                        *self = Self::Reading(reading);
                        return Poll::Pending;
                    };
                    return Poll::Ready(match read.map_err(io::Error::other).flatten() {
                        Err(error) => Some(Err(error)),
                        Ok((_, piece)) if piece.is_empty() => None,
                        Ok((file, piece)) => {
                            *self = Self::Waiting(file);
                            Some(Ok(Bytes::from(piece)))
                        }
                    });
                }
            }
        }
    }
}
