//! Which options a passage names.

use consort_tools::text::{Language, OptionNames};

use crate::fixture::document;

fn named(options: &[&str], text: &str) -> Vec<usize> {
    let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
    OptionNames::of(&options).named_in(text, Language::English)
}

#[test]
fn an_option_is_named_by_its_own_words_and_by_nothing_else() {
    let companies: &[&str] = &["Northwind Traders GmbH", "Contoso Ltd", "General Motors"];
    let sparrow: &[&str] = &["Sparrow Cleaning Co-operative", "Keep it open"];
    let table: [(&[&str], &str, &[usize]); 23] = [
        (sparrow, "Sparrow are the dearest.", &[0]),
        (
            sparrow,
            "The Sparrow Cleaning Co-operative has 23 members.",
            &[0],
        ),
        (
            sparrow,
            "A sparrow sings; cleaning goes on; keep 412 cars.",
            &[],
        ),
        (sparrow, "They want to keep it open.", &[1]),
        (companies, "Northwind Traders delivers in ten days.", &[0]),
        (
            companies,
            "Northwind's offer is cheaper than Contoso's.",
            &[0, 1],
        ),
        (companies, "The northwind blows in winter.", &[]),
        (companies, "In general, prices rise.", &[]),
        (companies, "General terms apply.", &[]),
        (companies, "General Motors pays.", &[2]),
        (companies, "The traders met.", &[]),
        (&["Acme North", "Acme South"], "Acme raised prices.", &[]),
        (
            &["Acme North", "Acme South"],
            "Acme South raised prices.",
            &[1],
        ),
        (
            &["renew", "cancel"],
            "The contract was renewed twice.",
            &[0],
        ),
        (&["renew", "cancel"], "Cancelling costs EUR 50.", &[1]),
        (
            &["remote work", "office work"],
            "Working remotely saves time.",
            &[],
        ),
        (
            &["remote work", "office work"],
            "Remote working saves time.",
            &[0],
        ),
        (
            &["remote work", "office work"],
            "A remote control is included.",
            &[],
        ),
        (
            &["Renew with Northwind", "Switch to Contoso"],
            "Contoso delivers weekly.",
            &[1],
        ),
        (&["A", "B"], "Option B needs a permit.", &[1]),
        (&["A", "B"], "A permit is needed.", &[]),
        (&["yes", "no"], "There is no permit.", &[]),
        (
            &["International Widget Makers"],
            "IWM was founded in 1950.",
            &[0],
        ),
    ];
    for (options, text, expected) in table {
        assert_eq!(named(options, text), expected, "{options:?} in {text:?}");
    }
}

#[test]
fn a_document_is_about_the_one_option_that_its_head_names() {
    let names = OptionNames::of(&["Northwind Ltd".to_owned(), "Contoso Ltd".to_owned()]);
    let table = [
        ("offers/northwind-2024.txt", "An offer.", Some(0)),
        (
            "offer.txt",
            "Offer by Contoso Ltd\nThe price is fixed.",
            Some(1),
        ),
        ("offer.txt", "Northwind and Contoso compared.", None),
        ("offer.txt", "An offer.", None),
    ];
    for (name, text, expected) in table {
        assert_eq!(
            names.of_document(&document(name, None, text)),
            expected,
            "{name}: {text}"
        );
    }
}
