//! The material of a task, as people read it: for whoever does it, and for whoever judges what was made of it.

use consort_documents::Document;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde_json::Value;

use super::Seen;
use crate::part::Icon;
use crate::server::Failure;

/// How much of a piece is shown, in letters.
const MATERIAL_MAX: usize = 6_000;

/// What a result was made from, for whoever judges or signs it and is cleared for it.
pub(super) fn rested_on(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let context = &seen.task.spec.instructions.context;
    let Some(class) = context.iter().map(|item| item.class).max() else {
        return Ok(markup! {});
    };
    let who = StreamId::Contributor(seen.visitor.id);
    let Some(Row::Contributor(who)) = seen.web.engine.state(who)? else {
        return Err(Failure::NotHere);
    };
    if class > who.profile.clearance {
        return Ok(markup! {
            p.section.small.muted { "What it was made from is held more closely than you are cleared for." }
        });
    }
    // The judgment stands below it: it is looked into where somebody wants to.
    Ok(markup! {
        details.disclosure {
            summary { (Icon::File.show()) "What it was made from" span.muted { "all that whoever did it was given here" } }
            div.section { (pieces(seen)?) }
        }
    })
}

/// Each piece, to be opened.
pub(super) fn pieces(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let given = consort_engine::runner::commission(&seen.web.engine, seen.task.clone())?;
    let pieces = given.materials.iter().map(|piece| {
        let (title, text) = readable(&piece.bytes);
        let shown: String = text.chars().take(MATERIAL_MAX).collect();
        let is_cut = shown.len() < text.len();
        (piece.name.clone(), title, shown, is_cut)
    });
    Ok(markup! {
        @for (name, title, text, is_cut) in pieces {
            details.disclosure {
                summary { (Icon::File.show()) (title.as_deref().unwrap_or(&name)) span.muted { (name) } }
                pre.scroll tabindex="0" { (text) }
                @if is_cut { p.small.muted { "It goes on; 'consort task context " (seen.task.id) " --to FOLDER' writes all of it out." } }
            }
        }
    })
}

/// Material as people read it: a document's name and text, or what it is.
fn readable(bytes: &[u8]) -> (Option<String>, String) {
    if let Ok(document) = serde_json::from_slice::<Document>(bytes) {
        let texts: Vec<&str> = document.blocks.iter().map(|it| it.text.as_str()).collect();
        return (Some(document.name), texts.join("\n\n"));
    }
    let text = match serde_json::from_slice(bytes) {
        Ok(Value::String(text)) => text,
        Ok(value) => serde_json::to_string_pretty(&value).unwrap_or_default(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    (None, text)
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn material_is_shown_as_people_read_it() {
        let document = r#"{"blocks":[
            {"kind":"paragraph","place":{"line":1},"text":"One."},
            {"kind":"paragraph","place":{"line":3},"text":"Two."}
        ],"format":"text","name":"a.txt","sha256":"DIGEST"}"#;
        let document = document.replace("DIGEST", &"00".repeat(32));
        for (bytes, title, text) in [
            (document.as_str(), Some("a.txt"), "One.\n\nTwo."),
            (r#""words""#, None, "words"),
            (r#"{"a":1}"#, None, "{\n  \"a\": 1\n}"),
            ("no json", None, "no json"),
        ] {
            let expected = (title.map(str::to_owned), text.to_owned());
            assert_eq!(readable(bytes.as_bytes()), expected);
        }
    }
}
