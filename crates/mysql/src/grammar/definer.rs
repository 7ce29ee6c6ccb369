//! The account in whose name a view, a routine, a trigger or an event runs, taken out of the statement that makes it.
//!
//! A dump names the accounts of the server that it comes from, and only who may act for everybody may name another than itself.
//! <https://dev.mysql.com/doc/refman/en/stored-objects-security.html>, <https://mariadb.com/kb/en/create-view/>

use super::token::{Sort, Token, tokens};

/// What stands between CREATE or ALTER and DEFINER, where anything does.
const BEFORE: &[&str] = &["or", "replace", "algorithm", "undefined", "merge", "temptable", "aggregate"];
/// Whoever runs it.
const OWN: &str = "CURRENT_USER";

/// The statement with the account that runs it as its definer; nothing of one that names no other.
pub(super) fn own(statement: &str) -> Option<String> {
    let mut all = tokens(statement)
        .scan(0, |at, token| {
            let begin = *at;
            *at += token.text.len();
            Some((begin, token))
        })
        // What a server executes from a version on is part of what it is said to make.
        .filter(|(_, token)| !matches!(token.sort, Sort::Space | Sort::Comment | Sort::Opening | Sort::Closing))
        .peekable();
    let is_word =
        |token: &Token<'_>, words: &[&str]| token.sort == Sort::Word && words.iter().any(|word| token.text.eq_ignore_ascii_case(word));
    let is_sign = |token: &Token<'_>, sign: &str| token.sort == Sort::Sign && token.text == sign;
    all.next_if(|(_, token)| is_word(token, &["create", "alter"]))?;
    while all.next_if(|(_, token)| is_word(token, BEFORE) || is_sign(token, "=")).is_some() {}
    all.next_if(|(_, token)| is_word(token, &["definer"]))?;
    all.next_if(|(_, token)| is_sign(token, "="))?;
    let is_name = |token: &Token<'_>| matches!(token.sort, Sort::Word | Sort::Name | Sort::Text);
    let (begin, user) = all.next_if(|(_, token)| is_name(token))?;
    if is_word(&user, &["current_user", "current_role"]) {
        return None;
    }
    let mut end = begin + user.text.len();
    if all.next_if(|(_, token)| is_sign(token, "@")).is_some() {
        let (at, host) = all.next_if(|(_, token)| is_name(token))?;
        end = at + host.text.len();
    }
    Some([statement.get(..begin)?, OWN, statement.get(end..)?].concat())
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn only_the_account_is_another() {
        for (text, wanted) in [
            ("CREATE DEFINER=`root`@`localhost` PROCEDURE p() SELECT 1", "CREATE DEFINER=CURRENT_USER PROCEDURE p() SELECT 1"),
            (
                "create or replace algorithm = merge definer = 'a b'@'%' sql security invoker view v as select 1",
                "create or replace algorithm = merge definer = CURRENT_USER sql security invoker view v as select 1",
            ),
            (
                "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`10.0.0.%`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET NEW.a = 1 */",
                "/*!50003 CREATE*/ /*!50017 DEFINER=CURRENT_USER*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET NEW.a = 1 */",
            ),
            ("ALTER DEFINER = app EVENT e ENABLE", "ALTER DEFINER = CURRENT_USER EVENT e ENABLE"),
            (
                "CREATE DEFINER=app@localhost AGGREGATE FUNCTION f() RETURNS int RETURN 1",
                "CREATE DEFINER=CURRENT_USER AGGREGATE FUNCTION f() RETURNS int RETURN 1",
            ),
        ] {
            assert_eq!(own(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_names_no_other_stays() {
        for text in [
            "CREATE DEFINER=CURRENT_USER() PROCEDURE p() SELECT 1",
            "CREATE DEFINER = current_role VIEW v AS SELECT 1",
            "CREATE TABLE t (definer varchar(9) DEFAULT 'definer=a@b')",
            "CREATE PROCEDURE p() COMMENT 'DEFINER=a@b' SELECT 1",
            "INSERT INTO t VALUES ('CREATE DEFINER=a@b VIEW v AS SELECT 1')",
            "CREATE DEFINER=",
            "CREATE DEFINER=a@",
            "",
        ] {
            assert_eq!(own(text), None, "{text}");
        }
    }
}
