//! The documents of the demo, in the binary: those of `examples/suppliers`.

use std::io;
use std::path::Path;

/// A document's name and bytes.
type Document = (&'static str, &'static [u8]);

/// Names a file of the folder, with its bytes.
macro_rules! documents {
    ($($name:literal)+) => {
        [$(($name, include_bytes!(concat!("../../../../examples/suppliers/documents/", $name)))),+]
    };
}

/// All of them.
const DOCUMENTS: [Document; 26] = documents! {
    "against-bramholt.md"
    "bramholt-contract.txt"
    "bramholt-offer.pdf"
    "budget-memo.docx"
    "corvane-contract.docx"
    "corvane-offer.docx"
    "corvane-price-list.csv"
    "corvane-service-levels.md"
    "delivery-timetable.csv"
    "email-bramholt-offer-questions.txt"
    "email-branch-managers.txt"
    "email-finance-lottery-grant.txt"
    "email-tillery-3-march.txt"
    "minutes-2026-02-05.md"
    "minutes-2026-03-05.md"
    "price-comparison.xlsx"
    "reference-bramholt-penmarsh.md"
    "reference-corvane-oldcastle.txt"
    "reference-tillery-westry.html"
    "security-questionnaire.csv"
    "site-survey.md"
    "tillery-contract.html"
    "tillery-offer-2022.txt"
    "tillery-offer.pdf"
    "tillery-price-list.csv"
    "user-panel-notes.md"
};

/// Puts them into a folder.
pub(super) fn put(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in DOCUMENTS {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
