//! The server: pages for people, with live updates, and the API, over the engine of this process.
//!
//! Pages are made on the server and work without scripts; with them a page fetches itself again when
//! something changed, under its reader's own rights. Nothing is decided here: whatever changes
//! something goes through the engine, and what may be seen is asked of `sight` alone, what may be done of
//! `right`.

mod api;
mod discussion;
mod file;
mod key;
mod models;
mod needed;
mod once;
mod owner;
mod page;
mod part;
mod right;
mod server;
mod sight;
mod signing;
mod told;
mod trial;

pub use api::document;
pub use models::{Model, Models, NoModels};
pub use server::{
    COOKIE_NAME, Figures, Identities, IdentityProvider, Notice, Outside, Passwords, Proving, SetUp,
    Ways, Web, admin, admin_router, register_figures, router, serve,
};
