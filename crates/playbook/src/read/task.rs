//! Reads task templates.

use consort_kernel::money::Amount;
use consort_kernel::task::{CRITERIA_MAX, Mode, Risk};

use super::fields::{Fields, Reader};
use super::outcome::RISKS;
use super::{context, criterion, list_of};
use crate::limits::{LEASE_MS_MAX, LEASE_MS_MIN, PRICE_MINOR_MAX, TEMPLATES_MAX, WEIGHT_MAX};
use crate::names::in_expressions;
use crate::playbook::{Instances, Instructions, Task};
use crate::problem::At;
use crate::yaml::Node;

const FIELDS: [&str; 19] = [
    "key",
    "kind",
    "title",
    "capability",
    "level",
    "mode",
    "risk",
    "price",
    "weight",
    "lease",
    "for_each",
    "as",
    "compare",
    "when",
    "needs",
    "apart_from",
    "serves",
    "gate",
    "instructions",
];
const MODES: [(&str, Mode); 4] = [
    ("person", Mode::Person),
    ("ai", Mode::Ai),
    ("either", Mode::Either),
    ("pair", Mode::Pair),
];
/// What the item is called when the author gives it no name.
const ITEM: &str = "item";
/// How long a lease lasts when the author does not say: one hour.
const LEASE_MS: u64 = 3_600_000;
/// How many constraints a task may have: a contributor has to keep all of them in mind.
const CONSTRAINTS_MAX: usize = 32;
/// How many pieces of context an author may list.
const CONTEXT_MAX: usize = 64;

pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Task> {
    let mut fields = reader.fields(node, "a task", &FIELDS)?;
    let key = reader.required(&fields, "key", Reader::name);
    if let Some(key) = &key {
        fields.what = format!("task '{}'", key.value);
    }
    let item = match fields.get("as") {
        None => None,
        Some(_) => reader.required(&fields, "as", Reader::name),
    };
    let item = item.map_or_else(
        || At::new(fields.mark, ITEM.to_owned()),
        |item| At::new(item.mark, in_expressions(&item.value)),
    );
    let kind = reader.required(&fields, "kind", Reader::name);
    let title = reader.required(&fields, "title", Reader::template);
    let capability = reader.required(&fields, "capability", Reader::name);
    let terms = terms(reader, &fields);
    let for_each = reader.optional(&fields, "for_each", None, |reader, node, what| {
        reader.expression(node, what).map(Some)
    });
    let when = reader.optional(&fields, "when", None, |reader, node, what| {
        reader.expression(node, what).map(Some)
    });
    let compare = reader.optional(&fields, "compare", None, |reader, node, what| {
        reader.expression(node, what).map(Some)
    });
    let needs = entries(reader, &fields, "needs", |reader, node, what| {
        instances(reader, node, what, &item.value)
    });
    let apart_from = entries(reader, &fields, "apart_from", |reader, node, what| {
        instances(reader, node, what, &item.value)
    });
    let serves = entries(reader, &fields, "serves", Reader::name);
    let gate = reader.optional(&fields, "gate", At::new(fields.mark, false), Reader::flag);
    let owner = fields.what.clone();
    let instructions = reader.required(&fields, "instructions", |reader, node, _| {
        instructions(reader, node, &owner, &item.value)
    });
    let terms = terms?;
    Some(Task {
        key: key?,
        kind: kind?.value,
        title: title?,
        capability: capability?.value,
        level: terms.level,
        mode: terms.mode,
        risk: terms.risk,
        price: terms.price,
        weight: terms.weight,
        lease_ms: terms.lease_ms,
        for_each: for_each?,
        compare: compare?,
        item,
        when: when?,
        needs: needs?,
        apart_from: apart_from?,
        serves: serves?,
        gate: gate?,
        instructions: instructions?,
    })
}

/// On what terms a task is done.
struct Terms {
    level: u8,
    mode: At<Mode>,
    risk: At<Risk>,
    price: Amount,
    weight: u32,
    lease_ms: u32,
}

fn terms(reader: &mut Reader, fields: &Fields<'_>) -> Option<Terms> {
    let unmarked = fields.mark;
    let level = number(reader, fields, "level", 1, 1, 8);
    let mode = reader.optional(
        fields,
        "mode",
        At::new(unmarked, Mode::Either),
        |reader, node, what| reader.choice(node, what, &MODES),
    );
    let risk = reader.optional(
        fields,
        "risk",
        At::new(unmarked, Risk::Low),
        |reader, node, what| reader.choice(node, what, &RISKS),
    );
    let price = reader.required(fields, "price", |reader, node, what| {
        reader.whole(node, what, 0, PRICE_MINOR_MAX)
    });
    let weight = number(reader, fields, "weight", 1, 0, WEIGHT_MAX);
    if let (Some(0), Some(node)) = (weight, fields.get("weight")) {
        let text = format!(
            "{} has the weight 0 and counts for nothing; give it a weight, or leave it out for 1",
            fields.what
        );
        reader.problem(node.mark, text);
    }
    let lease_ms = reader.optional(fields, "lease", LEASE_MS, |reader, node, what| {
        reader
            .duration(node, what, LEASE_MS_MIN, LEASE_MS_MAX)
            .map(|length| length.value)
    });
    Some(Terms {
        level: u8::try_from(level?).ok()?,
        mode: mode?,
        risk: risk?,
        price: Amount::from_minor(price?.value),
        weight: u32::try_from(weight?).ok()?,
        lease_ms: u32::try_from(lease_ms?).ok()?,
    })
}

fn number(
    reader: &mut Reader,
    fields: &Fields<'_>,
    name: &str,
    absent: i64,
    least: i64,
    most: i64,
) -> Option<i64> {
    reader.optional(fields, name, absent, |reader, node, what| {
        reader
            .whole(node, what, least, most)
            .map(|number| number.value)
    })
}

/// The entries of a list that may be absent.
fn entries<T>(
    reader: &mut Reader,
    fields: &Fields<'_>,
    name: &str,
    read: impl Fn(&mut Reader, &Node, &str) -> Option<T>,
) -> Option<Vec<T>> {
    reader.optional(fields, name, Vec::new(), |reader, node, what| {
        let entries = reader.list(node, what, TEMPLATES_MAX)?;
        let what = format!("an entry of {what}");
        let read: Vec<Option<T>> = entries
            .iter()
            .map(|entry| read(reader, entry, &what))
            .collect();
        read.into_iter().collect()
    })
}

fn instances(reader: &mut Reader, node: &Node, what: &str, item: &str) -> Option<At<Instances>> {
    let text = reader.text(node, what)?;
    let found = context::instances(&text.value, item);
    if found.is_none() {
        reader.problem(
            node.mark,
            format!(
                "{what} is '{}'; write the key of a task for all of its tasks, or \
                 'KEY[{item}]' for the one with the same item",
                text.value
            ),
        );
    }
    found.map(|instances| At::new(node.mark, instances))
}

fn instructions(reader: &mut Reader, node: &Node, owner: &str, item: &str) -> Option<Instructions> {
    let what = format!("the instructions of {owner}");
    let known = ["goal", "context", "constraints", "criteria"];
    let fields = reader.fields(node, &what, &known)?;
    let goal = reader.required(&fields, "goal", Reader::template);
    let context = reader.required(&fields, "context", |reader, node, what| {
        let entries = reader.list(node, what, CONTEXT_MAX)?;
        not_empty(reader, node, what, entries)?;
        let read: Vec<_> = entries
            .iter()
            .map(|entry| context::read(reader, entry, owner, item))
            .collect();
        read.into_iter().collect::<Option<Vec<_>>>()
    });
    let constraints = reader.required(&fields, "constraints", |reader, node, what| {
        let entries = reader.list(node, what, CONSTRAINTS_MAX)?;
        not_empty(reader, node, what, entries)?;
        let what = format!("an entry of {what}");
        let read: Vec<_> = entries
            .iter()
            .map(|entry| reader.template(entry, &what))
            .collect();
        read.into_iter().collect::<Option<Vec<_>>>()
    });
    if let Some(node) = fields.get("criteria")
        && let Some(entries) = reader.list(node, &format!("'criteria' of {what}"), CRITERIA_MAX)
    {
        not_empty(reader, node, &format!("'criteria' of {what}"), entries)?;
    }
    let criteria = list_of(reader, &fields, "criteria", CRITERIA_MAX, |reader, node| {
        criterion::read(reader, node, owner)
    });
    Some(Instructions {
        mark: fields.mark,
        goal: goal?,
        context: context?,
        constraints: constraints?,
        criteria: criteria?.into_iter().collect::<Option<_>>()?,
    })
}

fn not_empty(reader: &mut Reader, node: &Node, what: &str, entries: &[Node]) -> Option<()> {
    if entries.is_empty() {
        reader.problem(
            node.mark,
            format!(
                "{what} is empty; a task goes out only with goal, context, constraints and \
                 criteria"
            ),
        );
        return None;
    }
    Some(())
}
