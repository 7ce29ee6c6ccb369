//! What can go wrong while painting. The document itself cannot fail; only a serialiser can.

use evenkeel_core::fault::{Class, Trouble, Troublesome};

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the report cannot be written as {format}")]
    Json { format: &'static str, source: serde_json::Error },
    #[error("the report cannot be written as junit")]
    Junit(#[from] quick_junit::SerializeError),
    #[error("the report cannot be written as html")]
    Html(#[from] askama::Error),
}

impl Troublesome for Fault {
    fn trouble(&self) -> Trouble {
        let source = std::error::Error::source(self).map(ToString::to_string).unwrap_or_default();
        Trouble::new(Class::Internal, self.to_string())
            .expected("a document that every format can hold")
            .found(source)
            .fix("this is a bug of evenkeel: take another --format, and report it with the output of --format json")
    }
}
