//! How the results came about, in a sentence: by built-in tools, by people, by programs, by models.
//!
//! It goes by what each result says of itself, so that nothing is called extracted that a model
//! wrote.

use std::collections::BTreeMap;

use consort_kernel::task::{AiUse, Task};
use consort_tools::deliver::NOTHING_INTERPRETED;

/// How the built-in tools begin the name of what a result was made with.
const BUILT_IN: &str = "consort ";

/// Who or what made a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Maker {
    BuiltIn,
    Person,
    Assisted,
    Program,
    Model,
}

/// The sentence at the end of a run.
pub fn sentence(tasks: &[Task]) -> String {
    say(&counted(tasks))
}

/// The sentence on a brief's page, which speaks of the programs and models alone: what people did
/// stands there by itself.
pub(super) fn on_page(tasks: &[Task]) -> String {
    let mut made = counted(tasks);
    made.remove(&Maker::Person);
    if made.keys().all(|maker| *maker == Maker::BuiltIn) {
        return NOTHING_INTERPRETED.to_owned();
    }
    say(&made)
}

fn counted(tasks: &[Task]) -> BTreeMap<Maker, usize> {
    let mut made = BTreeMap::new();
    for handed in tasks
        .iter()
        .filter(|it| it.is_accepted())
        .filter_map(Task::handed)
    {
        let provenance = &handed.submission.provenance;
        let with = provenance.made_with.as_deref().unwrap_or_default();
        let maker = match (provenance.ai, &handed.lease.holder.family) {
            (AiUse::Generated, _) => Maker::Model,
            (AiUse::Assisted, _) => Maker::Assisted,
            (AiUse::Tool, _) if with.starts_with(BUILT_IN) => Maker::BuiltIn,
            (AiUse::Tool, _) | (AiUse::None, Some(_)) => Maker::Program,
            (AiUse::None, None) => Maker::Person,
        };
        *made.entry(maker).or_insert(0) += 1;
    }
    made
}

fn say(made: &BTreeMap<Maker, usize>) -> String {
    let parts = made.iter().map(|(maker, count)| {
        let of = match (maker, count) {
            (Maker::BuiltIn, _) => {
                return "The built-in tools extracted and compared. They did not interpret."
                    .to_owned();
            }
            (_, 1) => "1 result was".to_owned(),
            (_, count) => format!("{count} results were"),
        };
        match maker {
            Maker::BuiltIn | Maker::Person => format!("{of} a person's own."),
            Maker::Assisted => format!("{of} made by a person with a model."),
            Maker::Program => format!("{of} made by a program of the operator's."),
            Maker::Model => format!("{of} written by a model, which can be wrong."),
        }
    });
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sort_of_maker_is_named_as_what_it_is() {
        for (made, said) in [
            (
                &[(Maker::BuiltIn, 9)][..],
                "The built-in tools extracted and compared. They did not interpret.",
            ),
            (
                &[(Maker::BuiltIn, 9), (Maker::Person, 1), (Maker::Model, 2)],
                "The built-in tools extracted and compared. They did not interpret. 1 result was a \
                 person's own. 2 results were written by a model, which can be wrong.",
            ),
            (
                &[(Maker::Program, 1)],
                "1 result was made by a program of the operator's.",
            ),
        ] {
            assert_eq!(say(&made.iter().copied().collect()), said);
        }
    }
}
