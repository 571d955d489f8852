//! The discussion of an outcome: whoever sees the outcome says something, changes it for a while, and
//! takes it back. One door for the pages and for the API.
//!
//! A remark decides nothing and is no part of the record: what is decided has its own events, with their
//! reasons. Questions to somebody about a task stay with the task.

use consort_engine::access::Remark;
use consort_kernel::id::{CommandId, ContributorId, OutcomeId};
use consort_kernel::outcome::Outcome;
use consort_kernel::rejection::Rejection;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};

use crate::key::Key;
use crate::server::{Failure, Web, rejected};
use crate::sight::{self, Sight};

/// The longest remark, in letters: longer things are handed in, or belong into the narrative.
pub(crate) const TEXT_MAX: usize = 4_000;
/// How many remarks somebody makes in a minute, in all discussions: more is a program that runs wild.
const SAID_MAX: usize = 20;
const MINUTE_MS: i64 = 60_000;
/// For how long its author may change a remark, or take it back: until others rest on it.
const CHANGE_MS: i64 = 15 * MINUTE_MS;
/// How many remarks a page shows.
pub(crate) const PAGE: usize = 50;
/// How many tasks are looked through for those who are in an outcome, the newest.
const TASKS_MAX: usize = 500;
/// How many remarks are looked through for those who spoke, the newest.
const SPOKEN_MAX: usize = 200;

/// Those in an outcome, who can be named, with the longest names first.
pub(crate) struct Circle(Vec<(String, ContributorId)>);

/// A piece of a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// Somebody who is named, with their name.
    Somebody(ContributorId, &'a str),
    /// Something that is named by its identifier.
    Thing(StreamId, &'a str),
}

impl Circle {
    /// Those who answer for an outcome, are in its organisation, have a part in its tasks, or spoke.
    pub(crate) fn of(web: &Web, outcome: &Outcome) -> Result<Self, Failure> {
        let engine = &web.engine;
        let charter = &outcome.charter;
        let mut who = charter.escalation.clone();
        who.push(charter.accountable);
        let organisation = StreamId::Organisation(charter.organisation);
        if let Some(State::Organisation(it)) = engine.shared_state(organisation)?.as_deref() {
            who.push(it.owner);
            who.extend(it.members.keys());
        }
        for task in engine.tasks_before(Some(outcome.id), &[], None, TASKS_MAX)? {
            who.extend(in_task(&task));
        }
        let spoken = web.access.remarks(outcome.id, None, SPOKEN_MAX)?;
        who.extend(spoken.iter().map(|it| it.by));
        who.sort_unstable();
        who.dedup();
        let mut named = Vec::new();
        for id in who {
            if let Some(name) = engine.name_of(id)? {
                named.push((name, id));
            }
        }
        Ok(Self::named(named))
    }

    fn named(mut named: Vec<(String, ContributorId)>) -> Self {
        named.sort_by(|one, other| {
            let length = |it: &(String, ContributorId)| std::cmp::Reverse(it.0.len());
            (length(one), &one.0).cmp(&(length(other), &other.0))
        });
        Self(named)
    }

    /// A text in pieces: `@Name` of somebody in the circle, identifiers, and the words between.
    pub(crate) fn pieces<'a>(&self, text: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let (mut from, mut at) = (0, 0);
        let mut before = None;
        while let Some(letter) = text[at..].chars().next() {
            let found = if before.is_some_and(is_of_word) {
                None
            } else {
                self.named_at(&text[at..]).or_else(|| thing(&text[at..]))
            };
            if let Some((piece, length)) = found {
                if from < at {
                    pieces.push(Piece::Text(&text[from..at]));
                }
                pieces.push(piece);
                at += length;
                from = at;
                before = text[..at].chars().next_back();
            } else {
                at += letter.len_utf8();
                before = Some(letter);
            }
        }
        if from < text.len() {
            pieces.push(Piece::Text(&text[from..]));
        }
        pieces
    }

    fn named_at<'a>(&self, text: &'a str) -> Option<(Piece<'a>, usize)> {
        let rest = text.strip_prefix('@')?;
        let (name, id) = self.0.iter().find(|(name, _)| {
            rest.strip_prefix(name.as_str())
                .is_some_and(|after| !after.starts_with(is_of_word))
        })?;
        let length = 1 + name.len();
        Some((Piece::Somebody(*id, &text[..length]), length))
    }

    /// Those whom a text names.
    fn named_in(&self, text: &str) -> Vec<ContributorId> {
        let mut named: Vec<ContributorId> = self
            .pieces(text)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Somebody(id, _) => Some(id),
                Piece::Text(_) | Piece::Thing(..) => None,
            })
            .collect();
        named.sort_unstable();
        named.dedup();
        named
    }
}

fn in_task(task: &Task) -> Vec<ContributorId> {
    let mut who = Vec::new();
    match &task.phase {
        Phase::Offered(offer) => who.push(offer.to),
        Phase::Leased(lease) => who.push(lease.holder.id),
        _ => {}
    }
    if let Some(handed) = task.handed() {
        who.push(handed.lease.holder.id);
        who.extend(handed.reviews.iter().map(|review| review.by.id));
    }
    who
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The identifier that a text begins with.
fn thing(text: &str) -> Option<(Piece<'_>, usize)> {
    let length = text.find(|letter| !is_of_word(letter));
    let word = &text[..length.unwrap_or(text.len())];
    if !word.contains('_') {
        return None;
    }
    let stream = word.parse().ok()?;
    Some((Piece::Thing(stream, word), word.len()))
}

/// The words of a remark as they are kept.
fn words(text: &str) -> Result<String, Failure> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let is_plain = |letter: char| !letter.is_control() || letter == '\n' || letter == '\t';
    if text.is_empty() || text.chars().count() > TEXT_MAX || !text.chars().all(is_plain) {
        let why = format!("a remark has 1 to {TEXT_MAX} letters of plain text");
        return Err(Failure::Misused(why));
    }
    Ok(text.to_owned())
}

/// Those whom a text names and who see the outcome, but for whoever says it.
fn readers(
    web: &Web,
    outcome: &Outcome,
    by: ContributorId,
    text: &str,
) -> Result<Vec<ContributorId>, Failure> {
    if !text.contains('@') {
        return Ok(Vec::new());
    }
    let mut readers = Vec::new();
    for who in Circle::of(web, outcome)?.named_in(text) {
        if who != by && sight::of_outcome(&web.engine, who, outcome)? > Sight::None {
            readers.push(who);
        }
    }
    Ok(readers)
}

/// Says something about an outcome that they see. Under the same key it is said once.
pub(crate) fn say(
    web: &Web,
    outcome: &Outcome,
    by: ContributorId,
    key: &Key,
    text: &str,
) -> Result<Remark, Failure> {
    let engine = &web.engine;
    let now = engine.now();
    let id = key.own_id(engine, by)?;
    let text = words(text)?;
    if let Some(known) = web.access.remark(outcome.id, id)? {
        return same(known, &text);
    }
    if web.access.said_since(by, now.plus_millis(-MINUTE_MS))? >= SAID_MAX {
        return Err(rejected(Rejection::LimitReached {
            what: "remarks in a minute",
            limit: SAID_MAX,
        }));
    }
    let readers = readers(web, outcome, by, &text)?;
    // What is said after something stands after it, within one millisecond, too.
    let last = web.access.remarks(outcome.id, None, 1)?.pop();
    let at = last.map_or(now, |last| now.max(last.at.plus_millis(1)));
    let remark = Remark {
        outcome: outcome.id,
        id,
        by,
        at,
        text,
        changed: None,
        ended: None,
    };
    if !web.access.say(&remark, &readers)? {
        let known = web.access.remark(outcome.id, id)?.ok_or(Failure::Broken)?;
        return same(known, &remark.text);
    }
    engine.bell().ring();
    Ok(remark)
}

/// What was said before under the same key, if the same was said.
fn same(known: Remark, text: &str) -> Result<Remark, Failure> {
    let is_as_said = known.changed.is_none() && known.ended.is_none();
    if is_as_said && known.text != text {
        return Err(rejected(Rejection::IdReused));
    }
    Ok(known)
}

/// Whether its author may change a remark still.
pub(crate) fn may_change(web: &Web, who: ContributorId, remark: &Remark) -> bool {
    let age_ms = web.engine.now().millis_since(remark.at);
    remark.by == who && remark.ended.is_none() && age_ms < CHANGE_MS
}

/// Puts other words in place of a remark's; without any, takes it back.
pub(crate) fn change(
    web: &Web,
    outcome: &Outcome,
    who: ContributorId,
    id: CommandId,
    text: Option<&str>,
) -> Result<(), Failure> {
    let remark = web.access.remark(outcome.id, id)?.ok_or(Failure::NotHere)?;
    if remark.by != who {
        let why = "a remark is changed by whoever made it, and by nobody else";
        return Err(Failure::Misused(why.to_owned()));
    }
    if remark.ended.is_some() && text.is_none() {
        return Ok(());
    }
    if !may_change(web, who, &remark) {
        let why = format!(
            "a remark can be changed, or taken back, for {} minutes; say what is different now",
            CHANGE_MS / MINUTE_MS
        );
        return Err(Failure::Misused(why));
    }
    let now = web.engine.now().max(remark.at);
    let mut changed = remark;
    let mut named = Vec::new();
    if let Some(text) = text {
        changed.text = words(text)?;
        changed.changed = Some(now);
        named = readers(web, outcome, who, &changed.text)?;
    } else {
        changed.text = String::new();
        changed.ended = Some(now);
    }
    if !web.access.change_remark(&changed, &named)? {
        return Err(Failure::NotHere);
    }
    web.engine.bell().ring();
    Ok(())
}

/// A page of a discussion, the newest first, with the place that the next page goes on after.
pub(crate) fn page(
    web: &Web,
    outcome: OutcomeId,
    before: Option<&str>,
    limit: usize,
) -> Result<(Vec<Remark>, Option<String>), Failure> {
    let before = before.map(place).transpose()?;
    let mut remarks = web.access.remarks(outcome, before, limit + 1)?;
    let has_more = remarks.len() > limit;
    remarks.truncate(limit);
    let last = remarks.last().filter(|_| has_more);
    let next = last.map(|it| format!("{}-{}", it.at.as_millis(), it.id));
    Ok((remarks, next))
}

/// The address at which a remark can be read, which is on the newest page where it stands there.
pub(crate) fn address_of(web: &Web, remark: &Remark) -> Result<String, Failure> {
    let Remark {
        outcome, id, at, ..
    } = remark;
    let (newest, _) = page(web, *outcome, None, PAGE)?;
    let before = if newest.iter().any(|it| it.id == *id) {
        String::new()
    } else {
        // The page on which it is the first.
        format!("&before={}-{id}", at.as_millis() + 1)
    };
    Ok(format!(
        "/outcomes/{outcome}?view=discussion{before}#said-{id}"
    ))
}

/// The remarks in which somebody is named and that they have not read, the newest first, each with its
/// outcome; whoever has no part in that any more is not told of it.
pub(crate) fn unread(
    web: &Web,
    who: ContributorId,
    limit: usize,
) -> Result<Vec<(Remark, Outcome)>, Failure> {
    let mut found = Vec::new();
    for remark in web.access.unread(who, limit)? {
        match sight::outcome(&web.engine, who, remark.outcome) {
            Ok((outcome, _)) => found.push((remark, outcome)),
            Err(Failure::NotHere) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// A place in a discussion, as `page` gave it.
fn place(text: &str) -> Result<(consort_kernel::time::Timestamp, CommandId), Failure> {
    let parts = text.split_once('-').and_then(|(at, id)| {
        let at = consort_kernel::time::Timestamp::from_millis(at.parse().ok()?);
        Some((at, id.parse().ok()?))
    });
    parts.ok_or_else(|| Failure::Misused("there is no such place in the discussion".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_kernel::id::TaskId;

    #[test]
    fn a_remark_names_people_and_things_and_nothing_else() {
        let [ada, example, ben] = [1, 2, 3].map(ContributorId::from_bits);
        let circle = Circle::named(vec![
            ("Ada".to_owned(), ada),
            ("Ada Example".to_owned(), example),
            ("Bén".to_owned(), ben),
        ]);
        let task = TaskId::from_bits(7);
        let id = task.to_string();
        let text =
            format!("@Ada, @Ada Example and @Bén: see {id}. me@Ada.example @Adam @Eve tsk_x");
        let pieces = circle.pieces(&text);
        let expected = [
            Piece::Somebody(ada, "@Ada"),
            Piece::Text(", "),
            Piece::Somebody(example, "@Ada Example"),
            Piece::Text(" and "),
            Piece::Somebody(ben, "@Bén"),
            Piece::Text(": see "),
            Piece::Thing(StreamId::Task(task), &id),
            Piece::Text(". me@Ada.example @Adam @Eve tsk_x"),
        ];
        assert_eq!(pieces, expected);
        assert_eq!(circle.named_in(&text), [ada, example, ben]);
        assert_eq!(circle.pieces(""), []);
        assert_eq!(circle.pieces("@"), [Piece::Text("@")]);
    }

    #[test]
    fn a_remark_is_plain_text_within_bounds() {
        for (text, kept) in [
            (" a\r\n\r\nb\t", Some("a\n\nb")),
            ("", None),
            (" \n ", None),
            ("a\u{0}b", None),
            ("\u{1b}[31m", None),
        ] {
            assert_eq!(words(text).ok().as_deref(), kept, "{text:?}");
        }
        assert!(words(&"é".repeat(TEXT_MAX)).is_ok());
        assert!(words(&"é".repeat(TEXT_MAX + 1)).is_err());
    }

    #[test]
    fn a_place_is_read_back_and_garbage_is_not() {
        let id = CommandId::from_bits(9);
        let (at, found) = place(&format!("17-{id}")).unwrap();
        assert_eq!((at.as_millis(), found), (17, id));
        for garbage in ["", "-", "17", "x-y", "17-tsk_1"] {
            assert!(place(garbage).is_err(), "{garbage}");
        }
    }
}
