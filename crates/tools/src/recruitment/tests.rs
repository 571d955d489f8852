//! What the tools of recruitment say, and what they never do.

use consort_documents::{Document, read_file};

use super::*;
use crate::choice::{Choice, Choices};

fn document(name: &str, text: &str) -> Document {
    read_file(name, text.as_bytes()).expect("it is plain text")
}

fn criteria(lines: &[&str]) -> Vec<Criterion> {
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    criterion::read(&lines).0
}

fn masked(text: &str) -> String {
    let redacted = redact(&document("a.txt", text));
    let texts = redacted
        .document
        .blocks
        .iter()
        .map(|block| block.text.as_str());
    texts.collect::<Vec<_>>().join("\n")
}

/// What is found about one criterion in an application of these words.
fn standing(line: &str, text: &str) -> (Standing, Vec<String>) {
    let redacted = redact(&document("a.txt", text)).document;
    let mut screened = screen(&redacted, &criteria(&[line]));
    let finding = screened.findings.remove(0);
    let quotes = finding.statements.into_iter().map(|it| it.text);
    (finding.standing, quotes.collect())
}

#[test]
fn what_shows_who_somebody_is_is_masked_and_all_else_stays_where_it_was() {
    let text = "Marta Lindqvist\n14 Orchard Lane, Harbourside\n\nDate of birth: 4 May 1969\n\n\
                Write to marta@example.org or call 0151 496 0182.\n\n\
                Mrs Lindqvist says that she mends bikes. I am 34 years old.\n\n\
                Kind regards\nMarta\n";
    let shown = masked(text);
    for gone in [
        "Marta",
        "Lindqvist",
        "Orchard",
        "1969",
        "example.org",
        "0182",
        "Mrs",
        " she ",
        "34",
    ] {
        assert!(!shown.contains(gone), "{gone}: {shown}");
    }
    assert!(shown.contains("mends bikes"), "{shown}");
    let before = document("a.txt", text);
    let after = redact(&before).document;
    for (one, other) in before.blocks.iter().zip(&after.blocks) {
        assert_eq!(one.text.len(), other.text.len());
        assert_eq!(one.place, other.place);
    }
}

#[test]
fn names_are_found_where_writers_put_them() {
    for (text, name) in [
        ("Name: Chidi Eze\n\nChidi mends bikes.", "Chidi"),
        ("My name is Yusuf Demir and I weld.\n\nYusuf", "Demir"),
        ("From: Tom Ashworth, tom@example.net\n\nI weld.", "Ashworth"),
        ("I weld.\n\nYours sincerely\nHannah Weiss", "Weiss"),
        (
            "Anna-Maria Kowalczyk\n\nI weld. Maria is what they call me.",
            "Maria",
        ),
        (
            "Letter of application\n\nI weld.\n\nKind regards,\n\nLúcia",
            "Lúcia",
        ),
    ] {
        let shown = masked(text);
        assert!(!shown.contains(name), "{shown}");
    }
}

#[test]
fn what_somebody_can_do_is_never_masked() {
    for text in [
        "From 2018 to 2023 I repaired 900 bikes a year.",
        "I know how to weld steel, and I lead a team of 12.",
        "Work Experience",
        "Batteries of 36 V and 10.4 Ah, all of them.",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn a_criterion_is_met_partly_met_or_not_stated_by_declared_rules() {
    let driving = "must: A licence = driving licence, ~drive";
    let years = "must: At least two years in a workshop = workshop";
    for (line, text, expected) in [
        (driving, "I hold a driving licence.", Standing::Met),
        (
            driving,
            "A licence for driving is what I have.",
            Standing::Met,
        ),
        (
            driving,
            "I do not have a driving licence.",
            Standing::Partly,
        ),
        (
            driving,
            "I cannot show a driving licence.",
            Standing::Partly,
        ),
        (
            driving,
            "I am learning for my driving licence.",
            Standing::Partly,
        ),
        (driving, "A driving licence is no problem.", Standing::Met),
        (driving, "I drive every day.", Standing::Partly),
        (driving, "I like walking.", Standing::NotStated),
        // Words far from each other are not the wording.
        (
            "must: A licence = driving licence",
            "Driving rain, long nights, broken wheels and cold hands taught me to work without a licence.",
            Standing::NotStated,
        ),
        (
            years,
            "Six years in the workshop of Velowerk.",
            Standing::Met,
        ),
        (years, "I spent 1 year in a workshop.", Standing::Partly),
        (years, "I worked in a workshop.", Standing::Partly),
        (
            driving,
            "I have a driving licence. I have no driving licence for lorries.",
            Standing::Partly,
        ),
    ] {
        let (found, quotes) = standing(line, text);
        assert_eq!(found, expected, "{text}: {quotes:?}");
        assert_eq!(quotes.is_empty(), found == Standing::NotStated, "{text}");
        assert!(
            quotes.iter().all(|quote| text.contains(quote.as_str())),
            "{text}"
        );
    }
}

#[test]
fn a_word_that_takes_back_counts_even_beside_what_is_masked() {
    let text = "I cannot work on Saturdays because I look after my father then.";
    let (found, quotes) = standing("must: Saturdays = Saturday", text);
    assert_eq!(found, Standing::Partly);
    assert_eq!(
        quotes,
        ["I cannot work on Saturdays because I look after my"]
    );
}

#[test]
fn who_somebody_is_is_no_criterion() {
    for personal in [
        "must: A young face",
        "nice: Native speaker of English",
        "must: Under 40",
        "nice: No children",
        "must: A man who can lift = strong man",
        "nice: A good photo",
    ] {
        let (criteria, aside) = criterion::read(&[personal.to_owned()]);
        assert_eq!((criteria.len(), aside.len()), (0, 1), "{personal}");
    }
    let (criteria, aside) = criterion::read(&[
        "At least three years with databases".to_owned(),
        "nice: Welding = weld steel, ~metal".to_owned(),
        "  ".to_owned(),
    ]);
    assert_eq!(aside, []);
    assert_eq!(
        (criteria[0].need, criteria[0].years_min),
        (Need::Must, Some(3))
    );
    assert_eq!(criteria[0].looks_for, ["with databases"]);
    assert_eq!(
        (criteria[1].key.as_str(), criteria[1].need),
        ("nice-1", Need::Nice)
    );
    assert_eq!(
        (&criteria[1].looks_for[0][..], &criteria[1].hints[0][..]),
        ("weld steel", "metal")
    );
}

#[test]
fn the_description_quotes_the_role_and_says_what_it_does_not_state() {
    let role = document(
        "role.md",
        "# Welder\n\n## Tasks\n\nYou weld steel frames.\n",
    );
    let lines = ["must: Welding = weld steel", "nice: First aid"].map(str::to_owned);
    let description = describe(&role, &lines);
    assert_eq!(description.title.as_deref(), Some("Welder"));
    assert_eq!(description.sections[0].heading.as_deref(), Some("Tasks"));
    assert_eq!(
        description.criteria[0].in_role[0].text,
        "You weld steel frames."
    );
    assert!(description.criteria[1].in_role.is_empty());
    let ask = &description.form.questions[0].ask;
    assert!(
        ask.contains("First aid") && ask.contains("does not say this"),
        "{ask}"
    );
    assert_eq!(description.form.fault(), None);
}

/// Three applications: one that says everything, one that says nothing, one that cannot be read.
fn compared() -> Comparison {
    let criteria = criteria(&["must: Welding = weld steel", "must: Saturdays = Saturday"]);
    let empty = Document {
        blocks: Vec::new(),
        title: Some("it is locked by a password".to_owned()),
        ..document("c.pdf", "x")
    };
    let texts = [
        document(
            "b.txt",
            "I weld steel and am free on every Saturday of the year.",
        ),
        empty,
        document(
            "a.txt",
            "I am a pleasant and patient sort of person, they say.",
        ),
    ];
    let screened: Vec<Screened> = texts.iter().map(|it| screen(it, &criteria)).collect();
    let profiles: Vec<_> = texts.iter().map(profile).collect();
    compare(&criteria, &screened, &profiles)
}

#[test]
fn the_order_is_that_of_the_names_and_nobody_is_left_out() {
    let comparison = compared();
    let names: Vec<&str> = comparison
        .rows
        .iter()
        .map(|it| it.application.as_str())
        .collect();
    assert_eq!(names, ["a.txt", "b.txt", "c.pdf"]);
    let asked: Vec<&str> = comparison
        .form
        .questions
        .iter()
        .map(|it| it.key.as_str())
        .collect();
    assert_eq!(asked, names);
    assert!(comparison.form.questions.iter().all(|it| !it.may_stay_open));
    assert!(
        comparison.form.questions[2]
            .ask
            .contains("Open the file yourself")
    );
    let data = serde_json::to_string(&comparison).expect("it has string keys");
    for word in ["score", "rank", "total", "percent"] {
        assert!(!data.contains(word), "{word}");
    }
}

fn decisions() -> Choices {
    let choice = |key: &str, chosen: &str, reason: &str| Choice {
        chosen: Some(chosen.to_owned()),
        key: key.to_owned(),
        opened: true,
        reason: reason.to_owned(),
    };
    Choices {
        decisions: vec![
            choice("a.txt", "decline", "<b>says</b> nothing of welding"),
            choice("b.txt", "invite", ""),
            choice("c.pdf", "invite", "read by hand"),
        ],
        person: "Robin".to_owned(),
    }
}

#[test]
fn the_shortlist_shows_each_decision_with_its_reason_and_no_text_becomes_markup() {
    let role = document("role.md", "# Welder\n\nYou weld steel frames.\n");
    let description = describe(&role, &["must: Welding = weld steel".to_owned()]);
    let list = shortlist(&description, &compared(), &decisions(), &decisions());
    let page = shortlist_html(&list, "2026-11-21");
    assert!(page.contains("&lt;b&gt;says&lt;/b&gt; nothing of welding"));
    assert!(page.contains("it is locked by a password"));
    assert!(!page.contains("<script") && !page.contains("<b>says"));
    let csv = shortlist_csv(&list);
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.contains("a.txt,decline"), "{csv}");
}

#[test]
fn the_fairness_report_has_counts_and_names_nobody() {
    let declared =
        "file,gender,region\na.txt,man,north\nb.txt,woman,north\nc.pdf,woman,\nz.txt,man,south\n";
    let report = fairness(&decisions(), &document("d.csv", declared));
    assert_eq!(
        (
            report.applicants,
            report.invited,
            report.rows_without_application
        ),
        (3, 2, 1)
    );
    let names: Vec<&str> = report
        .attributes
        .iter()
        .map(|it| it.attribute.as_str())
        .collect();
    assert_eq!(names, ["gender", "region", "gender and region"]);
    let gender = &report.attributes[0];
    assert_eq!(gender.reference.as_deref(), Some("woman"));
    assert_eq!(
        (gender.groups[0].applicants, gender.groups[0].invited),
        (1, 0)
    );
    assert_eq!(gender.groups[0].impact_ratio_ppm, Some(0));
    assert_eq!(report.attributes[1].unknown_applicants, 1);
    let page = fairness_html(&report, "2026-11-21");
    let all = format!("{page}{}{report:?}", fairness_csv(&report));
    for name in ["a.txt", "b.txt", "c.pdf", "z.txt"] {
        assert!(!all.contains(name), "{name}");
    }
}
