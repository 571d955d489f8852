//! A connection with its prepared statements, and the link that makes it anew when it was lost.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Row, Statement};

use super::SCHEMA;
use super::error::{Tried, Trouble};
use crate::StoreError;

/// How long the database may be away before a call fails: a restart takes less.
const PATIENCE: Duration = Duration::from_secs(15);
/// The pauses between two tries to reach it, the first and the longest.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// How often a transaction that the database gave up on is tried again.
const AGAIN_MAX: u32 = 4;
/// How long a server that does not answer is waited for at the connection's beginning.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// When a silent connection is asked whether it is still there, and again and again.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// What every session begins with. A commit is synced whatever the server's configuration says,
/// and one that is stronger than that stays.
const SETTINGS: &str = "
    SET client_min_messages = warning;
    SET idle_in_transaction_session_timeout = '10s';
    SET jit = off;
    SET lock_timeout = '10s';
    SET default_transaction_isolation = 'read committed';
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// How a transaction begins that writes. Its statements look up keys and nothing else, so their
/// plans are kept, and are walks of an index whatever the statistics of a young table say.
const BEGIN_WRITE: &str = "
    BEGIN;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_material = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL enable_seqscan = off;
    SET LOCAL plan_cache_mode = force_generic_plan";

/// After so many transactions plans are made anew at the latest.
const PLANS_KEPT: u32 = 1_024;

/// How a transaction begins that stays at its moment. It may be silent while what it read is
/// worked on.
const STAND_STILL: &str = "
    SET idle_in_transaction_session_timeout = '30min';
    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SELECT 1 FROM pg_class LIMIT 1";

/// A connection to the database.
pub(super) struct Session {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    /// How many transactions that write have begun.
    writes: u32,
    /// Whether everything is read at one moment, which no other connection can have.
    stands_still: bool,
}

impl Session {
    fn connect(config: &Config) -> Tried<Self> {
        let mut client = config.connect(NoTls)?;
        client.batch_execute(&format!("SET search_path = {SCHEMA}, pg_temp; {SETTINGS}"))?;
        Ok(Self {
            client,
            statements: HashMap::new(),
            writes: 0,
            stands_still: false,
        })
    }

    /// The rows that a statement finds.
    pub(super) fn rows(
        &mut self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Tried<Vec<Row>> {
        let statement = self.prepared(sql)?;
        Ok(self.client.query(&statement, parameters)?)
    }

    /// The one row that a statement finds.
    pub(super) fn one(
        &mut self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Tried<Row> {
        self.optional(sql, parameters)?
            .ok_or_else(|| StoreError::Damaged("a row that is always there is gone".into()).into())
    }

    /// The row that a statement finds, if there is one.
    pub(super) fn optional(
        &mut self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Tried<Option<Row>> {
        Ok(self.rows(sql, parameters)?.into_iter().next())
    }

    /// How many rows a statement changed.
    pub(super) fn change(
        &mut self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Tried<usize> {
        let statement = self.prepared(sql)?;
        let changed = self.client.execute(&statement, parameters)?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// Runs statements without parameters.
    pub(super) fn run(&mut self, sql: &str) -> Tried<()> {
        Ok(self.client.batch_execute(sql)?)
    }

    /// Runs something in a transaction. Where the connection is lost while its end was asked for,
    /// whether it happened is not known.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&mut Self) -> Tried<T>) -> Tried<T> {
        self.begin()?;
        match work(self) {
            Ok(value) => self.end().map(|()| value),
            Err(trouble) => {
                self.give_up();
                Err(trouble)
            }
        }
    }

    /// Begins a transaction that writes.
    pub(super) fn begin(&mut self) -> Tried<()> {
        self.writes = self.writes.wrapping_add(1);
        // A plan is made for tables of a size, and walks small ones whole. Whenever the work of
        // this session has doubled, they may have doubled, too.
        if self.writes.is_power_of_two() || self.writes.is_multiple_of(PLANS_KEPT) {
            self.run("DISCARD PLANS")?;
        }
        self.run(BEGIN_WRITE)
    }

    /// Ends the transaction, for good.
    pub(super) fn end(&mut self) -> Tried<()> {
        self.run("COMMIT").map_err(|trouble| match trouble {
            Trouble::Lost(why) => StoreError::Unknown(why).into(),
            other @ (Trouble::Again(_) | Trouble::Store(_)) => other,
        })
    }

    /// Ends the transaction as if nothing had been. A connection that is lost has done so.
    pub(super) fn give_up(&mut self) {
        self.run("ROLLBACK").ok();
    }

    /// The sessions that told something on a channel that this one listens to, as soon as there are any; none where
    /// none did for so long.
    pub(super) fn heard(&mut self, patience: Duration) -> Tried<Vec<i32>> {
        let mut notifications = self.client.notifications();
        let mut by = Vec::new();
        let first = notifications.timeout_iter(patience).next()?;
        if let Some(first) = first {
            by.push(first.process_id());
            let mut others = notifications.iter();
            while let Some(other) = others.next()? {
                by.push(other.process_id());
            }
        }
        Ok(by)
    }

    /// Stays at this moment until the connection ends.
    pub(super) fn stand_still(&mut self) -> Tried<()> {
        self.stands_still = true;
        self.run(STAND_STILL)
    }

    fn prepared(&mut self, sql: &'static str) -> Tried<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// Where the database is.
#[derive(Clone)]
pub(super) struct Target(Config);

impl std::fmt::Debug for Target {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password stays out of every message.
        out.debug_struct("Target")
            .field("hosts", &self.0.get_hosts())
            .field("database", &self.0.get_dbname())
            .finish_non_exhaustive()
    }
}

impl Target {
    pub(super) fn new(mut config: Config) -> Self {
        config
            .application_name("consort")
            .keepalives_idle(KEEPALIVE)
            .keepalives_interval(KEEPALIVE)
            .keepalives_retries(2);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        Self(config)
    }

    /// A connection of its own.
    pub(super) fn connect(&self) -> Tried<Session> {
        Session::connect(&self.0)
    }
}

/// A database and the connection to it, while there is one.
pub(super) struct Link {
    target: Target,
    session: Option<Session>,
    /// Whether there was a session that stood still; there is no other with its moment.
    stands_still: bool,
}

impl Link {
    pub(super) const fn new(target: Target) -> Self {
        Self {
            target,
            session: None,
            stands_still: false,
        }
    }

    /// Runs a call until it works out, or fails for a reason that does not pass. `work` has
    /// changed nothing when it tells that the connection was lost.
    pub(super) fn patiently<T>(
        &mut self,
        work: impl Fn(&mut Session) -> Tried<T>,
    ) -> Result<T, StoreError> {
        let began = Instant::now();
        let mut pause = PAUSE_MIN;
        let mut given_up = 0;
        loop {
            match self.attempt(&work) {
                Ok(value) => return Ok(value),
                Err(Trouble::Store(error)) => return Err(error),
                Err(Trouble::Lost(why)) if began.elapsed() >= PATIENCE => {
                    return Err(StoreError::Failed(why));
                }
                Err(Trouble::Lost(_)) => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(PAUSE_MAX);
                }
                Err(Trouble::Again(why)) => {
                    given_up += 1;
                    if given_up >= AGAIN_MAX {
                        return Err(StoreError::Failed(why));
                    }
                }
            }
        }
    }

    /// Runs a call once.
    pub(super) fn once<T>(
        &mut self,
        work: impl Fn(&mut Session) -> Tried<T>,
    ) -> Result<T, StoreError> {
        self.attempt(&work).map_err(|trouble| match trouble {
            Trouble::Store(error) => error,
            Trouble::Lost(why) | Trouble::Again(why) => StoreError::Failed(why),
        })
    }

    fn attempt<T>(&mut self, work: &impl Fn(&mut Session) -> Tried<T>) -> Tried<T> {
        let mut session = match self.session.take() {
            Some(session) if !session.client.is_closed() => session,
            _ if self.stands_still => return Err(moment_is_gone().into()),
            _ => Session::connect(&self.target.0)?,
        };
        let result = work(&mut session);
        self.stands_still |= session.stands_still;
        let is_over = matches!(
            result,
            Err(Trouble::Lost(_) | Trouble::Store(StoreError::Unknown(_)))
        );
        if !is_over {
            self.session = Some(session);
        }
        result
    }
}

/// The error for whoever reads on at a moment whose connection was lost: what another one would
/// show is of later.
fn moment_is_gone() -> StoreError {
    StoreError::Failed(
        "the connection was lost, and with it the moment that was read: begin again".to_owned(),
    )
}
