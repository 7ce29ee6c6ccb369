//! Where what is kept between runs is: the file that is configured, else one in the user's state folder.

use crate::settings::Settings;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Halt, Store};
use evenkeel_store::Sqlite;
use std::path::PathBuf;

/// The store.
///
/// # Errors
/// None is configured, and there is no folder for one.
pub fn open(settings: &Settings) -> Result<Sqlite, Box<Trouble>> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = || {
        let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
        Some(state.join("evenkeel/store.sqlite"))
    };
    settings.store.clone().or_else(usual).map(Sqlite::new).ok_or_else(|| {
        Box::new(
            Trouble::new(Class::Configuration, "there is no place for the store")
                .expected("url = \"sqlite:/absolute/path\" under [store], or one of the variables XDG_STATE_HOME and HOME")
                .found("none of them")
                .fix("name a file under [store]"),
        )
    })
}

/// The mark of a configured environment. Where nothing is kept, nothing was halted from here.
///
/// # Errors
/// The store is there and cannot be read: nobody can tell.
pub fn halted(settings: &Settings, environment: &str) -> Result<Option<Halt>, Box<Trouble>> {
    match open(settings) {
        Ok(store) => store.halted(environment),
        Err(_) => Ok(None),
    }
}
