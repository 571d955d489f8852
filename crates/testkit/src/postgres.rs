//! A PostgreSQL server for tests: started once for each test process, gone with it.
//!
//! The server is made anew in a folder of its own, listens on a socket in it and nowhere else, and
//! syncs nothing unless it is asked to. A shell looks after it: when the test process ends, however
//! it ends, the shell reads the end of its input, stops the server and removes the folder. Nothing
//! here speaks the database's protocol; its own programs do what has to be done.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Where Debian keeps each version's programs.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The oldest version that the store runs on.
const VERSION_MIN: u32 = 15;

/// Makes a server, starts it again when asked, and removes it at the end of its input. `$1` is the
/// folder, `$2` that of the programs, `$3` what the server is told besides.
const WATCH: &str = r#"
trap '' HUP INT TERM
cd "$1" || exit 1
"$2/initdb" -D data -A trust -U postgres -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log >&2; exit 1; }
start() {
    "$2/postgres" -D data -k "$1" -c listen_addresses= $3 >>log 2>&1 &
    server=$!
    until "$2/pg_isready" -q -h "$1"; do
        kill -0 $server 2>/dev/null || { cat log >&2; exit 1; }
        sleep 0.05
    done
    echo started
}
start "$@"
while read -r asked; do
    kill -QUIT $server
    wait $server
    [ "$asked" = stop ] && { echo stopped; read -r asked || break; }
    start "$@"
done
kill -QUIT $server 2>/dev/null
wait $server
cd / && rm -rf "$1"
"#;

/// A server of a test's own.
#[derive(Debug)]
pub struct PostgresServer {
    /// The folder in which its socket is.
    pub(crate) folder: PathBuf,
    /// The folder of the database's programs.
    pub(crate) programs: PathBuf,
    watch: Mutex<Watch>,
}

#[derive(Debug)]
struct Watch {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl PostgresServer {
    /// The server that all tests of this process share; nothing, and a word about it, where
    /// PostgreSQL is not installed.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<PostgresServer>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(false)).as_ref()
    }

    /// A server of one test's own, for one that stops it. It syncs what it writes if it is told to.
    pub fn start(syncs: bool) -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("skipped: PostgreSQL is not installed (apt-get install postgresql)");
            return None;
        };
        let folder = new_folder();
        let told = if syncs {
            "-c max_connections=100"
        } else {
            "-c fsync=off -c full_page_writes=off -c max_connections=100"
        };
        let mut shell = as_nobody_special(&folder)
            .args(["sh", "-c", WATCH, "watch"])
            .arg(&folder)
            .arg(&programs)
            .arg(told)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let watch = Watch {
            orders: shell.stdin.take(),
            answers: BufReader::new(shell.stdout.take().expect("it is piped")),
            shell,
        };
        let server = Self {
            folder,
            programs,
            watch: Mutex::new(watch),
        };
        server.hears("started");
        Some(server)
    }

    /// The address of a new, empty database.
    pub fn new_database(&self) -> String {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", LAST.fetch_add(1, Ordering::Relaxed));
        let made = Command::new(self.programs.join("createdb"))
            .args(["-U", "postgres", "-h"])
            .arg(&self.folder)
            .arg(&name)
            .status()
            .expect("createdb is there");
        assert!(made.success(), "no database could be made");
        self.address(&name)
    }

    /// The address of a database by its name.
    pub fn address(&self, name: &str) -> String {
        let folder = self.folder.to_str().expect("the folder's name is ASCII");
        format!("postgres://postgres@{}/{name}", folder.replace('/', "%2F"))
    }

    /// Stops the server at once, as when its machine fails, and starts it again.
    pub fn restart(&self) {
        self.order("restart");
        self.hears("started");
    }

    /// Stops the server at once; it stays away until it is started again.
    pub fn stop(&self) {
        self.order("stop");
        self.hears("stopped");
    }

    /// Starts a server that was stopped.
    pub fn start_again(&self) {
        self.order("start");
        self.hears("started");
    }

    fn order(&self, what: &str) {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = watch.orders.as_mut().expect("it is open until the end");
        writeln!(orders, "{what}").expect("the shell listens");
    }

    fn hears(&self, what: &str) {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answer = String::new();
        let heard = watch.answers.read_line(&mut answer);
        heard.expect("the shell answers");
        assert_eq!(
            answer.trim_end(),
            what,
            "PostgreSQL did not do as it should"
        );
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let watch = self.watch.get_mut().unwrap_or_else(PoisonError::into_inner);
        watch.orders = None;
        // The shell ends when it has removed everything.
        watch.shell.wait().ok();
    }
}

/// A folder that is new; its path is short, because a socket's may not be long.
fn new_folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("consort-pg-").tempdir();
    // The shell that looks after the server removes it.
    folder
        .expect("there is a folder for temporary files")
        .keep()
}

/// What runs a program as somebody who may run PostgreSQL, which root may not, and who owns the
/// folder.
fn as_nobody_special(folder: &Path) -> Command {
    let ours = Command::new("chown").arg("postgres:").arg(folder).output();
    // Only root may give a folder away.
    if ours.is_ok_and(|given| given.status.success()) {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        command
    } else {
        Command::new("env")
    }
}

/// The folder of PostgreSQL's programs: Debian's newest, or what `pg_config` names elsewhere.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| *version >= VERSION_MIN)
        .max();
    if let Some(version) = newest {
        return Some(Path::new(DEBIAN).join(version.to_string()).join("bin"));
    }
    let told = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = PathBuf::from(String::from_utf8(told.stdout).ok()?.trim());
    folder.join("initdb").exists().then_some(folder)
}
