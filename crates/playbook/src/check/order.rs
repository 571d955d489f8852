//! The order of a plan: what comes after what, and the circles in which nothing could begin.

use std::collections::BTreeSet;

use super::references::dependencies;
use crate::playbook::Playbook;
use crate::problem::Problem;

/// The indices of the task templates, each after all that it depends on; else, as the file has
/// them.
pub(crate) fn order(playbook: &Playbook) -> Result<Vec<usize>, Problem> {
    let depends: Vec<BTreeSet<usize>> = playbook
        .tasks
        .iter()
        .map(|task| {
            dependencies(playbook, task)
                .into_iter()
                .filter_map(|name| {
                    playbook
                        .tasks
                        .iter()
                        .position(|other| other.key.value == name)
                })
                .collect()
        })
        .collect();
    let mut placed = Vec::with_capacity(depends.len());
    let mut is_placed = vec![false; depends.len()];
    loop {
        let next = (0..depends.len())
            .find(|index| !is_placed[*index] && depends[*index].iter().all(|d| is_placed[*d]));
        match next {
            Some(index) => {
                is_placed[index] = true;
                placed.push(index);
            }
            None if placed.len() == depends.len() => return Ok(placed),
            None => return Err(circle(playbook, &depends, &is_placed)),
        }
    }
}

/// Names a circle among the templates that could not be placed.
fn circle(playbook: &Playbook, depends: &[BTreeSet<usize>], is_placed: &[bool]) -> Problem {
    let mut path: Vec<usize> = Vec::new();
    let mut at = is_placed
        .iter()
        .position(|placed| !placed)
        .expect("a template is left over, or there would be an order");
    // Each template that is left depends on another that is left, so the walk comes back.
    while !path.contains(&at) {
        path.push(at);
        at = *depends[at]
            .iter()
            .find(|next| !is_placed[**next])
            .expect("what depends on placed templates alone would have been placed");
    }
    let start = path
        .iter()
        .position(|index| *index == at)
        .expect("the walk came back to a template of the path");
    let mut names: Vec<&str> = path[start..]
        .iter()
        .map(|index| playbook.tasks[*index].key.value.as_str())
        .collect();
    names.push(names[0]);
    Problem::new(
        playbook.tasks[at].key.mark,
        format!(
            "these tasks wait for each other, so that none can begin: {}; take away one of the \
             needs",
            names.join(" needs ")
        ),
    )
}
