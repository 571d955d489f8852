//! Tells code, comments and texts of a Rust file apart.

/// What the lines of a file consist of.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// Code, with nothing between quotes.
    pub(super) code: Vec<String>,
    /// Comments, with what begins them.
    pub(super) comments: Vec<String>,
    /// Texts, with the index of the line that each starts on.
    pub(super) texts: Vec<(usize, String)>,
}

/// Takes the text of a file apart.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        letters: text.chars().collect(),
        at: 0,
        lexed: Lexed::default(),
    };
    lexer.start_line();
    while lexer.at < lexer.letters.len() {
        lexer.step();
    }
    if text.ends_with('\n') || text.is_empty() {
        lexer.lexed.code.pop();
        lexer.lexed.comments.pop();
    }
    lexer.lexed
}

struct Lexer {
    letters: Vec<char>,
    at: usize,
    lexed: Lexed,
}

impl Lexer {
    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => self.line_comment(),
            ('/', '*') => self.block_comment(),
            ('"', _) => self.quoted(),
            ('r', '"' | '#') if self.raw_hashes().is_some() => self.raw_quoted(),
            ('\'', _) => self.character_or_lifetime(),
            ('\n', _) => {
                self.start_line();
                self.at += 1;
            }
            (letter, _) => {
                self.push_code(letter);
                self.at += 1;
            }
        }
    }

    fn line_comment(&mut self) {
        while self.at < self.letters.len() && self.peek(0) != '\n' {
            self.take_comment();
        }
    }

    /// Block comments nest in Rust.
    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.letters.len() {
            let pair = (self.peek(0), self.peek(1));
            match pair {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.take_comment();
                    continue;
                }
            }
            self.take_comment();
            self.take_comment();
            if depth == 0 {
                return;
            }
        }
    }

    fn quoted(&mut self) {
        self.begin_text();
        self.at += 1;
        while self.at < self.letters.len() && self.peek(0) != '"' {
            if self.peek(0) == '\\' {
                self.take_text();
            }
            self.take_text();
        }
        self.at += 1;
    }

    fn raw_quoted(&mut self) {
        let hashes = self.raw_hashes().unwrap_or(0);
        self.begin_text();
        self.at += 2 + hashes;
        while self.at < self.letters.len() {
            let ends = self.peek(0) == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == '#');
            if ends {
                break;
            }
            self.take_text();
        }
        self.at += 1 + hashes;
    }

    /// How many `#` the raw text that starts here has; nothing if none starts here.
    fn raw_hashes(&self) -> Option<usize> {
        let code = self.lexed.code.last().map_or("", String::as_str);
        let mut before = code.chars().rev();
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        match before.next() {
            Some('b' | 'c') if before.next().is_some_and(is_part) => return None,
            Some('b' | 'c') | None => {}
            Some(letter) if is_part(letter) => return None,
            Some(_) => {}
        }
        let rest = self.letters.iter().skip(self.at + 1);
        let hashes = rest.take_while(|letter| **letter == '#').count();
        (self.peek(1 + hashes) == '"').then_some(hashes)
    }

    fn character_or_lifetime(&mut self) {
        let is_escape = self.peek(1) == '\\';
        if !is_escape && self.peek(2) != '\'' {
            self.push_code('\'');
            self.at += 1;
            return;
        }
        self.push_code('\'');
        self.push_code('\'');
        // The opening quote and the letter, or the backslash and what it escapes.
        self.at += if is_escape { 3 } else { 2 };
        while self.at < self.letters.len() && self.peek(0) != '\'' {
            self.at += 1;
        }
        self.at += 1;
    }

    fn begin_text(&mut self) {
        self.push_code('"');
        self.push_code('"');
        let line = self.lexed.code.len() - 1;
        self.lexed.texts.push((line, String::new()));
    }

    fn take_text(&mut self) {
        let letter = self.peek(0);
        if letter == '\n' {
            self.start_line();
        }
        if let Some((_, text)) = self.lexed.texts.last_mut() {
            text.push(letter);
        }
        self.at += 1;
    }

    fn take_comment(&mut self) {
        let letter = self.peek(0);
        if letter == '\n' {
            self.start_line();
        } else if let Some(comment) = self.lexed.comments.last_mut() {
            comment.push(letter);
        }
        self.at += 1;
    }

    fn push_code(&mut self, letter: char) {
        if let Some(line) = self.lexed.code.last_mut() {
            line.push(letter);
        }
    }

    fn start_line(&mut self) {
        self.lexed.code.push(String::new());
        self.lexed.comments.push(String::new());
    }

    fn peek(&self, ahead: usize) -> char {
        self.letters.get(self.at + ahead).copied().unwrap_or('\0')
    }
}

#[cfg(test)]
mod tests {
    use super::lex;

    #[test]
    fn code_comments_and_texts_are_told_apart() {
        for (text, code, comments, texts) in [
            (
                "a(); // b \"c\"\n",
                vec!["a(); "],
                vec!["// b \"c\""],
                vec![],
            ),
            ("a(\"// b\");\n", vec!["a(\"\");"], vec![""], vec!["// b"]),
            ("a(\"\\\"b\");", vec!["a(\"\");"], vec![""], vec!["\\\"b"]),
            ("a(r#\"\"b\"#);\n", vec!["a(\"\");"], vec![""], vec!["\"b"]),
            ("a(br\"\\\");\n", vec!["a(b\"\");"], vec![""], vec!["\\"]),
            (
                "r#fn('\"', '\\'', '\\u{7f}');\n",
                vec!["r#fn('', '', '');"],
                vec![""],
                vec![],
            ),
            (
                "fn a<'b>(c: &'b str) {}\n",
                vec!["fn a<'b>(c: &'b str) {}"],
                vec![""],
                vec![],
            ),
            (
                "/* a /* b */\nc */ d\n",
                vec!["", " d"],
                vec!["/* a /* b */", "c */"],
                vec![],
            ),
            (
                "a(\"b\nc\");\n",
                vec!["a(\"\"", ");"],
                vec!["", ""],
                vec!["b\nc"],
            ),
        ] {
            let lexed = lex(text);
            assert_eq!(lexed.code, code, "the code of {text}");
            assert_eq!(lexed.comments, comments, "the comments of {text}");
            let found: Vec<&str> = lexed.texts.iter().map(|(_, text)| text.as_str()).collect();
            assert_eq!(found, texts, "the texts of {text}");
        }
    }

    #[test]
    fn a_file_that_ends_in_the_middle_is_read_to_its_end() {
        for text in ["\"a", "r#\"a", "/* a", "'\\", "'", "// a", "a\n\"b\\"] {
            assert_eq!(lex(text).code.len(), text.lines().count(), "{text}");
        }
    }
}
