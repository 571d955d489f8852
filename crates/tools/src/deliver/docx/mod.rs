//! `brief.docx`: the same brief as an Office Open XML text document.
//!
//! Its bytes depend on the brief alone: every part of the archive has the same fixed time.

mod body;
mod package;

use super::frame::Frame;
use crate::shape::Brief;

/// The brief as a text document.
pub fn docx(brief: &Brief, frame: &Frame) -> Vec<u8> {
    let parts = super::parts(brief, frame);
    let heading = [super::sort(frame), &frame.outcome]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let opening = body::Opening {
        sort: &heading,
        title: &frame.title,
        byline: &super::byline(brief, frame),
    };
    package::package(&body::document(&opening, &parts), &frame.title)
}
