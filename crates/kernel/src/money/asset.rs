//! Assets: what an amount is an amount of.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Amount;

/// The longest code of an asset.
const CODE_LENGTH_MAX: usize = 8;

/// A currency (ISO 4217) or a unit of the network's own, with the number of decimal places of its
/// minor unit. The scale of an asset never changes: it is part of its written form, as in `EUR/2`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asset {
    code: [u8; CODE_LENGTH_MAX],
    scale: u8,
}

/// A text that is not an asset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an asset of the form EUR/2: a code of up to eight capitals, then its scale")]
pub struct InvalidAsset(String);

impl Asset {
    /// Practice money: it looks like money and is none.
    pub const PRACTICE: Self = Self {
        code: *b"PRACTICE",
        scale: 2,
    };

    /// The asset with this code and number of decimal places.
    pub fn new(code: &str, scale: u8) -> Result<Self, InvalidAsset> {
        let invalid = || {
            InvalidAsset(format!(
                "{}/{scale}",
                code.chars().take(32).collect::<String>()
            ))
        };
        let letters = code.as_bytes();
        let well_formed = !letters.is_empty()
            && letters.len() <= CODE_LENGTH_MAX
            && letters.iter().all(u8::is_ascii_uppercase)
            && scale <= 9;
        if !well_formed {
            return Err(invalid());
        }
        let mut padded = [0; CODE_LENGTH_MAX];
        padded[..letters.len()].copy_from_slice(letters);
        Ok(Self {
            code: padded,
            scale,
        })
    }

    /// The code, as in `EUR`.
    pub fn code(&self) -> &str {
        let length = self
            .code
            .iter()
            .position(|letter| *letter == 0)
            .unwrap_or(CODE_LENGTH_MAX);
        std::str::from_utf8(&self.code[..length]).expect("codes are ASCII")
    }

    /// Decimal places of the minor unit.
    pub const fn scale(&self) -> u8 {
        self.scale
    }

    /// The amount as people write it, as in `12.50 EUR`.
    pub fn show(&self, amount: Amount) -> String {
        let units = 10_u64.pow(u32::from(self.scale));
        let minor = amount.minor().unsigned_abs();
        let sign = if amount.minor() < 0 { "-" } else { "" };
        let code = if *self == Self::PRACTICE {
            "practice"
        } else {
            self.code()
        };
        if self.scale == 0 {
            return format!("{sign}{minor} {code}");
        }
        let width = usize::from(self.scale);
        format!("{sign}{}.{:0width$} {code}", minor / units, minor % units)
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.code(), self.scale)
    }
}

impl fmt::Debug for Asset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Asset {
    type Err = InvalidAsset;

    fn from_str(text: &str) -> Result<Self, InvalidAsset> {
        let invalid = || InvalidAsset(text.chars().take(64).collect());
        let (code, scale) = text.split_once('/').ok_or_else(invalid)?;
        Self::new(code, scale.parse().map_err(|_| invalid())?)
    }
}

impl Serialize for Asset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Asset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_as_people_write_them() {
        let euro = Asset::new("EUR", 2).unwrap();
        for (minor, shown) in [
            (0, "0.00 EUR"),
            (5, "0.05 EUR"),
            (123_456, "1234.56 EUR"),
            (-250, "-2.50 EUR"),
        ] {
            assert_eq!(euro.show(Amount::from_minor(minor)), shown);
        }
        assert_eq!(
            Asset::PRACTICE.show(Amount::from_minor(100)),
            "1.00 practice"
        );
    }

    #[test]
    fn an_asset_survives_writing_and_reading() {
        for text in ["EUR/2", "JPY/0", "PRACTICE/2", "TOKENS/6"] {
            assert_eq!(text.parse::<Asset>().unwrap().to_string(), text);
        }
        for text in ["EUR", "eur/2", "/2", "TOOLONGCODE/2", "EUR/x", "EUR/12"] {
            assert!(text.parse::<Asset>().is_err(), "{text} was read");
        }
    }
}
