//! The proof that a network is the same in another place: the doctor examines it there and here, and
//! both have to tell the same.

use anyhow::Result;
use consort_engine::artefact::Artefacts;
use consort_engine::checkpoint::Signers;
use consort_engine::doctor::{Report, examine};
use consort_store::{Store, StoreError};

use crate::console::Console;

/// What a network keeps beside its database.
pub(crate) struct Beside {
    /// Material and results.
    pub(crate) artefacts: Artefacts,
    /// Whose signatures under checkpoints are known; nothing where nobody asks.
    pub(crate) signers: Option<Signers>,
}

/// What the doctor says of a network, in the place of which is told meanwhile.
pub(crate) fn look(
    store: &dyn Store,
    beside: &Beside,
    place: &str,
    console: &mut Console,
) -> Result<Report> {
    let mut shown = Ok(());
    let (artefacts, signers) = (Some(&beside.artefacts), beside.signers.as_ref());
    let report = examine(store, artefacts, signers, &mut |done, of| {
        if shown.is_ok() {
            shown = console.show(&format!("{place}: {done} of {of} events read again"));
        }
    })?;
    shown?;
    Ok(report)
}

/// What the two differ in, if they do.
pub(super) fn difference(
    before: &Report,
    after: &Report,
    source: &dyn Store,
    target: &dyn Store,
) -> Result<Option<&'static str>, StoreError> {
    let counts = |report: &Report| {
        let Report {
            events,
            streams,
            transfers,
            outcomes,
            checkpoints,
            ..
        } = report;
        [*events, *streams, *transfers, *outcomes, *checkpoints]
    };
    let differs = if !after.problems.is_empty() {
        Some("what follows from the events")
    } else if before.log_root != after.log_root || source.log()? != target.log()? {
        Some("the events")
    } else if counts(before) != counts(after) || source.counts(None)? != target.counts(None)? {
        Some("how many there are of something")
    } else if source.balances()? != target.balances()?
        || source.guarded_balances()? != target.guarded_balances()?
    {
        Some("the balances")
    } else {
        None
    };
    Ok(differs)
}

/// The first thing that is wrong with a network, and how many there are.
pub(crate) fn wrong(report: &Report) -> Option<String> {
    let first = report.problems.first()?;
    Some(format!(
        "{} problems, the first of them: {} {}",
        report.problems.len(),
        first.subject,
        first.text
    ))
}
