//! What was observed of statements that ran: locks and how long they were held, what was read whole or written anew, what was built.
//!
//! Lives here: the nouns, and what follows from looks before and after. Does not live here: how a server is asked (`port`, and
//! `observe` of each engine), what that means for a release (`rehearsal`).

pub use crate::manifest::has_word;

use crate::finding::Place;
use crate::statement::{Nature, Statement, Substitute, changes_rows};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What others cannot do while a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blocks {
    /// Nothing but stronger ones: reading and writing take such locks themselves.
    Ordinary,
    /// Nothing that an application does: other definitions, maintenance.
    Definitions,
    /// Writing.
    Writes,
    /// Reading and writing.
    Everything,
}

/// What a relation is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    Table,
    MaterializedView,
    Index,
    Sequence,
    View,
    /// Where a table keeps its large values.
    Overflow,
    Other,
}

impl Sort {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::MaterializedView => "materialized-view",
            Self::Index => "index",
            Self::Sequence => "sequence",
            Self::View => "view",
            Self::Overflow => "toast",
            Self::Other => "relation",
        }
    }
}

/// A relation at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// With its schema, as a person writes it.
    pub name: String,
    pub sort: Sort,
    /// The number of its file; nothing where it has none.
    pub storage: Option<u64>,
    /// Where its file is.
    pub space: u64,
    /// The table that an index belongs to.
    pub of: Option<u64>,
    /// How often it was read whole by the session that looks, since a time that does not change within a transaction.
    pub scans: u64,
    /// It is an index that allows no value twice, or none beside certain others.
    pub unique: bool,
    /// What is in it is on another server: nobody holds or reads it here.
    pub elsewhere: bool,
}

/// Relations by the server's numbers.
pub type Map = BTreeMap<u64, Relation>;

/// What a lock is on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum On {
    Relation(u64),
    /// Something that is no relation: its kind and its name.
    Other(String, String),
}

/// A lock, held or waited for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    pub on: On,
    /// The server's own name.
    pub mode: &'static str,
    pub blocks: Blocks,
}

/// What a session sees of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    pub held: BTreeSet<Held>,
    /// The relations it holds locks on; those it has dropped are not among them.
    pub relations: Map,
    /// Bytes that the server has written to its log so far.
    pub log: u64,
    /// What the server calls the transaction that it looked in; nothing where it does not say.
    pub transaction: Option<String>,
    /// What the server has said so far of relations that the session writes anew: which, and why.
    pub rewritten: Vec<(u64, Vec<String>)>,
}

/// What a second session sees of it at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    pub held: Vec<Held>,
    pub waited_for: Vec<Held>,
    /// Others that wait for it, straight or behind somebody who does.
    pub waiters: Vec<Waiter>,
    /// The relation that it writes anew just now, and what for, where the server shows that.
    pub rewriting: Option<(u64, String)>,
}

/// A session that waits for the one that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiter {
    pub session: u64,
    pub on: On,
    /// What it waits for: `relation`, `tuple`, `transactionid`, `virtualxid`, `advisory`.
    pub wait: String,
    /// For how long; nothing where the server does not tell.
    pub since: Option<Duration>,
    /// What it calls itself; empty where it says nothing.
    pub who: String,
}

/// A wait that has ended, as the server's own log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    pub session: u64,
    /// As in [`Waiter::wait`].
    pub wait: String,
    /// The relation that it names.
    pub relation: Option<u64>,
    pub length: Duration,
    /// When it ended, since 1970.
    pub ended: Duration,
}

/// A temporary file that is gone, as the server's own log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spilled {
    /// For which session it was, whoever of those that work for it wrote it.
    pub session: u64,
    pub bytes: u64,
    /// Since 1970.
    pub gone: Duration,
}

/// Clients that a statement made wait, for one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    pub relation: String,
    pub wait: String,
    pub clients: usize,
    pub longest: Duration,
    pub total: Duration,
    /// The server's own log says how long each of them lasted; else a second session looked now and then.
    pub logged: bool,
}

/// Bounds that the server keeps for a session; nothing where it waits for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    pub lock: Option<Duration>,
    pub statement: Option<Duration>,
    /// How often it looks, while a statement runs, whether its client is still there; nothing where it does not look.
    pub client: Option<Duration>,
}

/// A length of time of which only so much is known. Without an upper end it was still going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub low: Duration,
    pub high: Option<Duration>,
}

/// A lock that a statement took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    pub relation: String,
    /// [`Sort::name`], or the server's word for what is no relation.
    pub kind: String,
    pub mode: &'static str,
    pub blocks: Blocks,
    /// The statement's text has its name.
    pub named: bool,
    /// The relation was made by the same release: nobody else knows of it.
    pub fresh: bool,
    /// Since the statement began; nothing where no sample saw it.
    pub taken_after: Option<Duration>,
    pub held: Span,
    /// When it was seen to be gone, since the rehearsal began, looks included.
    pub until: Option<Duration>,
}

/// What sort of work a statement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    CatalogOnly,
    Scan,
    Rewrite,
    IndexBuild,
    Validation,
    Data,
    WaitsOnly,
    Unknown,
}

impl Class {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CatalogOnly => "catalog-only",
            Self::Scan => "scan",
            Self::Rewrite => "rewrite",
            Self::IndexBuild => "index-build",
            Self::Validation => "validation",
            Self::Data => "data",
            Self::WaitsOnly => "waits-only",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it takes longer where there are more rows.
    #[must_use]
    pub const fn grows(self) -> bool {
        !matches!(self, Self::CatalogOnly | Self::WaitsOnly)
    }
}

/// A statement that ran, or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub place: Place,
    pub sql: String,
    pub tag: String,
    /// Since the rehearsal began; what looking took is not in it.
    pub began: Duration,
    /// The same with what looking took: beside what clients meet.
    pub at: Duration,
    pub took: Duration,
    pub locks: Vec<Lock>,
    /// Tables and materialized views that were there before and were written anew.
    pub rewrites: Vec<String>,
    /// Why the server wrote them anew, by its own word; one that is missing is not told.
    pub why: BTreeMap<String, Vec<String>>,
    /// Tables that were there before and were read whole, where they were not written anew.
    pub scans: Vec<String>,
    /// Indexes that were built, of tables that were there before.
    pub builds: Vec<String>,
    /// Tables that were there before and were emptied, sequences that begin anew.
    pub emptied: Vec<String>,
    /// Whether it succeeds, or what it does, depends on what is in rows.
    pub depends: bool,
    /// Relations that were there before and whose rows decide how long it takes.
    pub grows_with: Vec<String>,
    pub log_bytes: u64,
    pub rows: u64,
    /// What the server said where it was refused.
    pub error: Option<String>,
    pub class: Class,
    /// It ran outside of any transaction: what it held was only sampled.
    pub is_sampled: bool,
    /// Clients that waited for locks it took; nothing where none ran beside it.
    pub blocked: Option<Vec<Blocked>>,
    /// How long it was seen to wait for locks of others; nothing where nobody looked.
    pub waited: Option<Duration>,
    /// Bytes that it put into temporary files, because its memory was too small; nothing where no log tells.
    pub temporary: Option<u64>,
    /// What stood in for rights that the role may not have where it counts.
    pub substitute: Option<Substitute>,
}

impl Trace {
    /// It changes rows by a condition, and none were here that it is about: what it does to them was not seen.
    #[must_use]
    pub fn met_none(&self) -> bool {
        self.rows == 0 && self.error.is_none() && changes_rows(&self.tag) && !self.grows_with.is_empty()
    }
}

/// What is known around one statement.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    pub statement: &'a Statement,
    pub text: &'a str,
    /// Everything that was there before the transaction.
    pub map: &'a Map,
    pub before: &'a Look,
    pub after: &'a Look,
    /// Relations that the release itself has made.
    pub fresh: &'a BTreeSet<u64>,
    pub files: Files,
}

/// What another file of a relation means after a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// It was written anew.
    Written,
    /// It was emptied.
    Emptied,
    /// Its indexes were.
    Rebuilt,
}

/// What one statement did to relations that were there before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    pub rewrites: BTreeSet<u64>,
    pub scans: BTreeSet<u64>,
    pub builds: BTreeSet<u64>,
    /// Tables that were emptied, sequences that begin anew.
    pub emptied: BTreeSet<u64>,
    /// Among the builds is one that allows no value twice.
    pub unique: bool,
}

impl Around<'_> {
    fn was(&self, oid: u64) -> Option<&Relation> {
        self.before.relations.get(&oid).or_else(|| self.map.get(&oid))
    }

    /// The name of a relation, from whoever knows it.
    #[must_use]
    pub fn relation(&self, oid: u64) -> Option<&Relation> {
        self.after.relations.get(&oid).or_else(|| self.was(oid))
    }

    /// What it did, by the files and counters before and after.
    #[must_use]
    pub fn work(&self) -> Work {
        let mut work = Work::default();
        for (oid, now) in &self.after.relations {
            let was = self.was(*oid);
            let is_other_file = was.is_some_and(|was| was.storage.is_some() && now.storage.is_some() && was.storage != now.storage);
            match now.sort {
                Sort::Table | Sort::MaterializedView => {
                    let Some(was) = was else { continue };
                    if is_other_file && self.files == Files::Emptied {
                        // Its indexes are built of nothing.
                        work.emptied.insert(*oid);
                        continue;
                    }
                    if is_other_file && was.space == now.space && self.files == Files::Written {
                        work.rewrites.insert(*oid);
                    } else if now.scans > was.scans {
                        work.scans.insert(*oid);
                    }
                }
                Sort::Index => {
                    let of_known = now.of.is_some_and(|table| self.map.contains_key(&table));
                    let is_moved = was.is_some_and(|was| was.space != now.space);
                    if of_known && now.storage.is_some() && (was.is_none() || is_other_file) && !is_moved && self.files != Files::Emptied {
                        work.builds.insert(*oid);
                        work.unique |= now.unique;
                    }
                }
                Sort::Sequence if is_other_file => {
                    work.emptied.insert(*oid);
                }
                Sort::Sequence | Sort::View | Sort::Overflow | Sort::Other => {}
            }
        }
        work
    }

    /// Why it wrote relations anew, as far as the server said so meanwhile.
    #[must_use]
    pub fn reasons(&self) -> BTreeMap<u64, Vec<String>> {
        // What a rollback to a savepoint took back is not there any more.
        let same = self.before.rewritten.iter().zip(&self.after.rewritten).take_while(|(before, after)| before == after).count();
        let mut reasons: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (relation, why) in self.after.rewritten.iter().skip(same) {
            let known = reasons.entry(*relation).or_default();
            known.extend(why.iter().cloned());
            known.sort_unstable();
            known.dedup();
        }
        reasons
    }

    /// Locks that are held after it and were not before.
    pub fn taken(&self) -> impl Iterator<Item = &Held> {
        self.after.held.difference(&self.before.held)
    }

    /// What sort of work it was; `rows` were changed.
    #[must_use]
    pub fn class(&self, work: &Work, rows: u64) -> Class {
        let is_definition = matches!(self.statement.nature, Nature::Definition | Nature::Code | Nature::Unknown);
        let is_strong = |oid: &u64| self.after.held.iter().any(|held| held.on == On::Relation(*oid) && held.blocks > Blocks::Ordinary);
        match self.statement.nature {
            _ if !work.rewrites.is_empty() => Class::Rewrite,
            _ if !work.builds.is_empty() => Class::IndexBuild,
            Nature::Definition if work.scans.iter().any(is_strong) => Class::Validation,
            Nature::Data | Nature::Definition if self.files == Files::Emptied => Class::CatalogOnly,
            Nature::Data => Class::Data,
            _ if is_definition && !work.scans.is_empty() => Class::Scan,
            Nature::Code | Nature::Unknown if rows > 0 => Class::Data,
            Nature::Code | Nature::Unknown => Class::Unknown,
            Nature::Definition if self.statement.alone => Class::WaitsOnly,
            Nature::Definition | Nature::Right | Nature::Session | Nature::Transaction(_) => Class::CatalogOnly,
        }
    }
}

/// Whether a text has a name as a word of its own, whatever stands before its last point and whatever quotes around it.
#[must_use]
pub fn names(text: &str, name: &str) -> bool {
    has_word(text, name.rsplit('.').next().unwrap_or(name).trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Shows;

    fn relation(name: &str, sort: Sort, storage: u64, of: Option<u64>, scans: u64) -> Relation {
        Relation { name: name.to_owned(), sort, storage: Some(storage), space: 0, of, scans, unique: false, elsewhere: false }
    }

    fn statement(tag: &str, nature: Nature) -> Statement {
        Statement {
            tag: tag.to_owned(),
            nature,
            alone: false,
            shows: Shows::Anything,
            beyond: crate::statement::Beyond::default(),
            odd: None,
        }
    }

    fn around<'a>(statement: &'a Statement, map: &'a Map, after: &'a Look, files: Files, rest: &'a (Look, BTreeSet<u64>)) -> Around<'a> {
        Around { statement, text: "", map, before: &rest.0, after, fresh: &rest.1, files }
    }

    #[test]
    fn another_file_is_a_rewrite_but_for_what_replaces_files() {
        let map = Map::from([(1, relation("a.t", Sort::Table, 10, None, 0)), (2, relation("a.i", Sort::Index, 20, Some(1), 0))]);
        let look = |table, index, scans| Look {
            relations: Map::from([
                (1, relation("a.t", Sort::Table, table, None, scans)),
                (2, relation("a.i", Sort::Index, index, Some(1), 0)),
                (3, relation("a.new", Sort::Table, 30, None, 1)),
            ]),
            held: BTreeSet::from([Held { on: On::Relation(1), mode: "ACCESS EXCLUSIVE", blocks: Blocks::Everything }]),
            log: 0,
            transaction: None,
            rewritten: Vec::new(),
        };
        let rest = (Look::default(), BTreeSet::new());
        let altering = statement("ALTER TABLE", Nature::Definition);
        let class = |after: &Look, statement: &Statement, files| {
            let around = around(statement, &map, after, files, &rest);
            let work = around.work();
            (around.class(&work, 0), work.rewrites.len(), work.scans.len(), work.builds.len())
        };
        assert_eq!(class(&look(11, 21, 1), &altering, Files::Written), (Class::Rewrite, 1, 0, 1));
        assert_eq!(class(&look(10, 20, 1), &altering, Files::Written), (Class::Validation, 0, 1, 0));
        assert_eq!(class(&look(10, 20, 0), &altering, Files::Written), (Class::CatalogOnly, 0, 0, 0));
        assert_eq!(class(&look(10, 21, 0), &statement("REINDEX", Nature::Definition), Files::Rebuilt), (Class::IndexBuild, 0, 0, 1));
        assert_eq!(class(&look(11, 21, 0), &statement("TRUNCATE TABLE", Nature::Data), Files::Emptied), (Class::CatalogOnly, 0, 0, 0));
    }

    #[test]
    fn a_reason_is_of_the_statement_after_which_it_stands() {
        let map = Map::new();
        let said = |relations: &[(u64, &str)]| Look {
            rewritten: relations.iter().map(|(relation, why)| (*relation, vec![(*why).to_owned()])).collect(),
            ..Look::default()
        };
        let altering = statement("ALTER TABLE", Nature::Definition);
        let reasons = |before: &[(u64, &str)], after: &[(u64, &str)]| {
            let rest = (said(before), BTreeSet::new());
            around(&altering, &map, &said(after), Files::Written, &rest).reasons()
        };
        let all = |relation: u64, why: &[&str]| BTreeMap::from([(relation, why.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>())]);
        assert_eq!(reasons(&[(1, "b")], &[(1, "b"), (1, "c"), (1, "a"), (1, "c")]), all(1, &["a", "c"]));
        assert_eq!(reasons(&[(1, "b"), (2, "c")], &[(1, "b"), (3, "d")]), all(3, &["d"]), "a savepoint took the second back");
        assert_eq!(reasons(&[(1, "b")], &[]), BTreeMap::new(), "the session was made as new");
    }

    #[test]
    fn a_name_is_a_word_of_its_own() {
        assert!(names("ALTER TABLE \"Orders\" ADD x int", "app.\"Orders\"") && names("drop table orders;", "public.orders"));
        assert!(!names("ALTER TABLE orders_old", "public.orders") && !names("ALTER TABLE x", "") && !names("größe", "public.r"));
    }
}
