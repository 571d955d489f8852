//! Signed checkpoints.

use consort_engine::checkpoint::{
    KEY_FILE, Key, KeyError, NoteError, PublicKey, SIGNERS_FILE, Signers, keep, sign, verify,
};
use consort_kernel::digest::Digest;
use consort_kernel::id::NetworkId;
use consort_kernel::log::Checkpoint;

use crate::fixture::{Folder, START, network, stories};

fn key() -> Key {
    Key::from_seed("example.com/log", &[1; 32])
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: "example.com/log".to_owned(),
        size: 7,
        root: Digest::of(b"root"),
    }
}

#[test]
fn a_published_key_and_note_are_read() {
    // The example in the documentation of Go's package golang.org/x/mod/sumdb/note.
    let public: PublicKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        .parse()
        .unwrap();
    assert_eq!(public.name(), "PeterNeumann");
    let note = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    // Its signature holds, and it is about no log.
    assert_eq!(verify(note, &public), Err(NoteError::Malformed));
    let changed = note.replace("problem is", "problem was");
    assert_eq!(verify(&changed, &public), Err(NoteError::Forged));
}

#[test]
fn a_signed_checkpoint_is_read_back() {
    let note = sign(&checkpoint(), &key());
    assert_eq!(verify(&note, key().public()), Ok(checkpoint()));
    let public: PublicKey = key().public().to_string().parse().unwrap();
    assert_eq!(verify(&note, &public), Ok(checkpoint()));
}

#[test]
fn every_changed_byte_of_a_note_is_found() {
    let note = sign(&checkpoint(), &key()).into_bytes();
    for place in 0..note.len() {
        for bit in 0..8 {
            let mut changed = note.clone();
            changed[place] ^= 1 << bit;
            let said = String::from_utf8(changed).ok();
            let said = said.map(|note| verify(&note, key().public()));
            assert!(
                !matches!(said, Some(Ok(_))),
                "byte {place} was changed and nobody noticed"
            );
        }
    }
}

#[test]
fn a_note_of_another_key_or_about_another_log_says_nothing() {
    let other = Key::from_seed("example.com/log", &[2; 32]);
    let note = sign(&checkpoint(), &other);
    assert!(matches!(
        verify(&note, key().public()),
        Err(NoteError::OtherKey(_))
    ));
    let about_another = Checkpoint {
        origin: "example.com/other".to_owned(),
        ..checkpoint()
    };
    let note = sign(&about_another, &key());
    assert!(matches!(
        verify(&note, key().public()),
        Err(NoteError::OtherLog(_))
    ));
    let text = checkpoint().to_string();
    for note in ["", "\n\n", &text, &format!("{text}\n")] {
        assert_eq!(verify(note, key().public()), Err(NoteError::Malformed));
    }
}

#[test]
fn a_witness_may_sign_too() {
    let witness = Key::from_seed("witness", &[3; 32]);
    let note = sign(&checkpoint(), &key());
    let other = sign(&checkpoint(), &witness);
    let line = other.split("\n\n").last().unwrap();
    let both = format!("{note}{line}");
    assert_eq!(verify(&both, key().public()), Ok(checkpoint()));
}

#[test]
fn a_key_is_made_once_and_its_owner_alone_can_read_it() {
    let folder = Folder::new();
    let first = Key::open(folder.path(), network()).unwrap();
    assert_eq!(first.public().name(), format!("consort-{}", network()));
    let again = Key::open(folder.path(), network()).unwrap();
    assert_eq!(first.public(), again.public());
    let file = folder.path().join(KEY_FILE);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let other = Key::open(folder.path(), NetworkId::new(START, 99)).unwrap_err();
    assert!(matches!(other, KeyError::OtherNetwork { .. }));
    std::fs::write(&file, "nothing").unwrap();
    let damaged = Key::open(folder.path(), network()).unwrap_err();
    assert!(matches!(damaged, KeyError::Damaged(_)));
    assert!(!format!("{first:?}").contains("PRIVATE"));
}

#[test]
fn what_is_not_a_public_key_is_refused() {
    let whole = key().public().to_string();
    assert!(whole.parse::<PublicKey>().is_ok());
    for text in [
        "",
        "name",
        "name+00000000+",
        &whole.replace("example", "other"),
        &whole[..whole.len() - 4],
        &format!(" {whole}"),
    ] {
        assert!(text.parse::<PublicKey>().is_err(), "{text} was read");
    }
}

#[test]
fn a_checkpoint_is_kept_when_the_log_has_grown() {
    for story in stories() {
        let store = story.store.as_ref();
        assert_eq!(keep(store, &story.key).unwrap(), None);
        let kept = store.checkpoints().unwrap();
        let (size, root, note) = kept.last().unwrap();
        let log = store.log().unwrap();
        assert_eq!((*size, *root), (log.size(), log.root()));
        let said = verify(note, story.key.public()).unwrap();
        assert_eq!((said.size, said.root), (log.size(), log.root()));
    }
}

#[test]
fn what_an_earlier_key_signed_is_known_without_that_key() {
    let folder = Folder::new();
    let first = Key::open(folder.path(), network()).unwrap();
    let about = Checkpoint {
        origin: first.public().name().to_owned(),
        ..checkpoint()
    };
    let note = sign(&about, &first);
    std::fs::remove_file(folder.path().join(KEY_FILE)).unwrap();
    let second = Key::open(folder.path(), network()).unwrap();
    assert_ne!(first.public(), second.public());
    let later = sign(&about, &second);
    let signers = Signers::of(folder.path(), network());
    assert_eq!(signers.faults(), []);
    for note in [&note, &later] {
        assert_eq!(signers.verify(note), Ok(about.clone()));
    }
    let stranger = sign(&about, &Key::from_seed(first.public().name(), &[9; 32]));
    assert!(matches!(
        signers.verify(&stranger),
        Err(NoteError::OtherKey(_))
    ));
    assert!(matches!(
        Signers::default().verify(&note),
        Err(NoteError::OtherKey(_))
    ));
}

#[test]
fn a_network_of_before_knows_its_own_key_and_damage_is_told_of() {
    let folder = Folder::new();
    let key = Key::open(folder.path(), network()).unwrap();
    let file = folder.path().join(SIGNERS_FILE);
    std::fs::remove_file(&file).unwrap();
    let own = Signers::from(key.public().clone());
    assert_eq!(Signers::of(folder.path(), network()), own);
    assert!(!file.exists(), "looking changes nothing");
    Key::open(folder.path(), network()).unwrap();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        format!("{}\n", key.public())
    );
    std::fs::write(&file, "no key\n").unwrap();
    std::fs::write(folder.path().join(KEY_FILE), "no key").unwrap();
    assert_eq!(Signers::of(folder.path(), network()).faults().len(), 2);
}
