//! What is a conflict, what is only possibly related, and what is neither.

use super::conflicts;
use crate::research::research;
use crate::research::tests::document;
use crate::shape::{Conflict, Research};

fn researched(documents: &[(&str, &str)]) -> Vec<Research> {
    documents
        .iter()
        .map(|(name, text)| research(&document(name, text)))
        .collect()
}

/// Each conflict as its key and its values.
fn shown(conflicts: &[Conflict]) -> Vec<String> {
    conflicts
        .iter()
        .map(|conflict| {
            let sides: Vec<String> = conflict
                .sides
                .iter()
                .map(crate::research::shown::value)
                .collect();
            format!("{}: {}", conflict.key, sides.join(" / "))
        })
        .collect()
}

fn certain(documents: &[(&str, &str)]) -> Vec<String> {
    shown(&conflicts(&researched(documents)).0)
}

#[test]
fn the_same_suppliers_notice_in_the_offer_and_in_the_contract_is_a_conflict() {
    let found = certain(&[
        (
            "offer.md",
            "# Offer from Alder Ltd\nYou may leave with 14 days' notice.",
        ),
        (
            "contract.md",
            "# Contract with Alder Limited\nThe notice period is thirty (30) days.",
        ),
    ]);
    assert_eq!(found, ["alder/notice-period/duration: 14 days / 30 days"]);
}

#[test]
fn different_suppliers_different_prices_are_no_conflict() {
    let documents = [
        ("a.md", "# Offer from Alder Ltd\nPrice: EUR 100"),
        ("b.md", "# Offer from Birch Ltd\nPrice: EUR 120"),
    ];
    let (certain, possible) = conflicts(&researched(&documents));
    assert_eq!((certain, possible), (Vec::new(), Vec::new()));
}

#[test]
fn two_ways_of_writing_one_value_are_no_conflict() {
    let documents = [
        (
            "a.md",
            "# Offer from Alder Ltd\nTerm: 2 years\nDeposit: €1.234,00",
        ),
        (
            "b.md",
            "# Contract with Alder Ltd\nTerm: twenty-four (24) months\nDeposit: EUR 1,234",
        ),
    ];
    let (certain, possible) = conflicts(&researched(&documents));
    assert_eq!((certain, possible), (Vec::new(), Vec::new()));
}

#[test]
fn rows_of_a_time_series_are_no_conflict() {
    let found = certain(&[
        (
            "q1.csv",
            "| Site | Month | Cost EUR\n| Depot | 2025-01 | 10\n| Depot | 2025-02 | 12",
        ),
        (
            "q2.csv",
            "| Site | Month | Cost EUR\n| Depot | 2025-04 | 11\n| Total | | 11",
        ),
    ]);
    assert_eq!(found, Vec::<String>::new());
    let clash = certain(&[
        ("a.csv", "| Site | Month | Cost EUR\n| Depot | 2025-01 | 10"),
        ("b.csv", "| Site | Month | Cost EUR\n| Depot | 2025-01 | 12"),
    ]);
    assert_eq!(
        clash,
        ["depot/cost/eur: EUR 10 (January 2025) / EUR 12 (January 2025)"]
    );
}

#[test]
fn a_replaced_value_is_shown_with_both_sides_and_the_place_where_it_stood() {
    let research = researched(&[
        (
            "contract.md",
            "# Contract with Alder Ltd\nThe Supplier's liability is limited to £50,000 per claim.",
        ),
        (
            "amendment.md",
            "# Amendment to the contract with Alder Ltd\nThe sum of £50,000 is replaced by £250,000.",
        ),
    ]);
    let found = conflicts(&research).0;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].attribute, "liability cap");
    let documents: Vec<Vec<&str>> = found[0]
        .sides
        .iter()
        .map(|side| {
            side.citations
                .iter()
                .map(|one| one.document.as_str())
                .collect()
        })
        .collect();
    assert_eq!(
        documents,
        [vec!["contract.md", "amendment.md"], vec!["amendment.md"]]
    );
}

#[test]
fn bounds_and_the_documents_own_dates_do_not_contradict_each_other() {
    let found = certain(&[
        (
            "a.md",
            "# Offer from Alder Ltd\nDate: 3 April 2026\nThe deposit is at least EUR 100.",
        ),
        (
            "b.md",
            "# Contract with Alder Ltd\nDate: 9 May 2026\nThe deposit is EUR 200.",
        ),
    ]);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_part_of_a_name_is_only_possibly_related() {
    let research = researched(&[
        (
            "a.csv",
            "| Site | Floor area m2\n| Depot, Berlin | 100\n| Office | 50",
        ),
        (
            "b.csv",
            "| Site | Floor area m2\n| Depot | 120\n| Barn | 70",
        ),
    ]);
    let (certain, possible) = conflicts(&research);
    assert_eq!(certain, Vec::new());
    assert_eq!(
        shown(&possible),
        ["maybe/depot/floor-area/m2: 120 m2 / 100 m2"]
    );
}

#[test]
fn keys_stay_the_same_when_documents_come_in_another_order() {
    let mut documents = [
        ("a.md", "# Offer from Alder Ltd\nPrice: EUR 100"),
        ("b.md", "# Contract with Alder Ltd\nPrice: EUR 120"),
    ];
    let one = conflicts(&researched(&documents)).0;
    documents.reverse();
    let other = conflicts(&researched(&documents)).0;
    assert_eq!(one[0].key, "alder/price/eur");
    assert_eq!(one[0].key, other[0].key);
}

#[test]
fn more_values_than_one_can_choose_between_are_a_list() {
    let rows: Vec<String> = (0..9)
        .map(|at| format!("The deposit is EUR {at}00."))
        .collect();
    let listed = format!("# Offer from Alder Ltd\n{}", rows.join("\n"));
    let (certain, possible) = conflicts(&researched(&[("a.md", &listed)]));
    assert_eq!((certain, possible), (Vec::new(), Vec::new()));
}

#[test]
fn columns_that_share_a_telling_word_are_possibly_related() {
    let research = researched(&[
        (
            "a.csv",
            "| Town | Change in turnover | Shops closed\n| Dunmere | +3% | 2\n| Kelby | +1% | 4",
        ),
        (
            "b.csv",
            "| Town | Closed in | Turnover after 3 years\n| Dunmere | 2020 | +5%\n| Orran | 2017 | -9%",
        ),
    ]);
    let (certain, possible) = conflicts(&research);
    assert_eq!(certain, Vec::new());
    assert_eq!(
        shown(&possible),
        ["maybe/dunmere/change-in-turnover/percent: 3% / 5%"]
    );
}

#[test]
fn the_price_of_another_time_is_no_difference() {
    let text = "# Offer from Alder Ltd\nThe price was £500 until 2020.\nThe price is £700.";
    assert_eq!(conflicts(&researched(&[("a.md", text)])), (vec![], vec![]));
}

#[test]
fn what_a_document_says_again_to_be_replaced_is_one_difference() {
    let text = "Supplier: Alder Ltd\n\nThe deposit is £500.\n\nThe deposit of £500 is replaced by \
                £700.\n\nFor clarity, the deposit of £500 is replaced by £700.";
    assert_eq!(
        certain(&[("a.md", text)]),
        ["alder/deposit/gbp: GBP 500 / GBP 700"]
    );
}

#[test]
fn a_sentence_that_compares_does_not_contradict_itself() {
    let one = document(
        "notes.md",
        "# Alder Ltd\nThe level is 40 for large sites, and the level is 1 for small ones.",
    );
    assert_eq!(conflicts(&[research(&one)]).0, []);
}
