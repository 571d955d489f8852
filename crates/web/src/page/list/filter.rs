//! What narrows a list: words to look for, and choices. All of it stands in the address.

use maud::{Markup, html as markup};

use super::{Asked, Form};
use crate::part::Icon;
use crate::server::Failure;

/// What every list may have in its address beside what narrows it: the place, the view that it is, and what its
/// reader did before.
const EVERYWHERE: [&str; 4] = [super::PLACE, super::saved::SAVED, "view", "done"];

/// One choice among several.
pub(crate) struct Choice {
    /// What it is called in the address.
    pub(crate) key: &'static str,
    /// What is chosen, for people.
    pub(crate) words: &'static str,
    /// What can be chosen, each with its words.
    pub(crate) among: Vec<(String, String)>,
}

/// All that narrows a list.
#[derive(Default)]
pub(crate) struct Filters {
    /// What the words are looked for in, where one can look for words.
    pub(crate) looks_in: Option<&'static str>,
    /// The choice that is made most, shown as links.
    pub(crate) first: Option<Choice>,
    /// The others.
    pub(crate) others: Vec<Choice>,
}

impl Choice {
    /// A choice among words that are their own names.
    pub(crate) fn of<'a>(
        key: &'static str,
        words: &'static str,
        among: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let among = among.into_iter();
        Self {
            key,
            words,
            among: among
                .map(|(value, words)| (value.to_owned(), words.to_owned()))
                .collect(),
        }
    }
}

impl Filters {
    /// Fails where an address asks for what the list does not know: a filter, or a value of one. `also` is what
    /// else is read from the address of this list.
    pub(crate) fn check(&self, asked: &Asked, also: &[&str]) -> Result<(), Failure> {
        let choices = || self.first.iter().chain(&self.others);
        let words = self.looks_in.map(|_| "q");
        for (key, value) in &asked.said {
            let Some(choice) = choices().find(|it| it.key == key) else {
                let known: Vec<&str> = choices().map(|it| it.key).chain(words).collect();
                if EVERYWHERE.contains(&key.as_str())
                    || also.iter().chain(&known).any(|it| it == key)
                {
                    continue;
                }
                let known: Vec<&str> = known.iter().chain(also).copied().collect();
                let known = if known.is_empty() {
                    "nothing".to_owned()
                } else {
                    known.join(", ")
                };
                return Err(Failure::Misused(format!(
                    "this list cannot be narrowed by '{key}'; it can by: {known}"
                )));
            };
            let is_known = choice.among.iter().any(|(known, _)| known == value.trim());
            if !is_known {
                let among: Vec<&str> = choice.among.iter().map(|it| it.0.as_str()).collect();
                return Err(Failure::Misused(format!(
                    "'{key}' is never '{}'; it is one of: {}",
                    value.trim(),
                    among.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// The filters as they are set.
    pub(crate) fn show(&self, asked: &Asked) -> Markup {
        let has_form = self.looks_in.is_some() || !self.others.is_empty();
        if !has_form && self.first.is_none() {
            return markup! {};
        }
        markup! {
            div.filter-bar {
                @if has_form { (self.form(asked)) }
                @if let Some(first) = &self.first { (links(asked, first)) }
            }
        }
    }

    fn form(&self, asked: &Asked) -> Markup {
        let is_set = |choice: &Choice| asked.get(choice.key).is_some();
        let is_narrowed = asked.get("q").is_some() || self.others.iter().any(is_set);
        let own: Vec<&str> = self
            .others
            .iter()
            .map(|choice| choice.key)
            .chain(["q"])
            .collect();
        let none: Vec<(&str, Option<&str>)> = own.iter().map(|key| (*key, None)).collect();
        let kept = asked
            .said
            .iter()
            .filter(|(key, _)| !own.contains(&key.as_str()));
        markup! {
            form.inline role="search" method="get" action=(asked.path) {
                @for (key, value) in kept { @if key != super::PLACE { input type="hidden" name=(key) value=(value); } }
                @if let Some(looks_in) = self.looks_in {
                    label.sr for="list-q" { "Search in " (looks_in) }
                    input.input #list-q type="search" name="q" maxlength="120" autocomplete="off"
                        placeholder=(looks_in) value=[asked.get("q")];
                }
                @for choice in &self.others { (select(asked, choice)) }
                button.button { (Icon::Search.show()) "Show" }
                @if is_narrowed { a.button.quiet href=(asked.address(Form::Page, &none)) { "Clear" } }
            }
        }
    }
}

fn links(asked: &Asked, choice: &Choice) -> Markup {
    let chosen = asked.get(choice.key);
    let all = asked.address(Form::Page, &[(choice.key, None)]);
    markup! {
        nav.filters aria-label=(choice.words) {
            a href=(all) aria-current=[chosen.is_none().then_some("true")] { "All" }
            @for (value, words) in &choice.among {
                a href=(asked.address(Form::Page, &[(choice.key, Some(value))]))
                    aria-current=[(chosen == Some(value)).then_some("true")] { (words) }
            }
        }
    }
}

fn select(asked: &Asked, choice: &Choice) -> Markup {
    let chosen = asked.get(choice.key);
    let id = format!("list-{}", choice.key);
    markup! {
        label.sr for=(id) { (choice.words) }
        select.input id=(id) name=(choice.key) {
            option value="" { (choice.words) ": all" }
            @for (value, words) in &choice.among {
                option value=(value) selected[chosen == Some(value)] { (words) }
            }
        }
    }
}
