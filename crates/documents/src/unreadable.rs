//! Why a file could not be read, in words that tell a person what is wrong and what to do.

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is no text in it.
    #[error("it is empty; check whether the right file was saved")]
    Empty,
    /// A PDF that consists of pictures of pages.
    #[error(
        "it seems to be scanned: it has no text layer; run it through text recognition (OCR) first"
    )]
    Scanned,
    /// A PDF whose fonts do not say which letters they draw.
    #[error(
        "its fonts do not say which letters they draw; run it through text recognition (OCR) first"
    )]
    UnknownLetters,
    /// It needs a password.
    #[error("it is protected by a password; save a copy without one")]
    Encrypted,
    /// It is not one of the formats that are read here.
    #[error(
        "it is {0}, which is not read here; save it as PDF, DOCX, XLSX, CSV, HTML, Markdown or text"
    )]
    Unsupported(&'static str),
    /// The bytes are no text that can be told.
    #[error(
        "its bytes are not text in an encoding that can be told (UTF-8, UTF-16, Windows-1252); \
         check the file, or save it as UTF-8"
    )]
    NotText,
    /// The file breaks the rules of its format.
    #[error("it is damaged ({0}); open it in its own program and save it again")]
    Damaged(String),
    /// The file is bigger than what is read.
    #[error("it has {bytes} bytes, and at most {limit} are read; split it")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The size up to which files are read.
        limit: u64,
    },
    /// What is packed in the file is out of all proportion.
    #[error(
        "unpacked it holds more than {0}; that is unusual and may be an attack; ask its sender"
    )]
    Bomb(&'static str),
    /// It is nested deeper than documents are.
    #[error("it is nested deeper than {0} levels, as documents are not; ask its sender")]
    TooDeep(usize),
    /// The reader gave up.
    #[error("it could not be read within {0} milliseconds; save it anew, or split it")]
    TookTooLong(u64),
    /// The reader failed: our fault or a library's, but the file's content leads there.
    #[error("it is built in a way that the reader fails at; save it anew, or as another format")]
    ReaderFailed,
}

impl Unreadable {
    /// Damage, with what was found.
    pub(crate) fn damaged(what: impl std::fmt::Display) -> Self {
        // A parser's message may quote the file; a reason stays one short line.
        let what = crate::fold::fold(&what.to_string());
        Self::Damaged(what.chars().take(120).collect())
    }
}
