//! A build without passkeys: no address has any.

use consort_engine::access::{Access, Credential};
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use serde_json::Value;

use crate::server::Failure;

/// There are none.
pub(crate) enum Passkeys {}

/// What nobody answers.
pub(crate) type Added = Value;
/// What nobody shows.
pub(crate) type Shown = Value;

impl Passkeys {
    pub(in crate::server) fn at(_: &str, _: Access) -> Option<Self> {
        None
    }

    pub(crate) const fn begin_adding(
        &self,
        _: (ContributorId, &str, Digest),
        _: &[Credential],
        _: (u128, Timestamp),
    ) -> Result<Value, Failure> {
        match *self {}
    }

    pub(crate) const fn add(
        &self,
        _: (ContributorId, Digest, &str),
        _: &Added,
        _: Timestamp,
    ) -> Result<Credential, Failure> {
        match *self {}
    }

    pub(crate) const fn begin_showing(&self, _: (u128, Timestamp)) -> Result<Value, Failure> {
        match *self {}
    }

    pub(crate) const fn name_shown(&self, _: &Shown) -> Result<String, Failure> {
        match *self {}
    }

    pub(crate) const fn check(
        &self,
        _: &Shown,
        _: &Credential,
        _: Timestamp,
    ) -> Result<String, Failure> {
        match *self {}
    }
}
