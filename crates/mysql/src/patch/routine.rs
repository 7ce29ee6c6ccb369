//! Functions, procedures, packages and libraries.

use super::text::{charset_of, dollars};
use super::{Maker, MysqlDialect, Target, flag, list, stored};
use crate::flavor::Flavor;
use crate::grammar::token::{Sort, Token, first, tokens};
use crate::ident::{Ident, Quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Routines {
    pub word: &'static str,
}

fn comment(object: &Object) -> Option<String> {
    let quoted = |text| Quoted { text, has_escapes: stored::has_escapes(object) };
    object.text("comment").map(|text| format!("COMMENT {}", quoted(text)))
}

fn security(object: &Object) -> &'static str {
    // What is assumed of a function is what PostgreSQL does.
    if object.text("security") == Some("definer") { "SQL SECURITY DEFINER" } else { "SQL SECURITY INVOKER" }
}

/// A type or a list of arguments with the character set that each collation belongs to.
fn with_charsets(shown: &str) -> Result<String, String> {
    let all: Vec<Token<'_>> = tokens(shown).collect();
    let mut text = String::with_capacity(shown.len());
    for (at, token) in all.iter().enumerate() {
        if token.sort == Sort::Word && token.text == "collate" {
            let collation = all.get(at + 2).map_or("", |token| token.text);
            text.push_str(&format!("character set {} ", charset_of(collation)?));
        }
        text.push_str(token.text);
    }
    Ok(text)
}

impl Routines {
    fn statement(&self, object: &Object, to: &Target<'_>) -> Result<String, String> {
        if let Some(library) = object.text("library") {
            return loadable(object, library);
        }
        let body = object.text("body").ok_or("its body is not known")?;
        let is_oracle = stored::is_oracle(object);
        let aggregate = if flag(object, "aggregate") { " AGGREGATE" } else { "" };
        let arguments = with_charsets(object.text("arguments").unwrap_or_default())?;
        let arguments = if is_oracle { modes_behind(&arguments) } else { arguments };
        let mut sql = format!("CREATE{}{aggregate} {} {}({arguments})", stored::definer(object, to)?, self.word, to.whole(object));
        let mut add = |words: &str| {
            sql.push(' ');
            sql.push_str(words);
        };
        if self.word == "FUNCTION" {
            let returns = with_charsets(object.text("returns").ok_or("what it returns is not known")?)?;
            add(&format!("{} {returns}", if is_oracle { "RETURN" } else { "RETURNS" }));
        }
        if flag(object, "deterministic") {
            add("DETERMINISTIC");
        }
        let language = object.text("language").unwrap_or("sql");
        if language != "sql" {
            add(&format!("LANGUAGE {}", language.to_ascii_uppercase()));
        }
        add(&object.text("data_access").unwrap_or("contains sql").to_ascii_uppercase());
        add(security(object));
        if let Some(comment) = comment(object) {
            add(&comment);
        }
        if language == "sql" {
            if is_oracle && !begins(body) {
                add("AS");
            }
            sql.push('\n');
            sql.push_str(body);
            sql.push(';');
            return Ok(sql);
        }
        let libraries = list(object, "libraries").iter().map(|shown| used(shown, to)).collect::<Result<Vec<_>, _>>()?;
        if !libraries.is_empty() {
            add(&format!("USING ({})", libraries.join(", ")));
        }
        let tag = dollars(body);
        add(&format!("AS {tag}{body}{tag};"));
        Ok(sql)
    }
}

/// `name as alias`.
fn used(shown: &str, to: &Target<'_>) -> Result<String, String> {
    let (name, alias) = shown.rsplit_once(" as ").map_or((shown, None), |(name, alias)| (name, Some(alias)));
    let whole = match shown_parts(name).as_deref() {
        Some([name]) => to.dialect.place.qualified("", name),
        Some([schema, name]) => to.dialect.place.qualified(schema, name),
        _ => return Err(format!("the name of the library {shown} cannot be read")),
    };
    Ok(alias.map_or_else(|| whole.clone(), |alias| format!("{whole} AS {}", Ident(alias))))
}

/// Functions out of a file of the server.
fn loadable(object: &Object, library: &str) -> Result<String, String> {
    let returns = object.text("returns").ok_or("what it returns is not known")?;
    let aggregate = if flag(object, "aggregate") { "AGGREGATE " } else { "" };
    Ok(format!(
        "CREATE {aggregate}FUNCTION {} RETURNS {} SONAME {};",
        Ident(object.identity.part(1)),
        returns.to_ascii_uppercase(),
        Quoted::of(library)
    ))
}

/// Whether the text begins with the word that stands before it in the manner of Oracle: servers keep it where options stand before that.
fn begins(text: &str) -> bool {
    first(text).is_some_and(|token| token.text.eq_ignore_ascii_case("as") || token.text.eq_ignore_ascii_case("is"))
}

/// In the manner of Oracle a mode stands behind the name: `` `a` out int ``.
fn modes_behind(arguments: &str) -> String {
    let all: Vec<Token<'_>> = tokens(arguments).collect();
    let mut text = String::with_capacity(arguments.len());
    let mut at = 0;
    while let Some(token) = all.get(at) {
        if token.sort == Sort::Word
            && matches!(token.text, "out" | "inout")
            && let Some(name) = all.get(at + 2).filter(|name| name.sort == Sort::Name)
        {
            text.push_str(&format!("{} {}", name.text, token.text));
            at += 3;
            continue;
        }
        text.push_str(token.text);
        at += 1;
    }
    text
}

/// Whether ALTER says all that changes.
fn is_told(change: &Change<'_>) -> bool {
    change.only(&["comment", "security", "data_access"])
}

/// Whether MariaDB puts it in the place of the old one, with all rights on it: what reads it keeps what it made of it then.
/// <https://mariadb.com/docs/server/server-usage/stored-routines/stored-functions/create-function#or-replace>
fn is_put_in_its_place(change: &Change<'_>, flavor: &Flavor) -> bool {
    let seen = ["returns", "aggregate", "arguments", "library", "language"];
    flavor.is_mariadb() && !is_told(change) && change.to.get("library").is_none() && !seen.iter().any(|attribute| change.touches(attribute))
}

impl Maker for Routines {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let statement = Statement::new(self.statement(object, to)?);
        if object.get("library").is_some() { Ok(vec![statement]) } else { stored::kept(object, statement, to) }
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), dialect: &MysqlDialect) -> Way {
        let is_taken_back = change.touches("comment") && change.to.text("comment").is_none() && !dialect.flavor.takes_comments_back();
        let is_told = is_told(change) && !is_taken_back;
        if is_told || is_put_in_its_place(change, &dialect.flavor) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let object = change.to;
        if !is_told(change) || is_put_in_its_place(change, to.flavor()) {
            let sql = self.statement(object, to)?.replacen("CREATE", "CREATE OR REPLACE", 1);
            return stored::kept(object, stored::opens(change).into_iter().fold(Statement::new(sql), Statement::hazard), to);
        }
        let mut clauses = Vec::new();
        if change.touches("data_access") {
            clauses.push(object.text("data_access").unwrap_or("contains sql").to_ascii_uppercase());
        }
        if change.touches("security") {
            clauses.push(security(object).to_owned());
        }
        if change.touches("comment") {
            clauses.push(format!("COMMENT {}", Quoted::of(object.text("comment").unwrap_or_default())));
        }
        let word = if object.kind == Kind::Function { "FUNCTION" } else { "PROCEDURE" };
        let statement = Statement::new(format!("ALTER {word} {} {};", to.whole(object), clauses.join(" ")));
        Ok(vec![stored::opens(change).into_iter().fold(statement, Statement::hazard)])
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = if object.get("library").is_some() { Ident(object.identity.part(1)).to_string() } else { to.whole(object) };
        Ok(vec![Statement::new(format!("DROP {} {name};", self.word))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        let name = |shown: &'w str| shown.rsplit_once(" as ").map_or(shown, |(name, _)| name);
        list(object, "libraries").iter().filter_map(|shown| world.shown("library", name(shown))).collect()
    }
}

/// Packages of MariaDB, which are written in the manner of Oracle: what others may call, and how it does it.
pub struct Packages;

impl Maker for Packages {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut found = Vec::new();
        for (property, word) in [("specification", "PACKAGE"), ("body", "PACKAGE BODY")] {
            let Some(text) = object.text(property) else { continue };
            let comment = comment(object).map(|comment| format!(" {comment}")).unwrap_or_default();
            let head = format!("CREATE{} {word} {}", stored::definer(object, to)?, to.whole(object));
            let security = if object.text("security") == Some("invoker") { "INVOKER" } else { "DEFINER" };
            let sql = format!("{head} SQL SECURITY {security}{comment}{}\n{text};", if begins(text) { "" } else { " AS" });
            found.extend(stored::kept(object, Statement::new(sql), to)?);
        }
        Ok(found)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        // Older servers know the word in that mode alone.
        let set = |modes: &str| Statement::new(format!("SET SESSION sql_mode = '{modes}';"));
        Ok(vec![set("ORACLE"), Statement::new(format!("DROP PACKAGE {};", to.whole(object))), set(stored::MODES)])
    }
}

/// Code that routines of MySQL take in.
pub struct Libraries;

impl Maker for Libraries {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let body = object.text("body").ok_or("its text is not known")?;
        let language = object.text("language").ok_or("its language is not known")?.to_ascii_uppercase();
        let comment = comment(object).map(|comment| format!(" {comment}")).unwrap_or_default();
        let tag = dollars(body);
        let sql = format!("CREATE LIBRARY {}{comment} LANGUAGE {language} AS {tag}{body}{tag};", to.whole(object));
        stored::kept(object, Statement::new(sql), to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("DROP LIBRARY {};", to.whole(object)))])
    }
}
