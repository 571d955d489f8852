//! Consort: engine.
