//! What an edited file was before: tools keep a sum, not the text, so a text is sought whose sum is the recorded one.

use crate::files;
use crate::migrations::{Cut, Migrations};
use evenkeel_core::history::READERS;
use evenkeel_core::history::State;
use evenkeel_core::history::folder::{File, Migration, Tree, Wish};
use evenkeel_core::history::matching;
use evenkeel_core::history::verdict::{Edit, Recorded};
use evenkeel_core::statement::{Grammar, What};
use std::path::Path;

/// How the text that was recorded with a sum differs from the one that is there.
pub(super) fn of(read: &Migrations, cut: &Cut, before: &str, grammar: &dyn Grammar) -> Edit {
    let seek = |file: &String| of_file(read, cut, file, before, grammar);
    cut.migration.files.iter().find_map(seek).unwrap_or(Edit::Unknown)
}

/// The same, where it is one file of a migration that was edited.
fn of_file(read: &Migrations, cut: &Cut, file: &str, before: &str, grammar: &dyn Grammar) -> Option<Edit> {
    let now = std::fs::read(read.path.join(file)).ok()?;
    let is_it = |bytes: &[u8]| read_as(read, cut, file, bytes).and_then(|migration| migration.is_summed(before)) == Some(true);
    for (how, text) in variants(&now, grammar) {
        if is_it(&text) {
            return Some(Edit::Bytes(format!("{how} only")));
        }
    }
    // A file may hold others too: what this one says is compared.
    let says = |bytes: &[u8]| match read_as(read, cut, file, bytes) {
        Some(migration) if migration.unreadable.is_none() => said(&migration.text(), grammar),
        _ => said(&String::from_utf8_lossy(bytes), grammar),
    };
    for earlier in files::earlier(&read.path, file) {
        for (how, text) in std::iter::once(("", earlier.clone())).chain(variants(&earlier, grammar)) {
            if !is_it(&text) {
                continue;
            }
            let how = if how.is_empty() { String::new() } else { format!(", {how} apart") };
            return Some(match says(&earlier) == says(&now) {
                true => Edit::Bytes(format!("comments or layout only: git has the text that ran{how}")),
                false => Edit::Meaning(format!("its statements are others than those that ran: git has the earlier text{how}")),
            });
        }
    }
    None
}

/// Gives those that run again whenever their text changes the text that ran, where it can be found: what is there is that one's.
pub(super) fn as_they_ran(read: &mut Migrations, records: &[Recorded], grammar: &dyn Grammar) {
    let old = |cut: &Cut| {
        let record = records.iter().find(|record| record.key == cut.migration.key && record.state == State::Applied)?;
        let before = record.checksum.as_deref()?;
        if !cut.migration.repeatable || cut.migration.is_summed(before) != Some(false) {
            return None;
        }
        let migration = cut.migration.files.iter().find_map(|file| earlier(read, cut, file, before, grammar))?;
        Some(Cut::of(&Migration { up: migration.up, as_it_ran: true, ..cut.migration.clone() }, grammar))
    };
    let found: Vec<(usize, Cut)> = read.cuts.iter().enumerate().filter_map(|(at, cut)| Some((at, old(cut)?))).collect();
    for (at, cut) in found {
        if let Some(own) = read.cuts.get_mut(at) {
            *own = cut;
        }
    }
}

/// A migration as it was read when its text had that sum, by the word of git.
fn earlier(read: &Migrations, cut: &Cut, file: &str, before: &str, grammar: &dyn Grammar) -> Option<Migration> {
    let is_it = |migration: &Migration| migration.is_summed(before) == Some(true) && migration.unreadable.is_none();
    files::earlier(&read.path, file).into_iter().find_map(|text| {
        let texts = std::iter::once(text.clone()).chain(variants(&text, grammar).into_iter().map(|(_, text)| text));
        texts.filter_map(|text| read_as(read, cut, file, &text)).find(is_it)
    })
}

/// The migration as its tool would read a file with that content.
fn read_as(read: &Migrations, cut: &Cut, file: &str, bytes: &[u8]) -> Option<Migration> {
    let reader = READERS.iter().find(|reader| reader.tool == read.folder.tool)?;
    let mut files = vec![File { path: file.to_owned(), bytes: bytes.to_vec() }];
    // What names the files in order is needed to read one, and so are the other files of the same migration.
    let all = read.cuts.iter().filter(|other| other.migration.chained || other.migration.key == cut.migration.key);
    let own = all.flat_map(|other| &other.migration.files).map(String::as_str).filter(|other| *other != file);
    let others = ["meta/_journal.json", "drizzle/meta/_journal.json", "sqitch.plan", "atlas.sum"].into_iter().chain(own);
    files.extend(others.filter_map(|path| Some(File { path: path.to_owned(), bytes: std::fs::read(read.path.join(path)).ok()? })));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let tree = Tree { files, ..Tree::default() };
    let reading = (reader.read)(&tree, &Wish::default());
    let is_own = |migration: &Migration| matching::is_one(read.folder.tool, &migration.key, &cut.migration.key);
    reading.migrations.into_iter().find(is_own)
}

/// Texts that mean the same, and in what they differ.
fn variants(bytes: &[u8], grammar: &dyn Grammar) -> Vec<(&'static str, Vec<u8>)> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let mut found: Vec<(&'static str, Vec<u8>)> = Vec::new();
    let Ok(text) = std::str::from_utf8(bytes) else { return found };
    let unix = text.replace("\r\n", "\n");
    found.push(("line ends (LF for CRLF)", unix.clone().into_bytes()));
    found.push(("line ends (CRLF for LF)", unix.replace('\n', "\r\n").into_bytes()));
    match bytes.strip_prefix(MARK) {
        Some(rest) => found.push(("a byte order mark", rest.to_vec())),
        None => found.push(("a byte order mark", [MARK, bytes].concat())),
    }
    found.push(("the last line's end", format!("{text}\n").into_bytes()));
    found.push(("the last line's end", text.trim_end_matches(['\n', '\r']).as_bytes().to_vec()));
    // Comments that were put in since, each of them and all of them.
    let pieces = grammar.split(text);
    let (mut without, mut marked) = (String::new(), String::new());
    for piece in &pieces {
        if piece.what != What::Between {
            without.push_str(piece.text(text));
            marked.push_str(piece.text(text));
            continue;
        }
        for line in piece.text(text).split_inclusive('\n') {
            let comment = line.trim_start().strip_prefix("--");
            if comment.is_none() {
                without.push_str(line);
            }
            if comment.is_none_or(is_told) {
                marked.push_str(line);
            }
        }
    }
    found.push(("comments", marked.into_bytes()));
    found.push(("comments", without.clone().into_bytes()));
    found.push(("comments", without.trim_start().as_bytes().to_vec()));
    found.push(("comments", format!("{}\n", without.trim()).into_bytes()));
    found.push(("comments", without.trim().as_bytes().to_vec()));
    found.retain(|(_, other)| other != bytes);
    found
}

/// Whether a comment is a word to a tool, and no remark.
fn is_told(comment: &str) -> bool {
    const WORDS: &[&str] = &[
        "liquibase",
        "changeset",
        "rollback",
        "precondition",
        "property",
        "validchecksum",
        "ignorelines",
        "migrate:",
        "+",
        "no-transaction",
        "up migration",
        "down migration",
        "depends",
        "transactional",
        "->",
    ];
    let comment = comment.trim_start().to_ascii_lowercase();
    WORDS.iter().any(|word| comment.starts_with(word))
}

/// What a text says, without comments and layout.
fn said(text: &str, grammar: &dyn Grammar) -> Vec<String> {
    let pieces = grammar.split(text);
    let said = pieces.iter().filter(|piece| piece.what != What::Between);
    said.map(|piece| if piece.statement().is_some() { grammar.bare(piece.text(text)) } else { piece.text(text).to_owned() }).collect()
}

/// Whether a file of that key was in the folder once, by the word of git.
pub(super) fn was_there(read: &Migrations, key: &str) -> bool {
    let names = files::names_once(&read.path);
    names.iter().any(|name| Path::new(name).file_name().and_then(|name| name.to_str()).is_some_and(|name| is_of(name, key)))
}

/// Whether a file's name begins with a key, and does not go on as a number.
fn is_of(name: &str, key: &str) -> bool {
    let name = name.trim_start_matches(['V', 'U']).trim_start_matches('0');
    let rest = name.strip_prefix(key.trim_start_matches('0'));
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
}
