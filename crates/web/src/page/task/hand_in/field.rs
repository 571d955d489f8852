//! The fields of a form, filled in as far as they are.

use consort_desk::form::{Field, Form, Lack, Shape};
use consort_tools::label::Item;
use maud::{Markup, html as markup};
use serde_json::Value;

use super::RESULT;
use super::lack::{self, id};
use super::paper::Paper;
use crate::part::Icon;

/// Words of at most so many letters are written on one line.
const LINE_MAX: u64 = 120;
/// Numbers have at most so many letters.
const NUMBER_MAX: u64 = 40;
/// So many options with so many letters in all are in sight at once.
const PICKED_MAX: usize = 6;
const PICKED_LETTERS_MAX: usize = 60;

/// Values with the words for them, and the one that was taken.
type Options<'a> = (&'a [(String, String)], &'a str);

/// What the fields of a form are shown with.
struct Filling<'a> {
    form: &'a Form,
    lacks: &'a [Lack],
    /// Where one row more is wanted.
    more: Option<&'a str>,
}

/// All fields of a form, and another way for those who have JSON.
pub(super) fn parts(form: &Form, paper: &Paper, lacks: &[Lack]) -> Markup {
    let more = paper.more.as_deref();
    let filling = Filling { form, lacks, more };
    markup! {
        (lack::at(lacks, ""))
        @for field in form.fields() { (filling.show(field, paper.draft.get(&field.name), "")) }
        details.disclosure open[!paper.whole.is_empty()] {
            summary { (Icon::File.show()) "Give the whole of it as JSON" }
            div.field {
                label for=(RESULT) { "The whole result" }
                p.hint #result-hint { "Taken instead of what stands above." }
                textarea.input id=(RESULT) name=(RESULT) rows="6" aria-describedby="result-hint" { (paper.whole) }
            }
        }
    }
}

/// What people call the field at a place: its label, below the labels of what it is in.
pub(super) fn name(paper: &Paper, at: &str) -> Option<String> {
    let mut fields = paper.form.as_ref()?.fields();
    let mut names: Vec<String> = Vec::new();
    for segment in at.strip_prefix('/')?.split('/') {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        if let Ok(number) = segment.parse::<usize>() {
            let last = names.last_mut()?;
            *last = format!("{last} {}", number + 1);
        } else if let Some(field) = fields.iter().find(|it| it.name == segment) {
            names.push(field.label.clone());
            fields = match &field.shape {
                Shape::Rows(fields) | Shape::Parts(fields) => fields,
                _ => &[],
            };
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

impl Filling<'_> {
    fn show(&self, field: &Field, value: Option<&Value>, at: &str) -> Markup {
        let at = field.place(at);
        match &field.shape {
            Shape::Rows(fields) => self.rows(field, (fields, value), &at),
            Shape::Parts(fields) => markup! {
                div.group id=(id(&at)) role="group" aria-label=(field.label) {
                    p { b { (field.label) } }
                    (self.below(fields, value, &at))
                }
            },
            Shape::Passages => self.passages(value, &at),
            _ => self.single(field, value, &at),
        }
    }

    fn single(&self, field: &Field, value: Option<&Value>, at: &str) -> Markup {
        let words = value.map(words).unwrap_or_default();
        let same = |options: &'_ [String]| -> Vec<(String, String)> {
            options.iter().map(|it| (it.clone(), it.clone())).collect()
        };
        match &field.shape {
            Shape::OneOf(options) if is_short(options) => {
                self.picked(field, (&same(options), &words), at)
            }
            Shape::OneOf(options) => self.chosen(field, (&same(options), &words), at),
            Shape::YesNo => {
                let options = [("yes", "Yes"), ("no", "No")];
                let options = options.map(|(value, words)| (value.to_owned(), words.to_owned()));
                self.picked(field, (&options, &words), at)
            }
            _ => self.written(field, &words, at),
        }
    }

    /// What is written, on one line or on several.
    fn written(&self, field: &Field, words: &str, at: &str) -> Markup {
        let (id, name) = (id(at), format!("{RESULT}{at}"));
        let (error, is_wrong) = self.wrong(at);
        let told = is_wrong.map(|_| lack::told(at));
        let (hint, rows, line) = match &field.shape {
            Shape::Number => (None, 1, Some(NUMBER_MAX)),
            Shape::Lines => (Some("One on each line."), 3, None),
            Shape::Anything => (Some("Words, or JSON."), 3, None),
            Shape::Words { most } => (None, 2, most.filter(|most| *most <= LINE_MAX)),
            _ => (None, 2, None),
        };
        let mode = (field.shape == Shape::Number).then_some("decimal");
        markup! {
            div.field {
                label for=(id) { (labelled(field)) }
                @if let Some(hint) = field.hint.as_deref().or(hint) { p.hint { (hint) } }
                (error)
                @if let Some(most) = line {
                    input.input id=(id) name=(name) maxlength=(most) inputmode=[mode] value=(words) aria-invalid=[is_wrong] aria-describedby=[told];
                } @else {
                    textarea.input id=(id) name=(name) rows=(rows) aria-invalid=[is_wrong] aria-describedby=[told] { (words) }
                }
            }
        }
    }

    /// One of many.
    fn chosen(&self, field: &Field, (options, chosen): Options<'_>, at: &str) -> Markup {
        let id = id(at);
        let (error, is_wrong) = self.wrong(at);
        let told = is_wrong.map(|_| lack::told(at));
        markup! {
            div.field {
                label for=(id) { (labelled(field)) }
                @if let Some(hint) = &field.hint { p.hint { (hint) } }
                (error)
                select.input id=(id) name={ (RESULT) (at) } aria-invalid=[is_wrong] aria-describedby=[told] {
                    option value="" { "Choose" }
                    @for (value, words) in options { option value=(value) selected[value == chosen] { (words) } }
                }
            }
        }
    }

    /// One of a few, all of them in sight.
    fn picked(&self, field: &Field, (options, picked): Options<'_>, at: &str) -> Markup {
        let (error, is_wrong) = self.wrong(at);
        let told = is_wrong.map(|_| lack::told(at));
        markup! {
            fieldset.field id=(id(at)) aria-describedby=[told] {
                legend { (labelled(field)) }
                @if let Some(hint) = &field.hint { p.hint { (hint) } }
                (error)
                div.segments {
                    @for (value, words) in options {
                        label { input type="radio" name={ (RESULT) (at) } value=(value) checked[value == picked]; (words) }
                    }
                }
            }
        }
    }

    /// What is wrong here, and whether something is, as fields say it.
    fn wrong(&self, at: &str) -> (Markup, Option<&'static str>) {
        let is_wrong = self.lacks.iter().any(|it| it.at == at);
        (lack::at(self.lacks, at), is_wrong.then_some("true"))
    }

    fn passages(&self, value: Option<&Value>, at: &str) -> Markup {
        let nothing = Vec::new();
        let passages = value.and_then(Value::as_array).unwrap_or(&nothing);
        let count = self.count(passages.len(), at);
        markup! {
            div.group id=(id(at)) role="group" aria-label="Where it stands" {
                (lack::at(self.lacks, at))
                @for number in 0..count {
                    @let passage = passages.get(number);
                    @let of = if count > 1 { format!(" {}", number + 1) } else { String::new() };
                    (self.passage(passage, &format!("{at}/{number}"), &of))
                }
                (one_more(at, "Another passage"))
            }
        }
    }

    fn passage(&self, passage: Option<&Value>, at: &str, of: &str) -> Markup {
        let said = |name: &str| passage.and_then(|it| it.get(name)).map(words);
        let (quote, document) = (format!("{at}/quote"), format!("{at}/document"));
        let named = said("document").unwrap_or_default();
        let (error, is_wrong) = self.wrong(&quote);
        markup! {
            div.field {
                label for=(id(&quote)) { "Passage" (of) ", word for word" }
                p.hint { "Copied from your material; its place is found for you." }
                (error)
                textarea.input id=(id(&quote)) name={ (RESULT) (quote) } rows="2" aria-invalid=[is_wrong] aria-describedby=[is_wrong.map(|_| lack::told(&quote))] {
                    (said("quote").unwrap_or_default())
                }
            }
            div.field {
                label for=(id(&document)) { "Of which document?" }
                select.input id=(id(&document)) name={ (RESULT) (document) } {
                    option value="" { "Whichever it stands in" }
                    @for name in self.form.documents() { option value=(name) selected[named == name] { (name) } }
                }
            }
        }
    }

    fn rows(&self, field: &Field, (fields, value): (&[Field], Option<&Value>), at: &str) -> Markup {
        let nothing = Vec::new();
        let rows = value.and_then(Value::as_array).unwrap_or(&nothing);
        let is_of_items = fields.iter().any(|it| it.shape == Shape::Item);
        markup! {
            fieldset.field id=(id(at)) {
                legend { (labelled(field)) }
                @if let Some(hint) = &field.hint { p.hint { (hint) } }
                (lack::at(self.lacks, at))
                @if is_of_items {
                    @for (number, item) in self.form.items().iter().enumerate() {
                        @let is_its = |row: &&Value| row.get("id").and_then(Value::as_str) == Some(&item.id);
                        (self.about(item, (fields, rows.iter().find(is_its)), &format!("{at}/{number}")))
                    }
                } @else {
                    @for number in 0..self.count(rows.len(), at) {
                        @let at = format!("{at}/{number}");
                        div.group id=(id(&at)) role="group" aria-label={ (field.label) " " (number + 1) } {
                            (lack::at(self.lacks, &at))
                            (self.below(fields, rows.get(number), &at))
                        }
                    }
                    (one_more(at, "Add another"))
                }
            }
        }
    }

    fn below(&self, fields: &[Field], value: Option<&Value>, at: &str) -> Markup {
        markup! {
            @for field in fields { (self.show(field, value.and_then(|it| it.get(&field.name)), at)) }
        }
    }

    /// The row that is about an item, below what is said of that.
    fn about(&self, item: &Item, (fields, row): (&[Field], Option<&Value>), at: &str) -> Markup {
        let others = fields.iter().filter(|it| it.shape != Shape::Item);
        markup! {
            div.group id=(id(at)) role="group" aria-label=(item.id) {
                dl.facts {
                    @for (column, text) in &item.text { dt { (column) } dd { (text) } }
                }
                (lack::at(self.lacks, at))
                @for field in fields.iter().filter(|it| it.shape == Shape::Item) {
                    input type="hidden" name={ (RESULT) (at) "/" (field.name) } value=(item.id);
                }
                @for field in others { (self.show(field, row.and_then(|it| it.get(&field.name)), at)) }
            }
        }
    }

    /// How many rows are shown: what is there, and an empty one where one more is wanted or there is none.
    fn count(&self, filled: usize, at: &str) -> usize {
        let is_wanted = self.more == Some(at);
        (filled + usize::from(is_wanted)).max(1)
    }
}

fn one_more(at: &str, words: &str) -> Markup {
    markup! {
        div.actions { button.button name="more" value=(at) formnovalidate { (Icon::Plus.show()) (words) } }
    }
}

fn labelled(field: &Field) -> Markup {
    markup! { (field.label) @if !field.is_needed { span.muted { " optional" } } }
}

/// Whether all of them have room beside each other.
fn is_short(options: &[String]) -> bool {
    let letters: usize = options.iter().map(|it| it.chars().count()).sum();
    options.len() <= PICKED_MAX && letters <= PICKED_LETTERS_MAX
}

/// A value as it is filled in.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(lines) if lines.iter().all(Value::is_string) => {
            let lines = lines.iter().filter_map(Value::as_str);
            lines.collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}
