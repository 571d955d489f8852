//! Words around a quantity that make it a bound: at least, up to, about.
//!
//! Only words directly before or after the quantity count.

use crate::shape::Bound;

use super::token::Tokens;

const BEFORE: [(&[&str], Bound); 36] = [
    (&["at", "least"], Bound::AtLeast),
    (&["not", "less", "than"], Bound::AtLeast),
    (&["no", "less", "than"], Bound::AtLeast),
    (&["not", "fewer", "than"], Bound::AtLeast),
    (&["no", "fewer", "than"], Bound::AtLeast),
    (&["minimum", "of"], Bound::AtLeast),
    (&["minimum"], Bound::AtLeast),
    (&["from"], Bound::AtLeast),
    (&["mindestens"], Bound::AtLeast),
    (&["au", "moins"], Bound::AtLeast),
    (&["not", "more", "than"], Bound::AtMost),
    (&["no", "more", "than"], Bound::AtMost),
    (&["no", "later", "than"], Bound::AtMost),
    (&["more", "than"], Bound::AtLeast),
    (&["over"], Bound::AtLeast),
    (&["at", "most"], Bound::AtMost),
    (&["up", "to"], Bound::AtMost),
    (&["maximum", "of"], Bound::AtMost),
    (&["maximum"], Bound::AtMost),
    (&["not", "exceed"], Bound::AtMost),
    (&["not", "exceeding"], Bound::AtMost),
    (&["less", "than"], Bound::AtMost),
    (&["fewer", "than"], Bound::AtMost),
    (&["under"], Bound::AtMost),
    (&["below"], Bound::AtMost),
    (&["höchstens"], Bound::AtMost),
    (&["exceeding"], Bound::AtLeast),
    (&["exceeds"], Bound::AtLeast),
    (&["about"], Bound::About),
    (&["approximately"], Bound::About),
    (&["around"], Bound::About),
    (&["roughly"], Bound::About),
    (&["nearly"], Bound::About),
    (&["almost"], Bound::About),
    (&["circa"], Bound::About),
    (&["some"], Bound::About),
];

/// The bound that the words around a quantity make it.
pub(super) fn bound_at(tokens: &Tokens<'_>, start: usize, next: usize) -> Option<Bound> {
    // An article may stand between: `a maximum of EUR 50`, `up to a 10% discount`.
    let before = BEFORE.iter().find(|(words, _)| {
        start
            .checked_sub(words.len())
            .is_some_and(|at| tokens.words(at, words))
    });
    if let Some((_, bound)) = before {
        return Some(*bound);
    }
    if tokens.words(next, &["or", "more"]) || tokens.words(next, &["or", "longer"]) {
        return Some(Bound::AtLeast);
    }
    if tokens.words(next, &["or", "less"]) || tokens.words(next, &["at", "most"]) {
        return Some(Bound::AtMost);
    }
    tokens.before(start).and_then(|token| match token.text {
        "~" | "≈" => Some(Bound::About),
        "≥" | ">" => Some(Bound::AtLeast),
        "≤" | "<" => Some(Bound::AtMost),
        _ => None,
    })
}
