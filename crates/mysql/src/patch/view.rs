//! Views, by CREATE OR REPLACE, which keeps what is granted on them.

use super::text::runnable;
use super::{Maker, MysqlDialect, Target, stored};
use crate::grammar::token::{Sort, Token, tokens};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Views;

impl Maker for Views {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        if is_broken(object, to.making.to) {
            return Err(
                "it does not work where it is: what it reads is gone, or its definer is or lacks the rights; no server makes such a view"
                    .to_owned(),
            );
        }
        let definition = runnable(object.text("definition").ok_or("its query is not known")?)?;
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

    fn way(&self, change: &Change<'_>, (from, to): (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        // What it reads has the name of something else now, which has to go first, and that one it reads still.
        let is_taken = |needed: &&Object| {
            let before = from.relation(needed.identity.part(0), needed.identity.part(1));
            needed.kind != Kind::Function && from.same(needed).is_none() && before.is_some()
        };
        if self.needs(change.to, to).iter().any(is_taken) { Way::Replace } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let mut statements = self.create(change.to, to)?;
        if let Some(opens) = stored::opens(change) {
            statements = statements.into_iter().map(|statement| statement.hazard(opens.clone())).collect();
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("DROP VIEW {};", to.whole(object)))])
    }

    /// Its query names relations and functions in quotes.
    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        reads(object, world)
    }
}

/// The relations that it reads.
pub fn reads<'w>(view: &Object, world: &World<'w>) -> Vec<&'w Object> {
    view.text("definition").map(|text| named(text, view.identity.part(0), world).0).unwrap_or_default()
}

/// A relation or function that it names in a database which is not among those that were captured.
pub fn outside(view: &Object, world: &World<'_>) -> Option<String> {
    view.text("definition").and_then(|text| named(text, view.identity.part(0), world).1.into_iter().next())
}

/// Whether the server that has it cannot tell its columns. Where columns were not read, nothing tells.
pub fn is_broken(view: &Object, world: &World<'_>) -> bool {
    let is_read = !world.manifest.of_kind(Kind::Column).is_empty()
        || world.manifest.gaps.iter().any(|gap| gap.object.as_deref() == Some(&*view.display()));
    is_read && world.columns(view.identity.part(0), view.identity.part(1)).is_empty()
}

/// Words behind which parentheses hold relations.
const GROUPED: &[&str] = &["from", "join", "straight_join", "lateral"];

/// Relations and functions that a canonical query names: what stands behind FROM, JOIN and the commas of such a list, and quoted names
/// before a parenthesis; and those of databases that were not captured.
fn named<'w>(text: &str, schema: &str, world: &World<'w>) -> (Vec<&'w Object>, Vec<String>) {
    let all: Vec<Token<'_>> = tokens(text).filter(|token| !matches!(token.sort, Sort::Space | Sort::Comment)).collect();
    let is = |at: usize, sign: &str| all.get(at).is_some_and(|token| token.text == sign);
    let name = |at: usize| all.get(at).filter(|token| token.sort == Sort::Name).map(Token::unquoted);
    let (mut found, mut outside): (Vec<&Object>, Vec<String>) = (Vec::new(), Vec::new());
    // By depth: whether a list of relations is being read, and whether the next name is one.
    let mut lists = vec![(false, false)];
    // By depth: whether a query stands there, or a call, in which FROM is a word of its own.
    let mut queries = vec![false];
    let mut at = 0;
    while let Some(token) = all.get(at) {
        let (is_list, is_next) = lists.last().copied().unwrap_or_default();
        let mut state = (is_list, is_next);
        match token.sort {
            Sort::Name => {
                let first = name(at).unwrap_or_default();
                let second = if is(at + 1, ".") { name(at + 2) } else { None };
                let end = if second.is_some() { at + 3 } else { at + 1 };
                let (schema, name) = second.as_deref().map_or((schema, first.as_str()), |second| (first.as_str(), second));
                if second.is_some() && (is_next || is(end, "(")) && super::outside::is_outside(schema, world) {
                    outside.push(format!("{schema}.{name}"));
                } else if is(end, "(") {
                    found.extend(world.find(Kind::Function, &[schema, name]));
                } else if is_next {
                    found.extend([Kind::Table, Kind::View, Kind::Sequence].iter().find_map(|kind| world.find(*kind, &[schema, name])));
                }
                state.1 = false;
                at = end - 1;
            }
            Sort::Word => match &*token.text.to_ascii_lowercase() {
                "from" if queries.last() != Some(&true) => {}
                // Behind SELECT it is about the whole query.
                "straight_join" if !is_list => {}
                "from" | "join" | "straight_join" => state = (true, true),
                "select" => {
                    state = (false, false);
                    queries.iter_mut().last().into_iter().for_each(|query| *query = true);
                }
                "where" | "group" | "order" | "having" | "limit" | "window" | "union" | "except" | "intersect" => state = (false, false),
                _ => {}
            },
            Sort::Sign => match token.text {
                "," if is_list => state.1 = true,
                "(" => {
                    // Behind any other word stands what a call is given.
                    let before = at.checked_sub(1).and_then(|before| all.get(before)).filter(|before| before.sort == Sort::Word);
                    let is_group = before.is_none_or(|before| GROUPED.iter().any(|word| before.text.eq_ignore_ascii_case(word)));
                    let is_next = is_next && is_group;
                    lists.push((is_next, is_next));
                    queries.push(false);
                }
                ")" if lists.len() > 1 => {
                    lists.pop();
                    queries.pop();
                    state = lists.last().copied().unwrap_or_default();
                    state.1 = false;
                }
                _ => {}
            },
            _ => {}
        }
        if !is(at, "(")
            && let Some(last) = lists.last_mut()
        {
            *last = state;
        }
        at += 1;
    }
    (found, outside)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::patch::outside::tests::manifest;

    #[test]
    fn only_relations_are_in_another_database() {
        let manifest = manifest();
        let world = World::of(&manifest);
        let outside = |text: &str| named(text, "", &world).1;
        for text in [
            "select extract(year from `t`.`d`) as `y`, trim(leading 'x' from `t`.`s`) as `s` from `t` group by `t`.`d`",
            "select `j`.`a` as `a` from `t` join json_table(`t`.`doc`, '$[*]' columns(`a` int path '$')) `j`",
            "select `information_schema`.`tables`.`table_name` as `n` from `information_schema`.`tables` where `t`.`a` in (`t`.`b`, `t`.`c`)",
            "select `x`.`m` as `m` from (select max(`t`.`b`) as `m` from (`t` join `u` on `t`.`a` = `u`.`a`)) `x`",
        ] {
            assert_eq!(outside(text), Vec::<String>::new(), "{text}");
        }
        for text in [
            "select 1 as `a` from `other`.`x`",
            "select straight_join `t`.`a` as `a` from `t` straight_join `other`.`x`",
            "select 1 as `a` from (`t` join `other`.`x` on true)",
            "select (select max(`x`.`a`) from `t`, `other`.`x`) as `a`",
        ] {
            assert_eq!(outside(text), ["other.x"], "{text}");
        }
        assert_eq!(outside("select `other`.`f`(1) as `a`"), ["other.f"]);
    }
}
