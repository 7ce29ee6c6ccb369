//! Queries that clients have sent, as `pg_stat_statements` keeps them. Neighbour: `prepare`, which has queries planned.
//! <https://www.postgresql.org/docs/current/pgstatstatements.html>

use crate::connect::{Fault, Target, connect};
use crate::ident::quoted;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Heard, Limits, Noticed};

/// Where the extension is.
pub(super) const PLACE: &str = "SELECT n.nspname::pg_catalog.text AS schema FROM pg_catalog.pg_extension e \
                     JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'";
/// What stands in the place of a text that the role may not see.
const HIDDEN: &str = "<insufficient privilege>";
const DOING: &str = "reading pg_stat_statements";

/// All of the database.
///
/// # Errors
/// The server cannot be reached, or goes away; it keeps no statistics.
pub async fn all(target: &Target, limits: &Limits) -> Result<Noticed, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let none = |found: String| {
        Box::new(
            Trouble::new(Class::Configuration, format!("{target} keeps no statistics of queries"))
                .expected("the extension pg_stat_statements, loaded and made in the database")
                .found(found)
                .fix("shared_preload_libraries = 'pg_stat_statements', then CREATE EXTENSION pg_stat_statements"),
        )
    };
    let place = session.client.query_typed(PLACE, &[]).await.map_err(|error| words(session.fault(&error, DOING)))?;
    let Some(schema) = place.first().and_then(|row| row.try_get::<_, String>("schema").ok()) else {
        return Err(none("the extension is not there".to_owned()));
    };
    // Who looks at the statistics is no client of the database.
    let query = format!(
        "SELECT s.query::pg_catalog.text AS query, pg_catalog.sum(s.calls)::pg_catalog.int8 AS calls FROM {}.pg_stat_statements s \
         WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         AND s.query NOT LIKE '%pg_stat_statements%' GROUP BY 1 ORDER BY 1",
        quoted(&schema)
    );
    let rows = match session.client.query_typed(&query, &[]).await {
        Ok(rows) => rows,
        // It is made, and the library is not loaded.
        Err(error) if error.as_db_error().is_some_and(|said| said.code().code() == "55000") => {
            return Err(none(error.as_db_error().map(|said| said.message().to_owned()).unwrap_or_default()));
        }
        Err(error) => return Err(words(session.fault(&error, DOING))),
    };
    session.end().await.map_err(words)?;
    let mut noticed = Noticed::default();
    for row in &rows {
        match row.try_get::<_, Option<String>>("query") {
            Ok(Some(text)) if text == HIDDEN => {
                noticed.hidden.push("what other roles asked is not seen: GRANT pg_read_all_stats".to_owned());
            }
            Ok(Some(text)) => {
                let calls = row.try_get::<_, i64>("calls").ok().and_then(|calls| u64::try_from(calls).ok()).unwrap_or(1);
                noticed.queries.push(Heard { text, cut: None, calls });
            }
            // Its texts were thrown away by the server.
            Ok(None) => noticed.hidden.push("texts of queries that pg_stat_statements has let go of".to_owned()),
            Err(error) => return Err(words(session.fault(&error, DOING))),
        }
    }
    Ok(noticed)
}
