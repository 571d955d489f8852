//! The doctor: reads the whole record again and compares it with everything that was kept beside
//! it.
//!
//! Events are the record. States, transfers, acceptances, leases, timers, receipts, messages and
//! balances follow from them, and the log's root stands over them; all of it is computed anew here.
//! Nothing is changed but by `rebuild`, which writes only what can be derived. Damage is a finding
//! and never an error, wherever it is met.
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
mod lease;
mod ledger;
mod log;
mod message;
mod personal;
mod purse;
mod reaction;
mod rebuild;
mod receipt;
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

/// Reads everything and tells what is wrong. It fails only where the store cannot be read at all, as on
/// a failing disk.
///
/// Artefacts are looked at when they are given, and signatures when the signers are. `progress` is
/// told how many events were read, and of how many.
pub fn examine(
    store: &dyn Store,
    artefacts: Option<&Artefacts>,
    signers: Option<&Signers>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, StoreError> {
    let snapshot = match store.snapshot() {
        Ok(snapshot) => snapshot,
        Err(StoreError::Damaged(text)) => return Ok(Report::unreadable(text)),
        Err(error) => return Err(error),
    };
    let mut examination = Examination::new(snapshot.as_ref(), artefacts, signers);
    let read = examination.read_all(progress);
    examination.conclude(read)
}
