//! The journal as plain text accounting, which hledger and its relatives read.
//!
//! Each movement is a transaction with two postings that cancel each other. Accounts stand there under
//! their identifiers: a name can be erased, and a file that somebody took home cannot.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_engine::Moved;

use super::super::list::Asked;
use super::{ALSO, Reader, filters};
use crate::part::decimal;
use crate::server::{Failure, Visitor, Web};

/// How many movements one file has.
const MOVEMENTS_MAX: usize = 10_000;

/// The file: what the page's filters leave, of what the reader sees.
pub(super) async fn file(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, ALSO)?;
        let reader = Reader::of(web, &visitor)?;
        let (mut movements, next) = reader.movements(&asked, MOVEMENTS_MAX)?;
        movements.reverse();
        let mut text = String::from("; Recorded obligations; no bank money is moved.\n");
        if next.is_some() {
            let _ = writeln!(
                text,
                "; The latest {} movements; there are older ones.",
                movements.len()
            );
        }
        for (moved, title) in &movements {
            text.push_str(&transaction(moved, title));
        }
        let headers = [
            (CONTENT_TYPE, "text/plain; charset=utf-8"),
            (
                CONTENT_DISPOSITION,
                "attachment; filename=\"consort.journal\"",
            ),
        ];
        Ok((headers, text).into_response())
    })
    .await
}

/// One movement. What a title has of line ends and of the signs that mean something is left out.
fn transaction(moved: &Moved, title: &str) -> String {
    let transfer = &moved.transfer;
    let at = moved.at.to_string();
    let day = at.split('T').next().unwrap_or_default();
    let title: String = title
        .chars()
        .map(|letter| {
            if letter.is_control() || ";|".contains(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect();
    let code = transfer.asset.code();
    let amount = decimal(transfer.asset, transfer.amount);
    let task = transfer
        .task
        .map(|id| format!(", task:{id}"))
        .unwrap_or_default();
    format!(
        "\n{day} * ({place}) {purpose} | {title}  ; at:{at}{task}\n    {from}  -{amount} {code}\n    {to}  {amount} {code}\n",
        place = moved.place,
        purpose = transfer.purpose.as_str(),
        title = title.trim(),
        from = transfer.from,
        to = transfer.to,
    )
}
