//! Why a file is no manifest, or not the one that was written: in words, with what to do.

use super::{FORMAT, Part};
use crate::fault::{Class as Exit, Trouble, Troublesome};

/// Why a file is no manifest, or not the one that was written.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    #[error("not a manifest: {0}")]
    NotAManifest(String),
    #[error("manifest format {found} is unknown")]
    UnknownFormat { found: u64 },
    #[error("canonical form {found} is unknown")]
    UnknownForm { found: u32 },
    #[error("line {line}: {reason}")]
    Line { line: usize, reason: String },
    #[error("the content does not match its digest")]
    Tampered { expected: String, found: String },
    #[error("{found} objects instead of {expected}")]
    Truncated { expected: usize, found: usize },
    #[error("more than {expected} objects")]
    Longer { expected: usize, line: usize },
    #[error("a {found:?} part where the {expected:?} part belongs")]
    WrongPart { expected: Part, found: Part },
    #[error("the measured part was read somewhere else")]
    OtherPlace { expected: String, found: String },
}

impl Troublesome for FileFault {
    fn trouble(&self) -> Trouble {
        let trouble = Trouble::new(Exit::CouldNotTell, "the manifest cannot be used");
        match self {
            Self::NotAManifest(reason) => trouble
                .expected("a first line that begins with {\"evenkeel\":\"manifest\"")
                .found(reason.clone())
                .fix("write one with: evenkeel capture ENV --out FILE"),
            Self::UnknownFormat { found } => trouble
                .expected(format!("manifest format {FORMAT} (evenkeel 0.1)"))
                .found(format!("manifest format {found}"))
                .fix(format!("read it with the evenkeel version that writes format {found}, or capture again")),
            Self::UnknownForm { found } => trouble
                .expected(format!("texts in canonical form {} or earlier", crate::digest::FORMAT))
                .found(format!("canonical form {found}"))
                .fix("read it with the evenkeel that wrote it or a newer one, or capture again"),
            Self::Line { line, reason } => trouble
                .expected("one object of a known kind a line, as evenkeel wrote it")
                .found(format!("line {line}: {reason}"))
                .fix("restore the file from version control, or capture again"),
            Self::Tampered { expected, found } => trouble
                .expected(format!("content digest {expected} (header of the file)"))
                .found(format!("content digest {found}: a line was changed by hand or by a merge"))
                .fix("restore the file from version control, or capture again"),
            Self::Truncated { expected, found } => trouble
                .expected(format!("{expected} objects (header of the file)"))
                .found(format!("{found} objects: lines are missing or were added"))
                .fix("restore the file from version control, or capture again"),
            Self::Longer { expected, line } => trouble
                .expected(format!("{expected} objects (header of the file)"))
                .found(format!("another one in line {line}: lines were added"))
                .fix("restore the file from version control, or capture again"),
            Self::WrongPart { expected, found } => trouble
                .expected(format!("the {expected:?} part").to_lowercase())
                .found(format!("the {found:?} part").to_lowercase())
                .fix("name the file without .measured"),
            Self::OtherPlace { expected, found } => trouble
                .expected(format!("a measured part of {expected} (header of the manifest)"))
                .found(format!("one of {found}: files were mixed up"))
                .fix("capture again: both parts are written together"),
        }
    }
}
