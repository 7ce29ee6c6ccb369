//! Clients that are kept out while a release is taken back: what it takes from them, nobody is using. And let in again, whatever becomes of
//! it: the journal has it that they are kept out before they are.
//!
//! Does not live here: who keeps them out (`Drain`), what is run meanwhile (`course`).

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Drain, Entry, Environment, Event, Intended, Limits, Owner, Run, Store, kept_out};
use std::time::{Duration, Instant};

/// Between two looks at who is there, and two tries to let clients in.
const PAUSE: Duration = Duration::from_millis(200);
/// How often that is tried.
const TRIES: u32 = 3;
/// So many sessions are named.
const NAMED: usize = 3;

/// How clients are kept out.
pub struct Draining<'a> {
    /// Nobody keeps them out where it is waited only.
    pub by: Option<&'a dyn Drain>,
    /// Roles that have to have no session on the database.
    pub roles: &'a [String],
    /// For how long it is waited until they have none.
    pub within: Duration,
}

impl Draining<'_> {
    /// Keeps them out, and waits until none is at work; why not, where it came to that: they are in again then.
    ///
    /// # Errors
    /// The journal cannot be written, they cannot be kept out or let in again, nobody can tell who is there.
    pub(super) fn close(
        &self,
        environment: &dyn Environment,
        limits: &Limits,
        (intended, run): (&Intended<'_>, &Run<'_>),
    ) -> Result<Result<(), String>, Box<Trouble>> {
        run.watch.see(Event::Step { what: "waiting until no client is at work" });
        if let Some(by) = self.by {
            intended.takes(&kept_out(by))?;
            match by.close(&run.watch) {
                Ok(Ok(())) => {}
                // It has let them in again, or nobody was kept out.
                Ok(Err(why)) => {
                    intended.gave(&kept_out(by))?;
                    return Ok(Err(format!("{}: {why}", by.describe())));
                }
                Err(trouble) => {
                    self.open(intended)?;
                    return Err(trouble);
                }
            }
        }
        let free = self.free(environment, limits, run);
        if !matches!(free, Ok(Ok(()))) {
            self.open(intended)?;
        }
        free
    }

    fn free(&self, environment: &dyn Environment, limits: &Limits, run: &Run<'_>) -> Result<Result<(), String>, Box<Trouble>> {
        if self.roles.is_empty() {
            return Ok(Ok(()));
        }
        let until = Instant::now() + self.within;
        loop {
            let there = environment.sessions_of(self.roles, limits, &run.watch)?;
            if there.is_empty() {
                return Ok(Ok(()));
            }
            if Instant::now() >= until {
                let (named, more) = (there.iter().take(NAMED).cloned().collect::<Vec<_>>(), there.len().saturating_sub(NAMED));
                let more = if more > 0 { format!("; and {more} more") } else { String::new() };
                let within = self.within.as_secs_f64();
                return Ok(Err(format!("the application has sessions still after {within} s: {}{more}", named.join("; "))));
            }
            run.watch.stop.check()?;
            std::thread::sleep(PAUSE);
        }
    }

    /// Lets them in again, where they were kept out.
    ///
    /// # Errors
    /// They are not in: the journal has it still.
    pub(super) fn open(&self, intended: &Intended<'_>) -> Result<(), Box<Trouble>> {
        let Some(by) = self.by else { return Ok(()) };
        opened(by)?;
        intended.gave(&kept_out(by))
    }
}

/// Tried several times: whoever keeps clients out is not asked twice lightly.
fn opened(by: &dyn Drain) -> Result<(), Box<Trouble>> {
    let mut tries = 1;
    loop {
        match by.open() {
            Err(_) if tries < TRIES => {
                std::thread::sleep(PAUSE);
                tries += 1;
            }
            Ok(()) => return Ok(()),
            Err(trouble) => {
                let fix = trouble.fix.clone().unwrap_or_else(|| format!("by hand: {}", by.by_hand()));
                let what = format!("clients are kept out still by {}: {}", by.describe(), trouble.what);
                return Err(Box::new(Trouble { what, ..*trouble }.fix(fix)));
            }
        }
    }
}

/// Runs that keep clients out, or have left them so, the newest first.
///
/// # Errors
/// The store cannot be read.
pub fn keeping_out(store: &dyn Store, environment: &str) -> Result<Vec<Entry>, Box<Trouble>> {
    let mut runs = store.holding(environment)?;
    runs.retain(|entry| entry.keeps_out().next().is_some());
    Ok(runs)
}

/// Lets clients in again whom runs keep out that are gone, or could not let them in; what was done, in words.
///
/// # Errors
/// The store cannot be read or written; they are not in, or whoever keeps them out is not named any more.
pub fn let_in(
    store: &dyn Store,
    environment: &str,
    is_there: &dyn Fn(&Owner) -> Option<bool>,
    by: Option<&dyn Drain>,
) -> Result<Vec<String>, Box<Trouble>> {
    let runs = keeping_out(store, environment)?;
    let is_at_work = |entry: &Entry| entry.ended.is_none() && entry.is_there(is_there) != Some(false);
    let mut said = Vec::new();
    for entry in runs.iter().filter(|entry| !is_at_work(entry)) {
        for who in entry.keeps_out() {
            let Some(by) = by.filter(|by| by.describe() == who) else {
                let trouble = Trouble::new(Class::CouldNotTell, format!("run {} keeps clients out, and nobody lets them in", entry.number));
                let found = by.map_or_else(|| "no drain".to_owned(), Drain::describe);
                let trouble = trouble.expected(who).found(found).origin("[rollback] in evenkeel.toml, and the journal");
                return Err(Box::new(trouble.fix("name it under [rollback] once more, and run this again")));
            };
            opened(by)?;
            store.hold(entry.number, &kept_out(by), false)?;
            said.push(format!("clients whom run {} had kept out were let in again: {who}", entry.number));
        }
    }
    Ok(said)
}
