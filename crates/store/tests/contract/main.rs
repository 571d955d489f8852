//! The contract of every store, run on each of them, and what SQLite promises beyond it.
//!
//! A contract is a function of an empty store whose name says what holds. Another store joins by
//! another `run_on!`.

mod commit;
mod fixture;
mod picture;

use std::sync::Arc;

use consort_store::Store;
use consort_store::memory::MemoryStore;

use fixture::Place;

/// Runs every contract on the stores that `$open` makes.
macro_rules! run_on {
    ($store:ident, $open:expr, { $($module:ident: $($name:ident)+;)+ }) => {
        mod $store {
            use super::*;
            $($(
                #[test]
                fn $name() {
                    let open = $open;
                    let (store, _place): (Arc<dyn Store>, Option<Place>) = open();
                    $module::$name(store.as_ref());
                }
            )+)+
        }
    };
}

macro_rules! run_everywhere {
    ($contracts:tt) => {
        run_on!(
            on_memory,
            || (Arc::new(MemoryStore::new()) as Arc<dyn Store>, None),
            $contracts
        );
        run_on!(
            on_sqlite,
            || {
                let place = Place::new();
                (Arc::new(place.open()) as Arc<dyn Store>, Some(place))
            },
            $contracts
        );
    };
}

run_everywhere!({
    commit:
        what_was_committed_is_read_back
        a_row_that_was_not_as_it_was_read_is_named
        a_guarded_row_whose_fence_moved_is_named
        a_guarded_row_may_change_in_what_does_not_matter
        a_receipt_that_exists_is_named
        everything_that_moved_is_named_at_once
        a_command_of_another_principal_is_another_command
        a_commit_that_is_refused_leaves_nothing_behind
        a_second_writer_with_an_old_picture_writes_nothing
        a_commit_for_another_epoch_is_fenced_off
        an_identity_is_given_once
        a_write_set_that_contradicts_itself_is_refused
        an_empty_write_set_changes_nothing;
});
