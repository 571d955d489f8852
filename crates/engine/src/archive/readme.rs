//! `README.txt`: what is in an archive and how to check it, for people.

use consort_kernel::id::OutcomeId;
use consort_kernel::log::Checkpoint;

/// The text.
pub(super) fn text(outcome: OutcomeId, checkpoint: &Checkpoint, withheld: usize) -> String {
    let Checkpoint { origin, size, root } = checkpoint;
    let withheld = match withheld {
        0 => "Nothing that the tasks were given was held back.".to_owned(),
        1 => "One piece of what the tasks were given was held back; the events name its digest."
            .to_owned(),
        more => format!(
            "{more} pieces of what the tasks were given were held back; the events name their \
             digests."
        ),
    };
    format!(
        "This is the record of {outcome}, as the network {origin} kept it.

What is in it

  record.json      what the outcome came to: its tasks, who did them, what was paid
  events.jsonl     everything that happened to it, one event a line, byte for byte as it was
                   kept, with its place in the network's feed; and what of others it rests on:
                   who took part, what came of it for them, who gave money
  transfers.json   every movement of money. They record obligations; no bank money was moved
  artefacts/       what was handed in and delivered, each file under its SHA-256 digest
  proofs.json      for each event, the hashes that show its place in the network's log
  checkpoint.txt   the network's signed statement of its log: {size} events, root {root}
  key.txt          the key that signed
  manifest.txt     the signed list of all these files with their SHA-256 digests

{withheld}

How to check it

  consort doctor --archive FILE

does all of it without the network: it compares every digest, verifies both signatures, follows
each proof to the root, adds the events up again and compares what they come to with the record
and with the movements of money, and looks for the person who answers for each acceptance.

By hand, 'sha256sum' shows the digests of manifest.txt. A leaf of the log is the SHA-256 of a zero
byte and the event's bytes, an inner node that of a one byte and both children (RFC 6962). Both
signed texts are C2SP signed notes with Ed25519.

What it shows, and what it does not

The signatures show that whoever holds the key in key.txt said this, and that nothing was changed
since. They do not show whose key it is: somebody else could have made another archive with a key
of their own. Compare key.txt with the key that you know from the network itself. Nor do they show
that everybody was told the same: compare checkpoint.txt with checkpoints that others have kept.
"
    )
}
