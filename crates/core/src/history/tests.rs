//! Recognition is unambiguous; rows mean what the tools mean by them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::table::records;
use super::*;
use crate::manifest::Reason;

fn columns_of(tool: &Shape) -> Vec<(String, Option<Family>)> {
    tool.columns.iter().map(|column| (column.name.to_owned(), Some(column.family))).collect()
}

fn tool(name: &str) -> &'static Shape {
    shapes().find(|shape| shape.tool == name && shape.role != Role::Lock).unwrap()
}

fn read(tool: &'static Shape, cells: &[(&str, &str)]) -> Option<Record> {
    for (name, _) in cells {
        assert!(tool.columns.iter().any(|column| column.name == *name), "{} has no {name}", tool.tool);
    }
    let value = |name| cells.iter().find(|(cell, _)| *cell == name).map(|(_, value)| Box::from(*value));
    let values: Vec<Option<Box<str>>> = tool.columns.iter().map(|column| value(column.name)).collect();
    (tool.read)(&Cells { columns: tool.columns, values: &values })
}

/// Every usual name of a table.
fn names(shape: &Shape) -> impl Iterator<Item = &'static str> {
    shape.tables.iter().chain(shape.vague).copied()
}

#[test]
fn declarations_are_sound() {
    let unique = |words: Vec<&str>| words.iter().collect::<std::collections::BTreeSet<_>>().len() == words.len();
    assert!(unique(TOOLS.iter().map(|tool| tool.name).collect()) && unique(TOOLS.iter().map(|tool| tool.manual).collect()));
    for tool in TOOLS {
        assert!(!tool.name.is_empty() && tool.manual.starts_with("https://"), "{}", tool.name);
        assert!(tool.tables.iter().any(|shape| shape.role != Role::Lock), "{} records nothing", tool.name);
        assert!(tool.tables.iter().all(|shape| shape.tool == tool.name), "{} has another's table", tool.name);
    }
    for shape in shapes() {
        let has = |name: &str| shape.columns.iter().any(|column| column.name == name);
        assert!(shape.anchor.is_none_or(|name| has(&name.to_lowercase())), "{}", shape.tool);
        assert!(shape.order.iter().all(|name| has(name)) && !shape.order.is_empty(), "{}", shape.tool);
        assert!(shape.columns.iter().all(|column| column.name == column.name.to_lowercase()), "{}", shape.tool);
        assert!(names(shape).all(|table| table == table.to_lowercase()) && names(shape).count() > 0, "{}", shape.tool);
    }
}

/// The closest description wins; none is as close as another, whatever the table is called and whatever columns a later
/// version adds.
#[test]
fn every_table_is_known_as_its_own_tool_s() {
    for shape in shapes() {
        let own = columns_of(shape);
        let mut tables: Vec<&str> = shapes().flat_map(names).filter(|table| shape.is_named(table)).collect();
        tables.extend(shape.anchor.map(|_| "renamed"));
        let mut later = own.clone();
        later.push(("added_later".to_owned(), Some(Family::Text)));
        for columns in [own].into_iter().chain((!shape.exact).then_some(later)) {
            for table in &tables {
                let found = recognise(table, &columns).unwrap();
                assert!(std::ptr::eq(found, shape), "{table} of {} is taken for {}", shape.tool, found.tool);
                let close = |other: &&Shape| other.fits(table, &columns) && other.columns.len() == shape.columns.len();
                assert_eq!(shapes().filter(close).count(), 1, "{table} of {} fits several", shape.tool);
            }
        }
    }
}

/// What makes a table known under any name is no other table's column.
#[test]
fn anchors_are_one_table_s_own() {
    for shape in shapes() {
        let Some(anchor) = shape.anchor.map(str::to_lowercase) else { continue };
        let others = shapes().filter(|other| !std::ptr::eq(*other, shape) && other.columns.iter().any(|column| column.name == anchor));
        assert_eq!(others.map(|other| other.tool).collect::<Vec<_>>(), Vec::<&str>::new(), "{anchor} of {}", shape.tool);
    }
}

#[test]
fn names_alone_prove_nothing() {
    assert!(recognise("flyway_schema_history", &[("installed_rank".to_owned(), Some(Family::Text))]).is_none());
    assert!(recognise("documents", &[("version".to_owned(), Some(Family::Text))]).is_none());
    assert!(recognise("app_schema_migrations", &[("version".to_owned(), Some(Family::Text))]).is_some());
    assert!(recognise("books", &[("version_num".to_owned(), Some(Family::Text)), ("id".to_owned(), Some(Family::Number))]).is_none());
    assert!(recognise("renamed", &columns_of(tool("Flyway"))).is_some());
}

#[test]
fn flyway_rows() {
    let base = [("version", "2"), ("description", "add total"), ("type", "SQL"), ("checksum", "-17"), ("success", "true")];
    let row = read(tool("Flyway"), &base).unwrap();
    assert_eq!((row.key.as_str(), row.checksum.as_deref(), row.state, row.recorded_as), ("2", Some("-17"), State::Applied, None));
    let failed = read(tool("Flyway"), &[("version", "3"), ("type", "SQL"), ("success", "false")]).unwrap();
    assert_eq!(failed.state, State::Failed);
    let repeatable = read(tool("Flyway"), &[("description", "view"), ("type", "SQL"), ("success", "true")]).unwrap();
    assert_eq!(repeatable.key, "repeatable view");
    let baseline = read(tool("Flyway"), &[("version", "1"), ("type", "BASELINE"), ("success", "true")]).unwrap();
    assert_eq!((baseline.state, baseline.recorded_as.as_deref()), (State::Applied, Some("BASELINE")));
    let undone = read(tool("Flyway"), &[("version", "1"), ("type", "UNDO_SQL"), ("success", "true")]).unwrap();
    assert_eq!(undone.state, State::RolledBack);
    assert!(read(tool("Flyway"), &[("description", "<< Flyway Schema Creation >>"), ("type", "SCHEMA"), ("success", "true")]).is_none());
}

#[test]
fn states_of_the_others() {
    let state = |name: &str, cells: &[(&str, &str)]| read(tool(name), cells).unwrap().state;
    assert_eq!(state("Prisma", &[("migration_name", "a"), ("started_at", "x")]), State::Failed);
    assert_eq!(state("Prisma", &[("migration_name", "a"), ("finished_at", "x")]), State::Applied);
    assert_eq!(state("Prisma", &[("migration_name", "a"), ("rolled_back_at", "x")]), State::RolledBack);
    assert_eq!(state("golang-migrate", &[("version", "1"), ("dirty", "true")]), State::Failed);
    assert_eq!(state("goose", &[("version_id", "7"), ("is_applied", "false")]), State::RolledBack);
    assert_eq!(state("sqlx", &[("version", "7"), ("success", "false")]), State::Failed);
    assert_eq!(state("Atlas", &[("version", "7"), ("applied", "1"), ("total", "2")]), State::Failed);
    assert_eq!(state("Atlas", &[("version", "7"), ("applied", "2"), ("total", "2")]), State::Applied);
    assert_eq!(state("pgroll", &[("schema", "public"), ("name", "a"), ("done", "false")]), State::InProgress);
    assert!(read(tool("Atlas"), &[("version", ".atlas_cloud_identifier")]).is_none());
    assert!(read(tool("goose"), &[("version_id", "0"), ("is_applied", "true")]).is_none());
}

#[test]
fn the_last_row_of_a_key_counts() {
    let record =
        |key: &str, state| Record { key: key.to_owned(), description: None, checksum: None, state, recorded_as: None, at: None, by: None };
    let rows = [record("1", State::Applied), record("2", State::Applied), record("1", State::RolledBack)];
    let last = records(tool("goose"), rows.clone());
    assert_eq!(last, [(3, record("1", State::RolledBack)), (2, record("2", State::Applied))]);
    let each = records(tool("Sqitch"), rows);
    assert_eq!(each.iter().map(|(_, record)| record.key.as_str()).collect::<Vec<_>>(), ["1", "2", "1 #2"]);
}

#[test]
fn tables_and_records_become_objects() {
    let record = |key: &str, state| Record {
        key: key.to_owned(),
        description: None,
        checksum: Some("c".to_owned()),
        state,
        recorded_as: None,
        at: None,
        by: None,
    };
    let table = |shape, schema: &str, name: &str, records: Vec<Record>| Table { shape, schema: schema.into(), name: name.into(), records };
    let lock = shapes().find(|shape| shape.role == Role::Lock).unwrap();
    let list = tool(lock.tool);
    let pointer = tool("golang-migrate");
    let found = objects(
        vec![
            table(list, "a", "log", vec![record("1", State::Applied), record("2", State::Failed)]),
            table(lock, "a", "lock", vec![record("", State::Applied)]),
            // Nobody holds this one.
            table(lock, "b", "lock", Vec::new()),
            table(list, "b", "log", Vec::new()),
            table(pointer, "a", "at", vec![record("9", State::Failed), record("10", State::Applied)]),
        ],
        |_, _| false,
    );
    let lines: Vec<String> = found
        .iter()
        .map(|object| {
            format!(
                "{} {} {}",
                object.kind.name(),
                object.display(),
                object.values().iter().map(|(_, value)| value.shown()).collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    let tool = lock.tool;
    // Applied is what a migration is that says nothing else.
    let expected = [
        format!("history-table a.log {tool} yes"),
        "migration a.log.1 c 1".to_owned(),
        "migration a.log.2 failed c 2".to_owned(),
        format!("history-table b.log {tool}"),
        "history-table a.at golang-migrate 10, 9 yes".to_owned(),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_table_beside_makes_the_tool_certain() {
    let (shape, (beside, certain)) = shapes().find_map(|shape| Some((shape, shape.beside?))).unwrap();
    let named = |is_there: bool| {
        let table = Table { shape, schema: "s".into(), name: "t".into(), records: Vec::new() };
        let found = objects(vec![table], |schema, name| is_there && (schema, name) == ("s", beside));
        found[0].text("tool").unwrap().to_owned()
    };
    assert_eq!((named(false).as_str(), named(true).as_str()), (shape.tool, certain));
}

#[test]
fn what_could_not_be_read_is_a_gap_for_each_property_it_would_have_told() {
    let gaps = |role| {
        let shape = shapes().find(|shape| shape.role == role).unwrap();
        let gaps = shape.unread("s.t", Reason::Locked, "held", Some("wait"));
        assert!(gaps.iter().all(|gap| gap.detail == format!("s.t ({}): held", shape.tool) && gap.cure.as_deref() == Some("wait")));
        gaps.into_iter().map(|gap| (gap.kind.unwrap(), gap.object, gap.attribute)).collect::<Vec<_>>()
    };
    let (table, own) = ("history-table".to_owned(), Some("s.t".to_owned()));
    assert_eq!(gaps(Role::List), [("migration".to_owned(), own.clone(), None)]);
    assert_eq!(
        gaps(Role::Pointer),
        [(table.clone(), own.clone(), Some("current".to_owned())), (table.clone(), own, Some("dirty".to_owned()))]
    );
    assert_eq!(gaps(Role::Lock), [(table, None, Some("locked".to_owned()))]);
}

#[test]
fn a_telling_name_without_the_columns_is_a_gap() {
    let gap = unlike("Flyway_Schema_History", "s.\"Flyway_Schema_History\"").unwrap();
    assert_eq!((gap.object.as_deref(), gap.reason), (Some("s.\"Flyway_Schema_History\""), Reason::NotCaptured));
    assert!(unlike("migrations", "s.migrations").is_none() && unlike("orders", "s.orders").is_none());
}
