//! What of an environment's migrations must be recorded, as it is written. Neighbour: `pipeline/check`, which asks.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_pipeline::check::Must;

/// `all`, or the key of the last one.
///
/// # Errors
/// It is empty.
pub fn must(text: &str, place: impl FnOnce() -> String) -> Result<Must, Box<Trouble>> {
    match text.trim() {
        "" => Err(Box::new(
            Trouble::new(Class::Configuration, "cannot read what must be recorded")
                .expected("\"all\", or the key of the last migration that must be recorded")
                .found("nothing")
                .origin(place())
                .fix("write recorded = \"all\", or remove the line"),
        )),
        "all" => Ok(Must::All),
        key => Ok(Must::UpTo(key.to_owned())),
    }
}
