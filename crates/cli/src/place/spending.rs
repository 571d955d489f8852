//! What models cost here: one count for the whole data directory, opened once by its process.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use anyhow::{Context as _, Result};
use consort_agents::model::Journal;
use consort_kernel::id::OutcomeId;

use super::Place;

/// The file in the data directory that counts what models cost.
const FILE: &str = "model-spending.jsonl";
/// Amounts are counted in millionths.
const MICRO: u64 = 1_000_000;

impl Place {
    /// What counts the cost of models.
    pub(crate) fn spending(&self) -> Result<Arc<Journal>> {
        let mut opened = self.spending.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(journal) = opened.as_ref() {
            return Ok(Arc::clone(journal));
        }
        let path = self.directory.join(FILE);
        let journal = Journal::open(&path)
            .with_context(|| format!("what models cost is not known: {}", path.display()))?;
        Ok(Arc::clone(opened.insert(Arc::new(journal))))
    }

    /// What the models' work for an outcome comes to, by currency, in millionths of its unit.
    pub(crate) fn model_cost(&self, outcome: OutcomeId) -> Result<BTreeMap<String, u64>> {
        if self.directory.join(FILE).exists() {
            Ok(self.spending()?.of_outcome(outcome))
        } else {
            Ok(BTreeMap::new())
        }
    }
}

/// Amounts as people read them: `0.001200 EUR`.
pub(crate) fn shown(cost: &BTreeMap<String, u64>) -> String {
    let amounts: Vec<String> = cost
        .iter()
        .map(|(currency, micro)| format!("{}.{:06} {currency}", micro / MICRO, micro % MICRO))
        .collect();
    amounts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_to_the_last_millionth() {
        let cost = BTreeMap::from([("EUR".to_owned(), 12_000_034), ("USD".to_owned(), 5)]);
        assert_eq!(shown(&cost), "12.000034 EUR, 0.000005 USD");
    }
}
