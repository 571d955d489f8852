//! Archives taken apart, changed and put together again by somebody who holds the network's key.
//!
//! The container and the signed list are written here anew and not by the product, so that the two
//! check each other.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consort_kernel::digest::Digest;
use ed25519_dalek::{Signer as _, SigningKey};

use crate::fixture::network;

/// The files of an archive, by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The secret bits of the stories' key.
pub(crate) const SEED: [u8; 32] = [7; 32];

/// The files of an archive, as an ordinary program reads them.
pub(crate) fn take_apart(archive: &[u8]) -> Files {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut files = Files::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut file, &mut bytes).unwrap();
        let name = file.name().unwrap().into_owned();
        files.insert(name, bytes);
    }
    files
}

/// The files as an archive, under a list that is signed anew.
pub(crate) fn put_together(mut files: Files) -> Vec<u8> {
    let list = String::from_utf8(files.remove("manifest.txt").unwrap()).unwrap();
    let head: Vec<&str> = list.lines().take(2).collect();
    let mut text = format!("{}\n", head.join("\n"));
    let order = order(&files);
    for name in &order {
        let digest = Digest::of(&files[*name]);
        writeln!(text, "{digest}  {name}").unwrap();
    }
    let manifest = signed(&text, &SEED).into_bytes();
    let mut all: Vec<(&str, &[u8])> = Vec::new();
    all.extend(order.iter().map(|name| (*name, files[*name].as_slice())));
    all.push(("manifest.txt", &manifest));
    container(&all)
}

fn order(files: &Files) -> Vec<&str> {
    let fixed = [
        "README.txt",
        "key.txt",
        "checkpoint.txt",
        "record.json",
        "events.jsonl",
        "proofs.json",
        "transfers.json",
    ];
    let mut names: Vec<&str> = fixed
        .into_iter()
        .filter(|name| files.contains_key(*name))
        .collect();
    let artefacts = files.keys().map(String::as_str);
    names.extend(artefacts.filter(|name| name.starts_with("artefacts/")));
    names
}

/// A signed note under the name of the stories' network.
pub(crate) fn signed(text: &str, seed: &[u8; 32]) -> String {
    let key = SigningKey::from_bytes(seed);
    let name = format!("consort-{}", network());
    let public = [&[1], key.verifying_key().as_bytes().as_slice()].concat();
    let number = Digest::of(&[name.as_bytes(), b"\n", &public].concat());
    let signature = key.sign(text.as_bytes()).to_bytes();
    let bits = [&number.as_bytes()[..4], &signature].concat();
    format!("{text}\n\u{2014} {name} {}\n", STANDARD.encode(bits))
}

/// A zip without compression, in the form of the published specification.
pub(crate) fn container(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut directory: Vec<u8> = Vec::new();
    for (name, contents) in files {
        let offset = u32::try_from(bytes.len()).unwrap();
        let size = u32::try_from(contents.len()).unwrap();
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32fast::hash(contents).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(*contents);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let offset = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
