//! The contract of every store, run on each of them, and what each database promises beyond it.
//!
//! A contract is a function of an empty store whose name says what holds. Another store joins by
//! another `run_on!`.

#![expect(
    clippy::unwrap_used,
    reason = "what stands in the way of a test fails it, in its helpers too"
)]

mod commit;
mod credential;
mod earlier;
mod expansion;
mod fault;
mod fixture;
mod lease;
mod listing;
mod model;
mod money;
mod notice;
mod pass;
mod picture;
#[cfg_attr(not(feature = "postgres"), path = "absent.rs")]
mod postgres;
mod rebuild;
mod record;
mod remark;
mod sqlite;
mod transient;
mod view;
mod waiting;
mod webhook;

use std::sync::Arc;

use consort_store::Store;
use consort_store::memory::MemoryStore;

use fixture::Place;

/// The server is started as everybody's tests start it. The kit itself stands above this floor, and
/// would have to be built before the store's own tests.
#[cfg(feature = "postgres")]
#[path = "../../../testkit/src/postgres.rs"]
#[expect(unreachable_pub, reason = "it is public where it stands")]
mod server;

/// Runs every contract on the stores that `$open` makes.
macro_rules! run_on {
    ($store:ident, $open:expr, { $($module:ident: $($name:ident)+;)+ }) => {
        mod $store {
            use super::*;
            $($(
                #[test]
                fn $name() {
                    let open = $open;
                    let opened: Option<(Arc<dyn Store>, Option<Place>)> = open();
                    if let Some((store, _place)) = opened {
                        $module::$name(store.as_ref());
                    }
                }
            )+)+
        }
    };
}

macro_rules! run_everywhere {
    ($contracts:tt) => {
        run_on!(
            on_memory,
            || Some((Arc::new(MemoryStore::new()) as Arc<dyn Store>, None)),
            $contracts
        );
        run_on!(
            on_sqlite,
            || {
                let place = Place::new();
                Some((Arc::new(place.open()) as Arc<dyn Store>, Some(place)))
            },
            $contracts
        );
        run_on!(
            on_postgres,
            || postgres::new_store().map(|store| (Arc::new(store) as Arc<dyn Store>, None)),
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
        a_fence_never_goes_back
        the_time_of_a_stream_never_goes_back
        an_empty_write_set_changes_nothing;
    lease:
        a_lease_is_granted_and_ended
        a_task_has_one_lease_at_a_time
        the_number_of_a_lease_only_grows
        only_the_latest_lease_is_ended
        a_lease_that_is_over_may_be_ended_again
        a_heartbeat_extends_only_the_current_lease
        a_late_heartbeat_takes_no_time_away
        heartbeats_are_extended_together
        the_last_lease_of_each_task_is_listed;
    listing:
        states_are_loaded_as_they_are_asked_for
        states_are_listed_by_kind_parent_and_status
        pages_of_states_follow_on
        a_list_that_goes_backwards_is_the_same_from_its_end
        states_are_counted_by_kind_and_status
        a_state_that_changed_is_listed_anew;
    money:
        balances_are_the_sum_of_transfers
        an_account_that_can_run_dry_never_goes_below_zero
        cover_is_counted_within_the_commit
        a_transfer_moves_something_somewhere
        nothing_is_paid_that_nobody_accepted
        a_task_is_paid_once
        a_payout_comes_out_of_the_hold_of_its_task
        assets_stand_apart_and_keep_their_scale
        a_balance_that_does_not_fit_is_refused
        transfers_are_listed_in_order_and_by_outcome
        a_task_is_accepted_once
        what_is_accepted_was_handed_in_under_the_last_lease
        acceptances_are_listed_in_the_order_of_their_tasks;
    rebuild:
        a_rebuild_replaces_the_body_of_a_state
        a_rebuild_of_another_version_is_refused_as_a_whole
        rebuilt_timers_take_the_place_of_all;
    record:
        the_feed_is_in_order_and_has_no_gaps
        a_history_is_that_of_one_stream
        the_log_is_what_its_leaves_come_to
        a_snapshot_stays_as_it_was
        all_receipts_are_listed_in_order
        a_checkpoint_agrees_with_the_log;
    waiting:
        timers_are_due_in_their_order
        a_timer_takes_the_place_of_the_one_before
        timers_are_set_and_cleared_in_order
        a_timer_fires_in_one_commit
        a_timer_is_due_later_if_it_still_stands
        reactions_wait_in_order_until_they_are_done
        a_reaction_is_handled_by_one_commit
        messages_wait_until_they_are_delivered
        the_place_of_a_message_is_not_given_again;
});
