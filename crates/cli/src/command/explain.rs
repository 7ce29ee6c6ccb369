//! `evenkeel explain ID`.

use super::Outcome;
use crate::args::Explain;
use evenkeel_core::fault::{Class, Trouble};

pub fn run(arguments: &Explain) -> Outcome {
    let _ = arguments;
    Err(Box::new(Trouble::new(Class::Internal, "explain is not written yet")))
}
