//! Folders whose migrations are written in a programming language: their names and their order are read, what they do is not.

use crate::history::folder::{File, Fit, Migration, Reading, Sure, Tree};

/// How the files of one tool are called.
pub(super) struct Names {
    pub language: &'static str,
    /// What a file's key is; nothing of one that is no migration.
    pub key: fn(&File) -> Option<String>,
}

/// A folder of such files and no others that are SQL.
pub(super) fn fits(tree: &Tree, names: &Names, marked: Option<String>) -> Option<Fit> {
    let file = tree.files.iter().find(|file| (names.key)(file).is_some())?;
    Some(match marked {
        Some(why) => Fit::new(Sure::Marked, why),
        None => Fit::new(Sure::Named, format!("files in {} named as its are, such as {}", names.language, file.path)),
    })
}

/// In the order of their names.
pub(super) fn read(tree: &Tree, names: &Names) -> Reading {
    let mut reading = Reading::default();
    let mut found: Vec<(&File, String)> = tree.files.iter().filter_map(|file| Some((file, (names.key)(file)?))).collect();
    found.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
    for (file, key) in found {
        reading.migrations.push(unread(file, key, names.language));
    }
    reading
}

/// One of which only the key is known.
pub(super) fn unread(file: &File, key: String, language: &str) -> Migration {
    let name = file.name().rsplit_once('.').map_or(file.name(), |(name, _)| name).to_owned();
    let mut migration = Migration::new(key, name, file);
    migration.up.clear();
    migration.unreadable = Some(format!("it is written in {language}"));
    migration
}

/// Digits at the start of a name that goes on with a sign, and what stands behind it.
pub(super) fn numbered_with(name: &str, sign: char) -> Option<(&str, &str)> {
    let (digits, rest) = crate::history::folder::numbered(name)?;
    Some((digits, rest.strip_prefix(sign)?))
}

/// A name without an ending of JavaScript or TypeScript.
pub(super) fn script(name: &str) -> Option<&str> {
    if name.ends_with(".d.ts") {
        return None;
    }
    [".js", ".ts", ".cjs", ".mjs", ".mts", ".cts"].iter().find_map(|end| name.strip_suffix(end))
}
