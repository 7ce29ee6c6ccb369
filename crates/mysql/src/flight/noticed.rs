//! Queries that clients have sent, as `performance_schema` keeps them. Neighbour: `prepare`, which has queries prepared.
//! <https://dev.mysql.com/doc/refman/en/performance-schema-statement-digests.html>

use crate::capture::own_table;
use crate::connect::{Fault, Target, connect};
use crate::grammar::token::{Sort, tokens};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Heard, Limits, Noticed, REGISTERS};

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

/// Schemas of the server's own.
const CATALOGS: &[&str] = &["information_schema", "performance_schema", "mysql", "sys"];

/// Whether a statement is no query of an application: all that it reads are the server's own catalogs, or what evenkeel keeps.
fn is_of_tools(text: &str) -> bool {
    let all: Vec<_> = tokens(text).filter(|token| token.sort != Sort::Space).collect();
    let is_word = |at: usize, words: &[&str]| {
        all.get(at).is_some_and(|token| token.sort == Sort::Word && words.iter().any(|word| token.text.eq_ignore_ascii_case(word)))
    };
    let is_sign = |at: usize, sign: &str| all.get(at).is_some_and(|token| token.text == sign);
    let name = |at: usize| all.get(at).filter(|token| token.sort == Sort::Name).map(|token| token.unquoted().to_lowercase());
    if is_word(0, &["show"]) {
        return true;
    }
    let mut has_any = false;
    for at in (1..all.len()).filter(|at| is_word(at - 1, &["from", "join"]) && !is_sign(*at, "(")) {
        let is_qualified = is_sign(at + 1, ".");
        let table = if is_qualified { at + 2 } else { at };
        let is_catalogs = is_qualified && name(at).is_some_and(|schema| CATALOGS.contains(&schema.as_str()));
        let is_own = name(table).is_some_and(|table| REGISTERS.iter().any(|register| own_table(register) == table));
        // What stands behind a comma is another place, unless it is made of this one.
        let behind = (table + 1..all.len()).find(|at| !is_word(*at, &["as"]) && name(*at).is_none());
        let is_function = |at: usize| all.get(at).is_some_and(|token| token.sort == Sort::Word) && is_sign(at + 1, "(");
        if !(is_catalogs || is_own) || behind.is_some_and(|at| is_sign(at, ",") && !is_function(at + 1)) {
            return false;
        }
        has_any = true;
    }
    has_any
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
    }

    #[test]
    fn only_what_reads_nothing_of_an_application_is_left_out() {
        for text in [
            "SELECT ? FROM `INFORMATION_SCHEMA` . `tables` AS `t` WHERE `a` IN ( SELECT `b` FROM `mysql` . `user` )",
            "SELECT * FROM `a` . `evenkeel_halt`",
            "SHOW TABLES",
            "SELECT ? FROM `mysql` . `user` AS `u` , JSON_TABLE ( `u` . `a` , ? )",
        ] {
            assert!(is_of_tools(text), "{text}");
        }
        for text in [
            "SELECT `id` FROM `evenkeel_orders`",
            "SELECT `sys` . `name` FROM `systems` AS `sys`",
            "SELECT ? FROM `orders` JOIN `information_schema` . `tables`",
            "SELECT ? FROM `information_schema` . `tables` AS `t` , `orders`",
            "SELECT ?",
            "UPDATE `orders` SET `a` = ?",
        ] {
            assert!(!is_of_tools(text), "{text}");
        }
    }
}
