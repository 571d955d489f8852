//! What belongs into an archive: the outcome's events, those of others that they rest on, and the
//! artefacts that they refer to.
//!
//! Of other streams only what concerns the outcome is taken: who took part and what came of it for
//! them, and who gave money. The rest of their histories is nobody else's business.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::command::Principal;
use consort_kernel::contributor::{ContributorEvent, Nature};
use consort_kernel::digest::Digest;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::organisation::OrganisationEvent;
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{ContextSource, DataClass, Method, Submission, TaskEvent};
use consort_store::{StateQuery, Store, StoreError};

use super::ArchiveError;
use super::event::Line;
use crate::artefact::Artefacts;
use crate::runner::sources;

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// What was gathered.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) lines: Vec<Line>,
    /// Streams and versions of these events.
    pub(super) events: BTreeSet<(StreamId, u64)>,
    /// Artefacts that have to be in it.
    pub(super) handed_in: BTreeSet<Digest>,
    /// Artefacts that tasks were given, with the strictest class that any of them says.
    pub(super) context: BTreeMap<Digest, DataClass>,
    /// Those of them that are lists of others.
    pub(super) lists: BTreeMap<Digest, DataClass>,
    /// What the signer had opened.
    pub(super) opened: BTreeSet<Digest>,
    tasks: BTreeSet<TaskId>,
    /// Others that the events name, and whether their histories were read.
    others: BTreeMap<StreamId, bool>,
}

/// Gathers what belongs to an outcome, of the first `size` events.
pub(super) fn gather(
    store: &dyn Store,
    outcome: OutcomeId,
    size: u64,
) -> Result<Gathered, ArchiveError> {
    let mut gathered = Gathered {
        tasks: tasks(store, outcome)?,
        ..Gathered::default()
    };
    let tasks: Vec<StreamId> = gathered.tasks.iter().copied().map(StreamId::Task).collect();
    for stream in std::iter::once(StreamId::Outcome(outcome)).chain(tasks) {
        gathered.read(store, stream, size, |_, _| true)?;
    }
    if gathered.lines.is_empty() {
        return Err(ArchiveError::UnknownOutcome(outcome));
    }
    // Reading one may name another: an agent has an operator, an organisation an owner.
    loop {
        let unread = gathered.others.iter().find(|(_, read)| !**read);
        let Some(stream) = unread.map(|(stream, _)| *stream) else {
            break;
        };
        gathered.others.insert(stream, true);
        gathered.read(store, stream, size, |tasks, envelope| {
            concerns(&envelope.event, outcome, tasks)
        })?;
    }
    gathered.lines.sort_unstable();
    Ok(gathered)
}

/// Whether an event of somebody else's concerns the outcome.
pub(super) fn concerns(event: &Event, outcome: OutcomeId, tasks: &BTreeSet<TaskId>) -> bool {
    match event {
        Event::Contributor(event) => match event {
            ContributorEvent::Added { .. } => true,
            ContributorEvent::StandingChanged { task, .. }
            | ContributorEvent::Tied {
                task: Some(task), ..
            } => tasks.contains(task),
            ContributorEvent::Declared { .. }
            | ContributorEvent::Suspended { .. }
            | ContributorEvent::Reinstated { .. }
            | ContributorEvent::PayoutSet { .. }
            | ContributorEvent::Tied { task: None, .. } => false,
        },
        Event::Organisation(event) => match event {
            OrganisationEvent::Founded { .. } => true,
            OrganisationEvent::Funded { outcome: of, .. }
            | OrganisationEvent::RefundTaken { outcome: of, .. } => *of == outcome,
            OrganisationEvent::Deposited { .. } | OrganisationEvent::RolesSet { .. } => false,
        },
        Event::Network(_) | Event::Outcome(_) | Event::Task(_) => false,
    }
}

/// The tasks of an outcome.
fn tasks(store: &dyn Store, outcome: OutcomeId) -> Result<BTreeSet<TaskId>, StoreError> {
    let mut query = StateQuery {
        kind: Some("task"),
        parent: Some(StreamId::Outcome(outcome)),
        limit: PAGE,
        ..StateQuery::default()
    };
    let mut tasks = BTreeSet::new();
    loop {
        let page = store.states(&query)?;
        let Some(last) = page.last() else {
            return Ok(tasks);
        };
        query.after = Some(last.stream);
        for row in page {
            if let StreamId::Task(task) = row.stream {
                tasks.insert(task);
            }
        }
    }
}

impl Gathered {
    /// Reads a history and takes in those of its events that are wanted.
    fn read(
        &mut self,
        store: &dyn Store,
        stream: StreamId,
        size: u64,
        is_wanted: impl Fn(&BTreeSet<TaskId>, &Envelope) -> bool,
    ) -> Result<(), ArchiveError> {
        let mut version = 0;
        loop {
            let page = store.history(stream, version, PAGE)?;
            if page.is_empty() {
                return Ok(());
            }
            for row in page {
                version = row.event.version;
                let envelope = Envelope::from_stored(&row.event.body).map_err(|error| {
                    StoreError::Damaged(format!("event {}: {error}", row.position))
                })?;
                if row.position > size {
                    return Ok(());
                }
                if is_wanted(&self.tasks, &envelope) {
                    self.take_in(&envelope);
                    self.events.insert((stream, version));
                    self.lines.push(Line {
                        position: row.position,
                        body: row.event.body,
                    });
                }
            }
        }
    }

    /// Takes in what the lists of context name. A list that is not here any more names nothing.
    pub(super) fn open_lists(&mut self, artefacts: &Artefacts) {
        for (list, held) in std::mem::take(&mut self.lists) {
            let Ok(named) = sources(artefacts, &ContextSource::Group(list)) else {
                continue;
            };
            for source in named {
                if let ContextSource::Artefact(digest) = source {
                    let class = self.context.entry(digest).or_insert(held);
                    *class = (*class).max(held);
                }
            }
        }
    }

    fn take_in(&mut self, envelope: &Envelope) {
        if let Principal::Contributor(id) = envelope.principal {
            self.somebody(id);
        }
        match &envelope.event {
            Event::Contributor(ContributorEvent::Added { nature, .. }) => match nature {
                Nature::Agent { operator, .. } => self.somebody(*operator),
                Nature::Person => {}
            },
            Event::Organisation(OrganisationEvent::Founded { owner, .. }) => self.somebody(*owner),
            Event::Contributor(_) | Event::Organisation(_) | Event::Network(_) => {}
            Event::Outcome(event) => self.of_outcome(event),
            Event::Task(event) => self.of_task(event),
        }
    }

    fn of_outcome(&mut self, event: &OutcomeEvent) {
        match event {
            OutcomeEvent::Created(charter) => {
                self.somebody(charter.accountable);
                self.name(StreamId::Organisation(charter.organisation));
            }
            OutcomeEvent::Funded { funder, .. } => self.name(StreamId::Organisation(*funder)),
            OutcomeEvent::SignedOff { by, conclusion, .. } => {
                self.somebody(*by);
                self.opened.extend(&conclusion.opened);
            }
            OutcomeEvent::PreApproved { .. }
            | OutcomeEvent::PreApprovalRevoked { .. }
            | OutcomeEvent::PlanChanged { .. }
            | OutcomeEvent::Started {}
            | OutcomeEvent::Paused { .. }
            | OutcomeEvent::Resumed { .. }
            | OutcomeEvent::CancelRequested { .. }
            | OutcomeEvent::CancellationSpread { .. }
            | OutcomeEvent::ResumptionSpread { .. }
            | OutcomeEvent::TaskSettled(_)
            | OutcomeEvent::BecameOverdue {}
            | OutcomeEvent::Closed { .. } => {}
        }
    }

    fn of_task(&mut self, event: &TaskEvent) {
        match event {
            TaskEvent::Opened(opening) => {
                for item in &opening.spec.instructions.context {
                    let digest = match item.source {
                        ContextSource::Artefact(digest) => digest,
                        ContextSource::Group(list) => {
                            let class = self.lists.entry(list).or_insert(item.class);
                            *class = (*class).max(item.class);
                            list
                        }
                        ContextSource::Output(_) => continue,
                    };
                    let class = self.context.entry(digest).or_insert(item.class);
                    *class = (*class).max(item.class);
                }
                for criterion in &opening.spec.instructions.criteria {
                    // A known answer stays here: it would be known no more where it was read.
                    if let Method::Schema(digest) = criterion.method {
                        self.context.entry(digest).or_insert(DataClass::Public);
                    }
                }
            }
            TaskEvent::Claimed { holder, .. } => {
                self.somebody(holder.id);
                self.somebody(holder.payee);
            }
            TaskEvent::Drafted { submission, .. } | TaskEvent::Submitted { submission, .. } => {
                self.handed_in.extend(digests(submission));
            }
            TaskEvent::Checked { checks, .. } => {
                let evidence = checks.iter().filter_map(|check| check.evidence);
                self.handed_in.extend(evidence);
            }
            TaskEvent::ChangesAdded { by, .. }
            | TaskEvent::Extended { by, .. }
            | TaskEvent::Reassigned { by, .. } => {
                self.somebody(*by);
            }
            TaskEvent::KeptApart { from, .. } => self.somebody(*from),
            TaskEvent::Reviewed { review, .. } => self.somebody(review.by.id),
            TaskEvent::Accepted { settlement, .. } => self.somebody(settlement.approval.by()),
            TaskEvent::DependentLinked { .. }
            | TaskEvent::DependencyMet { .. }
            | TaskEvent::Offered { .. }
            | TaskEvent::NobodyFound { .. }
            | TaskEvent::Declined { .. }
            | TaskEvent::OfferLapsed { .. }
            | TaskEvent::LeaseExpired { .. }
            | TaskEvent::Released { .. }
            | TaskEvent::Asked { .. }
            | TaskEvent::Answered { .. }
            | TaskEvent::Noted { .. }
            | TaskEvent::ChangesRequested { .. }
            | TaskEvent::Escalated { .. }
            | TaskEvent::Failed { .. }
            | TaskEvent::Cancelled { .. } => {}
        }
    }

    fn somebody(&mut self, id: ContributorId) {
        self.name(StreamId::Contributor(id));
    }

    fn name(&mut self, stream: StreamId) {
        self.others.entry(stream).or_insert(false);
    }
}

/// The artefacts of a submission.
pub(super) fn digests(submission: &Submission) -> impl Iterator<Item = Digest> {
    std::iter::once(submission.content).chain(submission.files.values().copied())
}
