//! What is said on the first step of a signature, for the second: known in the session that said it alone, and in
//! no address, so that no link puts words into somebody's mouth.

use consort_engine::access::Kept;
use consort_kernel::stream::StreamId;

use crate::server::{Failure, Visitor, Web};

/// How long somebody may think about the second step; then they say it again.
const KEPT_MS: i64 = 60 * 60_000;

fn name(visitor: &Visitor, signed: StreamId) -> Kept {
    let session = visitor.entered.secret.to_string();
    Kept::of("step", &[&session, &signed.to_string()])
}

/// Keeps what is said of what is to be signed.
pub(super) fn say(
    web: &Web,
    visitor: &Visitor,
    signed: StreamId,
    words: &str,
) -> Result<(), Failure> {
    let until = web.engine.now().plus_millis(KEPT_MS);
    Ok(web
        .access
        .keep(name(visitor, signed), words.as_bytes(), until)?)
}

/// What was said, if it was and lately.
pub(super) fn said(
    web: &Web,
    visitor: &Visitor,
    signed: StreamId,
) -> Result<Option<String>, Failure> {
    let kept = web.access.kept(name(visitor, signed), web.engine.now())?;
    Ok(kept.and_then(|words| String::from_utf8(words).ok()))
}
