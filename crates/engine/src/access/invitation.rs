//! Invitations: links that somebody made for somebody else. What came of one is kept for a while: whether it
//! was used, or ran out.
//!
//! With what roles somebody is invited stands in the record of the organisation, under the name of whoever
//! invited them; here is only the link.

use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use consort_store::{Pass, PassKind};

use super::Access;
use super::secret::digest;
use crate::EngineError;

/// What an invitation is called, before who made it.
const LABEL: &str = "an invitation by ";

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The digest of the link's secret, by which it is ended.
    pub secret: Digest,
    /// Who is invited.
    pub who: ContributorId,
    /// Who invited them.
    pub by: ContributorId,
    /// When.
    pub made: Timestamp,
    /// From when on it lets nobody in.
    pub until: Timestamp,
    /// When it was used, if it was.
    pub used: Option<Timestamp>,
}

impl Access {
    /// Makes a link by which somebody new comes in once, and is led to this address; gives its secret.
    pub fn invite(
        &self,
        who: ContributorId,
        by: ContributorId,
        between: (Timestamp, Timestamp),
        leads_to: Option<&str>,
    ) -> Result<String, EngineError> {
        self.link_to(who, &label(by), between, leads_to)
    }

    /// The invitations that somebody made, the oldest first.
    pub fn invitations_by(&self, by: ContributorId) -> Result<Vec<Invitation>, EngineError> {
        let all = self.called(&label(by))?;
        Ok(all.iter().filter_map(invitation).collect())
    }

    /// The invitations of somebody, the oldest first.
    pub fn invitations_of(&self, who: ContributorId) -> Result<Vec<Invitation>, EngineError> {
        let all = self.of(who)?;
        Ok(all.iter().filter_map(invitation).collect())
    }

    /// Makes a new link in place of an invitation that somebody made and nobody used, which leads where that led;
    /// gives its secret. Of several who do so at a time, one gets one. Who is in already, by whatever way, is
    /// invited no more: a link would let whoever makes it in as them.
    pub fn invite_again(
        &self,
        who: ContributorId,
        secret: Digest,
        (by, between): (ContributorId, (Timestamp, Timestamp)),
    ) -> Result<Option<String>, EngineError> {
        let all = self.of(who)?;
        let has_come = |pass: &Pass| {
            pass.kind != PassKind::Link || invitation(pass).is_some_and(|it| it.used.is_some())
        };
        if all.iter().any(has_come) || !self.credentials_of(who)?.is_empty() {
            return Ok(None);
        }
        let all = all.into_iter();
        let mut unused = all.filter(|it| invitation(it).is_some_and(|it| it.used.is_none()));
        let Some(pass) = unused.find(|it| it.secret == secret) else {
            return Ok(None);
        };
        // The new link is there before the old one ends: where it cannot be made, the old one lets in still.
        let leads_to = pass.leads_to.as_deref();
        let link = self.invite(who, by, between, leads_to)?;
        match self.end(secret) {
            Ok(true) => Ok(Some(link)),
            // Somebody else was quicker, or it was used meanwhile.
            Ok(false) => {
                self.end(digest(&link))?;
                Ok(None)
            }
            Err(error) => {
                // Nobody has seen the new one, which is not needed then.
                self.end(digest(&link)).ok();
                Err(error)
            }
        }
    }

    /// Ends the invitations of somebody that nobody used, but for the one with this link: those that an attempt to
    /// invite them left behind.
    pub fn end_others(&self, who: ContributorId, link: &str) -> Result<(), EngineError> {
        for invitation in self.invitations_of(who)? {
            if invitation.used.is_none() && invitation.secret != digest(link) {
                self.end(invitation.secret)?;
            }
        }
        Ok(())
    }

    /// Ends the invitation with this link.
    pub fn end_link(&self, link: &str) -> Result<bool, EngineError> {
        self.end(digest(link))
    }

    /// Ends an invitation of somebody that nobody used; tells whether there was one.
    pub fn end_invitation(&self, who: ContributorId, secret: Digest) -> Result<bool, EngineError> {
        let mut all = self.invitations_of(who)?.into_iter();
        let is_theirs = all.any(|it| it.secret == secret && it.used.is_none());
        Ok(is_theirs && self.end(secret)?)
    }
}

fn label(by: ContributorId) -> String {
    format!("{LABEL}{by}")
}

/// Whether a link is an invitation.
pub(super) fn is_one(pass: &Pass) -> bool {
    invitation(pass).is_some()
}

/// What is kept of an invitation once it is used: it lets nobody in. It has another name than its link had, so that
/// whoever meant to end that link while it was used ends nothing.
pub(super) fn used(pass: Pass, now: Timestamp) -> Pass {
    let now = now.max(pass.created);
    Pass {
        secret: digest(&format!("used {}", pass.secret)),
        used: now,
        expires: now,
        ..pass
    }
}

fn invitation(pass: &Pass) -> Option<Invitation> {
    if pass.kind != PassKind::Link {
        return None;
    }
    let by = pass.label.strip_prefix(LABEL)?.parse().ok()?;
    Some(Invitation {
        secret: pass.secret,
        who: pass.contributor,
        by,
        made: pass.created,
        until: pass.expires,
        used: (pass.used >= pass.expires).then_some(pass.used),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use consort_store::memory::{Faults, MemoryStore};
    use consort_store::{Committed, StoreError, WriteSet};

    const ADA: ContributorId = ContributorId::from_bits(7);
    const BEN: ContributorId = ContributorId::from_bits(8);

    fn access() -> Access {
        Access::new(Arc::new(MemoryStore::new()))
    }

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn it_is_known_who_invited_whom_until_when_and_whether_they_came() {
        let access = access();
        let between = (at(0), at(1_000));
        let link = access.invite(BEN, ADA, between, Some("/tasks")).unwrap();
        let open = access.invitations_of(BEN).unwrap();
        let [open] = open.as_slice() else {
            panic!("{open:?}");
        };
        assert_eq!((open.who, open.by), (BEN, ADA));
        assert_eq!(
            access.invitations_by(ADA).unwrap(),
            std::slice::from_ref(open)
        );
        assert_eq!(access.invitations_by(BEN).unwrap(), []);
        assert_eq!((open.until, open.used), (at(1_000), None));
        let (_, entered) = access.enter(&link, at(5)).unwrap().unwrap();
        assert_eq!(entered.leads_to.as_deref(), Some("/tasks"));
        assert_eq!(access.enter(&link, at(6)).unwrap(), None);
        assert_eq!(access.behind(&link, at(5)).unwrap(), None);
        assert_eq!(
            access.behind(&link, at(4)).unwrap(),
            None,
            "a clock that went back"
        );
        let used = access.invitations_of(BEN).unwrap();
        assert_eq!(used[0].used, Some(at(5)));
        assert!(!access.end_invitation(BEN, used[0].secret).unwrap());
        // A link that somebody made for themselves is no invitation.
        access.link(BEN, "the first link", at(0), at(9)).unwrap();
        assert_eq!(access.invitations_of(BEN).unwrap().len(), 1);
    }

    #[test]
    fn an_invitation_that_is_ended_lets_nobody_in() {
        let access = access();
        let link = access.invite(BEN, ADA, (at(0), at(9)), None).unwrap();
        let secret = access.invitations_of(BEN).unwrap()[0].secret;
        assert!(!access.end_invitation(ADA, secret).unwrap(), "it is Ben's");
        assert!(access.end_invitation(BEN, secret).unwrap());
        assert!(!access.end_invitation(BEN, secret).unwrap());
        assert_eq!(access.enter(&link, at(1)).unwrap(), None);
    }

    #[test]
    fn a_new_link_takes_the_place_of_one_that_nobody_used() {
        let access = access();
        let link = access
            .invite(BEN, ADA, (at(0), at(9)), Some("/tasks"))
            .unwrap();
        let secret = access.invitations_of(BEN).unwrap()[0].secret;
        let again = |who, secret| {
            let by = (ADA, (at(10), at(20)));
            access.invite_again(who, secret, by).unwrap()
        };
        assert_eq!(again(ADA, secret), None, "it is Ben's");
        let new = again(BEN, secret).unwrap();
        assert_eq!(again(BEN, secret), None, "it is ended");
        assert_eq!(access.enter(&link, at(1)).unwrap(), None);
        let (_, entered) = access.enter(&new, at(11)).unwrap().unwrap();
        assert_eq!(entered.leads_to.as_deref(), Some("/tasks"));
        let used = access.invitations_of(BEN).unwrap()[0].secret;
        assert_eq!(again(BEN, used), None, "somebody came by it");
    }

    /// A disk that keeps no pass while it is full.
    #[derive(Default)]
    struct Full(AtomicBool);

    impl Faults for Full {
        fn before_commit(&self, _: &WriteSet) -> Option<StoreError> {
            None
        }

        fn loses_answer(&self, _: &WriteSet, _: &Committed) -> bool {
            false
        }

        fn before_pass(&self, _: &Pass) -> Option<StoreError> {
            let is_full = self.0.load(Ordering::SeqCst);
            is_full.then(|| StoreError::Failed("the disk is full".to_owned()))
        }
    }

    #[test]
    fn where_no_new_link_can_be_made_the_old_one_lets_in() {
        let full = Arc::new(Full::default());
        let access = Access::new(Arc::new(MemoryStore::new().with_faults(full.clone())));
        let link = access.invite(BEN, ADA, (at(0), at(90)), None).unwrap();
        let secret = access.invitations_of(BEN).unwrap()[0].secret;
        let again = || access.invite_again(BEN, secret, (ADA, (at(10), at(20))));
        full.0.store(true, Ordering::SeqCst);
        assert!(again().is_err());
        assert_eq!(access.invitations_of(BEN).unwrap()[0].secret, secret);
        assert!(access.behind(&link, at(11)).unwrap().is_some());
        full.0.store(false, Ordering::SeqCst);
        let new = again().unwrap().unwrap();
        assert_eq!(access.behind(&link, at(12)).unwrap(), None);
        assert!(access.enter(&new, at(12)).unwrap().is_some());
    }

    #[test]
    fn what_an_attempt_left_behind_is_ended() {
        let access = access();
        let [old, new] = [0, 1].map(|_| access.invite(BEN, ADA, (at(0), at(9)), None).unwrap());
        let other = access.invite(ADA, BEN, (at(0), at(9)), None).unwrap();
        access.end_others(BEN, &new).unwrap();
        assert_eq!(access.behind(&old, at(1)).unwrap(), None);
        for link in [new, other] {
            assert!(access.behind(&link, at(1)).unwrap().is_some());
        }
    }

    #[test]
    fn what_came_of_it_is_kept_for_a_while() {
        let access = access();
        access.invite(BEN, ADA, (at(0), at(9)), None).unwrap();
        access.tidy(at(10)).unwrap();
        assert_eq!(access.invitations_of(BEN).unwrap().len(), 1);
        access.tidy(at(10 + super::super::KEPT_MS)).unwrap();
        assert_eq!(access.invitations_of(BEN).unwrap(), []);
    }
}
