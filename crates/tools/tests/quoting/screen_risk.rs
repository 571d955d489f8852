//! What the ready-made rules find, and what they leave alone.

use consort_documents::Document;
use consort_tools::research::research;
use consort_tools::screen_risk::{RulePack, screen_risk};
use consort_tools::shape::{Research, Screening};

use crate::fixture::document;

/// The head that makes a text a contract; it has a date, so that none is missing.
const CONTRACT: &str = "# Service agreement\n\
                        This agreement of 1 March 2024 is made between the parties named below.\n\
                        The supplier shall serve the customer as the parties have agreed.\n";

fn screened(documents: &[Document], today: Option<&str>) -> Screening {
    let research: Vec<Research> = documents.iter().map(research).collect();
    let today = today.map(|day| day.parse().expect("a day"));
    screen_risk(documents, &research, &RulePack::ready_made(), today)
}

/// The rules that find something in the sentence, where it stands in a contract.
fn rules(language: &str, sentence: &str) -> Vec<String> {
    let text = format!("{CONTRACT}{sentence}");
    let documents = [document("contract.txt", Some(language), &text)];
    let found = screened(&documents, Some("2026-02-21")).findings;
    for finding in &found {
        assert_eq!(finding.citations[0].quote, sentence, "{}", finding.rule);
    }
    found.into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn the_wording_rules_know_what_they_look_for_and_its_false_friends() {
    let renewal = Some("contracts/auto-renewal");
    let penalty = Some("contracts/penalty");
    let excluded = Some("contracts/liability-excluded");
    let unlimited = Some("contracts/liability-unlimited");
    let table = [
        (
            "It renews automatically for a year unless a party gives notice not to renew.",
            renewal,
        ),
        (
            "The term shall be automatically extended by twelve months.",
            renewal,
        ),
        (
            "At the end the agreement renews for a year unless you tell us otherwise.",
            renewal,
        ),
        ("The subscription auto-renews each year.", renewal),
        ("The agreement does not renew automatically.", None),
        ("There is no automatic renewal of this agreement.", None),
        ("The term will not be extended automatically.", None),
        ("The lights switch off automatically and save energy.", None),
        ("The supplier renews the filters every six months.", None),
        ("For each breach a penalty of EUR 3,500 is due.", penalty),
        (
            "The customer pays an early termination fee of 25%.",
            penalty,
        ),
        ("Overdue sums bear interest at 8% a year.", penalty),
        (
            "The supplier pays liquidated damages of 1% a week.",
            penalty,
        ),
        (
            "No penalty applies if the customer ends the agreement.",
            None,
        ),
        ("There is no other penalty on either side.", None),
        ("The customer may end it without any termination fee.", None),
        ("Cancellation fees do not apply to this agreement.", None),
        ("Late delivery: penalty: none", None),
        ("The team won by a penalty in the last minute.", None),
        ("The supplier is not liable for loss of profit.", excluded),
        ("Liability for indirect loss is excluded.", excluded),
        (
            "In no event shall the supplier be liable for data.",
            excluded,
        ),
        ("Nothing in these terms excludes liability for fraud.", None),
        ("The supplier is liable for damage that it causes.", None),
        ("The supplier does not exclude liability for staff.", None),
        (
            "The supplier holds liability insurance of EUR 2,000,000.",
            None,
        ),
        ("The supplier's liability is unlimited.", unlimited),
        (
            "The customer bears unlimited liability for the keys.",
            unlimited,
        ),
        ("The liability of the supplier is not unlimited.", None),
        (
            "The limit in any term is removed.",
            Some("contracts/limit-removed"),
        ),
    ];
    for (sentence, expected) in table {
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(rules("eng", sentence), expected, "{sentence}");
    }
}

#[test]
fn german_french_and_spanish_wording_is_known() {
    let table = [
        (
            "deu",
            "Der Vertrag verlängert sich automatisch um zwölf Monate.",
            Some("contracts/auto-renewal"),
        ),
        (
            "deu",
            "Der Vertrag verlängert sich nicht automatisch.",
            None,
        ),
        (
            "deu",
            "Es gilt eine Vertragsstrafe von 500 EUR.",
            Some("contracts/penalty"),
        ),
        ("deu", "Es gilt keine Vertragsstrafe.", None),
        (
            "deu",
            "Die Haftung für Folgeschäden ist ausgeschlossen.",
            Some("contracts/liability-excluded"),
        ),
        (
            "fra",
            "Le contrat est renouvelé par tacite reconduction.",
            Some("contracts/auto-renewal"),
        ),
        (
            "fra",
            "Le contrat prend fin sans tacite reconduction.",
            None,
        ),
        (
            "spa",
            "El contrato se renovará automáticamente cada año.",
            Some("contracts/auto-renewal"),
        ),
    ];
    for (language, sentence, expected) in table {
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(rules(language, sentence), expected, "{sentence}");
    }
}

#[test]
fn a_day_that_has_passed_is_found_and_one_to_come_is_not() {
    let offer = Some("contracts/expired-offer");
    let ended = Some("contracts/expired");
    let table = [
        ("This offer is valid until 20 February 2026.", offer),
        ("This offer is valid until 21 February 2026.", None),
        ("The quotation expires on 1 January 2026.", offer),
        ("This agreement ends on 31 December 2025.", ended),
        ("This agreement ends on 31 December 2026.", None),
        (
            "The agreement ends on 31 December 2025 and renews automatically each year.",
            Some("contracts/auto-renewal"),
        ),
        // 03/04/2025 has passed either way, but which day it is cannot be said.
        ("This agreement ends on 03/04/2025.", None),
        ("The previous agreement ended on 31 December 2020.", None),
        (
            "If the agreement ends on 31 December 2025, keys are returned.",
            None,
        ),
        ("The prices were agreed on 20 February 2020.", None),
    ];
    for (sentence, expected) in table {
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(rules("eng", sentence), expected, "{sentence}");
    }
}

#[test]
fn without_a_day_nothing_has_passed() {
    let text = format!("{CONTRACT}This offer is valid until 20 February 2020.");
    let found = screened(&[document("a.txt", Some("eng"), &text)], None);
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    assert!(found.nothing.unwrap().contains("No day was given"));
}

#[test]
fn rules_for_contracts_leave_essays_alone() {
    let text = "# On the penalty\nThe striker paid a penalty of honour, and nobody is liable.\n\
                His fame renews automatically each spring.";
    let found = screened(
        &[document("essay.txt", Some("eng"), text)],
        Some("2026-02-21"),
    );
    assert!(found.findings.is_empty(), "{:?}", found.findings);
}

#[test]
fn a_contract_without_any_date_or_with_a_blank_one_is_found() {
    let dated = CONTRACT.replace(" of 1 March 2024", "");
    let filler = "The supplier shall clean all rooms of the building on every working day, and the \
                  customer shall pay the fee that both parties have agreed within a month of each \
                  invoice that it receives from the supplier.";
    let table = [
        (format!("{dated}{filler}"), Some("Service agreement")),
        (format!("{CONTRACT}{filler}"), None),
        (
            format!("{CONTRACT}In force from: ______"),
            Some("In force from: ______"),
        ),
        (format!("{CONTRACT}Date:"), Some("Date:")),
        (format!("{CONTRACT}Date: 4 May 2024"), None),
    ];
    for (text, expected) in table {
        let found = screened(&[document("a.txt", Some("eng"), &text)], None).findings;
        let quote = found
            .first()
            .map(|finding| finding.citations[0].quote.as_str());
        assert_eq!(quote, expected, "{text}");
        assert!(
            found
                .iter()
                .all(|finding| finding.rule == "contracts/missing-date")
        );
    }
}

#[test]
fn an_old_source_is_found_against_the_day_or_the_newest_document() {
    let documents = [
        document(
            "old.txt",
            Some("eng"),
            "Date: 4 May 2019\nThe fair was held in the hall.",
        ),
        document(
            "new.txt",
            Some("eng"),
            "Date: 4 May 2024\nThe fair was held in the yard.",
        ),
    ];
    for today in [None, Some("2024-06-01")] {
        let found = screened(&documents, today).findings;
        let rules: Vec<(&str, &str)> = found
            .iter()
            .map(|one| (one.rule.as_str(), one.citations[0].document.as_str()))
            .collect();
        assert_eq!(rules, [("sources/stale-source", "old.txt")], "{today:?}");
    }
}

#[test]
fn a_figure_that_one_of_several_documents_states_is_found() {
    let documents: Vec<Document> = [
        "Supplier: Alder Ltd\nPrice: EUR 100\nDeposit: EUR 500",
        "Supplier: Alder Ltd\nPrice: EUR 100",
        "Supplier: Alder Ltd\nPrice: EUR 100",
    ]
    .iter()
    .zip(1..)
    .map(|(text, number)| document(&format!("{number}.txt"), Some("eng"), text))
    .collect();
    let found = screened(&documents, None).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].rule, "sources/single-source");
    assert_eq!(found[0].citations[0].quote, "Deposit: EUR 500");
}

#[test]
fn a_figure_that_another_document_states_under_another_name_has_two_sources() {
    let documents: Vec<Document> = [
        "Supplier: Alder Ltd\nPrice: EUR 100\nDeposit: EUR 500",
        "Supplier: Alder Ltd\nPrice: EUR 100\nThe sum of EUR 500 is replaced by another.",
        "Supplier: Alder Ltd\nPrice: EUR 100",
    ]
    .iter()
    .zip(1..)
    .map(|(text, number)| document(&format!("{number}.txt"), Some("eng"), text))
    .collect();
    assert!(screened(&documents, None).findings.is_empty());
}

#[test]
fn copies_of_a_form_make_one_finding_that_cites_each() {
    let text = format!("{CONTRACT}For each breach a penalty of EUR 3,500 is due.");
    let documents = [
        document("a.txt", Some("eng"), &text),
        document("b.txt", Some("eng"), &text),
    ];
    let found = screened(&documents, None).findings;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].citations.len(), 2);
}

#[test]
fn findings_come_with_the_most_serious_first() {
    let text = format!(
        "{CONTRACT}For each breach a penalty of EUR 3,500 is due.\n\
         The supplier's liability is unlimited."
    );
    let found = screened(&[document("a.txt", Some("eng"), &text)], None).findings;
    let rules: Vec<&str> = found.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!(
        rules,
        ["contracts/liability-unlimited", "contracts/penalty"]
    );
}
