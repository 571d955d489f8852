//! Notifications: by what a visitor is told what needs them, and when; everybody's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use consort_engine::notice::Channel;
use consort_kernel::stream::StreamId;
use consort_post::notice::{
    BY_HAND_MAX, ChatForm, Failing, Kind, Moment, Quiet, Shown, When, Wishes,
};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form::{anew, once_to};
use super::super::shell::{self, Head, Place};
use super::{page, top};
use crate::part::{Icon, Tone, chip, when};
use crate::right;
use crate::server::{Failure, Visitor, Web};

const HERE: &str = "/settings/notifications";
const MAIL: &str = "/settings/notifications/mail";
const CHAT: &str = "/settings/notifications/chat";
const TRY: &str = "/settings/notifications/try";
/// How many of the latest notices are shown.
const LATEST_MAX: usize = 50;

/// The routes of notifications.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/settings/notifications", get(show).post(set))
        .route("/settings/notifications/mail", post(ask_mail))
        .route("/settings/notifications/mail/end", post(end_mail))
        .route(
            "/settings/notifications/confirm/{secret}",
            get(ask).post(confirm),
        )
        .route("/settings/notifications/chat", post(set_chat))
        .route("/settings/notifications/chat/end", post(end_chat))
        .route("/settings/notifications/try", post(try_out))
        .route("/settings/notifications/go-on", post(go_on))
}

/// What a visitor is told, and the forms to change that.
async fn show(State(web): State<Arc<Web>>, visitor: Visitor) -> Result<Response, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        let wishes = web.notices.wishes(visitor.id)?;
        let latest = web.notices.latest(visitor.id, LATEST_MAX)?;
        let forms = Forms { web, visitor: &visitor };
        let body = markup! {
            (top(HERE))
            p.muted { "What needs you comes to you: by mail, by a chat, or both. A message leads to the page where you decide; opening it decides nothing." }
            @if let Some(why) = web.notices.why_none() { p.muted { (why) } }
            @else {
                @if web.notices.rests(visitor.id)? { (rests(&forms)?) }
                (mail(&forms, &wishes)?)
                (chat(&forms, &wishes)?)
                (times(&forms, &wishes)?)
                (table(&latest))
            }
        };
        page(web, &visitor, "Notifications", &body)
    })
    .await
}

/// Whoever the forms are for: each carries a key of its own.
#[derive(Clone, Copy)]
struct Forms<'a> {
    web: &'a Web,
    visitor: &'a Visitor,
}

impl Forms<'_> {
    fn key(&self, action: &str) -> Result<Markup, Failure> {
        anew(self.web, self.visitor, action)
    }

    /// A form that is one button.
    fn button(&self, below: &str, words: &str) -> Result<Markup, Failure> {
        let action = format!("{HERE}{below}");
        Ok(markup! {
            form method="post" action=(action) { (self.key(&action)?) button.button { (words) } }
        })
    }

    fn trial(&self, by: Channel) -> Result<Markup, Failure> {
        Ok(markup! {
            form method="post" action=(TRY) {
                (self.key(TRY)?)
                input type="hidden" name="by" value=(by.name());
                button.button { "Send me a trial" span.sr { " by " (by.name()) } }
            }
        })
    }
}

fn rests(forms: &Forms<'_>) -> Result<Markup, Failure> {
    Ok(markup! {
        section.card {
            p { "The network came out of a backup, and nothing is sent to you until you say so: you may have heard already of what happens now." }
            (forms.button("/go-on", "Let it go on")?)
        }
    })
}

/// Whether an address takes what is sent there.
fn state(failing: Option<&Failing>) -> Markup {
    match failing {
        None => chip(Tone::Done, "Is told"),
        Some(_) => chip(Tone::Bad, "Takes nothing"),
    }
}

/// Why an address takes nothing, and how it counts again.
fn trouble(failing: Option<&Failing>) -> Markup {
    markup! {
        @if let Some(failing) = failing {
            p.error { (Icon::Bad.show()) "Since " (when(failing.at)) " nothing is sent there: " (failing.why) ". Once a trial arrives, it goes on." }
        }
    }
}

fn mail(forms: &Forms<'_>, wishes: &Wishes) -> Result<Markup, Failure> {
    let has_mail = forms.web.notices.has_mail();
    Ok(markup! {
        section.section aria-labelledby="mail" {
            div.section-head { h2 #mail { "By mail" } p { "An address is used once you confirmed it there." } }
            @if !has_mail { p.muted { "This server sends no mail; whoever operates it can have it do so." } }
            @if let Some(mail) = &wishes.mail {
                div.decide {
                    p { b { (mail.address) } " " (state(mail.failing.as_ref())) br; span.small.muted { "Confirmed " (when(mail.confirmed)) "." } }
                    div.actions { @if has_mail { (forms.trial(Channel::Mail)?) } (forms.button("/mail/end", "End mail")?) }
                }
                (trouble(mail.failing.as_ref()))
            }
            @if let Some(asked) = &wishes.asked {
                p { "A link was sent to " b { (asked.address) } ". Open it here, signed in, before " (when(asked.until)) "." }
            }
            @if has_mail {
                form.form method="post" action=(MAIL) {
                    (forms.key(MAIL)?)
                    div.field {
                        label for="address" { @if wishes.mail.is_some() { "Another address" } @else { "Address" } }
                        input.input #address name="address" type="email" required maxlength="254" autocomplete="email" aria-describedby="address-hint";
                        p.hint #address-hint { "A link is sent there, which counts for a day. You can have " (BY_HAND_MAX) " links and trials sent in a day." }
                    }
                    div.actions { button.button { "Send the link" } }
                }
            }
        }
    })
}

fn chat(forms: &Forms<'_>, wishes: &Wishes) -> Result<Markup, Failure> {
    Ok(markup! {
        section.section aria-labelledby="chat" {
            div.section-head { h2 #chat { "By a chat" } p { "An incoming webhook, which everybody in its channel reads. Choose one of your own." } }
            @if let Some(chat) = &wishes.chat {
                div.decide {
                    p { b { (chat.form.words()) } " at " (chat.host()) " " (state(chat.failing.as_ref())) br; span.small.muted { "Since " (when(chat.since)) ". The rest of its address is a secret, and shown nowhere." } }
                    div.actions { (forms.trial(Channel::Chat)?) (forms.button("/chat/end", "End the chat")?) }
                }
                (trouble(chat.failing.as_ref()))
            }
            form.form method="post" action=(CHAT) {
                (forms.key(CHAT)?)
                div.field {
                    label for="chat-address" { @if wishes.chat.is_some() { "Another address" } @else { "Address" } }
                    input.input #chat-address name="address" type="url" required maxlength="2000" placeholder="https://" autocomplete="off" aria-describedby="chat-hint";
                    p.hint #chat-hint { "Of a public host, over TLS." }
                }
                div.field {
                    label for="form" { "Chat" }
                    select.input #form name="form" { @for form in ChatForm::ALL { option value=(form.name()) { (form.words()) } } }
                }
                div.actions { button.button { "Send there" } }
            }
        }
    })
}

fn times(forms: &Forms<'_>, wishes: &Wishes) -> Result<Markup, Failure> {
    let (from, to) = wishes.quiet.map(|it| (it.from, it.to)).unzip();
    let moment = |it: Option<Moment>| it.map(|it| it.to_string()).unwrap_or_default();
    Ok(markup! {
        section.section aria-labelledby="times" {
            div.section-head { h2 #times { "When" } p { "The digest is one message a day with what still needs you, and none where nothing does." } }
            form.form method="post" action=(HERE) {
                (forms.key(HERE)?)
                div.field {
                    label for="zone" { "Time zone" }
                    input.input #zone name="zone" required maxlength="60" value=(wishes.zone) aria-describedby="zone-hint";
                    p.hint #zone-hint { "By its name, as in Europe/Berlin." }
                }
                div.field {
                    label for="digest" { "Time of the digest" }
                    input.input #digest name="digest" type="time" required value=(wishes.digest);
                }
                div.field {
                    label for="from" { "Quiet hours from" }
                    input.input #from name="from" type="time" value=(moment(from)) aria-describedby="quiet-hint";
                }
                div.field {
                    label for="to" { "Quiet hours to" }
                    input.input #to name="to" type="time" value=(moment(to)) aria-describedby="quiet-hint";
                    p.hint #quiet-hint { "Nothing is sent then; it waits until they end. Leave both empty for none." }
                }
                @for kind in Kind::ALL {
                    @let id = format!("when-{}", kind.name());
                    div.field {
                        label for=(id) { (kind.words()) }
                        select.input id=(id) name=(kind.name()) {
                            @for when in When::ALL {
                                option value=(when.name()) selected[wishes.when(kind) == when] { (when.words()) }
                            }
                        }
                    }
                }
                div.actions { button.button.primary { "Keep it so" } }
            }
        }
    })
}

fn table(latest: &[Shown]) -> Markup {
    markup! {
        section.section aria-labelledby="latest" {
            div.section-head { h2 #latest { "Latest notices" } p { "They are kept for 30 days." } }
            @if latest.is_empty() { p.muted { "Nothing was to be told yet." } }
            @else {
                div.scroll tabindex="0" role="region" aria-label="Latest notices, as a table" {
                    table.stacked {
                        caption.sr { "Latest notices" }
                        thead { tr { th scope="col" { "About" } th scope="col" { "By" } th scope="col" { "State" } th scope="col" { "Noted" } th scope="col" { "Sent next" } } }
                        tbody { @for shown in latest { (row(shown)) } }
                    }
                }
            }
        }
    }
}

fn row(shown: &Shown) -> Markup {
    let notice = &shown.notice;
    let (tone, word) = match (notice.has_arrived, notice.due, notice.attempts) {
        (true, ..) => (Tone::Done, "Sent"),
        (false, None, _) => (Tone::Idle, "Not sent"),
        (false, Some(_), 0) => (Tone::Wait, "Waits"),
        (false, Some(_), _) => (Tone::Wait, "Is tried again"),
    };
    let address = match shown.subject {
        StreamId::Task(id) => format!("/tasks/{id}"),
        other => format!("/outcomes/{other}"),
    };
    markup! {
        tr {
            th scope="row" { a href=(address) { (shown.kind.words()) } }
            td data-label="By" { (notice.by.name()) }
            td data-label="State" { (chip(tone, word)) @if let Some(answer) = &notice.answer { " " span.small.muted { (answer) } } }
            td data-label="Noted" { (when(notice.noted)) }
            td data-label="Sent next" { @if let Some(due) = notice.due { (when(due)) } }
        }
    }
}

/// When what is told.
async fn set(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        let field = |name: &str| form.get(name).map_or("", |it| it.trim());
        let quiet = match (field("from"), field("to")) {
            ("", "") => None,
            (from, to) => Some(Quiet {
                from: Moment::parse(from)?,
                to: Moment::parse(to)?,
            }),
        };
        let mut chosen = BTreeMap::new();
        for kind in Kind::ALL {
            if let Some(word) = form.get(kind.name()) {
                let wrong =
                    || Failure::Misused("say when: at once, in the digest or never".to_owned());
                chosen.insert(kind, When::named(word).ok_or_else(wrong)?);
            }
        }
        let digest = Moment::parse(field("digest"))?;
        let when = |kind| chosen.get(&kind).copied();
        Ok(web
            .notices
            .set(visitor.id, (field("zone"), digest), quiet, when)?)
    })
    .await
}

/// An address.
#[derive(Deserialize)]
struct Address {
    address: String,
    #[serde(default)]
    form: String,
}

/// Sends a link to an address, which confirms it.
async fn ask_mail(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(wanted): Form<Address>,
) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        Ok(web.notices.ask_mail(visitor.id, &wanted.address)?)
    })
    .await
}

/// Ends mail.
async fn end_mail(State(web): State<Arc<Web>>, visitor: Visitor) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        Ok(web.notices.end_mail(visitor.id)?)
    })
    .await
}

/// What the link that was sent leads to: a page with a button, for programs follow links too.
async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        let asked = web.notices.asked(visitor.id, &secret)?;
        let address = asked.ok_or(Failure::NotHere)?;
        let action = format!("{HERE}/confirm/{secret}");
        let key = anew(web, &visitor, &action)?;
        let body = markup! {
            header.page-head { div { h1 { "Confirm an address" } p.muted { (address) } } }
            section.card {
                p { "Once you confirm it, what needs you is sent there." }
                form method="post" action=(action) { (key) button.button.primary { "Confirm it" } }
            }
        };
        let head = Head {
            title: "Confirm an address",
            place: Place::Settings,
            above: &[("Settings", "/settings"), ("Notifications", HERE)],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

/// Confirms an address.
async fn confirm(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        Ok(web.notices.confirm(visitor.id, &secret)?)
    })
    .await
}

/// Sends to a chat from now on.
async fn set_chat(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(wanted): Form<Address>,
) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        let wrong = || Failure::Misused("there is no such chat".to_owned());
        let form = ChatForm::named(&wanted.form).ok_or_else(wrong)?;
        Ok(web.notices.set_chat(visitor.id, &wanted.address, form)?)
    })
    .await
}

/// Ends a chat.
async fn end_chat(State(web): State<Arc<Web>>, visitor: Visitor) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        Ok(web.notices.end_chat(visitor.id)?)
    })
    .await
}

/// By what a trial is sent.
#[derive(Deserialize)]
struct Trial {
    by: String,
}

/// Sends a trial, while the visitor waits.
async fn try_out(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(trial): Form<Trial>,
) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        let by = Channel::named(&trial.by).ok_or(Failure::NotHere)?;
        Ok(web.notices.try_out(visitor.id, by)?)
    })
    .await
}

/// Has notices go on that rest since a backup was restored.
async fn go_on(State(web): State<Arc<Web>>, visitor: Visitor) -> Result<Redirect, Failure> {
    change(web, visitor, move |web, visitor| {
        Ok(web.notices.go_on(visitor.id)?)
    })
    .await
}

async fn change(
    web: Arc<Web>,
    visitor: Visitor,
    with: impl FnOnce(&Web, &Visitor) -> Result<(), Failure> + Send + 'static,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        right::check_told(&web.engine, visitor.asking())?;
        once_to(web, &visitor, HERE, || with(web, &visitor))
    })
    .await
}
