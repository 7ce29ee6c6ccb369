//! What of a table or column keeps others from writing, what stays with it, and why something cannot be put aside.
//!
//! Neighbour: `aside`, which puts aside.

use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::deferred::{is_part, is_plain};
use evenkeel_core::manifest::{Identity, Manifest, Object, shown_parts};
use evenkeel_core::trace::has_word;

/// What a column loses, so that rows that do not have it get nothing.
pub const SETS: [&str; 9] = [
    "not_null",
    "not_null_name",
    "not_null_no_inherit",
    "default",
    "identity",
    "identity_options",
    "generated",
    "generated_kind",
    "on_update",
];

/// What says of a column what values it has.
pub const VALUES: [&str; 4] = ["type", "collation", "generated", "generated_kind"];

/// Whether a column is one of a table.
pub fn is_in(column: &Object, table: &Object) -> bool {
    table.kind == Kind::Table && column.identity.part(0) == table.identity.part(0) && column.identity.part(1) == table.identity.part(1)
}

/// Whether names of both are in one space: those of columns in their table, all others in their schema.
pub fn shares(other: &Object, one: &Object) -> bool {
    let is_column = one.kind == Kind::Column;
    (other.kind == Kind::Column) == is_column
        && other.identity.part(0) == one.identity.part(0)
        && (!is_column || other.identity.part(1) == one.identity.part(1))
}

/// Whether it has that name, or one that some servers take for it.
pub fn is_called(object: &Object, name: &str) -> bool {
    object.identity.parts().last().is_some_and(|own| own.to_lowercase() == name.to_lowercase())
}

/// What keeps others from writing, or acts when they do: keys, checks and what else hangs on a column, with what the server would drop with
/// it; of a table what binds it to others.
pub fn inert<'m>(object: &'m Object, now: &'m Manifest) -> Result<Vec<&'m Object>, String> {
    if !matches!(object.kind, Kind::Table | Kind::Column) {
        return Ok(Vec::new());
    }
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let is_on = |part: &&Object| part.identity.part(0) == schema && part.identity.part(1) == table;
    if object.kind == Kind::Table {
        if let Some(child) = partly(object) {
            return Err(child);
        }
        let keys = now.of_kind(Kind::Constraint).iter().filter(is_on).filter(|key| key.text("type") == Some("foreign key"));
        let others = [Kind::Trigger, Kind::PublicationTable].into_iter().flat_map(|kind| now.of_kind(kind)).filter(is_on);
        // Whose rights code runs with goes with it.
        return Ok(keys.chain(others).chain(definers(object, now)).collect());
    }
    let column = object.identity.part(2);
    if let Some(why) = now.find(Kind::Table, &[schema, table]).and_then(partly) {
        return Err(why);
    }
    if let Some(why) = whole_rows(schema, table, now) {
        return Err(why);
    }
    if let Some(domain) = refusing(object.text("type"), now) {
        return Err(format!("its type, domain {domain}, may refuse rows that do not have it"));
    }
    let keys = now.of_kind(Kind::Constraint).iter().filter(is_on).filter(|key| mentions(key, column));
    // One that has its name within its table goes: whoever makes that column again makes it again.
    let is_kept = |index: &&Object| is_plain(index) && index.identity.parts().len() == 2;
    let indexes = on(schema, table, now).filter(|index| mentions(index, column) && !is_kept(index));
    let statistics = now.of_kind(Kind::Statistics).iter().filter(|one| is_about(one, schema, table) && mentions(one, column));
    Ok(keys.chain(indexes).chain(statistics).collect())
}

/// As whom triggers of a table run, where that is told apart from them.
fn definers<'m>(table: &'m Object, now: &'m Manifest) -> impl Iterator<Item = &'m Object> {
    let triggers = now
        .of_kind(Kind::Trigger)
        .iter()
        .filter(|trigger| trigger.identity.part(0) == table.identity.part(0) && trigger.identity.part(1) == table.identity.part(1));
    triggers.flat_map(|trigger| {
        let shown = trigger.display();
        let is_its = move |one: &&Object| one.identity.part(0) == Kind::Trigger.name() && one.identity.part(1) == shown;
        now.of_kind(Kind::Definer).iter().filter(is_its)
    })
}

/// Why a trigger of a table would come back with the rights of somebody else than in the environment: what was seen of it there is not what
/// is on the throwaway server.
pub fn ran_by_another(object: &Object, now: &Manifest, environment: &Manifest) -> Option<String> {
    let mut all = definers(object, now).filter(|_| object.kind == Kind::Table);
    let is_same = |one: &&Object| {
        let parts: Vec<&str> = one.identity.parts().collect();
        environment.find(Kind::Definer, &parts).is_some_and(|other| other.text("definer") == one.text("definer"))
    };
    let other = all.find(|one| !is_same(one))?;
    Some(format!("with whose rights trigger {} runs is not told", other.identity.part(1)))
}

/// What of a table or column nobody has proven to stay what it is where each definition is a commit of its own.
pub fn unproven(object: &Object, now: &Manifest) -> Option<String> {
    let (schema, name) = (object.identity.part(0), object.identity.part(1));
    let table = now.find(Kind::Table, &[schema, name])?;
    const ODD: [(&str, &str); 5] = [
        ("partition_by", "has partitions"),
        ("system_versioned", "keeps old versions of its rows"),
        ("periods", "has periods"),
        ("merged", "shows the rows of others"),
        ("connection", "has its rows on another server"),
    ];
    if let Some((_, why)) = ODD.iter().find(|(property, _)| table.get(property).is_some()) {
        return Some(format!("{} {why}", table.display()));
    }
    if object.kind == Kind::Table {
        return None;
    }
    let (column, shown) = (object.identity.part(2), object.display());
    if object.get("auto_increment").is_some() {
        return Some(format!("where {shown} goes on numbering rows cannot be kept"));
    }
    if ["generated", "row_period"].iter().any(|property| object.get(property).is_some()) {
        return Some(format!("the server computes {shown}"));
    }
    let mut others = now.of_kind(Kind::Column).iter().filter(|other| is_in(other, table));
    let other = others.find(|other| other.text("generated").is_some_and(|text| has_word(text, column)))?;
    Some(format!("{} is computed of {shown}", other.display()))
}

/// Whether something is a table.
pub fn of_table(object: &Object) -> bool {
    object.kind == Kind::Table
}

/// The domain of a type, by itself or by one that it is made of, that may refuse NULL.
fn refusing(of: Option<&str>, now: &Manifest) -> Option<String> {
    let mut of = of;
    // One that is made of itself there is not: so many steps are more than there are domains.
    for _ in 0..=now.of_kind(Kind::Domain).len() {
        let domain = now.of_kind(Kind::Domain).iter().find(|domain| of == Some(&domain.display()))?;
        let own = |check: &&Object| check.identity.part(0) == domain.identity.part(0) && check.identity.part(1) == domain.identity.part(1);
        if domain.get("not_null").is_some() || now.of_kind(Kind::DomainConstraint).iter().any(|check| own(&check)) {
            return Some(domain.display());
        }
        of = domain.text("type");
    }
    None
}

/// Whether that is a column of a table, as both are shown.
fn is_column_of(column: &str, table: &str) -> bool {
    column.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether something goes where a table does: what hangs on it by its name.
pub fn hangs_on(one: &Object, table: &Object) -> bool {
    let (schema, name) = (table.identity.part(0), table.identity.part(1));
    let is_below = one.identity.parts().len() > 2 && one.identity.part(0) == schema && one.identity.part(1) == name;
    let is_owned = one.kind == Kind::Sequence && one.text("owned_by").is_some_and(|of| is_column_of(of, &table.display()));
    is_below || one.kind.spec().index_of("table").is_some() && is_about(one, schema, name) || is_owned
}

/// What meets whole rows of a table, and would meet another row than before.
fn whole_rows(schema: &str, table: &str, now: &Manifest) -> Option<String> {
    let is_on = |object: &&Object| object.identity.part(0) == schema && object.identity.part(1) == table;
    let mut checks = now.of_kind(Kind::Constraint).iter().filter(is_on);
    // As the server prints one.
    let is_whole = |text: &str| text.contains(".*") && has_word(text, table);
    let has = |object: &Object, name: &str| object.text(name).is_some_and(is_whole);
    let mut policies = now.of_kind(Kind::Policy).iter().filter(is_on);
    let check = checks.find(|check| has(check, "expression"));
    let found = check
        .or_else(|| policies.find(|policy| policy.values().iter().any(|(_, value)| matches!(value, Value::Text(text) if is_whole(text)))));
    if let Some(found) = found {
        return Some(format!("{} is about whole rows of {table}", found.display()));
    }
    let triggers = now.of_kind(Kind::Trigger).iter().filter(is_on);
    let called = triggers.filter_map(|trigger| trigger.text("function"));
    let is_copy = |name: &&str| {
        let function = now.of_kind(Kind::Function).iter().find(|function| function.display().split('(').next() == name.split('(').next());
        function.is_some_and(|function| function.values().iter().any(|(_, value)| matches!(value, Value::Text(text) if copies(text))))
    };
    let named = called.into_iter().find(is_copy);
    named.map(|name| format!("{name}, which a trigger of {table} runs, copies whole rows"))
}

/// Functions that take a row as it is.
const TAKING: [&str; 4] = ["to_jsonb(", "to_json(", "row_to_json(", "hstore("];

/// Whether a trigger's function does anything with a whole row but give it back, or hand it to a function that takes any.
fn copies(text: &str) -> bool {
    let text = text.to_lowercase();
    let is_name = |one: char| one.is_alphanumeric() || one == '_' || one == '$' || one == '"';
    ["new", "old"].iter().any(|row| {
        text.match_indices(row).any(|(at, _)| {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + row.len()..).unwrap_or_default());
            if before.ends_with(|one| is_name(one) || one == '.') || after.starts_with(is_name) {
                return false;
            }
            let (before, after) = (before.trim_end(), after.trim_start());
            let is_field = after.strip_prefix('.').is_some_and(|rest| rest.trim_start().starts_with(is_name));
            let is_given = before.ends_with("return") || TAKING.iter().any(|call| before.ends_with(call));
            !is_field && !is_given
        })
    })
}

/// Why a table cannot be put aside, nor a column of it, yet.
fn partly(table: &Object) -> Option<String> {
    is_part(table).then(|| format!("{} has partitions or is one, or inherits", table.display()))
}

/// Indexes of a table.
fn on<'m>(schema: &'m str, table: &'m str, now: &'m Manifest) -> impl Iterator<Item = &'m Object> {
    let is_on = move |index: &&Object| {
        is_about(index, schema, table)
            || index.identity.parts().len() == 3 && index.identity.part(0) == schema && index.identity.part(1) == table
    };
    now.of_kind(Kind::Index).iter().filter(is_on)
}

/// Whether it says that it is about a table.
fn is_about(object: &Object, schema: &str, table: &str) -> bool {
    let Some(Value::List(parts)) = object.get("table") else { return false };
    parts.first().is_some_and(|part| &**part == schema) && parts.get(1).is_some_and(|part| &**part == table)
}

/// Where constraints, indexes and statistics name columns, alone or within texts.
const ALONE: [&str; 2] = ["columns", "include"];
const WITHIN: [&str; 5] = ["expression", "keys", "predicate", "expressions", "operators"];

/// Whether it is about a column.
fn mentions(object: &Object, name: &str) -> bool {
    let is = |property: &&str, is_named: &dyn Fn(&str) -> bool| match object.get(property) {
        Some(Value::Text(text)) => is_named(text),
        Some(Value::List(items)) => items.iter().any(|item| is_named(item)),
        _ => false,
    };
    let own = object.kind.spec();
    let has = |property: &&&str| own.index_of(property).is_some();
    ALONE.iter().filter(has).any(|property| is(property, &|item| item == name || has_word(item, name) && item.starts_with('"')))
        || WITHIN.iter().filter(has).any(|property| is(property, &|item| has_word(item, name)))
}

/// What stays with it and has a name among those of others: indexes, sequences of its columns, checks, statistics.
pub fn beside<'m>(object: &'m Object, now: &'m Manifest) -> Vec<&'m Object> {
    if !matches!(object.kind, Kind::Table | Kind::Column) {
        return Vec::new();
    }
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let name = object.display();
    let is_its = |of: &str| of == name || object.kind == Kind::Table && is_column_of(of, &name);
    let indexes = on(schema, table, now).filter(|index| index.identity.parts().len() == 2);
    let indexes = indexes.filter(|index| object.kind == Kind::Table || is_plain(index) && mentions(index, object.identity.part(2)));
    let sequences = now.of_kind(Kind::Sequence).iter().filter(|sequence| sequence.text("owned_by").is_some_and(is_its));
    // The server makes up names of checks that no table of the schema has.
    let checks = now.of_kind(Kind::Constraint).iter().filter(|check| {
        let is_on = check.identity.part(0) == schema && check.identity.part(1) == table;
        is_on && object.kind == Kind::Table && check.text("type") == Some("check")
    });
    let statistics = now.of_kind(Kind::Statistics).iter().filter(|one| object.kind == Kind::Table && is_about(one, schema, table));
    indexes.chain(sequences).chain(checks).chain(statistics).collect()
}

/// Sequences of identity columns of a table that stays as it is: they are no objects of their own.
pub fn identities(table: &Object, now: &Manifest) -> Vec<Object> {
    let columns = now.of_kind(Kind::Column).iter().filter(|column| is_in(column, table));
    let named = columns.filter_map(|column| shown_parts(column.text("identity_sequence")?));
    named.filter(|parts| parts.len() == 2).map(|parts| Object::new(Kind::Sequence, Identity::new(parts))).collect()
}

/// The sequence behind a column that numbers rows, and no longer does so.
pub fn counts(column: &Object) -> Option<Object> {
    let shown = column.text("identity_sequence").filter(|_| column.kind == Kind::Column)?;
    let parts = shown_parts(shown).filter(|parts| parts.len() == 2)?;
    Some(Object::new(Kind::Sequence, Identity::new(parts)))
}

/// The constraint behind which an index stands, by which it is renamed; else itself.
pub fn named_by<'m>(part: &'m Object, now: &'m Manifest) -> &'m Object {
    let Some(name) = part.text("constraint").filter(|_| part.kind == Kind::Index) else { return part };
    let Some(Value::List(table)) = part.get("table") else { return part };
    let [schema, table, ..] = &**table else { return part };
    now.find(Kind::Constraint, &[schema, table, name]).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_rows_are_told_from_their_columns() {
        for text in
            ["insert into a select new.*", "insert into a select (NEW).*", "r := new; return r", "execute q using old", "if new is null"]
        {
            assert!(copies(text), "{text}");
        }
        for text in [
            "begin new.x := old.y; return new; end",
            "insert into a values (to_jsonb(new))",
            "select renew, new_x, a.new",
            "new . \"X\" := 1",
        ] {
            assert!(!copies(text), "{text}");
        }
    }
}
