//! Another type for a column: which cast brings its values over, and what they lose by it.

use super::cast::{bare, is_cast, is_text, is_widened};
use super::kept::fate_between;
use super::text::{last, whole};
use super::{Target, flag, kept, list, locks};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Fate, Hazard, Statement, Turn};

pub fn retype(change: &Change<'_>, to: &Target<'_>) -> Result<Statement, String> {
    let (object, before) = (change.to, change.from);
    let typ = object.text("type").ok_or("its type is not known")?;
    let collation = object.text("collation").map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
    let was = before.text("type").unwrap_or_default();
    let is_kept = typ == was || is_widened(was, typ);
    // A cast that is written cuts what is too long; one that is not refuses it.
    let is_same_kind = bare(was) == bare(typ) || is_text(was) && is_text(typ);
    // Between types that no cast joins, values go through their texts.
    let through = match through_number(was, typ) {
        _ if is_cast(was, typ) => "",
        true => "::numeric",
        false => "::text",
    };
    let over = super::aside::conversion(change, to)?;
    let is_foreign = super::aside::is_foreign(object, to);
    let using = match &over {
        _ if is_foreign => String::new(),
        Some(over) => format!(" USING {}", over.using),
        None if is_kept || is_same_kind => String::new(),
        None => format!(" USING {}{through}::{typ}", last(object)),
    };
    let head = format!("ALTER {} {}", if is_foreign { "FOREIGN TABLE" } else { "TABLE" }, whole(object));
    let clause = format!("ALTER COLUMN {} TYPE {typ}{collation}{using}", last(object));
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let mut statement = Statement::new(format!("{head} {clause};"));
    if is_foreign {
        return Ok(statement);
    }
    statement = statement.clause(head, clause, Turn::Joined);
    if to.is_in_use(schema, table) {
        statement = statement.hazard(locks("ACCESS EXCLUSIVE", schema, table));
    }
    if let Some(over) = over {
        statement = statement.hazard(Hazard::Rewrites(whole(object)));
        return Ok(over.hazards.into_iter().fold(statement, Statement::hazard));
    }
    if !is_kept {
        // What is computed is computed anew.
        let is_computed = before.get("generated").is_some() && object.get("generated").is_some();
        let fate = fate_between(was, typ, (to.making.from, to.making.to));
        let fate = if is_computed { fate.min(Fate::Fails) } else { fate };
        statement = statement.hazard(Hazard::Rewrites(whole(object)));
        statement = kept::hazards(fate, typ, &object.display()).into_iter().fold(statement, Statement::hazard);
    }
    Ok(statement)
}

/// Money is joined with numbers by one sort of them.
fn through_number(was: &str, is: &str) -> bool {
    let is_number = |typ: &str| matches!(bare(typ).as_str(), "smallint" | "integer" | "bigint" | "real" | "double precision");
    was == "money" && is_number(is) || is == "money" && is_number(was)
}

/// Values that were different may be equal after: under a key, that is said.
pub fn unique(statement: Statement, change: &Change<'_>, to: &Target<'_>) -> Statement {
    let (object, before) = (change.to, change.from);
    let (was, is) = (before.text("type").unwrap_or_default(), object.text("type").unwrap_or_default());
    let ignores_case = |typ: &str| typ == "citext" || typ.ends_with(".citext");
    let fate = fate_between(was, is, (to.making.from, to.making.to));
    let is_coarser =
        fate >= Fate::LosesBlanks || before.get("collation") != object.get("collation") || ignores_case(is) && !ignores_case(was);
    let (schema, table, name) = (object.identity.part(0), object.identity.part(1), object.identity.part(2));
    let holds = |part: &&Object| match part.kind {
        // As a column's name, or within an expression.
        Kind::Index => flag(part, "unique") && part.get("constraint").is_none() && list(part, "keys").iter().any(|key| key.contains(name)),
        Kind::Constraint => {
            let is_key = matches!(part.text("type"), Some("primary key" | "unique"));
            is_key && list(part, "columns").iter().any(|column| &**column == name)
        }
        _ => false,
    };
    let keys: Vec<String> = to.making.to.parts_of(schema, table).filter(holds).map(last).collect();
    if !is_coarser || keys.is_empty() {
        return statement;
    }
    statement.hazard(Hazard::FailsIf(format!("two values of {} are the same as {is}, which {} refuses", object.display(), keys.join(", "))))
}
