//! Which network a database holds, and its epoch.

use consort_kernel::id::NetworkId;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, read_natural};
use crate::{Identity, key};

/// The epoch that a new network begins with.
const FIRST_EPOCH: u64 = 1;

/// The network that the database holds, if it has one yet.
pub(super) fn find(session: &mut Session) -> Tried<Option<Identity>> {
    let found = session.optional("SELECT id, epoch FROM network", &[])?;
    found
        .map(|row| {
            let id: Id = get(&row, 0)?;
            Ok(Identity {
                network: NetworkId::from_bits(id.bits()),
                epoch: read_natural(&row, 1)?,
            })
        })
        .transpose()
}

/// Gives a new database its network. Of several servers that do so, one is the first.
pub(super) fn begin(session: &mut Session, network: NetworkId) -> Tried<()> {
    let identity = Identity {
        network,
        epoch: FIRST_EPOCH,
    };
    put(session, &identity)
}

/// Gives a new database the network that it takes over.
pub(super) fn put(session: &mut Session, identity: &Identity) -> Tried<()> {
    let id = Id(identity.network.bits().to_be_bytes());
    session
        .change(
            "INSERT INTO network (only_one, id, epoch) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
            &[&id, &key::integer(identity.epoch)?],
        )
        .map(|_| ())
}
