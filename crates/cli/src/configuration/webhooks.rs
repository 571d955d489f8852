//! `[webhooks]`: which hosts webhooks may lead to beside those in public.

use std::path::Path;

use anyhow::Result;
use consort_post::Reach;
use serde::Deserialize;

use crate::exit::usage;

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Table {
    allowed_hosts: Vec<String>,
}

/// The hosts that may be reached, if they are in order.
pub(super) fn reach(file: &Path, table: &Table) -> Result<Reach> {
    let is_host =
        |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':' | '[' | ']');
    for host in &table.allowed_hosts {
        let is_url = host.contains("://")
            || host
                .rsplit_once(':')
                .is_some_and(|(name, _)| !name.contains(':'));
        if host.is_empty() || is_url || !host.chars().all(is_host) {
            return Err(usage(format!(
                "{}: [webhooks] '{host}' is no host: a name or an address without a port was expected, \
                 as in allowed_hosts = [\"receiver.internal\"]",
                file.display()
            )));
        }
    }
    Ok(Reach::with(table.allowed_hosts.iter().cloned()))
}
