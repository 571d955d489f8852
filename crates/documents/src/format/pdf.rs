//! Placeholder until the next commit.
use crate::format::Reading;
use crate::unreadable::Unreadable;
pub(crate) fn read(_bytes: &[u8]) -> Result<Reading, Unreadable> {
    Err(Unreadable::Unsupported("a format that comes next"))
}
