//! Properties that only a printing function of the server can tell, for objects that are already there.
//!
//! Printing may wait for a lock, so it is asked in batches; what could not be printed is a gap of that property, and the
//! object stays. Neighbours: `batch` runs the statements, `canonical` makes the texts equal over versions afterwards.

use super::reader::{Found, Read, Reader};
use super::statements::{self, Statement};
use super::{batch, rows, scan};
use evenkeel_core::kind::{Kind, Shape};
use evenkeel_core::manifest::{Gap, Object, Reason};
use std::collections::HashMap;

/// What to print for a kind.
pub struct Printed {
    pub kind: Kind,
    /// The catalog whose numbers `keys` yields.
    pub class: &'static str,
    /// Yields the numbers of objects that have something to print.
    pub keys: &'static Statement,
    /// Takes the numbers as `$1`; yields the number, then texts.
    pub text: &'static Statement,
    /// What becomes unknown where printing fails.
    pub properties: &'static [&'static str],
    pub put: Put,
}

/// How the texts become properties.
pub enum Put {
    /// Each column is named like its property.
    Columns,
    /// `CREATE TRIGGER …`: the condition is taken out.
    Trigger,
    /// `CREATE RULE …`: condition and statements are taken out.
    Rule,
}

/// All of them.
const PRINTED: &[Printed] = &[
    Printed {
        kind: Kind::Rule,
        class: "pg_rewrite",
        keys: statements::RULE_KEY,
        text: statements::RULE_TEXT,
        properties: &["condition", "action"],
        put: Put::Rule,
    },
    Printed {
        kind: Kind::Trigger,
        class: "pg_trigger",
        keys: statements::TRIGGER_KEY,
        text: statements::TRIGGER_TEXT,
        properties: &["condition"],
        put: Put::Trigger,
    },
    Printed {
        kind: Kind::Policy,
        class: "pg_policy",
        keys: statements::POLICY_KEY,
        text: statements::POLICY_TEXT,
        properties: &["using", "check"],
        put: Put::Columns,
    },
    Printed {
        kind: Kind::Statistics,
        class: "pg_statistic_ext",
        keys: statements::STATISTICS_KEY,
        text: statements::STATISTICS_TEXT,
        properties: &["expressions"],
        put: Put::Columns,
    },
    Printed {
        kind: Kind::PublicationTable,
        class: "pg_publication_rel",
        keys: statements::PUBLICATION_TABLE_KEY,
        text: statements::PUBLICATION_TABLE_TEXT,
        properties: &["filter"],
        put: Put::Columns,
    },
    Printed {
        kind: Kind::Function,
        class: "pg_proc",
        keys: statements::SQLBODY_KEY,
        text: statements::SQLBODY_TEXT,
        properties: &["body"],
        put: Put::Columns,
    },
    Printed {
        kind: Kind::Procedure,
        class: "pg_proc",
        keys: statements::SQLBODY_KEY,
        text: statements::SQLBODY_TEXT,
        properties: &["body"],
        put: Put::Columns,
    },
];

/// Prints what is missing on the objects found so far.
pub async fn complete(reader: &Reader<'_>, found: &mut [Found]) -> Read<()> {
    for printed in PRINTED.iter().filter(|printed| reader.request.dimensions.contains(&printed.kind.spec().dimension)) {
        let places: HashMap<u32, usize> = found
            .iter()
            .enumerate()
            .filter(|(_, found)| found.object.kind == printed.kind)
            .map(|(at, found)| (found.address.oid, at))
            .collect();
        if places.is_empty() {
            continue;
        }
        let mut keys = Vec::new();
        for row in reader.rows(printed.keys, printed.class).await? {
            keys.push(rows::oid(&row, 0)?);
        }
        keys.retain(|key| places.contains_key(key));
        keys.sort_unstable();
        let (texts, failed) = batch::read(reader, printed.text, &keys, printed.class).await?;
        for row in &texts {
            let object = places.get(&rows::oid(row, 0)?).and_then(|at| found.get_mut(*at));
            if let Some(found) = object {
                put(&mut found.object, printed, row)?;
            }
        }
        for (oid, reason) in failed {
            if let Some(found) = places.get(&oid).and_then(|at| found.get(*at)) {
                for property in printed.properties {
                    reader.gap(Gap::object(&found.object, Reason::Locked, reason.clone()).attribute(property));
                }
            }
        }
    }
    Ok(())
}

fn put(object: &mut Object, printed: &Printed, row: &tokio_postgres::Row) -> Read<()> {
    for (index, property) in row.columns().iter().map(tokio_postgres::Column::name).enumerate().skip(1) {
        match printed.put {
            Put::Columns => {
                let shape =
                    object.kind.spec().index_of(property).and_then(|place| object.kind.spec().property(place)).map(|found| found.shape);
                object.set_some(property, rows::value(row, index, shape.unwrap_or(Shape::Text))?);
            }
            Put::Trigger => object.set_some("condition", condition(&rows::text(row, index)?)),
            Put::Rule => rule(object, &rows::text(row, index)?),
        }
    }
    Ok(())
}

/// What stands in `WHEN (…)`.
fn condition(text: &str) -> Option<&str> {
    let at = scan::keyword(text, 0, "WHEN")?;
    Some(scan::parenthesised(text, at)?.0)
}

/// `CREATE RULE name AS ON event TO relation [WHERE condition] DO [INSTEAD] { NOTHING | statement | (statement; …) };`
fn rule(object: &mut Object, text: &str) {
    let Some(target) = scan::keyword(text, 0, "TO") else { return };
    let Some(mut body) = scan::keyword(text, target, "DO") else { return };
    if let Some(start) = scan::keyword(text, target, "WHERE").filter(|start| *start < body) {
        let condition = text.get(start + "WHERE".len()..body).unwrap_or_default();
        object.set("condition", condition.trim());
    }
    body += "DO".len();
    let mut action = text.get(body..).unwrap_or_default().trim();
    if let Some(rest) = action.strip_prefix("INSTEAD") {
        action = rest.trim();
    }
    let action = action.trim_end_matches(';').trim_end();
    let several = scan::parenthesised(action, 0).filter(|(_, end)| action.starts_with('(') && *end == action.len());
    let statements = several.map(|(inside, _)| scan::statements(inside).join(";\n"));
    object.set("action", statements.unwrap_or_else(|| action.to_owned()));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::{condition, rule};
    use evenkeel_core::kind::Kind;
    use evenkeel_core::manifest::{Identity, Object};

    fn parts(text: &str) -> (Option<String>, Option<String>) {
        let mut object = Object::new(Kind::Rule, Identity::new(["app", "t", "r"]));
        rule(&mut object, text);
        (object.text("condition").map(str::to_owned), object.text("action").map(str::to_owned))
    }

    #[test]
    fn a_rule_is_its_condition_and_its_statements() {
        let text = "CREATE RULE \"TO DO\" AS\n    ON UPDATE TO app.\"WHERE\"\n   WHERE (new.note <> ' DO '::text) DO INSTEAD  UPDATE app.t SET a = 1;";
        assert_eq!(parts(text), (Some("(new.note <> ' DO '::text)".to_owned()), Some("UPDATE app.t SET a = 1".to_owned())));
        let text = "CREATE RULE r AS\n    ON DELETE TO app.t DO INSTEAD NOTHING;";
        assert_eq!(parts(text), (None, Some("NOTHING".to_owned())));
        let text = "CREATE RULE r AS\n    ON INSERT TO app.t DO ( INSERT INTO app.u (a)\n  VALUES (new.a);\n DELETE FROM app.v;\n);";
        assert_eq!(parts(text), (None, Some("INSERT INTO app.u (a)\n  VALUES (new.a);\nDELETE FROM app.v".to_owned())));
    }

    #[test]
    fn a_condition_is_what_stands_behind_when() {
        let text = "CREATE TRIGGER t BEFORE UPDATE ON app.t FOR EACH ROW WHEN (old.a IS DISTINCT FROM new.a) EXECUTE FUNCTION app.f()";
        assert_eq!(condition(text), Some("old.a IS DISTINCT FROM new.a"));
        assert_eq!(condition("CREATE TRIGGER t BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION app.f()"), None);
    }
}
