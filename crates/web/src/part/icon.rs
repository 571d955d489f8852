//! Pictures of 16 by 16 that stand beside words. Each state has a shape of its own, so that none is
//! told by its colour alone.

use maud::{Markup, PreEscaped, html as markup};

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    /// The day's list.
    Today,
    /// An outcome.
    Outcome,
    /// Looking at work.
    Review,
    /// People and agents.
    People,
    /// A playbook.
    Playbook,
    /// The ledger.
    Ledger,
    /// Who does what.
    Map,
    /// How well it goes.
    Health,
    /// The rules.
    Settings,
    /// More of it.
    More,
    /// To search.
    Search,
    /// To pause.
    Pause,
    /// Dark or light.
    Theme,
    /// Something new.
    Plus,
    /// To take home.
    Download,
    /// To tell elsewhere.
    Send,
    /// Back to whoever made it.
    Undo,
    /// Held fast.
    Lock,
    /// It is done.
    Done,
    /// Somebody is at it.
    Busy,
    /// It waits for somebody.
    Wait,
    /// It has not begun.
    Idle,
    /// It went wrong.
    Bad,
    /// It was sent back.
    Back,
    /// It may go wrong.
    Risk,
    /// It waits for the visitor.
    Mine,
    /// An offer.
    Offer,
    /// A task.
    Task,
    /// A signature.
    Sign,
    /// A question.
    Question,
    /// It went up.
    Escalate,
    /// Two that disagree.
    Conflict,
    /// A file.
    File,
    /// Money.
    Money,
    /// A person.
    Person,
    /// A day.
    Calendar,
    /// It holds.
    Check,
    /// The sign of Consort.
    Logo,
}

impl Icon {
    #[expect(clippy::too_many_lines, reason = "a row for each picture")]
    const fn drawing(self) -> &'static str {
        match self {
            Self::Today => {
                "<path d='M2.5 9.5v3a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-3m-11 0 2-6h7l2 6m-11 \
                 0h3l1 1.5h3l1-1.5h3'/>"
            }
            Self::Outcome => "<circle cx='8' cy='8' r='5.75'/><circle cx='8' cy='8' r='2.25'/>",
            Self::Review => {
                "<path d='M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 \
                 8Z'/><circle cx='8' cy='8' r='1.75'/>"
            }
            Self::People => {
                "<circle cx='6' cy='5.5' r='2.25'/><path d='M1.75 13c0-2.5 1.75-4 \
                 4.25-4s4.25 1.5 4.25 4M10.75 3.5a2.25 2.25 0 0 1 0 4M12 9.5c1.5.5 2.25 1.75 \
                 2.25 3.5'/>"
            }
            Self::Playbook => {
                "<path d='M3 2.75h8.5A1.5 1.5 0 0 1 13 4.25v9H4.5A1.5 1.5 0 0 1 3 \
                 11.75v-9Zm0 9c0-.75.75-1.25 1.5-1.25H13M6 5.5h4'/>"
            }
            Self::Ledger => "<path d='M2.5 3.5h11M2.5 8h11M2.5 12.5h11M8 3.5v9'/>",
            Self::Map => {
                "<circle cx='3.5' cy='4' r='1.75'/><circle cx='3.5' cy='12' r='1.75'/><rect \
                 x='10.5' y='6.25' width='3.5' height='3.5' rx='.75'/><path d='M5.25 4.5 10.5 \
                 7.25M5.25 11.5l5.25-2.75'/>"
            }
            Self::Health => "<path d='M1.75 8.5h3l1.75-4.5 3 8 1.75-3.5h3'/>",
            Self::Settings => {
                "<path d='M2.5 4.5h6m4 0h1M2.5 11.5h1m4 0h6'/><circle cx='10.5' cy='4.5' \
                 r='1.75'/><circle cx='5.5' cy='11.5' r='1.75'/>"
            }
            Self::More => {
                "<circle class='solid' cx='3' cy='8' r='1.25'/><circle class='solid' cx='8' \
                 cy='8' r='1.25'/><circle class='solid' cx='13' cy='8' r='1.25'/>"
            }
            Self::Search => "<circle cx='7' cy='7' r='4.25'/><path d='m10.25 10.25 3.25 3.25'/>",
            Self::Pause => "<path d='M5.5 3.5v9m5-9v9'/>",
            Self::Theme => {
                "<circle cx='8' cy='8' r='5.25'/><path class='solid' d='M8 2.75a5.25 5.25 0 \
                 0 1 0 10.5Z'/>"
            }
            Self::Plus => "<path d='M8 3v10M3 8h10'/>",
            Self::Download => "<path d='M8 2.5v7.75M4.75 7.25 8 10.5l3.25-3.25M2.75 13.25h10.5'/>",
            Self::Send => "<path d='M13.5 2.5 7.25 8.75M13.5 2.5l-4 11-2.25-4.75L2.5 6.5z'/>",
            Self::Undo => "<path d='M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.75 3.5 2.75 6.5l3 3'/>",
            Self::Lock => {
                "<rect x='3' y='7' width='10' height='6.5' rx='1.5'/><path d='M5.25 7V5a2.75 \
                 2.75 0 0 1 5.5 0v2'/>"
            }
            Self::Done => {
                "<circle cx='8' cy='8' r='5.75'/><path d='m5.5 8.25 1.75 1.75L10.75 6.25'/>"
            }
            Self::Busy => {
                "<circle cx='8' cy='8' r='5.75'/><path class='solid' d='M8 4.5a3.5 3.5 0 0 1 \
                 0 7Z'/>"
            }
            Self::Wait => "<circle cx='8' cy='8' r='5.75'/><path d='M8 4.75V8l2.25 1.5'/>",
            Self::Idle => "<circle cx='8' cy='8' r='5.75' stroke-dasharray='2 2.5'/>",
            Self::Bad => "<circle cx='8' cy='8' r='5.75'/><path d='m6 6 4 4m0-4-4 4'/>",
            Self::Back => "<circle cx='8' cy='8' r='5.75'/><path d='M10.5 8h-5m2-2-2 2 2 2'/>",
            Self::Risk => {
                "<path d='M8 2.5 14 13H2L8 2.5Zm0 4v3'/><circle class='solid' cx='8' \
                 cy='11.25' r='.85'/>"
            }
            Self::Mine => {
                "<circle cx='8' cy='8' r='5.75'/><circle class='solid' cx='8' cy='8' \
                 r='2.5'/>"
            }
            Self::Offer => {
                "<path d='M8 2.5v6.75M5.25 6.5 8 9.25l2.75-2.75M2.5 9v3.5a1 1 0 0 0 1 1h9a1 \
                 1 0 0 0 1-1V9'/>"
            }
            Self::Task => {
                "<rect x='2.75' y='2.75' width='10.5' height='10.5' rx='2'/><path d='M5.5 \
                 6h5M5.5 8.5h5M5.5 11h2.5'/>"
            }
            Self::Sign => "<path d='M2.5 13.5h11M4 10.75l.5-2.25 6-6 1.75 1.75-6 6L4 10.75Z'/>",
            Self::Question => {
                "<path d='M3.5 2.75h9A1.5 1.5 0 0 1 14 4.25v5.5a1.5 1.5 0 0 1-1.5 \
                 1.5H8l-3.25 2.5v-2.5H3.5A1.5 1.5 0 0 1 2 9.75v-5.5a1.5 1.5 0 0 1 1.5-1.5Z'/>\
                 <path d='M6.75 5.5c.25-.75 2.5-.75 2.5.5 0 .75-1.25.75-1.25 1.75'/><circle \
                 class='solid' cx='8' cy='9.25' r='.6'/>"
            }
            Self::Escalate => "<path d='M8 13.5v-9M4.25 8.25 8 4.5l3.75 3.75M3 2.25h10'/>",
            Self::Conflict => {
                "<path d='M2.5 5.75h11m-2.5-2.5 2.5 2.5-2.5 2.5M13.5 11h-11M5 8.5 2.5 11 5 \
                 13.5'/>"
            }
            Self::File => {
                "<path d='M4 1.75h5l3.25 3.25v8.25a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V2.75a1 1 0 \
                 0 1 1-1Zm5 0V5h3.25'/>"
            }
            Self::Money => {
                "<ellipse cx='8' cy='4.5' rx='5' ry='2'/><path d='M3 4.5v7c0 1.1 2.25 2 5 \
                 2s5-.9 5-2v-7M3 8c0 1.1 2.25 2 5 2s5-.9 5-2'/>"
            }
            Self::Person => {
                "<circle cx='8' cy='5.25' r='2.5'/><path d='M3 13.5c0-2.75 2-4.5 5-4.5s5 \
                 1.75 5 4.5'/>"
            }
            Self::Calendar => {
                "<rect x='2.5' y='3.5' width='11' height='10' rx='1.5'/><path d='M2.5 \
                 6.75h11M5.5 2v2.5m5-2.5v2.5'/>"
            }
            Self::Check => "<path d='m3 8.5 3.25 3.25L13 5'/>",
            Self::Logo => {
                "<path d='M12.75 4.25A6 6 0 1 0 12.75 11.75'/><path d='M10.6 6.1A3.1 3.1 0 1 \
                 0 10.6 9.9'/><circle class='solid' cx='13.25' cy='8' r='1.1'/>"
            }
        }
    }

    /// The picture, which says nothing to who cannot see it: the words beside it do.
    pub(crate) fn show(self) -> Markup {
        self.toned("")
    }

    /// The picture in the tone of a state, as in `is-bad`.
    pub(crate) fn toned(self, tone: &str) -> Markup {
        let class = if tone.is_empty() {
            "icon".to_owned()
        } else {
            format!("icon {tone}")
        };
        markup! {
            svg class=(class) viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(self.drawing())) }
        }
    }

    /// The picture at a place within another one.
    pub(crate) fn at(self, x: i32, y: i32) -> Markup {
        markup! {
            svg.icon x=(x) y=(y) width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" {
                (PreEscaped(self.drawing()))
            }
        }
    }
}
