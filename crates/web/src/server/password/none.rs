//! A build without passwords: nobody has one.

use crate::server::SetUp;

/// What is said to whoever wants them.
const LEFT_OUT: &str =
    "this build knows no passwords; build it with them: cargo build --features full";

/// There are none.
pub enum Passwords {}

impl Passwords {
    /// None, where none are wanted; otherwise says how to come by them.
    pub fn new(is_wanted: bool) -> Result<Option<Self>, SetUp> {
        if is_wanted {
            Err(SetUp(LEFT_OUT.to_owned()))
        } else {
            Ok(None)
        }
    }
}
