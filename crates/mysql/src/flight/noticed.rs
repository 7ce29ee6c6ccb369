//! Queries that clients have sent, as `performance_schema` keeps them. Neighbour: `prepare`, which has queries prepared.
//! <https://dev.mysql.com/doc/refman/en/performance-schema-statement-digests.html>

use crate::connect::{Fault, Target, connect};
use crate::grammar::token::{Sort, tokens};
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

/// Words that statistics write for others of the same meaning to the language, and what they stand for most: a column `user` without
/// quotes is SYSTEM_USER there. Measured with every word of `information_schema.keywords` on MySQL 9.7 and MariaDB 10.11 and 11.8.
const SPOKEN: &[(&str, &str)] = &[
    ("SYSTEM_USER", "USER"),
    ("SQL_TSI_SECOND", "SECOND"),
    ("SQL_TSI_MINUTE", "MINUTE"),
    ("SQL_TSI_HOUR", "HOUR"),
    ("SQL_TSI_DAY", "DAY"),
    ("SQL_TSI_MONTH", "MONTH"),
    ("SQL_TSI_QUARTER", "QUARTER"),
    ("NOW", "CURRENT_TIMESTAMP"),
    ("CURDATE", "CURRENT_DATE"),
    ("CURTIME", "CURRENT_TIME"),
];
/// Those that stand for several names which somebody may have given.
const BLURRED: &[&str] = &["SOME", "FIELDS", "RELAY_THREAD", "SLAVE", "SLAVES", "SLAVE_POS", "NDBCLUSTER", "GEOMETRYCOLLECTION", "SCHEMA"];

/// A text as a client may have sent it; else the word that nobody can take back. What a parenthesis follows is called, by any of its names.
fn spoken(text: &str) -> Result<String, String> {
    let all: Vec<_> = tokens(text).collect();
    let mut spoken = String::with_capacity(text.len());
    for (at, token) in all.iter().enumerate() {
        let is_called = |at: usize| all.iter().skip(at).find(|next| next.sort != Sort::Space).is_some_and(|next| next.text == "(");
        let is_after_word = at.checked_sub(1).and_then(|before| all.get(before)).is_some_and(|before| before.sort == Sort::Word);
        // Functions of the server's own have their parenthesis right behind them.
        if token.sort == Sort::Space && is_after_word && is_called(at) {
            continue;
        }
        let is_name = token.sort == Sort::Word && !is_called(at + 1);
        if is_name && BLURRED.contains(&token.text) {
            return Err(format!("the server's statistics write {} for several words", token.text));
        }
        let own = SPOKEN.iter().find(|(said, _)| is_name && *said == token.text);
        spoken.push_str(own.map_or(token.text, |(_, own)| own));
    }
    Ok(spoken)
}

/// Whether a statement is no query of an application: it reads the server's own catalogs, or what evenkeel keeps.
fn is_of_tools(text: &str) -> bool {
    const PLACES: &[&str] = &["`information_schema` .", "`performance_schema` .", "`mysql` .", "`sys` .", "`evenkeel_"];
    let small = text.to_lowercase();
    small.starts_with("show ") || PLACES.iter().any(|place| small.contains(place))
}

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
        if text.contains(CUT) || text.len() >= most {
            return Heard { text, cut: Some("the server's statistics have cut it".to_owned()), calls: 1 };
        }
        match spoken(&text) {
            Ok(text) => Heard { text, cut: None, calls: 1 },
            Err(why) => Heard { text, cut: Some(why), calls: 1 },
        }
    };
    Ok(Noticed { queries: texts.filter(|text| !is_of_tools(text)).map(one).collect(), hidden: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::{is_of_tools, spoken};

    #[test]
    fn words_of_the_statistics_are_those_of_clients_again_or_not_understood() {
        for (text, wanted) in [
            ("SELECT SYSTEM_USER FROM `s` WHERE `id` = ?", "SELECT USER FROM `s` WHERE `id` = ?"),
            ("SELECT SYSTEM_USER ( ) , NOW ( ) , NOW", "SELECT SYSTEM_USER( ) , NOW( ) , CURRENT_TIMESTAMP"),
            ("SELECT `a` + INTERVAL ? SQL_TSI_DAY", "SELECT `a` + INTERVAL ? DAY"),
            ("SELECT `SYSTEM_USER` FROM `t`", "SELECT `SYSTEM_USER` FROM `t`"),
        ] {
            assert_eq!(spoken(text).as_deref(), Ok(wanted), "{text}");
        }
        assert!(spoken("SELECT FIELDS FROM `t`").is_err());
        assert!(is_of_tools("SELECT ? FROM `INFORMATION_SCHEMA` . `tables`") && is_of_tools("SELECT * FROM `a` . `evenkeel_halt`"));
        assert!(!is_of_tools("SELECT `id` FROM `evenkeel`"));
    }
}
