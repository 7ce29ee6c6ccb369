//! Documents with a patch: a proven one, one that was not tried, one that does not do what it says, one whose names do harm.

use crate::sample;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Act, Change, Dialect, Hazard, Making, Plan, Proof, Refusal, Script, Statement, Step, Way, World, script};
use evenkeel_report::{Document, Written};

/// Writes nothing itself: its plans are made by hand.
struct ByHand;

type Sql = Result<Vec<Statement>, String>;

impl Dialect for ByHand {
    fn dimensions(&self) -> &'static [Dimension] {
        &[Dimension::Schema]
    }
    fn covers(&self, _: Kind) -> bool {
        true
    }
    fn rank(&self, _: Kind) -> u16 {
        0
    }
    fn name_space(&self, _: Kind) -> Option<u8> {
        None
    }
    fn made_with<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<&'w Object> {
        None
    }
    fn needs<'w>(&self, _: &'w Object, _: &World<'w>) -> Vec<&'w Object> {
        Vec::new()
    }
    fn finish_needs<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<Vec<&'w Object>> {
        None
    }
    fn can_be_bare(&self, _: &Object) -> bool {
        false
    }
    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::Replace
    }
    fn is_in_the_way(&self, _: &Object, _: &Change<'_>) -> bool {
        false
    }
    fn can_loosen(&self, _: &Object, _: &World<'_>, _: &Object) -> bool {
        false
    }
    fn loosen(&self, _: &Object, _: &Making<'_>) -> Sql {
        Ok(Vec::new())
    }
    fn create(&self, _: &Object, _: &Making<'_>) -> Sql {
        Ok(Vec::new())
    }
    fn finish(&self, _: &Object, _: &Making<'_>) -> Sql {
        Ok(Vec::new())
    }
    fn alter(&self, _: &Change<'_>, _: &Making<'_>) -> Sql {
        Ok(Vec::new())
    }
    fn drop(&self, _: &Object, _: &Making<'_>) -> Sql {
        Ok(Vec::new())
    }
    fn opening(&self) -> &'static [&'static str] {
        &["SET search_path = '';", "SET lock_timeout = '5s';"]
    }
    fn transaction(&self) -> Option<(&'static str, &'static str)> {
        Some(("BEGIN;", "COMMIT;"))
    }
}

pub fn step(act: Act, kind: Kind, object: &str, statements: Vec<Statement>) -> Step {
    Step { act, kind, object: object.to_owned(), statements, held: false }
}

/// What the shop of the samples needs.
fn plan() -> Plan {
    let locks = |relation: &str| Hazard::Locks { mode: "ACCESS EXCLUSIVE", relation: relation.to_owned() };
    let body = "CREATE OR REPLACE FUNCTION app.total(order_id bigint) RETURNS numeric LANGUAGE plpgsql AS $$\nbegin\n  return (select \
                coalesce(sum(price * quantity), 0)\n            from app.order_lines\n           where order_id = total.order_id\n             \
                and not cancelled);\nend\n$$;";
    let column = "ALTER TABLE app.orders ADD COLUMN refunded_at timestamp with time zone;";
    let narrowed = "ALTER TABLE app.orders ALTER COLUMN discount TYPE numeric(12,2);";
    let legacy = Statement::new("ALTER TABLE app.customers DROP COLUMN legacy;");
    let legacy = legacy.hazard(Hazard::Loses("all values of app.customers.legacy".to_owned())).hazard(locks("app.customers"));
    let view = "CREATE OR REPLACE VIEW app.people AS\n SELECT id,\n    note\n   FROM app.customers;";
    let steps = vec![
        step(Act::Create, Kind::Extension, "pg_trgm", vec![Statement::new("CREATE EXTENSION pg_trgm WITH SCHEMA public;")]),
        step(Act::Create, Kind::Column, "app.orders.refunded_at", vec![Statement::new(column)]),
        step(Act::Alter, Kind::Column, "app.orders.discount", vec![Statement::new(narrowed).hazard(locks("app.orders"))]),
        step(Act::Alter, Kind::Function, "app.total(order_id bigint)", vec![Statement::new(body)]),
        step(Act::Drop, Kind::Column, "app.customers.legacy", vec![legacy]),
        Step { held: true, ..step(Act::Alter, Kind::View, "app.people", vec![Statement::new(view)]) },
        step(
            Act::Create,
            Kind::Index,
            "app.orders_created_idx",
            vec![Statement::new("CREATE INDEX CONCURRENTLY orders_created_idx ON app.orders (created_at);").alone()],
        ),
    ];
    let refused = ["lock_timeout", "statement_timeout"].map(|name| Refusal {
        kind: Kind::Setting,
        object: name.to_owned(),
        reason: "no statement of a patch makes it".to_owned(),
    });
    let notes =
        vec!["perhaps a rename: then run this first, and write the patch again: ALTER TABLE app.bill RENAME TO invoices;".to_owned()];
    Plan { steps, refused: refused.to_vec(), notes, ..Plan::default() }
}

/// A document with a plan in it, written down as the program does it.
pub fn with(document: Document, plan: &Plan, proof: &Proof, left: &[String]) -> Document {
    let text = script(&Script { sides: ("production", "staging"), plan, proof, allow_destructive: false }, &ByHand);
    document.with_patch(&Written {
        plan,
        proof,
        script: &text,
        file: Some("patch.sql"),
        allow_destructive: false,
        failed: &[],
        left,
        unbuilt: &[],
    })
}

pub fn proven() -> Proof {
    Proof::Proven { server: "PostgreSQL 17.10".to_owned() }
}

pub fn patched() -> Document {
    with(sample::differs(), &plan(), &proven(), &[])
}

/// It was tried, and does not do it.
pub fn wrong() -> Document {
    let why = "tried on a throwaway server, it does not make both the same".to_owned();
    with(sample::differs(), &plan(), &Proof::Not { why }, &["column app.orders.discount: differs in type".to_owned()])
}

/// Nobody could try it.
pub fn untried() -> Document {
    with(sample::to_know(), &plan(), &Proof::Not { why: "no PostgreSQL 17 is installed".to_owned() }, &[])
}

/// Everything is named so that it does harm where it is not escaped.
pub fn hostile() -> Document {
    let mut plan = Plan::default();
    for text in sample::HOSTILE {
        let sql = format!("ALTER TABLE app.\"{text}\" ALTER COLUMN \"{text}\" TYPE integer;");
        let statement = Statement::new(sql).hazard(Hazard::Loses((*text).to_owned()));
        let object = sample::object(Kind::Column, &["app", text, text], []).display();
        plan.steps.push(step(Act::Alter, Kind::Column, &object, vec![statement]));
        let object = sample::object(Kind::Index, &["app", text], []).display();
        plan.refused.push(Refusal { kind: Kind::Index, object, reason: (*text).to_owned() });
        plan.notes.push((*text).to_owned());
    }
    let words: Vec<String> = sample::HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    with(sample::hostile(), &plan, &Proof::Not { why: sample::HOSTILE.concat() }, &words)
}

/// Five thousand statements.
pub fn huge() -> Document {
    let document = sample::huge();
    let statement =
        |object: &str| Statement::new(format!("ALTER TABLE app.wide ALTER COLUMN {object} TYPE integer\n  USING ({object}::integer);"));
    let of = |difference: &evenkeel_report::Difference| {
        step(Act::Alter, Kind::Column, &difference.object.display, vec![statement(&difference.object.display)])
    };
    let steps = document.differences().iter().map(of).collect();
    let plan = Plan { steps, ..Plan::default() };
    with(document, &plan, &proven(), &[])
}
