//! Acceptances: one for a task, with the person who answers for it.

use consort_kernel::effect::Acceptance;
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::time::Timestamp;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, contributor_id, integers, read_digest, read_natural, task_id};
use crate::key;

/// Writes the acceptances; the database refuses a second one of a task.
pub(super) fn insert(session: &mut Session, acceptances: &[Acceptance]) -> Tried<()> {
    if acceptances.is_empty() {
        return Ok(());
    }
    let all = || acceptances.iter();
    let tasks: Vec<Id> = all().map(|one| task_id(one.task)).collect();
    let leases = integers(all().map(|one| one.lease))?;
    let submissions: Vec<&[u8]> = all()
        .map(|one| one.submission.as_bytes().as_slice())
        .collect();
    let approvers: Vec<Id> = all().map(|one| contributor_id(one.approver)).collect();
    let in_advance: Vec<bool> = all().map(|one| one.in_advance).collect();
    let moments: Vec<i64> = all().map(|one| one.at.as_millis()).collect();
    session
        .change(
            "INSERT INTO acceptances (shard, task, lease, submission, approver, in_advance, at)
                 SELECT 0, a.* FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::uuid[],
                     $5::boolean[], $6::bigint[]) AS a",
            &[
                &tasks,
                &leases,
                &submissions,
                &approvers,
                &in_advance,
                &moments,
            ],
        )
        .map(|_| ())
}

/// Acceptances in the order of their tasks.
pub(super) fn list(
    session: &mut Session,
    after: Option<TaskId>,
    limit: usize,
) -> Tried<Vec<Acceptance>> {
    let rows = session.rows(
        "SELECT task, lease, submission, approver, in_advance, at FROM acceptances
             WHERE shard = 0 AND ($1::uuid IS NULL OR task > $1) ORDER BY task LIMIT $2",
        &[&after.map(task_id), &key::limit(limit)],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Acceptance {
                task: TaskId::from_bits(get::<Id>(row, 0)?.bits()),
                lease: read_natural(row, 1)?,
                submission: read_digest(row, 2)?,
                approver: ContributorId::from_bits(get::<Id>(row, 3)?.bits()),
                in_advance: get(row, 4)?,
                at: Timestamp::from_millis(get(row, 5)?),
            })
        })
        .collect()
}
