//! The script that lets a role capture everything: complete, with what the role has already commented out.
//!
//! Lives here: what a capture needs, as SQL. Neighbour: `capture` names the same cures one by one, as gaps.

use crate::capture::render;
use crate::connect::{Fault, Limits, Target, connect};
use crate::flavor;
use crate::ident::{dotted, quoted};
use evenkeel_core::port::{self, Step};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

/// The script for a role on the target's database; of the one that connects, where none is named. Reads only; needs no privilege.
///
/// # Errors
/// The server cannot be reached, refuses, or goes away.
pub async fn script(target: &Target, limits: &Limits, role: Option<&str>) -> Result<String, Fault> {
    let described = target.describe();
    let role = role.unwrap_or(&described.user.value);
    let session = connect(target).await?;
    session.begin_read_only(limits, None).await?;
    let major = flavor::major_of(session.server_version_num);
    let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&role, Type::TEXT)];
    let mut answers = Vec::new();
    for text in [include_str!("state.sql"), include_str!("schema.sql"), include_str!("own_setting.sql")] {
        let rows = session.client.query_typed(&render(text, major), &parameters).await;
        answers.push(rows.map_err(|error| session.fault(&error, "reading the privileges of a role"))?);
    }
    session.end().await?;
    let [state, schemas, settings] = answers.as_slice() else { return Ok(String::new()) };
    let steps = steps(role, major, state, schemas, settings).map_err(|error| session.fault(&error, "reading the privileges of a role"))?;
    Ok(written(role, &session.server_version, &steps))
}

fn steps(role: &str, major: u16, state: &[Row], schemas: &[Row], settings: &[Row]) -> Result<Vec<Step>, tokio_postgres::Error> {
    let Some(state) = state.first() else { return Ok(Vec::new()) };
    let has = |index: usize| Ok::<_, tokio_postgres::Error>(state.try_get::<_, Option<bool>>(index)?.unwrap_or(false));
    let (database, exists, superuser): (String, bool, bool) = (state.try_get(0)?, has(1)?, has(2)?);
    let to = quoted(role);
    let inherited = if major >= flavor::INHERIT_BY_MEMBERSHIP { " WITH INHERIT TRUE" } else { "" };
    let step = |sql: String, why: &str, done| Step { sql, why: why.to_owned(), done };
    let mut steps = vec![
        step(format!("CREATE ROLE {to} LOGIN;"), "then give it a password with \\password", exists),
        step(format!("GRANT CONNECT ON DATABASE {} TO {to};", quoted(&database)), "schema, privileges", has(3)?),
        step(format!("GRANT pg_monitor TO {to}{inherited};"), "all settings; names and lag of replicas", superuser || has(4)?),
    ];
    if major < flavor::INHERIT_BY_MEMBERSHIP && exists && !superuser && !has(8)? {
        steps.push(step(format!("ALTER ROLE {to} INHERIT;"), "memberships count without SET ROLE", false));
    }
    if major >= flavor::READ_ALL_DATA {
        steps.push(step(format!("GRANT pg_read_all_data TO {to}{inherited};"), "statistics of columns", superuser || has(5)?));
    } else {
        for row in schemas {
            let (schema, usage, select): (String, bool, bool) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let schema = quoted(&schema);
            steps.push(step(format!("GRANT USAGE ON SCHEMA {schema} TO {to};"), "statistics of columns", superuser || usage));
            steps.push(step(
                format!("GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {to};"),
                "statistics of columns",
                superuser || select,
            ));
            for creator in row.try_get::<_, Vec<String>>(3)? {
                let sql =
                    format!("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {to};", quoted(&creator));
                steps.push(step(sql, "statistics of tables to come", superuser));
            }
        }
    }
    if has(7)? {
        steps.push(step(format!("ALTER ROLE {to} BYPASSRLS;"), "statistics of tables with row-level security", superuser || has(6)?));
    }
    for row in settings {
        let (setting, here): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
        let scope = if here { format!(" IN DATABASE {}", quoted(&database)) } else { String::new() };
        let sql = format!("ALTER ROLE {to}{scope} RESET {};", dotted(&setting));
        steps.push(step(sql, "its own value hides the server's", false));
    }
    Ok(steps)
}

fn written(role: &str, version: &str, steps: &[Step]) -> String {
    let what = format!("What role {} needs to capture everything, on PostgreSQL {version}.", quoted(role));
    port::script(&[&what, "Run it as a superuser. It grants reading only."], steps)
}
