//! Which attributes become rows, and what stands in the cells.

use super::organise;
use crate::research::research;
use crate::research::tests::document;

#[test]
fn only_attributes_of_two_documents_are_organised_and_missing_ones_stay_empty() {
    let research = [
        research(&document(
            "a.md",
            "# Offer from Alder Ltd\nPrice: EUR 100\nDeposit: EUR 5\nParking: yes",
        )),
        research(&document(
            "b.md",
            "# Offer from Birch Ltd\nPrice: EUR 120\nDeposit: EUR 5",
        )),
        research(&document("c.md", "# Offer from Cedar Ltd\nPrice: EUR 90")),
    ];
    let table = organise(&research);
    assert_eq!(table.attributes, ["price", "deposit"]);
    assert_eq!(table.nothing, None);
    assert_eq!(table.rows[0].cells[0].len(), 1);
    assert!(table.rows[2].cells[1].is_empty());
}

#[test]
fn a_value_that_a_document_says_twice_stands_once() {
    let twice = "# Offer from Alder Ltd\nPrice: EUR 100\nThe price is €100.00.";
    let research = [
        research(&document("a.md", twice)),
        research(&document("b.md", "# Offer from Birch Ltd\nPrice: EUR 120")),
    ];
    assert_eq!(organise(&research).rows[0].cells[0].len(), 1);
}

#[test]
fn with_nothing_in_common_the_table_says_so() {
    let table = organise(&[research(&document("a.md", "Price: EUR 100"))]);
    assert!(table.attributes.is_empty());
    assert!(table.nothing.is_some());
}

#[test]
fn a_minimum_term_and_a_replaced_sum_stand_in_the_row_of_what_they_are() {
    let research = [
        research(&document(
            "contract.md",
            "# Contract with Alder Ltd\nThe contract runs for 12 months.\nThe Supplier's liability is \
             limited to £50,000.",
        )),
        research(&document(
            "amendment.md",
            "# Amendment to the contract with Alder Ltd\nIn clause 5 the sum of £50,000 is replaced by \
             £250,000.",
        )),
        research(&document(
            "birch.md",
            "# Offer from Birch Ltd\nThe minimum term is 24 months.",
        )),
    ];
    let table = organise(&research);
    let cell = |row: usize, attribute: &str| -> Vec<String> {
        let column = table.attributes.iter().position(|one| one == attribute);
        let facts = &table.rows[row].cells[column.expect("it is a row")];
        facts.iter().map(crate::research::shown::value).collect()
    };
    assert_eq!(cell(0, "term"), ["12 months"]);
    assert_eq!(cell(2, "term"), ["at least 24 months"]);
    assert_eq!(cell(0, "liability cap"), ["at most GBP 50,000"]);
    assert!(cell(1, "liability cap").contains(&"GBP 250,000".to_owned()));
}
