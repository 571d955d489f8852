//! What somebody wishes to be told, when and by what; kept as one text.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::PostError;

const MINUTES_A_DAY: u16 = 24 * 60;
/// When the digest comes where nobody said so: at eight.
const DIGEST: Moment = Moment(8 * 60);

/// A moment of every day, in minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment(pub(super) u16);

impl Moment {
    /// Reads it as in `08:30`.
    pub fn parse(text: &str) -> Result<Self, PostError> {
        let wrong = || {
            let start: String = text.chars().take(20).collect();
            PostError::Misused(format!(
                "'{start}' is no time of the day; one was expected as in 08:30"
            ))
        };
        let (hours, minutes) = text.trim().split_once(':').ok_or_else(wrong)?;
        let number = |text: &str, below: u16| {
            let is_number = text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit());
            let number = text.parse::<u16>().ok().filter(|_| is_number);
            number.filter(|it| *it < below).ok_or_else(wrong)
        };
        Ok(Self(number(hours, 24)? * 60 + number(minutes, 60)?))
    }

    /// The hour and the minute.
    pub(super) const fn parts(self) -> (u16, u16) {
        let minutes = self.0 % MINUTES_A_DAY;
        (minutes / 60, minutes % 60)
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hour, minute) = self.parts();
        write!(out, "{hour:02}:{minute:02}")
    }
}

/// The hours of every day in which nothing is sent; over midnight where they end before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// When they begin.
    pub from: Moment,
    /// When they end.
    pub to: Moment,
}

/// When something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// As soon as it is known, outside of quiet hours.
    AtOnce,
    /// Once a day, with the rest.
    Digest,
    /// Not at all.
    Never,
}

impl When {
    /// Every one, in the order in which somebody chooses.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::Digest, Self::Never];

    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Digest => "digest",
            Self::Never => "never",
        }
    }

    /// What it is, where somebody chooses.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtOnce => "At once",
            Self::Digest => "In the digest",
            Self::Never => "Never",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Which chat a message is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatForm {
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
    /// Mattermost.
    Mattermost,
}

impl ChatForm {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Slack, Self::Teams, Self::Mattermost];

    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Mattermost => "mattermost",
        }
    }

    /// What people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Teams => "Microsoft Teams",
            Self::Mattermost => "Mattermost",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// That an address takes nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// Since when.
    pub at: Timestamp,
    /// What its server said.
    pub why: String,
}

/// An address for mail, which somebody confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailAddress {
    /// The address.
    pub address: String,
    /// When they confirmed it.
    pub confirmed: Timestamp,
    /// That it takes nothing any more.
    pub failing: Option<Failing>,
}

/// An address for mail that is to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedMail {
    /// The address.
    pub address: String,
    /// The digest of what was sent there.
    pub(super) secret: Digest,
    /// Until when that counts.
    pub until: Timestamp,
}

/// An address that takes messages of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatAddress {
    /// The address, which whoever knows it can send to.
    pub(super) address: String,
    /// For which chat it is.
    pub form: ChatForm,
    /// When it was given.
    pub since: Timestamp,
    /// That it takes nothing any more.
    pub failing: Option<Failing>,
}

impl ChatAddress {
    /// The host of the address; the rest of it is a secret.
    pub fn host(&self) -> &str {
        let rest = self.address.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }
}

/// What somebody wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// Where they get mail.
    pub mail: Option<MailAddress>,
    /// Where they want mail and have not confirmed it yet.
    pub asked: Option<AskedMail>,
    /// Where they get messages of a chat.
    pub chat: Option<ChatAddress>,
    /// The zone in which they have their days, by the name that IANA gives it.
    pub zone: String,
    /// When the digest comes.
    pub digest: Moment,
    /// When nothing is sent.
    pub quiet: Option<Quiet>,
    /// When each kind is told, where they chose.
    pub(super) when: BTreeMap<Kind, When>,
    /// When something was last sent because they pressed a button.
    pub(super) by_hand: Vec<Timestamp>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            mail: None,
            asked: None,
            chat: None,
            zone: "UTC".to_owned(),
            digest: DIGEST,
            quiet: None,
            when: BTreeMap::new(),
            by_hand: Vec::new(),
        }
    }
}

impl Wishes {
    /// When a kind is told.
    pub fn when(&self, kind: Kind) -> When {
        let usual = match kind {
            Kind::SignOff | Kind::Question => When::AtOnce,
            Kind::Offer | Kind::Review | Kind::Returned | Kind::Escalation | Kind::Mention => {
                When::Digest
            }
        };
        self.when.get(&kind).copied().unwrap_or(usual)
    }

    pub(super) fn read(text: &str) -> Result<Self, PostError> {
        serde_json::from_str(text).map_err(|error| {
            PostError::Unreadable(format!("what somebody wishes cannot be read: {error}"))
        })
    }

    pub(super) fn write(&self) -> Result<String, PostError> {
        serde_json::to_string(self).map_err(|error| {
            PostError::Unreadable(format!("what somebody wishes cannot be kept: {error}"))
        })
    }

    /// Whether there is any address by which they are told now.
    pub(super) fn is_told(&self) -> bool {
        let mail = self.mail.as_ref().is_some_and(|it| it.failing.is_none());
        mail || self.chat.as_ref().is_some_and(|it| it.failing.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_is_read_as_it_is_written() {
        for text in ["00:00", "08:30", "23:59"] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "8:30",
            "24:00",
            "08:60",
            "08",
            "+8:30",
            "08:3o",
            "０８:30",
        ] {
            assert!(Moment::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sign_offs_and_questions_come_at_once_and_the_rest_in_the_digest() {
        let wishes = Wishes::read("{}").unwrap();
        assert_eq!(wishes, Wishes::default());
        for kind in Kind::ALL {
            let expected = match kind {
                Kind::SignOff | Kind::Question => When::AtOnce,
                _ => When::Digest,
            };
            assert_eq!(wishes.when(kind), expected, "{kind:?}");
        }
        assert!(!wishes.is_told());
        let text = wishes.write().unwrap();
        assert_eq!(Wishes::read(&text).unwrap(), wishes);
        assert!(Wishes::read("[").is_err());
    }

    #[test]
    fn of_an_address_of_a_chat_its_host_is_shown() {
        let chat = ChatAddress {
            address: "https://hooks.example/services/T0/B0/secret".to_owned(),
            form: ChatForm::Slack,
            since: Timestamp::from_millis(0),
            failing: None,
        };
        assert_eq!(chat.host(), "hooks.example");
    }
}
