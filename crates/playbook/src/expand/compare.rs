//! The same task to several contributors: how many, and what their tasks are called.

use consort_kernel::task::APART_GROUP_MAX;

use super::item::Item;
use super::plan::failed;
use crate::check::COMPARED_MIN;
use crate::expression::Scope;
use crate::playbook::Task;
use crate::problem::Problem;

/// By how many contributors each task of a template is done; nothing where one does it.
pub(super) fn compared(task: &Task, scope: &Scope) -> Result<Option<usize>, Problem> {
    let Some(compare) = &task.compare else {
        return Ok(None);
    };
    let said = |why: &str| failed(compare.mark, &compare.value, why);
    match compare.value.evaluate(scope, None) {
        Ok(value) => value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .filter(|number| (1..=APART_GROUP_MAX).contains(number))
            .map(Some)
            .ok_or_else(|| {
                said(&format!(
                    "a number of contributors from {COMPARED_MIN} to {APART_GROUP_MAX} is expected"
                ))
            }),
        Err(fault) => Err(said(&fault.to_string())),
    }
}

/// The keys of the tasks for an item: `label[b01]`, or `label[b01/1]` and so on where several do it.
pub(super) fn keys_of_group(
    task: &Task,
    item: Option<&Item>,
    compared: Option<usize>,
) -> Vec<String> {
    let key = &task.key.value;
    match (item, compared) {
        (None, None) => vec![key.clone()],
        (Some(item), None) => vec![format!("{key}[{}]", item.name)],
        (None, Some(count)) => (1..=count)
            .map(|number| format!("{key}[{number}]"))
            .collect(),
        (Some(item), Some(count)) => (1..=count)
            .map(|number| format!("{key}[{}/{number}]", item.name))
            .collect(),
    }
}
