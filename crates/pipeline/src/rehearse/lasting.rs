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
    until: Instant,
    wanted: Duration,
}

/// So many tables at most.
const TABLES: usize = 20;
/// Between two looks at whether it is over.
const PAUSE: Duration = Duration::from_millis(20);

impl Lasting {
    /// Opens both; nothing where no table that is there is named.
    pub fn open(
        scratch: &dyn Scratch,
        database: &str,
        observer: &dyn Observer,
        (release, wanted): (&Release, Duration),
    ) -> Result<Option<Self>, Box<Trouble>> {
        let texts: Vec<&str> = release.cuts.iter().flat_map(|cut| &cut.up).map(|script: &Script| script.part.text.as_str()).collect();
        let map = observer.map(&mut *scratch.session(database)?)?;
        let is_named = |name: &str| texts.iter().any(|text| names(text, name));
        // A release may name a table by an index of it alone.
        let tables = map.values().filter(|relation| is_named(&relation.name)).filter_map(|relation| match relation.sort {
            Sort::Table => Some(relation),
            Sort::Index => relation.of.and_then(|table| map.get(&table)).filter(|table| table.sort == Sort::Table),
            _ => None,
        });
        let tables: BTreeSet<String> = tables.map(|table| table.name.clone()).collect();
        let tables: Vec<String> = tables.into_iter().take(TABLES).collect();
        if tables.is_empty() {
            return Ok(None);
        }
        let mut sessions = Vec::new();
        for writes in [false, true] {
            let mut session = scratch.session(database)?;
            observer.linger(&mut *session, &tables, writes)?;
            sessions.push(session);
        }
        Ok(Some(Self { sessions, tables, until: Instant::now() + wanted, wanted }))
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
        format!("a reader and an idle transaction that has written, open on {named}{more} before it began: {end}")
    }
}
