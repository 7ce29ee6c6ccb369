//! How often environments are drilled, as it is written. Neighbour: `gates`, what a recovery may take.

use super::raw::RawDrill;
use crate::args::age;
use evenkeel_core::fault::{Class, Trouble};
use std::ops::Range;
use std::time::Duration;

/// How often, and which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drill {
    /// Nothing where nobody asked for any.
    pub every: Option<Duration>,
    /// Nothing: those of tier production.
    pub environments: Option<Vec<String>>,
}

/// What is written.
///
/// # Errors
/// A length of time that is none.
pub fn schedule(raw: RawDrill, place: impl Fn(Range<usize>) -> String) -> Result<Drill, Box<Trouble>> {
    let every = raw.every.as_ref().map(|text| {
        age(text.get_ref()).map_err(|why| {
            let trouble = Trouble::new(Class::Configuration, "cannot read every under [drill]").expected("a length of time such as 30d");
            Box::new(trouble.found(why).origin(place(text.span())).fix("every = \"90d\""))
        })
    });
    Ok(Drill { every: every.transpose()?, environments: raw.environments })
}
