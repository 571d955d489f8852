//! The pages, one file or folder for each.

mod access;
pub(crate) mod done;
pub(crate) mod door;
pub(crate) mod form;
mod health;
mod identity;
mod ledger;
mod list;
mod map;
mod moving;
mod new;
mod outcome;
mod outcomes;
mod passkey;
#[cfg(feature = "passwords")]
mod password;
mod people;
mod playbooks;
mod proof;
mod search;
mod settings;
pub(crate) mod shell;
mod step;
mod task;
mod tasks;
pub(crate) mod today;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{get, post};

pub(crate) use health::Facts;

use crate::server::Web;

/// The routes of the pages.
pub(crate) fn routes() -> Router<Arc<Web>> {
    let routes = Router::new();
    #[cfg(feature = "passwords")]
    let routes = routes.merge(password::routes());
    routes
        .merge(listed("/today", today::today))
        .merge(listed("/outcomes", outcomes::list))
        .merge(listed("/tasks", tasks::list))
        .route("/outcomes/new", get(new::choose))
        .route("/outcomes/new/{playbook}", get(new::ask))
        .merge(new::posted())
        .route("/outcomes/{id}", get(outcome::overview))
        .merge(listed("/outcomes/{id}/timeline", outcome::events))
        .merge(outcome::discussion::routes())
        .merge(outcome::edit::routes())
        .route(
            "/outcomes/{id}/sign",
            get(outcome::sign::ask).post(outcome::sign::sign),
        )
        .route("/outcomes/{id}/fund", post(outcome::fund::fund))
        .route("/outcomes/{id}/start", post(outcome::start::start))
        .route("/outcomes/{id}/pause", post(outcome::change::pause))
        .route("/outcomes/{id}/resume", post(outcome::change::resume))
        .route("/outcomes/{id}/cancel", post(outcome::cancel::cancel))
        .route("/outcomes/{id}/source", get(outcome::source::show))
        .route("/tasks/{id}/source", get(task::source::show))
        .route("/outcomes/{id}/record.json", get(outcome::files::record))
        .route("/today/offers", post(today::answer))
        .route("/outcomes/{id}/archive", post(outcome::files::export))
        .route("/tasks/{id}", get(task::show))
        .route("/tasks/{id}/claim", post(task::act::claim))
        .route("/tasks/{id}/decline", post(task::act::decline))
        .route("/tasks/{id}/release", post(task::act::release))
        .route("/tasks/{id}/reassign", post(task::stuck::reassign))
        .route("/tasks/{id}/extend", post(task::stuck::extend))
        .route("/tasks/{id}/give-up", post(task::stuck::give_up))
        .route("/tasks/{id}/changes", post(task::back::add))
        .route("/tasks/{id}/ask", post(task::act::ask))
        .route("/tasks/{id}/answer", post(task::act::answer))
        .route(
            "/tasks/{id}/settle",
            get(task::settle::ask).post(task::settle::settle),
        )
        .merge(task::hand_in::posted())
        .route(
            "/tasks/{id}/sign",
            get(task::sign::ask).post(task::sign::judge),
        )
        .route(
            "/tasks/{id}/review",
            get(task::review::ask).post(task::review::judge),
        )
        .route(
            "/tasks/{id}/sign/confirm",
            get(task::sign::sure).post(task::sign::confirm),
        )
        .route("/tasks/{id}/open", post(task::files::open))
        .route("/tasks/{id}/files/{name}", get(task::files::show))
        .merge(access::routes())
        .merge(passkey::routes())
        .merge(identity::routes())
        .merge(people::routes())
        .merge(listed("/map", map::show))
        .merge(listed("/search", search::show))
        .merge(listed("/health", health::show))
        .merge(settings::routes())
        .merge(listed("/playbooks", playbooks::list))
        .merge(ledger::routes())
        .merge(views::routes())
        .route("/session/theme", post(shell::choose_theme))
}

/// A list at an address, with its files beside it.
fn listed<T: 'static>(address: &str, list: impl Handler<T, Arc<Web>>) -> Router<Arc<Web>> {
    Router::new()
        .route(address, get(list.clone()))
        .route(&format!("{address}.json"), get(list.clone()))
        .route(&format!("{address}.csv"), get(list))
}
