//! Where the store is, as it is written. Neighbour: `crate::store`, which opens it.

use evenkeel_core::fault::{Class, Trouble};
use std::path::PathBuf;

/// The file that `sqlite:/absolute/path` names.
///
/// # Errors
/// It names none, or another sort of store.
pub fn file(url: &str, place: impl FnOnce() -> String) -> Result<PathBuf, Box<Trouble>> {
    let path = url.strip_prefix("sqlite:").map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)));
    match path.filter(|path| path.is_absolute() && path.file_name().is_some()) {
        Some(path) => Ok(path),
        None => {
            // A URL of a server may hold a password.
            let found = url.split_once(':').map_or("a text without `sqlite:`", |(scheme, _)| {
                if scheme == "sqlite" { "a path that is not absolute" } else { "another sort of store" }
            });
            Err(Box::new(
                Trouble::new(Class::Configuration, "cannot read where the store is")
                    .expected("sqlite:/absolute/path/of/a/file")
                    .found(found)
                    .origin(place())
                    .fix("url = \"sqlite:/var/lib/evenkeel/store.sqlite\" under [store], or remove it for the user's own"),
            ))
        }
    }
}
