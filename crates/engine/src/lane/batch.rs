//! One batch: commands decided one after the other, each on what the ones before it left.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use consort_kernel::command::{Body, Command, Context, Principal};
use consort_kernel::decide::{Reliance, decide, effects, guards_network, lists_rows, reads};
use consort_kernel::digest::Digest;
use consort_kernel::event::{EVENT_BYTES_MAX, EVENT_FORM, Envelope, Event};
use consort_kernel::id::CommandId;
use consort_kernel::network::Policy;
use consort_kernel::rejection::Rejection;
use consort_kernel::state::{Rows, State};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{Identity, Store, StoreError};

use super::cache::{Cache, Cached};
use super::connected::Touched;
use super::view::View;
use super::write::{Changed, Writes};
use super::{Answer, LaneError, Reaction, Work};

/// A batch that is being decided.
pub(super) struct Batch<'a> {
    store: &'a dyn Store,
    cache: &'a mut Cache,
    identity: &'a Identity,
    /// Whether no other process writes, so that cached rows are fresh.
    alone: bool,
    now: Timestamp,
    quarantined: &'a BTreeMap<CommandId, Arc<str>>,
    /// States that this batch changed.
    changed: BTreeMap<StreamId, Changed>,
    /// Streams that are known not to exist.
    absent: BTreeSet<StreamId>,
    /// Streams that were read from the store in this batch.
    fresh: BTreeSet<StreamId>,
    writes: Writes,
    touched: Vec<Touched>,
    /// Reactions that wait, with the place in `touched` of the command that they follow from.
    waiting: VecDeque<(Reaction, usize)>,
}

/// A decision whose events can be recorded.
struct Decided {
    events: Vec<(StreamId, Event)>,
    policy: u32,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        store: &'a dyn Store,
        cache: &'a mut Cache,
        identity: &'a Identity,
        quarantined: &'a BTreeMap<CommandId, Arc<str>>,
        alone: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            store,
            cache,
            identity,
            alone,
            now,
            quarantined,
            changed: BTreeMap::new(),
            absent: BTreeSet::new(),
            fresh: BTreeSet::new(),
            writes: Writes::new(identity.epoch),
            touched: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    /// Loads what these commands look at, in two reads: their targets, then what those name.
    pub(super) fn prefetch<'c>(
        &mut self,
        commands: impl Iterator<Item = &'c Command> + Clone,
    ) -> Result<(), StoreError> {
        let network = StreamId::Network(self.identity.network);
        let targets = commands.clone().map(|command| command.body.target());
        self.ensure(targets.chain([network]).collect())?;
        let named: Vec<StreamId> = commands
            .flat_map(|command| reads(command, self.view().state(command.body.target())))
            .map(|(stream, _)| stream)
            .collect();
        self.ensure(named)
    }

    /// Decides one piece of work and keeps what comes of it.
    pub(super) fn run(
        &mut self,
        work: &Work,
        digest: Digest,
    ) -> Result<Result<Answer, LaneError>, StoreError> {
        let command = work.command();
        let place = self.touched.len();
        self.touched.push(Touched {
            command: Some(command.id),
            ..Touched::default()
        });
        let decided = self.decided(command, place)?;
        if let Work::Timer(timer, command) = work {
            self.writes.fired(timer, command.id);
        }
        if let Work::Reaction(reaction) = work {
            self.writes.reaction_done(reaction.command.id);
        }
        let decided = match decided {
            Ok(decided) => decided,
            Err(error) => {
                if let (Work::Reaction(reaction), LaneError::Rejected(why)) = (work, &error) {
                    self.writes.refused(&reaction.command, why.code(), self.now);
                }
                return Ok(Err(error));
            }
        };
        let correlation = match work {
            Work::Reaction(reaction) => Some(reaction.correlation),
            Work::Command(_) | Work::Timer(..) => None,
        };
        let target = command.body.target();
        let on_target = decided
            .events
            .iter()
            .filter(|(stream, _)| *stream == target);
        let answer = Answer {
            command: command.id,
            events: on_target.map(|(_, event)| event.clone()).collect(),
            repeated: false,
        };
        let receipt_of = matches!(work, Work::Command(_)).then_some(digest);
        self.record(command, correlation, decided, place, receipt_of)?;
        Ok(Ok(answer))
    }

    /// Decides what follows from the events so far, on other streams, while the batch has room.
    /// The rest is stored and comes next, and so is what lists rows: the events so far have to be
    /// committed before it looks.
    pub(super) fn react(
        &mut self,
        events_max: usize,
    ) -> Result<Result<(), (CommandId, Arc<str>)>, StoreError> {
        while let Some((reaction, place)) = self.waiting.pop_front() {
            if self.writes.events() >= events_max || lists_rows(&reaction.command) {
                self.writes.store_reaction(&reaction);
                continue;
            }
            let command = &reaction.command;
            if let Some(why) = self.quarantined.get(&command.id) {
                self.writes.refused(command, why, self.now);
                continue;
            }
            self.prefetch([command].into_iter())?;
            match self.decided(command, place)? {
                Ok(decided) => {
                    self.record(command, Some(reaction.correlation), decided, place, None)?;
                }
                Err(LaneError::Quarantined(why)) => return Ok(Err((command.id, why))),
                Err(LaneError::Rejected(why)) => self.writes.refused(command, why.code(), self.now),
                Err(other @ (LaneError::Store(_) | LaneError::Busy)) => {
                    return Err(StoreError::Failed(other.to_string()));
                }
            }
        }
        Ok(Ok(()))
    }

    /// The batch as it shall be committed, and what each command touched.
    pub(super) fn finish(mut self) -> (Writes, Vec<Touched>) {
        let changed = std::mem::take(&mut self.changed);
        (self.writes.with_states(changed), self.touched)
    }

    fn decided(
        &mut self,
        command: &Command,
        place: usize,
    ) -> Result<Result<Decided, LaneError>, StoreError> {
        let mut decided = self.decide_once(command)?;
        let is_final = match &decided {
            Err(LaneError::Rejected(_)) => true,
            Ok(decided) => decided.events.is_empty(),
            Err(LaneError::Store(_) | LaneError::Busy | LaneError::Quarantined(_)) => false,
        };
        if !self.alone && is_final {
            // What was cached may be out of date. Neither a rejection nor finding nothing to do is
            // held against the rows at the commit, so both have to be certain.
            if self.refresh(command)? {
                decided = self.decide_once(command)?;
            }
        }
        let reliances = reads(command, self.view().state(command.body.target()));
        let touched = &mut self.touched[place];
        touched.read.insert(command.body.target());
        touched
            .read
            .extend(reliances.iter().map(|(stream, _)| *stream));
        // What the engine asks and is refused is not asked again by somebody who knows better, so
        // what it was refused on has to hold at the commit, too.
        let has_events = matches!(&decided, Ok(decided) if !decided.events.is_empty());
        if has_events || command.principal == Principal::Engine {
            let mut guarded: Vec<StreamId> = reliances
                .into_iter()
                .filter(|(_, reliance)| *reliance == Reliance::Guarded)
                .map(|(stream, _)| stream)
                .collect();
            if guards_network(command) {
                guarded.push(StreamId::Network(self.identity.network));
            }
            for stream in guarded {
                // A row that this batch changes is compared by its version; one that does not
                // exist was not relied on.
                let relied_on = self.cache.get(stream).map(|cached| cached.fence);
                if let Some(fence) = relied_on.filter(|_| !self.changed.contains_key(&stream)) {
                    self.writes.guard(stream, fence);
                }
            }
        }
        Ok(decided)
    }

    fn decide_once(&mut self, command: &Command) -> Result<Result<Decided, LaneError>, StoreError> {
        if let Some(moved) = self.moved(command) {
            return Ok(Err(moved.into()));
        }
        let view = self.view();
        let default = Policy::default();
        let policy = view.network().map_or(&default, |network| &network.policy);
        let context = Context {
            now: self.now,
            principal: command.principal,
            policy,
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| decide(&view, command, &context)));
        let policy = policy.version;
        view.failure()?;
        match outcome {
            Err(panic) => Ok(Err(LaneError::Quarantined(panic_text(panic.as_ref())))),
            Ok(Err(why)) => Ok(Err(why.into())),
            Ok(Ok(events)) => Ok(check_sizes(&events)
                .map(|()| Decided { events, policy })
                .map_err(LaneError::from)),
        }
    }

    /// That more has happened than who asks has seen. What they have seen is compared with the row
    /// that the decision rests on, and the commit compares that one with what is stored: of two who
    /// saw the same, one comes through.
    fn moved(&self, command: &Command) -> Option<Rejection> {
        let stream = command.body.target();
        let (seen, is) = (command.expected?, self.version(stream));
        (seen != is).then_some(Rejection::Moved { stream, seen, is })
    }

    /// Applies events, and keeps them with all that follows from them.
    fn record(
        &mut self,
        command: &Command,
        correlation: Option<CommandId>,
        decided: Decided,
        place: usize,
        receipt_of: Option<Digest>,
    ) -> Result<(), StoreError> {
        let target = command.body.target();
        let first_version = self.version(target) + 1;
        let mut on_target = 0_u16;
        for (stream, event) in decided.events {
            let version = self.version(stream) + 1;
            on_target += u16::from(stream == target);
            let base = self.base(stream);
            // A clock may go back; the times of one stream do not.
            let at = self.now.max(base.recorded_at);
            let state = State::apply(base.state, stream, &event, at)
                .map_err(|error| StoreError::Damaged(error.to_string()))?;
            let follows = effects(&state, &event, at);
            let fence = if event.moves_fence() {
                version
            } else {
                base.fence
            };
            self.writes.event(Envelope {
                cause: command.id,
                correlation,
                effective_at: None,
                event,
                form: EVENT_FORM,
                on_behalf_of: None,
                organisation: state.organisation(),
                policy: decided.policy,
                principal: command.principal,
                recorded_at: at,
                stream,
                version,
            });
            let root = correlation.unwrap_or(command.id);
            self.wait(&follows.reactions, (at, stream, version), root, place);
            self.writes.effects(stream, version, at, follows);
            self.touched[place].wrote.insert(stream);
            self.absent.remove(&stream);
            let cached = Cached {
                state,
                version,
                fence,
                recorded_at: at,
            };
            let read_version = base.read_version;
            self.changed.insert(
                stream,
                Changed {
                    cached,
                    read_version,
                },
            );
        }
        if let Some(digest) = receipt_of {
            self.writes
                .receipt(command, digest, first_version, on_target, self.now);
        }
        self.writes.personal(target, &command.personal);
        Ok(())
    }

    /// Queues what an event asks of other streams.
    fn wait(
        &mut self,
        bodies: &[Body],
        (at, stream, version): (Timestamp, StreamId, u64),
        root: CommandId,
        place: usize,
    ) {
        for (index, body) in bodies.iter().enumerate() {
            let command = Command {
                body: body.clone(),
                expected: None,
                // The event's own moment, which is later than the lane's where another server's clock is ahead:
                // whoever reads the record knows no other.
                id: CommandId::following(at, stream, version, index),
                personal: Vec::new(),
                principal: Principal::Engine,
            };
            self.waiting.push_back((
                Reaction {
                    command,
                    correlation: root,
                },
                place,
            ));
        }
    }

    /// The state that the next event of a stream is applied to, taken out of where it is.
    fn base(&mut self, stream: StreamId) -> Base {
        if let Some(Changed {
            cached,
            read_version,
        }) = self.changed.remove(&stream)
        {
            return Base {
                state: Some(cached.state),
                fence: cached.fence,
                recorded_at: cached.recorded_at,
                read_version,
            };
        }
        match self.cache.take(stream) {
            Some(cached) => Base {
                state: Some(cached.state),
                fence: cached.fence,
                recorded_at: cached.recorded_at,
                read_version: cached.version,
            },
            None => Base {
                state: None,
                fence: 0,
                recorded_at: Timestamp::default(),
                read_version: 0,
            },
        }
    }

    fn version(&self, stream: StreamId) -> u64 {
        let changed = self
            .changed
            .get(&stream)
            .map(|changed| changed.cached.version);
        changed
            .or_else(|| self.cache.get(stream).map(|cached| cached.version))
            .unwrap_or(0)
    }

    /// Loads streams that are neither cached nor known to be absent.
    fn ensure(&mut self, streams: Vec<StreamId>) -> Result<(), StoreError> {
        let missing: BTreeSet<StreamId> = streams
            .into_iter()
            .filter(|stream| {
                !self.changed.contains_key(stream)
                    && !self.absent.contains(stream)
                    && self.cache.get(*stream).is_none()
            })
            .collect();
        self.load(missing)
    }

    /// Loads again what a command looks at and this batch has neither changed nor read itself.
    fn refresh(&mut self, command: &Command) -> Result<bool, StoreError> {
        let target = command.body.target();
        let named = reads(command, self.view().state(target))
            .into_iter()
            .map(|(stream, _)| stream);
        let network = StreamId::Network(self.identity.network);
        let stale: BTreeSet<StreamId> = named
            .chain([target, network])
            .filter(|stream| !self.changed.contains_key(stream) && !self.fresh.contains(stream))
            .collect();
        if stale.is_empty() {
            return Ok(false);
        }
        for stream in &stale {
            self.cache.forget(*stream);
            self.absent.remove(stream);
        }
        self.load(stale)?;
        self.prefetch([command].into_iter())?;
        Ok(true)
    }

    fn load(&mut self, streams: BTreeSet<StreamId>) -> Result<(), StoreError> {
        if streams.is_empty() {
            return Ok(());
        }
        let wanted: Vec<StreamId> = streams.iter().copied().collect();
        for row in self.store.load(&wanted)? {
            let state = serde_json::from_str(&row.body).map_err(|error| {
                StoreError::Damaged(format!("the state of {}: {error}", row.stream))
            })?;
            let cached = Cached {
                state,
                version: row.version,
                fence: row.fence,
                recorded_at: row.recorded_at,
            };
            self.cache.put(row.stream, cached);
        }
        for stream in wanted {
            if self.cache.get(stream).is_none() {
                self.absent.insert(stream);
            }
        }
        self.fresh.extend(streams);
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::new(self.store, &self.changed, self.cache, self.identity.network)
    }
}

/// The state that an event is applied to.
struct Base {
    state: Option<State>,
    fence: u64,
    recorded_at: Timestamp,
    read_version: u64,
}

/// Refuses a decision whose events would be too large to be stored.
fn check_sizes(events: &[(StreamId, Event)]) -> Result<(), Rejection> {
    for (_, event) in events {
        let bytes = consort_kernel::canonical::write(event).len();
        if bytes > EVENT_BYTES_MAX - ENVELOPE_BYTES_MAX {
            return Err(Rejection::LimitReached {
                what: "bytes in an event",
                limit: EVENT_BYTES_MAX,
            });
        }
    }
    Ok(())
}

/// What an envelope adds to its event, at the most.
const ENVELOPE_BYTES_MAX: usize = 1_024;

fn panic_text(panic: &(dyn std::any::Any + Send)) -> Arc<str> {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").into()
}
