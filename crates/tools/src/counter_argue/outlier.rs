//! Figures that stand far from the others of their kind.
//!
//! The measure is the modified z-score by the median absolute deviation: B. Iglewicz and D. C.
//! Hoaglin, "How to Detect and Handle Outliers" (1993), with their threshold and, where more than
//! half of the figures are equal, their stand-in, the mean absolute deviation.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{BlockKind, Citation, Document};

use crate::research::shown;
use crate::shape::{Confidence, CounterPassage, CounterSign, Fact, Research, Value};
use crate::text::{OptionNames, is_sum};

/// Fewer figures have no others to stand apart from.
const FIGURES_MIN: usize = 4;
/// The authors' threshold.
const SCORE_MIN: f64 = 3.5;
/// The normal distribution's factor of the median absolute deviation.
const MEDIAN_FACTOR: f64 = 0.6745;
/// The normal distribution's factor of the mean absolute deviation.
const MEAN_FACTOR: f64 = 1.253_314;
/// A figure that differs from the median by less than this share of it is not far away, however
/// alike the others are.
const DISTANCE_MIN: f64 = 0.3;
/// Between a figure that stands apart and its nearest neighbour lies more than this share of the
/// range of all others; without such a gap it only ends a long tail.
const GAP_MIN: f64 = 0.5;
/// If more than one in so many stands apart, the figures are of unlike things, and nothing is said.
const APART_SHARE: usize = 10;
/// Figures that are reported.
const OUTLIERS_MAX: usize = 4;

/// A figure with its fact.
struct Figure<'given> {
    fact: &'given Fact,
    citation: &'given Citation,
    value: f64,
}

/// Figures that stand far from the others, the farthest first.
pub(super) fn outliers(
    documents: &[Document],
    research: &[Research],
    options: &[String],
) -> Vec<CounterPassage> {
    let by_name: BTreeMap<&str, &Document> = documents
        .iter()
        .map(|document| (document.name.as_str(), document))
        .collect();
    let all = values_by_attribute(research);
    let mut found: Vec<(i64, CounterPassage)> = Vec::new();
    for figures in groups(&by_name, research).values() {
        let Some(apart) = apart(figures).filter(|apart| is_whole_range(figures, apart, &all))
        else {
            continue;
        };
        for (score, at) in &apart {
            found.push((*score, passage(figures, &apart, *at, options)));
        }
    }
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.truncate(OUTLIERS_MAX);
    found.into_iter().map(|(_, passage)| passage).collect()
}

/// Figures of the same attribute, unit and kind, each file and place once.
fn groups<'given>(
    documents: &BTreeMap<&str, &Document>,
    research: &'given [Research],
) -> BTreeMap<(String, String, u8), Vec<Figure<'given>>> {
    let mut groups: BTreeMap<(String, String, u8), Vec<Figure<'given>>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for fact in research.iter().flat_map(|one| &one.facts) {
        let (Some((kind, value)), Some(citation)) = (figure(&fact.value), fact.citations.first())
        else {
            continue;
        };
        let is_usable = fact.confidence >= Confidence::Medium
            && fact.bound.is_none()
            && !is_label(&fact.attribute)
            && !is_in_sum(citation, documents);
        let place = (
            citation.sha256,
            citation.block,
            citation.start,
            fact.attribute.as_str(),
        );
        if is_usable && seen.insert(place) {
            let unit = fact.unit.clone().unwrap_or_default();
            groups
                .entry((fact.attribute.to_lowercase(), unit, kind))
                .or_default()
                .push(Figure {
                    fact,
                    citation,
                    value,
                });
        }
    }
    groups
}

/// All values of an attribute, sure or not, and lengths of time in days.
fn values_by_attribute(research: &[Research]) -> BTreeMap<Comparable, Vec<f64>> {
    let mut values: BTreeMap<Comparable, Vec<f64>> = BTreeMap::new();
    for fact in research.iter().flat_map(|one| &one.facts) {
        if let Some((_, value)) = figure(&fact.value) {
            values
                .entry(comparable(fact))
                .or_default()
                .push(value * scale(fact));
        }
    }
    values
}

/// What values must share to be seen side by side: the attribute and, but for time, the unit.
type Comparable = (String, Option<String>);

fn comparable(fact: &Fact) -> Comparable {
    let is_time = matches!(fact.value, Value::Duration(_));
    let unit = (!is_time).then(|| fact.unit.clone().unwrap_or_default());
    (fact.attribute.to_lowercase(), unit)
}

/// Whether the range of the others holds all values but those that stand apart, also the bounded and
/// doubtful ones and those in other units of time: only then is it the range of the others.
fn is_whole_range(
    figures: &[Figure<'_>],
    apart: &[(i64, usize)],
    all: &BTreeMap<Comparable, Vec<f64>>,
) -> bool {
    let Some(first) = figures.first() else {
        return false;
    };
    let scaled = |figure: &Figure<'_>| figure.value * scale(figure.fact);
    let is_apart = |at: usize| apart.iter().any(|(_, one)| *one == at);
    let (far, others): (Vec<_>, Vec<_>) = figures
        .iter()
        .enumerate()
        .partition(|(at, _)| is_apart(*at));
    let others = others.iter().map(|(_, figure)| scaled(figure));
    let lowest = others.clone().fold(f64::INFINITY, f64::min);
    let highest = others.fold(f64::NEG_INFINITY, f64::max);
    let near = |one: f64, other: f64| (one - other).abs() < f64::EPSILON;
    all.get(&comparable(first.fact))
        .into_iter()
        .flatten()
        .all(|value| {
            (lowest..=highest).contains(value)
                || far.iter().any(|(_, figure)| near(scaled(figure), *value))
        })
}

/// About how many days the unit of a length of time has; anything else is compared as it is.
fn scale(fact: &Fact) -> f64 {
    match fact.unit.as_deref() {
        Some("minute") => 1.0 / 1440.0,
        Some("hour") => 1.0 / 24.0,
        Some("working day") => 1.4,
        Some("week") => 7.0,
        Some("month") => 30.4,
        Some("year") => 365.25,
        Some(_) | None => 1.0,
    }
}

/// The indexes of the figures that stand apart, with their scores in thousandths.
fn apart(figures: &[Figure<'_>]) -> Option<Vec<(i64, usize)>> {
    let places: BTreeSet<_> = figures
        .iter()
        .map(|figure| (figure.citation.sha256, figure.citation.block))
        .collect();
    if places.len() < FIGURES_MIN {
        return None;
    }
    let values: Vec<f64> = figures.iter().map(|figure| figure.value).collect();
    let median = median(values.clone());
    let distances: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
    let spread = spread(&distances)?;
    let apart: Vec<(i64, usize)> = distances
        .iter()
        .enumerate()
        .map(|(at, distance)| (distance / spread, *distance, at))
        .filter(|(score, distance, _)| {
            *score > SCORE_MIN && *distance >= DISTANCE_MIN * median.abs()
        })
        .map(|(score, _, at)| (thousandths(score), at))
        .collect();
    let are_few = apart.len() <= (figures.len() / APART_SHARE).max(1);
    (!apart.is_empty() && are_few && has_gap(&values, &apart)).then_some(apart)
}

/// Whether a gap divides the figures that stand apart from all others, on the scale on which the
/// figures lie: sizes that double again and again are spread evenly.
fn has_gap(values: &[f64], apart: &[(i64, usize)]) -> bool {
    let all_above_zero = values.iter().all(|value| *value > 0.0);
    let scaled = |value: f64| if all_above_zero { value.ln() } else { value };
    let others = || {
        let is_other = |at: &usize| apart.iter().all(|(_, one)| one != at);
        (0..values.len()).filter(is_other).map(|at| values[at])
    };
    let lowest = others().fold(f64::INFINITY, f64::min);
    let highest = others().fold(f64::NEG_INFINITY, f64::max);
    let range = highest - lowest;
    let scaled_range = scaled(highest) - scaled(lowest);
    apart.iter().all(|(_, at)| {
        let value = values[*at];
        let gap = (lowest - value).max(value - highest);
        let scaled_gap = (scaled(lowest) - scaled(value)).max(scaled(value) - scaled(highest));
        gap > GAP_MIN * range && scaled_gap > GAP_MIN * scaled_range
    })
}

fn passage(
    figures: &[Figure<'_>],
    apart: &[(i64, usize)],
    at: usize,
    options: &[String],
) -> CounterPassage {
    let others = figures
        .iter()
        .enumerate()
        .filter(|(other, _)| apart.iter().all(|(_, one)| one != other))
        .map(|(_, figure)| figure);
    let lowest = others
        .clone()
        .min_by(|one, two| one.value.total_cmp(&two.value));
    let highest = others.max_by(|one, two| one.value.total_cmp(&two.value));
    let figure = &figures[at];
    let mut citations = vec![figure.citation.clone()];
    for other in [lowest, highest].into_iter().flatten() {
        if !citations.contains(other.citation) {
            citations.push(other.citation.clone());
        }
    }
    let range = match (lowest, highest) {
        (Some(low), Some(high)) => {
            let (low, high) = (shown::value(low.fact), shown::value(high.fact));
            if low == high {
                format!("are all {low}")
            } else {
                format!("lie between {low} and {high}")
            }
        }
        (None, _) | (_, None) => "differ".to_owned(),
    };
    let subject = figure.fact.subject.trim();
    let whose = if subject.is_empty() {
        String::new()
    } else {
        format!("{subject}, ")
    };
    let text = format!(
        "{whose}{}: {}. The other figures of this kind {range}.",
        figure.fact.attribute,
        shown::value(figure.fact)
    );
    let named =
        OptionNames::of(options).named_in(&figure.fact.subject, crate::text::Language::English);
    CounterPassage {
        citations,
        options: named
            .into_iter()
            .map(|option| options[option].clone())
            .collect(),
        sign: CounterSign::Outlier,
        text,
    }
}

/// The number of a value that can be compared, and a number for its kind.
fn figure(value: &Value) -> Option<(u8, f64)> {
    let (kind, digits) = match value {
        Value::Duration(digits) => (0, digits),
        Value::Money(digits) => (1, digits),
        Value::Number(digits) => (2, digits),
        Value::Percent(digits) => (3, digits),
        Value::AmbiguousDate(_) | Value::Date(_) | Value::Text(_) | Value::Truth(_) => return None,
    };
    let value: f64 = digits.parse().ok()?;
    value.is_finite().then_some((kind, value))
}

/// Whether the attribute numbers things and measures nothing.
fn is_label(attribute: &str) -> bool {
    const LABELS: &[&str] = &[
        "code",
        "date",
        "document",
        "id",
        "index",
        "key",
        "nr",
        "no",
        "number",
        "opened",
        "page",
        "phone",
        "postcode",
        "rank",
        "reference",
        "row",
        "version",
        "year",
        "zip",
        "closed",
    ];
    attribute
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|word| LABELS.contains(&word))
}

/// Whether the figure stands in a row that adds others up.
fn is_in_sum(citation: &Citation, documents: &BTreeMap<&str, &Document>) -> bool {
    documents
        .get(citation.document.as_str())
        .and_then(|document| document.blocks.get(citation.block as usize))
        .is_some_and(|block| match &block.kind {
            BlockKind::Row { cells, .. } => is_sum(cells),
            BlockKind::Heading(_) | BlockKind::ListItem | BlockKind::Paragraph => false,
        })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    }
}

/// What a distance is divided by to give its modified z-score; nothing where all are equal.
#[expect(clippy::cast_precision_loss, reason = "facts are far fewer than 2^52")]
fn spread(distances: &[f64]) -> Option<f64> {
    let deviation = median(distances.to_vec());
    let spread = if deviation > 0.0 {
        deviation / MEDIAN_FACTOR
    } else {
        MEAN_FACTOR * distances.iter().sum::<f64>() / distances.len() as f64
    };
    (spread > 0.0).then_some(spread)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, and farther is not told apart"
)]
fn thousandths(score: f64) -> i64 {
    (score * 1e3).round() as i64
}
