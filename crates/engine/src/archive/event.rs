//! The lines of `events.jsonl`: an event byte for byte, and its place in the feed.

use consort_kernel::event::Envelope;
use consort_kernel::log::leaf_hash;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An event with its place in the feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) position: u64,
    pub(super) body: String,
}

/// How a line is written; the event is copied and not read.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    event: &'a RawValue,
    position: String,
}

impl Line {
    /// The hash of the event's leaf.
    pub(super) fn leaf(&self) -> consort_kernel::digest::Digest {
        leaf_hash(self.body.as_bytes())
    }

    /// The event.
    pub(super) fn envelope(&self) -> Option<Envelope> {
        Envelope::from_stored(&self.body).ok()
    }
}

/// The lines as text.
pub(super) fn write(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        // Put together by hand, so that the event's bytes stay as they are.
        text.push_str("{\"event\":");
        text.push_str(&line.body);
        text.push_str(",\"position\":\"");
        text.push_str(&line.position.to_string());
        text.push_str("\"}\n");
    }
    text
}

/// The lines of a text, if it was written so and their places ascend.
pub(super) fn read(text: &str) -> Result<Vec<Line>, String> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let read: Option<Written<'_>> = serde_json::from_str(line).ok();
        let read = read.and_then(|read| {
            Some(Line {
                position: read.position.parse().ok()?,
                body: read.event.get().to_owned(),
            })
        });
        let read = read.ok_or_else(|| format!("line {number} is no event with its place"))?;
        if lines.last().map_or(0, |last| last.position) >= read.position {
            return Err(format!("line {number} is not in the order of the feed"));
        }
        lines.push(read);
    }
    if write(&lines) == text {
        Ok(lines)
    } else {
        Err("its lines are not written as they should be".to_owned())
    }
}
