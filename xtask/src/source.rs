//! A Rust file taken apart: code without comments and texts, the comments, the texts, the tests.
//!
//! This is a lexer's worth of Rust and no more. It knows where strings, characters and comments
//! begin and end, so that a check for `todo!` is not set off by a sentence about it; it knows
//! nothing of types or macros.

mod lexer;

/// A Rust file, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path from the root, with slashes.
    pub path: String,
    /// The lines as they are.
    pub raw: Vec<String>,
    /// The lines without comments, and with nothing between quotes.
    pub code: Vec<String>,
    /// The comments of each line.
    pub comments: Vec<String>,
    /// Texts between quotes, with the index of the line that each starts on.
    pub texts: Vec<(usize, String)>,
    /// For each line, whether it is there for tests only.
    pub is_test: Vec<bool>,
    test_modules: Vec<String>,
}

/// Folders, and files without their ending, that hold tests and measurements alone.
const TEST_NAMES: &[&str] = &["tests", "benches"];

impl Source {
    /// Takes a file apart.
    pub fn parse(path: &str, text: &str) -> Self {
        let raw: Vec<String> = text.lines().map(str::to_owned).collect();
        let lexed = lexer::lex(text);
        let whole = path
            .split('/')
            .any(|part| TEST_NAMES.contains(&part.trim_end_matches(".rs")));
        let mut source = Self {
            path: path.to_owned(),
            is_test: vec![whole; lexed.code.len()],
            raw,
            code: lexed.code,
            comments: lexed.comments,
            texts: lexed.texts,
            test_modules: Vec::new(),
        };
        source.mark_test_items();
        source
    }

    /// Marks the files that other files declare as modules for tests.
    pub fn mark_test_modules(sources: &mut [Self]) {
        let stems: Vec<String> = sources
            .iter()
            .flat_map(|source| source.test_modules.clone())
            .collect();
        for source in sources {
            let of_tests = stems.iter().any(|stem| {
                source
                    .path
                    .strip_prefix(stem.as_str())
                    .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
            });
            if of_tests {
                source.is_test.fill(true);
            }
        }
    }

    /// The folder under `crates` that the file is in, or `xtask`.
    pub fn floor(&self) -> &str {
        let mut parts = self.path.split('/');
        match parts.next() {
            Some("crates") => parts.next().unwrap_or_default(),
            Some(first) => first,
            None => "",
        }
    }

    /// The lines of code, from 1, each with whether it is for tests only.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        self.code
            .iter()
            .zip(&self.is_test)
            .enumerate()
            .map(|(index, (code, is_test))| (index + 1, code.as_str(), *is_test))
    }

    /// The lines of code that are in the product.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines()
            .filter(|(_, _, is_test)| !is_test)
            .map(|(number, code, _)| (number, code))
    }

    /// Marks what stands under `#[cfg(test)]`, to the end of the item.
    fn mark_test_items(&mut self) {
        let mut index = 0;
        while index < self.code.len() {
            let line = &self.code[index];
            if !["#[cfg(test)]", "#[cfg(all(test", "#[cfg(any(test"]
                .iter()
                .any(|attribute| line.contains(attribute))
            {
                index += 1;
                continue;
            }
            let (end, module) = end_of_item(&self.code, index);
            self.is_test[index..=end].fill(true);
            if let Some(name) = module {
                self.test_modules.push(module_stem(&self.path, &name));
            }
            index = end + 1;
        }
    }
}

/// The line that an item ends on, and its name if it is a module in a file of its own.
fn end_of_item(code: &[String], start: usize) -> (usize, Option<String>) {
    let mut depth = 0_usize;
    let mut head = String::new();
    for (index, line) in code.iter().enumerate().skip(start) {
        for letter in line.chars() {
            match letter {
                '{' => depth += 1,
                '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return (index, None);
                    }
                }
                ';' if depth == 0 => return (index, module_name(&head)),
                _ if depth == 0 => head.push(letter),
                _ => {}
            }
        }
        head.push(' ');
    }
    (code.len() - 1, None)
}

fn module_name(head: &str) -> Option<String> {
    let (_, name) = head.rsplit_once("mod ")?;
    Some(name.trim().to_owned())
}

/// Where the file of a module is, without its ending.
fn module_stem(parent: &str, module: &str) -> String {
    let stem = parent.trim_end_matches(".rs");
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    match name {
        "lib" | "main" | "mod" => format!("{folder}/{module}"),
        _ => format!("{stem}/{module}"),
    }
}

/// Whether `word` stands in the line as a word, with no letter, digit or `_` at either end.
pub fn contains_word(line: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let starts = word.starts_with(is_part) && before.is_some_and(is_part);
        let ends = word.ends_with(is_part) && after.is_some_and(is_part);
        !starts && !ends
    })
}

#[cfg(test)]
mod tests {
    use super::{Source, contains_word};

    #[test]
    fn what_stands_under_cfg_test_is_for_tests_only() {
        let source = Source::parse(
            "crates/kernel/src/a.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { \"}\" }\n}\nfn c() {}\n",
        );
        assert_eq!(source.is_test, [false, true, true, true, true, false]);
    }

    #[test]
    fn a_module_for_tests_in_a_file_of_its_own_is_for_tests_only() {
        let mut sources = vec![
            Source::parse(
                "crates/kernel/src/a.rs",
                "#[cfg(test)]\nmod cases;\nfn c() {}\n",
            ),
            Source::parse("crates/kernel/src/a/cases.rs", "fn d() {}\n"),
            Source::parse("crates/kernel/src/a/cases_of_law.rs", "fn d() {}\n"),
        ];
        Source::mark_test_modules(&mut sources);
        assert_eq!(sources[0].is_test, [true, true, false]);
        assert_eq!(sources[1].is_test, [true]);
        assert_eq!(sources[2].is_test, [false]);
    }

    #[test]
    fn a_word_is_found_whole_or_not_at_all() {
        for (line, word, expected) in [
            ("use std::fs;", "std::fs", true),
            ("use std::fs::File;", "std::fs", true),
            ("use std::fsync;", "std::fs", false),
            ("let asynchronous = 1;", "async", false),
            ("pub async fn a()", "async", true),
            ("reinvent::var()", "env::", false),
            ("env::var()", "env::", true),
        ] {
            assert_eq!(contains_word(line, word), expected, "{word} in {line}");
        }
    }
}
