//! Views of a list that were saved under a name: the visitor's own, and those of organisations that they
//! are in. Each is an address; one of them may be how the list is shown where nothing else is asked.

use consort_engine::access::View;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::Asked;
use crate::part::encoded;
use crate::server::{Failure, Visitor, Web};

/// The lists that can be narrowed, with what they are called.
pub(in crate::page) const LISTS: [(&str, &str); 16] = [
    ("/today", "Today"),
    ("/outcomes", "Outcomes"),
    ("/tasks", "Tasks"),
    ("/people", "People and agents"),
    ("/people/invitations", "Invitations"),
    ("/ledger", "Ledger"),
    ("/ledger/accounts", "Accounts"),
    ("/map", "Map"),
    ("/search", "Search"),
    ("/access", "Who looks after the network"),
    ("/settings", "Changes of the rules"),
    ("/settings/members", "Members"),
    ("/settings/agents", "Agents"),
    ("/settings/tokens", "Sessions and tokens"),
    ("/settings/webhooks", "Webhooks"),
    ("/settings/audit", "Audit log"),
];
/// Under which a view's name stands in an address.
pub(super) const SAVED: &str = "saved";
/// How many views that organisations share on one list are looked at.
const SHARED_MAX: usize = 200;

/// What a list is called, where it is one that can be narrowed.
pub(in crate::page) fn title(list: &str) -> Option<&'static str> {
    let found = LISTS.iter().find(|(address, _)| *address == list);
    found.map(|(_, title)| *title)
}

/// The address that a view stands for.
pub(in crate::page) fn address(view: &View) -> String {
    let View {
        list, query, name, ..
    } = view;
    format!("{list}?{query}&{SAVED}={}", encoded(name))
}

/// Whether somebody is in an organisation.
fn is_in(web: &Web, visitor: &Visitor, owner: StreamId) -> Result<bool, Failure> {
    Ok(match web.engine.shared_state(owner)?.as_deref() {
        Some(State::Organisation(it)) => !it.roles_of(visitor.id).is_empty(),
        _ => false,
    })
}

/// The views of a list that the visitor has, their own first.
pub(in crate::page) fn views(
    web: &Web,
    visitor: &Visitor,
    list: &str,
) -> Result<Vec<View>, Failure> {
    let mut found = web.access.views_of(StreamId::Contributor(visitor.id))?;
    found.retain(|view| view.list == list);
    for view in web.access.shared_views(list, SHARED_MAX)? {
        if is_in(web, visitor, view.owner)? {
            found.push(view);
        }
    }
    Ok(found)
}

/// Where a list that was asked for without anything leads: to the view that is the visitor's usual one,
/// or else an organisation's.
pub(super) fn usual(
    web: &Web,
    visitor: &Visitor,
    asked: &Asked,
) -> Result<Option<String>, Failure> {
    if !asked.is_bare || visitor.wants_fragment || title(&asked.path).is_none() {
        return Ok(None);
    }
    let views = views(web, visitor, &asked.path)?;
    let usual = views.iter().find(|view| view.is_usual);
    Ok(usual.map(address))
}

/// The views of a list as links above it, and the way to save this one.
pub(in crate::page) fn chips(
    web: &Web,
    visitor: &Visitor,
    asked: &Asked,
) -> Result<Markup, Failure> {
    let views = views(web, visitor, &asked.path)?;
    let query = asked.query();
    let present = views.iter().find(|view| view.query == query);
    let can_be_saved = asked.is_narrowed() && present.is_none();
    if views.is_empty() && !can_be_saved {
        return Ok(markup! {});
    }
    let is_usual = views.iter().any(|view| view.is_usual);
    Ok(markup! {
        nav.filters aria-label="Saved views" {
            @if is_usual { a href={ (asked.path) "?" (SAVED) "=" } aria-current=[query.is_empty().then_some("true")] { "Everything" } }
            @for view in &views {
                a href=(address(view)) aria-current=[(view.query == query).then_some("true")] {
                    (view.name) @if matches!(view.owner, StreamId::Organisation(_)) { span.sr { ", shared" } }
                }
            }
            @if can_be_saved { a href={ "/views/new?list=" (encoded(&asked.path)) "&query=" (encoded(&query)) } { "Save this view" } }
            @if !views.is_empty() { a href="/views" { "Your views" } }
        }
    })
}
