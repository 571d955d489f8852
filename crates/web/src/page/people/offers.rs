//! Whether somebody is offered work: they say so themselves, and whoever answers for an agent does for it.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use consort_kernel::command::Body;
use consort_kernel::contributor::{Contributor, ContributorCommand, Offers, Profile};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use crate::page::form;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// The form, for whoever may say it.
pub(super) fn ask(
    web: &Web,
    visitor: &Visitor,
    contributor: &Contributor,
) -> Result<Markup, Failure> {
    let about = About::Contributor(contributor);
    if !right::may(&web.engine, visitor.asking(), Act::TakeOffers, about)? {
        return Ok(markup! {});
    }
    let stream = StreamId::Contributor(contributor.id);
    let Some((Row::Contributor(contributor), version)) = web.engine.versioned(stream)? else {
        return Err(Failure::NotHere);
    };
    let takes = contributor.profile.takes_offers();
    let words = if takes {
        "Take no offers for now"
    } else {
        "Take offers again"
    };
    Ok(markup! {
        form method="post" action={ "/people/" (contributor.id) "/offers" } {
            (form::carried(visitor, stream, version))
            input type="hidden" name="takes" value=(!takes);
            button.button { (words) }
        }
    })
}

/// What they say.
#[derive(Deserialize)]
pub(super) struct Said {
    takes: bool,
}

/// Keeps it. What they hold stays theirs.
pub(super) async fn say(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
    Form(Said { takes }): Form<Said>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let Some(Row::Contributor(it)) = web.engine.state(StreamId::Contributor(id))? else {
            return Err(Failure::NotHere);
        };
        let about = About::Contributor(&it);
        right::check(&web.engine, visitor.asking(), Act::TakeOffers, about)?;
        let skills = it.skills.iter();
        let command = ContributorCommand::Declare {
            capabilities: skills
                .map(|(name, skill)| (name.clone(), skill.level))
                .collect(),
            profile: Profile {
                offers: if takes { Offers::Taken } else { Offers::Away },
                ..it.profile
            },
        };
        visitor.send(web, Body::Contributor(id, command))?;
        Ok(Redirect::to(&format!("/people/{id}")))
    })
    .await
}
