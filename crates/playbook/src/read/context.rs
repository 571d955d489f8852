//! Reads where pieces of context come from.
//!
//! `inputs.NAME`, the item's name, `tasks.NAME.output`, `tasks.NAME.outputs`,
//! `tasks.NAME[item].output`, `artefact.DIGEST`, or a mapping of expressions.

use super::fields::Reader;
use crate::names::in_expressions;
use crate::playbook::{Context, From, Instances};
use crate::problem::At;
use crate::yaml::{Data, Node};

pub(super) fn read(reader: &mut Reader, node: &Node, owner: &str, item: &str) -> Option<Context> {
    let what = format!("a piece of context of {owner}");
    let fields = reader.fields(node, &what, &["name", "from"])?;
    let name = reader.required(&fields, "name", Reader::name);
    let from = reader.required(&fields, "from", |reader, node, what| {
        from(reader, node, what, item)
    });
    Some(Context {
        name: name?,
        from: from?,
    })
}

fn from(reader: &mut Reader, node: &Node, what: &str, item: &str) -> Option<At<From>> {
    if let Data::Map(entries) = &node.data {
        let mut object = std::collections::BTreeMap::new();
        for (key, value) in entries {
            let part = format!("'{}' in {what}", key.value);
            object.insert(key.value.clone(), reader.expression(value, &part)?);
        }
        return Some(At::new(node.mark, From::Object(object)));
    }
    let text = reader.text(node, what)?;
    let from = match text.value.split_once('.') {
        Some(("inputs", name)) => From::Input(name.to_owned()),
        Some(("tasks", rest)) => {
            if let Some(instances) = output(rest, item) {
                From::Output(instances)
            } else {
                reader.problem(
                    text.mark,
                    format!(
                        "{what} is '{}'; write tasks.NAME.output for one task, tasks.NAME.outputs \
                     for all of a template, or tasks.NAME[{item}].output for the same item",
                        text.value
                    ),
                );
                return None;
            }
        }
        Some(("artefact", digest)) => match digest.parse() {
            Ok(digest) => From::Artefact(digest),
            Err(error) => {
                reader.problem(text.mark, format!("{what}: {error}"));
                return None;
            }
        },
        _ => From::Item(reader.expression(node, what)?.value),
    };
    Some(At::new(text.mark, from))
}

/// `NAME.output`, `NAME.outputs` or `NAME[item].output`.
fn output(text: &str, item: &str) -> Option<Instances> {
    let (name, field) = text.rsplit_once('.')?;
    if field != "output" && field != "outputs" {
        return None;
    }
    instances(name, item)
}

/// `NAME`, or `NAME[item]` for the same item.
pub(super) fn instances(text: &str, item: &str) -> Option<Instances> {
    let (task, same_item) = match text.split_once('[') {
        None => (text, false),
        Some((task, rest))
            if rest.strip_suffix(']').map(in_expressions).as_deref() == Some(item) =>
        {
            (task, true)
        }
        Some(_) => return None,
    };
    Some(Instances {
        task: task.to_owned(),
        same_item,
    })
}
