//! What stands between a server and the database: it passes everything on, until it is told to go wrong.
//!
//! It listens on a socket as PostgreSQL does. A cut takes all connections at once; a torn message is passed on
//! but for its end; a commit that goes unanswered is passed on whole, and its answer is not; a slow way has
//! each piece wait for a moment. In every case the server cannot know what became of what it had sent.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

/// What the socket of PostgreSQL is called in its folder.
pub(super) const SOCKET: &str = ".s.PGSQL.5432";
/// How much is passed on at a time.
const PIECE: usize = 64 * 1024;

/// Which way something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the server to the database.
    There,
    /// From the database to the server.
    Back,
}

/// What is to go wrong next.
#[derive(Debug, Default)]
struct Orders {
    /// On this way, so many thousandths of a piece are passed on, and then the connection is cut.
    torn: Option<(Way, usize)>,
    /// The next commit gets no answer.
    unanswered: bool,
    /// On this way, each of so many pieces waits so long.
    slow: Option<(Way, Duration, u32)>,
}

/// What the connections of a proxy share.
#[derive(Debug)]
struct Shared {
    database: PathBuf,
    orders: Mutex<Orders>,
    /// Told when an order was carried out.
    done: Notify,
}

/// A proxy for one server.
#[derive(Debug)]
pub(super) struct Proxy {
    folder: PathBuf,
    shared: Arc<Shared>,
    cuts: watch::Sender<u64>,
}

impl Proxy {
    /// Listens in a folder, for a database whose socket is there.
    pub(super) fn listen(folder: &Path, database: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let listener = UnixListener::bind(folder.join(SOCKET))?;
        let shared = Arc::new(Shared {
            database: database.to_owned(),
            orders: Mutex::default(),
            done: Notify::new(),
        });
        let (cuts, _) = watch::channel(0);
        tokio::spawn(accept(listener, Arc::clone(&shared), cuts.clone()));
        Ok(Self {
            folder: folder.to_owned(),
            shared,
            cuts,
        })
    }

    /// The address of a database behind it.
    pub(super) fn address(&self, name: &str) -> String {
        let folder = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{name}")
    }

    /// Cuts every connection; tells how many there were.
    pub(super) fn cut(&self) -> usize {
        let connections = self.cuts.receiver_count();
        self.cuts.send_modify(|cuts| *cuts += 1);
        connections
    }

    /// Tears the next piece on a way, and waits until it was; a part in a thousand of it is passed on.
    pub(super) async fn tear(&self, way: Way, part: usize) {
        self.shared.orders().torn = Some((way, part));
        self.carried_out(|orders| orders.torn.is_none()).await;
    }

    /// Has the next commit go unanswered, and waits until one did.
    pub(super) async fn leave_unanswered(&self) {
        self.shared.orders().unanswered = true;
        self.carried_out(|orders| !orders.unanswered).await;
    }

    /// Has so many pieces on a way wait for a moment each, and waits until they did.
    pub(super) async fn slow_down(&self, way: Way, moment: Duration, pieces: u32) {
        self.shared.orders().slow = Some((way, moment, pieces));
        self.carried_out(|orders| orders.slow.is_none()).await;
    }

    /// Nothing goes wrong any more.
    pub(super) fn behave(&self) {
        *self.shared.orders() = Orders::default();
    }

    async fn carried_out(&self, is_done: impl Fn(&Orders) -> bool) {
        loop {
            let done = self.shared.done.notified();
            if is_done(&self.shared.orders()) {
                return;
            }
            done.await;
        }
    }
}

impl Shared {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much of a piece is passed on before the connection is cut, if it is to be torn.
    fn tear(&self, way: Way, length: usize) -> Option<usize> {
        let mut orders = self.orders();
        let (_, part) = orders.torn.take_if(|(torn, _)| *torn == way)?;
        drop(orders);
        self.done.notify_waiters();
        // Never all of it.
        Some((length * part / 1_000).min(length - 1))
    }

    /// Whether a piece asks for the end of a transaction, and is to get no answer.
    fn is_left_unanswered(&self, way: Way, piece: &[u8]) -> bool {
        let is_commit = way == Way::There && piece.windows(7).any(|it| it == b"COMMIT\0");
        is_commit && std::mem::take(&mut self.orders().unanswered)
    }

    /// How long a piece waits.
    fn moment(&self, way: Way) -> Option<Duration> {
        let mut orders = self.orders();
        let (_, moment, left) = orders.slow.as_mut().filter(|(slow, ..)| *slow == way)?;
        let moment = *moment;
        *left -= 1;
        if *left == 0 {
            orders.slow = None;
            drop(orders);
            self.done.notify_waiters();
        }
        Some(moment)
    }
}

async fn accept(listener: UnixListener, shared: Arc<Shared>, cuts: watch::Sender<u64>) {
    while let Ok((server, _)) = listener.accept().await {
        // From before the database hears of it, so that no cut passes a connection by.
        let mut cut = cuts.subscribe();
        // Where the database is away, the connection ends at once, as it does without a proxy.
        let Ok(database) = UnixStream::connect(&shared.database).await else {
            continue;
        };
        let (from_server, to_server) = server.into_split();
        let (from_database, to_database) = database.into_split();
        let unanswered = Arc::new(AtomicBool::new(false));
        let line = |way| Line {
            way,
            shared: Arc::clone(&shared),
            unanswered: Arc::clone(&unanswered),
        };
        let (there, back) = (line(Way::There), line(Way::Back));
        tokio::spawn(async move {
            // Both ways end together: a connection that works in one direction alone is none.
            tokio::select! {
                _ = there.pass_on(from_server, to_database) => {}
                _ = back.pass_on(from_database, to_server) => {}
                _ = cut.changed() => {}
            }
        });
    }
}

/// One way of a connection.
struct Line {
    way: Way,
    shared: Arc<Shared>,
    /// Whether what comes back next is kept back, and the connection cut.
    unanswered: Arc<AtomicBool>,
}

impl Line {
    async fn pass_on(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        loop {
            let length = from.read(&mut piece).await?;
            if length == 0 {
                return Ok(());
            }
            let piece = &piece[..length];
            if let Some(moment) = self.shared.moment(self.way) {
                sleep(moment).await;
            }
            if let Some(passed) = self.shared.tear(self.way, length) {
                return to.write_all(&piece[..passed]).await;
            }
            if self.way == Way::Back && self.unanswered.load(Ordering::SeqCst) {
                self.shared.done.notify_waiters();
                return Ok(());
            }
            if self.shared.is_left_unanswered(self.way, piece) {
                self.unanswered.store(true, Ordering::SeqCst);
            }
            to.write_all(piece).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::runtime::Runtime;

    use super::*;

    /// A server's end of a connection, and the database's.
    async fn connection(proxy: &Proxy, database: &UnixListener) -> (UnixStream, UnixStream) {
        let socket = proxy.folder.join(SOCKET);
        let (server, database) = tokio::join!(UnixStream::connect(socket), database.accept());
        (server.unwrap(), database.unwrap().0)
    }

    fn check(story: impl AsyncFnOnce(&Proxy, UnixStream, UnixStream)) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        runtime.block_on(async {
            let socket = folder.path().join("database");
            let listener = UnixListener::bind(&socket).unwrap();
            let proxy = Proxy::listen(&folder.path().join("proxy"), &socket).unwrap();
            let (server, database) = connection(&proxy, &listener).await;
            story(&proxy, server, database).await;
        });
    }

    async fn rest(mut stream: UnixStream) -> Vec<u8> {
        let mut rest = Vec::new();
        // A cut may show as an end or as an error.
        stream.read_to_end(&mut rest).await.ok();
        rest
    }

    #[test]
    fn what_goes_through_is_what_came() {
        check(async |_, mut server, mut database| {
            server.write_all(b"COMMIT\0").await.unwrap();
            let mut heard = [0; 7];
            database.read_exact(&mut heard).await.unwrap();
            database.write_all(b"done").await.unwrap();
            drop(database);
            assert_eq!(
                (&heard, rest(server).await.as_slice()),
                (b"COMMIT\0", &b"done"[..])
            );
        });
    }

    #[test]
    fn a_cut_ends_both_sides() {
        check(async |proxy, server, database| {
            proxy.cut();
            assert!(rest(server).await.is_empty());
            assert!(rest(database).await.is_empty());
        });
    }

    #[test]
    fn a_torn_message_comes_in_part_and_nothing_after_it() {
        check(async |proxy, mut server, database| {
            proxy.shared.orders().torn = Some((Way::There, 1_000));
            server.write_all(b"a message").await.unwrap();
            assert_eq!(rest(database).await, b"a messag");
            assert!(rest(server).await.is_empty());
        });
    }

    #[test]
    fn a_commit_without_an_answer_has_come_in_whole() {
        check(async |proxy, mut server, mut database| {
            proxy.shared.orders().unanswered = true;
            server.write_all(b"COMMIT\0").await.unwrap();
            let mut heard = [0; 7];
            database.read_exact(&mut heard).await.unwrap();
            database.write_all(b"done").await.unwrap();
            assert!(rest(server).await.is_empty());
            assert!(!proxy.shared.orders().unanswered);
        });
    }
}
