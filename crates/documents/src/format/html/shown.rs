//! Which elements of a page a reader does not see.
//!
//! Text that does not show is no part of a document: it may be put there for machines to obey.
//! Looked at are the elements themselves, their attributes, and plain rules of the page's own
//! style sheets; not looked at are colours, positions and style sheets elsewhere.

use std::collections::BTreeSet;

use super::tree::Node;

/// Elements whose content is no text of the page.
const NOT_TEXT: &[&str] = &[
    "script", "style", "noscript", "template", "head", "iframe", "object", "svg", "math", "canvas",
    "audio", "video", "select", "datalist", "textarea", "button", "del", "s", "strike", "title",
];

/// The plain selectors (`p`, `.note`, `p.note`, `#note`) that the page's style sheets hide.
#[derive(Debug, Default)]
pub(super) struct Hidden(BTreeSet<String>);

impl Hidden {
    /// Gathers what the style sheets in a page hide.
    pub(super) fn of(nodes: &[Node]) -> Self {
        let mut hidden = BTreeSet::new();
        for style in nodes.iter().filter(|node| node.tag() == "style") {
            for child in &style.children {
                gather(
                    nodes[*child].text.as_deref().unwrap_or_default(),
                    &mut hidden,
                );
            }
        }
        Self(hidden)
    }

    /// Whether an element, and all that is in it, does not show.
    pub(super) fn hides(&self, node: &Node) -> bool {
        let tag = node.tag();
        NOT_TEXT.contains(&tag)
            || node.attribute("hidden").is_some()
            || (tag == "dialog" && node.attribute("open").is_none())
            || node.attribute("style").is_some_and(declares_hidden)
            || (!self.0.is_empty() && self.selects(node))
    }

    fn selects(&self, node: &Node) -> bool {
        let tag = node.tag();
        let mut classes = node
            .attribute("class")
            .unwrap_or_default()
            .split_ascii_whitespace();
        let by_id = |id: &str| {
            self.0.contains(&format!("#{id}")) || self.0.contains(&format!("{tag}#{id}"))
        };
        self.0.contains(tag)
            || node.attribute("id").is_some_and(by_id)
            || classes.any(|class| {
                self.0.contains(&format!(".{class}")) || self.0.contains(&format!("{tag}.{class}"))
            })
    }
}

/// Adds the selectors of the rules of a style sheet that hide something.
fn gather(sheet: &str, hidden: &mut BTreeSet<String>) {
    let mut rest = without_comments(sheet);
    while let Some((selectors, after)) = rest.split_once('{') {
        let selectors = selectors.trim().to_owned();
        // A rule for print or small screens says nothing about the page as it is read.
        if selectors.starts_with('@') {
            rest = after_nested(after).to_owned();
            continue;
        }
        let (body, after) = after.split_once('}').unwrap_or((after, ""));
        if declares_hidden(body) {
            hidden.extend(
                selectors
                    .split(',')
                    .map(|selector| selector.trim().to_owned()),
            );
        }
        rest = after.to_owned();
    }
}

fn without_comments(sheet: &str) -> String {
    let mut kept = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// What follows the block that is open at the start of `sheet`.
fn after_nested(sheet: &str) -> &str {
    let mut depth = 1_usize;
    for (index, letter) in sheet.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &sheet[index + 1..];
        }
    }
    ""
}

/// Whether style declarations hide what they apply to.
fn declares_hidden(declarations: &str) -> bool {
    declarations.split(';').any(|declaration| {
        let Some((property, value)) = declaration.split_once(':') else {
            return false;
        };
        let value = value.to_ascii_lowercase().replace("!important", "");
        let value = value.trim();
        let is_zero = value
            .trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '%')
            .parse::<f32>()
            .is_ok_and(|size| size == 0.0);
        match property.trim().to_ascii_lowercase().as_str() {
            "display" => value == "none",
            "visibility" => value == "hidden" || value == "collapse",
            "opacity" | "font-size" => is_zero,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_that_hide_are_recognised() {
        for (declarations, hides) in [
            ("display:none", true),
            ("color: red; DISPLAY : None !important", true),
            ("visibility: hidden", true),
            ("font-size:0px", true),
            ("opacity: 0.0", true),
            ("opacity: 0.8; font-size: 10pt", false),
            ("display: block", false),
        ] {
            assert_eq!(declares_hidden(declarations), hides, "{declarations}");
        }
    }

    #[test]
    fn plain_rules_of_style_sheets_are_followed_except_those_for_print() {
        let sheet = "/* x { */ .a, p.b { display: none } @media print { .c { display: none } } \
                     .d { color: red } #e { visibility: hidden";
        let mut hidden = BTreeSet::new();
        gather(sheet, &mut hidden);
        assert_eq!(hidden.into_iter().collect::<Vec<_>>(), ["#e", ".a", "p.b"]);
    }
}
