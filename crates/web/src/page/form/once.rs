//! Forms that ask for no command of the engine: each carries a key of its own, and what is asked under it is done
//! once, by whichever server. Whoever sends it again is led to where it led.

use std::sync::{Arc, Mutex, PoisonError};

use consort_engine::access::Kept;
use consort_kernel::digest::Digest;
use maud::{Markup, html as markup};

use axum::response::Redirect;

use super::KEY;
use crate::once::{self, DONE_MS};
use crate::server::{Failure, Visitor, Web};

pub(in crate::page) use crate::once::Once;

/// By what the forms of a session have their keys: it is drawn anew before anything is done that such a form asks, so
/// that no page has a key again under which something was done. A page is asked for it once.
pub(crate) type Drawn = Arc<Mutex<Option<String>>>;

fn of(visitor: &Visitor) -> Kept {
    Kept::of("forms", &[&visitor.entered.secret.to_string()])
}

fn drawn(web: &Web, visitor: &Visitor) -> Result<String, Failure> {
    let mut known = visitor.forms.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(drawn) = &*known {
        return Ok(drawn.clone());
    }
    let found = web.access.kept(of(visitor), web.engine.now())?;
    let found = found.and_then(|it| String::from_utf8(it).ok());
    Ok(known.insert(found.unwrap_or_default()).clone())
}

fn draw(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    let fresh = format!("{:032x}", web.engine.random()?);
    let until = web.engine.now().plus_millis(DONE_MS);
    web.access.keep(of(visitor), fresh.as_bytes(), until)?;
    *visitor.forms.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
    Ok(())
}

/// The key of a form that has no version to rest on, by where it is sent.
pub(in crate::page) fn anew(web: &Web, visitor: &Visitor, action: &str) -> Result<Markup, Failure> {
    let drawn = drawn(web, visitor)?;
    let key = format!("{} {action} {drawn}", visitor.entered.secret);
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
    once::once(web, name, about, || {
        draw(web, visitor)?;
        with()
    })
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

#[cfg(test)]
mod tests {
    use consort_engine::Engine;
    use consort_engine::access::Access;
    use consort_engine::artefact::Artefacts;
    use consort_engine::clock::SystemClock;
    use consort_kernel::id::ContributorId;

    use super::*;
    use crate::key::{Key, Seen};
    use crate::server::Notice;

    const ADA: ContributorId = ContributorId::from_bits(7);

    /// A server, and Ada's session at it.
    fn scene(folder: &std::path::Path) -> (Arc<Web>, Visitor) {
        let artefacts = Artefacts::open(folder).unwrap();
        let store = consort_testkit::memory_store();
        let engine = Engine::start(store.clone(), artefacts, Arc::new(SystemClock), true).unwrap();
        let access = Access::new(store);
        let (_, entered) = access.welcome(ADA, "a test", engine.now(), None).unwrap();
        let web = Web::new(engine, access, Notice::None, folder.to_owned());
        let visitor = Visitor {
            id: ADA,
            name: "Ada".to_owned(),
            entered,
            wants_fragment: false,
            has_tag: None,
            theme: None,
            key: Key::default(),
            done: None,
            has_sent: true,
            forms: Drawn::default(),
        };
        (web, visitor)
    }

    /// The same visitor in another request, with the key of a form.
    fn with(visitor: &Visitor, key: Option<String>) -> Visitor {
        Visitor {
            key: Key::new(key, Seen::Whatever),
            forms: Drawn::default(),
            ..visitor.clone()
        }
    }

    /// The key that a page has for a form.
    fn key(web: &Web, visitor: &Visitor, action: &str) -> String {
        let form = anew(web, &with(visitor, None), action).unwrap().0;
        form.split("value=\"").nth(1).unwrap()[..32].to_owned()
    }

    #[test]
    fn no_page_has_a_key_again_under_which_something_was_done() {
        let folder = tempfile::tempdir().unwrap();
        let (web, visitor) = scene(folder.path());
        std::thread::scope(|scope| {
            for action in ["/one", "/two", "/three", "/four"] {
                let (web, visitor) = (&web, &visitor);
                scope.spawn(move || {
                    for _ in 0..500 {
                        let sender = with(visitor, Some(key(web, visitor, action)));
                        let made = once(web, &sender, action, || Ok(((), action.to_owned())));
                        assert!(matches!(made, Ok(Once::Now(()))), "{action}");
                    }
                });
            }
        });
    }

    #[test]
    fn a_form_has_its_key_until_another_is_sent_and_the_last_has_none_that_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let (web, visitor) = scene(folder.path());
        let first = key(&web, &visitor, "/one");
        assert_eq!(
            key(&web, &visitor, "/one"),
            first,
            "a page that is loaded again"
        );
        let sender = with(&visitor, Some(first.clone()));
        // A server that ends in the middle of what was asked leaves no key behind that is known already.
        let broken = once::<()>(&web, &sender, "/one", || Err(Failure::Broken));
        assert!(broken.is_err());
        assert_ne!(key(&web, &visitor, "/one"), first);
        // What failed is sent again under its key, and done once.
        for is_now in [true, false] {
            let made = once(&web, &sender, "/one", || Ok(((), "/led".to_owned()))).unwrap();
            assert_eq!(matches!(made, Once::Now(())), is_now);
        }
    }
}
