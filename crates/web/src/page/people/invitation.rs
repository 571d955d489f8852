//! Invitations that were made: listed, and ended while nobody used them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::{Redirect, Response};
use consort_engine::access::Invitation;
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OrganisationId};
use consort_kernel::organisation::{Organisation, Role};
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form::{anew, once, once_to};
use super::invite::{HERE, is_tending, open_for, places, shown};
use super::join::is_here;
use crate::part::{Known, People, Tone, chip, when};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

/// Where all of them are listed.
pub(super) const LIST: &str = "/people/invitations";
/// How many stand below the form, the latest first.
const SHOWN_MAX: usize = 10;

/// One, with what it is for.
#[derive(Clone)]
pub(super) struct Shown<'a> {
    pub(super) invitation: Invitation,
    /// Into which organisation, where it is one.
    pub(super) place: Option<(OrganisationId, &'a str)>,
    pub(super) roles: Vec<Role>,
    /// The task that the roles are for, where it is one alone.
    pub(super) task: Option<(String, String)>,
}

impl Shown<'_> {
    /// One into no organisation, or none that is told.
    const fn alone(invitation: Invitation) -> Self {
        Self {
            invitation,
            place: None,
            roles: Vec::new(),
            task: None,
        }
    }

    const fn is_open(&self, now: Timestamp) -> bool {
        self.invitation.used.is_none() && now.as_millis() < self.invitation.until.as_millis()
    }

    /// How far it came, for an address and for people.
    pub(super) fn state(&self, now: Timestamp) -> (&'static str, Markup) {
        match self.invitation.used {
            Some(_) => ("used", chip(Tone::Done, "Came in")),
            None if self.is_open(now) => ("open", chip(Tone::Wait, "Not used yet")),
            None => ("over", chip(Tone::Bad, "Ran out")),
        }
    }
}

/// The invitations into these organisations, and what else the visitor made; in no order.
pub(super) fn all<'a>(
    web: &Web,
    visitor: &Visitor,
    places: &'a [(OrganisationId, String)],
) -> Result<Vec<Shown<'a>>, Failure> {
    let mut shown = Vec::new();
    let mut known = BTreeSet::new();
    for (id, place) in places {
        let Some(organisation) = web.engine.organisation(*id)? else {
            continue;
        };
        for who in invited(&organisation) {
            for invitation in web.access.invitations_of(who)? {
                known.insert(invitation.secret);
                shown.push(of(web, &organisation, place, invitation)?);
            }
        }
    }
    for invitation in web.access.invitations_by(visitor.id)? {
        // Where nobody came of it, there is nothing to renew or end.
        if !known.contains(&invitation.secret) && is_here(web, invitation.who)? {
            shown.push(Shown::alone(invitation));
        }
    }
    Ok(shown)
}

/// The latest of them, and the way to all.
pub(super) fn those(
    web: &Web,
    visitor: &Visitor,
    places: &[(OrganisationId, String)],
) -> Result<Markup, Failure> {
    let mut shown = all(web, visitor, places)?;
    let count = shown.len();
    shown.sort_by_key(|it| std::cmp::Reverse(it.invitation.made));
    shown.truncate(SHOWN_MAX);
    let (people, now) = (People::of(&web.engine), web.engine.now());
    Ok(markup! {
        section.section aria-labelledby="invitations" {
            div.section-head { h2 #invitations { "Invitations" } p { "Of the last weeks. Ending one lets nobody in by it; the roles stay until somebody takes them away." } }
            @if shown.is_empty() { p.muted { "There is none." } }
            ul.list { @for one in &shown { (row((web, visitor), &people, one, now)?) } }
            @if count > 0 { p { a href=(LIST) { @if count > SHOWN_MAX { "The list of all " (count) } @else { "As a list" } } } }
        }
    })
}

/// The invitations of one person, for whoever may end them; nothing for others.
pub(super) fn of_person(
    web: &Web,
    visitor: &Visitor,
    who: ContributorId,
) -> Result<Markup, Failure> {
    let all = web.access.invitations_of(who)?;
    if all.is_empty() || !may_end(web, visitor, who)? {
        return Ok(markup! {});
    }
    let (people, now) = (People::of(&web.engine), web.engine.now());
    let mut rows = Vec::new();
    for invitation in all {
        rows.push(row(
            (web, visitor),
            &people,
            &Shown::alone(invitation),
            now,
        )?);
    }
    Ok(markup! {
        section.section aria-labelledby="invitations" {
            div.section-head { h2 #invitations { "Invitations" } p { "Ending one lets nobody in by it." } }
            ul.list { @for row in &rows { (row) } }
        }
    })
}

/// Whoever does something for an organisation, and may have been invited.
fn invited(organisation: &Organisation) -> impl Iterator<Item = ContributorId> + '_ {
    let members = organisation.members.keys();
    members.chain(organisation.guests.keys()).copied()
}

fn of<'a>(
    web: &Web,
    organisation: &Organisation,
    place: &'a str,
    invitation: Invitation,
) -> Result<Shown<'a>, Failure> {
    let guest = organisation.guests.get(&invitation.who);
    let roles = match guest {
        Some(guest) => guest.roles.iter().copied().collect(),
        None => organisation.roles_of(invitation.who).into_iter().collect(),
    };
    let task = guest.map(|it| web.engine.task(it.task)).transpose()?;
    let task = task.flatten().map(|it| (it.id.to_string(), it.spec.title));
    Ok(Shown {
        invitation,
        place: Some((organisation.id, place)),
        roles,
        task,
    })
}

fn row(
    (web, visitor): (&Web, &Visitor),
    people: &People<'_>,
    one: &Shown<'_>,
    now: Timestamp,
) -> Result<Markup, Failure> {
    let Invitation {
        who, until, used, ..
    } = &one.invitation;
    let roles: Vec<&str> = one.roles.iter().map(|role| role.name()).collect();
    let (who, by) = (people.find(*who)?, people.find(one.invitation.by)?);
    Ok(markup! {
        li.row {
            p.row-title { (who.show()) }
            p.row-why {
                @if let Some((_, place)) = one.place { (roles.join(", ")) " at " (place) }
                @if let Some((id, title)) = &one.task { ", for " a href={ "/tasks/" (id) } { (title) } " alone" }
                @if one.place.is_some() { "; " }
                "invited by " (by.show()) " " (when(one.invitation.made))
            }
            div.row-end {
                (one.state(now).1)
                span.small.muted {
                    @match used {
                        Some(used) => (when(*used)),
                        None => { @if one.is_open(now) { "until " } (when(*until)) },
                    }
                }
                (actions((web, visitor), &who, one, None)?)
            }
        }
    })
}

/// The forms that make a new link in place of one, and that end it.
pub(super) fn actions(
    (web, visitor): (&Web, &Visitor),
    who: &Known,
    one: &Shown<'_>,
    back: Option<&str>,
) -> Result<Markup, Failure> {
    let Invitation {
        by, secret, used, ..
    } = &one.invitation;
    let may_renew = used.is_none()
        && (is_tending(web, visitor)? || (*by == visitor.id && may_end(web, visitor, who.id)?));
    let [end, again] =
        ["end", "again"].map(|what| format!("/people/{}/invitations/{what}", who.id));
    Ok(markup! {
        @if may_renew {
            form method="post" action=(again) {
                (anew(web, visitor, &again)?)
                input type="hidden" name="invitation" value=(secret);
                button.button { "New link" span.sr { " for " (who.name) } }
            }
        }
        @if one.is_open(web.engine.now()) {
            form method="post" action=(end) {
                (anew(web, visitor, &end)?)
                input type="hidden" name="invitation" value=(secret);
                @if let Some(back) = back { input type="hidden" name="back" value=(back); }
                button.button { "End" span.sr { " the invitation of " (who.name) } }
            }
        }
    })
}

/// Which one.
#[derive(Deserialize)]
pub(super) struct Which {
    invitation: Digest,
    /// The list, where the form was sent from it; whatever else is said here leads nowhere.
    back: Option<String>,
}

/// Ends one: whoever made it, may invite where somebody was invited to, or looks after the network.
pub(super) async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
    Form(which): Form<Which>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let is_listed = which.back.as_deref() == Some(LIST);
        let leads_to = if is_listed { LIST } else { HERE };
        once_to(web, &visitor, leads_to, || {
            if !is_theirs(web, &visitor, (id, which.invitation))? && !may_end(web, &visitor, id)? {
                return Err(Failure::NoRight(Act::Invite));
            }
            if web.access.end_invitation(id, which.invitation)? {
                return Ok(());
            }
            Err(Failure::NotHere)
        })
    })
    .await
}

/// Makes a new link in place of one that nobody used: whoever made that and may invite still where they did, or looks
/// after the network. Whoever else may invite there would come in as somebody who may do more than they may.
pub(super) async fn again(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<ContributorId>,
    Form(which): Form<Which>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let made = once(web, &visitor, HERE, || {
            let may = is_tending(web, &visitor)?
                || (may_end(web, &visitor, id)?
                    && is_theirs(web, &visitor, (id, which.invitation))?);
            if !may {
                return Err(Failure::NoRight(Act::Invite));
            }
            if !is_here(web, id)? {
                return Err(Failure::NotHere);
            }
            let by = (visitor.id, open_for(web));
            let link = web.access.invite_again(id, which.invitation, by)?;
            let link = link.ok_or(Failure::NotHere)?;
            Ok(((id, link), format!("/people/{id}")))
        })?;
        let name = People::of(&web.engine).name(id)?;
        shown(web, &visitor, &headers, (&name, made), &markup! {})
    })
    .await
}

/// Whether the visitor made an invitation of somebody.
fn is_theirs(
    web: &Web,
    visitor: &Visitor,
    (who, secret): (ContributorId, Digest),
) -> Result<bool, Failure> {
    let made = web.access.invitations_by(visitor.id)?;
    Ok(made.iter().any(|it| it.who == who && it.secret == secret))
}

fn may_end(web: &Web, visitor: &Visitor, id: ContributorId) -> Result<bool, Failure> {
    if is_tending(web, visitor)? {
        return Ok(true);
    }
    for (place, _) in places(web, visitor)? {
        let found = web.engine.organisation(place)?;
        if found.is_some_and(|it| invited(&it).any(|who| who == id)) {
            return Ok(true);
        }
    }
    Ok(false)
}
