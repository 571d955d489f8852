//! Amounts as programs read them.

use consort_kernel::money::{Amount, Asset};

/// An amount without its currency, as in `12.50`.
pub(crate) fn decimal(asset: Asset, amount: Amount) -> String {
    let shown = asset.show(amount);
    shown.split(' ').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_with_the_places_of_its_currency() {
        for (scale, minor, written) in [(2, 1_250, "12.50"), (0, -7, "-7"), (6, 1, "0.000001")] {
            let asset = Asset::new("EUR", scale).unwrap();
            assert_eq!(decimal(asset, Amount::from_minor(minor)), written);
        }
    }
}
