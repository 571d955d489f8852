//! Why something could not be asked, shown or handed over.

use consort_engine::EngineError;
use consort_engine::archive::ArchiveError;
use consort_engine::artefact::ArtefactError;
use consort_kernel::id::OutcomeId;

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The engine says why.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// It cannot be written into an archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The outcome is not in this network.
    #[error("{0} is not here")]
    Unknown(OutcomeId),
    /// The outcome was stated without a playbook.
    #[error("{0} was not begun from a playbook")]
    NoPlaybook(OutcomeId),
    /// What an outcome was given cannot be read.
    #[error("what {0} was given cannot be read: {1}")]
    Unreadable(OutcomeId, String),
    /// The playbook cannot be used with what is there.
    #[error("{what} cannot be used:\n  {}", problems.join("\n  "))]
    Problems {
        /// What was read.
        what: String,
        /// Each problem with its place.
        problems: Vec<String>,
    },
    /// A folder or a file cannot be read.
    #[error("{0} cannot be read: {1}")]
    CannotRead(String, String),
    /// An input takes one file, and another number was given.
    #[error("'{0}' takes one file")]
    NotOneFile(String),
    /// Nothing was handed in that could be judged or delivered.
    #[error("'{0}' was not handed in")]
    NotHandedIn(String),
    /// No signature in advance covers the end.
    #[error("no signature given in advance covers the end of {0}")]
    NotCovered(OutcomeId),
}

impl DeskError {
    /// The problems of a playbook as one error.
    pub fn problems(what: &str, problems: &[consort_playbook::Problem]) -> Self {
        Self::Problems {
            what: what.to_owned(),
            problems: problems.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<ArtefactError> for DeskError {
    fn from(error: ArtefactError) -> Self {
        Self::Engine(error.into())
    }
}
