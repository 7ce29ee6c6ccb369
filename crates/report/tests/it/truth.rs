//! What a report says of an object is true of it: who set a value, and what may be done.

use crate::every::rendered;
use crate::sample::{Run, document, manifest, object, shop};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_report::{Document, Style};

fn compared(reference: Vec<Object>, candidate: Vec<Object>) -> Document {
    document(&manifest("15.8", reference, Vec::new()), &manifest("15.8", candidate, Vec::new()), Run::default())
}

/// An index that is extra and INVALID is looked at, not mended; one that the reference has valid is mended.
#[test]
fn what_the_reference_does_not_have_is_not_mended() {
    let broken = |mut objects: Vec<Object>| {
        let index = objects.iter_mut().find(|one| one.display() == "app.orders_user_idx").unwrap();
        index.set("valid", false);
        objects
    };
    let without = shop().into_iter().filter(|one| one.display() != "app.orders_user_idx").collect();
    for (reference, is_extra) in [(without, true), (shop(), false)] {
        let document = compared(reference, broken(shop()));
        let fault = document.differences().iter().find(|one| one.id == "EK-index-valid").unwrap();
        assert_eq!((fault.fix.is_none(), fault.step.is_some()), (is_extra, is_extra), "{fault:#?}");
        let said = "staging has no such index: drop it in production, or mend it there and make it in staging too";
        assert_eq!(fault.step.as_deref() == Some(said), is_extra, "{fault:#?}");
    }
}

/// The value of each side has an origin of its own; what a role is given is not told as the server's.
#[test]
fn each_side_tells_who_set_its_value() {
    let setting = |value: &str, effective: &str, source: &str| {
        let values = [("value", value), ("effective", effective), ("source", source), ("rank", "must match")];
        object(Kind::Setting, &["lock_timeout"], values.map(|(name, value)| (name, Value::text(value))))
    };
    let given = object(Kind::Override, &["migrator", "every database", "lock_timeout"], [("value", Value::text("5s"))]);
    let document = compared(vec![setting("0", "0", "default")], vec![setting("0", "5s", "default"), given]);
    let text = rendered("terminal", &document, &Style { width: 120, ..Style::default() });
    assert!(text.contains("from      staging: set by default; production: set by ALTER ROLE migrator SET\n"), "{text}");
    let both = compared(vec![setting("0", "0", "default")], vec![setting("5s", "5s", "configuration file")]);
    let text = rendered("terminal", &both, &Style { width: 120, ..Style::default() });
    assert!(text.contains("from      staging: set by default; production: set by configuration file\n"), "{text}");
}

/// What is true of the first of many is not said of all.
#[test]
fn what_goes_with_one_is_not_said_of_many() {
    let with = |tables: usize| {
        let mut objects = shop();
        objects.extend((0..tables).map(|at| object(Kind::Table, &["app", &format!("t{at}")], [])));
        objects.push(object(Kind::Column, &["app", "t0", "id"], [("type", Value::text("bigint"))]));
        objects
    };
    for (tables, said) in [(12, false), (1, true)] {
        let text = rendered("markdown", &compared(with(tables), shop()), &Style::default());
        assert_eq!((text.contains("with 1 column"), text.contains("12 tables missing")), (said, !said), "{text}");
    }
}
