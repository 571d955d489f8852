//! Consort: playbook.
