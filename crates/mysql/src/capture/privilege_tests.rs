//! Grants as they are read, out of the forms in which servers keep them.
#![allow(clippy::unwrap_used)]

use super::*;

fn privileges(kind: &str, names: &[(&str, bool)]) -> (String, String) {
    let list = names.iter().map(|(name, may)| ((*name).to_owned(), *may)).collect();
    let server = ["SELECT", "PROCESS"].into_iter().map(str::to_owned).collect();
    let object = grant([kind.to_owned(), "*".to_owned(), "app@%".to_owned()], &list, &server);
    let shown = |name| match object.get(name) {
        Some(Value::List(list)) => list.join(", "),
        _ => String::new(),
    };
    (shown("privileges"), shown("grantable"))
}

#[test]
fn all_is_all_the_thing_can_have() {
    assert_eq!(privileges("global", &[("SELECT", false), ("PROCESS", true)]), ("ALL PRIVILEGES".into(), "PROCESS".into()));
    assert_eq!(privileges("global", &[("SELECT", true)]), ("SELECT".into(), "SELECT".into()));
    let table: Vec<(&str, bool)> = TABLE.iter().map(|name| (*name, false)).collect();
    assert_eq!(privileges("table", &table).0, ALL);
    assert_ne!(privileges("table", &table[1..]).0, ALL);
    assert_ne!(privileges("schema", &table).0, ALL, "on a database there is more");
    assert_ne!(privileges("column", &table).0, ALL);
    let database: Vec<(&str, bool)> = TABLE.iter().chain(DATABASE).map(|name| (*name, true)).collect();
    assert_eq!(privileges("schema", &database), (ALL.into(), ALL.into()));
}

#[test]
fn what_is_revoked_in_a_database_is_said() {
    assert_eq!(privileges("schema", &[("SELECT (revoked)", false), ("INSERT", false)]).0, "INSERT, SELECT (revoked)");
}

#[test]
fn grants_know_every_kind_that_lives_in_a_database() {
    const WITHOUT: &[(Kind, &str)] = &[
        (Kind::Table, "a grant may be on one that is not there yet"),
        (Kind::Event, "no privilege is on one event"),
        (Kind::HistoryTable, "a table"),
        (Kind::ReferenceTable, "a table"),
    ];
    let read = evenkeel_core::kind::ALL.iter().filter(|kind| matches!(super::super::kinds::how(**kind), super::super::kinds::How::Own(_)));
    for kind in read.filter(|kind| kind.spec().parent == evenkeel_core::kind::Parent::Schema) {
        let is_excused = WITHOUT.iter().any(|(without, _)| without == kind);
        assert_ne!(GRANTED.contains(kind), is_excused, "{}: grants find it by its name, or it is said why they need not", kind.name());
    }
}
