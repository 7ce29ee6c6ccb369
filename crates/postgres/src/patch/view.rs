//! Views and materialised views. A view is replaced in place where its columns stay as they are, and made bare, with its columns alone,
//! where it and what it reads need each other.

use super::text::{last, parameters, whole};
use super::{Maker, Target, is_not, list};
use crate::ident::quoted;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Views;
pub struct MaterializedViews;

/// What a view shows to whom it did not before, where it does not ask any more for the rights of who reads, or keeps no rows from code.
fn opens(change: &Change<'_>) -> Option<Hazard> {
    let has = |object: &Object, option: &str| {
        let is_on =
            |item: &str| item.split_once('=').is_some_and(|(name, value)| name == option && !matches!(value, "false" | "off" | "0" | "no"));
        list(object, "options").iter().any(|item| is_on(item))
    };
    let lost = |option: &str| has(change.from, option) && !has(change.to, option);
    let shown = change.to.display();
    if lost("security_invoker") {
        return Some(Hazard::Opens(format!("what its owner may read, by {shown}, to whoever may read that")));
    }
    lost("security_barrier").then(|| Hazard::Opens(format!("rows that {shown} leaves out to code of whoever may read it")))
}

/// What the server prints has a `;` at its end or none.
fn query(object: &Object) -> Result<&str, String> {
    Ok(object.text("definition").ok_or("its query is not known")?.trim_end().trim_end_matches(';'))
}

fn names(object: &Object, world: &World<'_>) -> String {
    let columns = world.columns(object.identity.part(0), object.identity.part(1));
    if columns.is_empty() {
        String::new()
    } else {
        format!(" ({})", columns.iter().map(|column| last(column)).collect::<Vec<_>>().join(", "))
    }
}

fn view(object: &Object, world: &World<'_>, head: &str, query: &str) -> Statement {
    let options = parameters(list(object, "options"), "");
    let with = if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
    Statement::new(format!("{head} {}{}{with} AS\n{query};", whole(object), names(object, world)))
}

/// Its columns, each as a NULL of its type.
fn bare(object: &Object, world: &World<'_>) -> Result<String, String> {
    let columns = world.columns(object.identity.part(0), object.identity.part(1));
    let nulls = columns.iter().map(|column| {
        let collation = column.text("collation").map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
        let typ = column.text("type").ok_or("the type of a column is not known")?;
        Ok(format!("NULL::{typ}{collation} AS {}", last(column)))
    });
    let nulls = nulls.collect::<Result<Vec<String>, String>>()?;
    Ok(format!("SELECT {}", nulls.join(", ")))
}

/// Defaults and comments of a view's columns.
fn columns(object: &Object, to: &Target<'_>) -> Written {
    let mut statements = Vec::new();
    for column in to.making.to.columns(object.identity.part(0), object.identity.part(1)) {
        if let Some(default) = column.text("default").filter(|_| object.kind == Kind::View) {
            let sql = format!("ALTER VIEW {} ALTER COLUMN {} SET DEFAULT {default};", whole(object), last(column));
            statements.push(Statement::new(sql));
        }
        if object.kind == Kind::MaterializedView {
            // ALTER TABLE takes materialized views for this.
            statements.extend(super::column::settings(column, to));
        }
        statements.extend(super::named::remarks(column)?);
    }
    Ok(statements)
}

impl Maker for Views {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let world = to.making.to;
        if to.making.is_bare(object) {
            return Ok(vec![view(object, world, "CREATE VIEW", &bare(object, world)?)]);
        }
        let mut statements = vec![view(object, world, "CREATE VIEW", query(object)?)];
        statements.extend(columns(object, to)?);
        Ok(statements)
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut statements = vec![view(object, to.making.to, "CREATE OR REPLACE VIEW", query(object)?)];
        statements.extend(columns(object, to)?);
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        if !change.touches("definition") {
            return Way::InPlace;
        }
        // Columns may be added at the end, and none may go or become another.
        let of = |world: &World<'_>| -> Vec<(String, Option<String>, Option<String>)> {
            let columns = world.columns(change.to.identity.part(0), change.to.identity.part(1));
            let text = |column: &Object, name| column.text(name).map(str::to_owned);
            columns.iter().map(|column| (last(column), text(column, "type"), text(column, "collation"))).collect()
        };
        if of(to).starts_with(&of(from)) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let object = change.to;
        let mut statements = if change.touches("definition") {
            vec![view(object, to.making.to, "CREATE OR REPLACE VIEW", query(object)?)]
        } else {
            let name = whole(object);
            super::parameter::changes((change.from, object), "options", "", &|what| Statement::new(format!("ALTER VIEW {name} {what};")))
        };
        if let Some(opens) = opens(change) {
            statements = statements.into_iter().map(|statement| statement.hazard(opens.clone())).collect();
        }
        Ok(statements)
    }
}

impl Maker for MaterializedViews {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut sql = format!("CREATE MATERIALIZED VIEW {}{}", whole(object), names(object, to.making.to));
        if let Some(method) = object.text("access_method") {
            sql.push_str(&format!(" USING {}", quoted(method)));
        }
        let mut options = parameters(list(object, "options"), "");
        options.extend(parameters(list(object, "toast_options"), "toast."));
        if !options.is_empty() {
            sql.push_str(&format!(" WITH ({})", options.join(", ")));
        }
        if let Some(space) = object.text("tablespace") {
            sql.push_str(&format!(" TABLESPACE {}", quoted(space)));
        }
        let data = if is_not(object, "populated") { " WITH NO DATA" } else { "" };
        sql.push_str(&format!(" AS\n{}{data};", query(object)?));
        let mut statements = vec![if is_not(object, "populated") { Statement::new(sql) } else { filled(Statement::new(sql), object, to) }];
        statements.extend(columns(object, to)?);
        Ok(statements)
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        let index = object.text("cluster_on")?;
        Some(world.find(Kind::Index, &[object.identity.part(0), index]).into_iter().collect())
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        let is_said = to.before(object).is_some_and(|before| before.get("cluster_on") == object.get("cluster_on"));
        let clustered = object
            .text("cluster_on")
            .filter(|_| !is_said)
            .map(|index| format!("ALTER MATERIALIZED VIEW {} CLUSTER ON {};", whole(object), quoted(index)));
        Ok(clustered.map(Statement::new).into_iter().collect())
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.touches("definition") || change.touches("access_method") { Way::Replace } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let (object, name) = (change.to, whole(change.to));
        let alter = |what: String| Statement::new(format!("ALTER MATERIALIZED VIEW {name} {what};"));
        let mut statements = super::parameter::changes((change.from, object), "options", "", &alter);
        statements.extend(super::parameter::changes((change.from, object), "toast_options", "toast.", &alter));
        if change.touches("tablespace") {
            let space = object.text("tablespace").unwrap_or("pg_default");
            statements.push(alter(format!("SET TABLESPACE {}", quoted(space))).hazard(Hazard::Rewrites(name.clone())));
        }
        if change.touches("cluster_on") && object.get("cluster_on").is_none() {
            statements.push(alter("SET WITHOUT CLUSTER".to_owned()));
        }
        if change.touches("populated") {
            let data = if is_not(object, "populated") { " WITH NO DATA" } else { "" };
            let statement = Statement::new(format!("REFRESH MATERIALIZED VIEW {name}{data};"));
            statements.push(if data.is_empty() { filled(statement, object, to) } else { statement });
        }
        Ok(statements)
    }
}

/// What runs its query: a trial had no rows.
fn filled(statement: Statement, object: &Object, to: &Target<'_>) -> Statement {
    if to.making.form.throwaway {
        return statement;
    }
    let fails = Hazard::FailsIf(format!("the query of {} fails on rows that are there", whole(object)));
    statement.hazard(Hazard::Scans(format!("what {} reads", whole(object)))).hazard(fails)
}
