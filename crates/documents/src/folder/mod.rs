//! Walks a folder of documents, or takes a single file, and reads file by file.
//!
//! The order is that of the names, so that two walks of the same folder give the same. Links
//! are followed only to files and folders inside the folder. Hidden files and what systems
//! leave lying about are passed over without a word; all else that is not read is reported.

mod inventory;
mod walk;

pub use inventory::{
    FOLDER_BYTES_MAX, FolderReading, Inventory, ReadFile, SkipReason, Skipped, Step,
};
pub use walk::{DEPTH_MAX, FILES_MAX, FolderFault, FoundFile};
