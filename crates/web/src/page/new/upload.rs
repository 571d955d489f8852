//! What was uploaded: it waits in a folder of its own until it is read, which goes away then.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use consort_engine::Engine;

use super::super::form::SentFile;
use crate::server::Failure;

/// The longest name of a file, in bytes: what every file system takes, with room for a number.
const NAME_BYTES_MAX: usize = 200;

/// A folder with files.
pub(super) struct Upload(PathBuf);

impl Upload {
    /// Puts files into a folder below this one. What a file is called is data; no two get one name.
    pub(super) fn keep(engine: &Engine, below: &Path, files: &[SentFile]) -> Result<Self, Failure> {
        let folder = below.join(format!("{:032x}", engine.random()?));
        let broken = |error: std::io::Error| {
            tracing::error!("{}: {error}", below.display());
            Failure::Broken
        };
        std::fs::create_dir_all(&folder).map_err(broken)?;
        let upload = Self(folder);
        let mut taken = BTreeSet::new();
        for file in files {
            let path = upload.0.join(named(&file.name, &mut taken));
            file.received.move_to(&path)?;
        }
        Ok(upload)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // What cannot be removed lies in a folder of its own and is read by nobody.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// The name that an uploaded file gets: it leads nowhere, and no two have the same.
pub(in crate::page) fn named(name: &str, taken: &mut BTreeSet<String>) -> String {
    free(&plain(name), taken)
}

/// A name that leads nowhere: its last part, without what could hide it.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |letter: &char| {
        letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | ' ' | '(' | ')')
    };
    let kept: String = last.chars().filter(is_plain).collect();
    let kept = kept.trim_start_matches(['.', ' ']);
    if kept.is_empty() {
        return "file".to_owned();
    }
    let (stem, ending) = parts(kept);
    let mut end = stem.len().min(NAME_BYTES_MAX.saturating_sub(ending.len()));
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", &stem[..end])
}

/// A name without its ending, and the ending with its dot; a long one is none.
fn parts(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 16 => name.split_at(at),
        Some(_) | None => (name, ""),
    }
}

/// The name, with a number where it is taken; two that differ by case alone are one on many systems.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let (stem, ending) = parts(name);
    let mut free = name.to_owned();
    let mut number = 1;
    while !taken.insert(free.to_lowercase()) {
        number += 1;
        free = format!("{stem} ({number}){ending}");
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_an_uploaded_file_leads_anywhere() {
        for (name, kept) in [
            ("offer.pdf", "offer.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a b.txt", "a b.txt"),
            ("..", "file"),
            (".hidden", "hidden"),
            ("x\0y/", "file"),
        ] {
            assert_eq!(plain(name), kept);
        }
        let long = plain(&format!("{}.docx", "\u{e4}".repeat(400)));
        assert!(
            long.len() <= NAME_BYTES_MAX && long.ends_with("\u{e4}.docx"),
            "{long}"
        );
    }

    #[test]
    fn no_two_files_get_one_name() {
        let mut taken = BTreeSet::new();
        let names = ["a.txt", "A.txt", "a.txt", "b"].map(|name| named(name, &mut taken));
        assert_eq!(names, ["a.txt", "A (2).txt", "a (3).txt", "b"]);
    }
}
