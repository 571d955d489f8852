//! Networks in a PostgreSQL database: opened, measured, and moved there. They take the feature
//! `postgres`; a build without it says so.

mod migrate;
#[cfg(not(feature = "postgres"))]
mod none;
#[cfg(feature = "postgres")]
mod open;

pub(crate) use migrate::Migrate;
#[cfg(not(feature = "postgres"))]
pub(crate) use none::{Fresh, open, take_over};
#[cfg(feature = "postgres")]
pub(crate) use open::{Fresh, open, take_over};
