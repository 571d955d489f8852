//! What is being handed in, as far as it is filled in.

use std::collections::{BTreeMap, BTreeSet};

use consort_desk::form::{Form, Lack};
use consort_engine::runner::commission;
use consort_kernel::digest::Digest;
use consort_kernel::task::AiUse;
use serde_json::{Value, json};

use super::super::super::form::Sheet;
use super::super::super::new::named;
use super::super::Seen;
use super::{FILES, RESULT, SENT, lack};
use crate::file::sent;
use crate::server::Failure;

/// What is being handed in.
pub(super) struct Paper {
    /// What it is filled into; nothing where plain words are asked for.
    pub(super) form: Option<Form>,
    /// What is filled in so far.
    pub(super) draft: Value,
    /// The whole result, where it was given so.
    pub(super) whole: String,
    /// How much of it an AI made, once that was said.
    pub(super) ai: Option<AiUse>,
    /// The lease under which it was made.
    pub(super) lease: u64,
    /// Files that were sent, by name.
    pub(super) files: BTreeMap<String, Digest>,
    /// Where one row more is wanted.
    pub(super) more: Option<String>,
}

impl Paper {
    /// An empty one, or what went back.
    pub(super) fn of(seen: &Seen<'_>) -> Result<Self, Failure> {
        let given = commission(&seen.web.engine, seen.task.clone())?;
        let form = Form::of(&given);
        let earlier = given.earlier.as_deref();
        let draft: Value = earlier.map_or(Value::Null, |bytes| {
            serde_json::from_slice(bytes).unwrap_or_default()
        });
        let whole = match &form {
            None => whole(&draft),
            Some(_) => String::new(),
        };
        let files = match &seen.task.returned {
            Some(returned) => returned.submission.files.clone(),
            None => BTreeMap::new(),
        };
        Ok(Self {
            form,
            draft,
            whole,
            ai: None,
            lease: seen.task.lease_number,
            files,
            more: None,
        })
    }

    /// What was sent. Files are kept at once: nobody has to choose them twice.
    pub(super) fn sent(seen: &Seen<'_>, sheet: &Sheet) -> Result<Self, Failure> {
        let empty = Self::of(seen)?;
        let prefix = format!("{RESULT}/");
        let part = |(name, value): &(String, String)| {
            let place = name.strip_prefix(&prefix)?;
            Some((format!("/{place}"), value.clone()))
        };
        let parts: Vec<(String, String)> = sheet.fields.iter().filter_map(part).collect();
        let ai = sheet.said("ai").map(|it| match it {
            "none" => Ok(AiUse::None),
            "assisted" => Ok(AiUse::Assisted),
            "generated" => Ok(AiUse::Generated),
            other => Err(Failure::Misused(format!("'{other}' says nothing of an AI"))),
        });
        Ok(Self {
            draft: match &empty.form {
                Some(form) => form.gather(&parts),
                None => Value::Null,
            },
            whole: sheet.said(RESULT).unwrap_or_default().to_owned(),
            ai: ai.transpose()?,
            lease: sheet
                .said("lease")
                .and_then(|it| it.parse().ok())
                .unwrap_or_default(),
            files: files(seen, sheet, &empty.files)?,
            more: sheet.said("more").map(str::to_owned),
            form: empty.form,
        })
    }

    /// What is handed in, with what it lacks.
    pub(super) fn complete(&self) -> (Value, Vec<Lack>) {
        let (content, mut lacks) = match &self.form {
            _ if !self.whole.is_empty() => {
                let whole = match serde_json::from_str(&self.whole) {
                    Ok(value @ (Value::Object(_) | Value::Array(_))) => value,
                    _ => json!({ "text": self.whole }),
                };
                (whole, Vec::new())
            }
            Some(form) => form.complete(self.draft.clone()),
            None => (
                Value::Null,
                vec![lack::of("", "there is nothing in it yet")],
            ),
        };
        if self.ai.is_none() {
            lacks.push(lack::of(lack::AI, "say whether an AI had a part in it"));
        }
        (content, lacks)
    }
}

/// A plain result as it is filled in: its words, or its JSON.
fn whole(draft: &Value) -> String {
    match draft {
        Value::Null => String::new(),
        Value::Object(fields) if fields.len() == 1 => match fields.get("text") {
            Some(Value::String(text)) => text.clone(),
            _ => draft.to_string(),
        },
        other => other.to_string(),
    }
}

/// The files that go with it: those that were sent before and are still wanted, and those that come now.
fn files(
    seen: &Seen<'_>,
    sheet: &Sheet,
    returned: &BTreeMap<String, Digest>,
) -> Result<BTreeMap<String, Digest>, Failure> {
    let (task, who) = (seen.task.id, seen.visitor.id);
    let mut files = BTreeMap::new();
    for (_, named) in sheet.fields.iter().filter(|it| it.0 == SENT) {
        let Some((digest, name)) = named.split_once(' ') else {
            continue;
        };
        let Ok(digest) = digest.parse::<Digest>() else {
            continue;
        };
        let went_back = returned.get(name) == Some(&digest);
        if went_back || sent::has(seen.web, (task, who), digest)? {
            files.insert(name.to_owned(), digest);
        }
    }
    let mut taken: BTreeSet<String> = files.keys().map(|it| it.to_lowercase()).collect();
    for file in sheet.files.iter().filter(|it| it.field == FILES) {
        let digest = sent::keep(seen.web, (task, who), &file.received)?;
        files.insert(named(&file.name, &mut taken), digest);
    }
    Ok(files)
}
