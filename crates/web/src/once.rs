//! Something that is no command of the engine is done once under a name, by whichever server: first it is known that it
//! was begun, and then what came of it.

use consort_engine::access::Kept;

use crate::server::{Failure, Web};

const MINUTE_MS: i64 = 60_000;
/// For how long nobody else begins what was begun. Where the server ended before it was done, it is done by
/// whoever asks after that.
const BEGUN_MS: i64 = MINUTE_MS;
/// For how long it is known what came of it: longer than any session lasts in which it could be asked again.
pub(crate) const DONE_MS: i64 = 24 * 60 * MINUTE_MS;

/// What came of something that is done once.
pub(crate) enum Once<T> {
    /// It was done now.
    Now(T),
    /// It was asked before; this is kept of it.
    Before(String),
}

/// Does something once under a name. While it is not done, `begun` is kept of it; then what it gives beside itself.
/// What fails is not done, and can be asked again.
pub(crate) fn once<T>(
    web: &Web,
    name: Kept,
    begun: &str,
    with: impl FnOnce() -> Result<(T, String), Failure>,
) -> Result<Once<T>, Failure> {
    let now = web.engine.now();
    let first = (begun.as_bytes(), now.plus_millis(BEGUN_MS));
    if !web.access.keep_first(name, first, now)? {
        let found = web.access.kept(name, now)?;
        let kept = found.and_then(|it| String::from_utf8(it).ok());
        return Ok(Once::Before(kept.unwrap_or_else(|| begun.to_owned())));
    }
    match with() {
        Ok((done, kept)) => {
            web.access
                .keep(name, kept.as_bytes(), now.plus_millis(DONE_MS))?;
            Ok(Once::Now(done))
        }
        Err(failure) => {
            web.access.take(name, now)?;
            Err(failure)
        }
    }
}
