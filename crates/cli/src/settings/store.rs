//! Where the store is, as it is written. Neighbour: `crate::store`, which opens it.

use crate::args::age;
use evenkeel_core::fault::{Class, Trouble};
use secrecy::{ExposeSecret, SecretString};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;

/// Where it is.
#[derive(Debug, Clone)]
pub enum Place {
    File(PathBuf),
    /// A database, and where it is written; the URL may hold a password.
    Database {
        url: SecretString,
        origin: String,
    },
}

/// What `sqlite:/absolute/path` or a URL of a server names.
///
/// # Errors
/// It names neither.
pub fn place(url: &str, origin: String) -> Result<Place, Box<Trouble>> {
    let path = url.strip_prefix("sqlite:").map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)));
    let is_file = path.is_some();
    if let Some(path) = path.filter(|path| path.is_absolute() && path.file_name().is_some()) {
        return Ok(Place::File(path));
    }
    if !is_file && url.contains("://") {
        // Whether such a server keeps a store is the wiring's to say.
        return Ok(Place::Database { url: SecretString::from(url), origin });
    }
    // A text that is none may hold a password.
    let found = if is_file { "a path that is not absolute" } else { "neither of them" };
    Err(Box::new(
        Trouble::new(Class::Configuration, "cannot read where the store is")
            .expected("sqlite:/absolute/path/of/a/file, or postgres://USER@HOST/DATABASE")
            .found(found)
            .origin(origin)
            .fix("url = \"sqlite:/var/lib/evenkeel/store.sqlite\" under [store], or remove it for the user's own"),
    ))
}

/// How long is kept what nobody will ask for.
///
/// # Errors
/// A length of time that is none.
pub fn keep(raw: Option<&Spanned<String>>, place: impl Fn(Range<usize>) -> String) -> Result<Option<Duration>, Box<Trouble>> {
    let read = |text: &Spanned<String>| {
        age(text.get_ref()).map_err(|why| {
            let trouble = Trouble::new(Class::Configuration, "cannot read keep under [store]").expected("a length of time such as 365d");
            Box::new(trouble.found(why).origin(place(text.span())).fix("keep = \"365d\""))
        })
    };
    raw.map(read).transpose()
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(two)) => one == two,
            (Self::Database { url: one, .. }, Self::Database { url: two, .. }) => one.expose_secret() == two.expose_secret(),
            _ => false,
        }
    }
}
