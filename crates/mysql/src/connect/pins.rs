//! What a reading session sets for itself, so that the server's own settings cannot change what is read or printed.
//!
//! Lives here: the list, and setting it. Everything is `SET SESSION`: nothing outlives the session, no other sees it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use evenkeel_core::port::Limits;

use super::fault::Fault;
use super::session::Session;

/// A session variable and its value. Which of them a server has depends on vendor and version.
/// <https://dev.mysql.com/doc/refman/en/server-system-variables.html>,
/// <https://mariadb.com/docs/server/server-management/variables-and-modes/server-system-variables>
const PINNED: &[(&str, &str)] = &[
    // Quotes, backslashes, padding and operators mean what they mean by default.
    ("sql_mode", "''"),
    ("time_zone", "'+00:00'"),
    ("sql_quote_show_create", "1"),
    ("group_concat_max_len", "1073741824"),
    // MariaDB works out collations of a view's columns with those of whoever reads it.
    ("character_set_collations", "''"),
    ("collation_connection", "'utf8mb4_general_ci'"),
    // These hide rows or refuse to look for them.
    ("sql_select_limit", "18446744073709551615"),
    ("sql_big_selects", "1"),
    ("sql_auto_is_null", "0"),
    ("show_gipk_in_create_table_and_information_schema", "1"),
    ("show_create_table_skip_secondary_engine", "0"),
    // Each warning is a gap of its own: none may be cut off.
    ("max_error_count", "65535"),
    // What SHOW CREATE adds or spells by taste.
    ("show_create_table_verbosity", "0"),
    ("show_old_temporals", "0"),
    ("print_identified_with_as_hex", "1"),
    ("lc_time_names", "'en_US'"),
    // Warnings and refusals are told in gaps and errors: in one language.
    ("lc_messages", "'en_US'"),
    // Statistics as they are, and none written to the dictionary's cache because of us.
    ("information_schema_stats_expiry", "0"),
    ("autocommit", "1"),
    ("completion_type", "'NO_CHAIN'"),
];

/// What MySQL lets privileged accounts set only. It keeps 1,024 warnings unasked.
const NOT_MYSQL: &[&str] = &["max_error_count"];

/// Without these a check could write or wait: where one cannot be set, there is no session.
const NEEDED: &[&str] = &["sql_mode", "lock_wait_timeout", "autocommit", "completion_type", "sql_select_limit"];

/// Sets all of it; the result says what the server refused to set and could do without.
pub(super) async fn apply(session: &mut Session, limits: &Limits) -> Result<Vec<String>, Fault> {
    let doing = "setting up a read-only session";
    let wanted = wanted(limits);
    let known = session.rows(&asked(&wanted), doing).await?;
    let known: BTreeSet<String> = known.iter().filter_map(|row| Some(row.text(0).ok()??.to_ascii_lowercase())).collect();
    let is_open = |name: &str| session.flavor.is_mariadb() || !NOT_MYSQL.contains(&name);
    let there: Vec<&(&str, String)> = wanted.iter().filter(|(name, _)| known.contains(*name) && is_open(name)).collect();
    if let Some(missing) = NEEDED.iter().find(|name| !known.contains(**name)) {
        let message = format!("the server has no variable {missing}");
        return Err(Fault::Driver { place: session.context().place().to_owned(), doing: doing.to_owned(), message });
    }
    let mut all = String::new();
    for (name, value) in &there {
        // Writing into a String cannot fail.
        let _ = write!(all, "{}SESSION {name} = {value}", if all.is_empty() { "SET " } else { ", " });
    }
    let mut refused = Vec::new();
    match session.run(&all, doing).await {
        Ok(()) => {}
        // One of them is not for this account (a proxy's list, a variable that became restricted): each by itself.
        Err(Fault::Server { .. }) => {
            for (name, value) in there {
                match session.run(&format!("SET SESSION {name} = {value}"), doing).await {
                    Ok(()) => {}
                    Err(Fault::Server { message, .. }) if !NEEDED.contains(name) => {
                        refused.push(format!("{name} keeps the server's value in our session: {message}"));
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        Err(fault) => return Err(fault),
    }
    session.run(ISOLATION, doing).await?;
    Ok(refused)
}

const ISOLATION: &str = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Which of them the server has.
fn asked(wanted: &[(&str, String)]) -> String {
    let names: Vec<String> = wanted.iter().map(|(name, _)| format!("'{name}'")).collect();
    format!("SHOW SESSION VARIABLES WHERE Variable_name IN ({})", names.join(", "))
}

/// What of this is sent: name, text and when.
pub(super) fn sent(limits: &Limits) -> [(&'static str, String, Option<&'static str>); 3] {
    [
        ("variables", asked(&wanted(limits)), None),
        ("pins", "SET SESSION {variables}".to_owned(), Some("with those of the variables that the server has")),
        ("isolation", ISOLATION.to_owned(), None),
    ]
}

fn wanted(limits: &Limits) -> Vec<(&'static str, String)> {
    // Zero would switch a limit off, or mean "do not wait at all".
    let seconds = |limit: Duration, most: u64| limit.as_millis().div_ceil(1000).clamp(1, u128::from(most)).to_string();
    let mut wanted: Vec<_> = PINNED.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    wanted.extend([
        ("lock_wait_timeout", seconds(limits.lock_timeout, 31_536_000)),
        ("innodb_lock_wait_timeout", seconds(limits.lock_timeout, 100_000_000)),
        // MySQL's, in milliseconds, for SELECT only; MariaDB's, in seconds, for everything.
        ("max_execution_time", limits.statement_timeout.as_millis().clamp(1, u128::from(u32::MAX)).to_string()),
        ("max_statement_time", format!("{:.3}", limits.statement_timeout.as_secs_f64().clamp(0.001, 31_536_000.0))),
        ("wait_timeout", seconds(limits.idle_timeout, 31_536_000)),
        ("net_write_timeout", seconds(limits.idle_timeout, 31_536_000)),
        // MariaDB's, of a transaction that waits for us.
        ("idle_transaction_timeout", seconds(limits.idle_timeout, 31_536_000)),
        ("idle_readonly_transaction_timeout", seconds(limits.idle_timeout, 31_536_000)),
    ]);
    wanted
}
