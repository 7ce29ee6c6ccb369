//! A dump as the schema of the throwaway server, in place of what its target's manifest tells: read, judged before anything is started,
//! and loaded in a session that may do nothing beyond its database.
//!
//! Roles, extensions, owners and rights stay as captured: what a dump says of them is passed over. What only a superuser may run is left
//! out and named; anything else that is refused ends it. Neighbour: `place`, which makes the server and says what is otherwise then.

use crate::replay::Stage;
use crate::runner::Guard;
use evenkeel_core::evidence::sha256;
use evenkeel_core::fault::{Class, Trouble, shortened};
use evenkeel_core::finding::Place;
use evenkeel_core::kind::Engine as Vendor;
use evenkeel_core::manifest::has_word;
use evenkeel_core::port::{Answer, Confined, Event, Refused, Scratch, Session};
use evenkeel_core::statement::{Errand, Grammar, Lines, Nature, Piece, Statement, Substitute, What, place};
use std::collections::BTreeMap;
use std::path::Path;

/// A dump that was read.
#[derive(Debug, Clone)]
pub struct Dump {
    /// The file, as it was named.
    pub shown: String,
    pub sha256: String,
    text: String,
    pieces: Vec<Piece>,
    lines: Lines,
}

/// What came of loading one.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Statements that only a superuser may run, each with its place and the server's words.
    pub forbidden: Vec<String>,
    /// Settings that this server has not.
    pub unset: Vec<String>,
    /// Statements that were not run, because they are code, each with its place.
    pub strange: Vec<String>,
    /// Whether it brought rows.
    pub has_rows: bool,
}

/// How files begin that are no plain SQL: at which byte, with what; what they are, and how they become SQL.
const FORMS: &[(usize, &[u8], &str, &str)] = &[
    (0, b"PGDMP", "a dump in the custom format", "pg_restore -f dump.sql"),
    (0, b"toc.dat", "a dump in the tar format", "pg_restore -f dump.sql"),
    (257, b"ustar", "a tar archive", "pg_restore -f dump.sql"),
    (0, &[0x1f, 0x8b], "compressed (gzip)", "gunzip -c >dump.sql"),
    (0, &[0x28, 0xb5, 0x2f, 0xfd], "compressed (zstd)", "zstd -dc >dump.sql"),
    (0, b"BZh", "compressed (bzip2)", "bunzip2 -c >dump.sql"),
    (0, &[0xfd, b'7', b'z', b'X', b'Z'], "compressed (xz)", "xz -dc >dump.sql"),
    (0, &[0x04, 0x22, 0x4d, 0x18], "compressed (lz4)", "lz4 -dc >dump.sql"),
];
/// How programs that write dumps begin.
const HEADS: &[&str] = &["-- PostgreSQL database dump", "-- MySQL dump ", "-- MariaDB dump "];
/// How what begins so ends.
const ENDS: &[(&str, &str)] = &[
    ("-- PostgreSQL database dump\n", "-- PostgreSQL database dump complete"),
    ("-- MySQL dump ", "-- Dump completed"),
    ("-- MariaDB dump ", "-- Dump completed"),
];
/// Where such a head stands, in bytes.
const HEAD: usize = 2048;
/// So many statements that were left out are named.
const NAMED: usize = 5;
const FLAG: &str = "flag --dump";

impl Dump {
    /// Reads one that is meant for such a server.
    ///
    /// # Errors
    /// It is no file, no plain SQL, another engine's, or without a statement.
    pub fn read(path: &Path, vendor: Vendor, grammar: &dyn Grammar) -> Result<Self, Box<Trouble>> {
        let shown = path.display().to_string();
        let wrong = |found: String, fix: &str| {
            let trouble = Trouble::new(Class::Usage, format!("cannot take the schema from {shown}"));
            let trouble = trouble.expected("a file with a dump as plain SQL, as pg_dump --schema-only or mysqldump --no-data write it");
            Box::new(trouble.found(found).origin(FLAG).fix(fix.to_owned()))
        };
        let again = "write it to a file first, and name that";
        let about = std::fs::metadata(path).map_err(|error| wrong(error.to_string(), again))?;
        if about.is_dir() {
            let fix = format!("pg_restore -f dump.sql {shown}, where it is one of pg_dump; then --dump dump.sql");
            return Err(wrong("a folder".to_owned(), &fix));
        }
        // A pipe would be waited for, and is gone once it was read.
        if !about.is_file() {
            return Err(wrong("neither a file nor a folder".to_owned(), again));
        }
        let bytes = crate::files::one(path)?;
        let form = FORMS.iter().find(|(at, magic, ..)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
        if let Some((_, _, found, fix)) = form {
            return Err(wrong((*found).to_owned(), &format!("{fix} {shown}; then --dump dump.sql")));
        }
        let sum = sha256(&bytes);
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let fix = "dump it as UTF-8 (pg_dump -E UTF8; mysqldump --hex-blob), or without rows";
            wrong(format!("bytes that are no UTF-8, the first after {at} bytes"), fix)
        })?;
        let head = text.get(..text.len().min(HEAD)).or_else(|| text.get(..HEAD - 3)).unwrap_or(&text);
        if let Some(mark) = HEADS.iter().find(|mark| head.contains(**mark) && !grammar.dumps().contains(mark)) {
            return Err(wrong(format!("one of another engine: {:?}", mark.trim()), &format!("dump a database of {}", vendor.name())));
        }
        let pieces = grammar.split(&text);
        let dump = Self { lines: Lines::of(&text), shown: shown.clone(), sha256: sum, text, pieces };
        dump.judged(&wrong)?;
        Ok(dump)
    }

    /// Whether it is one that can be loaded into a database.
    fn judged(&self, wrong: &dyn Fn(String, &str) -> Box<Trouble>) -> Result<(), Box<Trouble>> {
        for piece in &self.pieces {
            if let What::Command { odd: Some(why) } = &piece.what {
                let fix = "dump one database, without --create: pg_dump --schema-only DATABASE";
                return Err(wrong(format!("{}: {why}", self.place(piece.start)), fix));
            }
        }
        let cut_off = "write it anew: whatever wrote this one was ended before it had written all";
        if let Some(rows) = self.pieces.iter().find(|piece| piece.what == What::Rows && !piece.text(&self.text).trim_end().ends_with("\\."))
        {
            return Err(wrong(format!("{}: rows that do not end", self.place(rows.start)), cut_off));
        }
        let ends = |(head, end): &(&str, &str)| self.text.contains(head) && !self.text.contains(end);
        if let Some((_, end)) = ENDS.iter().find(|whole| ends(whole)) {
            return Err(wrong(format!("no line {end:?}, with which such a dump ends"), cut_off));
        }
        let mut natures = self.pieces.iter().filter_map(Piece::statement).map(|statement| statement.nature);
        if !natures.any(|nature| !matches!(nature, Nature::Right | Nature::Session | Nature::Transaction(_))) {
            return Err(wrong("no statement that makes anything".to_owned(), "dump the database whose schema is meant"));
        }
        Ok(())
    }

    fn place(&self, byte: usize) -> Place {
        place(&self.shown, (1, 1), self.lines.at(&self.text, byte))
    }

    /// Whether it brings rows, as far as its statements say.
    #[must_use]
    pub fn has_rows(&self) -> bool {
        self.pieces.iter().any(|piece| match &piece.what {
            What::Rows => !piece.text(&self.text).starts_with("\\."),
            What::Statement(statement) => brings_rows(statement),
            What::Between | What::Command { .. } => false,
        })
    }

    /// Whose schema it is, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let sum = self.sha256.get(..12).unwrap_or(&self.sha256);
        format!("its schema is that of the dump {} (SHA-256 {sum}…); roles, extensions, owners and rights are as captured", self.shown)
    }

    /// Loads it into a database of a throwaway server.
    ///
    /// # Errors
    /// The server refuses a statement for another reason than that only a superuser may run it; it is lost; the end was asked for.
    pub fn load(&self, scratch: &dyn Scratch, database: &str, confined: &Confined, stage: Stage<'_>) -> Result<Loaded, Box<Trouble>> {
        let grammar = stage.engine.grammar()?;
        let session = scratch.confined(database, confined)?;
        let guard = Guard::new(session.id());
        let presets = scratch.presets()?;
        let loaded = std::thread::scope(|threads| {
            threads.spawn(|| guard.watch(scratch, stage.watch));
            let (schemas, loaded) = (confined.schemas.as_slice(), Loaded::default());
            let mut loading = Loading { dump: self, scratch, database, stage, grammar, session, guard: &guard, schemas, loaded };
            let done = loading.run();
            guard.finish();
            done.map(|()| loading.loaded)
        });
        // Who wanted the end gets that, not what the session said when it was ended.
        stage.watch.stop.check()?;
        let loaded = loaded?;
        // Code that a dump makes and has run can do what no statement of it says.
        if scratch.presets()? != presets {
            let trouble = Trouble::new(Class::CouldNotTell, format!("the dump {} does not load as one", self.shown)).origin(FLAG);
            let trouble = trouble.expected("a dump that sets nothing for sessions of the database or of roles: that is as captured");
            let trouble = trouble.found("other such settings after it than before, which code in it made");
            return Err(Box::new(trouble.fix("look for functions in it that constraints, defaults, triggers or indexes call")));
        }
        Ok(loaded)
    }
}

impl Loaded {
    /// What was passed over, as parts of the floor.
    pub fn floor(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(first) = self.unset.first() {
            words.push(format!("{} settings of the dump this server does not take, the first: {first}", self.unset.len()));
        }
        if let Some(first) = self.strange.first() {
            let count = self.strange.len();
            words.push(format!(
                "{count} statements of the dump would run code, then or for whoever comes after it, and were left out, the first: {first}"
            ));
        }
        if !self.forbidden.is_empty() {
            let count = self.forbidden.len();
            words.push(format!(
                "{count} statements of the dump only a superuser may run, and they were left out; views, routines, triggers and what else \
                 is no part of a table is as captured where the dump did not make it"
            ));
            words.extend(self.forbidden.iter().take(NAMED).map(|why| format!("left out of the dump: {why}")));
        }
        if let Some(more) = self.forbidden.len().checked_sub(NAMED).filter(|more| *more > 0) {
            words.push(format!("and {more} more statements of the dump were left out"));
        }
        words
    }
}

/// Why no rows are made where there are some.
pub fn has_rows(dump: Option<&Dump>) -> Box<Trouble> {
    let shown = dump.map_or("the dump", |dump| dump.shown.as_str());
    let trouble = Trouble::new(Class::Usage, "no rows are made where a dump brings its own").expected("a dump without rows, or no --rows");
    let trouble = trouble.found(format!("rows in {shown}, and --rows")).origin("flag --rows");
    Box::new(trouble.fix("leave --rows out, or dump the schema alone (pg_dump --schema-only)"))
}

/// What rows there are, and whose.
pub fn rows_of(whose: &str, here: &BTreeMap<String, u64>) -> String {
    let full = here.values().filter(|rows| **rows > 0).count();
    let rows: u64 = here.values().sum();
    format!(
        "rows are {whose}, {rows} in {full} of {} tables: what fails on others was not seen; clients ask by made-up keys, and may meet none",
        here.len()
    )
}

/// One that is being loaded.
struct Loading<'l> {
    dump: &'l Dump,
    scratch: &'l dyn Scratch,
    database: &'l str,
    stage: Stage<'l>,
    grammar: &'l dyn Grammar,
    session: Box<dyn Session>,
    guard: &'l Guard,
    /// Those that are there before it.
    schemas: &'l [String],
    loaded: Loaded,
}

/// How often it is said how far it is, in statements.
const SAID: usize = 500;

impl Loading<'_> {
    fn run(&mut self) -> Result<(), Box<Trouble>> {
        let Self { dump, stage, .. } = *self;
        let total = dump.pieces.iter().filter(|piece| piece.statement().is_some()).count();
        let mut sent = 0;
        for (at, piece) in dump.pieces.iter().enumerate() {
            let What::Statement(statement) = &piece.what else { continue };
            stage.watch.stop.check()?;
            if sent % SAID == 0 {
                stage.watch.see(Event::Step { what: &format!("the dump, statement {} of {total}", sent + 1) });
            }
            sent += 1;
            let text = piece.text(&dump.text);
            // Whose it is, and who may, is as captured; schemas that extensions live in are there.
            let is_schema = statement.tag == "CREATE SCHEMA";
            if statement.nature == Nature::Right || is_schema && self.schemas.iter().any(|schema| has_word(text, schema)) {
                continue;
            }
            if is_strange(statement, text) {
                self.loaded.strange.push(format!("{}: {}", dump.place(piece.start), statement.tag));
                continue;
            }
            let rows = dump.pieces.iter().skip(at + 1).find(|next| next.what != What::Between).filter(|next| next.what == What::Rows);
            let rows = rows.map(|rows| rows.text(&dump.text));
            self.loaded.has_rows |= rows.is_some_and(|rows| !rows.starts_with("\\.")) || brings_rows(statement);
            match self.sent(text, rows)? {
                Ok(()) => {}
                Err(refused) => self.refused(statement, dump.place(piece.start), &refused)?,
            }
        }
        Ok(())
    }

    fn sent(&mut self, text: &str, rows: Option<&str>) -> Result<Result<(), Refused>, Box<Trouble>> {
        let errand = self.grammar.errand(text);
        let text = errand.as_ref().and_then(Errand::own).unwrap_or(text);
        if let Some(errand) = errand.as_ref().filter(|errand| errand.by == Substitute::Superuser) {
            let mut own = self.scratch.session(self.database)?;
            for line in errand.before {
                own.run(line)?;
            }
            return Ok(match own.run(&errand.sql)? {
                Answer::Refused(refused) if !errand.done.contains(&refused.code.as_str()) => Err(refused),
                _ => Ok(()),
            });
        }
        self.guard.begin(self.stage.limits.statement_timeout);
        let answer = match rows {
            Some(rows) => self.session.feed(text, rows),
            None => self.session.run(text),
        };
        let was_ended = self.guard.end();
        match answer {
            Ok(Answer::Refused(refused)) => Ok(Err(refused)),
            Ok(Answer::Ran(_)) => Ok(Ok(())),
            Err(_) if was_ended => {
                self.stage.watch.stop.check()?;
                let seconds = self.stage.limits.statement_timeout.as_secs_f64();
                Err(self
                    .unloaded(format!("{}: it took longer than {seconds} s", shortened(text)), "--statement-timeout gives it more time"))
            }
            Err(trouble) => Err(trouble),
        }
    }

    fn refused(&mut self, statement: &Statement, place: Place, refused: &Refused) -> Result<(), Box<Trouble>> {
        let words = format!("{place}: {} ({})", refused.message, refused.code);
        if statement.nature == Nature::Session {
            // Programs of newer servers set what older ones do not know.
            self.loaded.unset.push(words);
            return Ok(());
        }
        if self.stage.engine.is_forbidden(&refused.code) {
            self.loaded.forbidden.push(format!("{words}: {}", statement.tag));
            return Ok(());
        }
        let fix = "dump the target's own schema (pg_dump --schema-only DATABASE; mysqldump --no-data --routines --events DATABASE), or leave \
                   --dump out: the target's manifest tells it then";
        Err(self.unloaded(words, fix))
    }

    fn unloaded(&self, found: String, fix: &str) -> Box<Trouble> {
        let trouble = Trouble::new(Class::CouldNotTell, format!("the dump {} does not load", self.dump.shown));
        let trouble = trouble.expected(format!("statements that run in an empty database of {}", self.scratch.describe()));
        let before = match self.loaded.forbidden.as_slice() {
            [] => String::new(),
            [first, ..] => format!("; before it, {} that only a superuser may run, the first: {first}", self.loaded.forbidden.len()),
        };
        Box::new(trouble.found(format!("{found}{before}")).origin(FLAG).fix(fix.to_owned()))
    }
}

/// Whether it is code that is run, then or as whoever comes after it: programs that dump write it for event triggers alone.
fn is_strange(statement: &Statement, text: &str) -> bool {
    match statement.tag.as_str() {
        "DO" | "CALL" | "CREATE EVENT TRIGGER" | "ALTER EVENT TRIGGER" => true,
        // Settings, and where counters stand.
        "SELECT" => {
            let text = text.trim_start().to_ascii_lowercase();
            let is_usual = ["set_config(", "setval("].iter().any(|name| {
                let rest = text.strip_prefix("select ").map(|rest| rest.trim_start_matches("pg_catalog."));
                rest.is_some_and(|rest| rest.starts_with(name))
            });
            !is_usual || text.matches('(').count() > 1
        }
        _ => false,
    }
}

/// Whether it makes rows that are there before anything is run.
fn brings_rows(statement: &Statement) -> bool {
    matches!(statement.tag.as_str(), "INSERT" | "REPLACE")
}
