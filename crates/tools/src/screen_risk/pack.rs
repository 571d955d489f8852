//! Rule packs: the declared rules by which documents are screened, as they stand in files.
//!
//! A pack is a TOML file. What is wrong with one is said with its line and column.

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};
use serde::Deserialize;
use toml::Spanned;

use crate::shape::Severity;
use crate::text::quick;

/// More rules in a pack are refused: nobody could read what it looks for.
const RULES_MAX: usize = 100;
/// More patterns in a rule are refused, as all of them are tried on every passage.
const PATTERNS_MAX: usize = 100;
/// Compiled patterns of one rule may take this much memory, so that no file fills it.
const PATTERN_BYTES_MAX: usize = 4 << 20;
/// The longest time after which a source may be called old: a century, in months.
const MONTHS_MAX: u32 = 1_200;

/// The packs that come with the tools.
const READY_MADE: &[&str] = &[
    include_str!("../../rules/contracts.toml"),
    include_str!("../../rules/sources.toml"),
];

/// A pack of rules.
#[derive(Debug, Clone)]
pub struct RulePack {
    pub(super) languages: Vec<String>,
    pub(super) name: String,
    pub(super) rules: Vec<Rule>,
    version: String,
}

/// A rule of a pack.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) looks_for: LooksFor,
    pub(super) scope: Scope,
    pub(super) severity: Severity,
    pub(super) text: String,
}

/// What a rule looks for.
#[derive(Debug, Clone)]
pub(super) enum LooksFor {
    /// A date after certain words that has passed.
    EndDate {
        /// The words.
        wording: Wording,
        /// The rule whose passages in the same document make the date mean something else.
        not_with: Option<String>,
    },
    /// A document without any date, or with a blank where one belongs.
    NoDate {
        /// What such a blank looks like.
        blank: Wording,
    },
    /// A document that is older than this.
    OlderThan {
        /// Its age in months.
        months: u32,
    },
    /// A figure that only one of several documents states.
    SingleSource,
    /// Certain words.
    Wording(Wording),
}

/// Words to look for.
#[derive(Debug, Clone)]
pub(super) struct Wording {
    find: RegexSet,
    unless: RegexSet,
    /// The same as `find`, to learn where the words end.
    pub(super) places: Vec<regex::Regex>,
}

/// The documents that a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    /// Every document.
    All,
    /// Contracts and offers.
    Contracts,
}

/// What is wrong with the file of a pack, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct PackError {
    /// The column, from 1, in characters.
    pub column: usize,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

impl RulePack {
    /// The packs that come with the tools.
    pub fn ready_made() -> Vec<Self> {
        // Compiling the patterns takes longer than screening a document with them.
        static PACKS: LazyLock<Vec<RulePack>> = LazyLock::new(|| {
            let read = |text: &&str| RulePack::parse(text);
            let packs: Result<Vec<RulePack>, PackError> = READY_MADE.iter().map(read).collect();
            packs.expect("the packs are fixed and a test reads them")
        });
        PACKS.clone()
    }

    /// Reads a pack from the text of its file.
    pub fn parse(text: &str) -> Result<Self, PackError> {
        let file: PackFile = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            PackError::at(text, at, error.message())
        })?;
        for (field, value) in [("name", &file.name), ("version", &file.version)] {
            let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
            if value.get_ref().is_empty() || !value.get_ref().chars().all(is_plain) {
                let problem = format!("a {field} is made of letters, digits, '-', '_' and '.'");
                return Err(PackError::at(text, value.span().start, &problem));
            }
        }
        if file.rule.len() > RULES_MAX {
            let at = file.rule[RULES_MAX].span().start;
            return Err(PackError::at(text, at, "a pack has at most 100 rules"));
        }
        let mut rules: Vec<Rule> = Vec::new();
        for rule in file.rule {
            let id = rule.get_ref().id.clone();
            if rules.iter().any(|other| other.id == *id.get_ref()) {
                let problem = format!("another rule has the id {}", id.get_ref());
                return Err(PackError::at(text, id.span().start, &problem));
            }
            rules.push(rule_of(rule, text)?);
        }
        Ok(Self {
            languages: file.languages,
            name: file.name.into_inner(),
            rules,
            version: file.version.into_inner(),
        })
    }

    /// The pack as `name@version`.
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

impl PackError {
    fn at(text: &str, offset: usize, problem: &str) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            column: before[line_start..].chars().count() + 1,
            line: before.matches('\n').count() + 1,
            problem: problem.trim().replace('\n', " "),
        }
    }
}

impl Wording {
    /// Whether the passage has the words, and none that take them back.
    pub(super) fn fits(&self, passage: &str) -> bool {
        self.find.is_match(passage) && !self.unless.is_match(passage)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    #[serde(default)]
    languages: Vec<String>,
    name: Spanned<String>,
    #[serde(default)]
    rule: Vec<Spanned<RuleFile>>,
    version: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    find: Option<Spanned<Vec<Spanned<String>>>>,
    id: Spanned<String>,
    kind: Kind,
    months: Option<Spanned<u32>>,
    not_with: Option<String>,
    #[serde(rename = "in")]
    scope: Scope,
    severity: Severity,
    text: String,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    EndDate,
    NoDate,
    OlderThan,
    SingleSource,
    Wording,
}

fn rule_of(rule: Spanned<RuleFile>, text: &str) -> Result<Rule, PackError> {
    let start = rule.span().start;
    let rule = rule.into_inner();
    let wording = |find: Option<Spanned<Vec<Spanned<String>>>>, unless: &[Spanned<String>]| {
        let find = find.ok_or_else(|| {
            PackError::at(
                text,
                start,
                "a rule of this kind needs `find`, a list of patterns",
            )
        })?;
        wording_of(find.get_ref(), unless, text, find.span().start)
    };
    let looks_for = match rule.kind {
        Kind::EndDate => LooksFor::EndDate {
            wording: wording(rule.find, &rule.unless)?,
            not_with: rule.not_with,
        },
        Kind::NoDate => LooksFor::NoDate {
            blank: wording(rule.find, &rule.unless)?,
        },
        Kind::OlderThan => {
            let months = rule
                .months
                .ok_or_else(|| PackError::at(text, start, "a rule of this kind needs `months`"))?;
            if !(1..=MONTHS_MAX).contains(months.get_ref()) {
                let problem = "`months` is between 1 and 1200";
                return Err(PackError::at(text, months.span().start, problem));
            }
            LooksFor::OlderThan {
                months: months.into_inner(),
            }
        }
        Kind::SingleSource => LooksFor::SingleSource,
        Kind::Wording => LooksFor::Wording(wording(rule.find, &rule.unless)?),
    };
    Ok(Rule {
        id: rule.id.into_inner(),
        looks_for,
        scope: rule.scope,
        severity: rule.severity,
        text: rule.text,
    })
}

fn wording_of(
    find: &[Spanned<String>],
    unless: &[Spanned<String>],
    text: &str,
    start: usize,
) -> Result<Wording, PackError> {
    if find.is_empty() || find.len() + unless.len() > PATTERNS_MAX {
        let problem = "a rule has between 1 and 100 patterns";
        return Err(PackError::at(text, start, problem));
    }
    let mut places = Vec::new();
    for pattern in find.iter().chain(unless) {
        let compiled = regex::RegexBuilder::new(&quick(pattern.get_ref()))
            .size_limit(PATTERN_BYTES_MAX)
            .build()
            .map_err(|error| PackError::at(text, pattern.span().start, &plain(&error)))?;
        if compiled.is_match("") {
            let problem = "the pattern fits every text";
            return Err(PackError::at(text, pattern.span().start, problem));
        }
        if places.len() < find.len() {
            places.push(compiled);
        }
    }
    let set = |patterns: &[Spanned<String>]| {
        RegexSetBuilder::new(patterns.iter().map(|one| quick(one.get_ref())))
            .size_limit(PATTERN_BYTES_MAX)
            .build()
            .map_err(|error| PackError::at(text, start, &plain(&error)))
    };
    Ok(Wording {
        find: set(find)?,
        unless: set(unless)?,
        places,
    })
}

/// The last line of what the library says, which is what is wrong; the others draw where.
fn plain(error: &regex::Error) -> String {
    let all = error.to_string();
    let last = all.lines().last().unwrap_or_default();
    format!("not a pattern: {}", last.trim_start_matches("error: "))
}
