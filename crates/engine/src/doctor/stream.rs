//! Streams: each one's fold, compared with the state that is kept of it.
//!
//! A fold is compared and let go when it has reached the version of its row.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::effect::Effects;
use consort_kernel::event::Envelope;
use consort_kernel::state::{STATE_FORM, State};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{StateQuery, StateRow, Store, StoreError};

use super::PAGE;
use super::fold::Fold;
use super::report::Findings;
use super::{Code, state};

/// What is known of a stream that was let go.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// The version of its row.
    version: u64,
    /// Whether an event of it was seen.
    seen: bool,
}

/// All streams.
#[derive(Default)]
pub(super) struct Streams {
    rows: BTreeMap<StreamId, Kept>,
    open: BTreeMap<StreamId, Fold>,
    /// Streams that cannot be folded any further.
    broken: BTreeSet<StreamId>,
    /// Streams that have reached the version of their row.
    reached: BTreeSet<StreamId>,
    seen: u64,
    outcomes: u64,
    outdated: u64,
}

impl Streams {
    /// Reads the versions of all states.
    pub(super) fn begin(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let mut query = StateQuery {
            limit: PAGE,
            ..StateQuery::default()
        };
        loop {
            let page = store.states(&query)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            query.after = Some(last.stream);
            for row in page {
                let kept = Kept {
                    version: row.version,
                    seen: false,
                };
                self.rows.insert(row.stream, kept);
            }
        }
    }

    /// When a stream changed last, if that is known.
    pub(super) fn recorded_at(&self, stream: StreamId) -> Option<Timestamp> {
        self.open.get(&stream).map(|fold| fold.recorded_at)
    }

    pub(super) const fn seen(&self) -> u64 {
        self.seen
    }

    pub(super) const fn outcomes(&self) -> u64 {
        self.outcomes
    }

    /// Whether an event of the stream was seen.
    pub(super) fn is_known(&self, stream: StreamId) -> bool {
        self.open.contains_key(&stream) || self.rows.get(&stream).is_some_and(|kept| kept.seen)
    }

    pub(super) fn is_broken(&self, stream: StreamId) -> bool {
        self.broken.contains(&stream)
    }

    /// Gives a stream up: an event of it cannot be taken in.
    pub(super) fn give_up(&mut self, stream: StreamId) {
        self.begin_stream(stream);
        self.broken.insert(stream);
        self.open.remove(&stream);
        self.reached.remove(&stream);
    }

    /// Takes in an event; what follows from it and the state after it come back.
    pub(super) fn take_in(
        &mut self,
        store: &dyn Store,
        envelope: &Envelope,
        findings: &mut Findings,
    ) -> Result<Option<(Effects, &State)>, StoreError> {
        let stream = envelope.stream;
        if self.is_broken(stream) {
            return Ok(None);
        }
        if !self.open.contains_key(&stream) {
            let fold = if self.is_known(stream) {
                // It was let go too early, because its row is older than its history.
                Fold::of_history(store, stream, envelope.version - 1, &mut |_| {})?
            } else {
                Some(Fold::default())
            };
            self.begin_stream(stream);
            self.open.insert(stream, fold.unwrap_or_default());
        }
        let fold = self.open.entry(stream).or_default();
        let before = fold.version;
        let Ok(effects) = fold.take_in(envelope) else {
            let (code, text) = if envelope.version == before + 1 {
                let text = "it cannot follow on the events before it".to_owned();
                (Code::EventDoesNotFollow, text)
            } else {
                let text = format!("it comes after event {before} of its stream");
                (Code::StreamGap, text)
            };
            let subject = format!("event {} of {stream}", envelope.version);
            findings.problem(code, subject, text);
            self.give_up(stream);
            return Ok(None);
        };
        let row = self.rows.get(&stream).map(|kept| kept.version);
        if row == Some(envelope.version) {
            self.reached.insert(stream);
        }
        let state = self.open.get(&stream).and_then(|fold| fold.state.as_ref());
        Ok(state.map(|state| (effects, state)))
    }

    /// Compares the streams that reached the version of their row, and lets them go.
    pub(super) fn settle(
        &mut self,
        store: &dyn Store,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let mut reached: Vec<StreamId> = std::mem::take(&mut self.reached).into_iter().collect();
        // One that has gone on beyond its row is told of at the end.
        reached.retain(|stream| {
            let version = self.open.get(stream).map(|fold| fold.version);
            version == self.rows.get(stream).map(|kept| kept.version)
        });
        self.compare(store, &reached, findings)
    }

    pub(super) fn finish(
        &mut self,
        store: &dyn Store,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let open: Vec<StreamId> = self.open.keys().copied().collect();
        for page in open.chunks(PAGE) {
            self.compare(store, page, findings)?;
        }
        for (stream, kept) in &self.rows {
            if !kept.seen {
                let text = "there is a state, and no event that it comes from".to_owned();
                findings.problem(Code::StateWithoutEvents, stream, text);
            }
        }
        if self.outdated > 0 {
            findings.outdated();
            findings.note(format!(
                "{} states are kept in another form than this version writes; they can be folded \
                 anew with --rebuild.",
                self.outdated
            ));
        }
        Ok(())
    }

    fn begin_stream(&mut self, stream: StreamId) {
        let is_new = match self.rows.get_mut(&stream) {
            Some(kept) => !std::mem::replace(&mut kept.seen, true),
            None => !self.open.contains_key(&stream) && !self.broken.contains(&stream),
        };
        self.seen += u64::from(is_new);
        self.outcomes += u64::from(is_new && matches!(stream, StreamId::Outcome(_)));
    }

    fn compare(
        &mut self,
        store: &dyn Store,
        streams: &[StreamId],
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let rows = store.load(streams)?;
        let rows: BTreeMap<StreamId, StateRow> =
            rows.into_iter().map(|row| (row.stream, row)).collect();
        for stream in streams {
            let Some(fold) = self.open.remove(stream) else {
                continue;
            };
            match rows.get(stream) {
                None => {
                    let text = format!("{} events have no state", fold.version);
                    findings.problem(Code::StateMissing, stream, text);
                }
                Some(row) if row.version != fold.version => {
                    let text = format!(
                        "its state is of version {}, and it has {} events",
                        row.version, fold.version
                    );
                    findings.problem(Code::StateStale, stream, text);
                }
                Some(row) => self.compare_row(row, &fold, findings),
            }
        }
        Ok(())
    }

    fn compare_row(&mut self, row: &StateRow, fold: &Fold, findings: &mut Findings) {
        let Some(expected) = fold.row(row.stream) else {
            return;
        };
        if row.form != STATE_FORM {
            self.outdated += 1;
            return;
        }
        if let Some(text) = state::difference(row, &expected) {
            findings.problem(Code::StateDiffers, row.stream, text);
        }
    }
}
