//! What a message says: what is asked, of what, by when, and where; in plain words, without anything that
//! tells the sender whether it was read.
//!
//! Titles are other people's text. They come as one line, without marks that are not seen, and in a way in
//! which nothing in them becomes a link or calls somebody.

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;

use super::Need;
use super::hours::written;
use super::wish::Wishes;

/// How long a title is at the most, in letters.
const TITLE_MAX: usize = 160;
/// How many things are named in one message; the others stand on the page of today.
const NAMED_MAX: usize = 40;
/// A space that is not seen: what it stands in is no address and no name any more.
const BREAK: char = '\u{200b}';
/// Where everything that needs somebody stands.
pub(super) const TODAY: &str = "/today";
/// Where they say what they are told.
pub(super) const SETTINGS: &str = "/settings/notifications";

/// A message to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    /// Its identifier: the same on every attempt.
    pub(super) id: String,
    /// What it is about, in a line.
    pub(super) subject: String,
    /// What needs them.
    pub(super) items: Vec<Item>,
    /// How much more there is, and where it stands.
    pub(super) more: Option<(usize, String)>,
    /// What is said below it all.
    pub(super) foot: Vec<String>,
}

/// One thing that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Item {
    /// What is asked.
    pub(super) asked: String,
    /// What it is called; nothing where that is not told outside.
    pub(super) title: Option<String>,
    /// The outcome that it is a part of.
    pub(super) outcome: Option<String>,
    /// By when.
    pub(super) due: Option<String>,
    /// Its page.
    pub(super) link: String,
}

impl Letter {
    /// What tells of these needs, by their keys.
    pub(super) fn of((url, wishes): (&str, &Wishes), to: &str, needs: &[(String, Need)]) -> Self {
        let keys = needs.iter().map(|(key, _)| key.as_bytes());
        let parts: Vec<&[u8]> = std::iter::once(to.as_bytes()).chain(keys).collect();
        let mut id = Digest::of_parts(&parts).to_string();
        id.truncate(32);
        let items = needs.iter().take(NAMED_MAX);
        let items: Vec<Item> = items.map(|(_, need)| item((url, wishes), need)).collect();
        let subject = match (items.as_slice(), needs.len()) {
            ([one], 1) => match &one.title {
                Some(title) => format!("{}: {title}", one.asked),
                None => one.asked.clone(),
            },
            (_, count) => format!("{count} things need you"),
        };
        let more = needs.len().saturating_sub(NAMED_MAX);
        Self {
            id,
            subject,
            items,
            more: (more > 0).then(|| (more, format!("{url}{TODAY}"))),
            foot: vec![
                "Opening a page decides nothing: what you decide, you decide there.".to_owned(),
                "What you are told, and when, you say in Consort under Settings, Notifications."
                    .to_owned(),
            ],
        }
    }

    /// One that only says something, and leads somewhere if that is given.
    pub(super) fn saying(id: String, subject: &str, words: &str, link: &str) -> Self {
        Self {
            id,
            subject: subject.to_owned(),
            items: vec![Item {
                asked: words.to_owned(),
                link: link.to_owned(),
                ..Item::default()
            }],
            more: None,
            foot: Vec::new(),
        }
    }

    /// All of it as plain text.
    pub(super) fn plain(&self) -> String {
        let mut lines = Vec::new();
        for item in &self.items {
            lines.push(item.asked.clone());
            lines.extend(item.title.as_deref().map(|it| format!("  {}", tame(it))));
            let outcome = item.outcome.as_deref();
            lines.extend(outcome.map(|it| format!("  of: {}", tame(it))));
            lines.extend(item.due.as_deref().map(|it| format!("  by: {it}")));
            lines.push(format!("  {}", item.link));
            lines.push(String::new());
        }
        if let Some((count, link)) = &self.more {
            lines.push(format!("And {count} more: {link}"));
            lines.push(String::new());
        }
        if !self.foot.is_empty() {
            lines.push("-- ".to_owned());
            lines.extend(self.foot.iter().cloned());
        }
        let mut text = lines.join("\n");
        text.push('\n');
        text
    }
}

fn item((url, wishes): (&str, &Wishes), need: &Need) -> Item {
    let outcome = need.outcome.as_deref().map(line);
    let title = need.title.as_deref().map(line);
    Item {
        asked: need.kind.asked().to_owned(),
        outcome: outcome.filter(|it| Some(it) != title.as_ref()),
        title,
        due: need.due.map(|at: Timestamp| written(wishes, at)),
        link: format!("{url}{}", need.path),
    }
}

/// Somebody's text as one line: no control characters, nothing that turns the direction of what follows.
pub(super) fn line(text: &str) -> String {
    let is_unseen = |it: &char| matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let seen = text.chars().filter(|it| !is_unseen(it));
    let plain: String = seen
        .map(|it| {
            if it.is_control() || matches!(it, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                it
            }
        })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= TITLE_MAX {
        return plain;
    }
    let mut short: String = plain.chars().take(TITLE_MAX).collect();
    short.push('…');
    short
}

/// Somebody's text in which nothing is a link or a name that calls somebody.
pub(super) fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        tamed.push(letter);
        let next = letters.peek();
        let is_joint = match letter {
            '.' => next.is_some_and(|it| it.is_alphabetic()),
            ':' => next.is_some_and(|it| !it.is_whitespace() && !it.is_ascii_digit()),
            '@' | '#' | '~' | '!' => next.is_some_and(|it| !it.is_whitespace()),
            _ => false,
        };
        if is_joint {
            tamed.push(BREAK);
        }
    }
    tamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Kind;

    fn need(title: Option<&str>) -> Need {
        Need {
            kind: Kind::SignOff,
            occasion: "lease-1".to_owned(),
            title: title.map(str::to_owned),
            outcome: Some("A letter of thanks".to_owned()),
            since: None,
            due: Some(Timestamp::from_millis(0)),
            path: "/tasks/tsk_1/sign".to_owned(),
        }
    }

    fn letter(needs: &[Need]) -> Letter {
        let keyed: Vec<_> = needs
            .iter()
            .map(|it| ("key".to_owned(), it.clone()))
            .collect();
        Letter::of(
            ("https://consort.example", &Wishes::default()),
            "ada",
            &keyed,
        )
    }

    #[test]
    fn it_says_what_is_asked_of_what_by_when_and_where() {
        let letter = letter(&[need(Some("Write the letter"))]);
        assert_eq!(
            letter.subject,
            "Your signature is asked for: Write the letter"
        );
        let text = letter.plain();
        for words in [
            "Your signature is asked for\n  Write the letter\n  of: A letter of thanks\n  by: ",
            "\n  https://consort.example/tasks/tsk_1/sign\n",
            "decides nothing",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(text.matches("https://").count(), 1, "{text}");
    }

    #[test]
    fn what_may_not_be_told_outside_has_no_title() {
        let hidden = Need {
            outcome: None,
            ..need(None)
        };
        let letter = letter(&[hidden]);
        assert_eq!(letter.subject, "Your signature is asked for");
        assert!(!letter.plain().contains("letter"), "{}", letter.plain());
    }

    #[test]
    fn many_things_are_named_up_to_a_bound() {
        let letter = letter(&vec![need(Some("Write")); NAMED_MAX + 2]);
        assert_eq!(letter.subject, format!("{} things need you", NAMED_MAX + 2));
        let text = letter.plain();
        assert!(
            text.contains("And 2 more: https://consort.example/today"),
            "{text}"
        );
        assert_eq!(text.matches("/sign").count(), NAMED_MAX);
    }

    #[test]
    fn somebodys_text_is_one_line_and_breaks_out_of_nothing() {
        for (text, expected) in [
            ("a\r\nBcc: eve@example.org", "a Bcc: eve@example.org"),
            ("a\u{2028}b\u{0}c\u{85}d", "a b c d"),
            ("pay \u{202e}evE", "pay evE"),
            ("  many\t\tspaces ", "many spaces"),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
        assert_eq!(line(&"x".repeat(500)).chars().count(), TITLE_MAX + 1);
        let letter = letter(&[need(Some("a\r\n\r\nBcc: eve@example.org\r\n.\r\n"))]);
        assert!(!letter.subject.contains(['\r', '\n']), "{}", letter.subject);
    }

    #[test]
    fn nothing_in_somebodys_text_is_a_link_or_calls_anybody() {
        for text in [
            "https://evil.example/x",
            "www.evil.example",
            "evil.example",
            "mailto:eve@evil.example",
            "@all @here @channel #town ~town",
            "<!channel>",
        ] {
            let tamed = tame(text);
            for joined in [
                "://", ".e", "o:e", "@e", "@a", "@h", "@c", "#t", "~t", "<!c",
            ] {
                assert!(!tamed.contains(joined), "{joined}: {tamed}");
            }
            let plain: String = tamed.chars().filter(|it| *it != BREAK).collect();
            assert_eq!(plain, text, "to the eye it is the same");
        }
        for text in ["Version 1.2 at 14:30", "What now? Well: this. And that!"] {
            assert_eq!(tame(text), text);
        }
    }
}
