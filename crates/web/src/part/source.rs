//! Statements beside the passages that they rest on.

use consort_documents::{Citation, Statement};
use maud::{Markup, html as markup};

/// A passage with its document and place.
pub(crate) fn quoted(citation: &Citation) -> Markup {
    markup! {
        figure.source {
            blockquote { p { (citation.quote) } }
            figcaption { span { (citation.document) } span { (citation.place.to_string()) } }
        }
    }
}

/// A statement beside its passages.
pub(crate) fn statement(statement: &Statement) -> Markup {
    markup! {
        div.beside {
            div { p { (statement.text) } }
            div { @for citation in &statement.citations { (quoted(citation)) } }
        }
    }
}
