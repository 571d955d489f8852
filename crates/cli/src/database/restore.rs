//! Restores a backup into an empty PostgreSQL database.
//!
//! The backup is examined before, the database after, and both have to tell the same.

use std::sync::Arc;

use anyhow::{Result, bail};
use consort_store::sqlite::SqliteStore;

use super::proof::{Beside, difference, look, wrong};
use super::{find, take_over};
use crate::console::Console;
use crate::exit::usage;

/// Refuses a database in which there is a network: none is ever replaced.
pub(crate) fn refuse_full(url: &str) -> Result<()> {
    let Some((identity, events)) = find(url)? else {
        return Ok(());
    };
    Err(usage(format!(
        "the database holds the network {} with {events} events, and no database is ever replaced; \
         name an empty one: 'createdb' makes it",
        identity.network
    )))
}

/// Puts what a backup holds into the database; there may be none in it yet.
pub(crate) fn restore(
    source: &Arc<SqliteStore>,
    url: &str,
    beside: &Beside,
    console: &mut Console,
) -> Result<()> {
    let before = look(source.as_ref(), beside, "the backup", console)?;
    if let Some(what) = wrong(&before) {
        bail!("the backup does not hold: {what}; nothing was put into the database");
    }
    console.show("restoring")?;
    let target = take_over(url, source)?;
    let after = look(&target, beside, "the database", console)?;
    console.end_show()?;
    if let Some(what) = difference(&before, &after, source.as_ref(), &target)? {
        bail!("the database tells of {what} otherwise than the backup: do not use the database");
    }
    Ok(())
}
