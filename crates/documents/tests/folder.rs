//! How a folder is walked, and what is said of what is not read.

use std::fs;
use std::path::{Path, PathBuf};

use consort_documents::folder::{
    DEPTH_MAX, FolderFault, FolderReading, Inventory, SkipReason, Step,
};
use consort_documents::{FILE_BYTES_MAX, Unreadable};

/// A folder of its own for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("our own files are in order");
        Self(path)
    }

    fn with(self, name: &str, text: &str) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("our own files are in order"))
            .expect("our own files are in order");
        fs::write(path, text).expect("our own files are in order");
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn check(path: &Path) -> (Vec<String>, Vec<String>) {
    let inventory = Inventory::of(path).expect("our own files are in order");
    let read = inventory
        .read
        .into_iter()
        .map(|file| file.document.name)
        .collect();
    (
        read,
        inventory.skipped.iter().map(ToString::to_string).collect(),
    )
}

#[test]
fn files_are_read_in_the_order_of_their_names() {
    let folder = Folder::new("order")
        .with("b.txt", "b")
        .with("a/z.md", "z")
        .with("a/b.txt", "ab");
    assert_eq!(check(&folder.0).0, ["a/b.txt", "a/z.md", "b.txt"]);
}

#[test]
fn a_single_file_can_be_given_instead_of_a_folder() {
    let folder = Folder::new("single")
        .with("one.txt", "one")
        .with("two.txt", "two");
    assert_eq!(check(&folder.0.join("one.txt")).0, ["one.txt"]);
}

#[test]
fn hidden_files_and_junk_are_passed_over_without_a_word() {
    let folder = Folder::new("junk")
        .with(".hidden", "x")
        .with(".git/config", "x")
        .with("Thumbs.db", "x")
        .with("~$open.docx", "x")
        .with("__MACOSX/a.txt", "x")
        .with("a.txt~", "x")
        .with("kept.txt", "x");
    assert_eq!(check(&folder.0), (vec!["kept.txt".to_owned()], Vec::new()));
}

#[test]
fn the_same_content_is_read_once() {
    let folder = Folder::new("same")
        .with("a.txt", "one")
        .with("b.txt", "one")
        .with("c.md", "one");
    let (read, skipped) = check(&folder.0);
    assert_eq!(read, ["a.txt"]);
    assert_eq!(
        skipped,
        [
            "b.txt: same content as a.txt",
            "c.md: same content as a.txt"
        ]
    );
}

#[test]
fn what_cannot_be_read_is_reported_with_its_reason() {
    let folder = Folder::new("reasons").with("a.txt", "").with("b.txt", "");
    let skipped = check(&folder.0).1;
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    assert!(
        skipped.iter().all(|line| line.contains("it is empty")),
        "{skipped:?}"
    );
}

#[test]
fn a_reading_says_how_far_it_is() {
    let folder = Folder::new("progress")
        .with("a.txt", "one")
        .with("b.txt", "")
        .with("c.txt", "two");
    let mut reading = FolderReading::open(&folder.0).expect("our own files are in order");
    assert_eq!(
        (reading.len(), reading.waiting()[0].name.as_str()),
        (3, "a.txt")
    );
    assert!(matches!(reading.next(), Some(Step::Read(file)) if *file.bytes == *b"one"));
    assert!(matches!(reading.next(), Some(Step::Skipped(file)) if file.name == "b.txt"));
    assert_eq!(reading.len(), 1);
}

#[test]
fn a_missing_folder_is_a_fault() {
    let folder = Folder::new("missing");
    let fault = Inventory::of(&folder.0.join("nowhere")).expect_err("it cannot be read");
    assert!(matches!(fault, FolderFault::Missing(_)), "{fault}");
}

#[test]
fn folders_that_lie_too_deep_are_reported() {
    let deep = vec!["d"; DEPTH_MAX].join("/");
    let folder = Folder::new("deep")
        .with(&format!("{deep}/a.txt"), "x")
        .with("b.txt", "x");
    let inventory = Inventory::of(&folder.0).expect("our own files are in order");
    assert_eq!(inventory.read.len(), 1);
    assert_eq!(inventory.skipped[0].reason, SkipReason::TooDeep(DEPTH_MAX));
}

#[test]
fn a_file_that_is_too_large_is_reported_and_not_read() {
    let folder = Folder::new("large");
    let file = fs::File::create(folder.0.join("a.txt")).expect("our own files are in order");
    file.set_len(FILE_BYTES_MAX + 1)
        .expect("our own files are in order");
    let reason = Inventory::of(&folder.0)
        .expect("our own files are in order")
        .skipped
        .remove(0)
        .reason;
    let expected = Unreadable::TooLarge {
        bytes: FILE_BYTES_MAX + 1,
        limit: FILE_BYTES_MAX,
    };
    assert_eq!(reason, SkipReason::Unreadable(expected));
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_folder_only_and_circles_end() {
    use std::os::unix::fs::symlink;
    let outside = Folder::new("outside").with("secret.txt", "secret");
    let folder = Folder::new("links").with("a/real.txt", "real");
    symlink(outside.0.join("secret.txt"), folder.0.join("b.txt"))
        .expect("our own files are in order");
    symlink(&outside.0, folder.0.join("c")).expect("our own files are in order");
    symlink(&folder.0, folder.0.join("a/circle")).expect("our own files are in order");
    symlink(folder.0.join("gone.txt"), folder.0.join("d.txt")).expect("our own files are in order");
    let inventory = Inventory::of(&folder.0).expect("our own files are in order");
    let names = inventory
        .read
        .iter()
        .map(|file| file.document.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["a/real.txt"]);
    let reasons = inventory
        .skipped
        .iter()
        .map(|file| (file.name.as_str(), &file.reason));
    let reasons = reasons.collect::<Vec<_>>();
    assert_eq!(reasons[0], ("b.txt", &SkipReason::LeadsOutside));
    assert_eq!(reasons[1], ("c", &SkipReason::LeadsOutside));
    assert!(matches!(reasons[2], ("d.txt", SkipReason::Refused(_))));
}
