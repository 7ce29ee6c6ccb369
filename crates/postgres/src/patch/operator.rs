//! Operators, their families and classes, casts, transforms and conversions.

use super::named::{call, named};
use super::text::{arguments_at, callable, whole};
use super::{Maker, Target, flag, list};
use crate::ident::{literal, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Operators;
pub struct Families;
pub struct Classes;
pub struct Casts;
pub struct Transforms;
pub struct Conversions;

impl Maker for Operators {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let signature = object.identity.part(1);
        let at = arguments_at(signature).ok_or("its arguments are not known")?;
        let (name, arguments) = signature.split_at_checked(at).ok_or("its arguments are not known")?;
        let inside = arguments.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
        let (left, right) = split_pair(inside).ok_or("its arguments are not known")?;
        let mut parts = vec![format!("FUNCTION = {}", call(object, "function").ok_or("its function is not known")?)];
        let mut add = |word: &str, value: Option<String>| parts.extend(value.map(|value| format!("{word} = {value}")));
        add("LEFTARG", (left != "NONE").then(|| left.to_owned()));
        add("RIGHTARG", (right != "NONE").then(|| right.to_owned()));
        add("COMMUTATOR", call(object, "commutator").map(|operator| format!("OPERATOR({operator})")));
        add("NEGATOR", call(object, "negator").map(|operator| format!("OPERATOR({operator})")));
        add("RESTRICT", call(object, "restrict"));
        add("JOIN", call(object, "join"));
        for (property, word) in [("hashes", "HASHES"), ("merges", "MERGES")] {
            if flag(object, property) {
                parts.push(word.to_owned());
            }
        }
        Ok(vec![Statement::new(format!("CREATE OPERATOR {}.{name} ({});", quoted(object.identity.part(0)), parts.join(", ")))])
    }
}

/// `a, b`, where neither is cut within quotes or parentheses.
fn split_pair(text: &str) -> Option<(&str, &str)> {
    let (mut depth, mut is_quoted) = (0_i32, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth -= 1,
            ',' if !is_quoted && depth == 0 => return Some((text.get(..at)?, text.get(at + 1..)?.trim_start())),
            _ => {}
        }
    }
    None
}

/// `OPERATOR 1 …` and `FUNCTION 1 …` of a class or family.
fn entries(object: &Object) -> Vec<String> {
    let operators = list(object, "operators").iter().map(|item| format!("OPERATOR {item}"));
    let functions = list(object, "functions").iter().map(|item| format!("FUNCTION {item}"));
    operators.chain(functions).collect()
}

/// `(a, b)` of an entry of a family, by which it is dropped.
fn types_of(item: &str) -> Option<String> {
    let (number, rest) = item.split_once(' ')?;
    if let Some(inside) = rest.strip_prefix('(') {
        let end = inside.find(") ")?;
        return Some(format!("FUNCTION {number} ({})", inside.get(..end)?));
    }
    let operator = rest.split(" FOR ORDER BY ").next()?;
    Some(format!("OPERATOR {number} {}", operator.get(callable(operator).len()..)?))
}

impl Maker for Families {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = named(object).ok_or("its name is not known")?;
        // The class of the same name makes it.
        let class = to.making.to.find(Kind::OperatorClass, &[object.identity.part(0), object.identity.part(1), object.identity.part(2)]);
        let is_with = class.is_some_and(|class| class.get("family").is_none());
        let mut statements = if is_with { Vec::new() } else { vec![Statement::new(format!("CREATE {name};"))] };
        if !is_with && !entries(object).is_empty() {
            statements.push(Statement::new(format!("ALTER {name} ADD {};", entries(object).join(", "))));
        }
        Ok(statements)
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        let parts = [object.identity.part(0), object.identity.part(1), object.identity.part(2)];
        let class = world.find(Kind::OperatorClass, &parts).filter(|class| class.get("family").is_none())?;
        Some(vec![class])
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        if to.before(object).is_some() {
            return Ok(Vec::new());
        }
        let name = named(object).ok_or("its name is not known")?;
        let entries = entries(object);
        let mut statements =
            if entries.is_empty() { Vec::new() } else { vec![Statement::new(format!("ALTER {name} ADD {};", entries.join(", ")))] };
        if let Some(comment) = object.text(super::COMMENT) {
            statements.push(super::named::comment_on(object, Some(comment))?);
        }
        Ok(statements)
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let name = named(change.to).ok_or("its name is not known")?;
        let mut statements = Vec::new();
        for property in ["operators", "functions"] {
            let (was, is) = (list(change.from, property), list(change.to, property));
            for gone in was.iter().filter(|item| !is.contains(item)) {
                let types = types_of(gone).ok_or("an entry of it is not as it should be")?;
                statements.push(Statement::new(format!("ALTER {name} DROP {types};")));
            }
            let word = if property == "operators" { "OPERATOR" } else { "FUNCTION" };
            for new in is.iter().filter(|item| !was.contains(item)) {
                statements.push(Statement::new(format!("ALTER {name} ADD {word} {new};")));
            }
        }
        Ok(statements)
    }
}

impl Maker for Classes {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let default = if flag(object, "default") { " DEFAULT" } else { "" };
        let typ = object.text("type").ok_or("its type is not known")?;
        let family = object.text("family").map(|family| format!(" FAMILY {family}")).unwrap_or_default();
        let mut parts = entries(object);
        parts.extend(object.text("storage").map(|storage| format!("STORAGE {storage}")));
        // One without entries of its own takes those of its family; the grammar wants one part.
        if parts.is_empty() {
            parts.push(format!("STORAGE {typ}"));
        }
        let method = quoted(object.identity.part(2));
        let sql =
            format!("CREATE OPERATOR CLASS {}{default} FOR TYPE {typ} USING {method}{family} AS {};", whole(object), parts.join(", "));
        Ok(vec![Statement::new(sql)])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        object
            .text("family")
            .and_then(|_| world.manifest.of_kind(Kind::OperatorFamily).iter().find(|family| object.text("family") == Some(&whole(family))))
            .into_iter()
            .collect()
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = named(object).ok_or("its name is not known")?;
        let world = to.making.from;
        let family = world.find(Kind::OperatorFamily, &[object.identity.part(0), object.identity.part(1), object.identity.part(2)]);
        let alone = family.filter(|family| {
            let shown = whole(family);
            let others = world.manifest.of_kind(Kind::OperatorClass).iter().any(|class| class.text("family") == Some(&shown));
            // One that goes too has a statement of its own.
            let stays = to.making.to.same(family).is_some();
            stays && object.get("family").is_none() && entries(family).is_empty() && !others
        });
        // Entries that were added to the family of its own would stay there.
        Ok(vec![Statement::new(match alone {
            Some(family) => format!("DROP {} CASCADE;", named(family).ok_or("its name is not known")?),
            None => format!("DROP {name};"),
        })])
    }
}

impl Maker for Casts {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let (source, target) = (object.identity.part(0), object.identity.part(1));
        let how = match object.text("method") {
            Some("function") => format!("WITH FUNCTION {}", object.text("function").ok_or("its function is not known")?),
            Some("inout") => "WITH INOUT".to_owned(),
            _ => "WITHOUT FUNCTION".to_owned(),
        };
        let context = object.text("context").map(|context| format!(" AS {}", context.to_ascii_uppercase())).unwrap_or_default();
        Ok(vec![Statement::new(format!("CREATE CAST ({source} AS {target}) {how}{context};"))])
    }
}

impl Maker for Transforms {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let mut parts = Vec::new();
        for (property, words) in [("from_sql", "FROM SQL WITH FUNCTION"), ("to_sql", "TO SQL WITH FUNCTION")] {
            parts.extend(object.text(property).map(|function| format!("{words} {function}")));
        }
        let (typ, language) = (object.identity.part(0), quoted(object.identity.part(1)));
        Ok(vec![Statement::new(format!("CREATE TRANSFORM FOR {typ} LANGUAGE {language} ({});", parts.join(", ")))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        world.find(Kind::Language, &[object.identity.part(1)]).into_iter().collect()
    }
}

impl Maker for Conversions {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let default = if flag(object, "default") { "DEFAULT " } else { "" };
        let text = |property: &str| object.text(property).map(literal).ok_or_else(|| format!("its {property} is not known"));
        let function = call(object, "function").ok_or("its function is not known")?;
        Ok(vec![Statement::new(format!(
            "CREATE {default}CONVERSION {} FOR {} TO {} FROM {function};",
            whole(object),
            text("source")?,
            text("target")?
        ))])
    }
}
