//! Webhooks, as they are kept: for the floor that sends.

pub use consort_store::{Delivery, Webhook, Webhooks};
