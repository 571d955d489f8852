//! Listening on a socket, and answering until somebody interrupts.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use consort_web::{Figures, Web};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::exit::{TRY_AGAIN, with_code};
use crate::interrupt;

/// How many threads answer; whatever waits for the disk has threads of its own.
const THREADS: usize = 2;

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

    /// What is typed on this machine to come here: by name where that leads here, for browsers trust that
    /// name.
    pub(crate) fn url(&self) -> String {
        self.0
            .local_addr()
            .map_or_else(|_| "http://localhost".to_owned(), url)
    }

    /// Whether other machines may come here.
    pub(crate) fn is_open_to_others(&self) -> bool {
        self.0
            .local_addr()
            .is_ok_and(|address| !address.ip().is_loopback())
    }

    /// Answers until somebody interrupts; then what is being answered has so long to end. The operator's
    /// tools are answered apart.
    pub(crate) fn answer(
        self,
        web: Arc<Web>,
        admin: Option<(Self, Figures)>,
        drain: Duration,
    ) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()
            .context("the server's threads cannot be started")?;
        let answered = runtime.block_on(async move {
            if let Some((listening, figures)) = admin {
                let listener = listening.taken_over()?;
                tokio::spawn(consort_web::admin(listener, Arc::clone(&web), figures));
            }
            let listener = self.taken_over()?;
            let mut interrupts = Interrupts::listen()?;
            let (end, ends) = oneshot::channel::<()>();
            let until = async move { ends.await.unwrap_or_default() };
            let mut serving = tokio::spawn(consort_web::serve(listener, web, until));
            let ended = tokio::select! {
                ended = &mut serving => Some(ended),
                () = interrupts.pressed() => {
                    drop(end);
                    timeout(drain, serving).await.ok()
                }
            };
            ended.map_or_else(
                || {
                    tracing::warn!("some requests took too long, and are broken off");
                    Ok(())
                },
                |ended| ended.unwrap_or_else(|error| Err(std::io::Error::other(error))),
            )
        });
        // What is broken off has nobody to answer.
        runtime.shutdown_background();
        Ok(answered?)
    }

    fn taken_over(self) -> std::io::Result<tokio::net::TcpListener> {
        self.0.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(self.0)
    }
}

/// The signals that ask the server to end.
struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupts {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits until somebody interrupts, or has done so before it was listened for here.
    async fn pressed(&mut self) {
        if interrupt::was_pressed() {
            return;
        }
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What is typed to come to an address.
fn url(address: SocketAddr) -> String {
    let ip = address.ip();
    if ip.is_loopback() || ip.is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn an_address_is_shown_as_it_is_typed() {
        for (address, shown) in [
            ("127.0.0.1:7070", "http://localhost:7070"),
            ("[::1]:7070", "http://localhost:7070"),
            ("0.0.0.0:80", "http://localhost:80"),
            ("[::]:80", "http://localhost:80"),
            ("192.0.2.7:80", "http://192.0.2.7:80"),
            ("[2001:db8::7]:80", "http://[2001:db8::7]:80"),
        ] {
            assert_eq!(url(address.parse().unwrap()), shown);
        }
    }
}
