//! Columns that number rows by themselves, and where their numbers go on.

use super::text::{last, whole};
use super::{Target, alter_column};
use crate::flavor;
use crate::ident::literal;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Counted, Hazard, Statement};

/// Its sequence keeps the name it has: rights are given by it.
pub fn options(column: &Object, is_new: bool) -> String {
    let options = column.text("identity_options").unwrap_or_default();
    // The type is the column's.
    let options = options.strip_prefix("AS ").and_then(|rest| rest.split_once(' ')).map_or(options, |(_, rest)| rest);
    match column.text("identity_sequence").and_then(|shown| super::text::relation(shown).ok()).filter(|_| is_new) {
        Some(name) => format!("SEQUENCE NAME {name} {options}"),
        None => options.to_owned(),
    }
}

/// A sequence whose numbers are of another type than the column's: no statement about the column says so.
pub fn of_another_type(column: &Object) -> Option<Statement> {
    of_type(column).filter(|typ| column.text("type") != Some(typ)).and_then(|typ| typed(column, typ))
}

/// The type of its sequence.
fn of_type(column: &Object) -> Option<&str> {
    Some(column.text("identity_options")?.strip_prefix("AS ")?.split_once(' ')?.0)
}

fn typed(column: &Object, typ: &str) -> Option<Statement> {
    let name = super::text::relation(column.text("identity_sequence")?).ok()?;
    let bounds = ["MINVALUE", "MAXVALUE"].iter().filter_map(|word| Some(format!(" {word} {}", number(column, word)?)));
    Some(Statement::new(format!("ALTER SEQUENCE {name} AS {typ}{};", bounds.collect::<String>())))
}

/// ALTER COLUMN of what a partitioned table numbers for all its partitions: said once, for all of them.
fn altered(column: &Object, what: &str, to: &Target<'_>) -> Option<Statement> {
    let table = to.making.to.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)]);
    let has = |property: &str| to.dialect.major >= flavor::PARTITIONED_IDENTITY && table.is_some_and(|table| table.get(property).is_some());
    if has("partition_of") {
        return None;
    }
    if has("partition_by") {
        return Some(Statement::new(format!("ALTER TABLE {} ALTER COLUMN {} {what};", whole(column), last(column))));
    }
    Some(alter_column(column, what))
}

pub fn changes(change: &Change<'_>, to: &Target<'_>) -> Vec<Statement> {
    let object = change.to;
    let Some(identity) = object.text("identity").map(str::to_ascii_uppercase) else { return Vec::new() };
    if change.from.get("identity").is_some() {
        return altered(object, &format!("SET GENERATED {identity}"), to).into_iter().collect();
    }
    let add = altered(object, &format!("ADD GENERATED {identity} AS IDENTITY ({})", options(object, true)), to);
    add.into_iter().flat_map(|add| [add, goes_on(object, &count(object))]).chain(of_another_type(object)).collect()
}

/// Another way of counting. One that nobody has used stands at its start, and goes to the new one where the new bounds would leave it out.
pub fn counts(change: &Change<'_>, to: &Target<'_>) -> Vec<Statement> {
    let object = change.to;
    let bound = |column: &Object, word| number(column, word).unwrap_or_default();
    let mut statements = Vec::new();
    let start = bound(change.from, "START");
    if !(bound(object, "MINVALUE")..=bound(object, "MAXVALUE")).contains(&start) {
        let sequence = change.from.text("identity_sequence").and_then(|shown| super::text::relation(shown).ok());
        let least = bound(change.from, "MINVALUE").min(bound(object, "MINVALUE"));
        let most = bound(change.from, "MAXVALUE").max(bound(object, "MAXVALUE"));
        let wider = altered(object, &format!("SET MINVALUE {least} SET MAXVALUE {most}"), to);
        statements.extend(wider.zip(sequence).into_iter().flat_map(|(wider, name)| {
            let moved =
                format!("SELECT pg_catalog.setval({}, {}, false) FROM {name} WHERE NOT is_called;", literal(&name), bound(object, "START"));
            [wider, Statement::new(moved)]
        }));
    }
    // The server takes no bounds that leave out where it stands, and no start beside them.
    let is_bound = ["MINVALUE", "MAXVALUE"].iter().any(|word| number(change.from, word) != number(object, word));
    let fails = Hazard::FailsIf(format!("the sequence of {} has counted beyond its bounds", object.display()));
    // Where it is the column's own it becomes another when that does.
    let is_moved = of_type(object) != of_type(change.from) && !change.touches("type");
    let typ = of_type(object).filter(|typ| is_moved || object.text("type") != Some(typ));
    statements.extend(typ.and_then(|typ| typed(object, typ)));
    let counted = altered(object, &counting(object), to);
    statements.extend(counted.map(|statement| if is_bound { statement.hazard(fails) } else { statement }));
    statements
}

pub fn drop(column: &Object, to: &Target<'_>) -> Option<Statement> {
    // One of that name begins anew, and gives numbers that rows had already.
    let unnamed = || format!("the sequence of {}", column.display());
    let sequence = column.text("identity_sequence").map_or_else(unnamed, str::to_owned);
    altered(column, "DROP IDENTITY IF EXISTS", to).map(|statement| statement.hazard(Hazard::Loses(format!("where {sequence} stands"))))
}

/// Where it stands, in a sequence that is the column's while it numbers nothing. Nobody takes a number in between: what is said first
/// changes nothing, and takes the lock that dropping the identity takes.
pub fn kept(column: &Object, keeper: &Object) -> Option<Counted> {
    let own = super::text::relation(column.text("identity_sequence")?).ok()?;
    let (kept, table) = (whole(keeper), whole(column));
    let of = |to: &str, from: &str| format!("SELECT pg_catalog.setval({}, last_value, is_called) FROM {from};", literal(to));
    Some(Counted {
        keep: vec![
            alter_column(column, &format!("SET GENERATED {}", column.text("identity")?.to_ascii_uppercase())).sql,
            format!("CREATE SEQUENCE {kept} MINVALUE {} MAXVALUE {} OWNED BY {table}.{};", i64::MIN, i64::MAX, last(column)),
            of(&kept, &own),
            super::named::comment_on(keeper, keeper.text("comment")).ok()?.sql,
        ],
        // The server is asked for the sequence of the column, of which there is to be one.
        before: vec![format!("ALTER SEQUENCE {kept} OWNED BY NONE;")],
        after: vec![of(&own, &kept), format!("DROP SEQUENCE {kept};")],
    })
}

/// How a sequence counts.
pub struct Count {
    pub start: i64,
    pub increment: i64,
    pub minimum: i64,
    pub maximum: i64,
}

/// A new sequence behind a column that has values goes on after them: up or down, and only after those that it would come to.
pub fn goes_on(column: &Object, count: &Count) -> Statement {
    let (table, name) = (whole(column), last(column));
    let sequence = format!("pg_catalog.pg_get_serial_sequence({}, {})", literal(&table), literal(column.identity.part(2)));
    let Count { start, increment, minimum, maximum } = count;
    let (farthest, least, most) = if *increment < 0 { ("min", minimum, start) } else { ("max", start, maximum) };
    let farthest = format!("pg_catalog.{farthest}({name})");
    Statement::new(format!(
        "SELECT pg_catalog.setval({sequence}, {farthest}) FROM {table} WHERE {name} BETWEEN {least} AND {most} HAVING {farthest} IS NOT NULL;"
    ))
}

/// How an identity counts; what is not said is as the server has it.
fn count(column: &Object) -> Count {
    let increment = number(column, "INCREMENT").unwrap_or(1);
    let (least, most) = if increment < 0 { (i64::MIN, -1) } else { (1, i64::MAX) };
    let (minimum, maximum) = (number(column, "MINVALUE").unwrap_or(least), number(column, "MAXVALUE").unwrap_or(most));
    let start = number(column, "START").unwrap_or(if increment < 0 { maximum } else { minimum });
    Count { start, increment, minimum, maximum }
}

fn number(column: &Object, word: &str) -> Option<i64> {
    let options = options(column, false);
    let mut words = options.split(' ').skip_while(|one| *one != word);
    words.nth(1).and_then(|number| number.parse().ok())
}

/// `START 10 INCREMENT 5 …` as SET takes each.
fn counting(object: &Object) -> String {
    let options = options(object, false);
    let words: Vec<&str> = options.split(' ').collect();
    let mut changes: Vec<String> = words
        .chunks(2)
        .filter_map(|pair| match pair {
            [name, value] => Some(format!("SET {name} {value}")),
            _ => None,
        })
        .collect();
    changes.push(if words.last() == Some(&"CYCLE") { "SET CYCLE" } else { "SET NO CYCLE" }.to_owned());
    changes.join(" ")
}
