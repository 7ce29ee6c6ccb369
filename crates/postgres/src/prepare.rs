//! Queries of an application, prepared and planned as its role would have them, and never run.
//!
//! Each is parsed and described by the protocol, which tells its columns and parameters; then it is planned once, as a generic plan,
//! by EXPLAIN without ANALYZE: that `ON CONFLICT` finds its index is seen only there. The session is read only and bounded: planning may
//! work out calls of immutable functions over constants.
//! <https://www.postgresql.org/docs/current/sql-explain.html>

use crate::connect::{Session, Target, connect};
use crate::ident::{literal, quoted};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Answers, Inquiry, Prepared};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};
use tokio_postgres::types::Type;

/// Queries that are under way at the same time, over one connection.
const AT_ONCE: usize = 64;

/// What a role's sessions begin with in this database, the last of each name wins.
const SETTINGS: &str = "SELECT entry.setting
FROM pg_catalog.pg_db_role_setting AS stored
CROSS JOIN LATERAL pg_catalog.unnest(stored.setconfig) AS entry (setting)
WHERE stored.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
    AND stored.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1))
ORDER BY stored.setrole <> 0, stored.setdatabase <> 0";

/// What the reader's own sessions begin with, by its own settings.
const OWN: &str = "SELECT name FROM pg_catalog.pg_settings WHERE source IN ('user', 'database user') ORDER BY name";

/// Settings that are this session's own: its bounds, how it plans, and what the two ends of the connection agree on.
const OURS: &[&str] = &[
    "default_transaction_read_only",
    "transaction_read_only",
    "statement_timeout",
    "lock_timeout",
    "transaction_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "plan_cache_mode",
    "jit",
    "client_encoding",
    "application_name",
];
/// What a setting begins with that says nothing about what a statement means: what is written down, and what is loaded at the start.
const MEANINGLESS: &[&str] = &[
    "log_",
    "track_",
    "auto_explain.",
    "pg_stat_statements.",
    "session_preload_libraries",
    "local_preload_libraries",
    "client_min_messages",
];

/// Settings that say what a statement means; so may all that have a point in their name.
const MEANING: &[&str] = &[
    "array_nulls",
    "backslash_quote",
    "bytea_output",
    "datestyle",
    "default_text_search_config",
    "extra_float_digits",
    "intervalstyle",
    "lc_messages",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "row_security",
    "session_replication_role",
    "standard_conforming_strings",
    "timezone",
    "timezone_abbreviations",
    "transform_null_equals",
    "xmlbinary",
    "xmloption",
];

/// Materialized views that hold nothing: a query of one is planned, and fails where it runs.
const UNPOPULATED: &str = "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND NOT c.relispopulated";

/// Asks for all of them.
///
/// # Errors
/// The server cannot be reached or goes away, or there is no such role.
pub async fn all(target: &Target, inquiry: &Inquiry<'_>) -> Result<Answers, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    let lost = |error: &tokio_postgres::Error| words(session.fault(error, "preparing queries"));
    let milliseconds = |limit: Duration| limit.as_millis().clamp(1, 2_147_483_647);
    let opening = format!(
        "SET default_transaction_read_only = on; SET statement_timeout = {}; SET lock_timeout = {}; SET plan_cache_mode = force_generic_plan; SET jit = off",
        milliseconds(inquiry.limits.statement_timeout),
        milliseconds(inquiry.limits.lock_timeout),
    );
    session.client.batch_execute(&opening).await.map_err(|error| lost(&error))?;
    let mut hidden = Vec::new();
    let mut is_role = false;
    if let Some(role) = inquiry.role {
        hidden.extend(as_role(&session, role).await?);
        // Its rights are checked where we may stand in for it.
        is_role = session.client.batch_execute(&format!("SET ROLE {}", quoted(role))).await.is_ok();
        if !is_role {
            hidden.push(format!("what {role} may read and write was not checked: GRANT {} to the role that asks", quoted(role)));
        }
    }
    let empty = unpopulated(&session).await.map_err(|error| lost(&error))?;
    let one = |(at, query): (usize, &String)| {
        let query = query.clone();
        let (session, empty) = (&session, &empty);
        async move { one(session, at, query.trim().trim_end_matches(';').trim_end(), (is_role, empty)).await }
    };
    let mut answers = stream::iter(inquiry.queries.iter().enumerate()).map(one).buffered(AT_ONCE);
    let mut found = Vec::with_capacity(inquiry.queries.len());
    while let Some(answer) = answers.next().await {
        found.push(answer.map_err(|error| lost(&error))?);
    }
    drop(answers);
    Ok(Answers { prepared: found, hidden })
}

/// Schema and name of each.
async fn unpopulated(session: &Session) -> Result<Vec<(String, String)>, tokio_postgres::Error> {
    let rows = session.client.query_typed(UNPOPULATED, &[]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Statements mean what they mean to that role; what of its settings could not be had.
async fn as_role(session: &Session, role: &str) -> Result<Vec<String>, Box<Trouble>> {
    let doing = "reading the settings of the application's role";
    let fault = |error: &tokio_postgres::Error| Box::new(session.fault(error, doing).trouble());
    let there = session.client.query_typed("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", &[(&role, Type::TEXT)]).await;
    if there.map_err(|error| fault(&error))?.is_empty() {
        return Err(Box::new(
            Trouble::new(Class::Configuration, format!("there is no role {role:?} on {}", session.context().place()))
                .expected("the role that the application connects as")
                .found("no such role")
                .fix("correct --role"),
        ));
    }
    let rows = session.client.query_typed(SETTINGS, &[(&role, Type::TEXT)]).await.map_err(|error| fault(&error))?;
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    for row in &rows {
        let setting: String = row.try_get(0).map_err(|error| fault(&error))?;
        if let Some((name, value)) = setting.split_once('=') {
            settings.insert(name.to_ascii_lowercase(), value.to_owned());
        }
    }
    let mut hidden = Vec::new();
    if let Some(other) = settings.remove("role").filter(|other| other != "none" && other != role) {
        hidden.push(format!("sessions of {role} go on as {other} (ALTER ROLE … SET role), and queries were asked as {role}"));
    }
    let path = settings.remove("search_path");
    let says = |name: &str| !OURS.contains(&name) && !MEANINGLESS.iter().any(|begin| name.starts_with(begin));
    let own = session.client.query_typed(OWN, &[]).await.map_err(|error| fault(&error))?;
    for row in &own {
        let name: String = row.try_get(0).map_err(|error| fault(&error))?;
        let small = name.to_ascii_lowercase();
        if says(&small) && (MEANING.contains(&small.as_str()) || small.contains('.')) && !settings.contains_key(&small) {
            hidden.push(format!("which {name} sessions of {role} have is hidden by what the role that asks has for itself: ALTER ROLE … RESET {name} of that one"));
        }
    }
    for (name, value) in settings.iter().filter(|(name, _)| says(name)) {
        let sql = format!("SELECT pg_catalog.set_config({}, {}, false)", literal(name), literal(value));
        match session.client.batch_execute(&sql).await {
            Ok(()) => {}
            Err(error) => match error.as_db_error().filter(|said| is_of_the_query(said)) {
                // Its value may be a secret.
                Some(said) => {
                    let code = said.code().code();
                    hidden
                        .push(format!("{name}, which {role} has a value of its own for, could not be set for the role that asks ({code})"));
                }
                None => return Err(fault(&error)),
            },
        }
    }
    // The reader's own setting is not the application's.
    let path = match path {
        Some(path) => path,
        None => {
            let usual =
                "SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path' AND source NOT IN ('user', 'database user')";
            let rows = session.client.query_typed(usual, &[]).await.map_err(|error| fault(&error))?;
            rows.first().and_then(|row| row.try_get::<_, String>(0).ok()).unwrap_or_else(|| "\"$user\", public".to_owned())
        }
    };
    let path = path.replace("\"$user\"", &quoted(role));
    let sql = format!("SELECT pg_catalog.set_config('search_path', {}, false)", literal(&path));
    session.client.batch_execute(&sql).await.map_err(|error| fault(&error))?;
    Ok(hidden)
}

/// What the server says to one. A lost connection is an error, a refusal is an answer.
async fn one(
    session: &Session,
    at: usize,
    query: &str,
    (is_role, empty): (bool, &[(String, String)]),
) -> Result<Prepared, tokio_postgres::Error> {
    let statement = match session.client.prepare(query).await {
        Ok(statement) => statement,
        Err(error) => return settled(session, refused(error, query, is_role)?, query).await,
    };
    let columns = statement.columns().iter().map(|column| (column.name().to_owned(), column.type_().name().to_owned())).collect();
    let parameters: Vec<String> = statement.params().iter().map(|parameter| parameter.name().to_owned()).collect();
    let name = quoted(&format!("evenkeel {at}"));
    let nulls = vec!["NULL"; parameters.len()].join(", ");
    let nulls = if nulls.is_empty() { nulls } else { format!("({nulls})") };
    // One message: what comes before a refusal of the plan stays, and is let go with the session.
    // Which relations it reads is told where it matters.
    let how = if empty.is_empty() { "COSTS off" } else { "COSTS off, VERBOSE, FORMAT json" };
    let planning = format!("PREPARE {name} AS {query}\n; EXPLAIN ({how}) EXECUTE {name}{nulls}; DEALLOCATE {name}");
    let planned = match empty {
        [] => session.client.batch_execute(&planning).await.map(|()| None),
        empty => session.client.simple_query(&planning).await.map(|said| Some(of_those(&said, empty))),
    };
    match planned {
        // What the server says where it runs.
        Ok(Some(Ok(Some((schema, view))))) => Ok(Prepared::Missing {
            code: SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE.code().to_owned(),
            message: format!("materialized view {} has not been populated", quoted(&schema) + "." + &quoted(&view)),
            at: None,
            is_name: false,
        }),
        Ok(Some(Err(()))) => {
            let hidden = Some("whether it reads a materialized view that holds nothing was not told by its plan".to_owned());
            Ok(Prepared::Fits { columns, parameters, hidden })
        }
        Ok(_) => Ok(Prepared::Fits { columns, parameters, hidden: None }),
        Err(error) => match refused(error, query, is_role)? {
            // It was understood: names, columns and types are there.
            Prepared::Hidden { why } => Ok(Prepared::Fits { columns, parameters, hidden: Some(why) }),
            answer => Ok(answer),
        },
    }
}

/// The first of these relations that a plan reads; an error where it is no plan.
fn of_those(said: &[SimpleQueryMessage], those: &[(String, String)]) -> Result<Option<(String, String)>, ()> {
    let text: String = said
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(|line| line.to_owned() + "\n"),
            _ => None,
        })
        .collect();
    let mut rest = vec![serde_json::from_str::<Value>(&text).map_err(drop)?];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(items) => rest.extend(items),
            Value::Object(fields) => {
                let word = |name: &str| fields.get(name).and_then(Value::as_str);
                let read = word("Schema").zip(word("Relation Name"));
                if let Some(found) = those.iter().find(|(schema, name)| read == Some((schema, name))) {
                    return Ok(Some(found.clone()));
                }
                rest.extend(fields.into_iter().map(|(_, value)| value));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// What is refused for the type of a value alone that only whoever sends it knows (a parameter without one, or a constant that a statistics
/// view has put one in place of) was not understood; unless no function has that name, whatever it takes.
async fn settled(session: &Session, answer: Prepared, query: &str) -> Result<Prepared, tokio_postgres::Error> {
    let Prepared::Missing { code, message, at, .. } = &answer else { return Ok(answer) };
    if !matches!(code.as_str(), "42725" | "42883" | "42804" | "42846" | "42P22" | "22P02" | "22007") || !is_of_a_value(query, message, *at)
    {
        return Ok(answer);
    }
    if let (true, Some(name)) = (code == "42883", at.and_then(|at| called(query, at))) {
        // What the language has itself is no function, and its operators are told there.
        let is_called = message.contains(&format!("{name}("));
        let there = "SELECT 1 FROM pg_catalog.pg_proc WHERE proname = $1 LIMIT 1";
        if is_called && session.client.query_typed(there, &[(&name, Type::TEXT)]).await?.is_empty() {
            return Ok(answer);
        }
    }
    Ok(Prepared::NotUnderstood { why: format!("{message} ({code}): of which type a parameter is, its text does not say") })
}

/// Whether a type that is wrong may be that of a parameter to which nobody gave one: the server says so, or has taken it for a text.
fn is_of_a_value(query: &str, message: &str, at: Option<usize>) -> bool {
    let says = |word: &str| {
        let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
        let found = |(at, _)| {
            let (before, after) = (message.get(..at).unwrap_or_default(), message.get(at + word.len()..).unwrap_or_default());
            !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
        };
        message.match_indices(word).any(found)
    };
    if !has_bare(query) {
        return false;
    }
    // A list of values is a relation of its own, whose columns are used far from it.
    let is_list = || {
        let small = query.to_ascii_lowercase();
        let lists =
            ["values", "array"].iter().flat_map(|word| small.match_indices(word).map(|(at, word)| at + word.len()).collect::<Vec<_>>());
        lists.into_iter().any(|at| has_bare(group(query.get(at..).unwrap_or_default())))
    };
    let is_near =
        |at: usize| query.get(at..).is_some_and(|rest| rest.starts_with('$')) || operands(query, at).iter().any(|side| has_bare(side));
    (says("unknown") || says("text")) && (at.is_none_or(is_near) || is_list())
}

/// The groups in parentheses or brackets that a text begins with: `(1, 2), (3, 4)`.
fn group(text: &str) -> &str {
    let mut depth = 0_usize;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            c if depth == 0 && !c.is_whitespace() && *c != ',' => return true,
            _ => {}
        }
        false
    });
    text.get(..end.map_or(text.len(), |(at, _)| at)).unwrap_or_default()
}

/// Whether a parameter stands there without a cast.
fn has_bare(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let number = rest.bytes().take_while(u8::is_ascii_digit).count();
        number > 0 && !rest.get(number..).unwrap_or_default().trim_start().starts_with("::")
    })
}

/// What stands on both sides of an operator, or a function with what it is called with.
fn operands(query: &str, at: usize) -> [&str; 2] {
    let (before, after) = query.split_at_checked(at).unwrap_or((query, ""));
    let after = after.trim_start_matches(|c: char| c.is_whitespace() || "+-*/<>=~!@#%^&|`?".contains(c));
    let mut depth = 0_usize;
    let end = after.char_indices().find(|(at, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            c if depth == 0 && (c.is_whitespace() || [')', ']', ',', ';'].contains(c)) => {
                let said = after.get(..*at).unwrap_or_default().trim().to_lowercase();
                return !["any", "all", "some", "array"].contains(&said.as_str());
            }
            _ => {}
        }
        false
    });
    let before = before.trim_end();
    let mut depth = 0_usize;
    let start = before.char_indices().rev().find(|(_, c)| {
        match c {
            ')' | ']' => depth += 1,
            '(' | '[' if depth > 0 => depth -= 1,
            c if depth == 0 && (c.is_whitespace() || ['(', '[', ','].contains(c)) => return true,
            _ => {}
        }
        false
    });
    [
        before.get(start.map_or(0, |(at, _)| at)..).unwrap_or_default(),
        after.get(..end.map_or(after.len(), |(at, _)| at)).unwrap_or_default(),
    ]
}

/// The last part of the name of a function that is called there; nothing where an operator stands.
fn called(query: &str, at: usize) -> Option<String> {
    let rest = query.get(at..)?;
    let (mut name, mut is_quoted) = (String::new(), false);
    for c in rest.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => name.clear(),
            c if is_quoted => name.push(c),
            c if c.is_alphanumeric() || c == '_' || c == '$' => name.extend(c.to_lowercase()),
            _ => break,
        }
    }
    (!name.is_empty()).then_some(name)
}

fn refused(error: tokio_postgres::Error, query: &str, is_role: bool) -> Result<Prepared, tokio_postgres::Error> {
    let Some(said) = error.as_db_error().filter(|said| is_of_the_query(said)) else { return Err(error) };
    let (code, message) = (said.code().code().to_owned(), said.message().to_owned());
    let at = match said.position() {
        Some(ErrorPosition::Original(position)) => {
            let skipped = usize::try_from(*position).unwrap_or(usize::MAX).saturating_sub(1);
            query.char_indices().nth(skipped).map(|(at, _)| at)
        }
        _ => None,
    };
    Ok(match code.as_str() {
        // What statistics views have mutilated, and what needs a type that nobody gives.
        "42601" | "42P18" | "42P02" => Prepared::NotUnderstood { why: format!("{message} ({code})") },
        "42501" if !is_role => Prepared::Hidden { why: format!("{message} ({code})") },
        _ if code.starts_with("42") || matches!(code.as_str(), "3F000" | "0A000" | "3D000" | "22P02" | "22007" | "22023" | "55000") => {
            let is_name = ["42P01", "42703", "42883", "42704"].contains(&code.as_str());
            Prepared::Missing { code, message, at, is_name }
        }
        _ => Prepared::Hidden { why: format!("{message} ({code})") },
    })
}

/// Not that the session or the server ends.
fn is_of_the_query(said: &DbError) -> bool {
    let code = said.code().code();
    !code.starts_with("57P") && !code.starts_with("08")
}
