//! Webhooks: programs that asked are told what happens.

mod courier;
mod office;
mod wish;

pub use courier::Courier;
#[cfg(feature = "post")]
pub(crate) use office::SECRET_PREFIX;
pub use office::{Office, WEBHOOKS_MAX, Which, standing};
