//! The policies that ship, and what they say about facts.
//!
//! Who asks is always the same entity of a slice, in the roles that the facts give them; whoever else is
//! concerned is another. So a slice has no identifier of anybody, and an answer is remembered.

use std::collections::{HashMap, HashSet};
use std::str::FromStr as _;
use std::sync::{LazyLock, PoisonError, RwLock};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy,
    PolicyId, PolicySet, Request, RestrictedExpression,
};
use consort_kernel::network::Duty;
use consort_kernel::organisation::Role;

use super::act::Act;
use super::facts::{Facts, Kind, Relation};

/// A file of policies, as it ships and is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it says.
    pub(crate) text: &'static str,
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(File { name: $name, text: include_str!(concat!("../../policies/", $name)) }),+]
    };
}

/// The policies, in the order in which they are best read.
pub(crate) const FILES: &[File] = files![
    "network.cedar",
    "organisation.cedar",
    "work.cedar",
    "never.cedar",
];

/// The policies, read.
struct Book {
    authorizer: Authorizer,
    policies: PolicySet,
    /// What was worked out already.
    answers: RwLock<HashMap<(Act, Facts), bool>>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| Book {
    authorizer: Authorizer::new(),
    policies: policies(),
    answers: RwLock::default(),
});

/// Whether the policies permit it. What cannot be worked out is not permitted.
pub(super) fn permits(act: Act, facts: Facts) -> bool {
    let key = (act, facts);
    let answers = BOOK.answers.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = answers.get(&key) {
        return *known;
    }
    drop(answers);
    let answer = decide(&BOOK, act, &key.1);
    let mut answers = BOOK.answers.write().unwrap_or_else(PoisonError::into_inner);
    answers.insert(key, answer);
    answer
}

/// All policies, each under the name that its annotation gives it.
fn policies() -> PolicySet {
    let read = FILES.iter().flat_map(|file| {
        let set = PolicySet::from_str(file.text).expect("a policy that ships can be read");
        set.policies().map(named).collect::<Vec<_>>()
    });
    PolicySet::from_policies(read).expect("no two policies have one name")
}

fn named(policy: &Policy) -> Policy {
    let name = policy
        .annotation("id")
        .expect("a policy that ships is named");
    policy.new_id(PolicyId::new(name))
}

fn decide(book: &Book, act: Act, facts: &Facts) -> bool {
    let Some((request, entities)) = slice(act, facts) else {
        return false;
    };
    let answer = book
        .authorizer
        .is_authorized(&request, &book.policies, &entities);
    answer.decision() == Decision::Allow
}

/// The question as Cedar takes it.
fn slice(act: Act, facts: &Facts) -> Option<(Request, Entities)> {
    let resource = resource(facts);
    let how = [("session", facts.is_session), ("cleared", facts.is_cleared)]
        .map(|(name, holds)| (name.to_owned(), RestrictedExpression::new_bool(holds)));
    let request = Request::new(
        asking(),
        uid("Action", act.name()),
        resource.uid(),
        Context::from_pairs(how).ok()?,
        None,
    )
    .ok()?;
    let mut entities = vec![principal(facts), organisation()];
    if resource.uid() != asking() {
        entities.push(resource);
    }
    Some((request, Entities::from_entities(entities, None).ok()?))
}

fn uid(kind: &str, name: &str) -> EntityUid {
    let kind = EntityTypeName::from_str(kind).expect("it is a word");
    EntityUid::from_type_name_and_id(kind, EntityId::new(name))
}

/// Who asks.
fn asking() -> EntityUid {
    uid("Contributor", "asking")
}

/// Whoever it is but them.
fn another() -> EntityUid {
    uid("Contributor", "another")
}

fn role(role: Role) -> EntityUid {
    uid("Role", &format!("organisation/{}", role.name()))
}

fn link(to: EntityUid) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(to)
}

fn entity(
    uid: EntityUid,
    attributes: impl IntoIterator<Item = (&'static str, RestrictedExpression)>,
    parents: HashSet<EntityUid>,
) -> Entity {
    let attributes = attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    Entity::new(uid, attributes.collect(), parents).expect("what is given are plain values")
}

fn principal(facts: &Facts) -> Entity {
    let duties = facts
        .duties
        .iter()
        .map(|duty: &Duty| uid("Role", duty.name()));
    let parents = duties
        .chain(facts.roles.iter().copied().map(role))
        .collect();
    let answers = if facts.is_person { asking() } else { another() };
    let attributes = [
        ("person", RestrictedExpression::new_bool(facts.is_person)),
        ("answers", link(answers)),
        (
            "guest",
            RestrictedExpression::new_bool(facts.relations.contains(&Relation::Visiting)),
        ),
    ];
    entity(asking(), attributes, parents)
}

fn organisation() -> Entity {
    let roles = Role::ALL.map(|it| (it.name(), link(role(it))));
    entity(uid("Organisation", "it"), roles, HashSet::new())
}

/// What it is about.
fn resource(facts: &Facts) -> Entity {
    let is = |relation| facts.relations.contains(&relation);
    let who = |relation| if is(relation) { asking() } else { another() };
    let those = |relation| RestrictedExpression::new_set([link(who(relation))]);
    match facts.kind {
        Kind::Network => entity(uid("Network", "it"), [], HashSet::new()),
        Kind::Organisation => organisation(),
        Kind::Contributor if is(Relation::Themselves) => principal(facts),
        Kind::Contributor => {
            let attributes = [
                (
                    "person",
                    RestrictedExpression::new_bool(!is(Relation::Operator)),
                ),
                ("answers", link(who(Relation::Operator))),
                ("guest", RestrictedExpression::new_bool(false)),
            ];
            entity(another(), attributes, HashSet::new())
        }
        Kind::Outcome | Kind::Task => {
            let mut attributes = vec![
                ("organisation", link(uid("Organisation", "it"))),
                ("accountable", link(who(Relation::Accountable))),
                ("escalation", those(Relation::Escalation)),
                ("involved", those(Relation::Involved)),
            ];
            if facts.kind == Kind::Outcome {
                return entity(uid("Outcome", "it"), attributes, HashSet::new());
            }
            attributes.push(("guests", those(Relation::Guest)));
            attributes.push(("performers", those(Relation::AnswersForPerformer)));
            entity(uid("Task", "it"), attributes, HashSet::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use cedar_policy::{Schema, ValidationMode, Validator};

    use super::*;

    const SCHEMA: &str = include_str!("../../policies/consort.cedarschema");

    fn schema() -> Schema {
        let (schema, warnings) = Schema::from_cedarschema_str(SCHEMA).unwrap();
        assert_eq!(warnings.count(), 0);
        schema
    }

    #[test]
    fn the_policies_that_ship_are_in_order() {
        let validator = Validator::new(schema());
        let found = validator.validate(&policies(), ValidationMode::Strict);
        assert!(found.validation_passed_without_warnings(), "{found}");
    }

    #[test]
    fn every_question_is_one_of_the_schema() {
        let schema = schema();
        let facts = |kind| Facts {
            kind,
            is_person: true,
            is_session: true,
            is_cleared: true,
            duties: Duty::ALL.into(),
            roles: Role::ALL.into(),
            relations: [].into(),
        };
        let known: HashSet<String> = schema.actions().map(ToString::to_string).collect();
        let mut asked = HashSet::new();
        for (kind, acts) in crate::right::act::tests::BY_KIND {
            for act in *acts {
                let (request, entities) = slice(*act, &facts(*kind)).unwrap();
                let checked = Request::new(
                    request.principal().unwrap().clone(),
                    request.action().unwrap().clone(),
                    request.resource().unwrap().clone(),
                    Context::from_pairs(
                        ["session", "cleared"]
                            .map(|name| (name.to_owned(), RestrictedExpression::new_bool(true))),
                    )
                    .unwrap(),
                    Some(&schema),
                );
                assert!(checked.is_ok(), "{act:?}: {checked:?}");
                let entities = Entities::from_entities(entities.iter().cloned(), Some(&schema));
                assert!(entities.is_ok(), "{act:?}: {entities:?}");
                asked.insert(format!("Action::\"{}\"", act.name()));
            }
        }
        assert_eq!(asked, known);
    }
}
