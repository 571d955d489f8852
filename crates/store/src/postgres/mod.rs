//! The store on PostgreSQL 15 or newer: for several servers on one database.
//!
//! A commit is a fixed number of prepared statements, whatever its size: each carries one array a
//! column. Whoever commits holds the row of the log from the first statement to the last, so that
//! places in the feed have no gaps and nothing is committed late
//! ([decision](../../../../docs/decisions/why-one-row-gives-the-places-of-the-feed.md)). The
//! database itself refuses what must never be, as the one on SQLite does: see the migrations. SQL
//! stands in this folder only, one file for each word.
//!
//! Calls run on threads of the store's own, because the client waits on its connection, which a
//! thread that serves others must not. Nothing here depends on a session lock, on a sequence or on
//! being notified: news brings forward what is found by looking.

mod acceptance;
mod commit;
mod connection;
mod credential;
mod error;
mod event;
mod flaw;
mod import;
mod key;
mod lease;
mod listing;
mod log;
mod message;
mod migration;
mod network;
mod news;
mod notice;
mod pass;
mod personal;
mod pool;
mod reaction;
mod receipt;
mod refusal;
mod remark;
mod scratch;
mod state;
mod store;
mod timer;
mod transfer;
mod transient;
mod view;
mod webhook;

use std::str::FromStr as _;
use std::sync::{Arc, OnceLock};

use consort_kernel::time::Timestamp;

pub use crate::migration::NEWEST as NEWEST_FORM;
use crate::{Identity, StoreError};
use connection::{Session, Target};
use error::Tried;
use news::Herald;
use pool::{Pool, Worker};
pub use scratch::Scratch;

/// The schema that everything of a network stands in.
pub const SCHEMA: &str = "consort";

/// A network in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    source: Source,
    target: Target,
    /// Tells other servers what is committed, once this one wants to be told itself.
    herald: OnceLock<Herald>,
}

/// What is read from.
#[derive(Debug)]
enum Source {
    /// Connections on which each call sees the latest.
    Latest(Arc<Pool>),
    /// One transaction, which sees nothing of what is committed after it began.
    Moment(Worker),
}

impl PostgresStore {
    /// Opens the database that a URL (`postgres://user@host/name`) or a list of `key=value` names,
    /// makes the network's tables if they are not there, and brings them to the newest form.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let target = target(url)?;
        let pool = Pool::new(target.clone());
        pool.first(migration::migrate)?;
        Ok(Self {
            source: Source::Latest(Arc::new(pool)),
            target,
            herald: OnceLock::new(),
        })
    }

    /// Opens a database that is there, and changes nothing about its form.
    pub fn open_as_it_is(url: &str) -> Result<Self, StoreError> {
        let target = target(url)?;
        let pool = Pool::new(target.clone());
        pool.first(migration::check_as_it_is)?;
        Ok(Self {
            source: Source::Latest(Arc::new(pool)),
            target,
            herald: OnceLock::new(),
        })
    }

    /// The network in the database that a URL names and how many events it has, where there is one.
    /// Nothing is made there.
    pub fn find(url: &str) -> Result<Option<(Identity, u64)>, StoreError> {
        Pool::new(target(url)?).first(|session| {
            if !migration::is_there(session)? {
                return Ok(None);
            }
            let Some(identity) = network::find(session)? else {
                return Ok(None);
            };
            Ok(Some((identity, log::kept(session)?.size())))
        })
    }

    /// What time it is at the database: the clock of all servers on it.
    pub fn now(&self) -> Result<Timestamp, StoreError> {
        self.read(|session| {
            let row = session.one(
                "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
                &[],
            )?;
            Ok(Timestamp::from_millis(error::get(&row, 0)?))
        })
    }

    /// The database as it is now, for as long as the result is kept.
    fn at_this_moment(&self) -> Result<Self, StoreError> {
        let worker = Worker::new(self.target.clone())?;
        worker.call(false, Session::stand_still)?;
        Ok(Self {
            source: Source::Moment(worker),
            target: self.target.clone(),
            herald: OnceLock::new(),
        })
    }

    /// Runs a call that only reads. It is made again where the connection was lost.
    fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Session) -> Tried<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.source {
            Source::Latest(pool) => pool.call(work),
            Source::Moment(worker) => worker.call(false, work),
        }
    }

    /// Runs a call that writes, in a transaction of its own. It is made again where the connection
    /// was lost before the end of the transaction was asked for.
    fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Session) -> Tried<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.source {
            Source::Latest(pool) => pool.call(move |session| session.write(&work)),
            Source::Moment(_) => Err(StoreError::NotWritable(
                "a moment of the database is for reading".to_owned(),
            )),
        }
    }
}

fn target(url: &str) -> Result<Target, StoreError> {
    let config = ::postgres::Config::from_str(url).map_err(|error| {
        let why = std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
        StoreError::Failed(format!(
            "this is no address of a PostgreSQL database ({why}): write postgres://USER@HOST/NAME"
        ))
    })?;
    Ok(Target::new(config))
}
