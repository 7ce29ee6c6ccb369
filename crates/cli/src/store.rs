//! Where what is kept between runs is: what is configured, else a file in the user's state folder. And who it is that keeps it.

use crate::args::Common;
use crate::paint;
use crate::settings::{Settings, StorePlace as Place};
use crate::wire;
use evenkeel_core::deployment::lock::Asking;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{HALT, Halt, Owner, Pruned, Silent, Store};
use evenkeel_pipeline::register::Seen;
use evenkeel_store::{Server, Sqlite};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

/// The store.
///
/// # Errors
/// None is configured, and there is no folder for one; what is configured cannot be one.
pub fn open(settings: &Settings) -> Result<Box<dyn Store>, Box<Trouble>> {
    found(settings)?.ok_or_else(|| {
        Box::new(
            Trouble::new(Class::Configuration, "there is no place for the store")
                .expected("url = \"sqlite:/absolute/path\" under [store], or one of the variables XDG_STATE_HOME and HOME")
                .found("none of them")
                .fix("name a file under [store]"),
        )
    })
}

/// The store, whose word on halts is the environments' own as well.
///
/// # Errors
/// As of [`open`].
pub fn seen<'a>(settings: &'a Settings, common: &'a Common) -> Result<Box<dyn Store + 'a>, Box<Trouble>> {
    let look = move |name: &str| {
        if !settings.environments.contains_key(name) {
            return Ok(None);
        }
        let endpoint = wire::endpoint(name, settings, common, &[])?;
        let registered = endpoint.source.registered(&HALT, &wire::run(&Silent, settings))?;
        let halt = Halt::on(&registered).map_err(|why| {
            let trouble = Trouble::new(Class::CouldNotTell, format!("whether {name} is halted could not be told"));
            Box::new(trouble.expected("a table that can be read, or none").found(why))
        })?;
        Ok(halt.map(|halt| Halt { environment: name.to_owned(), ..halt }))
    };
    Ok(Box::new(Seen::new(open(settings)?, Box::new(look))))
}

/// The store, where there is a place for one.
pub type Found = Result<Option<Box<dyn Store>>, Box<Trouble>>;

/// Looks for it.
///
/// # Errors
/// What is configured cannot be one.
pub fn found(settings: &Settings) -> Found {
    Ok(match settings.store.clone()? {
        Some(Place::File(path)) => Some(Box::new(Sqlite::new(path))),
        Some(Place::Database { url, origin }) => {
            let keeper = wire::keeper(url.expose_secret()).map_err(|trouble| {
                let class = if trouble.class == Class::Usage { Class::Configuration } else { trouble.class };
                let origin = trouble.origin.as_ref().map_or(origin.clone(), |known| format!("{known} ({origin})"));
                Box::new(Trouble { class, what: format!("the store: {}", trouble.what), origin: Some(origin), ..*trouble })
            })?;
            static SAID: Once = Once::new();
            SAID.call_once(|| keeper.warnings().iter().for_each(|warning| paint::say!("note: the store: {}", paint::plain(warning))));
            Some(Box::new(Server::new(keeper)))
        }
        None => usual().map(|path| -> Box<dyn Store> { Box::new(Sqlite::new(path)) }),
    })
}

/// The user's own.
fn usual() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("evenkeel/store.sqlite"))
}

/// That there is no place where a mark could be, which is no word on whether there is one: it is said, whatever else is.
pub fn say_where(found: &Found) {
    if matches!(found, Ok(None)) {
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
pub fn halted(found: &Found, environment: &str) -> Result<Option<Halt>, Box<Trouble>> {
    found.as_ref().map_err(Clone::clone)?.as_ref().map_or(Ok(None), |store| store.halted(environment))
}

/// What is known here of the parity lock of a configured environment. Where nothing is kept, nothing was locked from here
/// ([`say_where`]).
///
/// # Errors
/// The store is there and cannot be read: nobody can tell.
pub fn locked(found: &Found, environment: &str) -> Result<Asking, Box<Trouble>> {
    match found.as_ref().map_err(Clone::clone)? {
        Some(store) => asking(&**store, environment),
        None => Ok(Asking { lock: None, ..known(environment, "no store") }),
    }
}

/// The same, of a store.
///
/// # Errors
/// It cannot be read.
pub fn asking(store: &dyn Store, environment: &str) -> Result<Asking, Box<Trouble>> {
    let lock = store.locks(environment, 1)?.pop().filter(|lock| lock.released.is_none());
    Ok(Asking { lock, is_shared: store.is_shared(), ..known(environment, &store.describe()) })
}

fn known(environment: &str, store: &str) -> Asking {
    let (environment, store) = (environment.to_owned(), store.to_owned());
    Asking { environment, lock: None, asker: holder(), now: now().to_string(), store, is_shared: false }
}

/// Removes what is older than that and nobody will ask for; what is to be said of it, where anything is.
pub fn tidied(store: &dyn Store, keep: Duration) -> Option<String> {
    let before = now().checked_sub(keep).ok()?;
    match store.prune(&before.to_string()) {
        Ok(Pruned { runs: 0, evidence: 0, locks: 0, verifications: 0 }) => None,
        Ok(Pruned { runs, evidence, locks, verifications }) => Some(format!(
            "what is older than {before} was removed from the store ([store] keep): {runs} runs, {evidence} of evidence, {locks} locks, \
             {verifications} verifications"
        )),
        Err(trouble) => Some(format!("what is older than {before} could not be removed from the store ([store] keep): {trouble}")),
    }
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
    let boot = line("/proc/sys/kernel/random/boot_id");
    // Numbers of processes are those of a container.
    let within = std::fs::read_link("/proc/self/ns/pid").map(|link| link.to_string_lossy().into_owned()).unwrap_or_default();
    Owner {
        host: line("/proc/sys/kernel/hostname"),
        boot: if boot.is_empty() { boot } else { format!("{boot} {within}") },
        pid,
        started: started(pid).unwrap_or_default(),
    }
}

/// Whether a process is there still; nothing where it is another host's, or this one does not tell. Machines and containers may be called
/// the same: what was started otherwise than this is another's, for all that is known here, and tells by its signs of life.
pub fn is_there(owner: &Owner) -> Option<bool> {
    let here = self::owner();
    if owner.host != here.host || here.boot.is_empty() || here.started.is_empty() {
        return None;
    }
    let is_running = || started(owner.pid).is_some_and(|started| started == owner.started);
    match owner.boot.split_once(' ') {
        Some(_) => (owner.boot == here.boot).then(is_running),
        // As a store of before has it, which was a file of this host.
        None => Some(here.boot.split_once(' ').is_some_and(|(boot, _)| boot == owner.boot) && is_running()),
    }
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
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_process_is_there_until_it_is_another() {
        let own = owner();
        assert_eq!(is_there(&own), Some(true));
        assert_eq!(is_there(&Owner { started: "1".to_owned(), ..own.clone() }), Some(false));
        assert_eq!(is_there(&Owner { boot: "another".to_owned(), ..own.clone() }), Some(false), "a file of before");
        let (boot, _) = own.boot.split_once(' ').unwrap();
        assert_eq!(is_there(&Owner { boot: boot.to_owned(), ..own.clone() }), Some(true), "a file of before");
        for other in [format!("{boot} pid:[1]"), "another pid:[1]".to_owned()] {
            assert_eq!(is_there(&Owner { boot: other, ..own.clone() }), None, "it may be another machine of that name");
        }
        assert_eq!(is_there(&Owner { pid: u32::MAX, ..own.clone() }), Some(false));
        assert_eq!(is_there(&Owner { host: "another".to_owned(), ..own }), None);
    }
}
