//! Transactions that stay open while a release runs. Neighbour: `load`, the clients that go on.

use super::load::Clients;
use super::pending::Release;
use crate::migrations::Script;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Observer, Scratch, Session};
use evenkeel_core::rehearsal::time;
use evenkeel_core::trace::{Sort, names};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A reader and an idle transaction that stay open on the tables that the release names, while it runs.
pub struct Lasting {
    sessions: Vec<Box<dyn Session>>,
    tables: Vec<String>,
    /// Tables that it names and that nobody holds here: what is in them is on another server.
    elsewhere: Vec<String>,
    until: Instant,
    wanted: Duration,
}

/// So many tables at most.
const TABLES: usize = 20;
/// Between two looks at whether it is over.
const PAUSE: Duration = Duration::from_millis(20);

impl Lasting {
    /// Opens both; or says why not: no table that is there is named.
    pub fn open(
        scratch: &dyn Scratch,
        database: &str,
        observer: &dyn Observer,
        (release, wanted): (&Release, Duration),
    ) -> Result<Result<Self, String>, Box<Trouble>> {
        let texts: Vec<&str> = release.cuts.iter().flat_map(|cut| &cut.up).map(|script: &Script| script.part.text.as_str()).collect();
        let map = observer.map(&mut *scratch.session(database)?)?;
        let is_named = |name: &str| texts.iter().any(|text| names(text, name));
        // A release may name a table by an index of it alone.
        let tables = map.values().filter(|relation| is_named(&relation.name)).filter_map(|relation| match relation.sort {
            Sort::Table => Some(relation),
            Sort::Index => relation.of.and_then(|table| map.get(&table)).filter(|table| table.sort == Sort::Table),
            _ => None,
        });
        let (foreign, own): (BTreeSet<_>, BTreeSet<_>) =
            tables.map(|table| (table.elsewhere, table.name.clone())).partition(|(there, _)| *there);
        let names = |tables: BTreeSet<(bool, String)>| tables.into_iter().take(TABLES).map(|(_, name)| name).collect::<Vec<_>>();
        let (tables, elsewhere) = (names(own), names(foreign));
        if tables.is_empty() {
            return Ok(Err(match elsewhere.as_slice() {
                [] => "no table that is there is named by the release: no transaction was kept open beside it".to_owned(),
                all => format!("no transaction was kept open beside it: another server has {}", all.join(", ")),
            }));
        }
        let mut sessions = Vec::new();
        for writes in [false, true] {
            let mut session = scratch.rows(database)?;
            observer.linger(&mut *session, &tables, writes)?;
            sessions.push(session);
        }
        Ok(Ok(Self { sessions, tables, elsewhere, until: Instant::now() + wanted, wanted }))
    }

    /// Stays until its time is over, or that of the clients; says what it was.
    pub fn stay(mut self, clients: &Clients) -> String {
        while Instant::now() < self.until && !clients.is_after() {
            std::thread::sleep(PAUSE);
        }
        let is_whole = Instant::now() >= self.until;
        let named = self.tables.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let more = if self.tables.len() > 5 { format!(" and {} more", self.tables.len() - 5) } else { String::new() };
        let lost = self.sessions.iter_mut().filter_map(|session| session.roll_back().err()).next();
        let end = match lost {
            Some(why) => format!("the server ended one of them: {why}"),
            None if is_whole => format!("the release was not over when they ended, after {}", time(self.wanted)),
            None => "the release was over before them".to_owned(),
        };
        let without = match self.elsewhere.as_slice() {
            [] => String::new(),
            all => format!(" (not on {}, which another server has)", all.join(", ")),
        };
        format!("a reader and an idle transaction that has written, open on {named}{more}{without} before it began: {end}")
    }
}
