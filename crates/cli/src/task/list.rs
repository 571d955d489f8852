//! `consort task list` and `show`: which tasks there are, and everything about one.

use anyhow::Result;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Handed, Phase, Task, Verdict};
use consort_store::StateQuery;
use serde_json::json;

use super::found;
use crate::asked::{Asked, table, with_names};

/// How many tasks are listed.
const LISTED_MAX: usize = 1_000;

pub(super) fn list(
    asked: &mut Asked<'_>,
    outcome: Option<OutcomeId>,
    status: &[String],
) -> Result<()> {
    let query = StateQuery {
        kind: Some("task"),
        parent: outcome.map(StreamId::Outcome),
        statuses: status.to_vec(),
        after: None,
        backwards: false,
        limit: LISTED_MAX,
    };
    let mut rows = Vec::new();
    for row in asked.engine().store().states(&query)? {
        let StreamId::Task(id) = row.stream else {
            continue;
        };
        let task = found(asked, id)?;
        rows.push(json!({
            "id": id, "key": task.spec.key, "kind": task.spec.kind, "state": task.phase.as_str(),
            "outcome": task.outcome, "title": task.spec.title,
        }));
    }
    asked.print(&rows, |rows| {
        let text =
            |row: &serde_json::Value, field: &str| row[field].as_str().unwrap_or("").to_owned();
        let cells = rows.iter().map(|row| {
            ["id", "state", "key", "title"]
                .map(|it| text(row, it))
                .to_vec()
        });
        table(&cells.collect::<Vec<_>>())
    })
}

pub(super) fn show(asked: &mut Asked<'_>, id: TaskId) -> Result<()> {
    let task = found(asked, id)?;
    let holder = match &task.phase {
        Phase::Offered(offer) => Some((offer.to, offer.until)),
        Phase::Leased(lease) => Some((lease.holder.id, lease.until)),
        _ => None,
    };
    let holder = holder
        .map(|(who, until)| anyhow::Ok((asked.engine().name_of(who)?, until)))
        .transpose()?;
    let place = asked.place;
    asked.print(&task, |task| {
        let mut lines = instructions(task);
        lines.extend(holder.map(|(who, until)| {
            let who = who.unwrap_or_else(|| "(erased)".to_owned());
            format!("{:<12} {who}, until {until}", task.phase.as_str())
        }));
        lines.push(format!(
            "lease        {} (taken {} times)",
            task.lease_number, task.attempts_total
        ));
        lines.extend(task.handed().into_iter().flat_map(judged));
        if let Phase::Accepted(_, settlement) = &task.phase {
            lines.push(format!("paid         {}", task.asset.show(settlement.net)));
        }
        lines.extend(talk(task));
        lines
            .iter()
            .map(|line| with_names(&place.engine, line))
            .collect()
    })
}

fn instructions(task: &Task) -> Vec<String> {
    let told = &task.spec.instructions;
    let mut lines = vec![
        format!("{}  {}  {}", task.id, task.phase.as_str(), task.spec.title),
        format!("goal         {}", told.goal.trim()),
    ];
    let constraints = told.constraints.iter();
    lines.extend(constraints.map(|it| format!("constraint   {}", it.trim())));
    let criteria = told.criteria.iter();
    lines.extend(criteria.map(|it| format!("criterion    {}: {}", it.key, it.text.trim())));
    lines.push(format!(
        "context      {} pieces: 'consort task context {} --to FOLDER' writes them out",
        told.context.len(),
        task.id
    ));
    lines.push(format!("price        {}", task.asset.show(task.spec.price)));
    lines
}

/// What was handed in, and what was found about it.
fn judged(handed: &Handed) -> Vec<String> {
    let mut lines = vec![format!(
        "handed in    {} at {}",
        handed.submission.content, handed.at
    )];
    let provenance = &handed.submission.provenance;
    lines.extend(
        provenance
            .made_with
            .iter()
            .map(|it| format!("made with    {it}")),
    );
    lines.extend(
        handed
            .submission
            .files
            .iter()
            .map(|(name, digest)| format!("file         {name}  {digest}")),
    );
    lines.extend(handed.checks.iter().map(|check| {
        let mark = if check.passed { "holds" } else { "fails" };
        format!(
            "check        {}: {mark}, {}",
            check.criterion, check.summary
        )
    }));
    lines.extend(handed.reviews.iter().map(|review| {
        format!(
            "review       {} by {}: {}",
            verdict(review.verdict),
            review.by.id,
            review.gap_note
        )
    }));
    lines
}

/// What outlives the lease: why it went back, questions and notes.
fn talk(task: &Task) -> Vec<String> {
    let returned = task.returned.iter().flat_map(|returned| &returned.reasons);
    let mut lines: Vec<String> = returned
        .map(|it| format!("sent back    {}: {}", it.criterion, it.text))
        .collect();
    lines.extend(task.questions.iter().enumerate().map(|(index, question)| {
        let answer = question
            .answer
            .as_ref()
            .map_or("not answered yet", |(_, text)| text);
        format!("question {index}   {} -> {answer}", question.text)
    }));
    lines.extend(task.notes.iter().map(|note| format!("note         {note}")));
    lines
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accept => "accepts it",
        Verdict::RequestChanges => "wants changes",
        Verdict::Reject => "wants somebody else to do it",
        Verdict::Escalate => "wants a decision",
    }
}
