//! When something became as it is, and whose work that was: what information_schema keeps, the general log where it is a table, and
//! statements that `performance_schema` has seen. Neighbour: `flight`, what is going on now.
//! <https://dev.mysql.com/doc/refman/en/log-destinations.html>

use crate::connect::rows::Row;
use crate::connect::{Fault, Session, Target, connect};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::history::effect::Spot;
use evenkeel_core::kind::Kind;
use evenkeel_core::port::origin::{first_words, own_name};
use evenkeel_core::port::{Origins, Sought};
use evenkeel_core::trace::has_word;

const DOING: &str = "asking where something comes from";
/// Whether statements are written to a table.
const LOGGING: &str = "SELECT @@GLOBAL.general_log, @@GLOBAL.log_output";
/// The last of those that define something.
const LOG: &str = "SELECT CAST(l.event_time AS CHAR), l.user_host, CONVERT(l.argument USING utf8mb4) FROM mysql.general_log l \
                   WHERE l.command_type = 'Query' AND LTRIM(CONVERT(l.argument USING utf8mb4)) REGEXP '^(alter|create|rename|drop)[[:space:]]' \
                   ORDER BY l.event_time DESC LIMIT 10000";
const DIGESTS: &str = "SELECT CAST(d.first_seen AS CHAR), CAST(d.last_seen AS CHAR), d.digest_text \
                       FROM performance_schema.events_statements_summary_by_digest d \
                       WHERE d.schema_name = DATABASE() AND d.digest_text REGEXP '^(ALTER|CREATE|RENAME|DROP) ' ORDER BY d.last_seen";

/// What is known of everything that is asked about.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn all(target: &Target, sought: &Sought<'_>) -> Result<Origins, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(&sought.limits).await.map_err(words)?;
    let mut origins = Origins::none(sought.spots.len());
    let made = session.rows(include_str!("origin.sql"), DOING).await.map_err(words)?;
    for (spot, told) in sought.spots.iter().zip(&mut origins.of) {
        told.extend(made.iter().filter(|row| is_of(row, spot)).flat_map(|row| said(row, spot)));
    }
    if is_logged(&mut session).await {
        // Who may not read it is told nothing by it.
        let log = session.rows(LOG, DOING).await.unwrap_or_default();
        for (spot, told) in sought.spots.iter().zip(&mut origins.of) {
            let mut naming = log.iter().filter(|row| has_word(&text(row, 2), own_name(spot)));
            told.extend(naming.next().map(|row| {
                format!("the general log has {} that names it, at {} by {}", first_words(&text(row, 2)), text(row, 0), text(row, 1))
            }));
        }
    }
    let digests = session.rows(DIGESTS, DOING).await.unwrap_or_default();
    for (spot, told) in sought.spots.iter().zip(&mut origins.of) {
        let naming = digests.iter().rfind(|row| has_word(&text(row, 2), own_name(spot)));
        told.extend(naming.map(|row| {
            let (first, last) = (text(row, 0), text(row, 1));
            let when = if first == last { format!("at {last}") } else { format!("first at {first}, last at {last}") };
            format!("performance_schema has seen {} that names it, {when}", first_words(&text(row, 2)))
        }));
    }
    session.close().await;
    Ok(origins)
}

async fn is_logged(session: &mut Session) -> bool {
    let Ok(rows) = session.rows(LOGGING, DOING).await else { return false };
    rows.first().is_some_and(|row| matches!(&*text(row, 0), "1" | "ON") && text(row, 1).to_ascii_uppercase().contains("TABLE"))
}

fn text(row: &Row, at: usize) -> String {
    row.text(at).ok().flatten().map(str::into_string).unwrap_or_default()
}

/// Whether a row is about it, or about the table that it is a part of.
fn is_of(row: &Row, spot: &Spot) -> bool {
    let (sort, name) = (text(row, 0), text(row, 1));
    let (sorts, own): (&[&str], &str) = match spot.kind {
        Kind::Table | Kind::Sequence => (&["relation"], spot.identity.part(1)),
        Kind::View => (&["view"], spot.identity.part(1)),
        Kind::Column | Kind::Constraint | Kind::Partition => (&["relation"], spot.identity.part(1)),
        Kind::Function | Kind::Procedure => (&["routine"], own_name(spot)),
        Kind::Trigger => (&["trigger"], own_name(spot)),
        Kind::Event => (&["event"], own_name(spot)),
        _ => return false,
    };
    sorts.contains(&sort.as_str()) && name.eq_ignore_ascii_case(own)
}

fn said(row: &Row, spot: &Spot) -> Vec<String> {
    let (made, whose) = (text(row, 2), text(row, 3));
    let is_part = matches!(spot.kind, Kind::Column | Kind::Constraint | Kind::Partition);
    let mut said = Vec::new();
    if !made.is_empty() {
        // A table is made anew by many an ALTER, and by none that changes its definition alone.
        let what = if is_part { "its table was made, or made anew," } else { "it was made, or made anew," };
        said.push(format!("{what} at {made}"));
    }
    if !whose.is_empty() {
        said.push(format!("it runs as {whose}"));
    }
    said
}
