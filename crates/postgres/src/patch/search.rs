//! Text search: parsers, templates, dictionaries, configurations.

use super::named::call;
use super::text::whole;
use super::{Maker, Target, list};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Parsers;
pub struct Templates;
pub struct Dictionaries;
pub struct Configurations;

fn with_functions(object: &Object, what: &str, properties: &[(&str, &str)]) -> Written {
    let parts: Vec<String> =
        properties.iter().filter_map(|(property, word)| call(object, property).map(|function| format!("{word} = {function}"))).collect();
    Ok(vec![Statement::new(format!("CREATE TEXT SEARCH {what} {} ({});", whole(object), parts.join(", ")))])
}

impl Maker for Parsers {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let words = [("start", "START"), ("token", "GETTOKEN"), ("end", "END"), ("headline", "HEADLINE"), ("types", "LEXTYPES")];
        with_functions(object, "PARSER", &words)
    }
}

impl Maker for Templates {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        with_functions(object, "TEMPLATE", &[("init", "INIT"), ("lexize", "LEXIZE")])
    }
}

impl Maker for Dictionaries {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let template = object.text("template").ok_or("its template is not known")?;
        let options = object.text("options").map(|options| format!(", {options}")).unwrap_or_default();
        Ok(vec![Statement::new(format!("CREATE TEXT SEARCH DICTIONARY {} (TEMPLATE = {template}{options});", whole(object)))])
    }
}

impl Maker for Configurations {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let parser = object.text("parser").unwrap_or("pg_catalog.\"default\"");
        let parser = if parser == "default" { "pg_catalog.\"default\"" } else { parser };
        let mut statements = vec![Statement::new(format!("CREATE TEXT SEARCH CONFIGURATION {} (PARSER = {parser});", whole(object)))];
        statements.extend(mappings(object, &[])?);
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["mappings"]) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        mappings(change.to, list(change.from, "mappings"))
    }
}

/// Each `token: dictionary, dictionary`.
fn mappings(object: &Object, before: &[Box<str>]) -> Written {
    let token = |item: &str| item.split(": ").next().unwrap_or_default().to_owned();
    let is = list(object, "mappings");
    let (was, now): (Vec<String>, Vec<String>) =
        (before.iter().map(|item| token(item)).collect(), is.iter().map(|item| token(item)).collect());
    let alter = |what: String| Statement::new(format!("ALTER TEXT SEARCH CONFIGURATION {} {what};", whole(object)));
    let mut statements: Vec<Statement> =
        was.iter().filter(|token| !now.contains(token)).map(|token| alter(format!("DROP MAPPING FOR {token}"))).collect();
    for item in is.iter().filter(|item| !before.contains(item)) {
        let (token, dictionaries) = item.split_once(": ").ok_or("a mapping of it is not as it should be")?;
        let verb = if was.iter().any(|known| known == token) { "ALTER" } else { "ADD" };
        statements.push(alter(format!("{verb} MAPPING FOR {token} WITH {dictionaries}")));
    }
    Ok(statements)
}
