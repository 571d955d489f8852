//! The power goes at each change of the disk while a database of an earlier form is brought forward: it is
//! of the earlier form or of the newest one, and what is missing is made when it is opened the next time.

use std::collections::BTreeSet;

use consort_store::sqlite::{DATABASE_FILE, NEWEST_FORM, SqliteStore};
use rusqlite::{Connection, OpenFlags};

use super::disk::{Disk, Trouble};
use super::machine::Machine;
use crate::earlier::{earlier, has_all, sqlite::load};
use crate::fixture::Place;

/// A machine and a folder on it in which there is a database.
struct Kept {
    machine: Machine,
    place: Place,
}

impl Kept {
    fn open(&self) -> Result<SqliteStore, consort_store::StoreError> {
        SqliteStore::open_with(self.place.own(), &self.machine.options())
    }

    /// Speaks to the database directly.
    fn somebody(&self) -> Connection {
        let file = self.place.folder().join(DATABASE_FILE);
        let vfs = self.machine.options().vfs.unwrap();
        Connection::open_with_flags_and_vfs(file, OpenFlags::default(), vfs.as_str()).unwrap()
    }

    fn form(&self) -> u32 {
        let sql = "SELECT max(version) FROM forms";
        self.somebody()
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    }
}

/// How the database of a form was found after a power cut at each change of the disk.
fn found_after_cuts(form: u32) -> Vec<u32> {
    let kept = Kept {
        machine: Machine::new(),
        place: Place::new(),
    };
    load(&kept.somebody(), form);
    let whole: Disk = kept.machine.disk().clone();
    let mut found = Vec::new();
    for number in 1.. {
        kept.machine.disk().clone_from(&whole);
        let trouble = Trouble::PowerGoes { number };
        kept.machine.disk().plan(trouble, number);
        let opened = kept.open();
        let is_done = opened.is_ok();
        drop(opened);
        if !kept.machine.disk().mend() {
            return found;
        }
        kept.machine.disk().come_back(number);
        let left = kept.form();
        assert!(
            left == NEWEST_FORM || (left == form && !is_done),
            "cut {number}: form {left}"
        );
        found.push(left);
        let store = kept.open().unwrap();
        has_all(&store, form);
        assert_eq!(store.integrity_check().unwrap(), [""; 0]);
        drop(store);
        assert_eq!(kept.form(), NEWEST_FORM);
    }
    found
}

#[test]
fn an_upgrade_that_is_cut_off_is_completed_by_the_next_one() {
    for form in earlier() {
        let found = found_after_cuts(form);
        assert!(found.len() > 20, "form {form}: {found:?}");
        let ways: BTreeSet<_> = found.into_iter().collect();
        assert_eq!(ways, BTreeSet::from([form, NEWEST_FORM]));
    }
}
