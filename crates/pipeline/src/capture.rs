//! Stage 1: an environment, live or from a file, as a manifest.

use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::file;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Progress, Request};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where a manifest comes from.
pub enum Source {
    Live { environment: Box<dyn Environment>, request: Request },
    File { label: String, path: PathBuf },
}

impl Source {
    /// What the user calls it.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Live { request, .. } => &request.label,
            Self::File { label, .. } => label,
        }
    }
}

/// Captures or reads.
///
/// # Errors
/// The server cannot be reached; the file is missing or is no manifest that was written by evenkeel.
pub fn manifest(source: &Source, progress: &dyn Progress) -> Result<Manifest, Box<Trouble>> {
    match source {
        Source::Live { environment, request } => environment.capture(request, progress),
        Source::File { path, .. } => read(path),
    }
}

/// Reads a manifest and, where there is one, the measured part beside it.
///
/// # Errors
/// The file is missing or is no manifest that was written by evenkeel.
pub fn read(path: &Path) -> Result<Manifest, Box<Trouble>> {
    let stable = bytes(path)?;
    let beside = measured_path(path);
    let measured = match std::fs::read(&beside) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(&beside, &error)),
    };
    file::read(&stable, measured.as_deref()).map_err(|fault| {
        let trouble = fault.trouble();
        Box::new(Trouble { what: format!("{} {}", trouble.what, path.display()), ..trouble })
    })
}

/// The measured part's name: `production.jsonl` has `production.measured.jsonl` beside it.
#[must_use]
pub fn measured_path(path: &Path) -> PathBuf {
    path.with_extension(
        path.extension().map_or_else(|| "measured".to_owned(), |extension| format!("measured.{}", extension.to_string_lossy())),
    )
}

fn bytes(path: &Path) -> Result<Vec<u8>, Box<Trouble>> {
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, format!("cannot read the manifest {}", path.display()))
        .expected("a file written by: evenkeel capture ENV --out FILE")
        .found(error.to_string());
    Box::new(if error.kind() == ErrorKind::NotFound {
        trouble.fix(format!("write it with: evenkeel capture ENV --out {}", path.display()))
    } else {
        trouble
    })
}
