//! Queries of an application, prepared and never run: the server resolves their names, types and functions, and lets go of them.
//!
//! There is no message that asks for a plan alone where parameters are left open, so what only a plan shows is not seen. The session
//! is bounded; names mean what they mean in the database of the connection, under the server's own `sql_mode`.
//! <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html>

use crate::connect::{Fault, Target, connect};
use crate::grammar::token::{Sort, tokens};
use crate::ident::Literal;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Answers, Inquiry, Prepared};
use mysql_async::consts::ColumnType;

const DOING: &str = "preparing queries";

/// Asks for all of them.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn all(target: &Target, inquiry: &Inquiry<'_>) -> Result<Answers, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(&inquiry.limits).await.map_err(words)?;
    // What writes is not even prepared within a transaction that reads only, on MariaDB; outside of one nothing is held, and nothing runs.
    session.end().await.map_err(words)?;
    let mode = format!("SET SESSION TRANSACTION READ WRITE; SET SESSION sql_mode = {}", Literal(&session.server_sql_mode));
    session.run(&mode, DOING).await.map_err(words)?;
    let mut hidden = Vec::new();
    if let Some(role) = inquiry.role {
        hidden.push(format!("what {role} may read and write was not checked: connect as that account"));
    }
    let mut prepared = Vec::with_capacity(inquiry.queries.len());
    for query in inquiry.queries {
        let answer = session.described(query.trim().trim_end_matches(';').trim_end(), DOING).await;
        prepared.push(match answer {
            Ok((columns, parameters)) => Prepared::Fits {
                columns: columns.into_iter().map(|(name, sort)| (name, word(sort).to_owned())).collect(),
                parameters: vec!["unknown".to_owned(); usize::from(parameters)],
                hidden: unlooked(query).filter(|_| session.flavor.is_mariadb()).map(str::to_owned),
            },
            Err(Fault::Server { code, message, .. }) => refused(code, &message, query),
            // Somebody defines what it names.
            Err(fault @ Fault::LockTimeout { .. }) => Prepared::Hidden { why: fault.to_string() },
            Err(fault) => return Err(words(fault)),
        });
    }
    session.close().await;
    Ok(Answers { prepared, hidden })
}

/// What MariaDB does not look at before it runs a query.
fn unlooked(query: &str) -> Option<&'static str> {
    let words: Vec<String> = tokens(query).filter(|token| token.sort == Sort::Word).map(|token| token.text.to_ascii_lowercase()).collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    let writes =
        words.first().is_some_and(|first| ["insert", "replace", "with"].contains(&first.as_str())) && (has("insert") || has("replace"));
    match () {
        () if writes && (has("select") || has("table")) => Some("MariaDB looks at the columns that it inserts into when it runs it"),
        () if has("duplicate") => Some("MariaDB looks at what ON DUPLICATE KEY UPDATE sets when it runs it"),
        () if has("match") && has("against") => Some("MariaDB looks for the FULLTEXT index of MATCH when it runs it"),
        () => None,
    }
}

/// What the server's number says of a query.
/// <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>
fn refused(code: u16, message: &str, query: &str) -> Prepared {
    /// Tables, columns, databases, functions, indexes and types of values that are not there or do not fit.
    const MISSING: &[u16] = &[
        1049, 1051, 1052, 1054, 1060, 1109, 1110, 1136, 1146, 1176, 1221, 1222, 1241, 1267, 1271, 1305, 1318, 1356, 1364, 1442, 1582, 3780,
    ];
    /// Of these what is lacking is a name, and the message has it first.
    const NAMES: &[u16] = &[1049, 1051, 1054, 1109, 1146, 1176, 1305];
    const NOT_UNDERSTOOD: &[u16] = &[1064, 1065, 1149, 1295];
    match code {
        _ if MISSING.contains(&code) => {
            let is_name = NAMES.contains(&code);
            let at = if is_name { place(message, query) } else { None };
            Prepared::Missing { code: code.to_string(), message: message.to_owned(), at, is_name }
        }
        _ if NOT_UNDERSTOOD.contains(&code) => Prepared::NotUnderstood { why: format!("{message} ({code})") },
        _ => Prepared::Hidden { why: format!("{message} ({code})") },
    }
}

/// Where a query has the name that the server quotes, without its database.
fn place(message: &str, query: &str) -> Option<usize> {
    let quoted = message.split(['\'', '`']).nth(1).or_else(|| message.split_whitespace().nth(1))?;
    let name = quoted.rsplit('.').next().filter(|name| !name.is_empty())?;
    query.to_ascii_lowercase().find(&name.to_ascii_lowercase())
}

/// sqlx's word for a type, in small letters.
const fn word(sort: ColumnType) -> &'static str {
    match sort {
        ColumnType::MYSQL_TYPE_DECIMAL => "decimal",
        ColumnType::MYSQL_TYPE_TINY => "tiny",
        ColumnType::MYSQL_TYPE_SHORT => "short",
        ColumnType::MYSQL_TYPE_LONG => "long",
        ColumnType::MYSQL_TYPE_FLOAT => "float",
        ColumnType::MYSQL_TYPE_DOUBLE => "double",
        ColumnType::MYSQL_TYPE_NULL => "null",
        ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2 => "timestamp",
        ColumnType::MYSQL_TYPE_LONGLONG => "longlong",
        ColumnType::MYSQL_TYPE_INT24 => "int24",
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => "date",
        ColumnType::MYSQL_TYPE_TIME | ColumnType::MYSQL_TYPE_TIME2 => "time",
        ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_DATETIME2 => "datetime",
        ColumnType::MYSQL_TYPE_YEAR => "year",
        ColumnType::MYSQL_TYPE_VARCHAR => "varchar",
        ColumnType::MYSQL_TYPE_BIT => "bit",
        ColumnType::MYSQL_TYPE_JSON => "json",
        ColumnType::MYSQL_TYPE_NEWDECIMAL => "newdecimal",
        ColumnType::MYSQL_TYPE_ENUM => "enum",
        ColumnType::MYSQL_TYPE_SET => "set",
        ColumnType::MYSQL_TYPE_TINY_BLOB => "tinyblob",
        ColumnType::MYSQL_TYPE_MEDIUM_BLOB => "mediumblob",
        ColumnType::MYSQL_TYPE_LONG_BLOB => "longblob",
        ColumnType::MYSQL_TYPE_BLOB => "blob",
        ColumnType::MYSQL_TYPE_VAR_STRING => "varstring",
        ColumnType::MYSQL_TYPE_STRING => "string",
        ColumnType::MYSQL_TYPE_GEOMETRY => "geometry",
        _ => "unknown",
    }
}
