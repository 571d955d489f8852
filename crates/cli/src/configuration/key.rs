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
    /// Where a table says that it is, or what is wrong with that; the path of a file begins at the
    /// configuration's folder.
    pub(super) fn of(
        file: &Path,
        variable: Option<&str>,
        path: Option<&Path>,
    ) -> Result<Self, &'static str> {
        let folder = file.parent().unwrap_or(Path::new(""));
        match (variable, path) {
            (Some(_), Some(_)) => Err("needs its key in one place: key_env or key_file"),
            (Some(variable), None) => Ok(Self::Variable(variable.to_owned())),
            (None, Some(path)) => Ok(Self::File(folder.join(path))),
            (None, None) => Ok(Self::None),
        }
    }

    /// The key without the space around it, where there is one.
    pub(super) fn read(&self) -> Result<Option<String>> {
        match self {
            Self::None => Ok(None),
            Self::Variable(variable) => std::env::var(variable)
                .map(|text| Some(text.trim().to_owned()))
                .map_err(|_| usage(format!("the variable {variable}, its key, is not set"))),
            Self::File(path) => {
                check_owned(path)?;
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("its key {} cannot be read", path.display()))?;
                Ok(Some(text.trim().to_owned()))
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
