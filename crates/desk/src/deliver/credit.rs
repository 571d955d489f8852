//! Names in what is delivered: a result holds identifiers alone, because a name can be erased.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use consort_engine::Engine;
use consort_kernel::id::ContributorId;

use crate::DeskError;

/// What an identifier of a contributor begins with, and how long it is with that.
const PREFIX: &str = "ctr_";
const LENGTH: usize = 30;

/// A delivered page or table with the names of the contributors in place of their identifiers; any
/// other file as it is.
pub(super) fn credited(engine: &Engine, file: &str, bytes: Vec<u8>) -> Result<Vec<u8>, DeskError> {
    if !may_credit(file) {
        return Ok(bytes);
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Ok(error.into_bytes()),
    };
    let mut names = BTreeMap::new();
    for id in identifiers(&text) {
        if let Some(name) = engine.name_of(id)?
            && is_plain(&name)
        {
            names.insert(id.to_string(), name);
        }
    }
    Ok(with_names(text, &names).into_bytes())
}

/// Whether names are put into such a file.
pub(super) fn may_credit(file: &str) -> bool {
    let kind = Path::new(file).extension().and_then(OsStr::to_str);
    matches!(kind, Some("html" | "csv"))
}

/// The contributors that a text names.
fn identifiers(text: &str) -> Vec<ContributorId> {
    text.match_indices(PREFIX)
        .filter_map(|(at, _)| text.get(at..at + LENGTH)?.parse().ok())
        .collect()
}

/// Whether a name means nothing to a page or a table but itself.
fn is_plain(name: &str) -> bool {
    name.starts_with(char::is_alphanumeric)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '\u{2019}'))
}

/// Puts names in; two of one name keep their identifiers beside it.
fn with_names(mut text: String, names: &BTreeMap<String, String>) -> String {
    for (id, name) in names {
        let is_shared = names.values().filter(|other| *other == name).count() > 1;
        let shown = if is_shared {
            // The identifiers' ends are drawn, their beginnings are times.
            format!("{name} {}", &id[LENGTH - 4..])
        } else {
            name.clone()
        };
        text = text.replace(id, &shown);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "ctr_01h2xcejqtf2nbrexx3vqjhp41";
    const TWO: &str = "ctr_01h2xcejqtf2nbrexx3vqjhp42";

    #[test]
    fn identifiers_are_found_and_nothing_that_looks_like_one() {
        let text = format!("<td>{ONE}</td> ctr_short ctr_01h2xcejqtf2nbrexx3vqjhp4\u{e9} {TWO}");
        let found: Vec<String> = identifiers(&text).iter().map(ToString::to_string).collect();
        assert_eq!(found, [ONE, TWO]);
    }

    #[test]
    fn names_take_the_place_of_identifiers_and_stay_apart() {
        let text = format!("id,{ONE},{TWO}");
        let names = |one: &str, two: &str| {
            BTreeMap::from([
                (ONE.to_owned(), one.to_owned()),
                (TWO.to_owned(), two.to_owned()),
            ])
        };
        for (one, two, expected) in [
            ("Ada", "Ben", "id,Ada,Ben"),
            ("Ada", "Ada", "id,Ada hp41,Ada hp42"),
        ] {
            assert_eq!(with_names(text.clone(), &names(one, two)), expected);
        }
    }

    #[test]
    fn a_name_that_a_table_or_a_page_would_take_for_more_is_not_put_in() {
        for name in ["=1+1", "a,b", "<b>", "\"", "", "@x"] {
            assert!(!is_plain(name), "{name}");
        }
        for name in ["Ada Example", "Zo\u{eb}", "model-2", "O\u{2019}Neil Jr."] {
            assert!(is_plain(name), "{name}");
        }
    }
}
