//! By what a table is partitioned, and its partitions: PARTITION BY as a whole, and what adds and drops a partition alone.

use super::constraint::columns_of;
use super::text::word;
use super::{Maker, MysqlDialect, Target, is_kept_as_it_is, list, loses, table_of};
use crate::grammar::token::{Sort, tokens};
use crate::ident::{Ident, Quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Turn, Way, World, Written, differing};
use std::cmp::Ordering;

pub struct Partitions;

impl Maker for Partitions {
    fn create(&self, _: &Object, _: &Target<'_>) -> Written {
        Err("its table is not known".to_owned())
    }

    fn way(&self, _: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        Way::InPlace
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let refused = || "its table cannot be altered".to_owned();
        let table = to.making.to.find(Kind::Table, &[object.identity.part(0), object.identity.part(1)]).ok_or_else(refused)?;
        let before = to.making.from.same(table).ok_or_else(refused)?;
        // What is not to become of the table is not begun.
        if is_kept_as_it_is(before, table, to) {
            return Err(refused());
        }
        let (head, name) = (format!("ALTER TABLE {} DROP PARTITION", to.whole(object)), Ident(object.identity.part(2)));
        let statement = loses(format!("{head} {name};"), format!("all rows of the partition {name} of {}", table.display()));
        Ok(vec![statement.clause(head, name.to_string(), Turn::Joined)])
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        table_of(object, world)
    }
}

/// Whether a partition that goes does so by a statement of its own, so that all else on the table runs without it: others stay as they
/// are, and what comes stands behind all that is there.
pub fn goes_alone(object: &Object, from: &World<'_>, to: &World<'_>) -> bool {
    let parts = [object.identity.part(0), object.identity.part(1)];
    let (Some(before), Some(after)) = (from.find(Kind::Table, &parts), to.find(Kind::Table, &parts)) else { return false };
    let is_same = |property: &str| before.text(property) == after.text(property);
    let by = before.text("partition_by").unwrap_or_default();
    if !is_same("partition_by") || !is_same("subpartition_by") || !(by.starts_with("range") || by.starts_with("list")) {
        return false;
    }
    let (was, is) = (in_order(before, from), in_order(after, to));
    let ignores = ignores_case(before, from);
    let bound = |object: &Object| object.text("values").unwrap_or_default().to_owned();
    let is_new = |object: &&&Object| from.same(object).is_none();
    let is_behind =
        |made: &Object| by.starts_with("range") && was.iter().all(|other| compare(&bound(other), &bound(made), ignores).is_lt());
    let stays = |object: &&Object| from.same(object).is_some_and(|other| differing(other, object, (from.manifest, to.manifest)).is_empty());
    is.iter().filter(is_new).all(|made| is_behind(made)) && is.iter().filter(|object| !is_new(object)).all(stays) && is.iter().any(stays)
}

/// `PARTITION BY …` with all partitions; `None` where the table is not partitioned.
pub fn clause(table: &Object, to: &Target<'_>) -> Result<Option<String>, String> {
    let Some(by) = table.text("partition_by") else { return Ok(None) };
    let world = to.making.to;
    let mut sql = format!("PARTITION BY {}", method(table, by, world)?);
    if let Some(sub) = table.text("subpartition_by") {
        sql.push_str(&format!("\n  SUBPARTITION BY {}", method(table, sub, world)?));
    }
    // The server makes and names them as time goes by.
    if by.ends_with(" auto") {
        return Ok(Some(sql));
    }
    let partitions = in_order(table, world);
    let parts = partitions.iter().map(|partition| definition(partition)).collect::<Result<Vec<_>, _>>()?;
    if !parts.is_empty() {
        sql.push_str(&format!(" (\n    {}\n  )", parts.join(",\n    ")));
    }
    Ok(Some(sql))
}

/// Whether every row lies in one of its partitions, whatever it holds.
pub fn has_place_for_all(table: &Object, world: &World<'_>) -> bool {
    let by = table.text("partition_by").unwrap_or_default();
    if !(by.starts_with("range") || by.starts_with("list")) {
        return true;
    }
    let values = in_order(table, world).into_iter().filter_map(|partition| partition.text("values")).map(str::to_lowercase);
    // Of several columns the first decides.
    let is_open = |values: &str| matches!(values, "less than maxvalue" | "default") || values.starts_with("less than (maxvalue");
    values.into_iter().any(|values| is_open(&values))
}

/// A method and its key: names of columns are shown bare, expressions are SQL.
fn method(table: &Object, shown: &str, world: &World<'_>) -> Result<String, String> {
    let Some((head, key)) = shown.split_once(" (").and_then(|(head, rest)| Some((head, rest.strip_suffix(')')?))) else {
        return Ok(shown.to_owned());
    };
    let words: Vec<&str> = head.split(' ').collect();
    if !words.contains(&"columns") && !words.contains(&"key") {
        return Ok(format!("{head} ({key})"));
    }
    let names = columns_of(table, key, world)?.join(", ");
    Ok(match words.as_slice() {
        [before @ .., "algorithm", number] => format!("{} algorithm = {number} ({names})", before.join(" ")),
        _ => format!("{head} ({names})"),
    })
}

/// Those of the table as it takes them: ranges by their bounds, parts of a hash by their remainder, else by name.
pub fn in_order<'w>(table: &Object, world: &World<'w>) -> Vec<&'w Object> {
    let mut found: Vec<&Object> = world.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Partition).collect();
    let ignores = ignores_case(table, world);
    found.sort_by(|a, b| compare(a.text("values").unwrap_or_default(), b.text("values").unwrap_or_default(), ignores));
    found
}

/// Whether texts are in order without their case, by the collation of the columns that the table is partitioned by.
fn ignores_case(table: &Object, world: &World<'_>) -> bool {
    let by = table.text("partition_by").and_then(|by| by.split_once(" (")).map_or("", |(_, key)| key.trim_end_matches(')'));
    let columns = world.columns(table.identity.part(0), table.identity.part(1));
    let meant = columns.iter().filter(|column| by.split(", ").any(|name| name == column.identity.part(2)));
    meant.filter_map(|column| column.text("collation")).any(|collation| collation.ends_with("_ci"))
}

/// Bounds and remainders as the server orders them: numbers as numbers, texts by their signs, what has no bound last.
fn compare(a: &str, b: &str, ignores_case: bool) -> Ordering {
    let words = |text: &str| -> Vec<String> {
        let tokens = tokens(text).filter(|token| token.sort != Sort::Space && !matches!(token.text, "(" | ")" | ","));
        tokens.map(|token| token.text.to_owned()).collect()
    };
    let (a, b) = (signed(&words(a)), signed(&words(b)));
    for (left, right) in a.iter().zip(&b) {
        let order = match (left.parse::<f64>(), right.parse::<f64>()) {
            (Ok(left), Ok(right)) => left.total_cmp(&right),
            _ if left == right => Ordering::Equal,
            _ if is_last(left) => Ordering::Greater,
            _ if is_last(right) => Ordering::Less,
            _ if ignores_case => left.to_lowercase().cmp(&right.to_lowercase()).then_with(|| left.cmp(right)),
            _ => left.cmp(right),
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// `-`, `5` as one number.
fn signed(words: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut sign = "";
    for word in words {
        if word == "-" {
            sign = "-";
            continue;
        }
        found.push(format!("{sign}{word}"));
        sign = "";
    }
    found
}

fn is_last(word: &str) -> bool {
    word.eq_ignore_ascii_case("maxvalue") || word == "current"
}

/// `` PARTITION `p0` VALUES LESS THAN (10) COMMENT = '…' ``
pub fn definition(partition: &Object) -> Result<String, String> {
    let mut sql = format!("PARTITION {}", Ident(partition.identity.part(2)));
    let values = partition.text("values").unwrap_or_default();
    match values {
        "" => {}
        "system_time current" => sql.push_str(" CURRENT"),
        "system_time history" => sql.push_str(" HISTORY"),
        _ if values.starts_with("remainder ") => {}
        _ => sql.push_str(&format!(" VALUES {values}")),
    }
    if let Some(engine) = partition.text("engine") {
        sql.push_str(&format!(" ENGINE = {}", word(engine)?));
    }
    if let Some(comment) = partition.text("comment") {
        sql.push_str(&format!(" COMMENT = {}", Quoted::of(comment)));
    }
    let subpartitions = list(partition, "subpartitions");
    let options = list(partition, "options");
    // Of one part alone: `s0: max_rows=5`.
    let own =
        |name: &str| options.iter().filter_map(|option| option.strip_prefix(name)?.strip_prefix(": ")).map(option).collect::<String>();
    let is_apart = !subpartitions.is_empty() && subpartitions.iter().any(|name| !own(name).is_empty());
    if !is_apart {
        sql.extend(options.iter().map(|text| option(text)));
    }
    if !subpartitions.is_empty() {
        let parts = subpartitions.iter().map(|name| format!("SUBPARTITION {}{}", Ident(name), own(name)));
        sql.push_str(&format!(" ({})", parts.collect::<Vec<_>>().join(", ")));
    }
    Ok(sql)
}

/// `max_rows=1000`, `data directory=/d`.
fn option(text: &str) -> String {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let value = if value.bytes().all(|byte| byte.is_ascii_digit()) { value.to_owned() } else { Quoted::of(value).to_string() };
    format!(" {} = {value}", name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn bounds_stand_as_the_server_wants_them() {
        let mut bounds = ["less than maxvalue", "less than (100)", "less than (-5)", "less than (20)"];
        bounds.sort_by(|a, b| compare(a, b, false));
        assert_eq!(bounds, ["less than (-5)", "less than (20)", "less than (100)", "less than maxvalue"]);
        let mut bounds = ["less than (2, MAXVALUE)", "less than (2, 'b')", "less than (2, 'a')"];
        bounds.sort_by(|a, b| compare(a, b, false));
        assert_eq!(bounds, ["less than (2, 'a')", "less than (2, 'b')", "less than (2, MAXVALUE)"]);
        let mut bounds = ["remainder 10", "remainder 9"];
        bounds.sort_by(|a, b| compare(a, b, false));
        assert_eq!(bounds, ["remainder 9", "remainder 10"]);
    }
}
