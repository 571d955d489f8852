//! The office: where people say what they are told, by what and when.
//!
//! Everything is asked of somebody's own wishes. Mail goes to an address once it was confirmed: by a link
//! that is used once, in a session of whoever asked for it, and by a button, for programs follow links too.

use std::sync::{Arc, OnceLock};

use consort_engine::notice::{Addressee, Channel, Notice, Notices};
use consort_engine::{Engine, EngineError};
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::rejection::Rejection;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::Kind;
use super::chat;
use super::hours;
use super::key;
use super::letter::{Letter, SETTINGS};
use super::wish::{AskedMail, ChatAddress, ChatForm, MailAddress, Moment, Quiet, When, Wishes};
use crate::send::{MailText, Mailer, Outcome, Sender, WHY_NONE, check, check_mail};
use crate::{Mail, PostError, Reach};

/// How much somebody has sent by pressing a button in a day: where it goes is theirs to choose.
pub const BY_HAND_MAX: usize = 10;
const DAY_MS: i64 = 24 * 3_600_000;
/// For how long a link that confirms an address counts.
const LINK_MS: i64 = DAY_MS;
/// How often a change is tried again, when the wishes moved meanwhile.
const TRIES_MAX: usize = 20;

/// How the operator set notices up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// The mail server, where there is one.
    pub mail: Option<Mail>,
    /// What people type to come here, without a slash at its end.
    pub url: String,
}

impl Setup {
    /// Fails where what is set up is not in order, or cannot be used by this build.
    pub fn check(&self) -> Result<(), PostError> {
        self.mail
            .as_ref()
            .map_or(Ok(()), |mail| Mailer::new(mail).map(|_| ()))
    }
}

/// A notice, for whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Why they were told.
    pub kind: Kind,
    /// What it is about.
    pub subject: StreamId,
    /// How far it came.
    pub notice: Notice,
}

/// Keeps what people wish to be told.
pub struct Office {
    pub(super) engine: Arc<Engine>,
    pub(super) kept: Arc<dyn Notices>,
    pub(super) setup: Setup,
    reach: Reach,
    sender: OnceLock<Sender>,
}

impl Office {
    /// Over what is kept; chats may be at public hosts, and those that the operator names.
    pub fn new(engine: Arc<Engine>, kept: Arc<dyn Notices>, reach: Reach, setup: Setup) -> Self {
        Self {
            engine,
            kept,
            setup,
            reach,
            sender: OnceLock::new(),
        }
    }

    /// Why nothing is sent from here, if it is so.
    pub const fn why_none(&self) -> Option<&'static str> {
        WHY_NONE
    }

    /// Whether this server sends mail.
    pub const fn has_mail(&self) -> bool {
        WHY_NONE.is_none() && self.setup.mail.is_some()
    }

    /// What somebody wishes.
    pub fn wishes(&self, who: ContributorId) -> Result<Wishes, PostError> {
        match self.kept.addressee(who).map_err(EngineError::from)? {
            Some(kept) => Wishes::read(&kept.wishes),
            None => Ok(Wishes::default()),
        }
    }

    /// Whether nothing is sent to somebody since a backup was restored, until they say so.
    pub fn rests(&self, who: ContributorId) -> Result<bool, PostError> {
        let kept = self.kept.addressee(who).map_err(EngineError::from)?;
        let epoch = self.epoch()?;
        Ok(kept.is_some_and(|it| it.is_told && it.epoch != epoch))
    }

    /// The latest notices of somebody.
    pub fn latest(&self, who: ContributorId, limit: usize) -> Result<Vec<Shown>, PostError> {
        let notices = self.kept.notices_of(who, limit);
        let notices = notices.map_err(EngineError::from)?.into_iter();
        Ok(notices
            .filter_map(|notice| {
                let (kind, subject) = key::read(&notice.key)?;
                Some(Shown {
                    kind,
                    subject,
                    notice,
                })
            })
            .collect())
    }

    /// Changes when somebody is told what. What waits already comes when it was to come.
    pub fn set(
        &self,
        who: ContributorId,
        (zone, digest): (&str, Moment),
        quiet: Option<Quiet>,
        when: impl Fn(Kind) -> Option<When>,
    ) -> Result<(), PostError> {
        if let Some(why) = WHY_NONE {
            return Err(PostError::Misused(why.to_owned()));
        }
        let zone = zone.trim();
        if hours::zone(zone).is_none() {
            let start: String = zone.chars().take(60).collect();
            return Err(PostError::Misused(format!(
                "'{start}' is no zone: a name was expected as in Europe/Berlin"
            )));
        }
        self.change(who, |wishes| {
            zone.clone_into(&mut wishes.zone);
            wishes.digest = digest;
            wishes.quiet = quiet.filter(|it| it.from != it.to);
            for kind in Kind::ALL {
                if let Some(when) = when(kind) {
                    wishes.when.insert(kind, when);
                }
            }
            Ok(())
        })
    }

    /// Sends a link to an address that somebody wants mail at; it counts once they confirmed it by that.
    pub fn ask_mail(&self, who: ContributorId, address: &str) -> Result<(), PostError> {
        let address = address.trim();
        check_mail(address)?;
        let mailer = self.mailer()?;
        let now = self.engine.now();
        let secret = format!(
            "{:032x}{:032x}",
            self.engine.random()?,
            self.engine.random()?
        );
        let asked = AskedMail {
            address: address.to_owned(),
            secret: Digest::of(secret.as_bytes()),
            until: now.plus_millis(LINK_MS),
        };
        self.change(who, |wishes| {
            count_by_hand(wishes, now)?;
            wishes.asked = Some(asked.clone());
            Ok(())
        })?;
        let words = format!(
            "Somebody who is at home at {} wants notices sent to this address. If it was you, confirm it \
             there within a day; if not, leave it: nothing more will come.",
            self.setup.url
        );
        let link = format!("{}{SETTINGS}/confirm/{secret}", self.setup.url);
        let letter = Letter::saying(self.fresh_id()?, "Confirm this address", &words, &link);
        let outcome = sent(mailer.send(&self.mail_text(address, &letter)));
        if outcome.is_err() {
            // Nobody has the link, so nothing waits to be confirmed.
            self.change(who, |wishes| {
                wishes.asked = wishes.asked.take().filter(|it| it.secret != asked.secret);
                Ok(())
            })?;
        }
        outcome
    }

    /// The address that somebody would confirm by this secret; nothing where it counts no more.
    pub fn asked(&self, who: ContributorId, secret: &str) -> Result<Option<String>, PostError> {
        let wishes = self.wishes(who)?;
        Ok(self.fits(&wishes, secret).map(|it| it.address.clone()))
    }

    /// Confirms an address; from then on mail goes there, and nowhere else.
    pub fn confirm(&self, who: ContributorId, secret: &str) -> Result<(), PostError> {
        let now = self.engine.now();
        self.change(who, |wishes| {
            let fits = self.fits(wishes, secret).cloned();
            let asked = fits.ok_or(PostError::NotHere)?;
            wishes.asked = None;
            wishes.mail = Some(MailAddress {
                address: asked.address,
                confirmed: now,
                failing: None,
            });
            Ok(())
        })
    }

    /// Sends no mail to somebody any more.
    pub fn end_mail(&self, who: ContributorId) -> Result<(), PostError> {
        self.change(who, |wishes| {
            (wishes.mail, wishes.asked) = (None, None);
            Ok(())
        })
    }

    /// Sends to a chat of somebody's from now on.
    pub fn set_chat(
        &self,
        who: ContributorId,
        address: &str,
        form: ChatForm,
    ) -> Result<(), PostError> {
        let address = address.trim();
        check(address, &self.reach)?;
        let since = self.engine.now();
        self.change(who, |wishes| {
            wishes.chat = Some(ChatAddress {
                address: address.to_owned(),
                form,
                since,
                failing: None,
            });
            Ok(())
        })
    }

    /// Sends to no chat of somebody's any more.
    pub fn end_chat(&self, who: ContributorId) -> Result<(), PostError> {
        self.change(who, |wishes| {
            wishes.chat = None;
            Ok(())
        })
    }

    /// Sends something now, to see whether it comes. An address that had failed counts again if it takes it.
    pub fn try_out(&self, who: ContributorId, by: Channel) -> Result<(), PostError> {
        let now = self.engine.now();
        self.change(who, |wishes| count_by_hand(wishes, now))?;
        let wishes = self.wishes(who)?;
        let words = "This is a trial: by this way you are told what needs you.";
        let link = format!("{}{SETTINGS}", self.setup.url);
        let letter = Letter::saying(self.fresh_id()?, "A trial", words, &link);
        let outcome = self.send(&wishes, by, &letter)?;
        sent(outcome.ok_or(PostError::NotHere)?)?;
        self.change(who, |wishes| {
            match by {
                Channel::Mail => wishes.mail.iter_mut().for_each(|it| it.failing = None),
                Channel::Chat => wishes.chat.iter_mut().for_each(|it| it.failing = None),
            }
            Ok(())
        })
    }

    /// Has notices go on that rest since a backup was restored.
    pub fn go_on(&self, who: ContributorId) -> Result<(), PostError> {
        self.write(who, true, |_| Ok(()))
    }

    /// Sends a letter to an address of somebody's; nothing where there is none.
    pub(super) fn send(
        &self,
        wishes: &Wishes,
        by: Channel,
        letter: &Letter,
    ) -> Result<Option<Outcome>, PostError> {
        Ok(match by {
            Channel::Mail => match &wishes.mail {
                Some(mail) => {
                    let text = self.mail_text(&mail.address, letter);
                    Some(self.mailer()?.send(&text))
                }
                None => None,
            },
            Channel::Chat => match &wishes.chat {
                Some(chat) => {
                    let body = chat::body(chat.form, letter);
                    Some(self.sender()?.tell(&chat.address, body))
                }
                None => None,
            },
        })
    }

    /// Whether somebody is told by this now.
    pub(super) fn uses(&self, wishes: &Wishes, by: Channel) -> bool {
        match by {
            Channel::Mail => {
                let usable = |it: &MailAddress| it.failing.is_none();
                self.has_mail() && wishes.mail.as_ref().is_some_and(usable)
            }
            Channel::Chat => {
                let usable = |it: &ChatAddress| it.failing.is_none();
                WHY_NONE.is_none() && wishes.chat.as_ref().is_some_and(usable)
            }
        }
    }

    /// The network's epoch.
    pub(super) fn epoch(&self) -> Result<u64, PostError> {
        let identity = self.engine.store().identity(self.engine.network());
        Ok(identity.map_err(EngineError::from)?.epoch)
    }

    /// Changes what somebody wishes; tried again where it moved meanwhile.
    pub(super) fn change(
        &self,
        who: ContributorId,
        with: impl FnMut(&mut Wishes) -> Result<(), PostError>,
    ) -> Result<(), PostError> {
        self.write(who, false, with)
    }

    fn write(
        &self,
        who: ContributorId,
        goes_on: bool,
        mut with: impl FnMut(&mut Wishes) -> Result<(), PostError>,
    ) -> Result<(), PostError> {
        let epoch = self.epoch()?;
        for _ in 0..TRIES_MAX {
            let kept = self.kept.addressee(who).map_err(EngineError::from)?;
            let mut wishes = match &kept {
                Some(kept) => Wishes::read(&kept.wishes)?,
                None => Wishes::default(),
            };
            with(&mut wishes)?;
            // Whoever is told nothing yet begins in the present.
            let since = kept.as_ref().filter(|it| it.is_told && !goes_on);
            let new = Addressee {
                who,
                wishes: wishes.write()?,
                is_told: wishes.is_told(),
                epoch: since.map_or(epoch, |it| it.epoch),
                version: kept.as_ref().map_or(0, |it| it.version),
            };
            if self.kept.write_addressee(&new).map_err(EngineError::from)? {
                return Ok(());
            }
        }
        Err(EngineError::Busy.into())
    }

    fn fits<'a>(&self, wishes: &'a Wishes, secret: &str) -> Option<&'a AskedMail> {
        let asked = wishes.asked.as_ref()?;
        let fits = Digest::of(secret.as_bytes()) == asked.secret;
        (fits && self.engine.now() < asked.until).then_some(asked)
    }

    fn mailer(&self) -> Result<Mailer, PostError> {
        let none = || PostError::Misused("this server sends no mail".to_owned());
        Mailer::new(self.setup.mail.as_ref().ok_or_else(none)?)
    }

    fn sender(&self) -> Result<&Sender, PostError> {
        if let Some(sender) = self.sender.get() {
            return Ok(sender);
        }
        let new = Sender::new(&self.reach)?;
        Ok(self.sender.get_or_init(|| new))
    }

    fn mail_text(&self, address: &str, letter: &Letter) -> MailText {
        MailText {
            to: address.to_owned(),
            id: letter.id.clone(),
            at_s: self.engine.now().as_millis().div_euclid(1_000),
            subject: letter.subject.clone(),
            body: letter.plain(),
        }
    }

    fn fresh_id(&self) -> Result<String, PostError> {
        Ok(format!("{:032x}", self.engine.random()?))
    }
}

/// Counts what is sent because somebody pressed a button, up to a bound.
fn count_by_hand(wishes: &mut Wishes, now: Timestamp) -> Result<(), PostError> {
    wishes.by_hand.retain(|at| now.millis_since(*at) < DAY_MS);
    if wishes.by_hand.len() >= BY_HAND_MAX {
        let (what, limit) = ("messages a day that you ask for", BY_HAND_MAX);
        return Err(Rejection::LimitReached { what, limit }.into());
    }
    wishes.by_hand.push(now);
    Ok(())
}

/// What is said to whoever waits for it.
fn sent(outcome: Outcome) -> Result<(), PostError> {
    match outcome {
        Outcome::Arrived(_) => Ok(()),
        Outcome::Gone(why) | Outcome::Refused(why) | Outcome::Failed(why, _) => {
            Err(PostError::Misused(format!("it could not be sent: {why}")))
        }
    }
}
