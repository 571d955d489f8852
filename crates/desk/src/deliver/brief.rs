//! The brief: the one result that is not handed in as files, because its page tells of the run itself.

use consort_kernel::outcome::Conclusion;
use consort_tools::deliver::{Contribution, Frame, csv, docx, html};
use consort_tools::shape::Brief;

use super::made;
use crate::record::{Contributed, record};
use crate::{Case, DeskError};

/// The brief, if this is one.
pub(super) fn read(content: &[u8]) -> Option<Brief> {
    serde_json::from_slice(content).ok()
}

/// The brief as a page, a document and a table.
pub(super) fn files(case: &Case<'_>, brief: &Brief) -> Result<Vec<(String, Vec<u8>)>, DeskError> {
    let frame = frame(case)?;
    Ok(vec![
        ("brief.html".to_owned(), html(brief, &frame).into_bytes()),
        ("brief.docx".to_owned(), docx(brief, &frame)),
        ("table.csv".to_owned(), csv(brief).into_bytes()),
    ])
}

/// What the page says beside what was found.
fn frame(case: &Case<'_>) -> Result<Frame, DeskError> {
    let engine = case.engine;
    let outcome = case.outcome()?;
    let accountable = case.accountable()?;
    let record = record(case, Vec::new())?;
    let asset = outcome.charter.asset;
    let purse = &outcome.purse;
    let decision_asked = case.given.text("question").is_some();
    let conclusion = outcome.conclusion.as_ref();
    Ok(Frame {
        sign_off: conclusion.map(|conclusion| sign_off(&accountable, conclusion)),
        accountable,
        contributors: record
            .contributions(asset)
            .into_iter()
            .map(contribution)
            .collect(),
        decision_asked,
        fingerprint: format!(
            "{} events, log root {}. Check it with: consort doctor",
            record.events, record.log_root
        ),
        ledger: [
            ("Funded", purse.funded),
            ("Reserved for tasks", purse.held),
            ("Paid to contributors", purse.paid),
            ("Fees", purse.fees),
            ("Taxes", purse.taxes),
            ("Returned to the funder", purse.refunded),
            ("Left in escrow", purse.available),
        ]
        .map(|(name, amount)| (name.to_owned(), asset.show(amount)))
        .to_vec(),
        outcome: case.id.to_string(),
        prepared_on: engine.now().to_string().chars().take(10).collect(),
        recommendation: conclusion.and_then(|conclusion| conclusion.recommendation.clone()),
        skipped: case.given.skipped.clone(),
        statement: made::on_page(&engine.tasks_of(case.id)?),
        title: outcome.charter.title.clone(),
    })
}

fn sign_off(accountable: &str, conclusion: &Conclusion) -> String {
    let how = if conclusion.opened.is_empty() {
        "Signed in advance, not opened"
    } else {
        "Signed"
    };
    format!(
        "{how}, {accountable}. {} {}",
        conclusion.reason, conclusion.scope
    )
}

fn contribution(line: Contributed) -> Contribution {
    Contribution {
        cost: line.cost,
        kind: line.kind,
        tasks: line.tasks,
        who: line.who,
    }
}
