//! Lists: what every one of them has. Filters and the place stand in the address, a page begins with
//! the newest, and behind each page stand the same rows as JSON and as CSV.
//!
//! Nothing here knows what is listed, or who may see it: that is said by the page that lists.

mod file;
mod filter;
mod mark;
pub(super) mod saved;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::Markup;
use serde_json::Value;

use super::done;
use super::shell::{self, Head};
use crate::part::encoded;
use crate::server::{Failure, Visitor, Web};

pub(crate) use filter::{Choice, Filters};
pub(crate) use mark::{Mark, reads};
pub(super) use saved::chips;
pub(crate) use table::{Empty, show};

/// How many rows stand on a page.
const PAGE_ROWS: usize = 50;
/// How many rows a file has at the most; the next ones are one request away.
const FILE_ROWS: usize = 1_000;
/// How many things are read at a time.
const BATCH: usize = 200;
/// How many things are looked at for one page: where few of them fit, its reader is asked whether to
/// look on.
const LOOKED_AT_MAX: usize = 1_000;
/// The name of the place in an address.
const PLACE: &str = "after";

/// In which form a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a page, for people.
    Page,
    /// As JSON.
    Json,
    /// As CSV.
    Csv,
}

/// What is asked of a list, by its address.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The address without an ending and without a question.
    path: String,
    form: Form,
    said: BTreeMap<String, String>,
    /// Whether the address has no question at all.
    is_bare: bool,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// What programs call it; one without a name stands on pages alone.
    key: &'static str,
    /// What people call it; one without words stands in files alone.
    words: &'static str,
    is_number: bool,
}

/// What stands in a row under a column: for people, and for programs.
pub(crate) struct Cell {
    shown: Markup,
    value: Value,
}

/// A row.
pub(crate) struct Line {
    cells: Vec<Cell>,
    is_mine: bool,
}

/// What was found.
pub(crate) struct Found {
    pub(crate) columns: &'static [Column],
    pub(crate) lines: Vec<Line>,
    /// The place that the next page goes on after.
    pub(crate) next: Option<String>,
}

impl FromRequestParts<Arc<Web>> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Failure> {
        Self::of(&parts.uri)
    }
}

impl Asked {
    pub(super) fn of(uri: &Uri) -> Result<Self, Failure> {
        let unreadable = |_| Failure::Misused("the address cannot be read".to_owned());
        let Query(said): Query<Vec<(String, String)>> =
            Query::try_from_uri(uri).map_err(unreadable)?;
        let path = uri.path();
        let (path, form) = match path.rsplit_once('.') {
            Some((path, "json")) => (path, Form::Json),
            Some((path, "csv")) => (path, Form::Csv),
            Some((path, "journal")) => (path, Form::Page),
            _ => (path, Form::Page),
        };
        let said = said
            .into_iter()
            // What was just done led here, and narrows nothing.
            .filter(|(key, value)| key != done::KEY && !value.trim().is_empty());
        Ok(Self {
            path: path.to_owned(),
            form,
            said: said.collect(),
            is_bare: uri.query().is_none(),
        })
    }

    /// The same, of a list whose own address is below that of the page that it stands on.
    pub(crate) fn below(mut self, ending: &str) -> Self {
        if !self.path.ends_with(ending) {
            self.path.push_str(ending);
        }
        self
    }

    /// All that there is, as nobody asked for it in an address.
    pub(crate) fn everything() -> Self {
        Self {
            path: String::new(),
            form: Form::Json,
            said: BTreeMap::new(),
            is_bare: true,
        }
    }

    /// What is said under a name.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.said.get(key).map(|value| value.trim())
    }

    /// What is said under a name, as what is wanted; fails where it is nothing of the kind.
    pub(crate) fn read<T: std::str::FromStr>(&self, key: &str) -> Result<Option<T>, Failure> {
        let Some(said) = self.get(key) else {
            return Ok(None);
        };
        let wrong =
            |_| Failure::Misused(format!("'{key}' is an identifier, which '{said}' is not"));
        said.parse().map(Some).map_err(wrong)
    }

    /// The words that are looked for, small.
    pub(crate) fn words(&self) -> Vec<String> {
        let words = self.get("q").unwrap_or_default().to_lowercase();
        words.split_whitespace().map(str::to_owned).collect()
    }

    /// The place that the page goes on after.
    pub(crate) fn place<T: std::str::FromStr>(&self) -> Result<Option<T>, Failure> {
        let Some(place) = self.get(PLACE) else {
            return Ok(None);
        };
        let unknown = || Failure::Misused("there is no such place in the list".to_owned());
        place.parse().map(Some).map_err(|_| unknown())
    }

    /// Whether the list is wanted as a page.
    pub(crate) fn is_page(&self) -> bool {
        self.form == Form::Page
    }

    /// How many rows are wanted.
    pub(crate) fn rows(&self) -> usize {
        if self.is_page() { PAGE_ROWS } else { FILE_ROWS }
    }

    /// Whether anything was left out by a filter.
    fn is_narrowed(&self) -> bool {
        let is_none = |key: &String| [PLACE, "view", saved::SAVED].contains(&key.as_str());
        !self.said.keys().all(is_none)
    }

    /// The filters alone, as they stand in an address after the question mark.
    pub(super) fn query(&self) -> String {
        let address = self.address(Form::Page, &[(saved::SAVED, None)]);
        let query = address.split_once('?');
        query.map_or_else(String::new, |(_, query)| query.to_owned())
    }

    /// The address of all of it, whatever its usual view is.
    fn whole(&self) -> String {
        if self.said.contains_key(saved::SAVED) {
            format!("{}?{}=", self.path, saved::SAVED)
        } else {
            self.path.clone()
        }
    }

    /// The address of this list in another form, with other filters or at another place. What is not
    /// named stays, but for the place: it is one in the old list.
    fn address(&self, form: Form, changes: &[(&str, Option<&str>)]) -> String {
        let mut said: BTreeMap<&str, &str> = BTreeMap::new();
        for (key, value) in &self.said {
            if key != PLACE {
                said.insert(key, value);
            }
        }
        for (key, value) in changes {
            match value {
                Some(value) => said.insert(key, value),
                None => said.remove(key),
            };
        }
        let ending = match form {
            Form::Page => "",
            Form::Json => ".json",
            Form::Csv => ".csv",
        };
        let mut address = format!("{}{ending}", self.path);
        for (index, (key, value)) in said.iter().enumerate() {
            address.push(if index == 0 { '?' } else { '&' });
            let _ = write!(address, "{key}={}", encoded(value));
        }
        address
    }

    /// The address of what comes next, in the form that was asked for.
    fn next(&self, found: &Found) -> Option<String> {
        let place = found.next.as_deref()?;
        Some(self.address(self.form, &[(PLACE, Some(place))]))
    }
}

impl Column {
    /// A column of words.
    pub(crate) const fn text(key: &'static str, words: &'static str) -> Self {
        Self {
            key,
            words,
            is_number: false,
        }
    }

    /// A column of numbers.
    pub(crate) const fn number(key: &'static str, words: &'static str) -> Self {
        Self {
            key,
            words,
            is_number: true,
        }
    }

    /// A column that stands on pages alone, as of what can be done.
    pub(crate) const fn shown(words: &'static str) -> Self {
        Self::text("", words)
    }

    /// A column that stands in files alone.
    pub(crate) const fn hidden(key: &'static str) -> Self {
        Self::text(key, "")
    }
}

impl Cell {
    /// Something that stands on pages alone.
    pub(crate) const fn shown(shown: Markup) -> Self {
        Self {
            shown,
            value: Value::Null,
        }
    }

    /// The same words for people and programs.
    pub(crate) fn text(words: impl Into<String>) -> Self {
        let words = words.into();
        Self {
            shown: maud::html! { (words) },
            value: Value::String(words),
        }
    }

    /// A number.
    pub(crate) fn number(number: impl Into<i64>) -> Self {
        let number = number.into();
        Self {
            shown: maud::html! { (number) },
            value: number.into(),
        }
    }

    /// Something for people, and what it is for programs.
    pub(crate) fn of(shown: Markup, value: impl Into<Value>) -> Self {
        Self {
            shown,
            value: value.into(),
        }
    }
}

impl Line {
    /// A row of these cells, one for each column.
    pub(crate) const fn of(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            is_mine: false,
        }
    }

    /// A row that stands out where it waits for the visitor.
    pub(crate) const fn mine(cells: Vec<Cell>, is_mine: bool) -> Self {
        Self { cells, is_mine }
    }
}

/// Goes through a list beyond a place until there are as many as are wanted, or enough was looked at:
/// what fits, and the place to go on after.
pub(crate) fn gather<T, K: Copy, V>(
    wanted: usize,
    mut place: Option<K>,
    mut read: impl FnMut(Option<K>, usize) -> Result<Vec<T>, Failure>,
    key: impl Fn(&T) -> K,
    mut fits: impl FnMut(T) -> Result<Option<V>, Failure>,
) -> Result<(Vec<V>, Option<K>), Failure> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    while looked_at < LOOKED_AT_MAX.max(2 * wanted) {
        let batch = read(place, BATCH)?;
        let is_last = batch.len() < BATCH;
        looked_at += batch.len();
        let mut left = batch.len();
        for one in batch {
            left -= 1;
            place = Some(key(&one));
            found.extend(fits(one)?);
            if found.len() == wanted {
                let is_more = left > 0 || !is_last;
                return Ok((found, place.filter(|_| is_more)));
            }
        }
        if is_last {
            return Ok((found, None));
        }
    }
    Ok((found, place))
}

/// Answers with the list in the form that was asked for; the page around it is made where it is one.
pub(crate) fn answer(
    web: &Web,
    visitor: &Visitor,
    (asked, found): (&Asked, &Found),
    head: &Head<'_>,
    page: impl FnOnce() -> Result<Markup, Failure>,
) -> Result<Response, Failure> {
    match asked.form {
        Form::Page => match saved::usual(web, visitor, asked)? {
            Some(address) => Ok(Redirect::to(&address).into_response()),
            None => shell::page(web, visitor, head, &page()?),
        },
        Form::Json => Ok(file::json(asked, found)),
        Form::Csv => file::csv(asked, found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(address: &str) -> Asked {
        Asked::of(&address.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_filter_stays_in_the_address_and_the_place_goes_with_the_list() {
        let list = asked("/outcomes?state=running&q=two+words&after=out_1&empty=");
        for (form, changes, address) in [
            (Form::Page, &[][..], "/outcomes?q=two%20words&state=running"),
            (
                Form::Json,
                &[],
                "/outcomes.json?q=two%20words&state=running",
            ),
            (Form::Csv, &[("q", None)], "/outcomes.csv?state=running"),
            (
                Form::Page,
                &[("state", Some("a&b"))],
                "/outcomes?q=two%20words&state=a%26b",
            ),
        ] {
            assert_eq!(list.address(form, changes), address);
        }
        assert_eq!(list.words(), ["two", "words"]);
        assert_eq!(list.get("empty"), None);
        assert!(list.is_narrowed() && !asked("/outcomes?after=x").is_narrowed());
    }

    #[test]
    fn a_list_is_read_until_there_is_enough() {
        let all: Vec<u32> = (1..=1_500).collect();
        let read = |place: Option<u32>, limit: usize| {
            let begin = place.unwrap_or(0) as usize;
            Ok(all.iter().skip(begin).take(limit).copied().collect())
        };
        let even = |one: u32| Ok(one.is_multiple_of(2).then_some(one));
        let (found, next) = gather(3, None, read, |it| *it, even).unwrap();
        assert_eq!((found, next), (vec![2, 4, 6], Some(6)));
        let (found, next) = gather(9, Some(1_490), read, |it| *it, even).unwrap();
        assert_eq!((found.len(), next), (5, None));
        let (found, next) = gather(9, None, read, |it| *it, |_| Ok(None::<u32>)).unwrap();
        assert_eq!((found.len(), next), (0, Some(1_000)));
    }
}
