//! `consort task why`: to whom it was offered and for what reasons, made again from the record.

use anyhow::Result;
use consort_engine::routing::{Place as Standing, why};
use consort_kernel::id::TaskId;
use serde_json::json;

use super::found;
use crate::asked::{Asked, table};

pub(super) fn tell_why(asked: &mut Asked<'_>, id: TaskId, about: Option<&str>) -> Result<()> {
    found(asked, id)?;
    let about = about.map(|name| asked.named(name)).transpose()?;
    let decisions = why(asked.engine().store(), id, about)?;
    let mut told = Vec::new();
    for decision in &decisions {
        let recorded = &decision.recorded;
        let mut leading = Vec::new();
        for scored in &recorded.leading {
            let name = asked.engine().name_of(scored.contributor)?;
            leading.push(json!({
                "name": name, "contributor": scored.contributor, "score_ppm": scored.score,
                "capability_ppm": scored.capability, "standing_ppm": scored.standing,
                "price_ppm": scored.price, "load_ppm": scored.load, "overlap_ppm": scored.overlap,
                "again": scored.again,
            }));
        }
        let place = decision.place.as_ref().map(|place| match place {
            Standing::Leading(number, _) => format!("number {number} of {}", recorded.ranked),
            Standing::Behind => format!("ranked behind the leading {}", recorded.leading.len()),
            Standing::LeftOut(why) => format!("left out: {why}"),
            Standing::Unknown => "not in the network then".to_owned(),
        });
        told.push(json!({
            "algorithm": recorded.algorithm, "at": recorded.at, "policy": recorded.policy,
            "position": recorded.position, "seed": recorded.seed, "ranked": recorded.ranked,
            "excluded": recorded.excluded, "leading": leading, "about": place,
            "reproduced": decision.reproduced,
        }));
    }
    asked.print(&told, |told| told.iter().flat_map(why_lines).collect())
}

fn why_lines(told: &serde_json::Value) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {} by {} under policy {}, read at event {}; made again from the record: {}",
        if told["ranked"] == 0 {
            "found nobody"
        } else {
            "offered"
        },
        told["at"].as_str().unwrap_or(""),
        told["algorithm"].as_str().unwrap_or(""),
        told["policy"],
        told["position"],
        if told["reproduced"] == true {
            "the same answer"
        } else {
            "ANOTHER ANSWER"
        },
    )];
    let percent =
        |value: &serde_json::Value| format!("{:.1} %", value.as_f64().unwrap_or(0.0) / 10_000.0);
    let header = [
        "",
        "score",
        "capability",
        "standing",
        "price",
        "load",
        "overlap",
    ]
    .map(str::to_owned);
    let mut rows = vec![header.to_vec()];
    for scored in told["leading"].as_array().into_iter().flatten() {
        let mut row = vec![scored["name"].as_str().unwrap_or("(erased)").to_owned()];
        for field in [
            "score",
            "capability",
            "standing",
            "price",
            "load",
            "overlap",
        ] {
            row.push(percent(&scored[format!("{field}_ppm")]));
        }
        rows.push(row);
    }
    lines.extend(table(&rows));
    if let Some(excluded) = told["excluded"].as_object() {
        let counts: Vec<String> = excluded
            .iter()
            .map(|(why, count)| format!("{count} by {why}"))
            .collect();
        if !counts.is_empty() {
            lines.push(format!("left out: {}", counts.join(", ")));
        }
    }
    lines.extend(
        told["about"]
            .as_str()
            .map(|about| format!("who was asked about: {about}")),
    );
    lines
}
