//! Functions, procedures and aggregates.

use super::named::{call, named};
use super::text::{name_of, signature, upper};
use super::{Maker, Target, flag, integer, list};
use crate::ident::{dotted, literal, qualified, quoted};
use crate::knowledge::settings;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Routines {
    pub word: &'static str,
}
pub struct Aggregates;

/// `name = value` of a setting. What may not be shown is in no manifest.
pub fn setting(name: &str, value: &str) -> Result<String, String> {
    if matches!(value, evenkeel_core::setting::SET | evenkeel_core::setting::UNSET) {
        return Err(format!("the value of {name} may be secret and is in no manifest"));
    }
    let value = match (settings::LISTS.contains(&name), value) {
        (true, list) => names(list).iter().map(|name| literal(name)).collect::<Vec<_>>().join(", "),
        (false, value) => literal(value),
    };
    Ok(format!("{} = {value}", dotted(name)))
}

/// The names of a list as the catalog keeps it: quoted where they must be, with commas between.
fn names(list: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut letters = list.chars().peekable();
    let mut is_quoted = false;
    while let Some(letter) = letters.next() {
        let Some(name) = names.last_mut() else { break };
        match letter {
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => name.push('"'),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => names.push(String::new()),
            ' ' if !is_quoted => {}
            letter => name.push(letter),
        }
    }
    names
}

fn number(object: &Object, property: &str) -> Option<String> {
    match object.get(property) {
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    }
}

fn create(object: &Object, word: &str, head: &str) -> Result<Statement, String> {
    let name = name_of(object.identity.part(1)).ok_or("its name cannot be told apart from its arguments")?;
    let mut sql = format!("{head} {word} {}({})", qualified(object.identity.part(0), name), object.text("arguments").unwrap_or_default());
    if let Some(returns) = object.text("returns") {
        sql.push_str(&format!("\n RETURNS {returns}"));
    }
    let language = object.text("language").ok_or("its language is not known")?;
    sql.push_str(&format!("\n LANGUAGE {}", quoted(language)));
    let transforms: Vec<String> = list(object, "transforms").iter().map(|typ| format!("FOR TYPE {typ}")).collect();
    if !transforms.is_empty() {
        sql.push_str(&format!("\n TRANSFORM {}", transforms.join(", ")));
    }
    if flag(object, "window") {
        sql.push_str(" WINDOW");
    }
    if word == "FUNCTION" {
        sql.push_str(&format!(" {}", upper(object.text("volatility").unwrap_or("volatile"))));
        if flag(object, "strict") {
            sql.push_str(" STRICT");
        }
        if flag(object, "leakproof") {
            sql.push_str(" LEAKPROOF");
        }
        sql.push_str(&format!(" PARALLEL {}", upper(object.text("parallel").unwrap_or("unsafe"))));
        for (property, clause) in [("cost", "COST"), ("rows", "ROWS")] {
            if let Some(number) = number(object, property) {
                sql.push_str(&format!(" {clause} {number}"));
            }
        }
        if let Some(support) = call(object, "support") {
            sql.push_str(&format!(" SUPPORT {support}"));
        }
    }
    if object.text("security") == Some("definer") {
        sql.push_str(" SECURITY DEFINER");
    }
    for item in list(object, "configuration") {
        let (name, value) = item.split_once('=').ok_or("a setting of it is not as it should be")?;
        if settings::known(name).is_none() && name.contains('.') && value == evenkeel_core::setting::SET {
            return Err(format!("the value of {name} may be secret and is in no manifest"));
        }
        sql.push_str(&format!("\n SET {}", setting(name, value)?));
    }
    let body = object.text("body").unwrap_or_default();
    match (object.text("library"), language) {
        (Some(library), _) => sql.push_str(&format!("\n AS {}, {}", literal(library), literal(body))),
        // A body that is a text has a layout; the server printed the other.
        (None, "sql") if object.get("layout").is_none() => sql.push_str(&format!("\n {body}")),
        (None, _) => sql.push_str(&format!("\n AS {}", dollar(body))),
    }
    Ok(Statement::new(format!("{sql};")))
}

/// A text between dollars, whose mark is not in it.
fn dollar(text: &str) -> String {
    let mut mark = "$$".to_owned();
    let mut number = 0;
    // A `$` at its end would begin the mark.
    while text.contains(&mark) || text.ends_with('$') && mark == "$$" {
        number += 1;
        mark = format!("$body{number}$");
    }
    format!("{mark}{text}{mark}")
}

impl Maker for Routines {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        Ok(vec![create(object, self.word, "CREATE")?])
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        // Names and defaults of arguments may not go, the result may not become another.
        if ["arguments", "returns", "window"].iter().any(|attribute| change.touches(attribute)) { Way::Replace } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let object = change.to;
        let only_settings = change.only(&["configuration"]);
        if only_settings {
            let named = named(object).ok_or("its name cannot be told apart from its arguments")?;
            let name = |item: &str| item.split('=').next().unwrap_or_default().to_owned();
            let (was, is) = (list(change.from, "configuration"), list(object, "configuration"));
            let kept: Vec<String> = is.iter().map(|item| name(item)).collect();
            let mut statements = Vec::new();
            for gone in was.iter().map(|item| name(item)).filter(|name| !kept.contains(name)) {
                statements.push(Statement::new(format!("ALTER {named} RESET {};", dotted(&gone))));
            }
            for item in is.iter().filter(|item| !was.contains(item)) {
                let (name, value) = item.split_once('=').ok_or("a setting of it is not as it should be")?;
                statements.push(Statement::new(format!("ALTER {named} SET {};", setting(name, value)?)));
            }
            return Ok(statements);
        }
        let mut statement = create(object, self.word, "CREATE OR REPLACE")?;
        if change.touches("security") && object.text("security") == Some("definer") {
            statement = statement.hazard(Hazard::Opens(format!("what its owner may do to whoever may call {}", object.display())));
        }
        // Stored values, keys of indexes and rows that a check let in are as the function was.
        let stored = to.making.from.told_users(change.from).into_iter().filter(|user| match user.kind {
            Kind::Index | Kind::Constraint | Kind::MaterializedView => true,
            Kind::Column => user.get("generated").is_some(),
            _ => false,
        });
        let names: Vec<String> = stored.map(World::name_of).take(5).collect();
        let is_body = ["body", "language", "library", "configuration", "strict"].iter().any(|attribute| change.touches(attribute));
        Ok(vec![if names.is_empty() || !is_body { statement } else { statement.hazard(Hazard::Leaves(names.join(", "))) }])
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        let signature = signature(object.identity.part(0), object.identity.part(1));
        let signature = signature.ok_or("its name cannot be told apart from its arguments")?;
        Ok(vec![Statement::new(format!("DROP {} {signature};", self.word))])
    }
}

impl Maker for Aggregates {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let name = name_of(object.identity.part(1)).ok_or("its name cannot be told apart from its arguments")?;
        let mut parts = Vec::new();
        let mut add = |word: &str, value: Option<String>| parts.extend(value.map(|value| format!("{word} = {value}")));
        add("SFUNC", call(object, "transition"));
        add("STYPE", object.text("state").map(str::to_owned));
        add("SSPACE", integer(object, "state_size").map(|size| size.to_string()));
        add("FINALFUNC", call(object, "final"));
        let modify = |property: &str| object.text(property).map(|word| upper(word).replace(' ', "_"));
        add("FINALFUNC_MODIFY", modify("final_modify"));
        add("COMBINEFUNC", call(object, "combine"));
        add("SERIALFUNC", call(object, "serial"));
        add("DESERIALFUNC", call(object, "deserial"));
        add("INITCOND", object.text("initial").map(literal));
        add("MSFUNC", call(object, "moving_transition"));
        add("MINVFUNC", call(object, "moving_inverse"));
        add("MSTYPE", object.text("moving_state").map(str::to_owned));
        add("MSSPACE", integer(object, "moving_state_size").map(|size| size.to_string()));
        add("MFINALFUNC", call(object, "moving_final"));
        add("MFINALFUNC_MODIFY", modify("moving_final_modify"));
        add("MINITCOND", object.text("moving_initial").map(literal));
        add("SORTOP", call(object, "sort_operator").map(|operator| format!("OPERATOR({operator})")));
        add("PARALLEL", object.text("parallel").map(upper));
        for (property, word) in [("final_extra", "FINALFUNC_EXTRA"), ("moving_final_extra", "MFINALFUNC_EXTRA")] {
            if flag(object, property) {
                parts.push(word.to_owned());
            }
        }
        if object.text("type") == Some("hypothetical set") {
            parts.push("HYPOTHETICAL".to_owned());
        }
        let arguments = object.text("arguments").unwrap_or("*");
        let sql = format!("CREATE AGGREGATE {}({arguments}) ({});", qualified(object.identity.part(0), name), parts.join(", "));
        Ok(vec![Statement::new(sql)])
    }
}

/// Sets where names are looked up while the statements run, where a new column calls code of which the server reads the text for it:
/// SQL that names things without their schema finds them only there.
pub fn looked_up(object: &Object, to: &Target<'_>, statements: &mut Vec<Statement>) {
    let world = to.making.to;
    let columns = match object.kind {
        Kind::Table => world.columns(object.identity.part(0), object.identity.part(1)),
        Kind::Column => world.same(object).into_iter().collect(),
        _ => return,
    };
    let computes = |column: &&Object| column.get("generated").is_some() || column.get("default").is_some();
    let is_read = |code: &&Object| {
        let is_fixed = list(code, "settings").iter().any(|setting| setting.starts_with("search_path"));
        matches!(code.kind, Kind::Function) && code.text("language") == Some("sql") && !is_fixed
    };
    let columns: Vec<&Object> = columns.into_iter().filter(computes).collect();
    let called = columns.iter().flat_map(|column| world.told_needs(column)).filter(is_read);
    let schemas: std::collections::BTreeSet<&str> = called.map(|code| code.identity.part(0)).collect();
    if schemas.is_empty() || statements.is_empty() {
        return;
    }
    let path = schemas.into_iter().map(quoted).collect::<Vec<_>>().join(", ");
    statements.insert(0, Statement::new(format!("SET search_path = {path};")));
    statements.push(Statement::new("SET search_path = '';"));
}

#[cfg(test)]
mod tests {
    use super::{dollar, names};

    #[test]
    fn a_list_is_cut_at_commas_outside_of_quotes() {
        assert_eq!(names("pg_catalog, \"A, \"\"b\", \"\""), ["pg_catalog", "A, \"b", ""]);
        assert_eq!(names(""), [""]);
    }

    #[test]
    fn a_body_is_told_from_its_marks() {
        assert_eq!(dollar("a"), "$$a$$");
        assert_eq!(dollar("a $$ b"), "$body1$a $$ b$body1$");
        assert_eq!(dollar("a $$ $body1$"), "$body2$a $$ $body1$$body2$");
        assert_eq!(dollar("a$"), "$body1$a$$body1$");
    }
}
