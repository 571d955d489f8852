//! Consort: testkit.
