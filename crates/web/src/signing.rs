//! What a signature rests on, and who opened what of it: one door for the pages and for the API.
//!
//! An opening is noted by session, task, what is handed in and file, so that work which went back has to
//! be opened anew. Who may sign at all is decided below; here is only what has to come before it.

use consort_desk::deliver::{Delivered, file_of, names_of};
use consort_desk::sign;
use consort_engine::Engine;
use consort_engine::access::{CredentialKind, Kept};
use consort_kernel::command::{Body, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Handed, Phase, Task, Verdict};

use crate::key::Key;
use crate::right::{self, About, Act, Asking};
use crate::server::{Failure, Web};

/// How long it counts that something was opened: as long as a session lasts at the most.
const OPENED_MS: i64 = 12 * 3_600_000;
/// Why somebody cannot sign what they are paid for.
pub(crate) const PAID_TO_SIGNER: &str = "nobody signs for a payment to themselves: give the task to \
                                         somebody else at the terminal with 'consort task reassign'";
/// Files that are shown as pages end so.
const PAGE_END: &str = ".html";

/// A file of a result that somebody opened in a session.
fn opening(session: Digest, task: &Task, content: Digest, name: &str) -> Kept {
    let [session, content] = [session, content].map(|it| it.to_string());
    Kept::of("opened", &[&session, &task.id.to_string(), &content, name])
}

/// Something that a signature rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What it is called.
    pub(crate) name: String,
    /// Whether it was opened in this session.
    pub(crate) is_opened: bool,
}

/// Whoever signs, in their session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer {
    /// Who.
    pub(crate) id: ContributorId,
    /// Their session.
    pub(crate) session: Digest,
}

/// By what somebody shows that it is still they.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// By a passkey: whoever has one shows it and nothing else.
    Passkey,
    /// By signing in again: at one of these identity providers, each by its name and with what people call
    /// it, or by a password.
    Again {
        /// The providers.
        providers: Vec<(String, String)>,
        /// Whether a password is one of the ways.
        by_password: bool,
    },
    /// By nothing that they have, where the operator lets nobody sign by their session alone.
    Missing,
}

impl Proof {
    /// What is said to whoever has not shown it.
    fn words(&self) -> String {
        match self {
            Self::Passkey => "show by your passkey that it is you, and do it again".to_owned(),
            Self::Missing => {
                "here nobody signs by their session alone: add a passkey or an identity in your \
                              profile first"
                    .to_owned()
            }
            Self::Again {
                providers,
                by_password,
            } => {
                let labels = providers.iter().map(|(_, label)| format!("at {label}"));
                let password = by_password.then(|| "by your password".to_owned());
                let ways: Vec<String> = labels.chain(password).collect();
                let ways = ways.join(" or ");
                format!("show {ways} that it is you, and do it again")
            }
        }
    }

    /// Whether an identity is one of the ways.
    #[cfg(feature = "oidc")]
    pub(crate) fn is_by_identity(&self) -> bool {
        matches!(self, Self::Again { providers, .. } if !providers.is_empty())
    }

    /// Whether a password is one of the ways.
    #[cfg(feature = "passwords")]
    pub(crate) const fn is_by_password(&self) -> bool {
        matches!(
            self,
            Self::Again {
                by_password: true,
                ..
            }
        )
    }
}

/// By what somebody can show that it is still they; whoever has nothing of the kind signs with their
/// session, unless the operator wants a proof. What the operator took out of the configuration counts no more.
pub(crate) fn proof_of(web: &Web, who: ContributorId) -> Result<Option<Proof>, Failure> {
    let all = web.access.credentials_of(who)?;
    if all.iter().any(|it| it.kind == CredentialKind::Passkey) {
        return Ok(Some(Proof::Passkey));
    }
    let vouches = |it| web.identities.as_ref().and_then(|known| known.of(it));
    let mut providers: Vec<_> = all.iter().filter_map(vouches).collect();
    providers.sort_unstable();
    providers.dedup();
    let owned = |(name, label): (&str, &str)| (name.to_owned(), label.to_owned());
    let providers: Vec<_> = providers.into_iter().map(owned).collect();
    let has_password = all.iter().any(|it| it.kind == CredentialKind::Password);
    let by_password = has_password && web.passwords.is_some();
    let is_any = by_password || !providers.is_empty();
    Ok(is_any.then_some(Proof::Again {
        providers,
        by_password,
    }))
}

/// What somebody has to show before they sign, where it is due.
pub(crate) fn due(web: &Web, who: ContributorId, is_fresh: bool) -> Result<Option<Proof>, Failure> {
    if is_fresh {
        return Ok(None);
    }
    let missing = web.proof_is_needed.then_some(Proof::Missing);
    Ok(proof_of(web, who)?.or(missing))
}

/// Fails where somebody has to show that it is they before they sign.
pub(crate) fn check_signer(web: &Web, who: ContributorId, is_fresh: bool) -> Result<(), Failure> {
    refuse(due(web, who, is_fresh)?)
}

/// Fails where somebody has to show that it is they before they change what they come in by. Whoever has nothing
/// to show adds the first of it by their session.
pub(crate) fn check_owner(web: &Web, who: ContributorId, is_fresh: bool) -> Result<(), Failure> {
    refuse(if is_fresh { None } else { proof_of(web, who)? })
}

fn refuse(due: Option<Proof>) -> Result<(), Failure> {
    match due {
        Some(proof) => Err(Failure::Misused(proof.words())),
        None => Ok(()),
    }
}

/// What was handed in, if something was.
pub(crate) fn handed(task: &Task) -> Result<&Handed, Failure> {
    task.handed().ok_or(Failure::NotHere)
}

/// Whether a task waits for this person's signature: a judgment of theirs does for a review, unless the
/// policy wants somebody else to sign than those who judged.
pub(crate) fn is_to_sign(
    engine: &Engine,
    who: ContributorId,
    task: &Task,
) -> Result<bool, Failure> {
    if task.accountable != who || !task.is_to_be_signed() {
        return Ok(false);
    }
    if matches!(task.phase, Phase::Signing(_)) {
        return Ok(true);
    }
    let rule = engine.policy()?.review_rule(task.spec.risk);
    Ok(!rule.separate_signer)
}

/// Whether somebody may review what was handed in: others answer for it, did it, or judged it already.
pub(crate) fn is_to_review(web: &Web, asking: Asking, task: &Task) -> Result<bool, Failure> {
    let Phase::Reviewing(handed) = &task.phase else {
        return Ok(false);
    };
    let who = asking.who;
    let has_judged = handed.reviews.iter().any(|review| review.by.id == who);
    if task.accountable == who || task.makers().contains(&who) || has_judged {
        return Ok(false);
    }
    let about = About::Task(task);
    Ok(is_able(web, who, task)? && right::may(&web.engine, asking, Act::Judge, about)?)
}

/// Whether somebody can do what they would judge.
fn is_able(web: &Web, who: ContributorId, task: &Task) -> Result<bool, Failure> {
    let was_asked = task.escalated.is_some_and(|(_, to)| to == who);
    Ok(was_asked
        || matches!(
            web.engine.state(StreamId::Contributor(who))?,
            Some(State::Contributor(it)) if it.suspension.is_none()
                && it.skills.get(&task.spec.capability).is_some_and(|skill| skill.level >= task.spec.level)
        ))
}

/// Whether somebody signs what they decided themselves: there is nothing to review then.
pub(crate) fn is_own(who: ContributorId, task: &Task) -> bool {
    task.handed().is_some_and(|it| it.lease.holder.id == who)
}

/// Whether the signature would pay whoever gives it.
pub(crate) fn is_paid_to(who: ContributorId, task: &Task) -> bool {
    task.handed()
        .is_some_and(|it| it.lease.holder.payee == who && it.lease.agreed.is_positive())
}

/// What has to be opened of a result: each of its files, or of what is made into a page and its copies,
/// the page.
pub(crate) fn pieces(web: &Web, session: Digest, task: &Task) -> Result<Vec<Piece>, Failure> {
    let submission = &handed(task)?.submission;
    let mut names = names_of(&web.engine, task)?;
    let was_made_here = submission.files.is_empty();
    if was_made_here && names.iter().any(|name| name.ends_with(PAGE_END)) {
        names.retain(|name| name.ends_with(PAGE_END));
    }
    let now = web.engine.now();
    let piece = |name: String| {
        let opening = opening(session, task, submission.content, &name);
        let is_opened = web.access.kept(opening, now)?.is_some();
        Ok(Piece { name, is_opened })
    };
    names.into_iter().map(piece).collect()
}

/// A file of what is handed in.
pub(crate) fn file(web: &Web, task: &Task, name: &str) -> Result<Delivered, Failure> {
    handed(task)?;
    file_of(&web.engine, task, name)?.ok_or(Failure::NotHere)
}

/// The same, and notes that it was opened in this session.
pub(crate) fn open(
    web: &Web,
    session: Digest,
    task: &Task,
    name: &str,
) -> Result<Delivered, Failure> {
    let found = file(web, task, name)?;
    if let Delivered::Kept(digest) = &found {
        // What cannot be read was not opened.
        web.engine.artefacts().open_checked(*digest)?;
    }
    let content = handed(task)?.submission.content;
    let (opening, now) = (opening(session, task, content, name), web.engine.now());
    if web.access.kept(opening, now)?.is_none() {
        let until = now.plus_millis(OPENED_MS);
        web.access.keep(opening, &[], until)?;
    }
    Ok(found)
}

/// What is judged has to be what was looked at: meanwhile it may have gone back and come again.
pub(crate) fn check_same(task: &Task, content: Digest) -> Result<(), Failure> {
    if handed(task)?.submission.content == content {
        return Ok(());
    }
    let why = "something else was handed in meanwhile; look at it first";
    Err(Failure::Misused(why.to_owned()))
}

/// A signature says that what it rests on was opened, so it has to be. Nobody signs for a payment to
/// themselves.
pub(crate) fn check_opened(web: &Web, by: Signer, task: &Task) -> Result<(), Failure> {
    if is_own(by.id, task) {
        if is_paid_to(by.id, task) {
            return Err(Failure::Misused(PAID_TO_SIGNER.to_owned()));
        }
        return Ok(());
    }
    let pieces = pieces(web, by.session, task)?;
    if let Some(left) = pieces.iter().find(|it| !it.is_opened) {
        let why = format!(
            "open '{}' before you sign: your signature says that you did",
            left.name
        );
        return Err(Failure::Misused(why));
    }
    Ok(())
}

/// Whoever signs what somebody else did says what it misses.
pub(crate) fn check_said(who: ContributorId, task: &Task, missed: &str) -> Result<(), Failure> {
    if is_own(who, task) || !missed.trim().is_empty() {
        return Ok(());
    }
    let why = "say what it misses; 'nothing seen' is an answer".to_owned();
    Err(Failure::Misused(why))
}

/// Whoever says that work is not to be taken as it is, or leaves it to somebody else, says why.
pub(crate) fn check_noted(verdict: Verdict, note: &str) -> Result<(), Failure> {
    if verdict == Verdict::Accept || !note.trim().is_empty() {
        return Ok(());
    }
    let why = "say what it misses: whoever has it next goes by that".to_owned();
    Err(Failure::Misused(why))
}

/// Carries a signature out under the request's key: the judgment, where one is given and was not yet, and
/// the sign-off.
pub(crate) fn sign(
    engine: &Engine,
    key: &Key,
    task: &Task,
    (signer, lease): (ContributorId, u64),
    missed: Option<String>,
) -> Result<(), Failure> {
    let commands = sign::acceptance(signer, task, lease, missed, &engine.policy()?)?.into_iter();
    let bodies = commands.map(|command| Body::Task(task.id, command));
    key.send_all(engine, Principal::Contributor(signer), bodies.collect())
}
