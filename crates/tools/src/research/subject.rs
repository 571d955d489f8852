//! What a document is about: a party or a product with a name, or else its title.
//!
//! The rule, in this order: what a line labelled `Supplier:`, `Product:` or the like says; the
//! party that `between X and Y` marks as supplier, else the party that the title or the file's name
//! mentions, else both; the name in a title such as `Offer from X`; for an offer, a contract or
//! terms, the name that the file's name begins; the title; the first heading; the file's name. The
//! last three name no party.

use consort_documents::{Block, BlockKind, Document};

use super::listed::is_listed;
use super::name::{ROLE_WORDS, is_legal_form, subject_key, without_owner};
use crate::text::{portion, words};

/// How many blocks from the start are looked at for the parties: a contract names them on its
/// first page.
const OPENING_BLOCKS: usize = 30;

/// Labels whose value is what the document is about.
const SUBJECT_LABELS: [&str; 24] = [
    "supplier",
    "vendor",
    "provider",
    "contractor",
    "seller",
    "bidder",
    "manufacturer",
    "product",
    "company",
    "service provider",
    "licensor",
    "landlord",
    "supplier name",
    "vendor name",
    "company name",
    "product name",
    "offer from",
    "quotation from",
    "proposal from",
    "lieferant",
    "anbieter",
    "auftragnehmer",
    "fournisseur",
    "prestataire",
];

/// How a contract calls the party that supplies.
const SUPPLYING_ROLES: &str = "\
    supplier provider contractor seller licensor landlord lessor consultant vendor lieferant \
    auftragnehmer prestataire";

/// Words that say what sort of document something is.
const DOCUMENT_WORDS: &str = "\
    offer quotation quote proposal contract agreement amendment addendum order form terms \
    conditions invoice brochure datasheet sheet price list service services supply framework \
    master general rental lease statement work final draft signed angebot vertrag offre \
    contrat letter renewal summary";

/// Words for documents that one party hands to another.
const DOCUMENT_SORTS: &str = "\
    offer quotation quote proposal contract agreement amendment addendum terms conditions \
    invoice brochure datasheet tender bid lease angebot vertrag rechnung offre contrat devis";

/// What a document is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) name: String,
    /// Whether it is a party or a product, and not the document's title.
    pub(super) is_named: bool,
}

/// Whether a word is the role of a party that supplies: what is the contractor's is the subject's.
pub(super) fn is_supplying_role(word: &str) -> bool {
    is_listed(&word.to_lowercase(), SUPPLYING_ROLES)
}

/// The party or product that the document is about, where it is about one with a name.
pub(crate) fn named(document: &Document) -> Option<String> {
    let subject = subject(&portion(document));
    subject.is_named.then_some(subject.name)
}

/// What a document is called that is about no party or product with a name: its title, or its file.
pub(crate) fn titled(document: &Document) -> Option<String> {
    let subject = subject(&portion(document));
    (!subject.is_named).then_some(subject.name)
}

/// What the document is about, by the rule above.
pub(super) fn subject(document: &Document) -> Subject {
    let opening = &document.blocks[..document.blocks.len().min(OPENING_BLOCKS)];
    let heading = opening
        .iter()
        .find(|block| matches!(block.kind, BlockKind::Heading(_)))
        .map(|block| block.text.as_str());
    let title = document.title.as_deref().or(heading);
    let party = labelled(opening)
        .or_else(|| {
            opening
                .iter()
                .find_map(|block| parties_subject(&block.text, title, &document.name))
        })
        .or_else(|| title.and_then(titled_subject))
        .or_else(|| filed_subject(document, title));
    match party {
        Some(name) => Subject {
            name,
            is_named: true,
        },
        None => Subject {
            name: title
                .map(clean)
                .filter(|title| !title.is_empty())
                .unwrap_or_else(|| file_stem(&document.name)),
            is_named: false,
        },
    }
}

fn labelled(opening: &[Block]) -> Option<String> {
    opening.iter().find_map(|block| match &block.kind {
        BlockKind::Row { cells, columns } if columns.is_empty() && cells.len() == 2 => {
            labelled_subject(&cells[0], &cells[1])
        }
        BlockKind::Row { .. } => None,
        BlockKind::Heading(_) | BlockKind::Paragraph | BlockKind::ListItem => {
            let (label, value) = block.text.split_once(':')?;
            labelled_subject(label, value)
        }
    })
}

/// For an offer, a contract or terms: the longest name in the text that begins with a word of the
/// file's name.
fn filed_subject(document: &Document, title: Option<&str>) -> Option<String> {
    let stem = file_stem(&document.name).to_lowercase();
    let sorted = stem
        .split(' ')
        .chain(title.unwrap_or_default().split(' '))
        .any(|word| is_listed(word.to_lowercase().as_str(), DOCUMENT_SORTS));
    let candidates: Vec<&str> = stem
        .split(' ')
        .filter(|word| {
            word.len() > 3 && !is_listed(word, DOCUMENT_WORDS) && !is_listed(word, ROLE_WORDS)
        })
        .collect();
    if !sorted || candidates.is_empty() {
        return None;
    }
    let mut longest: Option<String> = None;
    for block in &document.blocks {
        for word in words(&block.text) {
            let begins = starts_high(word.text)
                && !word.text.chars().all(char::is_uppercase)
                && candidates.contains(&word.text.to_lowercase().as_str());
            let found = begins.then(|| party(&block.text[word.start..])).flatten();
            if let Some(found) = found
                && longest
                    .as_ref()
                    .is_none_or(|name| name.len() < found.name.len())
            {
                longest = Some(found.name);
            }
        }
    }
    longest.map(|name| without_owner(&name).to_owned())
}

fn labelled_subject(label: &str, value: &str) -> Option<String> {
    let label = label.trim().to_lowercase();
    let value = value
        .split([',', ';', '('])
        .next()
        .unwrap_or_default()
        .trim();
    let named = value.chars().any(char::is_alphabetic) && value.chars().count() <= 60;
    (SUBJECT_LABELS.contains(&label.as_str()) && named).then(|| clean(value))
}

/// `between X (the "Supplier") and Y (the "Customer")`.
fn parties_subject(text: &str, title: Option<&str>, file: &str) -> Option<String> {
    let low = text.to_lowercase();
    let after = ["between ", "zwischen ", "entre "]
        .iter()
        .find_map(|word| low.find(word).map(|at| at + word.len()))?;
    // Lower-casing may move bytes; a text where it does is read no further.
    let rest = text.get(after..)?;
    // `between June and September` names no parties: what is made between them has to be said.
    let lead = low.get(..after).unwrap_or_default();
    let made = lead.split_whitespace().count() == 1
        || lead
            .split(|letter: char| !letter.is_alphabetic())
            .any(|word| is_listed(word, DOCUMENT_SORTS));
    let first = party(rest).filter(|_| made)?;
    let join = [" and ", " und ", " et "]
        .iter()
        .filter_map(|word| {
            rest.get(first.length.saturating_sub(1)..)?
                .find(word)
                .map(|at| at + word.len())
        })
        .min()?;
    let second = party(
        rest.get(first.length.saturating_sub(1) + join..)?
            .trim_start(),
    )?;
    let supplying = [&first, &second].into_iter().find(|party| {
        SUPPLYING_ROLES
            .split_ascii_whitespace()
            .any(|role| party.role.contains(role))
    });
    if let Some(party) = supplying {
        return Some(party.name.clone());
    }
    let buying = [
        "customer",
        "client",
        "buyer",
        "purchaser",
        "tenant",
        "licensee",
        "kunde",
    ];
    let roles = |party: &Party| buying.iter().any(|role| party.role.contains(role));
    if roles(&first) != roles(&second) {
        return Some(if roles(&first) {
            second.name
        } else {
            first.name
        });
    }
    let about = format!("{} {}", title.unwrap_or_default(), file).to_lowercase();
    let mentioned = |party: &Party| {
        let key = subject_key(&party.name);
        key.split(' ')
            .next()
            .is_some_and(|word| word.len() > 2 && about.contains(word))
    };
    match (mentioned(&first), mentioned(&second)) {
        (true, false) => Some(first.name),
        (false, true) => Some(second.name),
        (true, true) | (false, false) => Some(format!("{} and {}", first.name, second.name)),
    }
}

struct Party {
    name: String,
    role: String,
    length: usize,
}

/// A capitalised name at the start of the text, and the role in the brackets after it.
fn party(text: &str) -> Option<Party> {
    let mut length = 0;
    let mut pieces = text.split_inclusive(' ').peekable();
    while let Some(piece) = pieces.next() {
        let bare = piece.trim_matches(|sign: char| ",;:.\"“”() \u{a0}".contains(sign));
        let high = bare
            .chars()
            .next()
            .is_some_and(|first| first.is_uppercase() || first.is_ascii_digit());
        let joins = length > 0
            && matches!(bare, "&" | "of" | "de" | "van" | "der" | "von" | "+")
            && pieces
                .peek()
                .is_some_and(|next| next.chars().next().is_some_and(char::is_uppercase));
        if !(high || joins) || piece.starts_with('(') {
            break;
        }
        length += piece.len();
        // A full stop ends the name, but for the one of `Ltd.`
        let stops = piece.trim_end().ends_with('.')
            && !(bare.len() <= 5 && is_legal_form(&bare.to_lowercase()));
        if stops || piece.trim_end().ends_with([',', ';', ':']) || length > 80 {
            break;
        }
    }
    let name = clean(text.get(..length)?);
    let tail: String = text.get(length..)?.chars().take(120).collect();
    let role = tail
        .find('(')
        .filter(|open| !tail[..*open].contains(" and "))
        .map(|open| {
            tail[open..]
                .split(')')
                .next()
                .unwrap_or_default()
                .to_lowercase()
        })
        .unwrap_or_default();
    let worded = name.chars().filter(|letter| letter.is_alphabetic()).count() > 1;
    worded.then_some(Party { name, role, length })
}

/// The name in a title that says what sort of document it is: `Offer from Alder Ltd`.
fn titled_subject(title: &str) -> Option<String> {
    let pieces: Vec<&str> = title
        .split(|letter: char| letter.is_whitespace() || ":–—|,".contains(letter))
        .map(|piece| piece.trim_matches(|sign: char| !sign.is_alphanumeric()))
        .filter(|piece| !piece.is_empty())
        .collect();
    let sort = |word: &str| is_listed(word.to_lowercase().as_str(), DOCUMENT_WORDS);
    let sorted = |word: &&str| is_listed(&word.to_lowercase(), DOCUMENT_SORTS);
    if !pieces.iter().any(sorted) {
        return None;
    }
    let joint = |word: &str| {
        matches!(
            word.to_lowercase().as_str(),
            "from" | "by" | "with" | "von" | "mit" | "de" | "avec"
        )
    };
    let from = pieces.iter().position(|piece| joint(piece));
    let run = |from: usize| -> Vec<&str> {
        pieces[from..]
            .iter()
            .skip_while(|piece| sort(piece))
            .take_while(|piece| starts_high(piece) && !sort(piece))
            .copied()
            .collect()
    };
    let named = from.map(|at| run(at + 1)).filter(|run| !run.is_empty());
    let name = named.unwrap_or_else(|| {
        // `Alder Ltd: offer` and `Alder offer`: names stand before the sort of document.
        pieces
            .iter()
            .take_while(|piece| starts_high(piece) && !sort(piece))
            .copied()
            .collect()
    });
    (!name.is_empty()).then(|| name.join(" "))
}

fn starts_high(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

fn clean(text: &str) -> String {
    text.trim_matches(|sign: char| sign.is_whitespace() || ",.;:\"“”*_#".contains(sign))
        .to_owned()
}

fn file_stem(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    stem.replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::{file_stem, labelled_subject, parties_subject, titled_subject};

    #[test]
    fn the_party_that_supplies_is_the_subject() {
        for (text, file, expected) in [
            (
                "This agreement is made between Northgate Museum (the \"Customer\") and Alder Ltd (the \"Supplier\").",
                "a.md",
                Some("Alder Ltd"),
            ),
            (
                "Contract between Alder Ltd and Brown & Co",
                "alder-contract.md",
                Some("Alder Ltd"),
            ),
            (
                "Contract between Alder Ltd and Brown & Co",
                "c.md",
                Some("Alder Ltd and Brown & Co"),
            ),
            ("between 10 and 20 people came", "c.md", None),
            ("the difference between them and us", "c.md", None),
        ] {
            assert_eq!(
                parties_subject(text, None, file).as_deref(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_title_names_the_subject_only_where_it_says_what_sort_of_document_it_is() {
        for (title, expected) in [
            ("Offer from Alder Ltd", Some("Alder Ltd")),
            ("Alder Ltd – quotation", Some("Alder Ltd")),
            ("Service agreement with Birch GmbH", Some("Birch GmbH")),
            ("Remote Work and the City", None),
        ] {
            assert_eq!(titled_subject(title).as_deref(), expected, "{title}");
        }
    }

    #[test]
    fn labels_and_file_names_are_the_first_and_the_last_resort() {
        assert_eq!(
            labelled_subject("Supplier", " Alder Ltd, London"),
            Some("Alder Ltd".to_owned())
        );
        assert_eq!(labelled_subject("Date", "3 April"), None);
        assert_eq!(file_stem("offers/alder-hall.2.md"), "alder hall.2");
    }
}
