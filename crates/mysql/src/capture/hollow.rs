//! Views that the server keeps but cannot open: what they read is gone, or their definer may not read it. The view and its
//! query are there, its columns are not. Servers warn of it whenever they walk over tables, whatever was asked; here it
//! becomes one gap for each such view, about its columns.

use super::reader::Reader;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Object, Reason};
use std::collections::HashSet;

/// A warning that says so: the view refers to something invalid; its definer does not exist. Or one about names in its query:
/// blanks taken off, nothing left.
/// <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>
pub const fn is_about_a_view(code: u16) -> bool {
    matches!(code, 1356 | 1449 | 1466 | 1474)
}

/// A gap for each view that has no columns. There is no other such view.
pub fn note(reader: &Reader<'_>, found: &[Object]) {
    let of_kind = |kind| found.iter().filter(move |object| object.kind == kind);
    let place = |object: &Object| (object.identity.part(0).to_owned(), object.identity.part(1).to_owned());
    let with_columns: HashSet<(String, String)> = of_kind(Kind::Column).map(place).collect();
    for view in of_kind(Kind::View).filter(|view| !with_columns.contains(&place(view))) {
        let detail = "the server cannot open the view, so its columns are unknown: a table, column or function it reads is gone, \
                      or its definer is, or may not read them";
        let gap = of_parts(Kind::Column, view, detail);
        reader.gap(gap.cure("repair the view or drop it; SELECT from it says what is missing"));
    }
}

/// A gap about all parts of a kind that a table or view has.
pub fn of_parts(kind: Kind, relation: &Object, detail: &str) -> Gap {
    let mut gap = Gap::kind(kind, Reason::Failed, detail.to_owned());
    gap.object = Some(relation.display());
    gap
}
