//! Follows the HTML inside another text, and tells what of that text it hides.

use super::shown::Hidden;
use super::tree;

/// Elements that have no end, and so hide nothing that follows.
const WITHOUT_END: &[&str] = &["br", "hr", "img", "input", "link", "meta", "wbr"];

/// Whether the text that comes next is hidden by the tags that came before.
#[derive(Debug, Default)]
pub(crate) struct HiddenMarkup {
    /// The name of the element that hides, and how many of that name are open.
    hiding: Option<(String, usize)>,
}

impl HiddenMarkup {
    /// Whether text that comes now is hidden.
    pub(crate) fn hides(&self) -> bool {
        self.hiding.is_some()
    }

    /// Goes past a piece of HTML: tags, comments and the text between them.
    pub(crate) fn follow(&mut self, html: &str) {
        let mut rest = html;
        while let Some((_, after)) = rest.split_once('<') {
            let (tag, after) = after.split_once('>').unwrap_or((after, ""));
            self.tag(tag);
            rest = after;
        }
    }

    fn tag(&mut self, tag: &str) {
        let (ends, tag) = tag
            .strip_prefix('/')
            .map_or((false, tag), |tag| (true, tag));
        let name = tag
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .next();
        let name = name.unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || tag.ends_with('/') || WITHOUT_END.contains(&name.as_str()) {
            return;
        }
        match &mut self.hiding {
            Some((hiding, open)) if *hiding == name => {
                *open = if ends { *open - 1 } else { *open + 1 };
                if *open == 0 {
                    self.hiding = None;
                }
            }
            None if !ends && hides_its_content(tag) => self.hiding = Some((name, 1)),
            Some(_) | None => {}
        }
    }
}

/// Whether an element that begins with this tag does not show.
fn hides_its_content(tag: &str) -> bool {
    let is_hidden = |node: &tree::Node| node.tag() != "head" && Hidden::default().hides(node);
    tree::parse(&format!("<body><{tag}>")).is_ok_and(|nodes| nodes.iter().any(is_hidden))
}
