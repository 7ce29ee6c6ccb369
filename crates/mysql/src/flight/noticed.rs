//! Queries that clients have sent, as `performance_schema` keeps them. Neighbour: `prepare`, which has queries prepared.
//! <https://dev.mysql.com/doc/refman/en/performance-schema-statement-digests.html>

use crate::connect::{Fault, Target, connect};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Heard, Limits, Noticed};

const QUERY: &str = "SELECT d.digest_text FROM performance_schema.events_statements_summary_by_digest d \
                     WHERE d.schema_name = database() AND d.digest_text IS NOT NULL ORDER BY d.digest_text";
const OFF: &str = "SELECT @@GLOBAL.performance_schema, least(@@GLOBAL.max_digest_length, @@GLOBAL.performance_schema_max_digest_length)";
const DOING: &str = "reading digests of statements";
/// What a list of values is written as; one stands for any number of them.
const LIST: (&str, &str) = ("IN (...)", "IN (?)");
/// What was left out.
const CUT: &str = "...";

/// All of the database.
///
/// # Errors
/// The server cannot be reached, or goes away; it keeps no statistics, or the account may not read them.
pub async fn all(target: &Target, limits: &Limits) -> Result<Noticed, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let kept = session.rows(OFF, DOING).await.map_err(words)?;
    let number = |at: usize| kept.first().and_then(|row| row.text(at).ok().flatten()).and_then(|text| text.parse::<usize>().ok());
    // Names of one letter take five bytes there and are shown in four characters: nothing that was cut is shorter.
    let most = number(1).unwrap_or_default() / 5 * 4;
    if number(0) == Some(0) {
        return Err(Box::new(
            Trouble::new(Class::Configuration, format!("{target} keeps no statistics of queries"))
                .expected("performance_schema = ON")
                .found("it is off")
                .fix("set it in the server's option file, and start the server again"),
        ));
    }
    let rows = match session.rows(QUERY, DOING).await {
        Ok(rows) => rows,
        Err(Fault::Server { code: 1142 | 1044 | 1227, message, .. }) => {
            return Err(Box::new(
                Trouble::new(Class::Configuration, format!("statistics of queries cannot be read on {target}"))
                    .found(message)
                    .fix("GRANT SELECT ON performance_schema.events_statements_summary_by_digest TO the account"),
            ));
        }
        Err(fault) => return Err(words(fault)),
    };
    session.close().await;
    let texts = rows.iter().filter_map(|row| row.text(0).ok().flatten().map(str::into_string));
    let one = |text: String| {
        let text = text.replace(LIST.0, LIST.1);
        let is_cut = text.contains(CUT) || text.len() >= most;
        let odd = is_cut.then(|| "the server's statistics have cut it".to_owned());
        Heard { text, cut: odd, calls: 1 }
    };
    Ok(Noticed { queries: texts.map(one).collect(), hidden: Vec::new() })
}
