//! A build that speaks to no endpoint: none can be set up.

use super::SetUp;
use crate::model::endpoint::{Answer, Endpoint, Limits, Prompt, Trouble};
use crate::model::settings::Settings;

/// What is said to whoever configures a model.
const LEFT_OUT: &str =
    "this build speaks to no models; build it with them: cargo build --features full";

/// There is none.
pub enum Provider {}

impl Provider {
    /// Says that there is none, and how to come by one.
    pub fn new(_: &Settings) -> Result<Self, SetUp> {
        Err(SetUp(LEFT_OUT.to_owned()))
    }
}

impl Endpoint for Provider {
    fn answer(&self, _: &Prompt, _: Limits) -> Result<Answer, Trouble> {
        match *self {}
    }
}
