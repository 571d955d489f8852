//! What the store on PostgreSQL promises beyond the contract. Where PostgreSQL is not installed,
//! these are skipped.

mod backup;
mod flaw;
mod form;
mod hostile;
mod import;
mod news;
mod restart;
mod together;

use ::postgres::{Client, NoTls};
use consort_store::postgres::{PostgresStore, SCHEMA};

use crate::server::PostgresServer;

/// A store in a database of its own.
pub(crate) fn new_store() -> Option<PostgresStore> {
    let server = PostgresServer::shared()?;
    Some(PostgresStore::open(&server.new_database()).unwrap())
}

/// The address of a new database, where there is a server.
pub(crate) fn new_database() -> Option<String> {
    PostgresServer::shared().map(PostgresServer::new_database)
}

/// Somebody who speaks to the database directly.
pub(crate) fn somebody(address: &str) -> Client {
    let mut client = Client::connect(address, NoTls).unwrap();
    client
        .batch_execute(&format!("SET search_path = {SCHEMA}"))
        .unwrap();
    client
}
