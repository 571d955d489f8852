//! Listening on a socket, and answering until somebody interrupts.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use consort_web::Web;

use crate::exit::{TRY_AGAIN, with_code};
use crate::interrupt;

/// How many threads answer; whatever waits for the disk has threads of its own.
const THREADS: usize = 2;
/// How often it is looked whether somebody interrupted.
const LOOK: Duration = Duration::from_millis(100);

/// A socket that is taken.
pub(crate) struct Listening(TcpListener);

impl Listening {
    /// On an address.
    pub(crate) fn on(address: SocketAddr) -> Result<Self> {
        TcpListener::bind(address).map(Self).map_err(|error| {
            with_code(
                TRY_AGAIN,
                format!("{address} cannot be listened on ({error}): name another with --listen"),
            )
        })
    }

    /// On an address, or where it is taken, on any free port of the same host.
    pub(crate) fn near(address: SocketAddr) -> Result<Self> {
        Self::on(address).or_else(|_| Self::on(SocketAddr::new(address.ip(), 0)))
    }

    /// What is typed to come here: by name on this machine, for browsers trust that name.
    pub(crate) fn url(&self) -> String {
        match self.0.local_addr() {
            Ok(address) if address.ip().is_loopback() => {
                format!("http://localhost:{}", address.port())
            }
            Ok(address) => format!("http://{address}"),
            Err(_) => "http://localhost".to_owned(),
        }
    }

    /// Answers until somebody interrupts.
    pub(crate) fn answer(self, web: Arc<Web>) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()
            .context("the server's threads cannot be started")?;
        runtime.block_on(async move {
            self.0.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(self.0)?;
            let stop = async {
                while !interrupt::was_pressed() {
                    tokio::time::sleep(LOOK).await;
                }
            };
            consort_web::serve(listener, web, stop).await
        })?;
        Ok(())
    }
}
