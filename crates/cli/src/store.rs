//! Where what is kept between runs is: the file that is configured, else one in the user's state folder. And who it is that keeps it.

use crate::paint;
use crate::settings::Settings;
use evenkeel_core::deployment::lock::Asking;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Halt, Owner, Store};
use evenkeel_store::Sqlite;
use jiff::Timestamp;
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

/// That there is no place where a mark could be, which is no word on whether there is one: it is said, whatever else is.
pub fn say_where(settings: &Settings) {
    if open(settings).is_err() {
        paint::say!(
            "note: whether an environment is halted or locked was not looked at: no file is named under [store], and neither XDG_STATE_HOME nor HOME \
             is set"
        );
    }
}

/// The mark of a configured environment. Where nothing is kept, nothing was halted from here ([`say_where`]).
///
/// # Errors
/// The store is there and cannot be read: nobody can tell.
pub fn halted(settings: &Settings, environment: &str) -> Result<Option<Halt>, Box<Trouble>> {
    match open(settings) {
        Ok(store) => store.halted(environment),
        Err(_) => Ok(None),
    }
}

/// What is known here of the parity lock of a configured environment. Where nothing is kept, nothing was locked from here
/// ([`say_where`]).
///
/// # Errors
/// The store is there and cannot be read: nobody can tell.
pub fn locked(settings: &Settings, environment: &str) -> Result<Asking, Box<Trouble>> {
    match open(settings) {
        Ok(store) => asking(&store, environment),
        Err(_) => Ok(Asking { lock: None, ..known(environment, "no store") }),
    }
}

/// The same, of a store.
///
/// # Errors
/// It cannot be read.
pub fn asking(store: &dyn Store, environment: &str) -> Result<Asking, Box<Trouble>> {
    let lock = store.locks(environment, 1)?.pop().filter(|lock| lock.released.is_none());
    Ok(Asking { lock, ..known(environment, &store.describe()) })
}

fn known(environment: &str, store: &str) -> Asking {
    Asking { environment: environment.to_owned(), lock: None, asker: holder(), now: now().to_string(), store: store.to_owned() }
}

/// Now, to the second.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Who somebody is who locks: `user@host`, unless they are called otherwise.
pub fn holder() -> String {
    let named = std::env::var(HOLDER).ok().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("{}@{}", user(), owner().host))
}

/// The variable that says who somebody is who locks: a team, or a pipeline whose machine is another each time.
const HOLDER: &str = "EVENKEEL_HOLDER";

/// Who is at work here.
pub fn user() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()));
    named.unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()))
}

/// This process, as others can find it again.
pub fn owner() -> Owner {
    let line = |path: &str| std::fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default();
    let pid = std::process::id();
    Owner {
        host: line("/proc/sys/kernel/hostname"),
        boot: line("/proc/sys/kernel/random/boot_id"),
        pid,
        started: started(pid).unwrap_or_default(),
    }
}

/// Whether a process is there still; nothing where it is another host's, or this one does not tell.
pub fn is_there(owner: &Owner) -> Option<bool> {
    let here = self::owner();
    if owner.host != here.host || here.boot.is_empty() || here.started.is_empty() {
        return None;
    }
    Some(owner.boot == here.boot && started(owner.pid).is_some_and(|started| started == owner.started))
}

/// When a process was started, counted since the host was; nothing where there is none of that number.
/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
fn started(pid: u32) -> Option<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything.
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    // A process that is over, and that nobody has asked about, is none.
    fields.next().filter(|state| !matches!(*state, "Z" | "X"))?;
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_there_until_it_is_another() {
        let own = owner();
        assert_eq!(is_there(&own), Some(true));
        assert_eq!(is_there(&Owner { started: "1".to_owned(), ..own.clone() }), Some(false));
        assert_eq!(is_there(&Owner { boot: "another".to_owned(), ..own.clone() }), Some(false));
        assert_eq!(is_there(&Owner { pid: u32::MAX, ..own.clone() }), Some(false));
        assert_eq!(is_there(&Owner { host: "another".to_owned(), ..own }), None);
    }
}
