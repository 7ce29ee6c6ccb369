//! Kind `constraint`: checks and foreign keys. Primary keys come with the indexes (`index`).

use super::canonical::{self, Context};
use super::reader::{Places, Read, Reader, columns};
use super::statements;
use super::table::Tables;
use super::{lossy, lossy_column};
use crate::connect::rows::Wrong;
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::HashMap;
use std::sync::Arc;

/// Database, table and name as the server spells them.
type Key = (Box<str>, Box<str>, Box<str>);

columns!(CheckAt { schema, table, name, clause, level, enforced });
columns!(KeyAt { schema, table, name, position, column, to_schema, to_table, to_column });
columns!(RuleAt { schema, table, name, on_update, on_delete });

/// Reads checks and foreign keys.
pub async fn read(reader: &Reader<'_>, tables: &Tables) -> Read<Vec<Object>> {
    let mut found = checks(reader, tables).await?;
    found.extend(foreign_keys(reader, tables).await?);
    Ok(found)
}

async fn checks(reader: &Reader<'_>, tables: &Tables) -> Read<Vec<Object>> {
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    let (mut found, mut doubts) = (Vec::new(), Vec::new());
    let mut places = Places::<CheckAt>::unknown();
    reader
        .each(statements::CONSTRAINT, Kind::Constraint, |row| {
            let at = places.of(&row)?;
            let text = |index| Ok::<_, Wrong>(row.text(index)?.unwrap_or_default());
            let Some(facts) = tables.get(&text(at.schema)?, &text(at.table)?) else { return Ok(()) };
            let (schema, table) = facts.place.clone();
            let name = text(at.name)?;
            let is_chosen = &*text(at.level)? == "Column" || canonical::is_chosen(&name, &table, context);
            let mut object = Object::new(Kind::Constraint, Identity::new([schema, table, name.into()]));
            object.set("type", "check");
            object.set("generated_name", is_chosen);
            let printed = text(at.clause)?;
            object.set("expression", canonical::exact(&printed, context));
            canonical::marks(&mut object, "expression", &printed, context);
            object.set("enforced", row.flag(at.enforced)?.unwrap_or(true));
            // MySQL prints it as bytes, which `canonical` reads.
            if reader.flavor.is_mariadb() && lossy::is_doubtful(&printed) {
                doubts.push((found.len(), format!("{}.{}", Ident(&text(at.schema)?), Ident(&text(at.table)?)), printed));
            }
            found.push(object);
            Ok(())
        })
        .await?;
    lossy_column::checks(reader, doubts, &mut found).await?;
    Ok(found)
}

/// The columns of one foreign key, in any order.
#[derive(Default)]
struct Reference {
    to: String,
    columns: Vec<(i64, Box<str>, Box<str>)>,
}

async fn foreign_keys(reader: &Reader<'_>, tables: &Tables) -> Read<Vec<Object>> {
    let mut references: HashMap<Key, Reference> = HashMap::new();
    let mut places = Places::<KeyAt>::unknown();
    reader
        .each(statements::FOREIGN_KEY, Kind::Constraint, |row| {
            let at = places.of(&row)?;
            let text = |index| Ok::<_, Wrong>(row.text(index)?.unwrap_or_default());
            let reference = references.entry((text(at.schema)?, text(at.table)?, text(at.name)?)).or_default();
            if reference.to.is_empty() {
                let place = Identity::new([reader.scope.shown(&text(at.to_schema)?), text(at.to_table)?.into()]);
                reference.to = evenkeel_core::manifest::display(Kind::Table, &place);
            }
            reference.columns.push((row.integer(at.position)?.unwrap_or(0), text(at.column)?, text(at.to_column)?));
            Ok(())
        })
        .await?;
    let mut rules: HashMap<Key, (String, String)> = HashMap::new();
    let mut places = Places::<RuleAt>::unknown();
    reader
        .each(statements::FOREIGN_RULE, Kind::Constraint, |row| {
            let at = places.of(&row)?;
            let text = |index| Ok::<_, Wrong>(row.text(index)?.unwrap_or_default());
            rules.insert((text(at.schema)?, text(at.table)?, text(at.name)?), (action(&text(at.on_update)?), action(&text(at.on_delete)?)));
            Ok(())
        })
        .await?;
    let mut found = Vec::with_capacity(references.len());
    for (key, Reference { to, mut columns }) in references {
        let Some(facts) = tables.get(&key.0, &key.1) else { continue };
        let (schema, table) = facts.place.clone();
        columns.sort_unstable_by_key(|(place, ..)| *place);
        let mut object = Object::new(Kind::Constraint, Identity::new([schema, table, Arc::from(&*key.2)]));
        object.set("type", "foreign key");
        object.set("generated_name", canonical::is_chosen_key(&key.2, &key.1));
        object.set("columns", Value::list(columns.iter().map(|(_, column, _)| column.clone())));
        object.set("references", to);
        object.set("referenced_columns", Value::list(columns.into_iter().map(|(.., column)| column)));
        match rules.remove(&key) {
            Some((on_update, on_delete)) => {
                object.set("on_update", on_update);
                object.set("on_delete", on_delete);
            }
            // MariaDB shows the key and hides its rules from whoever may only read the table.
            None => {
                for property in ["on_update", "on_delete"] {
                    let detail = "the server shows the foreign key and not its actions: the account may not see them".to_owned();
                    reader.gap(Gap::object(&object, Reason::Privilege, detail).attribute(property).cure(ACTIONS));
                }
            }
        }
        found.push(object);
    }
    Ok(found)
}

const ACTIONS: &str = "GRANT SHOW VIEW on the database to the account evenkeel uses";

/// RESTRICT and NO ACTION are the same here: the check is made at once either way.
/// <https://dev.mysql.com/doc/refman/en/create-table-foreign-keys.html>
fn action(rule: &str) -> String {
    if rule == "RESTRICT" { "no action".to_owned() } else { rule.to_ascii_lowercase() }
}
