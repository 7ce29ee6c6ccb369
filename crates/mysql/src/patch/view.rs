//! Views, by CREATE OR REPLACE, which keeps what is granted on them.

use super::{Maker, MysqlDialect, Target, stored};
use crate::grammar::token::{Sort, Token, tokens};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Views;

impl Maker for Views {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let definition = object.text("definition").ok_or("its query is not known")?;
        let algorithm = object.text("algorithm").unwrap_or("undefined").to_ascii_uppercase();
        let security = if object.text("security") == Some("invoker") { "INVOKER" } else { "DEFINER" };
        let check = match object.text("check_option") {
            Some(option) => format!("\n  WITH {} CHECK OPTION", option.to_ascii_uppercase()),
            None => String::new(),
        };
        let sql = format!(
            "CREATE OR REPLACE ALGORITHM={algorithm}{} SQL SECURITY {security} VIEW {} AS\n{definition}{check};",
            stored::definer(object, to)?,
            to.whole(object)
        );
        stored::kept(object, Statement::new(sql), to)
    }

    fn way(&self, _: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        self.create(change.to, to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("DROP VIEW {};", to.whole(object)))])
    }

    /// Its query names relations and functions in quotes.
    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        object.text("definition").map(|text| named(text, object.identity.part(0), world)).unwrap_or_default()
    }
}

/// Relations and functions that a canonical query names: `` `t` ``, `` `d`.`t` ``, `` `f`( ``. A name before a dot may be an alias, and one
/// alone a column: where it is called like a relation, that is one too many to wait for.
fn named<'w>(text: &str, schema: &str, world: &World<'w>) -> Vec<&'w Object> {
    let all: Vec<Token<'_>> = tokens(text).filter(|token| token.sort != Sort::Space).collect();
    let is = |at: usize, sign: &str| all.get(at).is_some_and(|token| token.text == sign);
    let name = |at: usize| all.get(at).filter(|token| token.sort == Sort::Name).map(Token::unquoted);
    let mut found: Vec<&Object> = Vec::new();
    for at in 0..all.len() {
        if at.checked_sub(1).is_some_and(|before| is(before, ".")) {
            continue;
        }
        let Some(first) = name(at) else { continue };
        let second = if is(at + 1, ".") { name(at + 2) } else { None };
        let (schema, name, end) = match &second {
            Some(second) => (first.as_str(), second.as_str(), at + 3),
            None => (schema, first.as_str(), at + 1),
        };
        let kinds: &[Kind] = if is(end, "(") { &[Kind::Function] } else { &[Kind::Table, Kind::View, Kind::Sequence] };
        found.extend(kinds.iter().find_map(|kind| world.find(*kind, &[schema, name])));
    }
    found
}
