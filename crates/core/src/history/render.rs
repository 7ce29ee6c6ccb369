//! Migrations in a programming language as the SQL that their tool makes of them: which command is asked, and what is made of its answer.
//!
//! Does not live here: running it (`pipeline/render`).

use super::folder::{Folder, Migration, Part, Transaction};
use super::tool::{alembic, django, liquibase};
use std::collections::{HashMap, HashSet};

/// What stands in a command for a migration.
pub const NAMES: [&str; 6] = ["{key}", "{name}", "{file}", "{app}", "{migration}", "{previous}"];

/// What stands in a command for an empty folder of its own, which is removed when it has ended.
pub const TEMPORARY: &str = "{temporary}";

/// How a tool prints its own migrations, where nobody names a command: by this program, in the folder that holds this file.
#[derive(Debug)]
pub struct Usual {
    pub tool: &'static str,
    /// Found on PATH.
    pub program: &'static str,
    /// Beside the migrations, or further up; nothing for the file that its tool is told.
    pub beside: Option<&'static str>,
    pub command: &'static str,
}

/// What stands in a usual command for the file that the tool is told, and for what it calls the server.
pub const TOLD: [&str; 2] = ["{root}", "{server}"];

/// Tools that can be asked without knowing more.
pub const USUAL: &[Usual] = &[
    Usual { tool: alembic::NAME, program: "alembic", beside: Some("alembic.ini"), command: "alembic upgrade {previous}:{key} --sql" },
    Usual {
        tool: django::NAME,
        program: "django-admin",
        beside: Some("manage.py"),
        command: "python manage.py sqlmigrate {app} {migration}",
    },
    // It notes what it printed, and prints it once: in a file that is nobody's.
    Usual {
        tool: liquibase::NAME,
        program: "liquibase",
        beside: None,
        // Its own settings may say where it writes, and to which server it goes.
        command: "liquibase \"--defaults-file={temporary}/none.properties\" \"--url=offline:{server}?outputLiquibaseSql=data_only&changeLogFile={temporary}/log.csv\" --search-path=. \
                  \"--changelog-file={root}\" update-sql",
    },
];

/// What stands behind the name of a file whose text its tool has made.
pub const RENDERED: &str = " (rendered)";

/// What is named in place of a command where nothing is to be rendered.
pub const NOTHING: &str = "none";

/// A command as words: quotes hold them together, and nothing else means anything.
///
/// # Errors
/// A quote that never ends, or no word at all.
pub fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    let mut now: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in command.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => now.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                now.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(now.take()),
            None => now.get_or_insert_default().push(c),
        }
    }
    words.extend(now);
    match (quote, words.is_empty()) {
        (Some(open), _) => Err(format!("{open} opens a text that does not end")),
        (None, true) => Err("it is empty".to_owned()),
        (None, false) => Ok(words),
    }
}

/// Whether a command is asked for each migration, and not once for all.
#[must_use]
pub fn is_for_each(words: &[String]) -> bool {
    words.iter().any(|word| NAMES.iter().any(|name| word.contains(name)))
}

/// The command for one migration. What is put in stays one word, whatever it holds.
#[must_use]
pub fn asked(words: &[String], migration: &Migration) -> Vec<String> {
    let (app, own) = migration.key.split_once('.').unwrap_or(("", &migration.key));
    let file = migration.files.first().map_or("", String::as_str);
    let previous = migration.after.first().map_or("base", String::as_str);
    let values = [&migration.key, &migration.name, file, app, own, previous];
    let one = |word: &String| {
        // One pass, so that a value which looks like a name stays what it is.
        let (mut filled, mut rest) = (String::new(), word.as_str());
        while let Some(at) = rest.find('{') {
            let (before, behind) = rest.split_at(at);
            filled.push_str(before);
            let known = NAMES.iter().zip(values).find(|(name, _)| behind.starts_with(**name));
            let (put, length) = known.map_or(("{", 1), |(name, value)| (value, name.len()));
            filled.push_str(put);
            rest = behind.get(length..).unwrap_or_default();
        }
        filled + rest
    };
    words.iter().map(one).collect()
}

/// The command that tells in which order a tool runs everything, also what is installed elsewhere; nothing where the files tell it.
#[must_use]
pub fn plan(folder: &Folder, words: &[String]) -> Option<Vec<String>> {
    let at = words.iter().position(|word| word == "sqlmigrate").filter(|_| folder.tool == django::NAME)?;
    let before = words.iter().take(at).cloned();
    Some(before.chain(["showmigrations", "--plan", "--no-color"].map(str::to_owned)).collect())
}

/// Puts a folder's migrations in the order of a plan, with those that are installed elsewhere.
pub fn planned(folder: &mut Folder, told: &str) {
    let keys: Vec<&str> = told.lines().filter_map(django::planned).collect();
    let mut own: HashMap<String, Migration> = folder.migrations.drain(..).map(|migration| (migration.key.clone(), migration)).collect();
    for key in keys {
        folder.migrations.push(own.remove(key).unwrap_or_else(|| django::elsewhere(key)));
    }
    // What the plan does not name the tool would not run.
    let mut left: Vec<Migration> = own.into_values().collect();
    left.sort_by(|a, b| a.key.cmp(&b.key));
    for migration in left {
        let file = migration.files.first().cloned().unwrap_or_default();
        folder.odd.push((file, "the tool's own plan does not name it".to_owned()));
    }
}

/// A migration as its tool printed it among others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    pub text: String,
    /// As the tool would record it, where it printed that too.
    pub checksum: Option<String>,
}

/// What a tool printed for everything, by key; why it is not known what it printed for one.
#[must_use]
pub fn cut(folder: &Folder, told: &str) -> Option<HashMap<String, Result<Printed, String>>> {
    if folder.tool != liquibase::NAME {
        return None;
    }
    let known: HashSet<&str> = folder.migrations.iter().map(|migration| migration.key.as_str()).collect();
    let mut found: HashMap<String, Result<Printed, String>> = HashMap::new();
    let (mut before, mut first): (Option<String>, HashMap<String, Option<String>>) = (None, HashMap::new());
    for (key, text, checksum) in liquibase::cut(told) {
        // A line that names a change set may be a remark in another one's text: then what follows is that one's.
        let why = match known.contains(key.as_str()) {
            true if !found.contains_key(&key) => None,
            true => Some(format!("what is printed names {key} twice")),
            false => Some(format!("what is printed names {key} behind it, which no file has")),
        };
        if let Some(why) = &why {
            let earlier = first.get(&key).cloned().flatten();
            for one in before.iter().chain(&earlier).chain([&key]) {
                found.insert(one.clone(), Err(why.clone()));
            }
        } else {
            found.insert(key.clone(), Ok(Printed { text, checksum }));
            first.insert(key.clone(), before.clone());
        }
        before = Some(key);
    }
    Some(found)
}

/// Puts what a tool printed in place of what could not be read; `said` is what it wrote beside it.
pub fn rendered(migration: &mut Migration, told: &str, said: &str) {
    let lines = told.lines().map(str::trim).filter(|line| !line.is_empty());
    if told.trim().is_empty() {
        // Django says so of one that does nothing; of all others silence tells nothing.
        let is_known = said.contains("No operations found");
        migration.unreadable = (!is_known).then(|| "it was rendered, and nothing was printed".to_owned());
        return;
    }
    // Django prints that in place of what it cannot print, and the rest around it.
    if lines.clone().any(|line| line.contains("CANNOT BE WRITTEN AS SQL")) {
        migration.partly = Some("a part of it is written in Python, which its tool does not render".to_owned());
    }
    let file = migration.files.first().map_or_else(|| migration.key.clone(), Clone::clone);
    migration.unreadable = None;
    migration.up = vec![Part::whole(&format!("{file}{RENDERED}"), told)];
    // What begins and ends a transaction is printed too; where nothing does, the tool's own way holds.
    let is_begun = lines.clone().any(|line| line.eq_ignore_ascii_case("begin;") || line.eq_ignore_ascii_case("start transaction;"));
    if is_begun {
        migration.transaction = Transaction::PerStatement;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::history::folder::File;

    #[test]
    fn a_command_is_words_and_nothing_in_them_is_a_command() {
        let asked_of = |command: &str, key: &str| {
            let file = File { path: format!("{key}.py"), bytes: Vec::new() };
            asked(&words(command).unwrap(), &Migration::new(key, "a name", &file))
        };
        let told = asked_of("python 'my manage.py' sqlmigrate {app} {migration} \"{previous}:{key}\" ''", "shop.0001; rm -rf {file}");
        assert_eq!(told, ["python", "my manage.py", "sqlmigrate", "shop", "0001; rm -rf {file}", "base:shop.0001; rm -rf {file}", ""]);
        assert!(words("a 'b").is_err() && words("  ").is_err());
        assert!(!is_for_each(&words("liquibase update-sql {no}").unwrap()));
    }

    #[test]
    fn what_is_printed_under_a_name_that_is_nobodys_or_twice_is_not_known() {
        let file = File { path: "main.xml".to_owned(), bytes: Vec::new() };
        let keys = ["main.xml::1::ann", "main.xml::2::ann", "main.xml::3::ann"];
        let migrations = keys.map(|key| Migration::new(key, "a", &file)).to_vec();
        let folder = Folder {
            tool: liquibase::NAME,
            why: String::new(),
            grouping: super::super::folder::Grouping::None,
            newer: super::super::folder::Newer::Passes,
            migrations,
            odd: Vec::new(),
            root: None,
            dumped: None,
        };
        let told = |texts: [&str; 3]| {
            let text: String = keys.iter().zip(texts).map(|(key, text)| format!("-- Changeset {key}\n{text}\n")).collect();
            let found = cut(&folder, &text).unwrap();
            keys.map(|key| found[key].as_ref().ok().map(|printed| printed.text.trim().to_owned()))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told(["a;", "b;", "c;"]), [some("a;"), some("b;"), some("c;")]);
        // A remark in the first one's text, and behind it what that one does.
        assert_eq!(told(["a;\n-- Changeset main.xml::3::ann\nDROP TABLE x;", "b;", "c;"]), [None, None, None]);
        assert_eq!(told(["a;\n-- Changeset main.xml::9::ann\nDROP TABLE x;", "b;", "c;"]), [None, some("b;"), some("c;")]);
    }

    #[test]
    fn silence_and_what_is_not_sql_are_not_read_as_nothing_to_do() {
        let file = File { path: "1.py".to_owned(), bytes: Vec::new() };
        let after = |told: &str, said: &str| {
            let unread = Some("it is written in Python".to_owned());
            let mut migration = Migration { unreadable: unread, up: Vec::new(), ..Migration::new("1", "1", &file) };
            rendered(&mut migration, told, said);
            migration
        };
        assert!(after("", "").unreadable.is_some() && after(" \n", "a warning").unreadable.is_some());
        assert_eq!(after("", "No operations found.\n").unreadable, None);
        let python = after("BEGIN;\n--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\nCOMMIT;\n", "");
        assert!(python.unreadable.is_none() && python.partly.is_some());
        let whole = after("BEGIN;\ncreate table a (b int);\nCOMMIT;\n", "");
        assert_eq!((whole.unreadable, whole.partly, whole.transaction), (None, None, Transaction::PerStatement));
        assert_eq!(whole.up[0].file, "1.py (rendered)");
    }
}
