//! Reads the result that a playbook wants.

use consort_kernel::money::Amount;
use consort_kernel::task::{CRITERIA_MAX, Risk};

use super::fields::Reader;
use super::{criterion, list_of};
use crate::limits::{DEADLINE_MS_MAX, PRICE_MINOR_MAX};
use crate::playbook::Outcome;
use crate::problem::At;
use crate::template::Template;
use crate::yaml::Node;

const FIELDS: [&str; 7] = [
    "title",
    "objective",
    "narrative",
    "criteria",
    "risk",
    "deadline",
    "fee",
];
/// The words for the risk of a task or an outcome.
pub(super) const RISKS: [(&str, Risk); 4] = [
    ("low", Risk::Low),
    ("medium", Risk::Medium),
    ("high", Risk::High),
    ("critical", Risk::Critical),
];
/// The shortest time that an outcome may be given: one minute.
const DEADLINE_MS_MIN: u64 = 60_000;

/// `title` is the playbook's, for an outcome without one.
pub(super) fn read(reader: &mut Reader, node: &Node, title: Option<&str>) -> Option<Outcome> {
    let fields = reader.fields(node, "the outcome", &FIELDS)?;
    let title = match fields.get("title") {
        Some(_) => reader.required(&fields, "title", Reader::template),
        None => title
            .and_then(|title| Template::read(title).ok())
            .map(|title| At::new(node.mark, title)),
    };
    let objective = reader.required(&fields, "objective", Reader::template);
    let narrative = reader.required(&fields, "narrative", Reader::template);
    let criteria = list_of(reader, &fields, "criteria", CRITERIA_MAX, |reader, node| {
        criterion::read(reader, node, "the outcome")
    });
    let risk = reader.required(&fields, "risk", |reader, node, what| {
        reader.choice(node, what, &RISKS)
    });
    let deadline_ms = reader.optional(&fields, "deadline", None, |reader, node, what| {
        reader
            .duration(node, what, DEADLINE_MS_MIN, DEADLINE_MS_MAX)
            .map(|length| Some(length.value))
    });
    let fee = reader.optional(&fields, "fee", 0, |reader, node, what| {
        reader
            .whole(node, what, 0, PRICE_MINOR_MAX)
            .map(|fee| fee.value)
    });
    Some(Outcome {
        mark: fields.mark,
        title: title?,
        objective: objective?,
        narrative: narrative?,
        criteria: criteria?.into_iter().collect::<Option<_>>()?,
        risk: risk?.value,
        deadline_ms: deadline_ms?,
        fee: Amount::from_minor(fee?),
    })
}
