//! The rules of a network in words, what differs between two of their versions, and the form that
//! changes them. What rules are allowed is the kernel's to say.

use std::collections::BTreeMap;

use consort_kernel::money::Fraction;
use consort_kernel::network::{Policy, ReviewRule, RoutingWeights};
use consort_kernel::task::Risk;
use maud::{Markup, html as markup};

use crate::part::capital;
use crate::server::Failure;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
/// The parts that a share is given in: hundredths of a percent.
const PARTS: u32 = 10_000;
const RISKS: [Risk; 4] = [Risk::Low, Risk::Medium, Risk::High, Risk::Critical];
/// What ranks contributors, each with what it means.
const WEIGHTS: [(&str, &str); 5] = [
    (
        "capability",
        "How far the capability reaches what is needed",
    ),
    ("standing", "How well they have done"),
    ("price", "How far they stay below the price"),
    ("load", "How free they are"),
    (
        "overlap",
        "How much of the day they work when the work is due",
    ),
];

/// Every rule with what it says, in an order for readers.
pub(super) fn told(policy: &Policy) -> Vec<(String, String)> {
    let line = |words: &str, says: String| (words.to_owned(), says);
    let mut lines = vec![
        line("Fee on what is paid", percent(policy.fee)),
        line("Tax on what is paid", percent(policy.tax)),
        line("An offer stands", span(u64::from(policy.offer_ms))),
        line(
            "A review or a decision may take",
            span(u64::from(policy.review_ms)),
        ),
        line(
            "Tries before a person has to look",
            policy.attempts_max.to_string(),
        ),
        line("Evidence halves in weight every", span(policy.half_life())),
    ];
    for risk in RISKS {
        let words = format!("Work of {} risk", risk.as_str());
        lines.push((words, review(policy.review_rule(risk))));
    }
    for (key, words) in WEIGHTS {
        let says = format!("{} of 1000", weight(&policy.routing, key));
        lines.push((format!("Ranking: {}", lower(words)), says));
    }
    lines
}

/// What a version changed: each rule with what it said before and says now.
pub(super) fn changed(before: &Policy, after: &Policy) -> Vec<(String, String, String)> {
    let pairs = told(before).into_iter().zip(told(after));
    let differing = pairs.filter(|(before, after)| before.1 != after.1);
    differing
        .map(|((words, before), (_, after))| (words, before, after))
        .collect()
}

fn lower(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters.as_str().chars()).collect()
}

fn weight(weights: &RoutingWeights, key: &str) -> u16 {
    match key {
        "capability" => weights.capability,
        "standing" => weights.standing,
        "price" => weights.price,
        "load" => weights.load,
        _ => weights.overlap,
    }
}

fn review(rule: ReviewRule) -> String {
    let reviews = match rule.reviews {
        0 => "no review".to_owned(),
        1 => "1 review".to_owned(),
        more => format!("{more} reviews"),
    };
    let signed = if rule.in_advance {
        "may be signed in advance"
    } else {
        "is signed with the work open"
    };
    let apart = if rule.separate_signer {
        ", by somebody who did not review it"
    } else {
        ""
    };
    format!("{reviews}, {signed}{apart}")
}

/// A share in percent, as exactly as it is.
fn percent(share: Fraction) -> String {
    let parts = u64::from(share.numerator) * u64::from(PARTS) / u64::from(share.denominator.max(1));
    let text = format!("{}.{:02}", parts / 100, parts % 100);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// How long, in the largest unit that leaves no rest.
fn span(millis: u64) -> String {
    let (count, unit) = match millis {
        _ if millis.is_multiple_of(DAY_MS) => (millis / DAY_MS, "day"),
        _ if millis.is_multiple_of(HOUR_MS) => (millis / HOUR_MS, "hour"),
        _ if millis.is_multiple_of(MINUTE_MS) => (millis / MINUTE_MS, "minute"),
        _ => (millis, "millisecond"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// The fields of the form, as the rules are now.
pub(super) fn fields(policy: &Policy) -> Markup {
    let number = |name: &str, words: &str, value: String, step: &str| {
        markup! {
            div.field {
                label for=(name) { (words) }
                input.input id=(name) name=(name) type="number" min="0" step=(step) required value=(value);
            }
        }
    };
    let share = |share: Fraction| percent(share).trim_end_matches(" %").to_owned();
    markup! {
        div.halves {
            (number("fee", "Fee on what is paid, in percent", share(policy.fee), "0.01"))
            (number("tax", "Tax on what is paid, in percent", share(policy.tax), "0.01"))
            (number("offer", "An offer stands, in minutes", (u64::from(policy.offer_ms) / MINUTE_MS).to_string(), "1"))
            (number("review", "A review may take, in hours", (u64::from(policy.review_ms) / HOUR_MS).to_string(), "1"))
            (number("attempts", "Tries before a person has to look", policy.attempts_max.to_string(), "1"))
            (number("half-life", "Evidence halves in weight every, in days", (policy.half_life() / DAY_MS).to_string(), "1"))
        }
        @for risk in RISKS {
            @let (rule, key) = (policy.review_rule(risk), risk.as_str());
            fieldset.field {
                legend { "Work of " (key) " risk" }
                div.inline {
                    label for={ "reviews-" (key) } { "Reviews" }
                    input.input.short id={ "reviews-" (key) } name={ "reviews-" (key) } type="number" min="0" max="16" required value=(rule.reviews);
                    @if !matches!(risk, Risk::High | Risk::Critical) {
                        label { input type="checkbox" name={ "advance-" (key) } value="yes" checked[rule.in_advance]; " may be signed in advance" }
                    }
                    label { input type="checkbox" name={ "separate-" (key) } value="yes" checked[rule.separate_signer]; " signed by somebody who did not review it" }
                }
            }
        }
        fieldset.field {
            legend { "How contributors are ranked, in thousandths that add up to 1000" }
            div.halves { @for (key, words) in WEIGHTS { (number(key, words, weight(&policy.routing, key).to_string(), "1")) } }
        }
    }
}

/// The rules that a form asks for, in the version after the present one.
pub(super) fn asked(present: &Policy, form: &BTreeMap<String, String>) -> Result<Policy, Failure> {
    let text = |name: &str| form.get(name).map_or("", |it| it.trim());
    let number = |name: &str, most: u64| -> Result<u64, Failure> {
        let found = text(name).parse::<u64>().ok().filter(|it| *it <= most);
        found.ok_or_else(|| {
            Failure::Misused(format!(
                "'{}' has to be a whole number up to {most}",
                capital(name)
            ))
        })
    };
    let small = |name: &str, most: u16| -> Result<u16, Failure> {
        let found = number(name, u64::from(most))?;
        u16::try_from(found).map_err(|_| Failure::Broken)
    };
    let millis = |name: &str, unit: u64| -> Result<u32, Failure> {
        let found = number(name, u64::from(u32::MAX) / unit)?;
        u32::try_from(found * unit).map_err(|_| Failure::Broken)
    };
    let mut reviews = present.reviews;
    for (rule, risk) in reviews.iter_mut().zip(RISKS) {
        let key = risk.as_str();
        let count = small(&format!("reviews-{key}"), 16)?;
        *rule = ReviewRule {
            in_advance: !text(&format!("advance-{key}")).is_empty(),
            reviews: u8::try_from(count).map_err(|_| Failure::Broken)?,
            separate_signer: !text(&format!("separate-{key}")).is_empty(),
        };
    }
    Ok(Policy {
        attempts_max: u8::try_from(small("attempts", 255)?).map_err(|_| Failure::Broken)?,
        fee: share("Fee", text("fee"))?,
        half_life_ms: (number("half-life", 36_500)? * DAY_MS).to_string(),
        offer_ms: millis("offer", MINUTE_MS)?,
        review_ms: millis("review", HOUR_MS)?,
        reviews,
        routing: RoutingWeights {
            capability: small("capability", 1_000)?,
            load: small("load", 1_000)?,
            overlap: small("overlap", 1_000)?,
            price: small("price", 1_000)?,
            standing: small("standing", 1_000)?,
        },
        tax: share("Tax", text("tax"))?,
        version: present.version + 1,
    })
}

/// A share that is given in percent with up to two places.
fn share(name: &str, text: &str) -> Result<Fraction, Failure> {
    let misused = || {
        Failure::Misused(format!(
            "{name} is a percentage from 0 to 100 with two places at the most"
        ))
    };
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || places.len() > 2 || !is_number(whole) || !is_number(places) {
        return Err(misused());
    }
    let parts: u32 = format!("{whole}{places:0<2}")
        .parse()
        .map_err(|_| misused())?;
    if parts > PARTS {
        return Err(misused());
    }
    Ok(match parts {
        0 => Fraction::ZERO,
        _ => Fraction {
            denominator: PARTS,
            numerator: parts,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_and_written_exactly() {
        for (text, written) in [
            ("0", "0 %"),
            ("12.5", "12.5 %"),
            ("2.50", "2.5 %"),
            ("100", "100 %"),
        ] {
            assert_eq!(percent(share("Fee", text).unwrap()), written);
        }
        for wrong in ["", "x", "1.234", "101", "-1", "1e3"] {
            assert!(share("Fee", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_changed_is_told() {
        let before = Policy::default();
        let mut after = before.clone();
        after.attempts_max = 5;
        after.reviews[1].reviews = 2;
        let told: Vec<String> = changed(&before, &after)
            .into_iter()
            .map(|(words, before, after)| format!("{words}: {before} -> {after}"))
            .collect();
        assert_eq!(
            told,
            [
                "Tries before a person has to look: 3 -> 5",
                "Work of medium risk: 1 review, may be signed in advance -> 2 reviews, may be signed in advance",
            ]
        );
        assert_eq!(changed(&before, &before), []);
    }
}
