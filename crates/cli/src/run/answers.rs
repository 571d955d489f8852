//! Answers given in advance: a pre-approval in a file, so that a run needs nobody.
//!
//! The file names the person, the limits and the expiry. Its digest stands in the record, which
//! says of everything accepted under it that it was signed in advance and not opened.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use consort_desk::DeskError;
use consort_engine::clock::{Clock as _, SystemClock};
use consort_kernel::digest::Digest;
use consort_kernel::money::Amount;
use consort_kernel::outcome::PreApproval;
use consort_kernel::task::Risk;
use consort_kernel::time::Timestamp;
use consort_playbook::to_json;
use serde::Deserialize;

use crate::exit::usage;

/// The longest file of answers, in bytes: people write them by hand.
const FILE_BYTES_MAX: usize = 256 * 1024;

/// What is done with questions that may stay open and that nobody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Exceptions {
    /// They stay open, and the result says so.
    LeaveOpen,
}

/// A file of answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answers {
    /// Who signs in advance.
    pub(super) person: String,
    /// The limits of the signature.
    pub(super) pre_approval: Limits,
    /// What is done with questions that may stay open.
    pub(super) exceptions: Exceptions,
    /// What the person decides, by the key of the task and of the question.
    #[serde(default)]
    pub(super) decisions: BTreeMap<String, BTreeMap<String, Decision>>,
    /// Values of inputs that were not given on the command line.
    #[serde(default)]
    pub(super) inputs: BTreeMap<String, Given>,
    /// The digest of the file.
    #[serde(skip)]
    pub(super) digest: Option<Digest>,
}

/// What the person decides about one question.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// The option's key.
    pub(super) choose: String,
    /// Why.
    #[serde(default)]
    pub(super) reason: String,
    /// Whether they say that they looked at the passages.
    #[serde(default)]
    pub(super) opened: bool,
}

/// The value of an input in a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Given {
    /// A list of texts.
    List(Vec<String>),
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

/// The limits of a signature given in advance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// The most that one task may be paid, in minor units.
    pub(super) amount_max_minor: i64,
    /// The most that the whole outcome may cost, in minor units.
    pub(super) total_max_minor: i64,
    /// The highest risk that it covers.
    pub(super) risk_max: Risk,
    /// After this moment nothing fits it.
    pub(super) expires: String,
    /// Why it is given.
    pub(super) reason: String,
}

impl Answers {
    /// Reads a file of answers.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the answers {} cannot be read", path.display()))?;
        if text.len() > FILE_BYTES_MAX {
            return Err(usage(format!(
                "{} is too long for a file of answers",
                path.display()
            )));
        }
        let what = path.display().to_string();
        let value = to_json(&text).map_err(|problems| DeskError::problems(&what, &problems))?;
        let mut answers: Self = serde_path_to_error::deserialize(value)
            .map_err(|error| usage(format!("{what}: {error}")))?;
        answers.digest = Some(Digest::of(text.as_bytes()));
        let expires = answers.pre_approval()?.expires_at;
        if expires <= SystemClock.now() {
            return Err(usage(format!(
                "{}: what it signs in advance has expired, at {expires}: its person gives it a later \
                 'pre_approval.expires', if they still mean it",
                path.display()
            )));
        }
        Ok(answers)
    }

    /// The signature, as the kernel knows it.
    pub(super) fn pre_approval(&self) -> Result<PreApproval> {
        let limits = &self.pre_approval;
        let expires_at: Timestamp = limits
            .expires
            .parse()
            .map_err(|error| usage(format!("pre_approval.expires: {error}")))?;
        Ok(PreApproval {
            amount_max: Amount::from_minor(limits.amount_max_minor),
            expires_at,
            gates: true,
            reason: limits.reason.clone(),
            risk_max: limits.risk_max,
            source: self.digest,
        })
    }
}
