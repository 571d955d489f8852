//! What the store on SQLite promises beyond the contract.

mod backup;
mod disk;
mod failing;
mod flaw;
mod form;
mod hostile;
mod ownership;
mod reopen;

use consort_kernel::money::{Account, Purpose};
use consort_store::{Store, WriteSet};

use crate::commit::everything;
use crate::fixture::{OUTCOME, add_change, change, done, grant, stream, task, transfer};

/// A store in which task 1 was paid, task 2 is held under lease 3 and task 3 is new; 15 lie in
/// escrow, 20 in the hold of task 2 and 5 in that of task 1.
pub(crate) fn populate(store: &dyn Store) {
    done(store, &everything());
    done(store, &second());
}

/// What happens after [`everything`]: task 2 is held under lease 3, and task 3 is new.
fn second() -> WriteSet {
    let mut set = change(stream(2), 0, 2);
    add_change(&mut set, stream(3), 0, 1);
    let escrow = Account::Escrow(OUTCOME);
    set.leases = vec![grant(2, 3, 100)];
    set.transfers = vec![
        transfer((2, 1, 0), Purpose::Hold, escrow, Account::Hold(task(2)), 20),
        transfer((2, 1, 1), Purpose::Hold, escrow, Account::Hold(task(1)), 5),
    ];
    set
}
