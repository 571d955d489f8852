//! Getting an agent in, by a token; and what every newcomer is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::response::Response;
use consort_engine::access::Kept;
use consort_engine::network::{self, Newcomer, contributors};
use consort_kernel::contributor::{CAPABILITIES_MAX, Nature, Profile};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use crate::once::DONE_MS;
use crate::page::form::{Once, anew, once};
use crate::page::shell::{self, Head, Place, asset};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::trial;

/// Where an agent is connected.
const HERE: &str = "/people/connect";
pub(super) const HOUR_MS: i64 = 3_600_000;
/// For how many days a token lets in.
pub(super) const TOKEN_DAYS: i64 = 90;
/// The longest name, in letters.
const NAME_MAX: usize = 80;
/// The family of the agents that this program brings along.
const BUILT_IN: &str = "built-in";

/// A newcomer, as the form says.
#[derive(Deserialize)]
pub(super) struct Joining {
    pub(super) name: String,
    /// One capability on a line, with its level.
    pub(super) capabilities: String,
    /// What an agent is built on.
    #[serde(default)]
    pub(super) family: String,
}

/// An agent, as the form says.
#[derive(Deserialize)]
pub(super) struct Connecting {
    #[serde(flatten)]
    joining: Joining,
    /// Set where it is tried out as soon as it is heard of.
    trial: Option<String>,
}

/// A new token of somebody's.
pub(super) fn token(web: &Web, who: ContributorId, label: &str) -> Result<String, Failure> {
    let now = web.engine.now();
    let until = now.plus_millis(TOKEN_DAYS * 24 * HOUR_MS);
    let label = label.trim();
    let letters = label.chars().count();
    if letters == 0 || letters > NAME_MAX || label.chars().any(char::is_control) {
        let why = format!("say in 1 to {NAME_MAX} letters what the token is for");
        return Err(Failure::Misused(why));
    }
    Ok(web.access.token(who, label, now, until)?)
}

/// A secret, which is never shown again, and what it is.
pub(super) fn shown_once(what: &str, secret: &str) -> Markup {
    markup! {
        section.card aria-labelledby="secret" {
            h2 #secret { "Keep it now" }
            p { "It is shown this once: what is kept here is a fingerprint of it, which lets nobody in." }
            pre.scroll tabindex="0" { code data-copy=(what) { (secret) } }
        }
    }
}

/// What is said to whoever sends a form again that showed a secret: what can be done where it was lost.
pub(in crate::page) fn was_shown(lost: &str) -> Markup {
    markup! {
        section.card {
            p { "The form came a second time, and nothing more was done. What it made was shown the first time, and is shown no more. " (lost) }
        }
    }
}

/// A page below the directory.
pub(super) fn page(
    web: &Web,
    visitor: &Visitor,
    title: &str,
    body: &Markup,
) -> Result<Response, Failure> {
    let head = Head {
        title,
        place: Place::People,
        above: &[("People and agents", "/people")],
    };
    shell::page(web, visitor, &head, body)
}

/// Asks which agent comes.
pub(super) async fn ask_agent(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let asking = visitor.asking();
        right::check(&web.engine, asking, Act::ConnectAgent, About::Network)?;
        let key = anew(web, &visitor, HERE)?;
        let body = markup! {
            header.page-head { div {
                h1 { "Connect an agent" }
                p.muted { "It works wherever it runs, and asks here for what is offered to it. You answer for what it hands in; it never signs." }
            } }
            form.form method="post" action=(HERE) {
                (key)
                (named("Its name", "Scout"))
                (able("research 4", true, ""))
                div.field {
                    label for="family" { "What is it built on?" }
                    input.input #family name="family" required maxlength=(NAME_MAX) aria-describedby="family-hint";
                    p.hint #family-hint { "The model, or the program. Agents of one family never judge each other alone." }
                }
                div.choice {
                    input type="checkbox" #trial name="trial" value="yes" checked;
                    label for="trial" { "Give it a free trial task as soon as it is heard of" }
                }
                div.actions { button.button.primary { "Connect it" } }
            }
        };
        page(web, &visitor, "Connect an agent", &body)
    })
    .await
}

pub(super) fn named(label: &str, example: &str) -> Markup {
    markup! {
        div.field {
            label for="name" { (label) }
            input.input #name name="name" required maxlength=(NAME_MAX) autocomplete="off" placeholder=(example);
        }
    }
}

pub(super) fn able(example: &str, is_needed: bool, given: &str) -> Markup {
    markup! {
        div.field {
            label for="capabilities" { "What can they do?" @if !is_needed { span.muted { " (may be left empty)" } } }
            textarea.input #capabilities name="capabilities" rows="3" required[is_needed] placeholder=(example) aria-describedby="able-hint" { (given) }
            p.hint #able-hint { "One capability on a line, with its level from 1 to 8, as in " code { (example) } ". A track record begins with the first result." }
        }
    }
}

/// Adds the agent, and shows its token and how it comes in.
pub(super) async fn connect(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(Connecting { joining, trial }): Form<Connecting>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let (asking, is_tried) = (visitor.asking(), trial.is_some());
        right::check(&web.engine, asking, Act::ConnectAgent, About::Network)?;
        let family = joining.family.trim();
        if family.is_empty() || family == BUILT_IN {
            return Err(Failure::Misused(format!(
                "say what it is built on; '{BUILT_IN}' is the family of the agents that came along"
            )));
        }
        let nature = Nature::Agent {
            family: family.to_owned(),
            operator: visitor.id,
        };
        let made = once(web, &visitor, "/people", || {
            let id = own_id(web, &visitor)?;
            let newcomer = newcomer(web, id, &joining, nature)?;
            if !is_here(web, id)? {
                network::add(&web.engine, id, &newcomer)?;
            }
            let token = token(web, id, "its first token")?;
            if is_tried {
                trial::wish(web, id)?;
            }
            Ok(((id, token), format!("/people/{id}")))
        })?;
        let body = match made {
            Once::Now((id, token)) => {
                let Some(Row::Contributor(agent)) = web.engine.state(StreamId::Contributor(id))?
                else {
                    return Err(Failure::NotHere);
                };
                let comes = super::trial::offered(web, &visitor, &agent)?;
                let url = address(web, &headers);
                connected(&joining, (id, &token), &url, &comes)
            }
            Once::Before(led) => markup! {
                header.page-head { div { h1 { (joining.name.trim()) " is connected already" } } }
                (was_shown("Where its token was lost, end it, and make another on its page."))
                p { a.button href=(led) { "See its page" } }
            },
        };
        page(web, &visitor, "Connect an agent", &body)
    })
    .await
}

/// The token, this once, and how the agent comes in by it.
fn connected(
    joining: &Joining,
    (id, token): (ContributorId, &str),
    url: &str,
    comes: &Markup,
) -> Markup {
    markup! {
            header.page-head { div {
                h1 { (joining.name.trim()) " can come" }
                p.muted { "It is " span.id { (id) } ", and you answer for it." }
            } }
            (shown_once("the token", token))
            section.section aria-labelledby="try" {
                div.section-head { h2 #try { "Let it come in" } p { "In a shell, where the agent runs." } }
                pre.scroll tabindex="0" { code data-copy="the commands" {
                    "export CONSORT_URL=" (url) "\n"
                    "export CONSORT_TOKEN=" (token) "\n"
                    "curl -H \"Authorization: Bearer $CONSORT_TOKEN\" $CONSORT_URL/api/v1/me\n"
                    "curl -fsS $CONSORT_URL" (asset("agent.py")) " -o agent.py && python3 agent.py"
                } }
                p { "Any program that speaks the API can stand in place of this one. What is below says so as soon as the agent was heard of." }
            }
            // The part that changes comes from the agent's page: what is shown once stays as it is.
            div data-follow={ "/people/" (id) } { (comes) }
            p { a.button.primary href={ "/people/" (id) } { "See its page" } }
    }
}

/// Where others find this server: where the operator says, or where the visitor's browser found it.
pub(super) fn address(web: &Web, headers: &HeaderMap) -> String {
    if let Some(url) = &web.outside.url {
        return url.clone();
    }
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (header(ORIGIN), header(HOST)) {
        (Some(origin), _) if origin.starts_with("http") => origin.to_owned(),
        (_, Some(host)) => format!("http://{host}"),
        (_, None) => "http://localhost:7070".to_owned(),
    }
}

/// The identifier of whoever comes by the form that a visitor sent: the same one when the form is sent again
/// because it was not done to its end.
pub(super) fn own_id(web: &Web, visitor: &Visitor) -> Result<ContributorId, Failure> {
    let now = web.engine.now();
    let fresh = ContributorId::new(now, web.engine.random()?);
    let Some(key) = visitor.key.name() else {
        return Ok(fresh);
    };
    let name = Kept::of("newcomer", &[&visitor.id.to_string(), key]);
    let (content, until) = (fresh.to_string(), now.plus_millis(DONE_MS));
    if web
        .access
        .keep_first(name, (content.as_bytes(), until), now)?
    {
        return Ok(fresh);
    }
    let kept = web.access.kept(name, now)?;
    let kept = kept.and_then(|it| String::from_utf8(it).ok());
    kept.and_then(|it| it.parse().ok()).ok_or(Failure::Broken)
}

/// Whether somebody is here.
pub(super) fn is_here(web: &Web, who: ContributorId) -> Result<bool, Failure> {
    Ok(web
        .engine
        .shared_state(StreamId::Contributor(who))?
        .is_some())
}

/// A newcomer as the form says, who is not here yet by another identifier.
pub(super) fn newcomer(
    web: &Web,
    id: ContributorId,
    joining: &Joining,
    nature: Nature,
) -> Result<Newcomer, Failure> {
    let engine = &web.engine;
    // A person may come to judge, or to look: an agent comes to work.
    let least = usize::from(nature != Nature::Person);
    let name = joining.name.trim();
    let letters = name.chars().count();
    if letters == 0 || letters > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Failure::Misused(format!(
            "a name has 1 to {NAME_MAX} letters"
        )));
    }
    if contributors(engine)?.get(name).is_some_and(|it| *it != id) {
        return Err(Failure::Misused(format!(
            "'{name}' is here already; names tell people apart, so choose another"
        )));
    }
    Ok(Newcomer {
        name: name.to_owned(),
        nature,
        capabilities: capabilities(&joining.capabilities, least)?,
        profile: Profile::default(),
    })
}

/// Capabilities from their lines.
fn capabilities(text: &str, least: usize) -> Result<BTreeMap<String, u8>, Failure> {
    let mut found = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let parts = line.rsplit_once([' ', '=']);
        let read = parts.and_then(|(name, level)| Some((name.trim(), level.parse().ok()?)));
        match read {
            Some((name, level @ 1..=8)) if !name.is_empty() => found.insert(name.to_owned(), level),
            _ => {
                return Err(Failure::Misused(format!(
                    "'{line}': a capability and its level from 1 to 8 were expected, as in 'research 4'"
                )));
            }
        };
    }
    match found.len() {
        count if count < least => Err(Failure::Misused("name at least one capability".to_owned())),
        0..=CAPABILITIES_MAX => Ok(found),
        _ => Err(Failure::Misused(format!(
            "{CAPABILITIES_MAX} capabilities are the most that one contributor has"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::capabilities;

    #[test]
    fn capabilities_are_read_line_by_line() {
        let found = capabilities("research 4\n\n  draft=5 \nquote promises 6", 1).unwrap();
        let expected = [("draft", 5), ("quote promises", 6), ("research", 4)];
        assert_eq!(
            found,
            expected
                .map(|(name, level)| (name.to_owned(), level))
                .into()
        );
        for wrong in ["", "research", "research 0", "research 9", "4", "a b"] {
            assert!(capabilities(wrong, 1).is_err(), "{wrong}");
        }
    }
}
