//! The console: what a command writes to and asks at.
//!
//! Results go to the output, progress and questions to the error stream. Progress is shown on a
//! terminal only. Nothing else in this crate writes to either.

use std::borrow::Cow;
use std::io::{self, BufRead, IsTerminal, Write};

/// Where a command writes, and whether somebody is there to be asked.
pub(crate) struct Console {
    /// Results.
    pub(crate) out: Box<dyn Write>,
    /// Progress and questions.
    pub(crate) err: Box<dyn Write>,
    /// Whether a person sits at the terminal.
    pub(crate) interactive: bool,
    /// Whether progress is shown.
    pub(crate) progress: bool,
}

impl Console {
    /// The process's own streams.
    pub(crate) fn of_process() -> Self {
        let seen = io::stderr().is_terminal();
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            interactive: seen && io::stdin().is_terminal(),
            progress: seen,
        }
    }

    /// Writes a line of the result.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", harmless(text))
    }

    /// Whether a person looks at what is told.
    pub(crate) const fn is_watched(&self) -> bool {
        self.progress
    }

    /// Tells the person something that is not part of the result.
    pub(crate) fn tell(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.err, "{}", harmless(text))
    }

    /// Shows how far something is, in place of what was shown before; nothing where nobody looks.
    pub(crate) fn show(&mut self, text: &str) -> io::Result<()> {
        if self.progress {
            write!(self.err, "\r\x1b[2K{}", harmless(text))?;
            self.err.flush()?;
        }
        Ok(())
    }

    /// Ends what `show` has shown.
    pub(crate) fn end_show(&mut self) -> io::Result<()> {
        if self.progress {
            write!(self.err, "\r\x1b[2K")?;
            self.err.flush()?;
        }
        Ok(())
    }

    /// Asks for a line; an empty answer is an answer.
    pub(crate) fn ask(&mut self, question: &str) -> io::Result<String> {
        write!(self.err, "{} ", harmless(question))?;
        self.err.flush()?;
        let mut answer = String::new();
        let read = crate::interrupt::ends_at_once(|| io::stdin().lock().read_line(&mut answer));
        if read? == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the input ended",
            ));
        }
        Ok(answer.trim().to_owned())
    }
}

/// A text that moves no cursor and changes no colour: names of files and words of documents are shown,
/// and a terminal would follow what is hidden in them.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().flat_map(|letter| {
        let escaped = is_harmful(letter).then(|| letter.escape_default());
        let plain = escaped.is_none().then_some(letter);
        escaped.into_iter().flatten().chain(plain)
    });
    Cow::Owned(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_a_terminal_would_follow_is_shown_as_it_is_written() {
        assert_eq!(harmless("a\tb\nc"), "a\tb\nc");
        assert_eq!(harmless("\u{1b}[31mred\r"), "\\u{1b}[31mred\\r");
        assert_eq!(harmless("\u{9b}2J"), "\\u{9b}2J");
    }
}
