//! The published schema and the reader agree on what a playbook may look like.

use consort_playbook::json_schema::JsonSchema;
use consort_playbook::shipped::{SHIPPED, TEMPLATES, template, template_names};
use consort_playbook::{parse, schema, to_json};

/// The first template, with one part of its text replaced.
fn simple_with(from: &str, to: &str) -> String {
    let text = template("simple").expect("it ships");
    assert!(text.contains(from), "the template has no {from:?}");
    text.replacen(from, to, 1)
}

fn fits_schema(text: &str) -> bool {
    let schema = JsonSchema::read(&schema()).expect("it is a schema");
    let json = to_json(text).expect("it is YAML");
    schema.misfits(&json).next().is_none()
}

#[test]
fn everything_that_ships_fits_the_schema_and_passes_the_check() {
    for shipped in SHIPPED.iter().chain(&TEMPLATES) {
        let schema = JsonSchema::read(&schema()).unwrap();
        let json = to_json(shipped.text).unwrap();
        let misfits: Vec<_> = schema.misfits(&json).collect();
        assert_eq!(misfits, [], "{}", shipped.name);
        let problems = parse(shipped.text).err().unwrap_or_default();
        assert_eq!(problems, [], "{}", shipped.name);
    }
}

#[test]
fn a_new_playbook_can_begin_from_each_name_that_is_offered() {
    for name in template_names() {
        let text = template(name).unwrap();
        assert!(text.starts_with("# "), "{name} explains itself");
        assert_eq!(parse(text).unwrap().name, name);
    }
    assert_eq!(template("nothing"), None);
}

#[test]
fn what_the_schema_refuses_the_reader_refuses_too() {
    for (from, to) in [
        ("name: simple ", "name: Simple "),
        ("name: simple ", "nome: simple "),
        ("version: 1 ", "version: one "),
        ("version: 1 ", "version: 0 "),
        ("version: 1 ", "version: '1' "),
        ("title: A short text, checked by somebody else", "title: 12"),
        ("title: A short text, checked by somebody else", "title: ''"),
        ("description: Somebody", "description: \nnotes: Somebody"),
        ("type: text", "type: words"),
        ("required: true", "required: 'yes'"),
        (
            "prompt: What is the text about?",
            "hint: What is the text about?",
        ),
        ("choices: [short, long]", "choices: []"),
        ("choices: [short, long]", "required: false"),
        ("default: short", "default: 7"),
        ("type: choice", "type: text"),
        ("risk: low           #", "risk: some  #"),
        ("deadline: 7d", "deadline: 7"),
        ("deadline: 7d", "deadline: soon"),
        ("deadline: 7d", "deadline: 1h1d"),
        ("method: judgment ", "method: magic "),
        ("method: judgment ", "method: schema "),
        ("method: judgment ", "method: {judgment: yes} "),
        ("method: judgment ", "method: {rubric: good, program: x} "),
        ("method: judgment ", "method: {schema: text} "),
        ("weight: 1\n\ntasks", "weight: 0\n\ntasks"),
        ("weight: 1\n\ntasks", "weight: 1.5\n\ntasks"),
        ("level: 2 ", "level: 9 "),
        ("mode: either ", "mode: anybody "),
        ("price: 1000 ", "price: -1 "),
        ("price: 1000 ", "price: 10.50 "),
        ("price: 1000 ", "cost: 1000 "),
        ("lease: 2h ", "lease: 2 hours "),
        ("serves: [readable]", "serves: readable"),
        ("gate: true ", "gate: maybe "),
        ("goal: Write", "aim: Write"),
        ("- {name: topic, from: inputs.topic}", ""),
        ("- {name: topic, from: inputs.topic}", "- {name: topic}"),
        ("- {name: topic, from: inputs.topic}", "- topic"),
        ("at: /paragraphs", "at: paragraphs"),
        ("min: 1, max: 12", "min: 1"),
        ("min: 1, max: 12", "min: 1, max: -12"),
        ("tasks:\n", "tasks: []\nmore:\n"),
    ] {
        let text = simple_with(from, to);
        assert!(!fits_schema(&text), "the schema takes {to:?}");
        assert!(parse(&text).is_err(), "the reader takes {to:?}");
    }
}

#[test]
fn what_the_schema_takes_the_reader_takes_unless_it_does_not_fit_together() {
    for (from, to) in [
        ("version: 1 ", "version: 4294967295 "),
        ("deadline: 7d", "deadline: 1w2d3h4m5s"),
        ("level: 2 ", "level: 8 "),
        ("mode: either ", "mode: pair "),
        ("method: judgment ", "method: {rubric: It is clear} "),
        ("method: judgment ", "method: {known-answer: [1, 2]} "),
        ("method: judgment ", "method: {program: spelling} "),
        ("method: judgment ", "method: {expression: true} "),
        ("price: 1000 ", "price: 0 "),
        (
            "- {name: topic, from: inputs.topic}",
            "- {name: t, from: {a: inputs.topic}}",
        ),
    ] {
        let text = simple_with(from, to);
        assert!(fits_schema(&text), "the schema refuses {to:?}");
        assert_eq!(parse(&text).err(), None, "{to:?}");
    }
    // Names, order and meaning are beyond a schema.
    for (from, to) in [
        ("serves: [readable]", "serves: [readably]"),
        ("from: inputs.topic", "from: inputs.subject"),
        ("gate: true ", "gate: false "),
        // To a schema this is a whole number; to a person it is ten and no cents.
        ("price: 1000 ", "price: 10.00 "),
        ("min: 1, max: 12", "min: 13, max: 12"),
    ] {
        let text = simple_with(from, to);
        assert!(fits_schema(&text), "the schema refuses {to:?}");
        assert!(parse(&text).is_err(), "the reader takes {to:?}");
    }
}
