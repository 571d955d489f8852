//! Money in memory: cover, payouts once, and balances folded from transfers.

use std::collections::BTreeMap;

use consort_kernel::effect::Acceptance;
use consort_kernel::id::TaskId;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;

use super::content::{Balances, Content};
use crate::StoreError;
use crate::rules::{is_payout, refused};
use crate::write::{TransferWrite, WriteSet};

/// What a write set's transfers change.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// New balances of the guarded accounts that moved.
    guarded: Balances,
    scales: BTreeMap<String, u8>,
    paid: BTreeMap<TaskId, (StreamId, u64)>,
}

/// What the transfers of the set come to, or why they are refused.
pub(super) fn move_money(content: &Content, set: &WriteSet) -> Result<Moved, StoreError> {
    let mut moved = Moved::default();
    for write in &set.transfers {
        let transfer = &write.transfer;
        keep_scale(content, &mut moved, transfer.asset)?;
        if is_payout(transfer.purpose) {
            pay_once(content, &mut moved, &set.acceptances, write)?;
        }
        change(
            content,
            &mut moved,
            (transfer.from, transfer.asset),
            |balance| {
                balance
                    .checked_sub(transfer.amount)
                    .filter(|left| *left >= Amount::ZERO)
            },
        )?;
        change(
            content,
            &mut moved,
            (transfer.to, transfer.asset),
            |balance| balance.checked_add(transfer.amount),
        )?;
    }
    Ok(moved)
}

/// Makes what was found to be allowed.
pub(super) fn apply(content: &mut Content, moved: Moved) {
    for ((account, asset), balance) in moved.guarded {
        if matches!(account, Account::Hold(_)) && balance == Amount::ZERO {
            content.guarded.remove(&(account, asset));
        } else {
            content.guarded.insert((account, asset), balance);
        }
    }
    content.scales.extend(moved.scales);
    content.paid.extend(moved.paid);
}

/// The balance of every account that ever moved.
pub(super) fn fold(transfers: &[TransferWrite]) -> Result<Balances, StoreError> {
    let overflow = || StoreError::Damaged("the sum of an account does not fit".to_owned());
    let mut balances = Balances::new();
    for write in transfers {
        let transfer = &write.transfer;
        let from = balances.entry((transfer.from, transfer.asset)).or_default();
        *from = from.checked_sub(transfer.amount).ok_or_else(overflow)?;
        let to = balances.entry((transfer.to, transfer.asset)).or_default();
        *to = to.checked_add(transfer.amount).ok_or_else(overflow)?;
    }
    Ok(balances)
}

fn keep_scale(content: &Content, moved: &mut Moved, asset: Asset) -> Result<(), StoreError> {
    let known = content
        .scales
        .get(asset.code())
        .or_else(|| moved.scales.get(asset.code()));
    match known {
        Some(scale) if *scale != asset.scale() => Err(refused(format!(
            "the scale of an asset never changes, and {} has {scale}",
            asset.code()
        ))),
        Some(_) => Ok(()),
        None => {
            moved.scales.insert(asset.code().to_owned(), asset.scale());
            Ok(())
        }
    }
}

fn pay_once(
    content: &Content,
    moved: &mut Moved,
    accepted_now: &[Acceptance],
    write: &TransferWrite,
) -> Result<(), StoreError> {
    let Some(task) = write.transfer.task else {
        return Err(refused("a payout belongs to a task"));
    };
    let accepted = content.acceptances.contains_key(&task)
        || accepted_now
            .iter()
            .any(|acceptance| acceptance.task == task);
    if !accepted {
        return Err(refused("nothing is paid that nobody accepted"));
    }
    let event = (write.stream, write.version);
    let payer = content.paid.get(&task).or_else(|| moved.paid.get(&task));
    if payer.is_some_and(|payer| *payer != event) {
        return Err(refused("a task is paid once"));
    }
    moved.paid.insert(task, event);
    Ok(())
}

fn change(
    content: &Content,
    moved: &mut Moved,
    key: (Account, Asset),
    change: impl Fn(Amount) -> Option<Amount>,
) -> Result<(), StoreError> {
    if !key.0.is_guarded() {
        return Ok(());
    }
    let before = moved
        .guarded
        .get(&key)
        .or_else(|| content.guarded.get(&key));
    let after = change(before.copied().unwrap_or_default())
        .ok_or_else(|| refused(format!("{} would go below zero, or overflow", key.0)))?;
    moved.guarded.insert(key, after);
    Ok(())
}
