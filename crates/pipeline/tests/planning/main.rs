//! Plans of a patch without a server: what a made-up dialect is asked for, in which order, and what is left alone. Neighbours: `dialect`,
//! which says what it is asked; `alone`, what nobody may touch.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tables")]

mod alone;
mod dialect;

use dialect::Plain;
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Identity, Manifest, Object};
use evenkeel_core::patch::{Form, Plan, Proof, Script, World, plan, script};
use evenkeel_testkit::fake::{manifest, object};

/// With what it needs.
fn needing(kind: Kind, name: &str, needs: &[&str]) -> Object {
    object(kind, name, &[("needs", Value::list(needs.iter().copied()))])
}

fn of(objects: Vec<Object>) -> Manifest {
    manifest(&[Dimension::Schema, Dimension::Privileges], objects)
}

/// Who owns `kind name`.
fn owned(what: &str, owner: &str) -> Object {
    let (kind, name) = what.split_once(' ').unwrap();
    let mut object = Object::new(Kind::Owner, Identity::new([kind.to_owned(), name.to_owned()]));
    object.set("owner", owner);
    object
}

fn planned(candidate: Vec<Object>, reference: Vec<Object>) -> Plan {
    let (from, to) = (of(candidate), of(reference));
    plan(&World::of(&from), &World::of(&to), &Plain, Form::default())
}

fn said(plan: &Plan) -> Vec<&str> {
    plan.statements().map(|statement| statement.sql.as_str()).collect()
}

fn refused(plan: &Plan) -> Vec<String> {
    plan.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)).collect()
}

fn view(name: &str, body: &str, needs: &[&str]) -> Object {
    object(Kind::View, name, &[("definition", body.into()), ("needs", Value::list(needs.iter().copied()))])
}

#[test]
fn what_is_needed_is_made_first_whatever_it_is_called() {
    let views = vec![
        view("s.a", "1", &["view s.z"]),
        view("s.m", "1", &[]),
        view("s.z", "1", &["view s.m", "function s.f()"]),
        object(Kind::Function, "s.f()", &[]),
    ];
    assert_eq!(
        said(&planned(Vec::new(), views.clone())),
        ["create view s.m;", "create function s.f();", "create view s.z;", "create view s.a;"]
    );
    assert_eq!(said(&planned(views, Vec::new())), ["drop view s.a;", "drop view s.z;", "drop function s.f();", "drop view s.m;"]);
}

#[test]
fn what_is_made_anew_takes_along_what_needs_it_and_brings_it_back() {
    let of = |body: &str| {
        let owner = owned("view s.top", "app");
        vec![view("s.base", body, &[]), view("s.top", "1", &["view s.base"]), owner, view("s.other", "1", &[])]
    };
    // This dialect replaces a view whose definition is another.
    assert_eq!(
        said(&planned(of("1"), of("2"))),
        ["drop view s.top;", "drop view s.base;", "create view s.base;", "create view s.top;", "create owner view.s.top;"]
    );
}

#[test]
fn who_needs_it_no_more_is_altered_before_it_goes() {
    let before = vec![object(Kind::Function, "s.f()", &[]), needing(Kind::Table, "s.t", &["function s.f()"])];
    let after = vec![object(Kind::Table, "s.t", &[("comment", "x".into())])];
    assert_eq!(said(&planned(before, after)), ["alter table s.t comment;", "drop function s.f();"]);
}

#[test]
fn circles_are_cut_where_something_can_be_made_bare() {
    let reference =
        vec![view("s.v", "1", &["function s.f()"]), needing(Kind::Function, "s.f()", &["view s.v"]), view("s.w", "1", &["view s.v"])];
    assert_eq!(
        said(&planned(Vec::new(), reference)),
        ["create view s.v, bare;", "create function s.f();", "finish view s.v;", "create view s.w;"]
    );
}

#[test]
fn circles_that_nothing_cuts_are_refused_by_name() {
    let reference = vec![needing(Kind::Function, "s.f()", &["function s.g()"]), needing(Kind::Function, "s.g()", &["function s.f()"])];
    let plan = planned(Vec::new(), reference);
    assert!(said(&plan).is_empty());
    assert_eq!(plan.refused.len(), 2);
    assert!(refused(&plan)[0].contains("need each other"), "{:?}", refused(&plan));
}

#[test]
fn what_holds_data_is_never_made_anew_for_what_it_needs() {
    let labels = |labels: &[&str]| object(Kind::Enum, "s.e", &[("labels", Value::list(labels.iter().copied()))]);
    let column = || needing(Kind::Column, "s.t.c", &["enum s.e"]);
    let table = || object(Kind::Table, "s.t", &[]);
    let plan = planned(vec![table(), column(), labels(&["a", "b"])], vec![table(), column(), labels(&["a"])]);
    assert!(said(&plan).is_empty(), "{:?}", said(&plan));
    assert_eq!(
        refused(&plan),
        [
            "enum s.e: it would have to be made anew, and column s.t.c needs it and holds data: nothing can take its place while it is needed"
        ]
    );
}

#[test]
fn tables_that_refer_to_each_other_are_dropped() {
    let key = |table: &str, other: &str| {
        let name = format!("{table}.fk");
        object(Kind::Constraint, &name, &[("type", "foreign key".into()), ("needs", Value::list([format!("table {other}")]))])
    };
    let tables = vec![object(Kind::Table, "s.a", &[]), object(Kind::Table, "s.b", &[]), key("s.a", "s.b"), key("s.b", "s.a")];
    let plan = planned(tables, Vec::new());
    let statements = said(&plan);
    assert_eq!(statements.iter().filter(|one| one.starts_with("drop constraint")).count(), 2, "{statements:?}");
    assert!(statements[2..].iter().all(|one| one.starts_with("drop table")), "{statements:?}");
    // They go for the sake of what loses data, and not without it.
    assert!(plan.steps.iter().take(2).all(|step| step.held));
}

#[test]
fn what_needs_what_cannot_be_made_is_refused_with_it() {
    let plan = planned(
        Vec::new(),
        vec![object(Kind::Subscription, "s", &[]), needing(Kind::Function, "s.f()", &["subscription s"]), view("s.v", "1", &[])],
    );
    assert_eq!(said(&plan), ["create view s.v;"]);
    assert_eq!(refused(&plan), ["function s.f(): it needs subscription s, which cannot be made", "subscription s: it is a secret"]);
}

#[test]
fn what_loses_data_is_commented_out_with_all_that_waits_for_it() {
    let schema = object(Kind::Schema, "s", &[]);
    let plan = planned(vec![schema, object(Kind::Table, "s.t", &[]), view("s.v", "1", &["table s.t"])], Vec::new());
    let text = |allow_destructive| {
        let proof = Proof::Proven { server: "a server".to_owned() };
        script(&Script { sides: ("b", "a"), plan: &plan, proof: &proof, allow_destructive }, &Plain)
    };
    let run =
        |text: &str| text.lines().filter(|line| !line.starts_with("--") && line.contains("drop")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(run(&text(false)), ["drop view s.v;"]);
    assert_eq!(run(&text(true)), ["drop view s.v;", "drop table s.t;", "drop schema s;"]);
    assert!(text(false).contains("-- 1 that would lose data are commented out, and 1 that cannot run before these"), "{}", text(false));
    assert!(text(false).starts_with("-- proven on a server"), "{}", text(false));
}

/// A name of several lines stays in its comment.
#[test]
fn no_name_ends_a_comment() {
    let plan = planned(vec![object(Kind::Table, "s.\"t\ndrop everything;\r\u{2028}\"", &[])], Vec::new());
    let proof = Proof::Not { why: "no\nserver".to_owned() };
    let text = script(&Script { sides: ("b\nb", "a"), plan: &plan, proof: &proof, allow_destructive: false }, &Plain);
    assert!(text.starts_with("-- not proven: no server\n"), "{text}");
    assert!(text.lines().filter(|line| line.contains("everything")).all(|line| line.starts_with("--")), "{text}");
}
