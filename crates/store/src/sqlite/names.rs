//! The small numbers that streams, principals and assets have inside the database.
//!
//! Numbers are never changed once they are committed, so the writer remembers them; what a
//! transaction that was rolled back had given is forgotten with everything else.

use std::collections::HashMap;

use consort_kernel::money::Asset;
use consort_kernel::stream::StreamId;
use rusqlite::{Connection, OptionalExtension, params};

use super::key;
use crate::StoreError;
use crate::rules::refused;

/// Names that are remembered before all are forgotten: about 8 MiB.
const REMEMBERED_MAX: usize = 100_000;

/// What the writer remembers of names.
#[derive(Debug, Default)]
pub(super) struct Names {
    streams: HashMap<StreamId, i64>,
    principals: HashMap<String, i64>,
    assets: HashMap<Asset, i64>,
}

impl Names {
    /// Forgets everything: after a rollback.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Keeps what is remembered from growing without bounds.
    pub(super) fn trim(&mut self) {
        if self.streams.len() + self.principals.len() > REMEMBERED_MAX {
            self.forget();
        }
    }

    /// The number of a stream, which is given one if it has none.
    pub(super) fn stream(
        &mut self,
        connection: &Connection,
        stream: StreamId,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.streams.get(&stream) {
            return Ok(*number);
        }
        let number = match find_stream(connection, stream)? {
            Some(number) => number,
            None => add_stream(connection, stream)?,
        };
        self.streams.insert(stream, number);
        Ok(number)
    }

    /// The number of a stream that may be absent.
    pub(super) fn optional_stream(
        &mut self,
        connection: &Connection,
        stream: Option<StreamId>,
    ) -> Result<Option<i64>, StoreError> {
        stream
            .map(|stream| self.stream(connection, stream))
            .transpose()
    }

    /// The number of a principal, who is given one if they have none.
    pub(super) fn principal(
        &mut self,
        connection: &Connection,
        name: &str,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.principals.get(name) {
            return Ok(*number);
        }
        let number = match find_principal(connection, name)? {
            Some(number) => number,
            None => add(
                connection,
                "INSERT OR ROLLBACK INTO principals (name) VALUES (?1)",
                [name],
            )?,
        };
        self.principals.insert(name.to_owned(), number);
        Ok(number)
    }

    /// The number of an asset, which is given one if it has none.
    pub(super) fn asset(
        &mut self,
        connection: &Connection,
        asset: Asset,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.assets.get(&asset) {
            return Ok(*number);
        }
        let known: Option<(i64, u8)> = connection
            .prepare_cached("SELECT number, scale FROM assets WHERE code = ?1")
            .and_then(|mut found| {
                found
                    .query_row([asset.code()], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })?;
        let number = match known {
            Some((number, scale)) if scale == asset.scale() => number,
            Some((_, scale)) => {
                return Err(refused(format!(
                    "the scale of an asset never changes, and {} has {scale}",
                    asset.code()
                )));
            }
            None => add(
                connection,
                "INSERT OR ROLLBACK INTO assets (code, scale) VALUES (?1, ?2)",
                params![asset.code(), asset.scale()],
            )?,
        };
        self.assets.insert(asset, number);
        Ok(number)
    }
}

/// The number of a stream, if it was ever mentioned.
pub(super) fn find_stream(
    connection: &Connection,
    stream: StreamId,
) -> Result<Option<i64>, StoreError> {
    connection
        .prepare_cached("SELECT number FROM streams WHERE kind = ?1 AND id = ?2")
        .and_then(|mut found| {
            found
                .query_row(key::stream_key(stream), |row| row.get(0))
                .optional()
        })
        .map_err(StoreError::from)
}

/// The number of a principal, if they ever sent a command.
pub(super) fn find_principal(
    connection: &Connection,
    name: &str,
) -> Result<Option<i64>, StoreError> {
    connection
        .prepare_cached("SELECT number FROM principals WHERE name = ?1")
        .and_then(|mut found| found.query_row([name], |row| row.get(0)).optional())
        .map_err(StoreError::from)
}

fn add_stream(connection: &Connection, stream: StreamId) -> Result<i64, StoreError> {
    let (kind, id) = key::stream_key(stream);
    add(
        connection,
        "INSERT OR ROLLBACK INTO streams (kind, id) VALUES (?1, ?2)",
        params![kind, id],
    )
}

fn add(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<i64, StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut insert| insert.insert(parameters))
        .map_err(StoreError::from)
}
