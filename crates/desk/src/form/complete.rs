//! A draft as it can be handed in: every passage with its citation, and what is still missing.

use consort_documents::{Citation, Document, Quote};
use serde_json::{Map, Value, json};

use super::shape::{CITATIONS, Field, Shape, TEXT};

/// Something that a draft lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Where: a JSON pointer (RFC 6901) into the draft.
    pub at: String,
    /// What, as people are told.
    pub why: String,
}

struct Completing<'a> {
    documents: &'a [Document],
    lacks: Vec<Lack>,
}

/// The draft with what could be added to it, and what could not.
pub(super) fn completed(
    fields: &[Field],
    documents: &[Document],
    draft: Value,
) -> (Value, Vec<Lack>) {
    let mut completing = Completing {
        documents,
        lacks: Vec::new(),
    };
    let mut draft = match draft {
        Value::Object(draft) => draft,
        _ => Map::new(),
    };
    completing.object(fields, &mut draft, "");
    (Value::Object(draft), completing.lacks)
}

impl Completing<'_> {
    fn lack(&mut self, at: &str, why: impl Into<String>) {
        let (at, why) = (at.to_owned(), why.into());
        self.lacks.push(Lack { at, why });
    }

    fn object(&mut self, fields: &[Field], draft: &mut Map<String, Value>, at: &str) {
        for field in fields.iter().filter(|it| it.shape == Shape::Passages) {
            if let Some(Value::Array(passages)) = draft.get_mut(&field.name) {
                for (number, passage) in passages.iter_mut().enumerate() {
                    self.passage(passage, &format!("{}/{number}/quote", field.place(at)));
                }
            }
        }
        state_what_is_quoted(fields, draft);
        for field in fields {
            let at = field.place(at);
            let value = draft.get_mut(&field.name);
            if field.is_needed && value.as_ref().is_none_or(|it| is_empty(it)) {
                self.lack(&first(field, &at), needed(field));
            }
            match (&field.shape, value) {
                (Shape::Parts(fields), Some(Value::Object(part))) => self.object(fields, part, &at),
                (Shape::Rows(fields), Some(Value::Array(rows))) => {
                    for (number, row) in rows.iter_mut().enumerate() {
                        if let Value::Object(row) = row {
                            self.object(fields, row, &format!("{at}/{number}"));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn passage(&mut self, passage: &mut Value, at: &str) {
        match self.find(passage) {
            Ok(citation) => *passage = json!(citation),
            Err(why) => self.lack(at, why),
        }
    }

    fn find(&self, passage: &Value) -> Result<Citation, String> {
        let said = |name: &str| passage.get(name).and_then(Value::as_str);
        let words = said("quote").unwrap_or_default();
        let quote =
            Quote::of(words).ok_or("quote a few words more: so little stands everywhere")?;
        if let Some(name) = said("document") {
            let document = self.documents.iter().find(|it| it.name == name);
            let document = document.ok_or(format!("{name} is not among your documents"))?;
            return quote.cite(document).ok_or(format!(
                "these words do not stand in {name}; copy them from one paragraph of it, word for word"
            ));
        }
        let mut found = self.documents.iter().filter_map(|it| quote.cite(it));
        match (found.next(), found.next()) {
            (Some(citation), None) => Ok(citation),
            (Some(one), Some(other)) => Err(format!(
                "these words stand in {} and in {}; choose which of them you mean",
                one.document, other.document
            )),
            (None, _) => Err(
                "these words stand in none of your documents; copy them from one paragraph, word for word"
                    .to_owned(),
            ),
        }
    }
}

/// Where the first of what a field takes is filled in.
fn first(field: &Field, at: &str) -> String {
    match field.shape {
        Shape::Passages => format!("{at}/0/quote"),
        _ => at.to_owned(),
    }
}

/// Where nothing is stated of passages, it is what the first of them says.
fn state_what_is_quoted(fields: &[Field], draft: &mut Map<String, Value>) {
    let is_stated = draft.get(TEXT).is_some_and(|text| !is_empty(text));
    if is_stated || !fields.iter().any(|it| it.name == TEXT) {
        return;
    }
    let passages = draft.get(CITATIONS).and_then(Value::as_array);
    let quote = passages.and_then(|it| it.first()?.get("quote").cloned());
    if let Some(quote) = quote {
        draft.insert(TEXT.to_owned(), quote);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(_) | Value::Bool(_) | Value::Number(_) => false,
    }
}

const fn needed(field: &Field) -> &'static str {
    match &field.shape {
        Shape::Passages => "name at least one passage that it rests on",
        Shape::Rows(_) => "at least one is needed",
        Shape::Lines => "at least one line is needed",
        Shape::OneOf(_) | Shape::YesNo => "choose one",
        Shape::Words { .. } | Shape::Number | Shape::Item | Shape::Parts(_) | Shape::Anything => {
            "this is needed"
        }
    }
}

#[cfg(test)]
mod tests {
    use consort_documents::read_file;

    use super::*;
    use crate::form::{Given, shape};

    fn documents() -> Vec<Document> {
        [
            ("a.txt", "The notice period is 30 days.\n\nBoth say this."),
            ("b.txt", "It’s 40 euros a seat.\n\nBoth say this."),
        ]
        .map(|(name, text)| read_file(name, text.as_bytes()).unwrap())
        .into()
    }

    /// What became of passages, and what they lack.
    fn cited(draft: Value) -> (Value, Vec<(String, String)>) {
        let given = Given {
            documents: documents(),
            ..Given::default()
        };
        let fields = shape::fields(&shape::cited(), &given).unwrap();
        let (draft, lacks) = completed(&fields, &given.documents, draft);
        let lacks = lacks.into_iter().map(|it| (it.at, it.why)).collect();
        (draft, lacks)
    }

    #[test]
    fn a_passage_is_found_where_it_stands_and_states_itself() {
        let (draft, lacks) = cited(json!({"statements": [
            {"text": "Thirty days.", "citations": [{"quote": "notice period  is 30 days"}]},
            {"citations": [{"document": "b.txt", "quote": "It's 40 euros"}]},
        ]}));
        assert_eq!(lacks, []);
        let second = &draft["statements"][1];
        assert_eq!(second["text"], "It’s 40 euros");
        let documents = documents();
        for (at, document) in documents.iter().enumerate() {
            let citation = draft["statements"][at]["citations"][0].clone();
            let citation: Citation = serde_json::from_value(citation).unwrap();
            citation.verify(document).unwrap();
        }
    }

    #[test]
    fn what_is_lacking_is_named_with_its_place() {
        for (statements, at, why) in [
            (json!([]), "/statements", "at least one is needed"),
            (
                json!([{"text": "Free.", "citations": []}]),
                "/statements/0/citations/0/quote",
                "name at least one passage",
            ),
            (
                json!([{"citations": [{"quote": "It is free."}]}]),
                "/statements/0/citations/0/quote",
                "none of your documents",
            ),
            (
                json!([{"citations": [{"document": "a.txt", "quote": "40 euros"}]}]),
                "/statements/0/citations/0/quote",
                "do not stand in a.txt",
            ),
            (
                json!([{"citations": [{"document": "c.txt", "quote": "40 euros"}]}]),
                "/statements/0/citations/0/quote",
                "c.txt is not among",
            ),
            (
                json!([{"citations": [{"quote": "Both say this"}]}]),
                "/statements/0/citations/0/quote",
                "in a.txt and in b.txt",
            ),
            (
                json!([{"citations": [{"quote": "30"}]}]),
                "/statements/0/citations/0/quote",
                "a few words more",
            ),
        ] {
            let (_, lacks) = cited(json!({"statements": statements}));
            let (place, said) = lacks.first().expect("something is lacking");
            assert!(place == at && said.contains(why), "{lacks:?}");
        }
        let (empty, lacks) = cited(json!("nonsense"));
        assert_eq!((empty, lacks.len()), (json!({}), 1));
    }
}
