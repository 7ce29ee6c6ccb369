//! A schema as a part of a manifest: what belongs to it, what it is called, which patterns mean it.

#![allow(clippy::unwrap_used)]
use super::{Parts, Patterns};
use crate::kind::{Dimension, Engine, Kind, Value};
use crate::manifest::{Endpoint, Gap, Identity, Instance, Manifest, NodeRole, Object, Reason, Whose};

fn manifest(objects: Vec<Object>, gaps: Vec<Gap>) -> Manifest {
    let whose = Whose::Server(Instance { server: "s".to_owned(), cluster: None, started: 0, slack: 0, database: "d".to_owned() });
    let endpoint = Endpoint {
        engine: Engine::PostgreSql,
        server_version: "18.4".to_owned(),
        server_major: 18,
        database: "shop".to_owned(),
        role: "reader".to_owned(),
        node: "db1:5432".to_owned(),
        node_role: NodeRole::Primary,
        captured_at: "2026-11-28T00:00:00Z".to_owned(),
        roles: std::collections::BTreeMap::new(),
        whose,
    };
    Manifest::new(endpoint, vec![Dimension::Schema, Dimension::Privileges], objects, gaps)
}

fn object(kind: Kind, parts: &[&str]) -> Object {
    Object::new(kind, Identity::new(parts.iter().copied()))
}

fn names(manifest: &Manifest) -> Vec<String> {
    manifest.objects().iter().map(|object| format!("{} {}", object.kind.name(), object.display())).collect()
}

/// A text names a schema where it begins with it.
fn renamed(from: &'static str, to: &'static str) -> impl Fn(&str) -> Option<String> {
    move |text| text.contains(from).then(|| text.replace(from, to))
}

#[test]
fn a_schema_has_what_is_in_it_and_what_is_said_of_that() {
    let whole = manifest(
        vec![
            object(Kind::Schema, &["T-1"]),
            object(Kind::Schema, &["t-2"]),
            object(Kind::Table, &["T-1", "orders"]),
            object(Kind::Table, &["t-2", "orders"]),
            object(Kind::Column, &["T-1", "orders", "id"]),
            object(Kind::Owner, &["schema", "\"T-1\""]),
            object(Kind::Owner, &["schema", "t-2"]),
            object(Kind::Owner, &["table", "\"T-1\".orders"]),
            object(Kind::Grant, &["column", "t-2.orders.id", "app"]),
            object(Kind::Grant, &["identity-sequence", "\"T-1\".orders.id", "app"]),
            object(Kind::Grant, &["large object", "4711", "app"]),
            object(Kind::Grant, &["parameter ACL", "T-1.debug", "app"]),
            object(Kind::Grant, &["language", "T-1", "app"]),
            object(Kind::Grant, &["database", "(this database)", "app"]),
            object(Kind::DefaultPrivilege, &["app", "T-1", "tables", "reader"]),
            object(Kind::DefaultPrivilege, &["app", "", "tables", "reader"]),
            object(Kind::Extension, &["citext"]),
            object(Kind::Role, &["T-1"]),
        ],
        Vec::new(),
    );
    let parts = Parts::of(&whole);
    let part = parts.part("T-1");
    let expected = [
        "schema \"T-1\"",
        "table \"T-1\".orders",
        "column \"T-1\".orders.id",
        "owner schema.\"T-1\"",
        "owner table.\"T-1\".orders",
        "grant identity-sequence.\"T-1\".orders.id.app",
        "default-privilege app.T-1.tables.reader",
    ];
    assert_eq!(names(&part), expected);
    assert_eq!(names(&parts.part("t-2")).len(), 4);
    assert!(parts.part("t-3").objects().is_empty());
    // Two schemas of one database are not one database.
    assert_eq!(part.endpoint.is_same_database(&parts.part("t-2").endpoint), Some(false));
    assert_eq!(whole.schemas().collect::<Vec<_>>(), ["T-1", "t-2"]);
}

#[test]
fn it_is_called_otherwise_wherever_a_name_has_it() {
    let mut index = object(Kind::Index, &["t", "orders_i"]);
    index.set("table", Value::list(["t", "orders"]));
    let mut strange = object(Kind::Statistics, &["t", "s"]);
    strange.set("table", Value::list(["other", "orders"]));
    let function = object(Kind::Function, &["t", "f(t.mood, other.mood)"]);
    let grant = object(Kind::Grant, &["function", "t.f(t.mood, other.mood)", "t"]);
    let gaps = vec![Gap::object(&index, Reason::Locked, "held".to_owned()), Gap::kind(Kind::View, Reason::Failed, "all".to_owned())];
    let whole = manifest(vec![object(Kind::Schema, &["t"]), index, strange, function, grant], gaps);
    let part = Parts::of(&whole).part("t").with_schema_called("t", "(schema)", &renamed("t.mood", "m.mood"));
    let expected = [
        "schema \"(schema)\"",
        "index \"(schema)\".orders_i",
        "function \"(schema)\".f(m.mood, other.mood)",
        "statistics \"(schema)\".s",
        "grant function.\"(schema)\".f(m.mood, other.mood).t",
    ];
    assert_eq!(names(&part), expected);
    assert_eq!(part.of_kind(Kind::Index)[0].get("table"), Some(&Value::list(["(schema)", "orders"])));
    assert_eq!(part.of_kind(Kind::Statistics)[0].get("table"), Some(&Value::list(["other", "orders"])));
    let shown: Vec<Option<&str>> = part.gaps.iter().map(|gap| gap.object.as_deref()).collect();
    assert!(shown.contains(&Some("\"(schema)\".orders_i")) && shown.contains(&None), "{shown:?}");
}

#[test]
fn what_could_not_be_seen_is_of_every_schema_that_it_may_be_of() {
    let gap = |kind, name: Option<&str>| Gap { object: name.map(str::to_owned), ..Gap::kind(kind, Reason::Failed, "why".to_owned()) };
    for (gap, own, other) in [
        (gap(Kind::View, Some("t.v")), true, false),
        (gap(Kind::View, None), true, true),
        (gap(Kind::View, Some("v")), true, true),
        (gap(Kind::Schema, Some("t")), true, false),
        (gap(Kind::Owner, Some("table.t.v")), true, true),
        (gap(Kind::Role, None), false, false),
        (gap(Kind::Extension, Some("t")), false, false),
        (Gap::dimension(Dimension::Schema, Reason::Changed, "torn".to_owned()), true, true),
        (Gap { kind: Some("something newer".to_owned()), ..gap(Kind::View, Some("t.v")) }, true, true),
    ] {
        let shown = format!("{gap:?}");
        let whole = manifest(Vec::new(), vec![gap]);
        let parts = Parts::of(&whole);
        assert_eq!((parts.part("t").gaps.len(), parts.part("u").gaps.len()), (usize::from(own), usize::from(other)), "{shown}");
    }
}

#[test]
fn patterns_mean_whole_names() {
    let patterns = Patterns::new(&["tenant_*".to_owned(), "a\\*".to_owned()]).unwrap();
    for (name, expected) in
        [("tenant_1", true), ("tenant_", true), ("my_tenant_1", false), ("Tenant_1", false), ("a*", true), ("ab", false)]
    {
        assert_eq!(patterns.has(name), expected, "{name}");
    }
    assert_eq!(Patterns::new(&["x".to_owned(), "t[".to_owned()]).unwrap_err().0, "t[");
}
