//! Liquibase: change sets, known by file, id and author; a lock in a table of its own.
//!
//! Lives here: its tables, and how change logs include each other. `changelog` knows what one says, `formatted` and `node` read its
//! languages, `text` is about SQL as it is sent and summed up.

mod changelog;
mod formatted;
mod node;
mod printed;
mod text;
mod written;

pub use printed::cut;
pub use written::{ROW_LOCK, ROWS};

use super::sum::md5;
use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Part, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::record::Family::{Flag, Number, Text, Time};
use crate::history::record::{Cells, Record, State, column, unusual};
use crate::history::shape::{Role, Shape, Tool};
use crate::history::status::{Status, Told};
use changelog::{Change, ChangeSet, Include, Log, Said};
use node::Node;
use std::collections::{BTreeMap, BTreeSet};
use text::Sql;

pub const NAME: &str = "Liquibase";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.liquibase.com/", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    at: Some("dateexecuted"),
    anchor: Some("orderexecuted"),
    exact: false,
    ..Shape::list(
        NAME,
        &["databasechangelog"],
        &[
            column("id", Text),
            column("author", Text),
            column("filename", Text),
            column("orderexecuted", Number),
            column("exectype", Text),
            column("md5sum", Text),
            column("description", Text),
            column("dateexecuted", Time),
        ],
        &["dateexecuted", "orderexecuted"],
        read,
    )
};

const LOCK: Shape = Shape {
    anchor: Some("lockgranted"),
    exact: false,
    role: Role::Lock,
    ..Shape::list(
        NAME,
        &["databasechangeloglock"],
        &[column("id", Number), column("locked", Flag), column("lockgranted", Time)],
        &["id"],
        lock,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = format!("{}::{}::{}", row.get("filename")?, row.get("id")?, row.get("author")?);
    let kind = row.get("exectype");
    let state = if kind == Some("FAILED") { State::Failed } else { State::Applied };
    let recorded_as = unusual(kind, &["EXECUTED", "RERAN", "FAILED"]);
    Some(Record { description: row.text("description"), checksum: row.text("md5sum"), state, recorded_as, ..Record::applied(key) })
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.is("locked").then(|| Record::applied("locked".to_owned()))
}

/// Change logs, each naming change sets and others that it includes; a change set runs in a transaction of its own. MD5 of the text
/// without white space (9), or with one space where there was any (8).
/// <https://docs.liquibase.com/concepts/changelogs/home.html>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Passes };

/// Whether a recorded key is that of a change set: its path may be told from another folder, and what a file without a header is called
/// is the tool's version's choice.
pub(super) fn is_same(recorded: &str, key: &str) -> bool {
    fn parts(key: &str) -> Option<(&str, &str, &str)> {
        let (path, rest) = key.split_once("::")?;
        let (id, author) = rest.rsplit_once("::")?;
        Some((path, id, author))
    }
    let (Some((path, id, author)), Some((own, own_id, own_author))) = (parts(recorded), parts(key)) else { return false };
    let (path, own) = (normal(path), normal(own));
    let is_under = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    let is_one = id == own_id || own_id == "raw" && own_author == "includeAll";
    author == own_author && is_one && (is_under(&path, &own) || is_under(&own, &path))
}

/// Name and author of a change set; of a file without a header its author alone.
pub(super) fn hint(key: &str) -> String {
    let tail = key.split_once("::").map_or(key, |(_, tail)| tail);
    if tail.ends_with("::includeAll") { "includeAll".to_owned() } else { tail.to_owned() }
}

/// A path as Liquibase records it.
fn normal(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("classpath:").unwrap_or(&path);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// What a file of a folder is to Liquibase.
fn log_of(file: &File) -> Option<Result<Log, String>> {
    let end = file.name().rsplit_once('.')?.1.to_ascii_lowercase();
    let text = match file.text() {
        Ok(text) => text,
        Err(why) => return matches!(end.as_str(), "sql" | "xml" | "yaml" | "yml" | "json").then_some(Err(why)),
    };
    let tree = |read: Result<Node, String>| Some(read.map(|node| changelog::read(&file.path, &node)));
    match end.as_str() {
        "sql" if formatted::is_one(text) => Some(Ok(formatted::read(&file.path, text))),
        "sql" => Some(Ok(changelog::raw(&file.path, text))),
        "xml" if text.contains("databaseChangeLog") => tree(node::xml(text)),
        "yaml" | "yml" | "json" if text.contains("databaseChangeLog") => tree(node::yaml(text)),
        _ => None,
    }
}

/// Whether a file says itself that it is a change log.
fn is_log(file: &File) -> bool {
    // One that is no text is said later.
    let text = || String::from_utf8_lossy(&file.bytes);
    match file.name().rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).as_deref() {
        Some("sql") => formatted::is_one(&text()),
        Some("xml" | "yaml" | "yml" | "json") => text().contains("databaseChangeLog"),
        _ => false,
    }
}

fn fits(tree: &Tree) -> Option<Fit> {
    let file = tree.files.iter().find(|file| is_log(file))?;
    Some(Fit::new(Sure::Marked, format!("{} is a change log of Liquibase", file.path)))
}

fn folder(tree: &Tree, wish: &Wish) -> Reading {
    let mut reading = Reading::default();
    let logs: Vec<&File> = tree.files.iter().filter(|file| is_log(file)).collect();
    let read: BTreeMap<&str, Log> = logs
        .iter()
        .filter_map(|file| match log_of(file)? {
            Ok(log) => Some((file.path.as_str(), log)),
            Err(why) => {
                reading.odd.push((file.path.clone(), why));
                None
            }
        })
        .collect();
    let mut included: BTreeSet<String> = BTreeSet::new();
    for (path, log) in &read {
        for said in &log.said {
            if let Said::Include(include) = said {
                included.extend(targets(tree, path, include).unwrap_or_default().into_iter().map(|file| file.path.clone()));
            }
        }
    }
    let named = named_root(tree);
    let is_root = |path: &&str| match &named {
        Some(named) => under(named, path).is_some(),
        None => !included.contains(*path),
    };
    let mut roots: Vec<&str> = read.keys().copied().filter(is_root).collect();
    // Where one brings others together, what it leaves out is not run.
    let includes = |path: &&str| read.get(*path).is_some_and(|log| log.said.iter().any(|said| matches!(said, Said::Include(_))));
    if let [one] = roots.iter().copied().filter(|path| includes(path)).collect::<Vec<_>>().as_slice() {
        roots = vec![*one];
    }
    let mut walk = Walk { tree, wish, reading, values: wish.placeholders.clone(), open: Vec::new(), seen: BTreeSet::new() };
    for root in &roots {
        if let Some(file) = tree.find(root) {
            walk.file(file, file.path.clone(), &Scope::default());
        }
    }
    let Walk { mut reading, seen, .. } = walk;
    if let [root] = roots.as_slice() {
        reading.root = Some(named.unwrap_or_else(|| (*root).to_owned()));
    }
    let unseen = logs.iter().filter(|file| !seen.contains(&file.path) && read.contains_key(file.path.as_str()));
    reading.odd.extend(unseen.map(|file| (file.path.clone(), "no change log includes it: Liquibase will not run it".to_owned())));
    reading
}

/// The change log that Liquibase's own settings name.
fn named_root(tree: &Tree) -> Option<String> {
    let text = tree.around.iter().find(|file| file.name() == "liquibase.properties")?.text().ok()?;
    let lines = text.lines().filter_map(|line| line.split_once('=').or_else(|| line.split_once(':')));
    let mut named = lines.filter(|(name, _)| {
        let name = name.trim().to_ascii_lowercase().replace(['-', '.'], "");
        matches!(name.as_str(), "changelogfile" | "liquibasecommandchangelogfile")
    });
    named.next().map(|(_, value)| normal(value.trim()))
}

/// What stands before a path of the folder in a path as it is written; nothing where they are not the same file.
fn under<'w>(written: &'w str, path: &str) -> Option<&'w str> {
    written.strip_suffix(path).filter(|before| before.is_empty() || before.ends_with('/'))
}

/// The files that are included, in order.
fn targets<'t>(tree: &'t Tree, from: &str, include: &Include) -> Result<Vec<&'t File>, String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let written = if include.is_relative { normal(&format!("{folder}/{}", include.path)) } else { normal(&include.path) };
    if !include.is_folder {
        let fitting = tree.files.iter().filter(|file| under(&written, &file.path).is_some());
        let file = fitting.max_by_key(|file| file.path.len());
        return file.map(|file| vec![file]).ok_or_else(|| format!("it includes {:?}, which is not there", include.path));
    }
    // A folder may be told from further up than the one that was read.
    let folders: BTreeSet<&str> = tree
        .files
        .iter()
        .flat_map(|file| file.folder().match_indices('/').map(|(at, _)| file.folder().get(..at).unwrap_or_default()).chain([file.folder()]))
        .collect();
    let folder =
        folders.into_iter().filter(|folder| folder.is_empty() || under(&written, folder).is_some()).max_by_key(|folder| folder.len());
    let is_end =
        |file: &&File| include.ends_with.as_ref().is_none_or(|end| file.path.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase()));
    let is_in = |file: &&File| {
        folder.is_some_and(|folder| folder.is_empty() || file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    };
    let files: Vec<&File> = tree.files.iter().filter(|file| file.path != from).filter(is_in).filter(is_end).collect();
    if files.is_empty() { Err(format!("it includes all of {:?}, and nothing is there", include.path)) } else { Ok(files) }
}

/// Conditions of the files that include this one.
#[derive(Debug, Clone, Default)]
struct Scope {
    conditions: Vec<String>,
}

struct Walk<'a> {
    tree: &'a Tree,
    wish: &'a Wish,
    reading: Reading,
    values: Vec<(String, String)>,
    /// Files that are being read, from the outermost.
    open: Vec<String>,
    seen: BTreeSet<String>,
}

impl Walk<'_> {
    /// A file, under the path by which it is recorded.
    fn file(&mut self, file: &File, recorded: String, scope: &Scope) {
        if self.open.contains(&file.path) {
            let circle = format!("{} -> {}", self.open.join(" -> "), file.path);
            self.reading.odd.push((file.path.clone(), format!("it includes itself: {circle}")));
            return;
        }
        self.seen.insert(file.path.clone());
        let log = match log_of(file) {
            Some(Ok(log)) => log,
            Some(Err(why)) => return self.reading.odd.push((file.path.clone(), why)),
            None => return,
        };
        self.open.push(file.path.clone());
        self.reading.odd.extend(log.odd.iter().map(|(line, why)| (file.path.clone(), format!("line {line}: {why}"))));
        let path = log.logical.as_ref().map_or(recorded, |logical| normal(&self.filled(logical)));
        for said in log.said {
            match said {
                Said::Property { name, value, dbms } => {
                    let is_here = dbms.is_none_or(|dbms| self.meets(&dbms) != Meets::No);
                    // The first that sets it wins, and what a user says is the first.
                    if is_here && !self.values.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                        let value = self.filled(&value);
                        self.values.push((name, value));
                    }
                }
                Said::Include(include) => self.include(file, &path, &Include { path: self.filled(&include.path), ..include }, scope),
                Said::Set(set) => self.set(file, &path, *set, scope),
            }
        }
        self.open.pop();
    }

    fn include(&mut self, from: &File, recorded: &str, include: &Include, scope: &Scope) {
        let files = match targets(self.tree, &from.path, include) {
            Ok(files) => files,
            Err(why) => return self.reading.odd.push((from.path.clone(), format!("line {}: {why}", include.line))),
        };
        let mut scope = scope.clone();
        scope.conditions.extend(include.context.iter().map(|context| format!("context {context}")));
        scope.conditions.extend(include.labels.iter().map(|labels| format!("labels {labels}")));
        let folder = recorded.rsplit_once('/').map_or("", |(folder, _)| folder);
        let written = if include.is_relative { normal(&format!("{folder}/{}", include.path)) } else { normal(&include.path) };
        for file in files {
            let recorded = match (include.is_folder, under(&written, &file.path)) {
                (false, _) => written.clone(),
                (true, _) => {
                    // The written folder is one that this file is in; what stands before it, the user's place, goes before.
                    let inside = file.folder();
                    let common = inside.match_indices('/').map(|(at, _)| inside.get(..at).unwrap_or_default()).chain([inside]);
                    let before = common.filter_map(|folder| under(&written, folder)).min_by_key(|before| before.len()).unwrap_or_default();
                    format!("{before}{}", file.path)
                }
            };
            self.file(file, recorded, &scope);
        }
    }

    fn filled(&self, text: &str) -> String {
        text::filled(text, &self.values)
    }

    /// Whether a list of servers names the one that the files are read for.
    fn meets(&self, dbms: &str) -> Meets {
        let words: Vec<String> = dbms.split(',').map(|word| word.trim().to_ascii_lowercase()).filter(|word| !word.is_empty()).collect();
        let one = |server: &&str| {
            let named = words.iter().any(|word| word == server || word == "all");
            let excluded = words.iter().any(|word| word.strip_prefix('!').is_some_and(|word| word == *server) || word == "none");
            let is_all_excluded = words.iter().all(|word| word.starts_with('!'));
            !excluded && (named || is_all_excluded)
        };
        let meeting = self.wish.servers.iter().filter(|server| one(server)).count();
        match meeting {
            _ if self.wish.servers.is_empty() || words.is_empty() => Meets::Perhaps,
            0 => Meets::No,
            count if count == self.wish.servers.len() => Meets::Yes,
            _ => Meets::Perhaps,
        }
    }

    fn set(&mut self, file: &File, path: &str, set: ChangeSet, scope: &Scope) {
        let met = set.dbms.as_deref().map_or(Meets::Yes, |dbms| self.meets(&self.filled(dbms)));
        // It is for another server, or for none: Liquibase passes over it, and records nothing.
        if set.ignored || met == Meets::No {
            return;
        }
        let path = set.logical.as_ref().map_or_else(|| path.to_owned(), |logical| normal(&self.filled(logical)));
        let (id, author) = (self.filled(&set.id), self.filled(&set.author));
        // Its text is a part of the file's.
        let named = File { path: file.path.clone(), bytes: Vec::new() };
        let mut migration = Migration::new(format!("{path}::{id}::{author}"), id, &named);
        migration.up.clear();
        migration.repeatable = set.run_on_change || set.run_always;
        migration.transaction = if set.in_transaction { Transaction::Own } else { Transaction::None };
        migration.accepted_sums = set
            .valid_sums
            .iter()
            .flat_map(|sum| [sum.clone(), sum.split_once(':').map_or("", |(_, sum)| sum).to_owned()])
            .filter(|sum| !sum.is_empty())
            .collect();
        let mut conditions = scope.conditions.clone();
        conditions.extend(set.context.iter().map(|context| format!("context {context}")));
        conditions.extend(set.labels.iter().map(|labels| format!("labels {labels}")));
        conditions.extend(set.preconditions.then(|| "preconditions".to_owned()));
        if let (Meets::Perhaps, Some(dbms)) = (met, &set.dbms) {
            conditions.push(format!("dbms {dbms}"));
        }
        migration.condition = (!conditions.is_empty()).then(|| format!("it runs only on a condition: {}", conditions.join(", ")));
        if let Some(program) = &set.run_with {
            migration.unreadable = Some(format!("another program runs it (runWith:{program})"));
        }
        let (mut nine, mut eight) = (Some(String::new()), Some(String::new()));
        if set.is_modified {
            (nine, eight) = (None, None);
        }
        for change in set.changes {
            let sql = match self.sql(file, change) {
                Ok(found) => found,
                Err(Some(why)) => {
                    migration.unreadable.get_or_insert(format!("{why} (line {})", set.line));
                    (nine, eight) = (None, None);
                    continue;
                }
                Err(None) => {
                    (nine, eight) = (None, None);
                    continue;
                }
            };
            let (of_nine, of_eight) = sql.sums();
            // Version 8 is made of all changes, 9 of those for this server.
            let met = sql.dbms.as_deref().map_or(Meets::Yes, |dbms| self.meets(dbms));
            eight.iter_mut().for_each(|sum| sum.push_str(&format!("{of_eight}:")));
            match met {
                Meets::Yes => nine.iter_mut().for_each(|sum| sum.push_str(&format!("{of_nine}:"))),
                Meets::Perhaps => nine = None,
                Meets::No => continue,
            }
            if sql.file != file.path && !migration.files.contains(&sql.file) {
                migration.files.push(sql.file.clone());
            }
            migration.up.extend(sql.parts());
        }
        migration.checksum = nine.map(|sums| format!("9:{}", md5(sums.as_bytes())));
        migration.other_sums = eight.map(|sums| format!("8:{}", md5(sums.as_bytes()))).into_iter().collect();
        migration.down = set.rollback.and_then(|changes| {
            let parts: Result<Vec<Vec<Part>>, Option<String>> = changes
                .into_iter()
                .map(|change| match self.sql(file, change) {
                    Ok(sql) => Ok(sql.parts()),
                    Err(None) => Ok(Vec::new()),
                    Err(why) => Err(why),
                })
                .collect();
            parts.ok().map(|parts| parts.into_iter().flatten().collect())
        });
        self.reading.migrations.push(migration);
    }

    /// A change as SQL; why it is none, or nothing where it does nothing.
    fn sql(&self, from: &File, change: Change) -> Result<Sql, Option<String>> {
        match change {
            Change::Sql(sql) => {
                let text = self.filled(&sql.text);
                Ok(Sql { summed: text.trim().to_owned(), text, ..sql })
            }
            Change::File { path, is_relative, sql } => {
                let include = Include {
                    path: self.filled(&path),
                    is_folder: false,
                    is_relative,
                    context: None,
                    labels: None,
                    ends_with: None,
                    line: 1,
                };
                let missing = || Some(format!("{}: its text is in {path:?}, which is not there", from.path));
                let file = targets(self.tree, &from.path, &include).ok().and_then(|files| files.first().copied()).ok_or_else(missing)?;
                let text = file.text().map_err(|why| Some(format!("{}: {why}", file.path)))?;
                // Its sum is that of the file as it lies there.
                Ok(Sql { file: file.path.clone(), text: self.filled(text), summed: text.to_owned(), ..sql })
            }
            Change::Nothing => Err(None),
            Change::Rendered(kind) => Err(Some(format!("{kind} is not SQL: Liquibase makes the statements, and they were not rendered"))),
        }
    }
}

/// Whether a server is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meets {
    Yes,
    No,
    Perhaps,
}

/// `… is up to date`, or how many change sets have not been applied, and a line for each. An edited one is a failed validation.
/// <https://docs.liquibase.com/commands/status/status.html>
pub const STATUS: Status = Status {
    tool: NAME,
    // Its own settings may say to which server it goes.
    commands: &[&[
        "liquibase",
        "--defaults-file={folder}/none.properties",
        "--search-path={folder}",
        "--changelog-file={root}",
        "status",
        "--verbose",
    ]],
    variables: &[
        ("LIQUIBASE_COMMAND_URL", "{jdbc}"),
        ("LIQUIBASE_COMMAND_USERNAME", "{user}"),
        ("LIQUIBASE_COMMAND_PASSWORD", ""),
        ("LIQUIBASE_ANALYTICS_ENABLED", "false"),
    ],
    example: "liquibase --url={jdbc} --username={user} --password= status --verbose",
    read: |said| {
        if !said.is_well() {
            let edited = said.lines().filter(|line| line.contains(" was: ") && line.contains(" but is now: "));
            // It says so twice.
            let wrong: BTreeSet<(String, String)> =
                edited.filter_map(|line| Some((line.split_once(" was: ")?.0.to_owned(), line.to_owned()))).collect();
            return (!wrong.is_empty()).then(|| Told::Pending { names: Vec::new(), wrong: wrong.into_iter().collect() });
        }
        if said.out.lines().any(|line| line.ends_with(" is up to date")) {
            return Some(Told::pending([] as [&str; 0]));
        }
        let mut lines = said.out.lines().skip_while(|line| !(line.contains("not been applied to ") && line.contains("change")));
        lines.next()?;
        let names: Vec<&str> = lines.map_while(|line| Some(line.trim()).filter(|name| name.contains("::"))).collect();
        // That there are some and none is named is not understood.
        (!names.is_empty()).then(|| Told::pending(names))
    },
};
