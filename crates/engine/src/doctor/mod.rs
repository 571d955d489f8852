//! The doctor: reads the whole record again and compares it with everything that was kept beside
//! it.
//!
//! Events are the record. States, transfers, acceptances, timers and balances follow from them,
//! and the log's root stands over them; all of it is computed anew here. Nothing is changed but by
//! `rebuild`, which writes only what can be derived.
//!
//! All of it is read at one moment of the store, so that a network may go on working meanwhile. Each
//! stream's state is kept in memory from its first event to its last, so a long history of closed
//! outcomes takes little.

mod acceptance;
mod artefact;
mod code;
mod event;
mod examination;
mod fold;
mod ledger;
mod log;
mod personal;
mod purse;
mod reaction;
mod rebuild;
mod report;
mod state;
mod stream;
mod timer;

pub use code::Code;
pub use rebuild::{Rebuilt, rebuild};
pub use report::{PROBLEMS_MAX, Problem, Report};

pub(crate) use fold::Fold;
pub(crate) use purse::{Moved, differences};

use consort_store::{Store, StoreError};

use crate::artefact::Artefacts;
use crate::checkpoint::Signers;
use examination::Examination;

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// Reads everything and tells what is wrong.
///
/// Artefacts are looked at when they are given, and signatures when the signers are. `progress` is
/// told how many events were read, and of how many.
pub fn examine(
    store: &dyn Store,
    artefacts: Option<&Artefacts>,
    signers: Option<&Signers>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, StoreError> {
    let snapshot = store.snapshot()?;
    let store = snapshot.as_ref();
    let mut examination = Examination::begin(store, artefacts, signers)?;
    let mut after = 0;
    loop {
        let page = store.feed(after, PAGE)?;
        let Some(last) = page.last() else {
            return examination.finish();
        };
        after = last.position;
        for row in &page {
            examination.event(row)?;
        }
        examination.settle()?;
        progress(after, examination.size().max(after));
    }
}
