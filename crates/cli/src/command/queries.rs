//! `evenkeel queries`: every statement a capture sends, for whoever wants to read or time them.

use super::{Outcome, dimensions, output};
use crate::args::Queries;

pub fn run(arguments: &Queries) -> Outcome {
    let text = crate::wire::statements(&arguments.engine, arguments.major.as_deref(), &dimensions(&arguments.dimension))?;
    output::write(text.as_bytes(), None)?;
    Ok(0)
}
