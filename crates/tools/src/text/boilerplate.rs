//! Passages that say nothing about their document: notices, running heads, what every one repeats.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use consort_documents::Document;
use regex::RegexSet;

use super::passage::{PassageKind, passages};
use super::pattern::quick;
use super::resemblance::{Fingerprint, fingerprint};
use super::words::words;

/// In so many documents a sentence has to stand before it can count as repeated. Two documents
/// that agree are worth knowing; the same sentence in three is a form.
const REPEATED_DOCUMENTS_MIN: usize = 3;
/// And in this share of all documents: one in so many.
const REPEATED_SHARE: usize = 4;
/// A line that stands so often in one document is its running head.
const RUNNING_HEAD_MIN: u32 = 3;
/// A longer block is text, in bytes, and no line that stands on every page.
const RUNNING_HEAD_BYTES_MAX: usize = 1_000;
/// Notices are short; a longer passage that mentions one says more than that.
const NOTICE_WORDS_MAX: usize = 45;

/// What notices look like, in small letters; each is about the document itself, its site or its
/// sender, never about its subject.
const NOTICES: &[&str] = &[
    r"(?:©|\(c\)\s*\d{4}|copyright\s*(?:©|\(c\)|by\b|\d{4}))",
    r"\ball rights reserved\b|\balle rechte vorbehalten\b|\btous droits réservés\b|\b(?:todos )?los derechos reservados\b|\btutti i diritti riservati\b",
    r"^(?:page|seite|página|pagina|pág\.?)\s+\d+(?:\s*(?:of|von|sur|de|di|van|/)\s*\d+)?\b",
    r"\bwe (?:also )?use cookies\b|\b(?:this|our) (?:web)?site uses cookies\b|\baccept (?:all )?cookies\b|\bverwende[nt] (?:wir )?cookies\b|\butilis\w+ des cookies\b|\butiliza\w* cookies\b",
    r"^(?:strictly |private (?:and|&) |commercial in confidence|company )?confidential(?: information)?[.!]?$|^(?:streng )?vertraulich[.!]?$|^confidentiel[.!]?$|^confidencial[.!]?$",
    r"\bthis (?:e-?mail|message|document|report|presentation|file|page)(?: and (?:any|its) \w+)? (?:is|are|may be|contains?)(?: \w+){0,3} (?:confidential|privileged|proprietary)\b",
    r"\bif you (?:are not the intended recipient|have received this (?:e-?mail|message) in error)\b",
    r"\b(?:unsubscribe|newsletter abonnieren|se désabonner|darse de baja)\b",
    r"^(?:subscribe|sign up|share this|follow us|read more|learn more|skip to|back to top|log ?in|table of contents|inhaltsverzeichnis|table des matières|índice)\b.{0,60}$",
    r"\b(?:privacy policy|terms of (?:use|service)|cookie policy|datenschutzerklärung|impressum)\b.{0,40}\b(?:apply|\||·|imprint|contact|cookies?)",
    r"^(?:printed|generated|exported|downloaded|last (?:updated|modified)) (?:on|by|from|at)\b.{0,60}$",
    r"\b(?:is|are) for informational purposes only\b|\bdoes not constitute (?:legal|financial|investment|professional|tax) advice\b",
    r"\bno part of this (?:document|publication|report|book) may be\b",
    r"\bthis page (?:is )?intentionally left blank\b",
    r"^(?:for (?:further|more) information|for questions|if you have any questions),? (?:please )?(?:see|visit|contact|call|write|do not)\b",
    r"^please (?:do not hesitate|feel free) to\b|^(?:we look forward to hearing from you|yours (?:sincerely|faithfully|truly)|kind regards|best regards|mit freundlichen grüßen)\b",
    r"^we (?:are|were) (?:very )?(?:pleased|delighted|happy|glad) to\b|^we would like to thank\b|^wir freuen uns\b|^nous avons le plaisir\b",
    r"^(?:dear|hello|hi|thank you|thanks|many thanks|sehr geehrte|vielen dank|chère?|merci|estimad[oa]s?|gracias)\b",
    r"^(?:https?://|www\.)\S+$",
    r"^this (?:contract|agreement|lease|deed) (?:is|was) (?:made|entered into|concluded) (?:\w+ ){0,6}?between\b",
];

static NOTICE: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(NOTICES.iter().map(|one| quick(one)))
        .expect("the patterns are fixed and a test compiles them")
});

/// Whether a passage is a notice: of copyright, confidentiality, cookies, a page number and such.
pub fn is_notice(text: &str) -> bool {
    words(text).nth(NOTICE_WORDS_MAX).is_none() && NOTICE.is_match(text.trim())
}

/// The sentences that stand in many of the documents that are read together.
///
/// It is made once for all documents, in time that grows with their length only.
#[derive(Debug, Clone, Default)]
pub struct Repeats {
    across: HashSet<Fingerprint>,
}

impl Repeats {
    /// The sentences that these documents repeat after one another.
    pub fn of(documents: &[Document]) -> Self {
        // A file that is there twice is no second document.
        let mut files = HashSet::new();
        let mut counts: HashMap<Fingerprint, (usize, usize)> = HashMap::new();
        for (index, document) in documents.iter().enumerate() {
            if !files.insert(document.sha256) {
                continue;
            }
            for passage in passages(index, document) {
                if passage.kind == PassageKind::Row {
                    continue;
                }
                let seen = counts
                    .entry(fingerprint(passage.text))
                    .or_insert((0, usize::MAX));
                if seen.1 != index {
                    *seen = (seen.0 + 1, index);
                }
            }
        }
        let enough = REPEATED_DOCUMENTS_MIN.max(files.len().div_ceil(REPEATED_SHARE));
        Self {
            across: counts
                .into_iter()
                .filter_map(|(text, (count, _))| (count >= enough).then_some(text))
                .collect(),
        }
    }

    /// Whether many documents have this sentence.
    pub fn contains(&self, text: &str) -> bool {
        !self.across.is_empty() && self.across.contains(&fingerprint(text))
    }

    /// For each block of the document, whether it is a running head: a line that stands in it
    /// again and again.
    pub fn running_heads(document: &Document) -> Vec<bool> {
        let mut counts: HashMap<Fingerprint, u32> = HashMap::new();
        let prints: Vec<Option<Fingerprint>> = document
            .blocks
            .iter()
            .map(|block| {
                (block.text.len() <= RUNNING_HEAD_BYTES_MAX).then(|| fingerprint(&block.text))
            })
            .collect();
        for print in prints.iter().flatten() {
            *counts.entry(*print).or_default() += 1;
        }
        prints
            .iter()
            .map(|print| print.is_some_and(|print| counts[&print] >= RUNNING_HEAD_MIN))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_told_from_sentences_about_the_same_words() {
        let table = [
            ("© 2024 Northwind GmbH. All rights reserved.", true),
            ("Copyright 2023 The Authors", true),
            ("Page 3 of 12", true),
            ("Seite 3 von 12", true),
            ("Strictly confidential", true),
            (
                "This website uses cookies to improve your experience.",
                true,
            ),
            ("This e-mail and any attachments are confidential.", true),
            ("Please do not hesitate to contact us.", true),
            (
                "We are pleased to quote for the cleaning of your offices.",
                true,
            ),
            ("www.example.com", true),
            (
                "This contract is made between Alder Ltd and Brown & Co.",
                true,
            ),
            ("Thank you for showing us round on 22 January 2026.", true),
            (
                "Each party shall keep the other party's information confidential for five years.",
                false,
            ),
            ("The bakery uses butter in its cookies.", false),
            ("Copyright law protects the work for seventy years.", false),
            ("The report shows that cookies sell best in winter.", false),
            ("Page numbers start at 3.", false),
            ("The supplier reserves all rights to the drawings.", false),
            ("Contact the supplier when the pump stops.", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_notice(text), expected, "{text}");
        }
    }
}
