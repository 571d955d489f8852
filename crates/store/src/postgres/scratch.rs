//! A database for a while, as a benchmark needs one: made beside the one that is named, and gone
//! with whoever has it.

use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::config::Host;
use postgres::{Client, Config, NoTls};

use super::error::Trouble;
use crate::StoreError;

/// A database of its own.
#[derive(Debug)]
pub struct Scratch {
    beside: String,
    name: String,
    url: String,
}

impl Scratch {
    /// Makes a database on the server of the one that is named.
    pub fn make(url: &str) -> Result<Self, StoreError> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("consort_scratch_{}_{number}", std::process::id());
        run(url, &format!("CREATE DATABASE {name}"))?;
        Ok(Self {
            beside: url.to_owned(),
            url: renamed(url, &name)?,
            name,
        })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many bytes it takes, without the log that is written ahead.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let mut client = connect(&self.url)?;
        let row = client
            .query_one("SELECT pg_database_size(current_database())", &[])
            .map_err(failed)?;
        let bytes: i64 = row.try_get(0).map_err(failed)?;
        Ok(bytes.unsigned_abs())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be taken away says by its name that it may be.
        run(
            &self.beside,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .ok();
    }
}

fn run(url: &str, sql: &str) -> Result<(), StoreError> {
    connect(url)?.batch_execute(sql).map_err(failed)
}

fn connect(url: &str) -> Result<Client, StoreError> {
    Client::connect(url, NoTls).map_err(failed)
}

fn failed(error: postgres::Error) -> StoreError {
    match Trouble::from(error) {
        Trouble::Store(error) => error,
        Trouble::Lost(why) | Trouble::Again(why) => StoreError::Failed(why),
    }
}

/// The same server and user with another database, as `key=value` pairs.
fn renamed(url: &str, name: &str) -> Result<String, StoreError> {
    let config = Config::from_str(url).map_err(failed)?;
    let quoted = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('\'', "\\'");
        format!("'{text}'")
    };
    let mut pairs = vec![format!("dbname={}", quoted(name))];
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(host) => host.clone(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        })
        .collect();
    let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
    pairs.push(format!("host={}", quoted(&hosts.join(","))));
    if !ports.is_empty() {
        pairs.push(format!("port={}", quoted(&ports.join(","))));
    }
    if let Some(user) = config.get_user() {
        pairs.push(format!("user={}", quoted(user)));
    }
    if let Some(password) = config.get_password() {
        let password = String::from_utf8_lossy(password);
        pairs.push(format!("password={}", quoted(&password)));
    }
    Ok(pairs.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_a_server_has_the_same_address_otherwise() {
        let url = "postgres://ann:a%20'b@db.example:5433/one";
        let config = Config::from_str(&renamed(url, "two").unwrap()).unwrap();
        assert_eq!(config.get_dbname(), Some("two"));
        assert_eq!(config.get_user(), Some("ann"));
        assert_eq!(config.get_password(), Some(b"a 'b".as_slice()));
        assert_eq!(config.get_hosts(), [Host::Tcp("db.example".to_owned())]);
        assert_eq!(config.get_ports(), [5433]);
    }
}
