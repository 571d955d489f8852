//! Organisations: parties that own outcomes and set money aside for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::command::{Context, Principal};
use crate::id::{ContributorId, OrganisationId, OutcomeId};
use crate::money::{Amount, Asset};
use crate::outcome::FUNDERS_MAX;
use crate::personal::Commitment;
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;

/// The most that is set aside at a time, in minor units: ten trillion euros. Thousands of such
/// deposits are needed before any sum of money no longer fits.
pub const DEPOSIT_MAX: Amount = Amount::from_minor(1_000_000_000_000_000);

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its identifier.
    pub id: OrganisationId,
    /// Its name, committed.
    pub name: Commitment,
    /// Who may act for it.
    pub owner: ContributorId,
    /// What it has set aside and not given to an outcome.
    pub funds: BTreeMap<Asset, Amount>,
}

/// What is asked of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationCommand {
    /// Founds it.
    Found {
        /// Its name, committed.
        name: Commitment,
        /// Who may act for it.
        owner: ContributorId,
    },
    /// Records money that was set aside outside.
    Deposit {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// What shows it, as in a transfer's reference.
        reference: String,
    },
    /// Gives money to an outcome.
    Fund {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// To which.
        outcome: OutcomeId,
    },
    /// Takes back what an outcome did not use.
    TakeRefund {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// From which.
        outcome: OutcomeId,
    },
}

/// What happened to an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationEvent {
    /// It was founded.
    Founded {
        /// Its name, committed.
        name: Commitment,
        /// Who may act for it.
        owner: ContributorId,
    },
    /// Money was set aside.
    Deposited {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// What shows it.
        reference: String,
    },
    /// Money was given to an outcome.
    Funded {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// To which.
        outcome: OutcomeId,
    },
    /// Unused money came back.
    RefundTaken {
        /// How much.
        amount: Amount,
        /// Of what.
        asset: Asset,
        /// From which.
        outcome: OutcomeId,
    },
}

impl Organisation {
    /// What is set aside of an asset.
    pub fn funds_of(&self, asset: Asset) -> Amount {
        self.funds.get(&asset).copied().unwrap_or_default()
    }

    /// The state after an event.
    pub fn apply(
        this: Option<Self>,
        id: OrganisationId,
        event: &OrganisationEvent,
    ) -> Option<Self> {
        let Some(mut organisation) = this else {
            return match event {
                OrganisationEvent::Founded { name, owner } => Some(Self {
                    id,
                    name: *name,
                    owner: *owner,
                    funds: BTreeMap::new(),
                }),
                OrganisationEvent::Deposited { .. }
                | OrganisationEvent::Funded { .. }
                | OrganisationEvent::RefundTaken { .. } => None,
            };
        };
        let (asset, after) = match event {
            OrganisationEvent::Founded { .. } => return None,
            OrganisationEvent::Deposited { amount, asset, .. }
            | OrganisationEvent::RefundTaken { amount, asset, .. } => {
                (*asset, organisation.funds_of(*asset).checked_add(*amount)?)
            }
            OrganisationEvent::Funded { amount, asset, .. } => {
                (*asset, organisation.funds_of(*asset).checked_sub(*amount)?)
            }
        };
        organisation.funds.insert(asset, after);
        Some(organisation)
    }
}

/// Decides a command to an organisation.
pub fn decide(
    rows: &dyn Rows,
    id: OrganisationId,
    command: &OrganisationCommand,
    context: &Context<'_>,
) -> Result<OrganisationEvent, Rejection> {
    let Some(organisation) = rows.organisation(id) else {
        return match command {
            OrganisationCommand::Found { name, owner } => Ok(OrganisationEvent::Founded {
                name: *name,
                owner: *owner,
            }),
            OrganisationCommand::Deposit { .. }
            | OrganisationCommand::Fund { .. }
            | OrganisationCommand::TakeRefund { .. } => {
                Err(Rejection::NotFound(StreamId::Organisation(id)))
            }
        };
    };
    match command {
        OrganisationCommand::Found { .. } => Err(Rejection::Exists(StreamId::Organisation(id))),
        OrganisationCommand::Deposit {
            amount,
            asset,
            reference,
        } => {
            owner_only(organisation, context.principal)?;
            can_be_kept(organisation, *amount, *asset)?;
            let reference = crate::text::required("reference", reference)?;
            Ok(OrganisationEvent::Deposited {
                amount: *amount,
                asset: *asset,
                reference,
            })
        }
        OrganisationCommand::Fund {
            amount,
            asset,
            outcome,
        } => {
            owner_only(organisation, context.principal)?;
            positive(*amount)?;
            takes_funds(rows, id, *outcome, *asset)?;
            let available = organisation.funds_of(*asset);
            if *amount > available {
                return Err(Rejection::NotEnoughMoney {
                    account: format!("funds:{id}"),
                    asset: *asset,
                    available,
                    needed: *amount,
                });
            }
            Ok(OrganisationEvent::Funded {
                amount: *amount,
                asset: *asset,
                outcome: *outcome,
            })
        }
        OrganisationCommand::TakeRefund {
            amount,
            asset,
            outcome,
        } => {
            context.engine_only()?;
            Ok(OrganisationEvent::RefundTaken {
                amount: *amount,
                asset: *asset,
                outcome: *outcome,
            })
        }
    }
}

fn owner_only(organisation: &Organisation, principal: Principal) -> Result<(), Rejection> {
    if principal == Principal::Contributor(organisation.owner) {
        return Ok(());
    }
    Err(Rejection::NotAllowed {
        who: principal.to_string(),
        why: "only the organisation's owner moves its money",
    })
}

/// Whether the outcome can take the money. What leaves the organisation has to arrive: a refusal
/// afterwards would strand it in escrow. An outcome neither goes away nor changes its asset, so an
/// older view of it will do; a race for the last places of the funders does no harm.
fn takes_funds(
    rows: &dyn Rows,
    funder: OrganisationId,
    outcome: OutcomeId,
    asset: Asset,
) -> Result<(), Rejection> {
    let outcome = rows
        .outcome(outcome)
        .ok_or(Rejection::NotFound(StreamId::Outcome(outcome)))?;
    if asset != outcome.charter.asset {
        return Err(Rejection::OtherAsset {
            expected: outcome.charter.asset,
            given: asset,
        });
    }
    if outcome.funders.len() >= FUNDERS_MAX && !outcome.funders.contains_key(&funder) {
        return Err(Rejection::LimitReached {
            what: "funders",
            limit: FUNDERS_MAX,
        });
    }
    Ok(())
}

/// Money comes in from outside here alone, so this bound keeps every later sum within 64 bits.
fn can_be_kept(organisation: &Organisation, amount: Amount, asset: Asset) -> Result<(), Rejection> {
    positive(amount)?;
    let sum = organisation.funds_of(asset).checked_add(amount);
    if amount > DEPOSIT_MAX || sum.is_none() {
        return Err(Rejection::invalid(
            "amount",
            format!("at most {DEPOSIT_MAX} minor units are set aside at a time"),
        ));
    }
    Ok(())
}

fn positive(amount: Amount) -> Result<(), Rejection> {
    if amount.is_positive() {
        return Ok(());
    }
    Err(Rejection::invalid("amount", "more than zero is expected"))
}
