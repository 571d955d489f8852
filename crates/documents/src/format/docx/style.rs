//! What the styles of a DOCX file say of its paragraphs: which are headings, which are items.

use std::collections::BTreeMap;

use crate::document::BlockKind;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Pieces};

/// Styles rest on styles; a longer chain is a circle.
const CHAIN_MAX: usize = 16;

/// The styles, by their identifiers.
#[derive(Debug, Default)]
pub(super) struct Styles(BTreeMap<String, Style>);

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    kind: Option<BlockKind>,
}

impl Styles {
    /// Reads the part with the styles.
    pub(super) fn read(text: &str) -> Result<Self, Unreadable> {
        let mut styles = BTreeMap::new();
        let mut open: Option<(String, Style)> = None;
        let mut pieces = Pieces::of(text);
        while let Some(piece) = pieces.next()? {
            match piece {
                Piece::Start(element) => {
                    let value = element.attribute("val");
                    match (element.name(), &mut open) {
                        ("style", _) => {
                            let id = element.attribute("styleId").unwrap_or_default();
                            open = Some((id, Style::default()));
                        }
                        ("name", Some((_, style))) => {
                            style.kind = style
                                .kind
                                .take()
                                .or(kind_by_name(&value.unwrap_or_default()));
                        }
                        ("basedOn", Some((_, style))) => style.based_on = value,
                        ("outlineLvl", Some((_, style))) => style.kind = outline(value.as_deref()),
                        ("numId", Some((_, style))) if style.kind.is_none() => {
                            style.kind = Some(BlockKind::ListItem);
                        }
                        _ => {}
                    }
                }
                Piece::End(name) if name == "style" => styles.extend(open.take()),
                Piece::End(_) | Piece::Text(_) => {}
            }
        }
        Ok(Self(styles))
    }

    /// What a paragraph in this style is.
    pub(super) fn kind_of(&self, id: &str) -> Option<BlockKind> {
        let mut style = self.0.get(id)?;
        for _ in 0..CHAIN_MAX {
            if style.kind.is_some() {
                break;
            }
            style = self.0.get(style.based_on.as_deref()?)?;
        }
        style.kind.clone()
    }
}

/// The kind that an outline level makes of a paragraph; level 9 is running text.
pub(super) fn outline(value: Option<&str>) -> Option<BlockKind> {
    let level = value?.parse::<u8>().ok()?;
    (level < 9).then(|| BlockKind::Heading(level + 1))
}

fn kind_by_name(name: &str) -> Option<BlockKind> {
    let name = name.to_lowercase();
    if name == "title" {
        return Some(BlockKind::Heading(1));
    }
    if let Some(level) = name.strip_prefix("heading ") {
        return level.parse::<u8>().ok().map(BlockKind::Heading);
    }
    name.starts_with("list ").then_some(BlockKind::ListItem)
}
