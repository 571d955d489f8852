//! Timers in memory: by stream and kind, and in the order in which they are due.

use consort_kernel::effect::{Timer, TimerChange, TimerKind};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::content::Content;

/// Sets or clears one timer.
pub(super) fn change(content: &mut Content, change: &TimerChange) {
    match change {
        TimerChange::Set(timer) => set(content, timer),
        TimerChange::Clear(stream, kind) => clear(content, *stream, *kind),
    }
}

/// Whether a timer is as it was read.
pub(super) fn stands(content: &Content, timer: &Timer) -> bool {
    let stored = content.timers.get(&(timer.stream, timer.kind));
    stored == Some(&(timer.number, timer.due_at))
}

/// Takes a timer away that fired.
pub(super) fn fire(content: &mut Content, timer: &Timer) {
    clear(content, timer.stream, timer.kind);
}

/// Makes a timer due at another moment, if there still is one of its number.
pub(super) fn extend(content: &mut Content, timer: &Timer) {
    let stored = content.timers.get(&(timer.stream, timer.kind));
    if stored.is_some_and(|(number, _)| *number == timer.number) {
        set(content, timer);
    }
}

/// Puts these timers in the place of all that are there.
pub(super) fn replace_all(content: &mut Content, timers: &[Timer]) {
    content.timers.clear();
    content.due.clear();
    for timer in timers {
        set(content, timer);
    }
}

/// Timers due at a moment, the earliest first; at the same moment in the order of their streams.
pub(super) fn due(content: &Content, now: Timestamp, limit: usize) -> Vec<Timer> {
    let due = content
        .due
        .iter()
        .take_while(|(at, _, _)| *at <= now)
        .take(limit);
    due.map(|(due_at, stream, kind)| Timer {
        stream: *stream,
        kind: *kind,
        number: content.timers[&(*stream, *kind)].0,
        due_at: *due_at,
    })
    .collect()
}

fn set(content: &mut Content, timer: &Timer) {
    clear(content, timer.stream, timer.kind);
    content
        .timers
        .insert((timer.stream, timer.kind), (timer.number, timer.due_at));
    content.due.insert((timer.due_at, timer.stream, timer.kind));
}

fn clear(content: &mut Content, stream: StreamId, kind: TimerKind) {
    if let Some((_, due_at)) = content.timers.remove(&(stream, kind)) {
        content.due.remove(&(due_at, stream, kind));
    }
}
