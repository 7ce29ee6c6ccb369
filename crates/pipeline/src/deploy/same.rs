//! Whether what stays under another name is what it was.
//!
//! Neighbour: `aside`, which tries it on a throwaway server.

use super::back::shown;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Deferred, Identity, Manifest, Object, display, shown_parts};
use std::collections::BTreeMap;

/// What is not there in the end although it was put aside before.
pub fn lost(begin: &Manifest, end: &Manifest) -> Option<String> {
    let there: Vec<Deferred> = end.deferred().collect();
    let before = begin.deferred().find(|one| !there.iter().any(|other| other.kind == one.kind && other.mark() == one.mark()));
    before.map(|one| format!("{}, which was put aside before, would go", one.display()))
}

/// Columns by the server's own numbers, whatever they are called.
pub type Numbered = BTreeMap<(u64, u64), String>;

/// What of what stays is not what it was where the way back began, by the server's numbers: names can be given to other things.
pub fn exchanged(filled: &[Vec<String>], deferred: &[Deferred], (before, after): (&Numbered, &Numbered)) -> Option<String> {
    for name in filled {
        let shown_name = shown(name);
        let own = |parts: &Vec<String>| parts.starts_with(name);
        let kind = if name.len() == 3 { Kind::Column } else { Kind::Table };
        let was = display(kind, &Identity::new(name.iter().map(String::as_str)));
        let Some(kept) = deferred.iter().find(|one| one.kind == kind && one.was == was) else {
            return Some(format!("{shown_name} is not put aside"));
        };
        let known: Vec<String> = kept.identity.parts().map(str::to_owned).collect();
        let mut numbers = before.iter().filter(|(_, column)| shown_parts(column).is_some_and(|parts| own(&parts))).peekable();
        if numbers.peek().is_none() {
            return Some(format!("{shown_name} was not seen on the throwaway server"));
        }
        let is_kept =
            |number: &(u64, u64)| after.get(number).and_then(|now| shown_parts(now)).is_some_and(|parts| parts.starts_with(&known));
        if let Some((_, column)) = numbers.find(|(number, _)| !is_kept(number)) {
            return Some(format!("{column} would go, and what is kept is another"));
        }
    }
    None
}

/// What of what stays is not what it was where the way back began, where no server numbers columns: its values are of another type.
pub fn turned_over(filled: &[Vec<String>], deferred: &[Deferred], (begin, end): (&Manifest, &Manifest)) -> Option<String> {
    let end = end.whole();
    filled.iter().find_map(|name| {
        let kind = if name.len() == 3 { Kind::Column } else { Kind::Table };
        let was = display(kind, &Identity::new(name.iter().map(String::as_str)));
        let Some(kept) = deferred.iter().find(|one| one.kind == kind && one.was == was) else {
            return Some(format!("{} is not put aside", shown(name)));
        };
        let known: Vec<&str> = kept.identity.parts().collect();
        let is_its = |column: &&Object| column.identity.parts().zip(name).all(|(one, other)| one == other);
        // Those that are put aside by themselves are judged by themselves.
        let is_own =
            |column: &&Object| !deferred.iter().any(|one| one.kind == Kind::Column && kind == Kind::Table && one.was == column.display());
        let columns = begin.of_kind(Kind::Column).iter().filter(is_its).filter(is_own);
        let is_same = |column: &&Object| {
            let parts: Vec<&str> = known.iter().copied().chain(column.identity.parts().skip(known.len())).collect();
            let now = end.find(Kind::Column, &parts);
            now.is_some_and(|now| ["type", "collation"].iter().all(|value| now.get(value) == column.get(value)))
        };
        let mut columns = columns.peekable();
        if columns.peek().is_none() {
            return Some(format!("{} was not seen on the throwaway server", shown(name)));
        }
        columns.find(|column| !is_same(column)).map(|column| format!("{} would not be what it was", column.display()))
    })
}
