//! The free trial task of an agent: begun by whoever answers for it, or by itself as soon as the agent is heard of.

use consort_desk::trial::begin_trial;
use consort_engine::access::Kept;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};

use crate::owner::owner;
use crate::right::{self, About, Act, Asking};
use crate::server::{Failure, Web};

/// For how long an agent that was connected is waited for: as long as its first token lets it in.
const WAITED_MS: i64 = 90 * 24 * 3_600_000;

/// What is kept of an agent whose trial begins when it is first heard of.
fn wished(agent: ContributorId) -> Kept {
    Kept::of("trial", &[&agent.to_string()])
}

/// What is kept of an agent that was tried out: the task of its latest trial.
fn latest(agent: ContributorId) -> Kept {
    Kept::of("latest trial", &[&agent.to_string()])
}

/// The task of an agent's trial, while it is neither done nor given up.
pub(crate) fn open(web: &Web, agent: ContributorId) -> Result<Option<Task>, Failure> {
    let kept = web.access.kept(latest(agent), web.engine.now())?;
    let id = kept.and_then(|it| String::from_utf8(it).ok());
    let id: Option<TaskId> = id.and_then(|it| it.parse().ok());
    let task = id.map(|id| web.engine.task(id)).transpose()?.flatten();
    Ok(task.filter(|task| {
        !matches!(
            task.phase,
            Phase::Accepted(..) | Phase::Failed { .. } | Phase::Cancelled { .. }
        )
    }))
}

/// Has the trial of an agent begin as soon as it is heard of.
pub(crate) fn wish(web: &Web, agent: ContributorId) -> Result<(), Failure> {
    let until = web.engine.now().plus_millis(WAITED_MS);
    Ok(web.access.keep(wished(agent), &[], until)?)
}

/// Whether the trial of an agent begins as soon as it is heard of.
pub(crate) fn is_wished(web: &Web, agent: ContributorId) -> Result<bool, Failure> {
    Ok(web.access.kept(wished(agent), web.engine.now())?.is_some())
}

/// Begins the trial that was wished for an agent, which is heard of for the first time: by whichever server hears of
/// it first. Where it cannot be begun, whoever answers for the agent begins it on its page.
pub(crate) fn heard_of(web: &Web, agent: ContributorId) -> Result<(), Failure> {
    if !take_back(web, agent)? {
        return Ok(());
    }
    if let Some(State::Contributor(agent)) = web.engine.state(StreamId::Contributor(agent))?
        && let Err(why) = begin(web, &agent)
    {
        tracing::warn!(agent = %agent.id, "its trial cannot be begun: {why}");
    }
    Ok(())
}

/// Has no trial begin by itself; tells whether one was to.
pub(crate) fn take_back(web: &Web, agent: ContributorId) -> Result<bool, Failure> {
    Ok(web.access.take(wished(agent), web.engine.now())?.is_some())
}

/// Begins a trial at the desk of whoever answers for the agent; gives its task, or that of the trial that is open
/// already. Nothing is begun for an agent that can
/// do nothing, and none for a person.
pub(crate) fn begin(web: &Web, agent: &Contributor) -> Result<Option<TaskId>, Failure> {
    let Nature::Agent { operator, .. } = &agent.nature else {
        return Ok(None);
    };
    let asking = Asking::in_person(*operator);
    right::check(&web.engine, asking, Act::ConnectAgent, About::Network)?;
    if let Some(task) = open(web, agent.id)? {
        return Ok(Some(task.id));
    }
    let begun = begin_trial(&web.engine, owner(web, asking)?, agent)?;
    if let Some(task) = begun {
        let until = web.engine.now().plus_millis(WAITED_MS);
        let task = task.to_string();
        web.access.keep(latest(agent.id), task.as_bytes(), until)?;
    }
    Ok(begun)
}
