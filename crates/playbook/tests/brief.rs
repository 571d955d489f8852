//! The decision brief that ships in the binary: it reads, expands and covers its outcome.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::money::Amount;
use consort_kernel::task::{
    ContextSource, DataClass, Method, Mode, Risk, SPEC_BYTES_MAX, TaskSpec,
};
use consort_playbook::{
    Expansion, File, InputValue, Inputs, Known, Playbook, expand, parse, shipped,
};

fn brief() -> Playbook {
    parse(shipped::shipped("brief").expect("it ships")).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("the shipped brief has problems:\n{}", lines.join("\n"))
    })
}

fn folder(names: &[&str]) -> InputValue {
    InputValue::Folder(
        names
            .iter()
            .map(|name| File {
                name: (*name).to_owned(),
                digest: Digest::of(name.as_bytes()),
                class: DataClass::Confidential,
            })
            .collect(),
    )
}

fn inputs(names: &[&str]) -> Inputs {
    BTreeMap::from([
        ("documents".to_owned(), folder(names)),
        (
            "question".to_owned(),
            InputValue::Text("Which offer?".to_owned()),
        ),
    ])
}

fn check(names: &[&str]) -> Expansion {
    expand(&brief(), &inputs(names), &Known::default()).expect("the brief expands")
}

fn task<'a>(expansion: &'a Expansion, key: &str) -> &'a TaskSpec {
    let found = expansion.tasks.iter().find(|task| task.key == key);
    found.unwrap_or_else(|| panic!("there is no task {key}"))
}

#[test]
fn a_brief_of_two_documents_is_planned_whole_at_once() {
    let expansion = check(&["a.pdf", "b/c.md"]);
    let keys: Vec<&str> = expansion
        .tasks
        .iter()
        .map(|task| task.key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "summarise[a.pdf]",
            "summarise[b/c.md]",
            "research[a.pdf]",
            "research[b/c.md]",
            "organise",
            "counter-argue",
            "screen-risk",
            "draft",
            "second-review",
            "resolve",
            "integrate"
        ]
    );
    assert!(expansion.later.is_empty());
    let price: i64 = expansion.tasks.iter().map(|task| task.price.minor()).sum();
    assert_eq!(price, 2 * (20 + 30) + 60 + 60 + 60 + 120 + 80 + 80);
}

#[test]
fn each_task_comes_after_all_that_it_needs_and_the_kernel_takes_it() {
    let expansion = check(&["a.pdf", "b.md", "c.csv"]);
    let mut before = Vec::new();
    for task in &expansion.tasks {
        for need in &task.needs {
            assert!(before.contains(need), "{} comes before {need}", task.key);
        }
        let told = &task.instructions;
        assert!(
            !told.goal.is_empty() && !told.context.is_empty(),
            "{}",
            task.key
        );
        assert!(
            !told.constraints.is_empty() && !told.criteria.is_empty(),
            "{}",
            task.key
        );
        before.push(task.key.clone());
    }
}

#[test]
fn every_criterion_of_the_outcome_is_served() {
    let expansion = check(&["a.pdf"]);
    for criterion in &expansion.outcome.criteria {
        let is_served = expansion
            .tasks
            .iter()
            .any(|task| task.serves.contains(&criterion.key));
        assert!(is_served, "{}", criterion.key);
    }
    let weight: u32 = expansion.outcome.criteria.iter().map(|c| c.weight).sum();
    assert_eq!(weight, 100);
}

#[test]
fn a_document_reaches_its_tasks_by_reference_with_its_class() {
    let expansion = check(&["a.pdf", "b.md"]);
    let context = &task(&expansion, "research[b.md]").instructions.context;
    assert_eq!(context[0].name, "document");
    assert_eq!(context[0].class, DataClass::Confidential);
    assert_eq!(
        context[0].source,
        ContextSource::Artefact(Digest::of(b"b.md"))
    );
}

#[test]
fn what_a_person_typed_reaches_contributors_as_an_artefact_and_in_no_instructions() {
    let expansion = check(&["a.pdf"]);
    let context = &task(&expansion, "summarise[a.pdf]").instructions.context;
    let ContextSource::Artefact(digest) = context[1].source else {
        panic!("the question is an artefact");
    };
    let artefact = &expansion.artefacts[&digest];
    assert_eq!(artefact.name, "question");
    let expected = br#"{"must_know":[],"options":[],"question":"Which offer?"}"#;
    assert_eq!(artefact.bytes, expected);
    assert_eq!(digest, Digest::of(expected));
    for task in &expansion.tasks {
        let told = &task.instructions;
        assert!(!told.goal.contains("Which offer?"), "{}", task.key);
    }
    assert_eq!(
        expansion.outcome.objective,
        "A decision brief on: Which offer?"
    );
}

#[test]
fn without_a_question_it_says_that_no_decision_was_asked() {
    let given = BTreeMap::from([("documents".to_owned(), folder(&["a.pdf"]))]);
    let expansion = expand(&brief(), &given, &Known::default()).unwrap();
    assert!(
        expansion
            .outcome
            .objective
            .contains("no decision was asked")
    );
    let asked = expansion
        .artefacts
        .values()
        .find(|artefact| artefact.name == "question")
        .unwrap();
    assert_eq!(
        asked.bytes,
        br#"{"must_know":[],"options":[],"question":null}"#
    );
}

#[test]
fn outputs_are_told_by_the_keys_of_the_tasks_that_hand_them_in() {
    let expansion = check(&["a.pdf", "b.md"]);
    let sources: Vec<&ContextSource> = task(&expansion, "organise")
        .instructions
        .context
        .iter()
        .map(|item| &item.source)
        .collect();
    assert_eq!(
        sources,
        [
            &ContextSource::Output("research[a.pdf]".to_owned()),
            &ContextSource::Output("research[b.md]".to_owned())
        ]
    );
}

#[test]
fn a_folder_of_thousands_is_planned_in_tasks_that_fit_into_their_events() {
    let names: Vec<String> = (0..2_500)
        .map(|number| format!("{number:04} {}.pdf", "long name ".repeat(9)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let expansion = check(&names);
    for task in &expansion.tasks {
        let bytes = consort_kernel::canonical::write(&task.folded()).len();
        assert!(bytes <= SPEC_BYTES_MAX, "{} takes {bytes}", task.key);
    }
    let context = &task(&expansion, "counter-argue").instructions.context;
    let ContextSource::Group(list) = context[0].source else {
        panic!("many documents come as a list: {:?}", context[0]);
    };
    assert_eq!(context[0].class, DataClass::Confidential);
    let listed: Vec<ContextSource> =
        serde_json::from_slice(&expansion.artefacts[&list].bytes).unwrap();
    let given: Vec<ContextSource> = names
        .iter()
        .map(|name| ContextSource::Artefact(Digest::of(name.as_bytes())))
        .collect();
    assert_eq!(listed, given, "in the order of the folder");
    assert_eq!(context[2].name, "question");
    assert!(matches!(context[2].source, ContextSource::Artefact(_)));
}

#[test]
fn documents_of_several_classes_are_never_listed_together() {
    let files = (0..100).map(|number: u32| File {
        name: format!("{number}.md"),
        digest: Digest::of(&number.to_le_bytes()),
        class: if number.is_multiple_of(2) {
            DataClass::Public
        } else {
            DataClass::Restricted
        },
    });
    let given = BTreeMap::from([("documents".to_owned(), InputValue::Folder(files.collect()))]);
    let expansion = expand(&brief(), &given, &Known::default()).unwrap();
    let context = &task(&expansion, "screen-risk").instructions.context;
    let documents = context.iter().filter(|item| item.name == "documents");
    for item in documents {
        let ContextSource::Group(list) = item.source else {
            panic!("{item:?}");
        };
        let listed: Vec<ContextSource> =
            serde_json::from_slice(&expansion.artefacts[&list].bytes).unwrap();
        assert_eq!(listed.len(), 50, "{:?}", item.class);
    }
}

#[test]
fn a_person_decides_and_signs_and_the_second_reader_is_another() {
    let expansion = check(&["a.pdf"]);
    let resolve = task(&expansion, "resolve");
    assert_eq!(
        (resolve.mode, resolve.kind.as_str()),
        (Mode::Person, "decide")
    );
    assert_eq!(resolve.price, Amount::ZERO);
    let integrate = task(&expansion, "integrate");
    assert!(integrate.gate);
    assert_eq!(integrate.risk, Risk::Medium);
    let gates = expansion.tasks.iter().filter(|task| task.gate).count();
    assert_eq!(gates, 1);
    assert_eq!(task(&expansion, "second-review").apart_from, ["draft"]);
}

#[test]
fn every_schema_named_by_a_criterion_is_among_the_artefacts() {
    let expansion = check(&["a.pdf"]);
    let mut count = 0;
    for criterion in expansion
        .tasks
        .iter()
        .flat_map(|task| &task.instructions.criteria)
    {
        if let Method::Schema(digest) = criterion.method {
            let artefact = &expansion.artefacts[&digest];
            assert_eq!(Digest::of(&artefact.bytes), digest);
            count += 1;
        }
    }
    assert_eq!(count, 9);
}
