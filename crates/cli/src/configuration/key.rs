//! Where a key is: in the environment or in a file of its own, never in the configuration. It is read when
//! it is needed and at no other time.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::exit::usage;

/// Where a key is.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// There is none.
    None,
    /// In this variable of the environment.
    Variable(String),
    /// In this file, which only its owner may read.
    File(PathBuf),
}

impl Key {
    /// Where a table says that it is; the path of a file begins at the configuration's folder.
    pub(super) fn of(file: &Path, variable: Option<&str>, path: Option<&Path>) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        match (variable, path) {
            (Some(variable), _) => Self::Variable(variable.to_owned()),
            (None, Some(path)) => Self::File(folder.join(path)),
            (None, None) => Self::None,
        }
    }

    /// The key, where there is one.
    pub(super) fn read(&self) -> Result<Option<String>> {
        match self {
            Self::None => Ok(None),
            Self::Variable(variable) => std::env::var(variable)
                .map(Some)
                .map_err(|_| usage(format!("the variable {variable}, its key, is not set"))),
            Self::File(path) => {
                check_owned(path)?;
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("its key {} cannot be read", path.display()))?;
                Ok(Some(text))
            }
        }
    }
}

/// Refuses a key that others may read.
fn check_owned(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        const OTHERS: u32 = 0o077;
        let found = std::fs::metadata(path)
            .with_context(|| format!("its key {} cannot be read", path.display()))?;
        if found.permissions().mode() & OTHERS != 0 {
            return Err(usage(format!(
                "others can read its key; let only yourself: chmod 600 {}",
                path.display()
            )));
        }
    }
    Ok(())
}
