//! Saved views: saving one, for oneself or for an organisation, making it the usual one, ending it.

mod list;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use consort_engine::access::View;
use consort_kernel::id::OrganisationId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};
use serde::Deserialize;
use serde_json::{Value, json};

use super::form::{Once, anew, once, once_to};
use super::list::{Asked, saved};
use super::shell::{self, Head, Place};
use super::{access, listed};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

const HERE: &str = "/views";
/// The longest name, in letters: it stands beside others above a list.
const NAME_MAX: usize = 60;
/// The longest filters, in letters: an address has bounds.
const QUERY_MAX: usize = 2_000;

/// The routes of saved views.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .merge(listed("/views", show))
        .route("/views", post(save))
        .route("/views/new", get(ask))
        .route("/views/end", post(end))
        .route("/views/usual", post(usual))
}

/// What is to be saved.
#[derive(Deserialize)]
struct Wanted {
    list: String,
    query: String,
}

/// What is saved, and for whom.
#[derive(Deserialize)]
struct Saved {
    list: String,
    query: String,
    name: String,
    /// An organisation; nothing for the visitor themselves.
    #[serde(default)]
    owner: String,
    /// Set where it is to be the usual view.
    usual: Option<String>,
}

/// Which view.
#[derive(Deserialize)]
struct Which {
    list: String,
    name: String,
    #[serde(default)]
    owner: String,
    /// Whether it is to be the usual one.
    usual: Option<String>,
}

/// The organisation that a form names, or the visitor.
fn owner(web: &Web, visitor: &Visitor, named: &str) -> Result<StreamId, Failure> {
    if named.is_empty() {
        return Ok(StreamId::Contributor(visitor.id));
    }
    let id: OrganisationId = named.parse().map_err(|_| Failure::NotHere)?;
    let stream = StreamId::Organisation(id);
    let known = web.engine.shared_state(stream)?;
    let is_in = matches!(known.as_deref(), Some(Row::Organisation(it)) if !it.roles_of(visitor.id).is_empty());
    if !is_in {
        return Err(Failure::NotHere);
    }
    let about = About::Organisation(id);
    right::check(&web.engine, visitor.asking(), Act::ShareViews, about)?;
    Ok(stream)
}

/// The list, if it is one that can be narrowed, and the filters as they stand in its address.
fn filters(list: &str, query: &str) -> Result<String, Failure> {
    let misused = |why: &str| Failure::Misused(why.to_owned());
    if saved::title(list).is_none() {
        return Err(misused("there is no such list"));
    }
    let is_long = query.chars().count() > QUERY_MAX;
    let uri: Option<Uri> = format!("{list}?{query}").parse().ok();
    let uri = uri.filter(|_| !is_long);
    let uri =
        uri.ok_or_else(|| misused("these filters cannot be read, or are too long to keep"))?;
    let filters = Asked::of(&uri)?.query();
    if filters.is_empty() {
        return Err(misused(
            "choose some filters first: a view without any is the list itself",
        ));
    }
    Ok(filters)
}

/// The organisations in which the visitor may share views, with their names.
fn places(web: &Web, visitor: &Visitor) -> Result<Vec<(OrganisationId, String)>, Failure> {
    let mut places = Vec::new();
    for (organisation, name) in access::organisations(&web.engine, visitor)? {
        let is_in = !organisation.roles_of(visitor.id).is_empty();
        let about = About::Organisation(organisation.id);
        if is_in && right::may(&web.engine, visitor.asking(), Act::ShareViews, about)? {
            places.push((organisation.id, name));
        }
    }
    Ok(places)
}

/// Asks under which name it is saved, and for whom.
async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let query = filters(&wanted.list, &wanted.query)?;
        let title = saved::title(&wanted.list).ok_or(Failure::NotHere)?;
        let places = places(web, &visitor)?;
        let key = anew(web, &visitor, HERE)?;
        let body = markup! {
            header.page-head { div {
                h1 { "Save this view" }
                p.muted { "Of " b { (title) } ", with the filters that are set. It stands above the list from then on." }
            } }
            form.form method="post" action=(HERE) {
                (key)
                input type="hidden" name="list" value=(wanted.list);
                input type="hidden" name="query" value=(query);
                div.field {
                    label for="view-name" { "What is it called?" }
                    p.hint #view-name-hint { "A view of the same name is saved anew." }
                    input.input #view-name name="name" required maxlength=(NAME_MAX) autocomplete="off" aria-describedby="view-name-hint";
                }
                @if !places.is_empty() { div.field {
                    label for="view-owner" { "For whom?" }
                    select.input #view-owner name="owner" {
                        option value="" { "Me alone" }
                        @for (id, name) in &places { option value=(id) { "Everybody in " (name) } }
                    }
                } }
                div.choice {
                    input type="checkbox" #view-usual name="usual" value="yes";
                    label for="view-usual" { "Show the list so from now on" }
                }
                div.actions { a.button href={ (wanted.list) "?" (query) } { "Back" } button.button.primary { "Save" } }
            }
        };
        page(web, &visitor, "Save this view", &body)
    })
    .await
}

/// Saves it, and shows the list so.
async fn save(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(given): Form<Saved>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let name = given.name.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control)
        {
            let why = format!("a name has 1 to {NAME_MAX} letters, on one line");
            return Err(Failure::Misused(why));
        }
        let view = View {
            query: filters(&given.list, &given.query)?,
            owner: owner(web, &visitor, &given.owner)?,
            list: given.list,
            name: name.to_owned(),
            is_usual: given.usual.is_some(),
            saved: web.engine.now(),
        };
        once_to(web, &visitor, &saved::address(&view), || {
            Ok(web.access.save_view(&view)?)
        })
    })
    .await
}

/// All views of the visitor's.
async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| list::answer(web, &visitor, &asked, None))
        .await
}

/// The view that a form names, where its sender may change it.
fn found(web: &Web, visitor: &Visitor, which: &Which) -> Result<View, Failure> {
    let owner = owner(web, visitor, &which.owner)?;
    let view = named(web, owner, (&which.list, &which.name))?;
    view.ok_or(Failure::NotHere)
}

/// The view of a list that an owner has under a name.
fn named(web: &Web, owner: StreamId, (list, name): (&str, &str)) -> Result<Option<View>, Failure> {
    let mut views = web.access.views_of(owner)?.into_iter();
    Ok(views.find(|it| it.list == list && it.name == name))
}

/// Makes it the usual view of its list, or not any more.
async fn usual(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let is_usual = which.usual.is_some();
        once_to(web, &visitor, HERE, || {
            let view = found(web, &visitor, &which)?;
            Ok(web.access.save_view(&View { is_usual, ..view })?)
        })
    })
    .await
}

/// Ends it. The answer offers to have it back, as often as the form is sent.
async fn end(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let owner = owner(web, &visitor, &which.owner)?;
        let done = once(web, &visitor, HERE, || {
            let view = web.access.end_view(owner, &which.list, &which.name)?;
            let words = view.as_ref().map_or_else(String::new, written);
            Ok((view, words))
        })?;
        let view = match done {
            Once::Now(view) => view,
            Once::Before(words) => read(owner, &words),
        };
        let is_back =
            |view: &View| named(web, owner, (&view.list, &view.name)).map(|it| it.is_some());
        match view {
            Some(view) if !is_back(&view)? => {
                let asked = Asked::of(&Uri::from_static(HERE))?;
                list::answer(web, &visitor, &asked, Some(&view))
            }
            // It was ended before, or is back by now.
            Some(_) | None => Ok(Redirect::to(HERE).into_response()),
        }
    })
    .await
}

/// A view that was ended, as it is kept for whoever sends the form again.
fn written(view: &View) -> String {
    let View {
        list, name, query, ..
    } = view;
    let saved = view.saved.as_millis();
    json!({ "list": list, "name": name, "query": query, "usual": view.is_usual, "saved": saved })
        .to_string()
}

fn read(owner: StreamId, words: &str) -> Option<View> {
    let kept: Value = serde_json::from_str(words).ok()?;
    let text = |key: &str| Some(kept[key].as_str()?.to_owned());
    Some(View {
        owner,
        list: text("list")?,
        name: text("name")?,
        query: text("query")?,
        is_usual: kept["usual"].as_bool()?,
        saved: Timestamp::from_millis(kept["saved"].as_i64()?),
    })
}

fn page(web: &Web, visitor: &Visitor, title: &str, body: &Markup) -> Result<Response, Failure> {
    let head = Head {
        title,
        place: Place::Today,
        above: &[],
    };
    shell::page(web, visitor, &head, body)
}
