//! What the visitor has just done with a task, said at the head of the page that it led them to.

use consort_kernel::id::TaskId;
use maud::{Markup, html as markup};

use super::today::Kind;
use crate::part::{Icon, of_task};
use crate::server::{Visitor, Web};
use crate::sight;

/// Under which an address has the deed that led to it, and its task.
pub(super) const KEY: &str = "done";
/// The same, as it stands in the address.
const DONE: &str = "done=";

/// What can be done with a task so that something else is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A question of it was answered.
    Answered,
    /// An offer was turned down.
    Declined,
    /// It was given back.
    GivenBack,
    /// A result was handed in.
    HandedIn,
    /// Somebody's result was judged.
    Judged,
    /// Somebody's result went back.
    SentBack,
    /// What was in question was decided.
    Settled,
    /// A result was signed.
    Signed,
    /// What nobody took was seen to.
    SeenTo,
}

impl Deed {
    const ALL: [Self; 9] = [
        Self::Answered,
        Self::Declined,
        Self::GivenBack,
        Self::HandedIn,
        Self::Judged,
        Self::SentBack,
        Self::Settled,
        Self::Signed,
        Self::SeenTo,
    ];

    /// What addresses call it.
    const fn key(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Declined => "declined",
            Self::GivenBack => "given-back",
            Self::HandedIn => "handed-in",
            Self::Judged => "judged",
            Self::SentBack => "sent-back",
            Self::Settled => "settled",
            Self::Signed => "signed",
            Self::SeenTo => "seen-to",
        }
    }

    /// What is said of it, before the title of the task.
    const fn words(self) -> &'static str {
        match self {
            Self::Answered => "You answered a question on",
            Self::Declined => "You said no to",
            Self::GivenBack => "You gave back",
            Self::HandedIn => "You handed in",
            Self::Judged => "You judged",
            Self::SentBack => "You sent back",
            Self::Settled => "You settled",
            Self::Signed => "You signed",
            Self::SeenTo => "You saw to",
        }
    }

    /// The kind of thing that was dealt with by it; the next of these is what comes next.
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Answered => Kind::Question,
            Self::Declined => Kind::Offer,
            Self::GivenBack | Self::HandedIn => Kind::Held,
            Self::Judged => Kind::Review,
            Self::Settled => Kind::Decision,
            Self::SentBack | Self::Signed => Kind::SignOff,
            Self::SeenTo => Kind::Escalation,
        }
    }
}

/// Something that was done with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Done {
    deed: Deed,
    task: TaskId,
}

impl Done {
    /// That it was done with this task.
    pub(super) const fn with(deed: Deed, task: TaskId) -> Self {
        Self { deed, task }
    }

    /// What the query of an address says, if it says so.
    pub(crate) fn said(query: &str) -> Option<Self> {
        let said = query.split('&').find_map(|it| it.strip_prefix(DONE))?;
        let (key, task) = said.split_once('.')?;
        let deed = Deed::ALL.into_iter().find(|deed| deed.key() == key)?;
        let task = task.parse().ok()?;
        Some(Self { deed, task })
    }

    /// The address with word of it.
    pub(super) fn at(self, address: &str) -> String {
        let (path, fragment) = match address.split_once('#') {
            Some((path, fragment)) => (path, format!("#{fragment}")),
            None => (address, String::new()),
        };
        let joint = if path.contains('?') { '&' } else { '?' };
        format!(
            "{path}{joint}{DONE}{}.{}{fragment}",
            self.deed.key(),
            self.task
        )
    }
}

/// What came of it, where it led here.
pub(super) fn show(web: &Web, visitor: &Visitor) -> Markup {
    let seen = |id| sight::task_at(&web.engine, visitor.id, id).ok();
    let done = visitor.done.and_then(|it| Some((it, seen(it.task)?.0)));
    let Some((done, task)) = done else {
        return markup! {};
    };
    let outcome = sight::outcome(&web.engine, visitor.id, task.outcome);
    let outcome = outcome.ok().map(|it| it.0);
    markup! {
        div.note role="status" {
            (Icon::Done.toned("is-done"))
            div {
                p {
                    b { (done.deed.words()) " " a href={ "/tasks/" (task.id) } { (task.spec.title) } "." }
                    " " (of_task(&task).1) ". What is below is the next thing."
                }
                @if let Some(outcome) = &outcome {
                    p.small.muted { a href={ "/outcomes/" (outcome.id) } { (outcome.charter.objective) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Deed, Done};

    #[test]
    fn an_address_carries_what_was_done_and_keeps_its_place() {
        let task = "tsk_01k9z3v7q2w8n4m6b5c1d0e9fa".parse().unwrap();
        for deed in Deed::ALL {
            let done = Done::with(deed, task);
            let address = done.at("/tasks/next?view=1#questions");
            let (path, fragment) = address.split_once('#').unwrap();
            assert_eq!(fragment, "questions");
            let (_, query) = path.split_once('?').unwrap();
            assert_eq!(Done::said(query), Some(done));
        }
    }

    #[test]
    fn what_is_no_deed_says_nothing() {
        for query in [
            "",
            "done=",
            "done=signed",
            "done=signed.x",
            "done=paid.tsk_01k9z3v7q2w8n4m6b5c1d0e9fa",
        ] {
            assert_eq!(Done::said(query), None, "{query}");
        }
    }
}
