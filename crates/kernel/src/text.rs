//! Texts that people give: present and not endless.

use crate::rejection::Rejection;
use crate::task::TEXT_BYTES_MAX;

/// A text that has to be there, trimmed.
pub(crate) fn required(field: &str, text: &str) -> Result<String, Rejection> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Rejection::invalid(field, "a text is expected"));
    }
    bounded(field, trimmed)?;
    Ok(trimmed.to_owned())
}

/// A text that may be empty, but not endless.
pub(crate) fn bounded(field: &str, text: &str) -> Result<(), Rejection> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Rejection::invalid(
            field,
            format!("at most {TEXT_BYTES_MAX} bytes; longer material goes by reference"),
        ));
    }
    Ok(())
}
