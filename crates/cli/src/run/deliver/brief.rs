//! The brief: the one result that is not handed in as files, because its page tells of the run itself.

use anyhow::Result;
use consort_tools::deliver::{Contribution, Frame, csv, docx, html};
use consort_tools::shape::Brief;

use super::super::Session;
use super::super::begin::Begun;
use super::super::record;
use super::super::watch;
use super::made;

/// The brief, if this is one.
pub(super) fn read(content: &[u8]) -> Option<Brief> {
    serde_json::from_slice(content).ok()
}

/// The brief as a page, a document and a table.
pub(super) fn files(
    session: &Session<'_>,
    begun: &Begun,
    brief: &Brief,
) -> Result<Vec<(String, Vec<u8>)>> {
    let frame = frame(session, begun)?;
    Ok(vec![
        ("brief.html".to_owned(), html(brief, &frame).into_bytes()),
        ("brief.docx".to_owned(), docx(brief, &frame)),
        ("table.csv".to_owned(), csv(brief).into_bytes()),
    ])
}

/// What the page says beside what was found.
fn frame(session: &Session<'_>, begun: &Begun) -> Result<Frame> {
    let engine = &session.place.engine;
    let outcome = watch::expect(engine, begun.outcome)?;
    let record = record::record(session, begun, Vec::new())?;
    let asset = outcome.charter.asset;
    let purse = &outcome.purse;
    let decision_asked = super::super::input::value_text(&begun.inputs, "question").is_some();
    let conclusion = outcome.conclusion.as_ref();
    Ok(Frame {
        accountable: session.person_name.clone(),
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
            ("Paid to contributors", purse.paid),
            ("Fees", purse.fees),
            ("Taxes", purse.taxes),
            ("Returned to the funder", purse.refunded),
            ("Left in escrow", purse.available),
        ]
        .map(|(name, amount)| (name.to_owned(), asset.show(amount)))
        .to_vec(),
        outcome: begun.outcome.to_string(),
        prepared_on: engine.now().to_string().chars().take(10).collect(),
        recommendation: conclusion.and_then(|conclusion| conclusion.recommendation.clone()),
        sign_off: conclusion.map(|conclusion| sign_off(session, conclusion)),
        skipped: begun.skipped.clone(),
        statement: made::on_page(&engine.tasks_of(begun.outcome)?),
        title: outcome.charter.title.clone(),
    })
}

fn sign_off(session: &Session<'_>, conclusion: &consort_kernel::outcome::Conclusion) -> String {
    let how = if conclusion.opened.is_empty() {
        "Signed in advance, not opened"
    } else {
        "Signed"
    };
    format!(
        "{how}, {}. {} {}",
        session.person_name, conclusion.reason, conclusion.scope
    )
}

fn contribution(line: record::Contributed) -> Contribution {
    Contribution {
        cost: line.cost,
        kind: line.kind,
        tasks: line.tasks,
        who: line.who,
    }
}
