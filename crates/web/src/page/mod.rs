//! The pages, one file or folder for each.

pub(crate) mod door;
mod ledger;
mod new;
mod outcome;
mod outcomes;
mod people;
mod playbooks;
pub(crate) mod shell;
mod task;
pub(crate) mod today;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use new::Planned;

use crate::server::Web;

/// The routes of the pages.
pub(crate) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/today", get(today::today))
        .route("/outcomes", get(outcomes::list))
        .route("/outcomes/new", get(new::choose))
        .route("/outcomes/new/{playbook}", get(new::ask))
        .merge(new::posted())
        .route("/outcomes/{id}", get(outcome::overview))
        .route(
            "/outcomes/{id}/sign",
            get(outcome::sign::ask).post(outcome::sign::sign),
        )
        .route("/outcomes/{id}/pause", post(outcome::change::pause))
        .route("/outcomes/{id}/resume", post(outcome::change::resume))
        .route("/outcomes/{id}/record.json", get(outcome::files::record))
        .route("/tasks/{id}", get(task::show))
        .route("/tasks/{id}/claim", post(task::act::claim))
        .route("/tasks/{id}/decline", post(task::act::decline))
        .route("/tasks/{id}/release", post(task::act::release))
        .route("/tasks/{id}/reassign", post(task::stuck::reassign))
        .route("/tasks/{id}/extend", post(task::stuck::extend))
        .route("/tasks/{id}/give-up", post(task::stuck::give_up))
        .route("/tasks/{id}/ask", post(task::act::ask))
        .route("/tasks/{id}/answer", post(task::act::answer))
        .route(
            "/tasks/{id}/settle",
            get(task::settle::ask).post(task::settle::settle),
        )
        .route("/tasks/{id}/hand-in", post(task::act::hand_in))
        .route(
            "/tasks/{id}/sign",
            get(task::sign::ask).post(task::sign::judge),
        )
        .route("/tasks/{id}/sign/confirm", post(task::sign::confirm))
        .route("/tasks/{id}/open", post(task::files::open))
        .route("/tasks/{id}/files/{name}", get(task::files::file))
        .merge(people::routes())
        .route("/playbooks", get(playbooks::list))
        .route("/ledger", get(ledger::show))
        .route("/session/theme", post(shell::choose_theme))
}
