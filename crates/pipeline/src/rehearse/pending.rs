//! What is rehearsed: what is pending on a target by its record, or files that are named.

use crate::history;
use crate::migrations::{self, Cut, Migrations};
use evenkeel_core::evidence::sha256;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::folder::{File, Grouping, Migration, Transaction};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::Stop;
use evenkeel_core::statement::Grammar;
use std::path::{Path, PathBuf};

/// Migrations that run together, in order.
#[derive(Debug, Clone)]
pub struct Release {
    /// Whose they are; nothing of files that are no tool's.
    pub tool: Option<&'static str>,
    pub grouping: Grouping,
    pub cuts: Vec<Cut>,
    pub gaps: Vec<String>,
    pub notes: Vec<String>,
    /// Its files, with their SHA-256.
    pub files: Vec<(String, String)>,
    /// What is declared as old and may go with it, as it is shown: clients are to use it no more before.
    pub old: Vec<String>,
}

/// What the target's record says is still to run.
///
/// # Errors
/// The folder is nobody's; the record cannot be read, or nothing records there.
pub fn pending(target: &Manifest, label: &str, read: &Migrations) -> Result<Release, Box<Trouble>> {
    let left = history::pending(target, label, read);
    if let Some(why) = left.unknown {
        let trouble = Trouble::new(Class::CouldNotTell, format!("what is pending on {label} is not known"));
        return Err(Box::new(
            trouble.expected("a record of what has run").found(why).fix("name the files to rehearse: evenkeel rehearse FILE… --for …"),
        ));
    }
    let cuts: Vec<Cut> = left.at.iter().filter_map(|at| read.cuts.get(*at).cloned()).collect();
    let odd = cuts.iter().flat_map(|cut| &cut.odd).map(|(place, why)| format!("{place}: {why}"));
    // What is not understood of the folder: of what is pending it is a gap, and said of everything else.
    let is_pending = |file: &String| cuts.iter().any(|cut| cut.migration.files.contains(file));
    let of_folder = read.folder.odd.iter().map(|(file, why)| (is_pending(file), format!("{file}: {why}")));
    let (of_pending, of_others): (Vec<_>, Vec<_>) = of_folder.partition(|(is_pending, _)| *is_pending);
    let gaps = left.gaps.into_iter().chain(odd).chain(of_pending.into_iter().map(|(_, words)| words)).collect();
    let mut notes = left.notes;
    notes.extend(of_others.into_iter().map(|(_, words)| format!("not understood in the folder: {words}")));
    let files = files(read, cuts.iter())?;
    let last = cuts.last().map(|cut| cut.migration.key.as_str());
    notes.extend(last.and_then(|key| read.folder.newer.before(read.folder.tool, key)));
    Ok(Release { tool: Some(read.folder.tool), grouping: read.folder.grouping, cuts, gaps, notes, files, old: Vec::new() })
}

/// Files, each one migration: as their folder's tool reads them where it is one of its own, else as a client sends them.
///
/// # Errors
/// A file cannot be read, or is no text.
pub fn named(paths: &[PathBuf], folder: Option<&Migrations>, grammar: &dyn Grammar, stop: &Stop) -> Result<Release, Box<Trouble>> {
    let mut cuts = Vec::new();
    let mut is_tools = true;
    let mut sums = Vec::new();
    for path in paths {
        stop.check()?;
        if let Some(cut) = folder.and_then(|read| of_folder(read, path)) {
            sums.extend(folder.map(|read| files(read, std::iter::once(cut))).transpose()?.unwrap_or_default());
            cuts.push(cut.clone());
            continue;
        }
        is_tools = false;
        let bytes = crate::files::one(path)?;
        let shown = path.display().to_string();
        sums.push((shown.clone(), sha256(&bytes)));
        let file = File { path: shown.clone(), bytes };
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let mut migration = Migration::new(name.clone(), name, &file);
        migration.transaction = Transaction::PerStatement;
        if let Some(why) = &migration.unreadable {
            let trouble = Trouble::new(Class::Usage, format!("{shown} cannot be rehearsed")).expected("SQL as UTF-8");
            return Err(Box::new(trouble.found(why.clone())));
        }
        cuts.push(Cut::of(&migration, grammar));
    }
    let gaps = cuts.iter().flat_map(|cut| &cut.odd).map(|(place, why)| format!("{place}: {why}")).collect();
    let tool = folder.filter(|_| is_tools).map(|read| read.folder.tool);
    let grouping = folder.filter(|_| is_tools).map_or(Grouping::None, |read| read.folder.grouping);
    let notes =
        if is_tools { Vec::new() } else { vec!["files that are no tool's ran statement by statement, as psql sends them".to_owned()] };
    Ok(Release { tool, grouping, cuts, gaps, notes, files: sums, old: Vec::new() })
}

/// The files of migrations of a folder, with their SHA-256.
///
/// # Errors
/// One cannot be read.
pub fn files<'c>(read: &Migrations, cuts: impl Iterator<Item = &'c Cut>) -> Result<Vec<(String, String)>, Box<Trouble>> {
    let paths = cuts.flat_map(|cut| &cut.migration.files).map(|file| read.path.join(file));
    paths.map(|path| Ok((path.display().to_string(), sha256(&crate::files::one(&path)?)))).collect()
}

fn of_folder<'m>(read: &'m Migrations, path: &Path) -> Option<&'m Cut> {
    let root = read.path.canonicalize().ok()?;
    let path = path.canonicalize().ok()?;
    let within = path.strip_prefix(root).ok()?.to_string_lossy().into_owned();
    read.cuts.iter().find(|cut| cut.migration.files.contains(&within))
}

/// The folder, read for one target.
///
/// # Errors
/// As [`migrations::read`].
pub fn read(wanted: &migrations::Wanted, target: &Manifest, grammar: &dyn Grammar, stop: &Stop) -> Result<Migrations, Box<Trouble>> {
    let tables = history::tools(target);
    migrations::read(&migrations::Wanted { tables, ..wanted.clone() }, grammar, stop)
}
