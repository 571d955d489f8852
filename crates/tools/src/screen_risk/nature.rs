//! Whether a document is a contract or an offer, so that rules about contracts do not speak of
//! essays.

use std::sync::LazyLock;

use consort_documents::{BlockKind, Document};
use regex::RegexSet;

use crate::text::quick;

/// How many of the first blocks say what a document is.
const HEAD_BLOCKS: usize = 8;
/// So many different signs of an obligation make a document with a contract's head one.
const SIGNS_MIN: usize = 2;
/// Without such a head, so many are needed.
const SIGNS_WITHOUT_HEAD_MIN: usize = 4;

/// Words in the head, the title or the file's name.
const HEAD: &[&str] = &[
    r"\b(?:agreements?|contracts?|leases?|licen[cs]e|terms and conditions|terms of service|order form|statement of work|service level|sla|insurance policy|quotations?|quotes?|offers?|proposals?|tenders?|amendment)\b",
    r"\b(?:\p{L}*vertrag|vereinbarung|angebot|agb|allgemeine geschäftsbedingungen)\b",
    r"\b(?:contrat|accord|bail|devis|conditions générales|contrato|acuerdo|oferta|presupuesto|arrendamiento)\b",
];

/// What contracts and offers say; each counts once.
const SIGNS: &[&str] = &[
    r"\b(?:the |each |either |both |other )part(?:y|ies)\b|\bbetween\b.*\band\b.*\bhereinafter\b",
    r"\b(?:shall|hereby|hereinafter|herein)\b",
    r"\bthis (?:agreement|contract|lease|offer|quotation|proposal|licen[cs]e)\b",
    r"\b(?:notice period|terminat\w+|written notice|days.? notice|months.? notice)\b",
    r"\b(?:governing law|governed by|jurisdiction)\b",
    r"\b(?:the supplier|the customer|the client|the provider|the contractor|the vendor|the buyer|the seller|the tenant|the landlord|the licensee|the licensor|lessee|lessor)\b",
    r"\b(?:liable|liability|warrant(?:y|ies|s)|indemnif\w+|force majeure|confidentiality)\b",
    r"\b(?:payable|invoic\w+|payment terms?|net \d+ days)\b",
    r"\b(?:vertragspartei\w*|auftragnehmer\w*|auftraggeber\w*|vermieter\w*|mieter\w*|lieferant|kunde|käufer|verkäufer)\b",
    r"\b(?:kündig\w+|haftung|haftet|gerichtsstand|zahlbar|gewährleistung|laufzeit)\b",
    r"\b(?:les parties|le client|le prestataire|le fournisseur|le bailleur|le locataire|résili\w+|responsabilité|droit applicable|préavis)\b",
    r"\b(?:las partes|el cliente|el proveedor|el arrendador|el arrendatario|rescisión|responsabilidad|ley aplicable|preaviso)\b",
];

static HEAD_SET: LazyLock<RegexSet> = LazyLock::new(|| compiled(HEAD));
static SIGN_SET: LazyLock<RegexSet> = LazyLock::new(|| compiled(SIGNS));

/// Whether the document is a contract or an offer.
pub(super) fn is_contract(document: &Document) -> bool {
    let text_blocks = || {
        document
            .blocks
            .iter()
            .filter(|block| !is_wide_row(&block.kind))
    };
    let name = document.name.replace(['/', '_', '-', '.'], " ");
    let has_head = HEAD_SET.is_match(&name)
        || document
            .title
            .as_deref()
            .is_some_and(|title| HEAD_SET.is_match(title))
        || text_blocks()
            .take(HEAD_BLOCKS)
            .any(|block| HEAD_SET.is_match(&block.text));
    let enough = if has_head {
        SIGNS_MIN
    } else {
        SIGNS_WITHOUT_HEAD_MIN
    };
    let mut seen = [false; SIGNS.len()];
    for block in text_blocks() {
        for sign in SIGN_SET.matches(&block.text) {
            seen[sign] = true;
        }
        if seen.iter().filter(|seen| **seen).count() >= enough {
            return true;
        }
    }
    false
}

/// Whether this is a row of data; a row of two cells in a text is a label with its value.
fn is_wide_row(kind: &BlockKind) -> bool {
    match kind {
        BlockKind::Row { cells, .. } => cells.len() > 2,
        BlockKind::Heading(_) | BlockKind::ListItem | BlockKind::Paragraph => false,
    }
}

fn compiled(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns.iter().map(|one| quick(one)))
        .expect("the patterns are fixed and a test compiles them")
}
