//! Triggers, put aside while rows come that were there already, and brought back as they were: such servers know no session for which they do
//! not run. Neighbour: `mod`.

use super::there::text;
use super::{DOING, words};
use crate::connect::{Fault, Session};
use crate::ident::{Ident, Literal};
use evenkeel_core::fault::{Class, Trouble};
use std::collections::BTreeSet;

/// A trigger, by all that SHOW CREATE says but for when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trigger {
    name: String,
    mode: String,
    statement: String,
    client: String,
    collation: String,
    of_database: String,
}

/// In the order in which they run.
pub struct Aside(Vec<Trigger>);

/// Takes them away; and tables whose triggers would not come back as they are, which keep them.
pub async fn put_aside(own: &mut Session) -> Result<(Aside, BTreeSet<String>), Box<Trouble>> {
    let (mut all, mut kept) = (Vec::new(), BTreeSet::new());
    for row in own.rows(include_str!("triggers.sql"), DOING).await.map_err(words)? {
        let (table, name) = (text(own, &row, 0).map_err(words)?, text(own, &row, 1).map_err(words)?);
        let trigger = Trigger::of(own, &name).await.map_err(words)?;
        // A text is sent in UTF-8, whatever a client is said to speak.
        if !trigger.statement.is_ascii() && !trigger.client.starts_with("utf8") {
            kept.insert(table.clone());
        }
        all.push((table, trigger));
    }
    all.retain(|(table, _)| !kept.contains(table));
    let all: Vec<Trigger> = all.into_iter().map(|(_, trigger)| trigger).collect();
    for trigger in &all {
        own.run(&format!("DROP TRIGGER {}", Ident(&trigger.name)), DOING).await.map_err(words)?;
    }
    Ok((Aside(all), kept))
}

impl Aside {
    /// Makes them again.
    ///
    /// # Errors
    /// One is not as it was.
    pub async fn bring_back(self, own: &mut Session) -> Result<(), Box<Trouble>> {
        let Some(_) = self.0.first() else { return Ok(()) };
        for trigger in &self.0 {
            let set = format!(
                "SET SESSION sql_mode = {}, SESSION character_set_client = {}, SESSION collation_connection = {}",
                Literal(&trigger.mode),
                Literal(&trigger.client),
                Literal(&trigger.collation)
            );
            own.run(&set, DOING).await.map_err(words)?;
            own.run(&trigger.statement, "making a trigger again").await.map_err(words)?;
            own.run("SET NAMES utf8mb4", DOING).await.map_err(words)?;
            if Trigger::of(own, &trigger.name).await.map_err(words)? != *trigger {
                let trouble = Trouble::new(Class::CouldNotTell, format!("the trigger {} is not as it was before rows came", trigger.name));
                return Err(Box::new(trouble.fix("leave --data out; or bring rows with a dump: --dump FILE")));
            }
        }
        Ok(())
    }
}

impl Trigger {
    async fn of(own: &mut Session, name: &str) -> Result<Self, Fault> {
        let rows = own.rows(&format!("SHOW CREATE TRIGGER {}", Ident(name)), DOING).await?;
        let said = |column: &str| -> Result<String, Fault> {
            let at = rows.first().map(|row| row.place(column)).transpose().map_err(|wrong| own.wrong(&wrong, DOING))?;
            rows.first().zip(at).map_or_else(|| Ok(String::new()), |(row, at)| text(own, row, at))
        };
        Ok(Self {
            name: name.to_owned(),
            mode: said("sql_mode")?,
            statement: said("SQL Original Statement")?,
            client: said("character_set_client")?,
            collation: said("collation_connection")?,
            of_database: said("Database Collation")?,
        })
    }
}
