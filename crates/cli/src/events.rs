//! `consort events`: what happened, in order, as it is hashed.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use consort_kernel::event::Envelope;

use crate::asked::Asked;

/// How many events are read at a time.
const PAGE: usize = 1_000;
/// How long a follower waits before it looks again by itself.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What happened.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  consort events --after 100 --json")]
pub(crate) struct Events {
    /// Only those after this position.
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// Goes on as more happens.
    #[arg(long)]
    follow: bool,
}

impl Events {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let mut after = self.after;
        loop {
            let heard = asked.engine().bell().rings();
            let rows = asked.engine().store().feed(after, PAGE)?;
            let Some(last) = rows.last() else {
                if !self.follow {
                    return Ok(());
                }
                asked.engine().bell().wait(heard, LOOK_AGAIN);
                continue;
            };
            after = last.position;
            for row in &rows {
                let line = if asked.json {
                    // As JSON a line is the event as it is stored, byte for byte.
                    row.event.body.clone()
                } else {
                    words(row.position, &Envelope::from_stored(&row.event.body)?)
                };
                asked.console.line(&line)?;
            }
            asked.console.out.flush()?;
        }
    }
}

fn words(position: u64, envelope: &Envelope) -> String {
    let name = envelope.event.name();
    let (kind, what) = name.split_once('.').unwrap_or((&name, ""));
    format!(
        "{position:>7}  {}  {:<12} {:<22} {}  by {}",
        envelope.recorded_at, kind, what, envelope.stream, envelope.principal
    )
}
