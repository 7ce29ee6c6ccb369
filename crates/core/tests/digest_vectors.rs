//! The encoding in `docs/concept/digest.md`, checked against the code and against an independent writing-down of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_core::digest::{self, Order, Tree};
use evenkeel_core::kind::{Dimension, Engine, Kind, Value};
use evenkeel_core::manifest::{Endpoint, Identity, Manifest, NodeRole, Object};

const DOCUMENT: &str = include_str!("../../../docs/concept/digest.md");

fn manifest(objects: Vec<Object>) -> Manifest {
    let endpoint = Endpoint {
        engine: Engine::PostgreSql,
        server_version: "18.4".to_owned(),
        server_major: 18,
        database: "db".to_owned(),
        role: "reader".to_owned(),
        node: "host:5432".to_owned(),
        node_role: NodeRole::Primary,
        captured_at: "2026-11-21T00:00:00Z".to_owned(),
        roles: std::collections::BTreeMap::new(),
        whose: evenkeel_core::manifest::Whose::File,
    };
    Manifest::new(endpoint, vec![Dimension::Schema], objects, Vec::new())
}

fn objects() -> Vec<Object> {
    let mut column = Object::new(Kind::Column, Identity::new(["app", "orders", "id"]));
    column.set("position", 1);
    column.set("type", "bigint");
    column.set("not_null", true);
    let mut index = Object::new(Kind::Index, Identity::new(["app", "orders_note"]));
    index.set("table", Value::list(["app", "orders"]));
    index.set("keys", Value::list(["lower(note)"]));
    vec![Object::new(Kind::Schema, Identity::new(["app"])), Object::new(Kind::Table, Identity::new(["app", "orders"])), column, index]
}

/// The document's words, written down once more without the crate's own encoder.
struct Plain(Vec<u8>);

impl Plain {
    fn start(node: &str, name: &str) -> Self {
        Self(Vec::new()).text("evenkeel").number(3).text(node).text(name)
    }

    fn number(mut self, number: u32) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn text(self, text: &str) -> Self {
        let mut longer = self.number(u32::try_from(text.len()).unwrap());
        longer.0.extend(text.bytes());
        longer
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.0).as_bytes()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn leaves_follow_the_document() {
    let objects = objects();
    let table = Plain::start("object", "table").number(2).text("app").text("orders").number(0);
    let column = Plain::start("object", "column").number(3).text("app").text("orders").text("id").number(2);
    let column = column.text("not_null").bytes(b"b\x01").text("type").bytes(b"t").text("bigint");
    let index = Plain::start("object", "index").number(2).text("app").text("orders_note").number(2);
    let index = index.text("keys").bytes(b"l").number(1).text("lower(note)").text("table").bytes(b"l").number(2).text("app").text("orders");
    for (object, plain) in [(&objects[1], table), (&objects[2], column), (&objects[3], index)] {
        assert_eq!(digest::leaf(object).hex(), hex(&plain.hash()), "{object:?}");
        assert!(
            DOCUMENT.contains(&digest::leaf(object).hex()),
            "docs/concept/digest.md lacks {} of {object:?}",
            digest::leaf(object).hex()
        );
    }
}

#[test]
fn a_normal_form_stands_for_its_text() {
    let check = |text: &str, normal: Option<&str>| {
        let mut object = Object::new(Kind::Constraint, Identity::new(["app", "orders", "positive"]));
        object.set("expression", text);
        let index = Kind::Constraint.spec().index_of("expression").unwrap();
        object.set_normal_at(index, normal.map(Into::into));
        object
    };
    let start = || Plain::start("object", "constraint").number(3).text("app").text("orders").text("positive").number(1).text("expression");
    let (named, other) = (check("((a > 0) AND b)", Some("0123")), check("(a > 0) AND b", Some("0123")));
    assert_eq!(digest::leaf(&named).hex(), hex(&start().bytes(b"f").text("0123").hash()));
    assert_eq!(digest::leaf(&check("x", None)).hex(), hex(&start().bytes(b"t").text("x").hash()));
    assert_eq!(digest::leaf(&named), digest::leaf(&other));
    assert_ne!(digest::leaf(&named), digest::leaf(&check("((a > 0) AND b)", None)));
    // A file is about the text too.
    assert_ne!(digest::content(&named), digest::content(&other));
}

#[test]
fn the_tree_follows_the_document() {
    let manifest = manifest(objects());
    let leaf = |at: usize| *digest::leaf(&manifest.objects()[at]).bytes();
    let kind = |name: &str, leaf: [u8; 32]| Plain::start("kind", name).number(1).bytes(&leaf).hash();
    // Kinds by name: column, index, schema, table.
    let kinds = [kind("column", leaf(2)), kind("index", leaf(3)), kind("schema", leaf(0)), kind("table", leaf(1))];
    let schema = kinds.iter().fold(Plain::start("schema", "app").number(4), |plain, kind| plain.bytes(kind)).hash();
    let dimension = Plain::start("dimension", "schema").number(1).bytes(&schema).hash();
    let tree = Tree::of(&manifest);
    let branch = tree.branch(Dimension::Schema).unwrap();
    assert_eq!(branch.under(Order::Ignored).hex(), hex(&dimension));
    assert!(DOCUMENT.contains(&hex(&dimension)), "docs/concept/digest.md lacks the tree {}", hex(&dimension));

    let ordered =
        Plain::start("ordered", "column").bytes(&leaf(2)).number(1).text("position").bytes(b"i").bytes(&1_i64.to_le_bytes()).hash();
    let kinds = [kind("column", ordered), kinds[1], kinds[2], kinds[3]];
    let schema = kinds.iter().fold(Plain::start("schema", "app").number(4), |plain, kind| plain.bytes(kind)).hash();
    let dimension = Plain::start("dimension", "schema").number(1).bytes(&schema).hash();
    assert_eq!(branch.under(Order::Counted).hex(), hex(&dimension));
    assert!(DOCUMENT.contains(&hex(&dimension)), "docs/concept/digest.md lacks the ordered tree {}", hex(&dimension));
}

#[test]
fn the_order_objects_arrive_in_does_not_matter() {
    let mut reversed = objects();
    reversed.reverse();
    let (a, b) = (Tree::of(&manifest(objects())), Tree::of(&manifest(reversed)));
    assert_eq!(a.branch(Dimension::Schema).unwrap().digest, b.branch(Dimension::Schema).unwrap().digest);
}

#[test]
fn cosmetic_values_are_not_in_it() {
    let mut objects = objects();
    let before = digest::leaf(&objects[1]);
    objects[1].set("comment", "the orders");
    assert_eq!(digest::leaf(&objects[1]), before);
    assert_ne!(digest::content(&objects[1]), digest::content(&Object::new(Kind::Table, Identity::new(["app", "orders"]))));
}

#[test]
fn a_dimension_without_objects_has_no_digest() {
    assert!(Tree::of(&manifest(Vec::new())).branch(Dimension::Schema).is_none());
}
