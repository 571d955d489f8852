//! `consort token`: what lets a program in, as somebody.

use anyhow::Result;
use clap::{Args, Subcommand};
use consort_engine::access::{Access, Pass, PassKind};
use consort_kernel::time::Timestamp;
use serde_json::json;

use crate::asked::{Asked, table};
use crate::exit::{not_found, usage};

const DAY_MS: i64 = 24 * 3_600_000;
/// How many digits of a token's digest name it.
const SHORT: usize = 12;

/// Tokens of programs.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Makes a token for a program that works as somebody, and shows it once.
    Make(Make),
    /// Lists the tokens of somebody: what for, when used last, until when.
    #[command(after_help = "Example:\n  consort token list Scout")]
    List {
        /// The name or identifier.
        who: String,
    },
    /// Ends a token: whatever shows it gets no further.
    #[command(after_help = "Example:\n  consort token end Scout 3f0c61d2ab90")]
    End {
        /// The name or identifier of whom it lets in as.
        who: String,
        /// The token, as the list calls it.
        token: String,
    },
}

/// Makes a token.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  consort token make Scout --days 30 --label \"the build machine\""
)]
pub(crate) struct Make {
    /// The name or identifier of whom the program works as.
    who: String,
    /// For how many days it lets in.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// What it is for.
    #[arg(long, default_value = "made at the terminal")]
    label: String,
}

impl TokenVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::Make(make) => make.carry_out(asked),
            Self::List { who } => list(asked, who),
            Self::End { who, token } => end(asked, who, token),
        }
    }
}

/// A new token of somebody's, and until when it lets in.
pub(crate) fn fresh(
    asked: &Asked<'_>,
    who: consort_kernel::id::ContributorId,
    label: &str,
    days: u16,
) -> Result<(String, Timestamp)> {
    let now = asked.engine().now();
    let until = now.plus_millis(i64::from(days) * DAY_MS);
    let access = Access::new(asked.place.passes.clone());
    Ok((access.token(who, label, now, until)?, until))
}

impl Make {
    fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let who = asked.named(&self.who)?;
        if asked.engine().name_of(who)?.is_none() {
            return Err(not_found(format!("{who} is not here")));
        }
        let (token, until) = fresh(asked, who, &self.label, self.days)?;
        asked.print(&json!({ "token": token, "until": until }), |_| {
            vec![
                token.clone(),
                format!("(shown this once, and kept by nobody here; it lets in until {until})"),
            ]
        })
    }
}

/// The open tokens of somebody.
fn tokens(asked: &Asked<'_>, who: &str) -> Result<Vec<Pass>> {
    let id = asked.named(who)?;
    let mut passes = Access::new(asked.place.passes.clone()).of(id)?;
    let now = asked.engine().now();
    passes.retain(|pass| pass.kind == PassKind::Token && now < pass.expires);
    Ok(passes)
}

fn short(pass: &Pass) -> String {
    pass.secret.to_string().chars().take(SHORT).collect()
}

fn list(asked: &mut Asked<'_>, who: &str) -> Result<()> {
    let rows: Vec<_> = tokens(asked, who)?
        .iter()
        .map(|pass| {
            json!({
                "token": short(pass),
                "label": pass.label,
                "created": pass.created,
                "used": (pass.used > pass.created).then_some(pass.used),
                "until": pass.expires,
            })
        })
        .collect();
    asked.print(&rows, |rows| {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("never").to_owned();
        let cells = rows.iter().map(|row| {
            vec![
                text(&row["token"]),
                text(&row["label"]),
                format!("used {}", text(&row["used"])),
                format!("until {}", text(&row["until"])),
            ]
        });
        table(&cells.collect::<Vec<_>>())
    })
}

fn end(asked: &mut Asked<'_>, who: &str, token: &str) -> Result<()> {
    let mut found = tokens(asked, who)?;
    found.retain(|pass| !token.is_empty() && pass.secret.to_string().starts_with(token));
    match found.as_slice() {
        [pass] => {
            Access::new(asked.place.passes.clone()).end(pass.secret)?;
            asked.done(&format!(
                "the token {} lets nobody in any more",
                short(pass)
            ))
        }
        [] => Err(not_found(format!(
            "{who} has no token {token}: see 'consort token list {who}'"
        ))),
        _ => Err(usage(format!(
            "{who} has several tokens that begin with {token}"
        ))),
    }
}
