//! `screen-risk`: what declared rules find in the documents, each with its rule and its passage.
//!
//! The rules stand in files ([`RulePack`]) and can be read, changed and added to. A finding says
//! what its rule looks for and quotes where it was found; it never weighs what that means for the
//! reader.

mod dated;
mod day;
mod nature;
mod pack;
mod single;

use std::collections::BTreeMap;

use consort_documents::{Citation, Document};

use crate::shape::{Finding, Research, Screening};
use crate::text::{Fingerprint, Passage, PassageKind, fingerprint, is_notice, passages, words};

pub use day::{Day, InvalidDay};
pub use pack::{PackError, RulePack};

use pack::{LooksFor, Rule, Scope, Wording};

/// Passages of one document that are quoted for one rule; the first ones show what it is about.
const CITATIONS_EACH_MAX: usize = 3;
/// A document with fewer words is a note; that it carries no date says nothing.
const UNDATED_WORDS_MIN: usize = 40;

/// What the rules of these packs find; dates are judged as of `today`, and without one only
/// against each other.
///
/// `research` has what was found in the documents before, in any order.
pub fn screen_risk(
    documents: &[Document],
    research: &[Research],
    packs: &[RulePack],
    today: Option<Day>,
) -> Screening {
    let mut files: Vec<&Document> = Vec::new();
    for document in documents {
        // A file that is there twice is screened once.
        if files.iter().all(|other| other.sha256 != document.sha256) {
            files.push(document);
        }
    }
    let screened = Screened {
        contracts: files.iter().map(|one| nature::is_contract(one)).collect(),
        documents: files,
        research: research
            .iter()
            .map(|one| (one.document.as_str(), one))
            .collect(),
        today,
    };
    let mut findings: Vec<Finding> = Vec::new();
    for pack in packs {
        for rule in &pack.rules {
            let name = format!("{}/{}", pack.name, rule.id);
            for citations in merged(screened.found(rule, pack)) {
                findings.push(Finding {
                    citations,
                    rule: name.clone(),
                    severity: rule.severity,
                    text: rule.text.clone(),
                });
            }
        }
    }
    // The sort is stable, so the order of the packs, their rules and the documents stays.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Screening {
        nothing: findings.is_empty().then(|| screened.why_nothing(packs)),
        findings,
        packs: packs.iter().map(RulePack::label).collect(),
    }
}

struct Screened<'given> {
    contracts: Vec<bool>,
    documents: Vec<&'given Document>,
    research: BTreeMap<&'given str, &'given Research>,
    today: Option<Day>,
}

impl<'given> Screened<'given> {
    /// The documents that a rule is for.
    fn documents_for(&self, rule: &Rule) -> impl Iterator<Item = &'given Document> {
        self.documents
            .iter()
            .zip(&self.contracts)
            .filter(|(_, is_contract)| match rule.scope {
                Scope::All => true,
                Scope::Contracts => **is_contract,
            })
            .map(|(document, _)| *document)
    }

    /// The passages of each document that the rule finds.
    fn found(&self, rule: &Rule, pack: &RulePack) -> Vec<Vec<Citation>> {
        match &rule.looks_for {
            LooksFor::Wording(wording) => self
                .documents_for(rule)
                .map(|document| worded(document, wording))
                .collect(),
            LooksFor::EndDate { wording, not_with } => {
                let Some(today) = self.today else {
                    return Vec::new();
                };
                let other = pack
                    .rules
                    .iter()
                    .find(|one| Some(&one.id) == not_with.as_ref());
                self.documents_for(rule)
                    .filter(|document| !other.is_some_and(|other| speaks(document, other)))
                    .map(|document| ended(document, wording, today))
                    .collect()
            }
            LooksFor::NoDate { blank } => self
                .documents_for(rule)
                .map(|document| undated(document, blank))
                .collect(),
            LooksFor::OlderThan { months } => self.old(rule, *months),
            LooksFor::SingleSource => single::single_sources(&self.documents, &self.research),
        }
    }

    fn old(&self, rule: &Rule, months: u32) -> Vec<Vec<Citation>> {
        let dated: Vec<(Day, &Citation)> = self
            .documents_for(rule)
            .filter_map(|document| self.research.get(document.name.as_str()))
            .filter_map(|research| dated::own_day(research))
            .collect();
        let newest = dated.iter().map(|(day, _)| *day).max();
        let Some(now) = self.today.or(newest) else {
            return Vec::new();
        };
        dated
            .into_iter()
            .filter(|(day, _)| day.is_months_before(months, now))
            .map(|(_, citation)| vec![citation.clone()])
            .collect()
    }

    fn why_nothing(&self, packs: &[RulePack]) -> String {
        if packs.is_empty() {
            return "No rules were given.".to_owned();
        }
        let mut reason = "No rule found anything.".to_owned();
        let unread = self.documents.iter().any(|document| {
            document.language.as_ref().is_some_and(|language| {
                packs
                    .iter()
                    .any(|pack| !pack.languages.is_empty() && !pack.languages.contains(language))
            })
        });
        if unread {
            reason
                .push_str(" Some documents are in languages whose wording the rules do not know.");
        }
        if self.today.is_none() {
            reason.push_str(" No day was given, so dates were not judged against one.");
        }
        reason
    }
}

/// The passages that have the words of a rule.
fn worded(document: &Document, wording: &Wording) -> Vec<Citation> {
    fitting(document, wording)
        .take(CITATIONS_EACH_MAX)
        .map(|passage| passage.cite(document))
        .collect()
}

fn fitting<'text>(
    document: &'text Document,
    wording: &Wording,
) -> impl Iterator<Item = Passage<'text>> {
    let mut seen: Vec<Fingerprint> = Vec::new();
    passages(0, document)
        .filter(dated::can_hold)
        .filter(|passage| wording.fits(passage.text) && !is_notice(passage.text))
        .filter(move |passage| {
            let print = fingerprint(passage.text);
            let is_new = !seen.contains(&print);
            if is_new {
                seen.push(print);
            }
            is_new
        })
}

fn speaks(document: &Document, rule: &Rule) -> bool {
    match &rule.looks_for {
        LooksFor::Wording(wording) => fitting(document, wording).next().is_some(),
        LooksFor::EndDate { .. }
        | LooksFor::NoDate { .. }
        | LooksFor::OlderThan { .. }
        | LooksFor::SingleSource => false,
    }
}

/// The passage with the last day until which the document holds, if that has passed.
fn ended(document: &Document, wording: &Wording, today: Day) -> Vec<Citation> {
    let mut last: Option<(Day, Passage<'_>)> = None;
    for passage in passages(0, document).filter(dated::can_hold) {
        let is_row = matches!(passage.kind, PassageKind::Row);
        if !is_row && !wording.fits(passage.text) {
            continue;
        }
        if let Some(day) = dated::day_after(wording, &passage, document)
            && last.is_none_or(|(latest, _)| latest < day)
        {
            last = Some((day, passage));
        }
    }
    last.filter(|(day, _)| *day < today)
        .map(|(_, passage)| passage.cite(document))
        .into_iter()
        .collect()
}

/// The blanks where a date belongs, or the first passage of a document without any date.
fn undated(document: &Document, blank: &Wording) -> Vec<Citation> {
    let blanks: Vec<Citation> = passages(0, document)
        .filter(|passage| blank.fits(passage.text))
        .take(CITATIONS_EACH_MAX)
        .map(|passage| passage.cite(document))
        .collect();
    let blocks = &document.blocks;
    let is_dated = || blocks.iter().any(|block| dated::has_date(&block.text));
    let length: usize = blocks.iter().map(|block| words(&block.text).count()).sum();
    if !blanks.is_empty() || length < UNDATED_WORDS_MIN || is_dated() {
        return blanks;
    }
    let first = passages(0, document).next();
    first
        .map(|passage| passage.cite(document))
        .into_iter()
        .collect()
}

/// One list of passages for documents that say the same, as copies of a form do.
fn merged(found: Vec<Vec<Citation>>) -> Vec<Vec<Citation>> {
    let mut places: BTreeMap<Vec<Fingerprint>, usize> = BTreeMap::new();
    let mut lists: Vec<Vec<Citation>> = Vec::new();
    for citations in found.into_iter().filter(|citations| !citations.is_empty()) {
        let prints = citations
            .iter()
            .map(|one| fingerprint(&one.quote))
            .collect();
        if let Some(place) = places.get(&prints) {
            lists[*place].extend(citations);
        } else {
            places.insert(prints, lists.len());
            lists.push(citations);
        }
    }
    lists
}
