//! Which commands of a batch have to leave it when rows moved under it.

use std::collections::BTreeSet;

use consort_kernel::id::CommandId;
use consort_kernel::stream::StreamId;

/// What one command of a batch read and wrote, with everything that followed from it.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    pub(super) command: Option<CommandId>,
    pub(super) read: BTreeSet<StreamId>,
    pub(super) wrote: BTreeSet<StreamId>,
}

/// Commands that read or wrote what moved, or what a leaving command wrote: those alone leave.
pub(super) fn connected(
    touched: &[Touched],
    streams: &[StreamId],
    commands: &[CommandId],
) -> BTreeSet<CommandId> {
    let mut tainted: BTreeSet<StreamId> = streams.iter().copied().collect();
    let mut leaving: BTreeSet<CommandId> = commands.iter().copied().collect();
    loop {
        let before = leaving.len();
        for one in touched {
            let Some(command) = one.command else { continue };
            let hit = leaving.contains(&command)
                || one
                    .read
                    .iter()
                    .chain(&one.wrote)
                    .any(|stream| tainted.contains(stream));
            if hit {
                leaving.insert(command);
                tainted.extend(one.wrote.iter().copied());
            }
        }
        if leaving.len() == before {
            return leaving;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_kernel::id::TaskId;

    fn stream(number: u128) -> StreamId {
        StreamId::Task(TaskId::from_bits(number))
    }

    fn touched(command: u128, read: &[u128], wrote: &[u128]) -> Touched {
        Touched {
            command: Some(CommandId::from_bits(command)),
            read: read.iter().copied().map(stream).collect(),
            wrote: wrote.iter().copied().map(stream).collect(),
        }
    }

    #[test]
    fn only_the_connected_commands_leave() {
        let batch = [
            touched(1, &[], &[10]),
            touched(2, &[10], &[20]),
            touched(3, &[], &[30]),
            touched(4, &[20], &[40]),
        ];
        let leaving = connected(&batch, &[stream(10)], &[]);
        let expected = [1, 2, 4].map(CommandId::from_bits);
        assert_eq!(leaving, expected.into_iter().collect());
    }

    #[test]
    fn a_command_that_was_answered_elsewhere_takes_what_rests_on_it_along() {
        let batch = [
            touched(1, &[], &[10]),
            touched(2, &[10], &[20]),
            touched(3, &[], &[30]),
        ];
        let leaving = connected(&batch, &[], &[CommandId::from_bits(1)]);
        assert_eq!(
            leaving,
            [1, 2].map(CommandId::from_bits).into_iter().collect()
        );
    }
}
