//! Where a person's money goes once it leaves the network. They say it themselves; it is kept apart from events, which
//! hold a commitment to it.

use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::contributor::ContributorCommand;
use consort_kernel::id::ContributorId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Engine, EngineError};

/// What the words are called where they are kept.
const FIELD: &str = "payout";

/// Where somebody's money goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutDetails {
    /// The account, in the words of whoever keeps it: for a bank, an IBAN (ISO 13616).
    pub account: String,
    /// Whose account it is.
    pub holder: String,
}

/// Says where somebody's money goes from now on; they themselves do.
pub fn set_payout(
    engine: &Engine,
    who: ContributorId,
    details: &PayoutDetails,
) -> Result<(), EngineError> {
    let value = engine.personal(FIELD, &serde_json::json!(details).to_string())?;
    let details = value.commitment();
    let body = Body::Contributor(who, ContributorCommand::SetPayout { details });
    let command = engine.command(Principal::Contributor(who), body)?;
    engine.send(Command {
        personal: vec![value],
        ..command
    })?;
    Ok(())
}

impl Engine {
    /// Where somebody's money goes and since when they say so; nothing where they have not said, or it was erased.
    pub fn payout_of(
        &self,
        who: ContributorId,
    ) -> Result<Option<(PayoutDetails, Timestamp)>, EngineError> {
        let stream = StreamId::Contributor(who);
        let known = self.shared_state(stream)?;
        let Some(State::Contributor(contributor)) = known.as_deref() else {
            return Ok(None);
        };
        let Some((_, since)) = contributor.payout else {
            return Ok(None);
        };
        let kept = self.store().personal(stream)?.into_iter();
        let details = kept
            .filter(|row| row.field == FIELD)
            .find_map(|row| serde_json::from_str(&row.value).ok());
        Ok(details.map(|details| (details, since)))
    }
}
