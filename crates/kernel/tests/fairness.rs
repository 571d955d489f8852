//! Selection rates, impact ratios and Fisher's exact test, against published and hand-made values.

use std::collections::BTreeMap;
use std::path::Path;

use consort_kernel::fairness::{
    Comparison, Fourfold, Impact, SMALL_GROUP_PPM, SmallGroups, Tally, fisher_ppm, impact,
};
use proptest::prelude::{ProptestConfig, any, proptest};

const fn tally(applicants: u32, selected: u32) -> Tally {
    Tally {
        applicants,
        selected,
    }
}

fn groups(named: &[(&str, u32, u32)]) -> BTreeMap<String, Tally> {
    let pairs = named.iter();
    pairs
        .map(|(name, applicants, selected)| ((*name).to_owned(), tally(*applicants, *selected)))
        .collect()
}

fn compared(impact: &Impact, group: &str) -> (u32, bool, Option<u32>) {
    let figures = impact.groups.iter().find(|it| it.group == group);
    match figures.map(|it| it.comparison) {
        Some(Comparison::Compared {
            below_four_fifths,
            fisher_ppm,
            impact_ratio_ppm,
        }) => (impact_ratio_ppm, below_four_fifths, fisher_ppm),
        other => panic!("{group}: {other:?}"),
    }
}

#[test]
fn impact_ratios_are_selection_rates_by_the_highest_one() {
    // 555 of 1,181 is 46.994 percent and 667 of 1,390 is 47.986 percent, worked out by hand; by
    // each other they are 0.979.
    let sexes = groups(&[("female", 1181, 555), ("male", 1390, 667)]);
    let figures = impact(&sexes, tally(250, 90), SmallGroups::Compared);
    assert_eq!(figures.reference.as_deref(), Some("male"));
    assert_eq!(figures.known, tally(2571, 1222));
    assert_eq!(figures.unknown, tally(250, 90));
    assert_eq!(figures.groups[0].selection_rate_ppm, 469_941);
    assert_eq!(figures.groups[1].selection_rate_ppm, 479_856);
    let (ratio, below, _) = compared(&figures, "female");
    assert_eq!((ratio, below), (979_337, false));
    assert_eq!(compared(&figures, "male"), (1_000_000, false, None));
}

#[test]
fn the_four_fifths_line_is_drawn_in_whole_numbers() {
    // 60 of 100 beside 48, and beside 47, of 100: four fifths exactly, and just below.
    for (selected, ratio, below) in [(48, 800_000, false), (47, 783_333, true)] {
        let both = groups(&[("one", 100, 60), ("other", 100, selected)]);
        let figures = impact(&both, Tally::default(), SmallGroups::Compared);
        let (found, is_below, _) = compared(&figures, "other");
        assert_eq!((found, is_below), (ratio, below));
    }
    // 799,999.9 millionths are shown as 800,000 and are below the line all the same.
    let close = groups(&[("one", 10, 10), ("other", 10_000_000, 7_999_999)]);
    let figures = impact(&close, Tally::default(), SmallGroups::Compared);
    let (found, is_below, _) = compared(&figures, "other");
    assert_eq!((found, is_below), (800_000, true));
}

#[test]
fn a_small_group_is_listed_and_neither_compared_nor_the_one_compared_with() {
    let all = groups(&[
        ("a", 490, 245),
        ("b", 490, 98),
        ("c", 20, 20),
        ("d", 19, 19),
    ]);
    let rule = SmallGroups::LeftOutBelow(SMALL_GROUP_PPM);
    let figures = impact(&all, Tally::default(), rule);
    // 2 percent of 1,019 is 20.38: neither 20 nor 19 reach it.
    for small in &figures.groups[2..] {
        assert_eq!(small.comparison, Comparison::LeftOut);
        assert_eq!(small.selection_rate_ppm, 1_000_000);
    }
    assert_eq!(figures.reference.as_deref(), Some("a"));
    let without = impact(&all, Tally::default(), SmallGroups::Compared);
    assert_eq!(without.reference.as_deref(), Some("c"));
    // Exactly 2 percent is not under it.
    let exact = groups(&[("a", 980, 245), ("c", 20, 20)]);
    let figures = impact(&exact, Tally::default(), rule);
    assert_eq!(figures.reference.as_deref(), Some("c"));
}

#[test]
fn where_nobody_was_selected_there_is_no_ratio() {
    let nobody = groups(&[("a", 4, 0), ("b", 3, 0)]);
    let figures = impact(&nobody, tally(2, 1), SmallGroups::Compared);
    assert_eq!(figures.reference, None);
    let comparisons = figures.groups.iter().map(|it| it.comparison);
    assert!(
        comparisons
            .into_iter()
            .all(|it| it == Comparison::NobodySelected)
    );
    let empty = impact(&BTreeMap::new(), Tally::default(), SmallGroups::Compared);
    assert_eq!((empty.groups.len(), empty.reference), (0, None));
}

#[test]
fn fishers_exact_test_gives_the_published_values() {
    // Applicants and selected of each group; p in millionths.
    for (first, second, p) in [
        // Fisher's lady tasting tea, 3 and 1 of 4: 34 of 70.
        (tally(4, 3), tally(4, 1), 485_714),
        // Fisher's twins of criminals, 2 of 17 and 10 of 13: 0.0005367.
        (tally(17, 2), tally(13, 10), 537),
        // All of 5 and none of 5, by hand: 2 of 252.
        (tally(5, 5), tally(5, 0), 7_937),
        // Studying and not, 1 of 10 and 11 of 14: 0.002759.
        (tally(10, 1), tally(14, 11), 2_759),
        // Alike, and without any choice: every table is as likely or likelier.
        (tally(10, 5), tally(10, 5), 1_000_000),
        (tally(10, 0), tally(7, 0), 1_000_000),
        (tally(10, 10), tally(7, 7), 1_000_000),
        (tally(0, 0), tally(7, 3), 1_000_000),
        // 1 of 2 beside 0 of 1: both tables that are possible, 1/3 and 2/3.
        (tally(2, 1), tally(1, 0), 1_000_000),
        // 1 of 1 beside 0 of 2: only the less likely one, 1/3.
        (tally(1, 1), tally(2, 0), 333_333),
    ] {
        assert_eq!(
            fisher_ppm(Fourfold { first, second }),
            p,
            "{first:?} {second:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn fishers_exact_test_is_what_counting_every_table_gives(
        sizes in (1_u32..12, 1_u32..12),
        draws in any::<(u32, u32)>(),
    ) {
        let first = tally(sizes.0, draws.0 % (sizes.0 + 1));
        let second = tally(sizes.1, draws.1 % (sizes.1 + 1));
        let ways = |x: u32| {
            let drawn = choose(first.applicants, x);
            drawn * choose(second.applicants, first.selected + second.selected - x)
        };
        let (mut tail, mut all) = (0, 0);
        for x in 0..=first.selected + second.selected {
            all += ways(x);
            tail += if ways(x) <= ways(first.selected) { ways(x) } else { 0 };
        }
        let expected = (tail * 2_000_000 + all) / (all * 2);
        let found = fisher_ppm(Fourfold { first, second });
        assert!(u64::from(found).abs_diff(expected) <= 1, "{found} {expected}");
        let turned = fisher_ppm(Fourfold { first: second, second: first });
        assert_eq!(found, turned);
    }
}

fn choose(of: u32, some: u32) -> u64 {
    if some > of {
        return 0;
    }
    (0..some).fold(1, |ways, at| ways * u64::from(of - at) / u64::from(at + 1))
}

#[test]
fn large_tables_neither_overflow_nor_lose_their_tail() {
    let p = |first, second| fisher_ppm(Fourfold { first, second });
    assert_eq!(
        p(tally(500_000, 250_000), tally(500_000, 250_000)),
        1_000_000
    );
    assert_eq!(p(tally(500_000, 260_000), tally(500_000, 250_000)), 0);
    let close = p(tally(500_000, 250_000), tally(500_000, 250_400));
    assert!((400_000..450_000).contains(&close), "{close}");
}

/// The rows of a file of the shared data; none, with a word about it, where it is absent.
fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/fairness");
    let Ok(text) = std::fs::read_to_string(data.join(name)) else {
        println!("passed over: shared/data/fairness/{name} is not here");
        return None;
    };
    let lines = text.lines().skip(1);
    let cells = lines.map(|line| line.split(',').map(|cell| cell.trim().to_owned()).collect());
    Some(cells.collect())
}

fn tallied(rows: &[Vec<String>], group: usize, selected: (usize, &str)) -> BTreeMap<String, Tally> {
    let mut groups: BTreeMap<String, Tally> = BTreeMap::new();
    for row in rows {
        let tally = groups.entry(row[group].clone()).or_default();
        tally.count(row[selected.0] == selected.1);
    }
    groups
}

#[test]
fn the_german_credit_data_give_their_known_rates() {
    let Some(rows) = rows("german_credit.csv") else {
        return;
    };
    let rule = SmallGroups::LeftOutBelow(SMALL_GROUP_PPM);
    let sexes = impact(&tallied(&rows, 3, (5, "1")), Tally::default(), rule);
    assert_eq!(sexes.known, tally(1000, 700));
    assert_eq!(sexes.groups[0].tally, tally(310, 201));
    assert_eq!(sexes.groups[1].tally, tally(690, 499));
    // The p of these tables were worked out once with whole numbers of any size.
    assert_eq!(compared(&sexes, "female"), (896_567, false, Some(20_622)));
    let foreign = impact(&tallied(&rows, 4, (5, "1")), Tally::default(), rule);
    assert_eq!(compared(&foreign, "yes"), (776_582, true, Some(9_422)));
}

#[test]
fn the_student_data_give_their_known_rates() {
    let Some(rows) = rows("student_mat.csv") else {
        return;
    };
    let sexes = impact(
        &tallied(&rows, 1, (6, "High")),
        Tally::default(),
        SmallGroups::LeftOutBelow(SMALL_GROUP_PPM),
    );
    assert_eq!(sexes.groups[0].tally, tally(208, 133));
    assert_eq!(sexes.groups[1].tally, tally(187, 132));
    assert_eq!(sexes.reference.as_deref(), Some("M"));
    assert_eq!(compared(&sexes, "F"), (905_849, false, Some(165_230)));
}
