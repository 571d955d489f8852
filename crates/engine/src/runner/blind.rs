//! Judging blind: results of several contributors for the same task, side by side and without names.
//!
//! Their order comes from what they say alone, so that it tells nothing about who made them. How far
//! they agree is put beside them as a hint; it decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::digest::Digest;
use consort_kernel::task::{DataClass, Performer};
use serde_json::{Value, json};

use super::commission::Material;

/// What the note on agreement is called.
const NOTE: &str = "agreement";

/// Results that are compared, as they come together.
#[derive(Debug, Default)]
pub(super) struct Compared {
    materials: Vec<(Material, String)>,
}

impl Compared {
    /// Takes a result of somebody's.
    pub(super) fn add(&mut self, material: Material, maker: &Performer) {
        // Each person is a family of their own: they are not built alike.
        let family = maker.family.clone();
        let family = family.unwrap_or_else(|| maker.id.to_string());
        self.materials.push((material, family));
    }

    /// The results without what would tell who made them, each name followed by its note.
    pub(super) fn blind(self) -> Vec<Material> {
        let mut by_name: BTreeMap<String, Vec<(Material, String)>> = BTreeMap::new();
        for (material, family) in self.materials {
            let same = by_name.entry(material.name.clone()).or_default();
            same.push((material, family));
        }
        let mut materials = Vec::new();
        for (name, mut same) in by_name {
            same.sort_by_key(|(material, _)| material.digest);
            let note = (same.len() > 1).then(|| note(&name, &same));
            materials.extend(same.into_iter().map(|(material, _)| Material {
                from_task: None,
                made_by: None,
                ..material
            }));
            materials.extend(note);
        }
        materials
    }
}

/// How many of the results are the same, and from how many families these come.
fn note(name: &str, results: &[(Material, String)]) -> Material {
    let mut alike: BTreeMap<String, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for (material, family) in results {
        let (count, families) = alike.entry(said(&material.bytes)).or_default();
        *count += 1;
        families.insert(family);
    }
    let sizes = alike
        .values()
        .map(|(count, families)| (*count, families.len()));
    let (same, families) = sizes.max().unwrap_or_default();
    let note = json!({
        "of": name,
        "results": results.len(),
        "same": same,
        "families_of_same": families,
        "note": "a hint on how sure one may be, and no decision",
    });
    let bytes = note.to_string().into_bytes();
    let class = results.iter().map(|(material, _)| material.class).max();
    Material {
        name: NOTE.to_owned(),
        class: class.unwrap_or(DataClass::default()),
        digest: Digest::of(&bytes),
        from_task: None,
        made_by: None,
        bytes,
    }
}

/// What a result says, however its JSON is laid out.
fn said(bytes: &[u8]) -> String {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => consort_kernel::canonical::write_sorted(&value),
        Err(_) => Digest::of(bytes).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use consort_kernel::id::ContributorId;

    use super::*;

    fn made(by: u128, family: Option<&str>, text: &str) -> (Material, Performer) {
        let id = ContributorId::from_bits(by);
        let material = Material {
            name: "drafts".to_owned(),
            class: DataClass::Confidential,
            digest: Digest::of(text.as_bytes()),
            from_task: Some(format!("draft[{by}]")),
            made_by: Some(id),
            bytes: text.as_bytes().to_vec(),
        };
        let family = family.map(str::to_owned);
        (
            material,
            Performer {
                family,
                id,
                payee: id,
            },
        )
    }

    fn blind(results: &[(Material, Performer)]) -> Vec<Material> {
        let mut compared = Compared::default();
        for (material, maker) in results {
            compared.add(material.clone(), maker);
        }
        compared.blind()
    }

    #[test]
    fn what_is_judged_blind_does_not_tell_who_made_it_nor_does_its_order() {
        let texts = ["[1]", "[2]", "[3]"];
        let one_way = [
            made(1, None, texts[0]),
            made(2, Some("small"), texts[1]),
            made(3, None, texts[2]),
        ];
        let other_way = [
            made(3, None, texts[0]),
            made(1, None, texts[1]),
            made(2, Some("small"), texts[2]),
        ];
        let seen = blind(&one_way);
        assert_eq!(seen, blind(&other_way), "who made what changes nothing");
        for material in &seen {
            assert_eq!((&material.from_task, material.made_by), (&None, None));
            let shown = format!("{material:?}");
            assert!(
                !shown.contains("ctr_") && !shown.contains("draft["),
                "{shown}"
            );
        }
    }

    #[test]
    fn agreement_of_different_families_is_told_apart_from_agreement_of_one() {
        for (second, families) in [("small", 1), ("large", 2)] {
            let results = [
                made(1, Some("small"), "{\"a\":1,\"b\":2}"),
                made(2, Some(second), "{ \"b\": 2, \"a\": 1 }"),
                made(3, None, "{}"),
            ];
            let seen = blind(&results);
            let note = seen.last().expect("it follows the results");
            assert_eq!(
                (note.name.as_str(), note.class),
                (NOTE, DataClass::Confidential)
            );
            let note: Value = serde_json::from_slice(&note.bytes).unwrap();
            let counts = ["results", "same", "families_of_same"].map(|key| note[key].as_u64());
            assert_eq!(counts, [Some(3), Some(2), Some(families)]);
        }
    }
}
