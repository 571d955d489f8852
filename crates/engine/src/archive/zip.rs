//! The container: a zip in one fixed form, so that the same contents are always the same bytes.
//!
//! Nothing is compressed, there are no times, attributes or comments, and the files stand in one
//! order. Every unzip tool reads it. What is read here has to be in exactly this form: each byte
//! that is not of a file's contents is compared with the one that belongs there, so a changed
//! header, a second entry of one name, a name that leads elsewhere or anything compressed is
//! refused. This is why no general zip library is used: it would pass over what it does not need.

use std::io::{self, Read, Write};

use consort_kernel::digest::Digest;

use super::{
    ARTEFACTS, ArchiveError, CHECKPOINT, EVENTS, KEY, MANIFEST, PROOFS, README, RECORD, TRANSFERS,
};
use crate::artefact::ARTEFACT_BYTES_MAX;

/// The files beside the artefacts, in their order; artefacts come before the last one.
const FILES: [&str; 8] = [
    README, KEY, CHECKPOINT, RECORD, EVENTS, PROOFS, TRANSFERS, MANIFEST,
];

/// How many entries the form counts.
const ENTRIES_MAX: usize = 0xffff;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 2.0 of the form: folders.
const VERSION: u16 = 20;
/// 1 January 1980, the first day that the form knows.
const DATE: u16 = 0x0021;
/// The bytes of a local header before the name.
const LOCAL_BYTES: usize = 30;

/// One file as it stands in the container.
struct Entry {
    name: String,
    offset: u32,
    size: u32,
    checksum: u32,
}

/// Writes the container.
pub(super) struct Writer<'a> {
    out: &'a mut dyn Write,
    entries: Vec<Entry>,
    written: u32,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            entries: Vec::new(),
            written: 0,
        }
    }

    /// Adds a file; files have to come in their order.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let too_large = ArchiveError::TooLarge("4 GiB");
        if self.entries.len() >= ENTRIES_MAX {
            return Err(ArchiveError::TooLarge("65535 files"));
        }
        let entry = Entry {
            name: name.to_owned(),
            offset: self.written,
            size: u32::try_from(bytes.len()).map_err(|_| too_large)?,
            checksum: crc32fast::hash(bytes),
        };
        self.put(&local(&entry))?;
        self.put(bytes)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the directory; tells how many bytes there are.
    pub(super) fn finish(mut self) -> Result<u64, ArchiveError> {
        let directory = directory(&self.entries, self.written);
        self.put(&directory)?;
        self.out.flush()?;
        Ok(u64::from(self.written))
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        let length = u32::try_from(bytes.len()).ok();
        let written = length.and_then(|length| self.written.checked_add(length));
        self.written = written.ok_or(ArchiveError::TooLarge("4 GiB"))?;
        self.out.write_all(bytes)?;
        Ok(())
    }
}

/// A file that was read: its name and its digest, and its contents if they were to be kept.
pub(super) struct Contents {
    pub(super) name: String,
    pub(super) digest: Digest,
    pub(super) bytes: Vec<u8>,
}

/// Reads a container that is in exactly the form of the writer. Artefacts are digested and not
/// kept.
pub(super) fn read(input: &mut dyn Read) -> Result<Vec<Contents>, ArchiveError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut contents = Vec::new();
    let mut offset = 0_u32;
    loop {
        let mut mark = [0; 4];
        exact(input, &mut mark)?;
        if u32::from_le_bytes(mark) != LOCAL {
            return end(input, mark, &entries, offset).map(|()| contents);
        }
        let (entry, one) = file(input, mark, offset)?;
        let in_order = entries
            .last()
            .is_none_or(|last| place(&last.name) < place(&entry.name));
        if !in_order || entries.len() >= ENTRIES_MAX {
            return Err(malformed(format!("{} is not in its place", entry.name)));
        }
        let length = LOCAL_BYTES + entry.name.len();
        let length = u32::try_from(length)
            .ok()
            .zip(offset.checked_add(entry.size));
        let after = length.and_then(|(head, rest)| rest.checked_add(head));
        offset = after.ok_or_else(|| malformed("it is too large".to_owned()))?;
        entries.push(entry);
        contents.push(one);
    }
}

/// Reads one file after its mark.
fn file(
    input: &mut dyn Read,
    mark: [u8; 4],
    offset: u32,
) -> Result<(Entry, Contents), ArchiveError> {
    let mut head = [0; LOCAL_BYTES];
    head[..4].copy_from_slice(&mark);
    exact(input, &mut head[4..])?;
    let number =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let mut name = vec![0; usize::from(u16::from_le_bytes([head[26], head[27]]))];
    exact(input, &mut name)?;
    let name = String::from_utf8(name).ok();
    let name = name.filter(|name| place(name).is_some());
    let name =
        name.ok_or_else(|| malformed("a file has a name that does not belong".to_owned()))?;
    let entry = Entry {
        name,
        offset,
        size: number(18),
        checksum: number(14),
    };
    if local(&entry) != [head.as_slice(), entry.name.as_bytes()].concat() {
        return Err(malformed(format!(
            "the header of {} was changed",
            entry.name
        )));
    }
    if entry.size as usize > ARTEFACT_BYTES_MAX {
        return Err(malformed(format!("{} is too large", entry.name)));
    }
    let bytes = body(input, &entry)?;
    let keep = !entry.name.starts_with(ARTEFACTS);
    let contents = Contents {
        name: entry.name.clone(),
        digest: Digest::of(&bytes),
        bytes: if keep { bytes } else { Vec::new() },
    };
    Ok((entry, contents))
}

/// Reads the bytes of a file. Memory is taken as they come, never on the word of the header.
fn body(input: &mut dyn Read, entry: &Entry) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = Vec::new();
    input.take(u64::from(entry.size)).read_to_end(&mut bytes)?;
    if bytes.len() != entry.size as usize {
        return Err(malformed(format!("{} is cut off", entry.name)));
    }
    if crc32fast::hash(&bytes) != entry.checksum {
        return Err(malformed(format!("{} was changed", entry.name)));
    }
    Ok(bytes)
}

/// Compares what is left with the directory of the entries.
fn end(
    input: &mut dyn Read,
    mark: [u8; 4],
    entries: &[Entry],
    offset: u32,
) -> Result<(), ArchiveError> {
    let expected = directory(entries, offset);
    let mut found = mark.to_vec();
    let most = expected.len() as u64 + 1;
    input.take(most).read_to_end(&mut found)?;
    if found == expected {
        return Ok(());
    }
    Err(malformed("its directory does not fit its files".to_owned()))
}

/// Where a file stands among the others; nothing for a name that does not belong.
fn place(name: &str) -> Option<(usize, Option<Digest>)> {
    let last = FILES.len() - 1;
    if let Some(digest) = name.strip_prefix(ARTEFACTS) {
        return Some((last, Some(digest.parse().ok()?)));
    }
    let place = FILES.iter().position(|file| *file == name)?;
    // The last one comes after the artefacts.
    Some(if place == last {
        (last + 1, None)
    } else {
        (place, None)
    })
}

fn local(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(LOCAL_BYTES + entry.name.len());
    bytes.extend(LOCAL.to_le_bytes());
    common(&mut bytes, entry);
    bytes.extend(entry.name.as_bytes());
    bytes
}

/// The part that both headers of a file have.
fn common(bytes: &mut Vec<u8>, entry: &Entry) {
    let flags_method_and_time = [0_u16; 3];
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(flags_method_and_time.map(u16::to_le_bytes).concat());
    bytes.extend(DATE.to_le_bytes());
    for number in [entry.checksum, entry.size, entry.size] {
        bytes.extend(number.to_le_bytes());
    }
    let name = u16::try_from(entry.name.len()).expect("names are short");
    bytes.extend(name.to_le_bytes());
    bytes.extend(0_u16.to_le_bytes());
}

/// The directory and the end, for files that take up so many bytes.
fn directory(entries: &[Entry], offset: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(CENTRAL.to_le_bytes());
        bytes.extend(VERSION.to_le_bytes());
        common(&mut bytes, entry);
        let comment_disk_and_attributes = [0_u8; 10];
        bytes.extend(comment_disk_and_attributes);
        bytes.extend(entry.offset.to_le_bytes());
        bytes.extend(entry.name.as_bytes());
    }
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    bytes.extend(END.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes.extend(0_u16.to_le_bytes());
    bytes
}

fn exact(input: &mut dyn Read, bytes: &mut [u8]) -> Result<(), ArchiveError> {
    input.read_exact(bytes).map_err(|error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            malformed("it is cut off".to_owned())
        } else {
            ArchiveError::Disk(error)
        }
    })
}

fn malformed(why: String) -> ArchiveError {
    ArchiveError::Malformed(why)
}
