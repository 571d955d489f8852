//! What the store on PostgreSQL promises beyond the contract. Where PostgreSQL is not installed,
//! these are skipped.

use consort_store::postgres::PostgresStore;

use crate::server::PostgresServer;

/// A store in a database of its own.
pub(crate) fn new_store() -> Option<PostgresStore> {
    let server = PostgresServer::shared()?;
    Some(PostgresStore::open(&server.new_database()).unwrap())
}
