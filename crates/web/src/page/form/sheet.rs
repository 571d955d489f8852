//! A form as it was sent, with files or without.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::multipart::MultipartError;
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::{Fields, URL_ENCODED, key};
use crate::file::{Incoming, Received};
use crate::key::Key;
use crate::server::{Failure, Web};

/// The most files that are sent at once.
const FILES_MAX: usize = 500;
/// The most fields that are sent at once.
const FIELDS_MAX: usize = 10_000;

/// A file that came with a form. What it is called is data: no path is made of it here.
#[derive(Debug)]
pub(crate) struct SentFile {
    /// The field that it was chosen in.
    pub(crate) field: String,
    /// What it is called.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) received: Received,
}

/// What was sent.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The fields, with what was filled in.
    pub(crate) fields: Fields,
    /// The files.
    pub(crate) files: Vec<SentFile>,
}

impl Sheet {
    /// What was filled in under a name, if something was.
    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|it| it.0 == name);
        field.map(|it| it.1.trim()).filter(|it| !it.is_empty())
    }

    /// The key that stands in it, of these words and these files.
    pub(crate) fn key(&self) -> Key {
        let file = |it: &SentFile| {
            let name = format!("{} {}", it.field, it.name);
            (name, it.received.digest.to_string())
        };
        let files = self.files.iter().map(file);
        key(&self.fields.iter().cloned().chain(files).collect::<Fields>())
    }

    async fn of_parts(web: &Arc<Web>, mut parts: Multipart) -> Result<Self, Failure> {
        let misused = |error: MultipartError| Failure::Misused(error.body_text());
        let mut sheet = Self::default();
        while let Some(mut part) = parts.next_field().await.map_err(misused)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                None => {
                    let value = part.text().await.map_err(misused)?;
                    sheet.fields.push((field, value));
                }
                // A field in which no file was chosen.
                Some(name) if name.is_empty() => {}
                Some(name) => {
                    let mut incoming = web.blocking(Incoming::begin).await?;
                    while let Some(piece) = part.chunk().await.map_err(misused)? {
                        incoming = incoming.take(web, piece).await?;
                    }
                    let received = incoming.end();
                    sheet.files.push(SentFile {
                        field,
                        name,
                        received,
                    });
                }
            }
            if sheet.files.len() > FILES_MAX {
                let why = format!("at most {FILES_MAX} files are taken at once");
                return Err(Failure::Misused(why));
            }
            if sheet.fields.len() > FIELDS_MAX {
                let why = format!("at most {FIELDS_MAX} fields are taken at once");
                return Err(Failure::Misused(why));
            }
        }
        Ok(sheet)
    }
}

/// A form that was not taken in yet: nothing of it is written before it is known that its sender may send it.
pub(crate) struct Unread(Request);

impl Unread {
    /// Takes it in; or what is answered where that cannot be done.
    pub(crate) async fn read(self, web: &Arc<Web>) -> Result<Sheet, Response> {
        Sheet::of(self.0, web).await
    }
}

impl FromRequest<Arc<Web>> for Unread {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &Arc<Web>) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

impl Sheet {
    async fn of(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        let content = request.headers().get(CONTENT_TYPE);
        let content = content.and_then(|it| it.to_str().ok()).unwrap_or_default();
        if content.starts_with(URL_ENCODED) {
            let form = Form::from_request(request, web).await;
            let Form(fields) = form.map_err(axum::response::IntoResponse::into_response)?;
            let files = Vec::new();
            return Ok(Self { fields, files });
        }
        let parts = Multipart::from_request(request, web).await;
        let parts = parts.map_err(axum::response::IntoResponse::into_response)?;
        let sheet = Self::of_parts(web, parts).await;
        sheet.map_err(Failure::into_response)
    }
}
