//! Tokens for reading quantities: runs of digits, runs of letters, and single signs.
//!
//! It does not decide what a token means, and it is not the tokeniser of running text.

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// ASCII digits.
    Digits,
    /// Letters.
    Word,
    /// One other sign.
    Sign,
}

/// A token with its place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it follows the token before it without a space.
    pub(super) glued: bool,
}

/// A text as tokens, looked at by index; beyond the end there is nothing.
pub(super) struct Tokens<'a> {
    list: Vec<Token<'a>>,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut list: Vec<Token<'a>> = Vec::new();
        let mut letters = text.char_indices().peekable();
        while let Some((start, letter)) = letters.next() {
            if letter.is_whitespace() {
                continue;
            }
            let kind = kind_of(letter);
            let mut end = start + letter.len_utf8();
            if kind != TokenKind::Sign {
                while let Some(&(at, next)) = letters.peek() {
                    if kind_of(next) != kind {
                        break;
                    }
                    end = at + next.len_utf8();
                    letters.next();
                }
            }
            let glued = list.last().is_some_and(|before| before.end == start);
            list.push(Token {
                kind,
                text: &text[start..end],
                start,
                end,
                glued,
            });
        }
        Self { list }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn at(&self, index: usize) -> Option<&Token<'a>> {
        self.list.get(index)
    }

    /// The token before this one.
    pub(super) fn before(&self, index: usize) -> Option<&Token<'a>> {
        index
            .checked_sub(1)
            .and_then(|before| self.list.get(before))
    }

    /// The digits at this index.
    pub(super) fn digits(&self, index: usize) -> Option<&'a str> {
        self.at(index)
            .filter(|token| token.kind == TokenKind::Digits)
            .map(|token| token.text)
    }

    /// The word at this index, in small letters.
    pub(super) fn word(&self, index: usize) -> Option<String> {
        self.at(index)
            .filter(|token| token.kind == TokenKind::Word)
            .map(|token| token.text.to_lowercase())
    }

    /// Whether this sign stands at the index.
    pub(super) fn sign(&self, index: usize, signs: &[char]) -> bool {
        self.at(index).is_some_and(|token| {
            token.kind == TokenKind::Sign && token.text.chars().all(|sign| signs.contains(&sign))
        })
    }

    /// Whether the token at the index follows without a space.
    pub(super) fn glued(&self, index: usize) -> bool {
        self.at(index).is_some_and(|token| token.glued)
    }

    /// Whether these words stand from the index on, whatever their capitals.
    pub(super) fn words(&self, index: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(offset, word)| self.word(index + offset).as_deref() == Some(*word))
    }

    /// Where the tokens before this index end.
    pub(super) fn end_before(&self, index: usize) -> usize {
        self.before(index).map_or(0, |token| token.end)
    }
}

fn kind_of(letter: char) -> TokenKind {
    if letter.is_ascii_digit() {
        TokenKind::Digits
    } else if letter.is_alphabetic() {
        TokenKind::Word
    } else {
        TokenKind::Sign
    }
}
