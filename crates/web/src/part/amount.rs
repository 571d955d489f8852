//! Amounts as programs read them.

use consort_kernel::money::{Amount, Asset};

use crate::server::Failure;

/// An amount without its currency, as in `12.50`.
pub(crate) fn decimal(asset: Asset, amount: Amount) -> String {
    let shown = asset.show(amount);
    shown.split(' ').next().unwrap_or_default().to_owned()
}

/// What a currency is called where an amount of it is asked for.
pub(crate) fn in_which(asset: Asset) -> String {
    if asset == Asset::PRACTICE {
        return "practice money".to_owned();
    }
    asset.code().to_owned()
}

/// The amount that somebody wrote, as in `12.50`.
pub(crate) fn amount(asset: Asset, text: &str) -> Result<Amount, Failure> {
    let scale = usize::from(asset.scale());
    let wrong = || {
        let why = format!("'{text}' is not an amount with {scale} places at the most");
        Failure::Misused(why)
    };
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || places.len() > scale || !is_number(whole) || !is_number(places) {
        return Err(wrong());
    }
    let minor = format!("{whole}{places:0<scale$}").parse();
    minor.map(Amount::from_minor).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_it_is_written() {
        let asset = Asset::new("EUR", 2).unwrap();
        for (text, minor) in [("12.50", 1_250), ("12.5", 1_250), ("0", 0), ("7.", 700)] {
            assert_eq!(amount(asset, text).unwrap(), Amount::from_minor(minor));
        }
        for text in [
            "",
            ".5",
            "1.234",
            "-1",
            "1e3",
            "1,5",
            "99999999999999999999",
        ] {
            assert!(amount(asset, text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_is_written_with_the_places_of_its_currency() {
        for (scale, minor, written) in [(2, 1_250, "12.50"), (0, -7, "-7"), (6, 1, "0.000001")] {
            let asset = Asset::new("EUR", scale).unwrap();
            assert_eq!(decimal(asset, Amount::from_minor(minor)), written);
        }
    }
}
