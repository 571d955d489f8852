//! The language that most of a document is written in, where that is clear.

use crate::document::{Block, BlockKind};

/// How much text is looked at: the language shows in the first pages.
const SAMPLE_BYTES_MAX: usize = 20_000;

/// ISO 639-3 code of the language, where it is clear.
pub(crate) fn language_of(blocks: &[Block]) -> Option<String> {
    let mut sample = String::new();
    for block in blocks
        .iter()
        .filter(|block| !matches!(block.kind, BlockKind::Row { .. }))
    {
        if sample.len() >= SAMPLE_BYTES_MAX {
            break;
        }
        sample.push_str(&block.text);
        sample.push('\n');
    }
    let info = whatlang::detect(&sample)?;
    info.is_reliable().then(|| info.lang().code().to_owned())
}
