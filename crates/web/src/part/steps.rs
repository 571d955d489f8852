//! The five steps of a task: handed in, checked, reviewed, signed, paid.

use consort_kernel::task::{Approval, Handed, Phase, Task};
use maud::{Markup, html as markup};

use super::Tone;

/// The words of the steps.
const WORDS: [&str; 5] = ["Handed in", "Checked", "Reviewed", "Signed", "Paid"];

/// On a step that there is not.
const NOT_DUE: &str = "none is due";

/// How far each step is, with a word on it.
fn told(task: &Task) -> [(Tone, String); 5] {
    let mut steps = [const { (Tone::Idle, String::new()) }; 5];
    if let Phase::Leased(_) | Phase::Offered(_) = task.phase {
        steps[0] = (Tone::Busy, String::new());
    }
    let Some(handed) = task.handed() else {
        if let Some(returned) = &task.returned {
            steps[0].1 = match returned.reasons.len() {
                0 | 1 => "sent back, with the reason".to_owned(),
                count => format!("sent back, with {count} reasons"),
            };
        }
        steps[4].1 = format!("{} reserved", task.asset.show(task.spec.price));
        return steps;
    };
    steps[0] = (Tone::Done, String::new());
    steps[1] = checked(task, handed);
    steps[2] = reviewed(task, handed);
    steps[3] = (Tone::Idle, String::new());
    steps[4].1 = format!("{} reserved", task.asset.show(handed.lease.agreed));
    match &task.phase {
        Phase::Signing(_) => steps[3] = (Tone::Wait, "waits".to_owned()),
        Phase::Accepted(_, settlement) => {
            let how = match &settlement.approval {
                Approval::InAdvance { .. } if handed.lease.holder.id == task.accountable => {
                    "in advance, by who did it"
                }
                Approval::InAdvance { .. } => "in advance, not opened",
                Approval::SignedOff { .. } => "opened and signed",
            };
            steps[3] = (Tone::Done, how.to_owned());
            steps[4] = (Tone::Done, task.asset.show(settlement.net));
        }
        _ => {}
    }
    steps
}

fn checked(task: &Task, handed: &Handed) -> (Tone, String) {
    let (count, failed) = (
        handed.checks.len(),
        handed.checks.iter().filter(|check| !check.passed).count(),
    );
    match &task.phase {
        Phase::Checking(_) => (Tone::Busy, "under way".to_owned()),
        _ if count == 0 => (Tone::Done, "nothing to check".to_owned()),
        _ if failed > 0 => (Tone::Bad, format!("{} of {count} hold", count - failed)),
        _ => (Tone::Done, format!("{count} of {count} hold")),
    }
}

fn reviewed(task: &Task, handed: &Handed) -> (Tone, String) {
    let (there, needed) = (handed.reviews.len(), usize::from(handed.reviews_needed));
    match &task.phase {
        Phase::Checking(_) => (Tone::Idle, String::new()),
        Phase::Reviewing(_) => (Tone::Wait, format!("{there} of {needed}")),
        _ if there > 0 => (Tone::Done, format!("by {there}")),
        _ => (Tone::Idle, NOT_DUE.to_owned()),
    }
}

/// The steps, in words.
pub(crate) fn steps(task: &Task) -> Markup {
    let told = told(task);
    let is_open = |(tone, words): &(Tone, String)| *tone != Tone::Done && words != NOT_DUE;
    let current = told.iter().position(is_open);
    markup! {
        ol.steps aria-label="Steps of this task" {
            @for (place, (tone, words)) in told.iter().enumerate() {
                li class={ "step " (tone.class()) } aria-current=[(current == Some(place)).then_some("step")] {
                    (tone.icon().show()) b { (WORDS[place]) } span { (words) }
                }
            }
        }
    }
}

/// The steps as five small marks, for a table; the words beside them say it too.
pub(crate) fn pips(task: &Task) -> Markup {
    markup! {
        svg.pips viewBox="0 0 57 8" aria-hidden="true" {
            @for (place, (tone, _)) in told(task).iter().enumerate() {
                rect class=[(*tone != Tone::Idle).then_some(tone.class())] x=(place * 12) width="9" height="8" rx="2" {}
            }
        }
    }
}
