//! What goes on without the visitor: beside the list of what needs them.

use consort_kernel::task::Phase;
use maud::{Markup, html as markup};

use crate::part::{Icon, People};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many things are shown.
const SHOWN_MAX: usize = 6;
/// How many tasks at work are looked through for them.
const AT_WORK_MAX: usize = 100;

/// The page's part.
pub(super) fn rail(web: &Web, visitor: &Visitor) -> Result<Markup, Failure> {
    let moving = moving(web, visitor)?;
    Ok(markup! {
        aside.rail aria-label="Moving without you" {
            section.section {
                div.section-head { h2 { "Moving without you" } }
                @if moving.is_empty() { p.small.muted { "Nothing is under way." } }
                ul.certainty { @for line in moving { (line) } }
            }
        }
    })
}

fn moving(web: &Web, visitor: &Visitor) -> Result<Vec<Markup>, Failure> {
    let engine = &web.engine;
    let people = People::of(engine);
    let mut lines = Vec::new();
    for task in engine.tasks_with(None, &["leased", "checking"], AT_WORK_MAX)? {
        if lines.len() == SHOWN_MAX {
            break;
        }
        let who = match &task.phase {
            Phase::Leased(lease) => Some(lease.holder.id),
            _ => task.handed().map(|handed| handed.lease.holder.id),
        };
        if who == Some(visitor.id) || !sight::sees_task(engine, visitor.id, &task)? {
            continue;
        }
        let who = who
            .map(|id| people.name(id))
            .transpose()?
            .unwrap_or_default();
        lines.push(markup! {
            li {
                (Icon::Busy.toned("is-busy"))
                a href={ "/tasks/" (task.id) } { (task.spec.title) }
                span.muted { (who) }
            }
        });
    }
    Ok(lines)
}
