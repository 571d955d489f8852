//! `consort ledger`: obligations, to the minor unit. No bank money is moved.

use anyhow::Result;
use clap::Subcommand;
use consort_kernel::id::OutcomeId;
use consort_store::TransferQuery;
use serde_json::json;

use crate::asked::{Asked, table};

/// How many transfers are read at a time.
const PAGE: usize = 1_000;
/// Said with every total.
const NO_BANK_MONEY: &str = "Recorded obligations; no bank money was moved.";

/// The ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerVerb {
    /// The balance of every account.
    #[command(after_help = "Example:\n  consort ledger balances")]
    Balances,
    /// Every movement, in order.
    #[command(after_help = "Example:\n  consort ledger transfers --outcome out_…")]
    Transfers {
        /// Only those of this outcome.
        #[arg(long)]
        outcome: Option<OutcomeId>,
    },
}

impl LedgerVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::Balances => balances(asked),
            Self::Transfers { outcome } => transfers(asked, *outcome),
        }
    }
}

fn balances(asked: &mut Asked<'_>) -> Result<()> {
    let balances = asked.engine().store().balances()?;
    let rows: Vec<serde_json::Value> = balances
        .iter()
        .map(|((account, asset), amount)| {
            json!({
                "account": account, "asset": asset, "balance_minor": amount.minor(),
                "balance": asset.show(*amount),
            })
        })
        .collect();
    let sum: i64 = balances.values().map(|amount| amount.minor()).sum();
    asked.print(
        &json!({"accounts": rows, "sum_minor": sum, "note": NO_BANK_MONEY}),
        |printed| {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
            let rows = printed["accounts"].as_array().into_iter().flatten();
            let cells: Vec<Vec<String>> = rows
                .map(|row| vec![text(&row["account"]), text(&row["balance"])])
                .collect();
            let mut lines = table(&cells);
            lines.push(format!("All accounts add up to {sum}. {NO_BANK_MONEY}"));
            lines
        },
    )
}

fn transfers(asked: &mut Asked<'_>, outcome: Option<OutcomeId>) -> Result<()> {
    let mut rows = Vec::new();
    let mut after = 0;
    loop {
        let query = TransferQuery {
            outcome,
            after,
            backwards: false,
            limit: PAGE,
        };
        let page = asked.engine().store().transfers(&query)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        rows.extend(page.iter().map(|row| {
            let transfer = &row.write.transfer;
            json!({
                "position": row.position, "at": row.write.at, "from": transfer.from,
                "to": transfer.to, "purpose": transfer.purpose,
                "amount_minor": transfer.amount.minor(),
                "amount": transfer.asset.show(transfer.amount), "task": transfer.task,
            })
        }));
    }
    asked.print(&rows, |rows| {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
        let cells = rows.iter().map(|row| {
            ["at", "purpose", "amount", "from", "to"]
                .map(|field| text(&row[field]))
                .to_vec()
        });
        let mut lines = table(&cells.collect::<Vec<_>>());
        lines.push(NO_BANK_MONEY.to_owned());
        lines
    })
}
