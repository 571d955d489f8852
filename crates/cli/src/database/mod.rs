//! Networks in a PostgreSQL database: opened, copied, measured, and moved or restored there. They
//! take the feature `postgres`; a build without it says so.

mod migrate;
#[cfg(not(feature = "postgres"))]
mod none;
#[cfg(feature = "postgres")]
mod open;
mod proof;
mod restore;

pub(crate) use migrate::Migrate;
#[cfg(not(feature = "postgres"))]
pub(crate) use none::{Database, Fresh, back_up, find, open, take_over};
#[cfg(feature = "postgres")]
pub(crate) use open::{Database, Fresh, back_up, find, open, take_over};
pub(crate) use proof::{Beside, look, wrong};
pub(crate) use restore::{refuse_full, restore};
