//! Which network a database holds, and its epoch.

use consort_kernel::id::NetworkId;
use rusqlite::{Connection, OptionalExtension, params};

use super::key;
use crate::{Identity, StoreError};

/// The epoch that a new network begins with.
const FIRST_EPOCH: u64 = 1;

/// The network that the database holds, if it has one yet.
pub(super) fn find(connection: &Connection) -> Result<Option<Identity>, StoreError> {
    let found: Option<([u8; 16], i64)> = connection
        .query_row("SELECT id, epoch FROM network", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    found
        .map(|(id, epoch)| {
            Ok(Identity {
                network: NetworkId::from_bits(u128::from_be_bytes(id)),
                epoch: key::natural(epoch)?,
            })
        })
        .transpose()
}

/// Gives a new database its network.
pub(super) fn begin(connection: &Connection, network: NetworkId) -> Result<(), StoreError> {
    let identity = Identity {
        network,
        epoch: FIRST_EPOCH,
    };
    put(connection, &identity)
}

/// Gives a new database the network that it takes over.
pub(super) fn put(connection: &Connection, identity: &Identity) -> Result<(), StoreError> {
    let epoch = key::integer(identity.epoch)?;
    connection
        .execute(
            "INSERT INTO network (only, id, epoch) VALUES (1, ?1, ?2)",
            params![identity.network.bits().to_be_bytes(), epoch],
        )
        .map(|_| ())
        .map_err(StoreError::from)
}

/// Starts a new epoch, later than every one that is known.
pub(super) fn begin_epoch(connection: &Connection, epoch: u64) -> Result<(), StoreError> {
    connection
        .execute("UPDATE network SET epoch = ?1", [key::integer(epoch)?])
        .map(|_| ())
        .map_err(StoreError::from)
}
