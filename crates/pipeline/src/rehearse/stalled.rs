//! A statement that stands before a lock of somebody else, and who sent it: there it can be killed. Neighbour: `killed`.

use super::each::Each;
use super::held::about;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Limits, Mortal, Observer, Session};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How long it is waited for that it stands.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(2);

/// It stands.
pub struct Stalled {
    /// Who sent it, as long as that lives.
    mortal: Option<Box<dyn Mortal>>,
    id: u64,
    /// One who writes to its tables, and one who reads them and sees what was there at first.
    holders: Vec<Box<dyn Session>>,
    watcher: Box<dyn Session>,
    tables: BTreeSet<String>,
}

/// What is sent: the statement that is to stand, what comes before it, and the text that is sent at last.
pub struct Sent<'s> {
    pub statement: &'s str,
    pub before: Vec<&'s str>,
    /// All of that is one transaction.
    pub is_one: bool,
    pub text: &'s str,
}

impl Stalled {
    /// Sends it in a database, while somebody uses the tables that it is about; nothing where it does not stand.
    pub fn make(
        own: &Each<'_>,
        observer: &dyn Observer,
        (database, limits): (&str, Limits),
        sent: &Sent<'_>,
    ) -> Result<Option<Self>, Box<Trouble>> {
        let scratch = &own.place.scratch;
        let mut watcher = scratch.session(database)?;
        let tables = about(sent.statement, &observer.map(&mut *watcher)?);
        let mortal = scratch.mortal(database, &own.place.confined)?;
        let id = mortal.id();
        let mut one = Self { mortal: Some(mortal), id, holders: Vec::new(), watcher, tables };
        let patience = own.ground.limits.statement_timeout;
        if sent.is_one && !one.does(|mortal| mortal.begin(), patience)? {
            return Ok(None);
        }
        for text in &sent.before {
            if !one.does(|mortal| mortal.send(text), patience)? {
                return Ok(None);
            }
        }
        if !one.hold(own, observer, (database, limits))? {
            return Ok(None);
        }
        if let Some(mortal) = &mut one.mortal {
            mortal.send(sent.text)?;
        }
        Ok(if one.stands(observer)? { Some(one) } else { None })
    }

    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Whether it does something, and is not refused.
    fn does(&mut self, send: impl FnOnce(&mut dyn Mortal) -> Result<(), Box<Trouble>>, patience: Duration) -> Result<bool, Box<Trouble>> {
        let Some(mortal) = &mut self.mortal else { return Ok(false) };
        send(&mut **mortal)?;
        let from = Instant::now();
        while from.elapsed() < patience {
            if let Some(answer) = mortal.answered()? {
                return Ok(answer.is_ok());
            }
            std::thread::sleep(PAUSE);
        }
        Ok(false)
    }

    /// Others use its tables from now on; not where they do not get at them, because it has them already.
    fn hold(&mut self, own: &Each<'_>, observer: &dyn Observer, (database, limits): (&str, Limits)) -> Result<bool, Box<Trouble>> {
        let scratch = &own.place.scratch;
        let mut writer = scratch.session(database)?;
        writer.begin(&limits)?;
        for table in &self.tables {
            if observer.write_to(&mut *writer, table).is_err() {
                return Ok(false);
            }
        }
        let mut reader = scratch.session(database)?;
        let tables: Vec<String> = self.tables.iter().cloned().collect();
        observer.linger(&mut *reader, &tables, false)?;
        self.holders = vec![writer, reader];
        Ok(true)
    }

    /// Whether it comes to stand before those who hold now.
    fn stands(&mut self, observer: &dyn Observer) -> Result<bool, Box<Trouble>> {
        let holders: BTreeSet<u64> = self.holders.iter().map(|session| session.id()).collect();
        let from = Instant::now();
        while from.elapsed() < PATIENCE {
            let sample = observer.sample(&mut *self.watcher, self.id)?;
            if !sample.waited_for.is_empty() {
                let blockers = observer.blockers(&mut *self.watcher, self.id)?;
                if blockers.iter().any(|(session, _)| holders.contains(session)) {
                    return Ok(true);
                }
            } else if self.mortal.as_mut().is_none_or(|mortal| !matches!(mortal.answered(), Ok(None))) {
                return Ok(false);
            }
            std::thread::sleep(PAUSE);
        }
        Ok(false)
    }

    /// Lets it go on to its next wait; whether it comes to one.
    pub fn goes_on(&mut self, own: &Each<'_>, observer: &dyn Observer, place: (&str, Limits)) -> Result<bool, Box<Trouble>> {
        let before = std::mem::take(&mut self.holders);
        if !self.hold(own, observer, place)? {
            return Ok(false);
        }
        for mut session in before {
            session.roll_back()?;
        }
        self.stands(observer)
    }

    /// Who sent it dies.
    pub fn leave(&mut self) {
        self.mortal = None;
    }

    /// Nobody is in its way any more.
    pub fn release(&mut self) -> Result<(), Box<Trouble>> {
        self.holders.drain(..).try_for_each(|mut session| session.roll_back())
    }
}

/// Waits until a session holds nothing and waits for nothing; whether it came to that.
pub fn gone(observer: &dyn Observer, watcher: &mut dyn Session, id: u64, patience: Duration) -> Result<bool, Box<Trouble>> {
    let from = Instant::now();
    let mut seen = 0;
    while seen < 2 {
        if from.elapsed() > patience {
            return Ok(false);
        }
        let sample = observer.sample(watcher, id)?;
        seen = if sample.held.is_empty() && sample.waited_for.is_empty() { seen + 1 } else { 0 };
        std::thread::sleep(PAUSE);
    }
    Ok(true)
}
