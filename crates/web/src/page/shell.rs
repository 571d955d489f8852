//! What is around every page: where one is, where one can go, and what needs the visitor.

use axum::extract::Form;
use axum::http::header::{ETAG, REFERER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use consort_kernel::digest::Digest;
use maud::{DOCTYPE, Markup, html as markup};
use serde::Deserialize;

use super::{done, today};
use crate::part::{Icon, Known, sentence};
use crate::server::{Failure, Notice, Visitor, Web};

/// The version that assets are asked for by.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where a file that the server brings along is fetched.
pub(crate) fn asset(name: &str) -> String {
    format!("/assets/{VERSION}/{name}")
}

/// The cookie that remembers the theme.
pub(crate) const THEME: &str = "consort-theme";

/// A place of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// What needs the visitor.
    Today,
    /// The outcomes.
    Outcomes,
    /// People and agents.
    People,
    /// Who or what does what.
    Map,
    /// The playbooks.
    Playbooks,
    /// The money.
    Ledger,
    /// How well it goes.
    Health,
    /// The rules, and who is here.
    Settings,
    /// What is looked for.
    Search,
}

/// What a page is called and where it stands.
pub(crate) struct Head<'a> {
    /// What the window is called.
    pub(crate) title: &'a str,
    /// Which part of the navigation it belongs to.
    pub(crate) place: Place,
    /// What is above it, each with its address.
    pub(crate) above: &'a [(&'a str, &'a str)],
}

/// A page, or its middle alone where the script asks for it again.
pub(crate) fn page(
    web: &Web,
    visitor: &Visitor,
    head: &Head<'_>,
    body: &Markup,
) -> Result<Response, Failure> {
    let waiting = today::needs(web, visitor)?.len();
    // What stands around the middle is told with it, where the middle comes alone.
    let title = visitor.wants_fragment.then_some(head.title);
    let count = visitor.wants_fragment.then_some(waiting);
    let main = markup! {
        main.page #main tabindex="-1" data-still[visitor.has_sent] data-title=[title] data-waiting=[count] {
            (done::show(web, visitor)) (body)
        }
    };
    if visitor.wants_fragment {
        let tag = format!("\"{}\"", &Digest::of(main.0.as_bytes()).to_string()[..32]);
        if visitor.has_tag.as_deref() == Some(tag.as_str()) {
            return Ok(StatusCode::NOT_MODIFIED.into_response());
        }
        return Ok(([(ETAG, tag)], Html(main.0)).into_response());
    }
    let theme = visitor.theme.as_deref();
    let document = markup! {
        (DOCTYPE)
        html lang="en" data-theme=[theme] {
            (heading(head.title))
            body.shell data-live="/live" {
                a.skip href="#main" { "Skip to the content" }
                @if matches!(web.notice, Notice::Demo) { (demo()) }
                (navigation(head.place, waiting))
                (bar(visitor, head))
                (main)
                div.status role="status" {}
                (palette())
            }
        }
    };
    Ok(Html(document.0).into_response())
}

/// A page outside of the shell, for whoever is not in.
pub(crate) fn bare(title: &str, body: &Markup) -> Html<String> {
    let document = markup! {
        (DOCTYPE)
        html lang="en" { (heading(title)) body.gate { main #main { (Icon::Logo.toned("logo")) (body) } } }
    };
    Html(document.0)
}

/// What a refusal is headed by.
pub(crate) fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "That is not yours to do",
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "It is not as it was any more",
        StatusCode::PAYLOAD_TOO_LARGE => "That is too large",
        StatusCode::TOO_MANY_REQUESTS => "That was too often",
        StatusCode::SERVICE_UNAVAILABLE => "Not just now",
        _ if status.is_client_error() => "That cannot be done like this",
        _ => "It went wrong",
    }
}

/// What is said when there is no page.
pub(crate) fn failed(status: StatusCode, why: &str) -> Html<String> {
    let title = title(status);
    bare(
        title,
        &markup! {
            h1 { (title) }
            p { (sentence(why)) }
            p { a.button href="/today" { "Go to today's list" } }
        },
    )
}

fn heading(title: &str) -> Markup {
    markup! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
            title { (title) " · Consort" }
            link rel="stylesheet" href=(asset("consort.css"));
            link rel="icon" href=(asset("icon.svg"));
            script type="module" src=(asset("consort.js")) {}
            script type="module" src=(asset("passkey.js")) {}
        }
    }
}

fn demo() -> Markup {
    markup! {
        aside.demo aria-label="About this demo" {
            p { b { "Demo." } " Example people, practice money, no AI model. The extraction is real." }
            a href="/outcomes/new/brief" { "Run it on your own folder" }
        }
    }
}

fn link(here: Place, place: Place, address: &str, icon: Icon, words: &str, count: usize) -> Markup {
    markup! {
        li {
            a.nav-link href=(address) aria-current=[(here == place).then_some("page")] {
                (icon.show()) span { (words) }
                @if count > 0 { span.count { (count) span.sr { " waiting" } } }
            }
        }
    }
}

fn navigation(here: Place, waiting: usize) -> Markup {
    markup! {
        nav.side aria-label="Main" {
            a.brand href="/today" { (Icon::Logo.show()) span { "Consort" } }
            ul.nav {
                (link(here, Place::Today, "/today", Icon::Today, "Today", waiting))
                (link(here, Place::Outcomes, "/outcomes", Icon::Outcome, "Outcomes", 0))
                (link(here, Place::People, "/people", Icon::People, "People and agents", 0))
            }
            button.nav-link.nav-more type="button" popovertarget="more" {
                (Icon::More.show()) span { "More" }
            }
            div.nav-rest #more popover {
                div {
                    h2 { "Workspace" }
                    ul {
                        (link(here, Place::Playbooks, "/playbooks", Icon::Playbook, "Playbooks", 0))
                        (link(here, Place::Ledger, "/ledger", Icon::Ledger, "Ledger", 0))
                        (link(here, Place::Map, "/map", Icon::Map, "Map", 0))
                        (link(here, Place::Health, "/health", Icon::Health, "Health", 0))
                        (link(here, Place::Settings, "/settings", Icon::Settings, "Settings", 0))
                    }
                }
            }
        }
    }
}

fn bar(visitor: &Visitor, head: &Head<'_>) -> Markup {
    let me = Known {
        id: visitor.id,
        name: visitor.name.clone(),
        is_agent: false,
    };
    let other = if visitor.theme.as_deref() == Some("dark") {
        "light"
    } else {
        "dark"
    };
    markup! {
        header.topbar {
            nav.crumbs aria-label="Where you are" {
                ol {
                    @for (words, address) in head.above { li { a href=(address) { (words) } } }
                    li { span aria-current="page" { (head.title) } }
                }
            }
            a.search href="/search" data-palette {
                (Icon::Search.show()) span { "Search or go to" } kbd { "Ctrl K" }
            }
            button.button.quiet.only-icon type="button" data-pause aria-pressed="false" hidden {
                (Icon::Pause.show()) span.sr { "Pause live updates" }
            }
            form method="post" action="/session/theme" {
                button.button.quiet.only-icon name="theme" value=(other) {
                    (Icon::Theme.show()) span.sr { "Use the " (other) " theme" }
                }
            }
            button.button.quiet.only-icon type="button" popovertarget="me" {
                (me.avatar()) span.sr { (visitor.name) ": your menu" }
            }
            div.menu #me popover {
                p { b { (visitor.name) } }
                ul {
                    li { a.nav-link href={ "/people/" (visitor.id) } { "Your profile" } }
                    li { form method="post" action="/leave" { button.nav-link { "Sign out" } } }
                }
            }
        }
    }
}

/// Where the script lets one go by keys; without it, the links are in the navigation.
fn palette() -> Markup {
    markup! {
        dialog.palette #palette aria-label="Search or go to" {
            form method="dialog" {
                (Icon::Search.show())
                label.sr for="palette-q" { "Search or go to" }
                input.input #palette-q name="q" autocomplete="off" placeholder="A page, an outcome, a task, somebody";
                kbd { "Esc" }
            }
            p.sr role="status" {}
            ul {
                @for (address, icon, words, keys) in [
                    ("/today", Icon::Today, "Today", "g i"),
                    ("/outcomes", Icon::Outcome, "Outcomes", "g o"),
                    ("/outcomes/new", Icon::Plus, "New outcome", "c"),
                    ("/people", Icon::People, "People and agents", "g p"),
                    ("/playbooks", Icon::Playbook, "Playbooks", ""),
                    ("/ledger", Icon::Ledger, "Ledger", "g l"),
                    ("/tasks", Icon::Task, "Tasks", "g t"),
                    ("/map", Icon::Map, "Map of people and AI", "g m"),
                    ("/health", Icon::Health, "Health", "g h"),
                    ("/settings", Icon::Settings, "Settings", "g s"),
                ] {
                    li { a.nav-link href=(address) {
                        (icon.show()) span { (words) } span.muted { @if !keys.is_empty() { kbd { (keys) } } }
                    } }
                }
            }
        }
    }
}

/// A theme that was chosen.
#[derive(Deserialize)]
pub(crate) struct Theme {
    theme: String,
}

/// Remembers the theme and goes back to where it was chosen.
pub(crate) async fn choose_theme(headers: HeaderMap, Form(chosen): Form<Theme>) -> Response {
    let theme = if chosen.theme == "dark" {
        "dark"
    } else {
        "light"
    };
    let cookie = format!("{THEME}={theme}; Path=/; SameSite=Lax; Max-Age=31536000");
    ([(SET_COOKIE, cookie)], Redirect::to(&came_from(&headers))).into_response()
}

/// The path of the page that a form was on.
pub(super) fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let path = referer
        .and_then(|it| it.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()));
    // A path that begins with two slashes would lead elsewhere.
    path.filter(|path| !path.starts_with("//"))
        .unwrap_or_else(|| "/today".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_to_a_page_of_this_host_and_nowhere_else() {
        for (referer, path) in [
            ("http://localhost:7070/outcomes?x=1", "/outcomes?x=1"),
            ("http://localhost:7070//evil.example", "/today"),
            ("nonsense", "/today"),
        ] {
            let headers = HeaderMap::from_iter([(REFERER, referer.parse().unwrap())]);
            assert_eq!(came_from(&headers), path);
        }
    }
}
