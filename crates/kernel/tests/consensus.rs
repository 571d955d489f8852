//! What answers come to: majority, Dawid-Skene, agreement and when to stop asking.

use std::collections::BTreeMap;

use consort_kernel::consensus::{
    Answer, Answers, Estimate, LABELS_MAX, OutOfRange, Settled, Size, Stop, dawid_skene,
    krippendorff_alpha, majority,
};

const NONE: u32 = u32::MAX;

/// Answers from a table: a row for each contributor, a place for each item, `NONE` where one is
/// missing.
fn table(labels: u32, rows: &[&[u32]], known: &[(u32, u32)]) -> Answers {
    let items = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let size = Size {
        contributors: u32::try_from(rows.len()).expect("few"),
        items: u32::try_from(items).expect("few"),
        labels,
    };
    let mut given = Vec::new();
    for (contributor, row) in (0..).zip(rows) {
        for (item, label) in (0..).zip(*row) {
            if *label != NONE {
                given.push(Answer {
                    item,
                    contributor,
                    label: *label,
                });
            }
        }
    }
    Answers::new(size, given, known.iter().copied().collect()).expect("the table names itself")
}

fn leading(estimate: &Estimate) -> Vec<Option<u32>> {
    let items = estimate.items.iter();
    items
        .map(|item| item.leading().map(|(label, _)| label))
        .collect()
}

/// The example with four observers and twelve units in Krippendorff's paper of 2011, part C.
const OBSERVERS: [&[u32]; 4] = [
    &[1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    &[1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    &[NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    &[1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
];

#[test]
fn alpha_is_what_krippendorff_published() {
    let two = table(
        2,
        &[
            &[0, 1, 0, 0, 0, 0, 0, 0, 1, 0],
            &[1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
        ],
        &[],
    );
    // 0.095 and 0.743 in the paper.
    assert_eq!(krippendorff_alpha(&two), Some(95_238));
    let four = krippendorff_alpha(&table(6, &OBSERVERS, &[])).expect("they answered");
    assert_eq!((four + 500) / 1000, 743);
}

#[test]
fn alpha_says_nothing_where_nothing_can_be_told_apart() {
    let cases: [(&str, Answers, Option<i32>); 6] = [
        ("nobody", table(2, &[], &[]), None),
        (
            "all missing",
            table(2, &[&[NONE, NONE], &[NONE, NONE]], &[]),
            None,
        ),
        (
            "one answer each",
            table(2, &[&[0, NONE], &[NONE, 1]], &[]),
            None,
        ),
        ("one label", table(2, &[&[0, 0], &[0, 0]], &[]), None),
        (
            "all the same",
            table(2, &[&[0, 1], &[0, 1]], &[]),
            Some(1_000_000),
        ),
        (
            "never the same",
            table(2, &[&[0, 1], &[1, 0]], &[]),
            Some(-500_000),
        ),
    ];
    for (name, answers, expected) in cases {
        assert_eq!(krippendorff_alpha(&answers), expected, "{name}");
    }
}

#[test]
fn the_majority_counts_every_answer_alike() {
    let answers = table(
        3,
        &[
            &[0, 2, 1, NONE, 0],
            &[0, 1, 0, NONE, 0],
            &[1, 1, 2, NONE, 0],
        ],
        &[(4, 2)],
    );
    let shares: Vec<_> = majority(&answers)
        .iter()
        .map(consort_kernel::consensus::Posterior::leading)
        .collect();
    let expected = [
        Some((0, 666_667)),
        Some((1, 666_667)),
        Some((0, 333_333)),
        None,
        Some((2, 1_000_000)),
    ];
    assert_eq!(
        shares, expected,
        "of several the first; nothing for no answers; known is known"
    );
}

#[test]
fn dawid_skene_trusts_whom_the_others_bear_out() {
    // The last item is one against one: of who is right elsewhere, and of who is not.
    let answers = table(
        2,
        &[
            &[0, 1, 0, 1, 0, 1, 0],
            &[0, 1, 0, 1, 0, 1, NONE],
            &[1, 1, 1, 0, 0, 0, 1],
        ],
        &[],
    );
    let estimate = dawid_skene(&answers);
    assert_eq!(leading(&estimate)[6], Some(0));
    assert!(estimate.accuracy_ppm[0] > Some(800_000));
    assert!(estimate.accuracy_ppm[2] < Some(500_000));
}

#[test]
fn known_answers_show_who_is_always_wrong_and_what_their_answers_mean() {
    let wrong: &[u32] = &[1, 0, 1, 0, 1, 0];
    let known = [(0, 0), (1, 1), (2, 0), (3, 1)];
    let estimate = dawid_skene(&table(2, &[wrong, wrong], &known));
    assert_eq!(leading(&estimate), [0, 1, 0, 1, 0, 1].map(Some));
    // Without them, two who agree are believed.
    let believed = dawid_skene(&table(2, &[wrong, wrong], &[]));
    assert_eq!(leading(&believed), [1, 0, 1, 0, 1, 0].map(Some));
}

#[test]
fn little_or_nothing_to_go_by_comes_to_little_or_nothing() {
    let nothing = dawid_skene(&table(2, &[], &[]));
    assert_eq!((nothing.items.len(), nothing.accuracy_ppm.len()), (0, 0));
    let missing = dawid_skene(&table(2, &[&[NONE, NONE]], &[(1, 1)]));
    assert_eq!(leading(&missing), [None, Some(1)]);
    assert_eq!(missing.accuracy_ppm, [None]);
    let one_label = dawid_skene(&table(1, &[&[0, 0]], &[]));
    assert_eq!(one_label.items[0].ppm(), [1_000_000]);
    let one_answer = dawid_skene(&table(3, &[&[2]], &[]));
    let (label, ppm) = one_answer.items[0].leading().expect("there is one");
    assert_eq!(label, 2);
    assert!(ppm < 1_000_000, "one answer is never certain: {ppm}");
}

#[test]
fn many_answers_to_one_item_do_not_vanish() {
    let rows: Vec<&[u32]> = vec![&[1, 0]; 5_000];
    let estimate = dawid_skene(&table(2, &rows, &[]));
    assert_eq!(leading(&estimate), [Some(1), Some(0)]);
}

#[test]
fn the_order_in_which_answers_came_changes_nothing() {
    let answers = table(6, &OBSERVERS, &[]);
    let mut turned = answers.given().to_vec();
    turned.reverse();
    let turned = Answers::new(answers.size(), turned, BTreeMap::new()).unwrap();
    assert_eq!(dawid_skene(&turned), dawid_skene(&answers));
}

#[test]
fn asking_stops_when_it_is_sure_and_asked_enough_or_has_asked_too_often() {
    let stop = Stop {
        answers_min: 2,
        answers_max: 4,
        confidence_ppm: 900_000,
    };
    let sure = &majority(&table(2, &[&[0]], &[]))[0];
    let torn = &majority(&table(2, &[&[0], &[1]], &[]))[0];
    let unasked = &majority(&table(2, &[&[NONE]], &[]))[0];
    let cases = [
        (sure, 1, Settled::NotYet),
        (sure, 2, Settled::Yes),
        (sure, 5, Settled::Yes),
        (torn, 3, Settled::NotYet),
        (torn, 4, Settled::Open),
        (unasked, 0, Settled::NotYet),
        (unasked, 4, Settled::Open),
    ];
    for (posterior, answers, expected) in cases {
        assert_eq!(
            stop.settled(posterior, answers),
            expected,
            "{posterior:?} after {answers}"
        );
    }
}

#[test]
fn answers_name_only_what_is_there() {
    let size = Size {
        contributors: 1,
        items: 1,
        labels: 2,
    };
    let answer = |item, contributor, label| Answer {
        item,
        contributor,
        label,
    };
    for wrong in [answer(1, 0, 0), answer(0, 1, 0), answer(0, 0, 2)] {
        let refused = Answers::new(size, vec![wrong], BTreeMap::new());
        assert_eq!(refused, Err(OutOfRange::Answer(wrong)));
    }
    let unknown = Answers::new(size, vec![], [(0, 2)].into());
    assert_eq!(unknown, Err(OutOfRange::Known(0, 2)));
    for labels in [0, LABELS_MAX + 1] {
        let size = Size { labels, ..size };
        let refused = Answers::new(size, vec![], BTreeMap::new());
        assert_eq!(refused, Err(OutOfRange::Labels(labels)));
    }
}
