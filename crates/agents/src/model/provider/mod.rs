//! Endpoints that are spoken to: over HTTP in builds with the feature `models`; elsewhere there are none.

#[cfg(feature = "models")]
mod http;
#[cfg(not(feature = "models"))]
mod none;

#[cfg(feature = "models")]
pub use http::Provider;
#[cfg(not(feature = "models"))]
pub use none::Provider;

/// Why an endpoint cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the endpoint cannot be set up: {0}")]
pub struct SetUp(String);
