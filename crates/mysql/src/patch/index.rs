//! Indexes, which are written into the statement of their table.

use super::{Maker, MysqlDialect, Target, flag, integer, is_not, list, table_of};
use crate::ident::{Ident, Quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Way, World, Written};

pub struct Indexes;

impl Maker for Indexes {
    fn create(&self, _: &Object, _: &Target<'_>) -> Written {
        Err("its table is not known".to_owned())
    }

    fn way(&self, _: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        Way::InPlace
    }

    fn drop(&self, _: &Object, _: &Target<'_>) -> Written {
        Err("its table is not known".to_owned())
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        table_of(object, world)
    }
}

/// `` UNIQUE KEY `name` (`a`, `b`(5) DESC) COMMENT '…' ``
pub fn clause(object: &Object, to: &Target<'_>) -> Result<String, String> {
    let world = to.making.to;
    let method = object.text("method").unwrap_or("btree");
    let (kind, options) = method.split_once(" (").map_or((method, ""), |(kind, rest)| (kind, rest.trim_end_matches(')')));
    let word = match kind {
        "fulltext" => "FULLTEXT KEY",
        "spatial" => "SPATIAL KEY",
        "vector" => "VECTOR KEY",
        _ if flag(object, "unique") => "UNIQUE KEY",
        _ => "KEY",
    };
    let parts = list(object, "keys").iter().map(|key| part(object, key, world)).collect::<Result<Vec<_>, _>>()?;
    let mut sql = format!("{word} {} ({})", Ident(object.identity.part(2)), parts.join(", "));
    let is_plain = matches!(word, "KEY" | "UNIQUE KEY");
    if is_plain {
        sql.push_str(&using(object, Some(kind), world));
    }
    // `m=8, distance=cosine`.
    for option in options.split(", ").filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or("an option of it cannot be read")?;
        let value = if value.bytes().all(|byte| byte.is_ascii_digit()) { value.to_owned() } else { Quoted::of(value).to_string() };
        sql.push_str(&format!(" {}={value}", Ident(name)));
    }
    if let Some(size) = integer(object, "block_size") {
        sql.push_str(&format!(" KEY_BLOCK_SIZE={size}"));
    }
    if let Some(parser) = object.text("parser") {
        sql.push_str(&format!(" WITH PARSER {}", Ident(parser)));
    }
    if let Some(comment) = object.text("comment") {
        sql.push_str(&format!(" COMMENT {}", Quoted::of(comment)));
    }
    if is_not(object, "visible") {
        sql.push_str(&format!(" {}", to.flavor().index_visibility(false)));
    }
    if let Some(attribute) = object.text("engine_attribute") {
        sql.push_str(&format!(" ENGINE_ATTRIBUTE = {}", Quoted::of(attribute)));
    }
    Ok(sql)
}

/// Whether a part of it is computed.
pub fn has_expression(index: &Object) -> bool {
    list(index, "keys").iter().any(|key| key.starts_with('('))
}

/// Engines whose own method is another than that which is assumed.
fn is_hashing(object: &Object, world: &World<'_>) -> bool {
    let table = world.find(Kind::Table, &[object.identity.part(0), object.identity.part(1)]);
    table.and_then(|table| table.text("engine")).is_some_and(|engine| matches!(engine, "MEMORY" | "HEAP"))
}

/// ` USING HASH` where it is not what the engine does by itself.
pub fn using(object: &Object, method: Option<&str>, world: &World<'_>) -> String {
    match method.unwrap_or("btree") {
        "btree" if is_hashing(object, world) => " USING BTREE".to_owned(),
        "hash" => " USING HASH".to_owned(),
        _ => String::new(),
    }
}

/// A part of a key as it is shown: `name`, `name(5)`, `name desc`, `(expression)`, `period without overlaps`.
pub fn part(object: &Object, shown: &str, world: &World<'_>) -> Result<String, String> {
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let columns = world.columns(schema, table);
    // Neither vendor tells their names apart by case.
    let is_column = |name: &str| columns.iter().any(|column| column.identity.part(2).to_lowercase() == name.to_lowercase());
    if is_column(shown) {
        return Ok(Ident(shown).to_string());
    }
    if let Some(period) = shown.strip_suffix(" without overlaps") {
        return Ok(format!("{} WITHOUT OVERLAPS", Ident(period)));
    }
    let (rest, order) = shown.strip_suffix(" desc").map_or((shown, ""), |rest| (rest, " DESC"));
    if is_column(rest) {
        return Ok(format!("{}{order}", Ident(rest)));
    }
    if let Some((name, length)) = rest.strip_suffix(')').and_then(|rest| rest.rsplit_once('('))
        && is_column(name)
        && length.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Ok(format!("{}({length}){order}", Ident(name)));
    }
    if rest.starts_with('(') && rest.ends_with(')') {
        return Ok(format!("{}{order}", super::text::runnable(rest)?));
    }
    Err(format!("a part of it cannot be read: {shown}"))
}
