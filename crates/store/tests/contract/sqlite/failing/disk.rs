//! A disk in memory that fails when it is asked to and loses power.
//!
//! Of each file it knows what would be there after a power cut, what whoever reads it sees, and the
//! changes between, in pieces of a sector. It promises as little as a real disk does: what was not
//! synced is kept, dropped, torn, scrambled or put in another order, and what a sync that failed
//! was to write may never arrive. It knows nothing of SQLite.

use std::collections::BTreeMap;

/// What is kept or lost as one, if it is not torn.
const SECTOR: usize = 512;

/// What is asked of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Read,
    Write,
    Sync,
    Resize,
    Open,
    Delete,
}

impl Call {
    /// Each of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Read,
        Self::Write,
        Self::Sync,
        Self::Resize,
        Self::Open,
        Self::Delete,
    ];

    const fn is_change(self) -> bool {
        matches!(self, Self::Write | Self::Sync | Self::Resize | Self::Delete)
    }
}

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Broken,
    Full,
    NotThere,
}

/// What happens to the disk, by the number of a call from now on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// This call fails, and all others of its kind after it, if it lasts.
    Fails {
        call: Call,
        number: u64,
        failure: Failure,
        lasts: bool,
    },
    /// The power goes at this change; nothing works until it comes back.
    PowerGoes { number: u64 },
}

/// A file that is open, whatever its name is meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileNumber(usize);

/// What was changed since the last sync.
#[derive(Debug, Clone)]
enum Change {
    /// Bytes within one sector.
    Bytes { at: usize, bytes: Vec<u8> },
    /// The file got another length.
    Length(usize),
}

#[derive(Debug, Clone, Default)]
struct Contents {
    durable: Vec<u8>,
    seen: Vec<u8>,
    changes: Vec<Change>,
    /// Whether the next sync makes the names of the folder durable, too.
    syncs_folder: bool,
}

/// Numbers that look like chance and come from a seed.
#[derive(Debug, Clone, Default)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let below = u64::try_from(below).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % below).unwrap()
    }
}

/// The disk with all its files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    names: BTreeMap<String, FileNumber>,
    durable_names: BTreeMap<String, FileNumber>,
    files: Vec<Contents>,
    trouble: Option<Trouble>,
    calls: u64,
    is_met: bool,
    is_off: bool,
    /// Says that it synced, and did not.
    is_lying: bool,
    dice: Dice,
}

impl Disk {
    /// From now on this is to happen, once.
    pub(crate) fn plan(&mut self, trouble: Trouble, seed: u64) {
        self.trouble = Some(trouble);
        self.calls = 0;
        self.is_met = false;
        self.dice = Dice(seed);
    }

    /// Nothing is to happen any more; tells whether it did.
    pub(crate) fn mend(&mut self) -> bool {
        self.trouble = None;
        self.is_met
    }

    /// From now on a sync does nothing and says that it did.
    pub(crate) fn lie(&mut self) {
        self.is_lying = true;
    }

    /// The power is back; nobody has a file open any more. What was not synced is there or not, as
    /// the seed decides.
    pub(crate) fn come_back(&mut self, seed: u64) {
        self.dice = Dice(seed);
        self.is_off = false;
        self.trouble = None;
        for contents in &mut self.files {
            contents.settle(&mut self.dice);
        }
        let mut names: Vec<String> = self.names.keys().cloned().collect();
        names.extend(self.durable_names.keys().cloned());
        for name in names {
            let is_kept = self.dice.roll(2) == 0;
            let side = if is_kept {
                &self.names
            } else {
                &self.durable_names
            };
            let one = side.get(&name).copied();
            for side in [&mut self.names, &mut self.durable_names] {
                match one {
                    Some(number) => side.insert(name.clone(), number),
                    None => side.remove(&name),
                };
            }
        }
    }

    /// Opens a file, which is made if it may be. The name of a log or journal becomes durable with
    /// its first sync, as SQLite has it on Unix.
    pub(crate) fn open(
        &mut self,
        name: &str,
        makes: bool,
        syncs_folder: bool,
    ) -> Result<FileNumber, Failure> {
        self.ask(Call::Open)?;
        let number = match self.names.get(name) {
            Some(number) => *number,
            None if makes => {
                let number = FileNumber(self.files.len());
                self.files.push(Contents::default());
                self.names.insert(name.to_owned(), number);
                number
            }
            None => return Err(Failure::NotThere),
        };
        self.contents(number).syncs_folder |= makes && syncs_folder;
        Ok(number)
    }

    /// Reads, and tells how many bytes there were.
    pub(crate) fn read(
        &mut self,
        number: FileNumber,
        at: usize,
        into: &mut [u8],
    ) -> Result<usize, Failure> {
        self.ask(Call::Read)?;
        let seen = &self.contents(number).seen;
        let from = at.min(seen.len());
        let there = &seen[from..seen.len().min(at + into.len()).max(from)];
        into[..there.len()].copy_from_slice(there);
        Ok(there.len())
    }

    /// Writes; of a write that fails a part may be there.
    pub(crate) fn write(
        &mut self,
        number: FileNumber,
        at: usize,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        let asked = self.ask(Call::Write);
        let written = match asked {
            Ok(()) => bytes.len(),
            Err(_) if self.dice.roll(2) == 0 => 0,
            Err(_) => self.dice.roll(bytes.len() + 1),
        };
        self.contents(number).write(at, &bytes[..written]);
        asked
    }

    /// Makes what was written durable. Of what a sync that fails was to write, some never arrives,
    /// though it is read as if it had.
    pub(crate) fn sync(&mut self, number: FileNumber) -> Result<(), Failure> {
        let asked = self.ask(Call::Sync);
        if asked.is_err() && !self.is_off {
            let dice = &mut self.dice;
            let changes = &mut self.files[number.0].changes;
            changes.retain(|_| dice.roll(2) == 0);
        }
        asked?;
        if self.is_lying {
            return Ok(());
        }
        let contents = &mut self.files[number.0];
        for change in std::mem::take(&mut contents.changes) {
            change.apply(&mut contents.durable);
        }
        if std::mem::take(&mut contents.syncs_folder) {
            self.durable_names.clone_from(&self.names);
        }
        Ok(())
    }

    /// Gives a file another length.
    pub(crate) fn resize(&mut self, number: FileNumber, length: usize) -> Result<(), Failure> {
        let asked = self.ask(Call::Resize);
        if asked.is_ok() || self.dice.roll(2) == 0 {
            self.contents(number).change(Change::Length(length));
        }
        asked
    }

    /// How long a file is.
    pub(crate) fn length(&mut self, number: FileNumber) -> usize {
        self.contents(number).seen.len()
    }

    /// Takes a name away; after a power cut it may be there again.
    pub(crate) fn delete(&mut self, name: &str) -> Result<(), Failure> {
        let asked = self.ask(Call::Delete);
        if asked.is_err() && self.dice.roll(2) == 0 {
            return asked;
        }
        let there = self.names.remove(name).ok_or(Failure::NotThere);
        asked.and(there.map(|_| ()))
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    fn contents(&mut self, number: FileNumber) -> &mut Contents {
        &mut self.files[number.0]
    }

    fn ask(&mut self, asked: Call) -> Result<(), Failure> {
        if self.is_off {
            return Err(Failure::Broken);
        }
        match self.trouble {
            Some(Trouble::Fails {
                call,
                number,
                failure,
                lasts,
            }) if call == asked => {
                self.calls += 1;
                if self.calls == number || (lasts && self.calls > number) {
                    self.is_met = true;
                    return Err(failure);
                }
            }
            Some(Trouble::PowerGoes { number }) if asked.is_change() => {
                self.calls += 1;
                if self.calls == number {
                    self.is_met = true;
                    self.is_off = true;
                    return Err(Failure::Broken);
                }
            }
            Some(Trouble::Fails { .. } | Trouble::PowerGoes { .. }) | None => {}
        }
        Ok(())
    }
}

impl Contents {
    fn write(&mut self, mut at: usize, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(bytes.len().min(SECTOR - at % SECTOR));
            self.change(Change::Bytes {
                at,
                bytes: piece.to_vec(),
            });
            at += piece.len();
            bytes = rest;
        }
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.seen);
        self.changes.push(change);
    }

    /// Decides what of the changes is there after a power cut: now and then all or nothing, mostly
    /// some of each, often in another order.
    fn settle(&mut self, dice: &mut Dice) {
        let mut changes = std::mem::take(&mut self.changes);
        match dice.roll(6) {
            0 => {}
            1 => changes.clear(),
            _ => {
                if dice.roll(2) == 0 {
                    for last in (1..changes.len()).rev() {
                        changes.swap(last, dice.roll(last + 1));
                    }
                }
                changes = changes
                    .into_iter()
                    .filter_map(|change| change.damaged(dice))
                    .collect();
            }
        }
        for change in changes {
            change.apply(&mut self.durable);
        }
        self.seen.clone_from(&self.durable);
        self.syncs_folder = false;
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Bytes { at, bytes } => {
                if file.len() < *at {
                    file.resize(*at, 0);
                }
                let (over, beyond) = bytes.split_at(bytes.len().min(file.len() - at));
                file[*at..*at + over.len()].copy_from_slice(over);
                file.extend_from_slice(beyond);
            }
            Self::Length(length) => file.resize(*length, 0),
        }
    }

    /// What the disk had made of it when the power went; nothing, if it had not begun.
    fn damaged(self, dice: &mut Dice) -> Option<Self> {
        let Self::Bytes { at, mut bytes } = self else {
            return (dice.roll(2) == 0).then_some(self);
        };
        let cut = dice.roll(bytes.len() + 1);
        match dice.roll(8) {
            0..=2 => {}
            3..=5 => return None,
            6 if dice.roll(2) == 0 => bytes.truncate(cut),
            6 => {
                return Some(Self::Bytes {
                    at: at + cut,
                    bytes: bytes.split_off(cut),
                });
            }
            _ => {
                for byte in &mut bytes {
                    *byte = u8::try_from(dice.roll(256)).unwrap();
                }
            }
        }
        Some(Self::Bytes { at, bytes })
    }
}
