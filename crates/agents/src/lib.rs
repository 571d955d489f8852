//! Consort: agents.
