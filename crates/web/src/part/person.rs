//! People and agents by name.

use std::cell::RefCell;
use std::collections::BTreeMap;

use consort_engine::Engine;
use consort_kernel::contributor::Nature;
use consort_kernel::id::ContributorId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use crate::server::Failure;

/// Somebody, as far as a page names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// Who.
    pub(crate) id: ContributorId,
    /// Their name, or their identifier where the name was erased.
    pub(crate) name: String,
    /// Whether they are an agent.
    pub(crate) is_agent: bool,
}

/// Looks people up, each once.
pub(crate) struct People<'a> {
    engine: &'a Engine,
    known: RefCell<BTreeMap<ContributorId, Known>>,
}

impl<'a> People<'a> {
    /// Those of this engine.
    pub(crate) fn of(engine: &'a Engine) -> Self {
        Self {
            engine,
            known: RefCell::default(),
        }
    }

    /// Where they are looked up.
    pub(crate) const fn engine(&self) -> &'a Engine {
        self.engine
    }

    /// Who this is.
    pub(crate) fn find(&self, id: ContributorId) -> Result<Known, Failure> {
        if let Some(known) = self.known.borrow().get(&id) {
            return Ok(known.clone());
        }
        let is_agent = matches!(
            self.engine.shared_state(StreamId::Contributor(id))?.as_deref(),
            Some(State::Contributor(it)) if matches!(it.nature, Nature::Agent { .. })
        );
        let name = self.engine.name_of(id)?;
        let known = Known {
            id,
            name: name.unwrap_or_else(|| id.to_string()),
            is_agent,
        };
        self.known.borrow_mut().insert(id, known.clone());
        Ok(known)
    }

    /// Their name alone.
    pub(crate) fn name(&self, id: ContributorId) -> Result<String, Failure> {
        Ok(self.find(id)?.name)
    }
}

impl Known {
    /// The first letters of the name.
    pub(crate) fn initials(&self) -> String {
        let words = self
            .name
            .split_whitespace()
            .filter_map(|it| it.chars().next());
        words.take(2).flat_map(char::to_uppercase).collect()
    }

    /// Their picture: round for a person, square for an agent.
    pub(crate) fn avatar(&self) -> Markup {
        let class = if self.is_agent {
            "avatar agent"
        } else {
            "avatar"
        };
        markup! { span class=(class) aria-hidden="true" { (self.initials()) } }
    }

    /// Their picture and name, which leads to their page.
    pub(crate) fn show(&self) -> Markup {
        markup! {
            span.who {
                (self.avatar())
                a href={ "/people/" (self.id) } {
                    (self.name)
                    @if self.is_agent { span.sr { " (agent)" } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_two_words() {
        for (name, initials) in [
            ("Ada Example", "AE"),
            ("summariser", "S"),
            ("émile de zola", "ÉD"),
            ("", ""),
        ] {
            let known = Known {
                id: ContributorId::from_bits(1),
                name: name.to_owned(),
                is_agent: false,
            };
            assert_eq!(known.initials(), initials);
        }
    }
}
