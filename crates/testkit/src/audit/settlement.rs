//! Acceptances: who signed, whether they could, and whether every unit is where it belongs.

use serde_json::Value;

use super::entry::{Entry, moment, number, text, texts};
use super::ledger::Move;
use super::party::{is_person, risk_rank};
use super::task::{TaskModel, check_lease, check_running};
use super::{Findings, Picture};

pub(super) fn accept(
    picture: &mut Picture,
    task: &mut TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) -> Vec<Move> {
    let id = entry.stream;
    check_lease(task, entry, findings);
    check_running(picture, task, entry, findings);
    findings.require(!task.is_accepted, 2, || format!("{id} was accepted twice"));
    findings.require(task.phase == "signing", 6, || {
        format!("{id} was accepted while it is {}", task.phase)
    });
    findings.require(task.is_reviewed(), 6, || {
        format!("{id} was not reviewed enough")
    });
    let fails = task.handed.checks.iter().find(|(_, passed)| !passed);
    findings.require(fails.is_none(), 10, || {
        format!("{id} does not pass {fails:?}")
    });
    findings.require(!picture.network.is_stopped("payouts"), 10, || {
        format!("{id} was paid while all payouts are stopped")
    });
    let root = entry.correlation.unwrap_or(entry.cause);
    let by_timer = [entry.cause, root]
        .iter()
        .any(|command| picture.timers.contains(*command));
    findings.require(!by_timer, 4, || format!("{id} was accepted by a timer"));
    findings.require(entry.policy == picture.network.version(), 8, || {
        format!("{id} was accepted under old rules")
    });
    let settlement = &entry.data["settlement"];
    check_approval(picture, task, entry, &settlement["approval"], findings);
    let lines = ["net", "fee", "tax", "released"].map(|line| number(&settlement[line]));
    check_lines(picture, task, entry, lines, findings);
    picture.accepted += 1;
    task.is_accepted = true;
    task.phase = "accepted";
    task.settled = Some((true, lines));
    moves(task, id, lines)
}

fn check_approval(
    picture: &Picture,
    task: &TaskModel,
    entry: &Entry<'_>,
    approval: &Value,
    findings: &mut Findings,
) {
    let id = entry.stream;
    let signed = &approval["signed_off"];
    let in_advance = &approval["in_advance"];
    let either = if signed.is_object() {
        signed
    } else {
        in_advance
    };
    let by = text(either, "by");
    check_signer(picture, task, entry, by, findings);
    let rule = picture.network.review_rule(entry.policy, task.risk());
    if signed.is_object() {
        let opened = texts(&signed["opened"]).contains(&task.handed.submission);
        findings.require(entry.principal == by && opened, 5, || {
            format!("{id} was signed by {} and not opened", entry.principal)
        });
        let reviewed = task
            .handed
            .reviews
            .iter()
            .any(|(other, _, _)| other.id == by);
        findings.require(
            signed["reviewed_it_too"] == Value::Bool(reviewed),
            6,
            || format!("{id} does not say rightly whether its signer reviewed it"),
        );
        findings.require(
            !reviewed || rule["separate_signer"] == Value::Bool(false),
            6,
            || format!("{id} was signed by its reviewer"),
        );
        return;
    }
    findings.require(
        entry.is_by_engine() && entry.correlation.is_some(),
        5,
        || format!("{id} was accepted in advance by {}", entry.principal),
    );
    let number_given = in_advance["number"].as_u64().unwrap_or(0);
    let outcome = picture.outcomes.get(&task.outcome);
    let Some(terms) = outcome.and_then(|outcome| outcome.terms.get(&number_given)) else {
        return findings.add(
            5,
            format!("{id} names pre-approval {number_given}, which is not in force"),
        );
    };
    let fits = task.agreed <= number(&terms["amount_max"])
        && risk_rank(task.risk()) <= risk_rank(text(terms, "risk_max"))
        && (terms["gates"] == Value::Bool(true) || task.spec["gate"] != Value::Bool(true))
        && moment(&terms["expires_at"]).is_some_and(|until| entry.at_ms <= until)
        && rule["in_advance"] == Value::Bool(true);
    findings.require(fits, 5, || {
        format!("{id} does not fit pre-approval {number_given}: {terms}")
    });
}

/// Every line of a payment, computed from what was agreed and what is unmet.
/// Whoever is named as the signer answers for it, may sign, and is not paid by it.
fn check_signer(
    picture: &Picture,
    task: &TaskModel,
    entry: &Entry<'_>,
    by: &str,
    findings: &mut Findings,
) {
    let id = entry.stream;
    let answers = picture
        .outcomes
        .get(&task.outcome)
        .map(|it| it.accountable.as_str());
    let named = is_person(picture, by) && by == task.accountable && answers == Some(by);
    findings.require(named, 5, || {
        format!("{id} was accepted in the name of '{by}', who does not answer for it")
    });
    let suspended = picture
        .contributors
        .get(by)
        .is_some_and(|it| it.is_suspended);
    findings.require(!suspended, 10, || {
        format!("{id} was accepted in the name of '{by}', who is suspended")
    });
    let pays_signer = task.agreed > 0
        && (task.holder.payee == by || task.drafter.as_ref().is_some_and(|it| it.payee == by));
    findings.require(!pays_signer, 5, || {
        format!("{by} signed a payment to themselves")
    });
}

fn check_lines(
    picture: &Picture,
    task: &TaskModel,
    entry: &Entry<'_>,
    lines: [i128; 4],
    findings: &mut Findings,
) {
    let unmet = texts(&entry.data["settlement"]["unmet"]);
    let criteria = task.spec["instructions"]["criteria"].as_array();
    let criteria: Vec<(&str, i128)> = criteria
        .into_iter()
        .flatten()
        .map(|it| (text(it, "key"), number(&it["weight"])))
        .collect();
    let total: i128 = criteria.iter().map(|(_, weight)| weight).sum();
    let met = criteria
        .iter()
        .filter(|(key, _)| !unmet.iter().any(|it| it == key));
    let met: i128 = met.map(|(_, weight)| weight).sum();
    let gross = task.agreed * met / total.max(1);
    let share = |name: &str| {
        let fraction = &picture.network.policy[name];
        gross * number(&fraction["numerator"]) / number(&fraction["denominator"]).max(1)
    };
    let (fee, tax) = (share("fee"), share("tax"));
    let expected = [gross - fee - tax, fee, tax, task.price() - gross];
    findings.require(
        lines == expected && lines.iter().all(|line| *line >= 0),
        3,
        || {
            format!(
                "{} is settled as {lines:?}, and {expected:?} is right",
                entry.stream
            )
        },
    );
    let judged = task.handed.reviews.iter().flat_map(|(_, _, unmet)| unmet);
    let forgotten = judged.into_iter().find(|key| !unmet.contains(key));
    findings.require(forgotten.is_none(), 6, || {
        format!(
            "{} pays for {forgotten:?}, which a reviewer found unmet",
            entry.stream
        )
    });
}

fn moves(task: &TaskModel, id: &str, [net, fee, tax, released]: [i128; 4]) -> Vec<Move> {
    let hold = format!("hold:{id}");
    let moved = |purpose, to: String, minor| Move {
        purpose,
        from: hold.clone(),
        to,
        asset: task.asset.clone(),
        minor,
    };
    let payee = |party: &str| format!("payable:{party}");
    let mut expected = vec![
        moved("fee", "fee".to_owned(), fee),
        moved("tax", "tax".to_owned(), tax),
        moved("release", format!("escrow:{}", task.outcome), released),
    ];
    match &task.drafter {
        Some(drafter) => {
            let second = net / 2;
            expected.push(moved("pay", payee(&drafter.payee), net - second));
            expected.push(moved("pay", payee(&task.holder.payee), second));
        }
        None => expected.push(moved("pay", payee(&task.holder.payee), net)),
    }
    expected
}
