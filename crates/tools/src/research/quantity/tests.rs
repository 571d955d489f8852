//! Tables for every rule by which quantities are read.

use super::{DecimalMark, Kind, decimal_mark, period_named, quantities, truth, whole_quantity};
use crate::shape::{Bound, Value};

/// The quantities of a text, each as kind, value and unit.
fn read(text: &str) -> Vec<String> {
    read_with(text, DecimalMark::Point)
}

fn read_with(text: &str, mark: DecimalMark) -> Vec<String> {
    quantities(text, mark)
        .into_iter()
        .map(|quantity| {
            let value = match quantity.value {
                Value::Number(value)
                | Value::Money(value)
                | Value::Percent(value)
                | Value::Duration(value)
                | Value::Date(value)
                | Value::Text(value) => value,
                Value::AmbiguousDate(readings) => readings.join(" or "),
                Value::Truth(truth) => truth.to_string(),
            };
            let unit = quantity
                .unit
                .map(|unit| format!(" {unit}"))
                .unwrap_or_default();
            format!("{:?} {value}{unit}", quantity.kind)
        })
        .collect()
}

#[test]
fn numbers_are_read_in_every_grouping() {
    for (text, expected) in [
        ("has 1,234.56 in all", "Number 1234.56"),
        ("has 1.234,56 in all", "Number 1234.56"),
        ("has 1 234 in all", "Number 1234"),
        ("has 1\u{202f}234\u{202f}567 in all", "Number 1234567"),
        ("has 1'234.50 in all", "Number 1234.5"),
        ("has 12,34,567 in all", "Number 1234567"),
        ("has 1,234 in all", "Number 1234"),
        ("has 1.234 in all", "Number 1.234"),
        ("has 12,5 in all", "Number 12.5"),
        ("has 0.50 in all", "Number 0.5"),
        ("has 3 million in all", "Number 3000000"),
        ("has 3.5 billion in all", "Number 3500000000"),
        ("hat 2 Mio. Kunden", "Number 2000000"),
        ("was -5 then", "Number -5"),
        ("was 007 then", ""),
    ] {
        assert_eq!(read(text).join("; "), expected, "{text}");
    }
}

#[test]
fn a_document_that_writes_decimal_commas_groups_with_points() {
    let mark = decimal_mark(["Preis 12,50 und 1.234,56"].into_iter());
    assert_eq!(mark, DecimalMark::Comma);
    assert_eq!(read_with("zusammen 1.234 Stück", mark), ["Number 1234"]);
    assert_eq!(
        decimal_mark(["12,50 and 12.50"].into_iter()),
        DecimalMark::Point
    );
}

#[test]
fn money_is_read_with_signs_codes_names_and_rates() {
    for (text, expected) in [
        ("EUR 12.50 per month", "Money 12.5 EUR per month"),
        ("€12.50/month", "Money 12.5 EUR per month"),
        ("12,50 €", "Money 12.5 EUR"),
        ("$3m", "Money 3000000 USD"),
        ("£2,480 a month", "Money 2480 GBP per month"),
        ("US$ 1,000", "Money 1000 USD"),
        ("CHF 50'000", "Money 50000 CHF"),
        ("EUR 50.000", "Money 50000 EUR"),
        ("50,000 euros", "Money 50000 EUR"),
        ("€3 million", "Money 3000000 EUR"),
        ("EUR 9 per user per month", "Money 9 EUR per user per month"),
        ("EUR 1,200 p.a.", "Money 1200 EUR per year"),
        (
            "between £180 and £260 a month",
            "Money 180 GBP; Money 260 GBP per month",
        ),
        ("EUR 10,000 to 20,000", "Money 10000 to 20000 EUR"),
        ("£10–£20", "Money 10 to 20 GBP"),
        ("ALL 50 of them", "Number 50"),
    ] {
        assert_eq!(read(text).join("; "), expected, "{text}");
    }
}

#[test]
fn shares_are_read_in_every_spelling() {
    for (text, expected) in [
        ("up 5%", "Percent 5"),
        ("up 5 %", "Percent 5"),
        ("up 5.5 percent", "Percent 5.5"),
        ("up five per cent", "Percent 5"),
        ("um 5 Prozent", "Percent 5"),
        ("+3%", "Percent 3"),
        ("-6%", "Percent -6"),
        ("5–10%", "Percent 5 to 10"),
    ] {
        assert_eq!(read(text).join("; "), expected, "{text}");
    }
}

#[test]
fn lengths_of_time_are_read_in_figures_and_words() {
    for (text, expected) in [
        ("30 days", "Duration 30 day"),
        ("fourteen (14) days", "Duration 14 day"),
        ("14 (fourteen) days", "Duration 14 day"),
        ("two years", "Duration 2 year"),
        ("a 12-month term", "Duration 12 month"),
        ("thirty-six months", "Duration 36 month"),
        ("one hundred and twenty days", "Duration 120 day"),
        ("five working days", "Duration 5 working day"),
        ("14 days' notice", "Duration 14 day"),
        ("10 to 14 days", "Duration 10 to 14 day"),
        ("vierzehn Tage", "Duration 14 day"),
        ("trente jours", "Duration 30 day"),
    ] {
        assert_eq!(
            read(text).first().map_or("", String::as_str),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_number_that_contradicts_its_bracket_is_not_read_as_agreed() {
    assert_eq!(read("fourteen (15) days"), ["Number 15"]);
}

#[test]
fn dates_are_read_and_stay_ambiguous_where_they_are() {
    for (text, expected) in [
        ("2026-04-03", "Date 2026-04-03"),
        ("2026/04/03", "Date 2026-04-03"),
        ("3 April 2026", "Date 2026-04-03"),
        ("3rd of April, 2026", "Date 2026-04-03"),
        ("April 3, 2026", "Date 2026-04-03"),
        ("3. April 2026", "Date 2026-04-03"),
        ("1er avril 2026", "Date 2026-04-01"),
        ("03.04.2026", "Date 2026-04-03"),
        ("03/04/2026", "Date 2026-03-04 or 2026-04-03"),
        ("13/04/2026", "Date 2026-04-13"),
        ("04/13/2026", "Date 2026-04-13"),
        ("04/04/2026", "Date 2026-04-04"),
        ("03/04/26", "Date 2026-03-04 or 2026-04-03"),
        ("29 February 2024", "Date 2024-02-29"),
        ("30 February 2026", ""),
    ] {
        assert_eq!(
            read(text).first().map_or("", String::as_str),
            expected,
            "{text}"
        );
    }
}

#[test]
fn numbers_that_only_point_somewhere_are_left_out() {
    for text in [
        "see Section 4.2 and page 3",
        "Clauses 4, 5 and 6 apply",
        "No. 17 of the list",
        "call +44 20 7946 0958",
        "call 020 7946 0958",
        "COVID-19 and v1.2.3 and A4",
        "open 24/7 from 10:30",
        "as Miller [12] showed",
        "§ 5 applies",
        "ISO 27001",
        "in 2026 everything changed",
        "(Miller 2019)",
        "192.168.0.1",
        "the 3rd time",
    ] {
        assert_eq!(read(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(read("1. The fee is EUR 5"), ["Money 5 EUR"]);
    assert_eq!(read("4.2 The fee is EUR 5"), ["Money 5 EUR"]);
}

#[test]
fn words_around_a_quantity_make_it_a_bound() {
    for (text, expected) in [
        ("at least 30 days", Some(Bound::AtLeast)),
        ("not less than 30 days", Some(Bound::AtLeast)),
        ("up to EUR 500", Some(Bound::AtMost)),
        ("no more than 5%", Some(Bound::AtMost)),
        ("about 8%", Some(Bound::About)),
        ("30 days or more", Some(Bound::AtLeast)),
        ("30 days", None),
    ] {
        let found = quantities(text, DecimalMark::Point);
        assert_eq!(found[0].bound, expected, "{text}");
    }
}

#[test]
fn a_cell_is_a_quantity_only_when_all_of_it_is() {
    let kind = |text: &str| whole_quantity(text, DecimalMark::Point).map(|found| found.kind);
    assert_eq!(kind("£2,480.00"), Some(Kind::Money));
    assert_eq!(kind("12"), Some(Kind::Number));
    assert_eq!(kind("12 boxes"), None);
    assert_eq!(kind("from 12 to 14"), None);
    let below = whole_quantity("(1,234.50)", DecimalMark::Point).expect("a number");
    assert_eq!(below.value, Value::Number("-1234.5".to_owned()));
}

#[test]
fn periods_and_answers_are_read_from_cells() {
    for (text, expected) in [
        ("2026", Some("2026")),
        ("2026-04", Some("2026-04")),
        ("April 2026", Some("2026-04")),
        ("Q2 2026", Some("2026-Q2")),
        ("2026 Q2", Some("2026-Q2")),
        ("FY 2026", Some("2026")),
        ("2026 plan", None),
        ("12", None),
    ] {
        assert_eq!(period_named(text).as_deref(), expected, "{text}");
    }
    assert_eq!(truth(" Yes "), Some(true));
    assert_eq!(truth("✗"), Some(false));
    assert_eq!(truth("perhaps"), None);
}
