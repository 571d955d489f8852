//! Reading a patch in the unified form: which files it changes, and line by line how.
//!
//! It is read to be shown. Whether it applies is for Git to say.

/// How one file is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed<'a> {
    /// Its path after the change, or before where it is deleted.
    pub path: &'a str,
    /// How many lines are added.
    pub added: usize,
    /// How many lines are taken away.
    pub removed: usize,
    /// What stands in the patch about it.
    pub lines: Vec<Line<'a>>,
}

/// A line of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// Where in the file what follows stands.
    Hunk(&'a str),
    /// A line that is added.
    Added(&'a str),
    /// A line that is taken away.
    Removed(&'a str),
    /// A line that stays.
    Kept(&'a str),
    /// Anything else, such as a change of its mode or that it is no text.
    Note(&'a str),
}

/// How many lines of the old and the new file a hunk still has.
#[derive(Debug, Default, Clone, Copy)]
struct Left {
    old: usize,
    new: usize,
}

/// The files that a patch changes, in its order.
pub fn read(text: &str) -> Vec<Changed<'_>> {
    let mut files: Vec<Changed<'_>> = Vec::new();
    let mut left = Left::default();
    let mut before = "";
    for line in text.lines() {
        if left.old + left.new > 0
            && let Some(file) = files.last_mut()
        {
            take(file, &mut left, line);
        } else if let Some(paths) = line.strip_prefix("diff --git ") {
            let path = paths.rsplit_once(" b/").map_or(paths, |(_, path)| path);
            files.push(begun(path));
        } else if let Some(path) = line.strip_prefix("--- ") {
            before = named(path);
        } else if let Some(path) = line.strip_prefix("+++ ") {
            let after = named(path);
            let path = if after == "/dev/null" { before } else { after };
            match files.last_mut() {
                // The header of Git's has named it already, unless there is none.
                Some(file) if file.added + file.removed == 0 && !has_hunk(file) => {
                    file.path = path;
                }
                Some(_) | None => files.push(begun(path)),
            }
        } else if let Some(counts) = hunk(line) {
            left = counts;
            if let Some(file) = files.last_mut() {
                file.lines.push(Line::Hunk(line));
            }
        } else if let Some(file) = files.last_mut()
            && !line.starts_with("index ")
        {
            file.lines.push(Line::Note(line));
        }
    }
    files
}

const fn begun(path: &str) -> Changed<'_> {
    Changed {
        path,
        added: 0,
        removed: 0,
        lines: Vec::new(),
    }
}

fn has_hunk(file: &Changed<'_>) -> bool {
    file.lines.iter().any(|line| matches!(line, Line::Hunk(_)))
}

/// A path as a header writes it, without the side that it is on and without a date.
fn named(path: &str) -> &str {
    let path = path.split('\t').next().unwrap_or(path);
    let side = path.strip_prefix("a/").or_else(|| path.strip_prefix("b/"));
    side.unwrap_or(path)
}

/// The counts of `@@ -1,2 +3,4 @@`; one that is left out is 1.
fn hunk(line: &str) -> Option<Left> {
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let count = |range: &str| match range.split_once(',') {
        Some((_, count)) => count.parse().ok(),
        None => Some(1),
    };
    Some(Left {
        old: count(old)?,
        new: count(new)?,
    })
}

fn take<'a>(file: &mut Changed<'a>, left: &mut Left, line: &'a str) {
    let mut chars = line.chars();
    let kind = chars.next();
    let text = chars.as_str();
    match kind {
        Some('+') => {
            left.new = left.new.saturating_sub(1);
            file.added += 1;
            file.lines.push(Line::Added(text));
        }
        Some('-') => {
            left.old = left.old.saturating_sub(1);
            file.removed += 1;
            file.lines.push(Line::Removed(text));
        }
        Some('\\') => file.lines.push(Line::Note(line)),
        Some(_) | None => {
            left.old = left.old.saturating_sub(1);
            left.new = left.new.saturating_sub(1);
            file.lines.push(Line::Kept(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "diff --git a/src/one.rs b/src/one.rs\nindex 1..2 100644\n--- a/src/one.rs\n\
        +++ b/src/one.rs\n@@ -1,3 +1,3 @@ fn one() {\n kept\n--- old\n+++ new\n\n\
        diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\n--- a/gone.txt\n+++ /dev/null\n\
        @@ -1 +0,0 @@\n-bye\n\\ No newline at end of file\n";

    #[test]
    fn a_patch_is_read_file_by_file_and_line_by_line() {
        let files = read(PATCH);
        let shown: Vec<_> = files
            .iter()
            .map(|it| (it.path, it.added, it.removed))
            .collect();
        assert_eq!(shown, [("src/one.rs", 1, 1), ("gone.txt", 0, 1)]);
        // Lines that look like headers are lines of the file as long as the hunk lasts.
        assert_eq!(
            files[0].lines,
            [
                Line::Hunk("@@ -1,3 +1,3 @@ fn one() {"),
                Line::Kept("kept"),
                Line::Removed("-- old"),
                Line::Added("++ new"),
                Line::Kept(""),
            ]
        );
        assert_eq!(
            files[1].lines.last(),
            Some(&Line::Note("\\ No newline at end of file"))
        );
    }

    #[test]
    fn a_patch_without_gits_headers_is_read_too() {
        let files = read("--- a/x\t2026-01-01\n+++ b/x\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n");
        assert_eq!(files.len(), 1);
        assert_eq!(
            (files[0].path, files[0].added, files[0].removed),
            ("x", 1, 1)
        );
    }

    #[test]
    fn whatever_is_no_patch_changes_nothing() {
        for text in [
            "",
            "hello",
            "@@ -1,9999999999999999999999 +1 @@\n+x",
            "+++ ",
        ] {
            assert!(read(text).iter().all(|file| file.added == 0), "{text}");
        }
    }
}
