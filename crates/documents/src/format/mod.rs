//! One file for each format: from bytes to blocks. What they share is what a reading is.

pub(crate) mod csv;
pub(crate) mod docx;
pub(crate) mod html;
pub(crate) mod markdown;
pub(crate) mod pdf;
pub(crate) mod text;
pub(crate) mod xlsx;

use crate::document::{Block, BlockKind, Place};
use crate::fold::fold;

/// What was read of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Its blocks, in reading order.
    pub(crate) blocks: Vec<Block>,
    /// Its title, where it states one.
    pub(crate) title: Option<String>,
}

impl Reading {
    /// Adds a block, unless nothing is left of its text when it is folded.
    pub(crate) fn push(&mut self, kind: BlockKind, place: Place, text: &str) {
        let text = fold(text);
        if !text.is_empty() {
            self.blocks.push(Block::new(kind, place, text));
        }
    }

    /// Adds a block of lines that follow each other, the first with this number from 1.
    pub(crate) fn push_lines(&mut self, kind: BlockKind, first: u32, lines: &[&str]) {
        let mut text = String::new();
        let mut starts = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let line = fold(line);
            if !(text.is_empty() || line.is_empty()) {
                text.push(' ');
            }
            if index > 0 {
                starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            }
            text.push_str(&line);
        }
        if !text.is_empty() {
            self.blocks.push(Block {
                kind,
                lines: starts,
                place: Place::Line(first),
                text,
            });
        }
    }

    /// The text of the first heading of level 1, as a title.
    pub(crate) fn first_heading(&self) -> Option<String> {
        let top = |block: &&Block| block.kind == BlockKind::Heading(1);
        self.blocks.iter().find(top).map(|block| block.text.clone())
    }
}

/// `index` as a line, row or paragraph from 1.
pub(crate) fn ordinal(index: usize) -> u32 {
    u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX)
}
