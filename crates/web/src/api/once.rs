//! What a program asks for that is no command of the engine is done once under its key: the same request is
//! answered the same, and another one under the same key is refused. It is known for a day.

use consort_engine::EngineError;
use consort_engine::access::Kept;
use consort_kernel::digest::Digest;
use consort_kernel::rejection::Rejection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::caller::Caller;
use super::problem::rejected;
use crate::key::Key;
use crate::once;
use crate::server::{Failure, Web};

fn kept(caller: Caller, key: &str) -> Kept {
    Kept::of("asked", &[&caller.id.to_string(), key])
}

/// Does what is asked once under the caller's key, and gives what came of it then. What fails is not done, and can
/// be asked again, and so can what was begun by a server that ended.
pub(super) fn once<T: Serialize + DeserializeOwned>(
    web: &Web,
    caller: Caller,
    key: &Key,
    asked: &str,
    with: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Some(name) = key.name() else {
        return with();
    };
    let asked = Digest::of(asked.as_bytes()).to_string();
    let made = once::once(web, kept(caller, name), &asked, || {
        check_no_command(web, caller, key)?;
        let done = with()?;
        let told = told(&asked, &done)?;
        Ok((done, told))
    })?;
    match made {
        once::Once::Now(done) => Ok(done),
        once::Once::Before(before) => answered(&asked, &before),
    }
}

/// Keeps an answer under the caller's key, and gives the one that was kept first: for what comes to the same however
/// often it is done, so that it need not be known to be over.
pub(super) fn first<T: Serialize + DeserializeOwned>(
    web: &Web,
    caller: Caller,
    key: &Key,
    asked: &str,
    answer: T,
) -> Result<T, Failure> {
    let Some(name) = key.name() else {
        return Ok(answer);
    };
    check_no_command(web, caller, key)?;
    let asked = Digest::of(asked.as_bytes()).to_string();
    let told = told(&asked, &answer)?;
    let (name, now) = (kept(caller, name), web.engine.now());
    let until = now.plus_millis(once::DONE_MS);
    if web.access.keep_first(name, (told.as_bytes(), until), now)? {
        return Ok(answer);
    }
    let before = web.access.kept(name, now)?.unwrap_or_default();
    answered(&asked, &String::from_utf8_lossy(&before))
}

/// Fails where something else was asked under the caller's key.
pub(super) fn check_same(web: &Web, caller: Caller, key: &Key, asked: &str) -> Result<(), Failure> {
    let Some(name) = key.name() else {
        return Ok(());
    };
    let found = web.access.kept(kept(caller, name), web.engine.now())?;
    let asked = Digest::of(asked.as_bytes()).to_string();
    match found {
        Some(before) if !before.starts_with(asked.as_bytes()) => Err(rejected(Rejection::IdReused)),
        Some(_) | None => Ok(()),
    }
}

/// Fails where the key stands for a command that was carried out.
fn check_no_command(web: &Web, caller: Caller, key: &Key) -> Result<(), Failure> {
    match key.receipt(&web.engine, caller.principal())? {
        Some(_) => Err(rejected(Rejection::IdReused)),
        None => Ok(()),
    }
}

/// What is kept of a request that was answered.
fn told(asked: &str, answer: &impl Serialize) -> Result<String, Failure> {
    let answer = serde_json::to_string(answer).map_err(|_| Failure::Broken)?;
    Ok(format!("{asked} {answer}"))
}

/// The answer that was kept, if the same was asked.
fn answered<T: DeserializeOwned>(asked: &str, before: &str) -> Result<T, Failure> {
    let (was_asked, answer) = before.split_once(' ').unwrap_or((before, ""));
    if was_asked != asked {
        return Err(rejected(Rejection::IdReused));
    }
    if answer.is_empty() {
        // It is being done.
        return Err(EngineError::Busy.into());
    }
    serde_json::from_str(answer).map_err(|_| Failure::Broken)
}

/// Whether something of this kind was asked under the caller's key.
pub(super) fn was_asked(web: &Web, caller: Caller, key: &Key) -> Result<bool, Failure> {
    let Some(name) = key.name() else {
        return Ok(false);
    };
    let found = web.access.kept(kept(caller, name), web.engine.now())?;
    Ok(found.is_some())
}
