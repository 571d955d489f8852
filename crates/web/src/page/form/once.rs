//! Forms that ask for no command of the engine: each carries a key of its own, and what is asked under it is done
//! once, by whichever server. Whoever sends it again is led to where it led.

use consort_engine::access::Kept;
use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};

use axum::response::Redirect;

use super::KEY;
use crate::once::{self, DONE_MS};
use crate::server::{Failure, Visitor, Web};

pub(in crate::page) use crate::once::Once;

/// How many such forms were sent in a session: with each of them, all later ones have other keys.
fn sent(visitor: &Visitor) -> Kept {
    Kept::of("forms", &[&visitor.entered.secret.to_string()])
}

fn count(web: &Web, visitor: &Visitor, now: Timestamp) -> Result<u64, Failure> {
    let found = web.access.kept(sent(visitor), now)?;
    let text = found.and_then(|it| String::from_utf8(it).ok());
    Ok(text.and_then(|it| it.parse().ok()).unwrap_or_default())
}

/// The key of a form that has no version to rest on, by where it is sent.
pub(in crate::page) fn anew(web: &Web, visitor: &Visitor, action: &str) -> Result<Markup, Failure> {
    let count = count(web, visitor, web.engine.now())?;
    let key = format!("{} {action} {count}", visitor.entered.secret);
    let key = Digest::of(key.as_bytes()).to_string();
    Ok(markup! { input type="hidden" name=(KEY) value=(key[..32]); })
}

/// Does once what a form asks: with what is done goes where it leads, and `about` is where whoever sends it again
/// is led while it is not done yet. What fails is not done, and can be sent again.
pub(in crate::page) fn once<T>(
    web: &Web,
    visitor: &Visitor,
    about: &str,
    with: impl FnOnce() -> Result<(T, String), Failure>,
) -> Result<Once<T>, Failure> {
    let Some(key) = visitor.key.name() else {
        return with().map(|(done, _)| Once::Now(done));
    };
    let name = Kept::of("form", &[&visitor.id.to_string(), key]);
    let made = once::once(web, name, about, with)?;
    if let Once::Now(_) = &made {
        let now = web.engine.now();
        let count = (count(web, visitor, now)? + 1).to_string();
        let until = now.plus_millis(DONE_MS);
        web.access.keep(sent(visitor), count.as_bytes(), until)?;
    }
    Ok(made)
}

/// The same for a form that leads to an address and shows nothing of its own.
pub(in crate::page) fn once_to(
    web: &Web,
    visitor: &Visitor,
    leads_to: &str,
    with: impl FnOnce() -> Result<(), Failure>,
) -> Result<Redirect, Failure> {
    let done = once(web, visitor, leads_to, || {
        with()?;
        Ok(((), leads_to.to_owned()))
    })?;
    Ok(match done {
        Once::Now(()) => Redirect::to(leads_to),
        Once::Before(led) => Redirect::to(&led),
    })
}
