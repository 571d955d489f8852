//! The kinds of problems, each with its stable word and what to do.

use serde::Serialize;

/// A kind of problem.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Kind {
    /// Its stable word.
    pub(super) code: &'static str,
    /// The kind in words.
    pub(super) title: &'static str,
    /// What to do.
    pub(super) hint: &'static str,
}

const fn kind(code: &'static str, title: &'static str, hint: &'static str) -> Kind {
    Kind { code, title, hint }
}

/// Every kind of problem, those of the rules first.
pub(super) const KINDS: &[Kind] = &[
    kind(
        "not_found",
        "It is not there",
        "Check the identifier; what you may not see looks the same as what is not there.",
    ),
    kind(
        "exists",
        "It is there already",
        "Read what is there, or choose another name.",
    ),
    kind(
        "not_allowed",
        "Somebody else may do this",
        "Ask whom the detail names.",
    ),
    kind(
        "no_right",
        "The policies give the caller no right to this",
        "See 'Who may do what' in the pages; a token never signs, pays or lets anybody in.",
    ),
    kind(
        "invalid",
        "Something in the request is missing or out of bounds",
        "Correct the field that 'errors' points to, and send it under a new Idempotency-Key.",
    ),
    kind(
        "limit_reached",
        "A limit is reached",
        "Ask for less at a time, or remove what is not needed any more.",
    ),
    kind(
        "wrong_phase",
        "It is in another state than this needs",
        "Read it again and go on from the state that it is in.",
    ),
    kind(
        "already_claimed",
        "Somebody else holds the task",
        "Claim another task.",
    ),
    kind(
        "stale_lease",
        "The lease is over",
        "Stop working under it. Claim again; what you noted on the task is kept.",
    ),
    kind(
        "not_eligible",
        "The task is not for this contributor",
        "The detail says why; a profile can be changed, a track record cannot.",
    ),
    kind(
        "not_enough_money",
        "Money is missing",
        "Add funds to the outcome, or plan less.",
    ),
    kind(
        "other_asset",
        "The outcome is kept in another asset",
        "Use the asset of the outcome.",
    ),
    kind(
        "not_covered",
        "A criterion is served by no task",
        "Add a task that serves it.",
    ),
    kind(
        "unknown_dependency",
        "A task needs one that is not before it",
        "Put what it needs before it in the list.",
    ),
    kind(
        "own_work",
        "Nobody reviews their own work",
        "Ask somebody else.",
    ),
    kind(
        "changed",
        "It changed since it was read",
        "Read it again and decide anew.",
    ),
    kind(
        "moved",
        "More has happened to it than was seen",
        "Read it again, look at 'changes' where they are told, and send it with the new ETag if you still want it.",
    ),
    kind(
        "not_opened",
        "What it rests on was not opened",
        "Open what the detail names, then sign.",
    ),
    kind(
        "risk_needs_more",
        "Work of this risk takes more",
        "The detail says what is missing.",
    ),
    kind(
        "beyond_pre_approval",
        "The pre-approval does not cover this",
        "A person has to sign it.",
    ),
    kind(
        "stopped",
        "A switch of the network stops this",
        "Wait; a steward can release it.",
    ),
    kind(
        "too_old",
        "The Idempotency-Key is too old",
        "Look at the state first, then send it under a new key.",
    ),
    kind(
        "id_reused",
        "The Idempotency-Key was used for something else",
        "Use a new key for each thing that you ask for; the same key repeats the same request.",
    ),
    kind(
        "unauthenticated",
        "No token, or one that is over",
        "Send 'Authorization: Bearer TOKEN'. A token comes from 'consort token make'.",
    ),
    kind(
        "session_needed",
        "Only a person signs, in their session",
        "Have the accountable person sign in the pages, or send the request with their session's cookie.",
    ),
    kind(
        "key_needed",
        "Money and signatures take an Idempotency-Key",
        "Send the request again with an 'Idempotency-Key' header: the same key has one effect.",
    ),
    kind(
        "unreadable",
        "The request cannot be read",
        "See /api/v1/openapi.json for its form.",
    ),
    kind(
        "other_method",
        "This address takes other requests",
        "The header 'Allow' says which.",
    ),
    kind(
        "too_many_requests",
        "Too many requests",
        "Wait for as long as Retry-After says.",
    ),
    kind(
        "halfway",
        "A part is done, and then something came between",
        "Put right what the detail says and send the same under the same Idempotency-Key: it goes on where it \
         stopped.",
    ),
    kind(
        "too_large",
        "More than one request may carry",
        "Send less at a time.",
    ),
    kind(
        "busy",
        "The server is busy",
        "Send the same again under the same Idempotency-Key, in a moment.",
    ),
    kind(
        "broken",
        "Something broke here",
        "It is on record. Send the same again under the same Idempotency-Key, in a moment.",
    ),
];
