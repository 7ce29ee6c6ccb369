//! What a tool would run: its files in order, cut into statements, with what was not understood.
//!
//! Neighbours: `files`, which reads them; `replay`, which runs them.

use crate::files;
use crate::render::{self, Renderer};
use evenkeel_core::digest::of_texts;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::history::READERS;
use evenkeel_core::history::folder::{self, Dumped, Folder, Migration, Part, Transaction, Unclear, Wish};
use evenkeel_core::history::matching;
use evenkeel_core::history::render::RENDERED;
use evenkeel_core::port::Stop;
use evenkeel_core::statement::{Grammar, Lines, Nature, Piece, Shows, Statement, place};
use std::path::PathBuf;

/// Which folder, and how it is to be read.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub folder: PathBuf,
    /// The tool that is named.
    pub tool: Option<String>,
    /// Tools whose tables a target has.
    pub tables: Vec<String>,
    pub wish: Wish,
    /// The command that makes SQL of what is written in a programming language.
    pub render: Option<Renderer>,
    /// The command by which the tool tells what it would still run.
    pub status: Option<Renderer>,
}

/// A text of a migration and the pieces it was cut into.
#[derive(Debug, Clone)]
pub struct Script {
    pub part: Part,
    pub pieces: Vec<Piece>,
}

/// A statement of a migration and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub statement: &'a Statement,
    pub text: &'a str,
    pub line: u32,
    pub column: u32,
    pub file: &'a str,
}

/// A migration, cut into statements.
#[derive(Debug, Clone)]
pub struct Cut {
    pub migration: Migration,
    pub up: Vec<Script>,
    pub down: Option<Vec<Script>>,
    /// What was not understood, and where.
    pub odd: Vec<(Place, String)>,
}

/// A folder, read.
#[derive(Debug, Clone)]
pub struct Migrations {
    pub folder: Folder,
    pub shown: String,
    pub path: PathBuf,
    pub cuts: Vec<Cut>,
    /// Worth a word, of how they are read.
    pub notes: Vec<String>,
    /// One word for the content of each one's files, as they lie there; nothing of one that lies elsewhere.
    contents: Vec<Option<String>>,
}

impl Migrations {
    /// One word for what the build brings: tool, order, keys, and every text as it would run, ways back too. Where the folder lies is no
    /// part of it.
    #[must_use]
    pub fn digest(&self) -> String {
        // What its tool makes of code another machine may make otherwise, or not at all: the code is what counts.
        let is_own = |script: &&Script| !script.part.file.ends_with(RENDERED);
        let mut all: Vec<(&Cut, &str)> =
            self.cuts.iter().zip(&self.contents).filter_map(|(cut, content)| Some((cut, content.as_deref()?))).collect();
        if all.iter().any(|(cut, _)| cut.migration.by_graph) {
            // What comes after what stands in the files.
            all.sort_by(|(one, _), (other, _)| one.migration.key.cmp(&other.migration.key));
        }
        let texts = all.into_iter().flat_map(|(cut, content)| {
            let parts = cut.up.iter().chain(cut.down.iter().flatten()).filter(is_own).map(|script| script.part.text.as_str());
            let is_rendered = !cut.up.iter().all(|script| is_own(&script)) || cut.up.is_empty();
            let transaction = if is_rendered { "" } else { cut.migration.transaction.name() };
            let named = [cut.migration.key.as_str(), transaction, cut.migration.checksum.as_deref().unwrap_or_default(), content];
            named.into_iter().chain(parts).chain(["end of migration"])
        });
        of_texts("evenkeel 2026-11-29 migrations of a build", std::iter::once(self.folder.tool).chain(texts)).hex()
    }
}

impl Script {
    fn of(part: &Part, grammar: &dyn Grammar) -> Self {
        Self { part: part.clone(), pieces: grammar.split(&part.text) }
    }

    /// Its statements and where they stand.
    #[must_use]
    pub fn statements(&self) -> Vec<Said<'_>> {
        let lines = Lines::of(&self.part.text);
        let mut found = Vec::new();
        for piece in &self.pieces {
            let Some(statement) = piece.statement() else { continue };
            let Place { line, column, .. } = place("", self.part.begins, lines.at(&self.part.text, piece.start));
            let column = column.unwrap_or(1);
            found.push(Said { statement, text: piece.text(&self.part.text), line, column, file: &self.part.file });
        }
        found
    }

    /// Where a byte of it stands.
    #[must_use]
    pub fn place(&self, byte: usize) -> Place {
        place(&self.part.file, self.part.begins, Lines::of(&self.part.text).at(&self.part.text, byte))
    }

    fn odd(&self) -> impl Iterator<Item = (Place, String)> + '_ {
        self.pieces.iter().filter_map(|piece| Some((self.place(piece.start), piece.odd()?.to_owned())))
    }
}

impl Cut {
    pub(crate) fn of(migration: &Migration, grammar: &dyn Grammar) -> Self {
        let scripts = |parts: &[Part]| parts.iter().map(|part| Script::of(part, grammar)).collect::<Vec<_>>();
        let (up, down) = (scripts(&migration.up), migration.down.as_deref().map(scripts));
        let mut migration = migration.clone();
        let mut odd: Vec<(Place, String)> = up.iter().chain(down.iter().flatten()).flat_map(Script::odd).collect();
        if let Some(why) = migration.unreadable.as_ref().or(migration.partly.as_ref()) {
            let file = migration.files.first().cloned().unwrap_or_default();
            odd.push((Place { file, line: 1, column: None }, why.clone()));
        }
        if migration.transaction == Transaction::Fitting {
            let is_alone = up.iter().flat_map(|script| &script.pieces).filter_map(Piece::statement).any(|statement| statement.alone);
            migration.transaction = if is_alone { Transaction::None } else { Transaction::Own };
        }
        Self { migration, up, down, odd }
    }

    /// The statements of its way there.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.up.iter().flat_map(|script| &script.pieces).filter_map(Piece::statement)
    }

    /// Whether something that it does surely shows in a schema.
    #[must_use]
    pub fn defines(&self) -> bool {
        self.migration.unreadable.is_none() && Shows::surely(self.statements().map(|statement| statement.shows))
    }

    /// Whether it does nothing at all: a transaction around nothing is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_frame = |statement: &Statement| matches!(statement.nature, Nature::Transaction(_));
        let is_known = self.migration.unreadable.is_none() && self.migration.partly.is_none();
        is_known && self.statements().all(is_frame) && self.odd.is_empty()
    }

    /// Whether only a look can tell if it defines something.
    #[must_use]
    pub fn may_define(&self) -> bool {
        const ROWS: &[&str] = &["INSERT", "UPDATE", "DELETE", "COPY", "TRUNCATE", "LOCK", "ANALYZE", "VACUUM", "REINDEX", "CLUSTER"];
        let is_rows = |statement: &Statement| match statement.nature {
            Nature::Data => ROWS.contains(&statement.tag.as_str()),
            Nature::Right | Nature::Session | Nature::Transaction(_) => true,
            _ => false,
        };
        !self.defines() && !self.statements().all(is_rows)
    }

    /// Whether it gives or takes rights, or sets something, beside what it defines.
    #[must_use]
    pub fn has_rights(&self) -> bool {
        self.statements().any(|statement| statement.nature == Nature::Right)
    }
}

impl Migrations {
    /// Takes what the tool dumped in place of migrations that nobody can read, where all that it holds is in force: the last of them makes
    /// it then, and the others nothing.
    pub(crate) fn take_dumped(&mut self, in_force: &[String], grammar: &dyn Grammar) {
        let Some(dumped) = self.folder.dumped.take() else { return };
        // Comments and bodies say nothing.
        let pieces = grammar.split(&dumped.text);
        let inserts = pieces.iter().filter(|piece| piece.statement().is_some_and(|statement| statement.tag == "INSERT"));
        let keys: Vec<String> = inserts.flat_map(|piece| dumped.listed(&grammar.bare(piece.text(&dumped.text)))).collect();
        let Dumped { file, text, .. } = dumped;
        let is_listed = |key: &String| keys.contains(key);
        let unread: Vec<usize> =
            (0..self.cuts.len()).filter(|at| self.cuts.get(*at).is_some_and(|cut| is_listed(&cut.migration.key))).collect();
        let of = |at: &usize| self.cuts.get(*at).map(|cut| &cut.migration);
        // What is rendered is known better.
        if unread.iter().filter_map(of).any(|migration| migration.unreadable.is_none()) {
            return;
        }
        let Some(last) = unread.last().copied() else {
            self.notes.push(format!("{file} was not used: it lists none of the files"));
            return;
        };
        if let Some(pending) = keys.iter().find(|key| !in_force.contains(key)) {
            self.notes.push(format!("{file} was not used: it holds {pending} too, which is not recorded as applied"));
            return;
        }
        for at in &unread {
            let Some(cut) = self.cuts.get_mut(*at) else { continue };
            let mut migration = Migration { unreadable: None, together: Some(file.clone()), ..cut.migration.clone() };
            if *at == last {
                migration.up = vec![Part::whole(&file, &text)];
                migration.transaction = Transaction::PerStatement;
            }
            *cut = Cut::of(&migration, grammar);
            if let Some(own) = self.folder.migrations.get_mut(*at) {
                *own = migration;
            }
        }
        let count = keys.len();
        self.notes.push(format!("{file} was run in place of the {count} that it holds"));
    }

    /// What was not understood, in words.
    #[must_use]
    pub fn odd(&self) -> usize {
        self.folder.odd.len() + self.cuts.iter().map(|cut| cut.odd.len()).sum::<usize>()
    }
}

/// Reads a folder as its tool would.
///
/// # Errors
/// It cannot be read, is nobody's, or several tools' who would run it differently.
pub fn read(wanted: &Wanted, grammar: &dyn Grammar, stop: &Stop) -> Result<Migrations, Box<Trouble>> {
    let tree = files::tree(&wanted.folder, stop)?;
    let wish = Wish { servers: grammar.servers().to_vec(), ..wanted.wish.clone() };
    let folder = folder::read(READERS, &tree, wanted.tool.as_deref(), &wanted.tables, &wish);
    let mut folder = folder.map_err(|unclear| told(&unclear, &tree.shown, wanted.tool.as_deref()))?;
    matching::titled(&mut folder);
    let is_read = folder.migrations.iter().all(|migration| migration.unreadable.is_none());
    let usual = if wanted.render.is_none() && !is_read {
        render::usual(&folder, &wanted.folder, wish.servers.first().copied().unwrap_or_default())
    } else {
        None
    };
    if let Some(renderer) = wanted.render.as_ref().or(usual.as_ref()) {
        if usual.is_some() {
            folder.why = format!("{}; rendered by `{}` on PATH", folder.why, renderer.command);
        }
        render::complete(&mut folder, renderer, stop)?;
    }
    if folder.migrations.is_empty() {
        return Err(nothing(&folder, &tree.shown));
    }
    let mut cuts = Vec::with_capacity(folder.migrations.len());
    let mut contents = Vec::with_capacity(folder.migrations.len());
    for migration in &folder.migrations {
        stop.check()?;
        let files = migration.files.iter().filter_map(|path| tree.find(path));
        let texts: Vec<_> = files.map(|file| String::from_utf8_lossy(&file.bytes)).collect();
        let word = || of_texts("evenkeel files of a migration", texts.iter().map(|text| &**text)).hex();
        contents.push((!texts.is_empty()).then(word));
        cuts.push(Cut::of(migration, grammar));
    }
    Ok(Migrations { folder, shown: tree.shown, path: wanted.folder.clone(), cuts, notes: Vec::new(), contents })
}

/// A folder whose tool is known and that holds no migration: why not, where that is known.
fn nothing(folder: &Folder, shown: &str) -> Box<Trouble> {
    const SHOWN: usize = 3;
    let trouble = told(&Unclear::Nothing, shown, None);
    if folder.odd.is_empty() {
        return trouble;
    }
    let odd: Vec<String> = folder.odd.iter().take(SHOWN).map(|(file, why)| format!("{file}: {why}")).collect();
    let more = folder.odd.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    Box::new(trouble.found(format!("no migration of {}: {}{more}", folder.tool, odd.join("; "))))
}

/// A folder of which nobody can say how it is read.
fn told(unclear: &Unclear, shown: &str, tool: Option<&str>) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, format!("cannot tell what the migrations in {shown:?} are"));
    Box::new(match unclear {
        Unclear::NoSuchTool(known) => Trouble::new(Class::Configuration, "no migration tool of that name is known")
            .expected(format!("one of {}", known.join(", ")))
            .found(format!("{:?}", tool.unwrap_or_default()))
            .fix("correct --tool, or tool = \"…\" under [project]"),
        Unclear::Nothing => trouble
            .expected("files of a migration tool, or SQL files")
            .found("nothing that any tool would run")
            .fix("name the folder that holds the migrations themselves"),
        Unclear::Several(tools) => {
            let found: Vec<String> = tools.iter().map(|(tool, why)| format!("{tool} ({why})")).collect();
            trouble
                .expected("the files of one tool")
                .found(format!("several would read them, and run them differently: {}", found.join("; ")))
                .fix(format!("name it: --tool {:?}, or tool = \"…\" under [project]", tools.first().map_or("", |(tool, _)| tool)))
        }
    })
}
