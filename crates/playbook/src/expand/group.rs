//! Material in groups: where a task gets many sources, it names the lists of them.
//!
//! A task stands in one event of a bounded size, and a folder has any number of documents. What is
//! in a list, and in which order, is fixed by its digest all the same.

use consort_kernel::task::{ContextItem, ContextSource, DataClass};
use serde_json::json;

use super::plan::Plan;

/// How many pieces of context a task names one by one: a person can still look through them.
const NAMED_MAX: usize = 64;

/// The pieces of context of one task, each with its sources; many sources become groups, one for
/// each class of data, so that nothing is held less closely than before.
pub(super) fn grouped(plan: &mut Plan<'_>, pieces: Vec<Vec<ContextItem>>) -> Vec<ContextItem> {
    let sources: usize = pieces.iter().map(Vec::len).sum();
    if sources <= NAMED_MAX {
        return pieces.into_iter().flatten().collect();
    }
    let mut context = Vec::new();
    for piece in pieces {
        let mut classes: Vec<DataClass> = Vec::new();
        for item in &piece {
            if !classes.contains(&item.class) {
                classes.push(item.class);
            }
        }
        for class in classes {
            let mut items = piece.iter().filter(|item| item.class == class);
            let Some(first) = items.next() else { continue };
            let rest: Vec<&ContextSource> = items.map(|item| &item.source).collect();
            if rest.is_empty() {
                context.push(first.clone());
                continue;
            }
            let list: Vec<&ContextSource> = std::iter::once(&first.source).chain(rest).collect();
            let list = plan.store(&format!("list of {}", first.name), &json!(list));
            context.push(ContextItem {
                source: ContextSource::Group(list),
                ..first.clone()
            });
        }
    }
    context
}
