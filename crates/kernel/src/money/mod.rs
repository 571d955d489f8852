//! Money: integer amounts, accounts, double-entry transfers and exact splits.
//!
//! Consort records money and obligations; it moves no bank money.

mod account;
mod amount;
mod asset;
mod split;
mod transfer;

pub use account::{Account, InvalidAccount};
pub use amount::Amount;
pub use asset::{Asset, InvalidAsset};
pub use split::{Fraction, split, split_slice};
pub use transfer::{Purpose, Transfer};
