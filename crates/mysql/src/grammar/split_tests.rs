//! Files cut into statements: nothing is lost, and nothing is cut where the clients and servers would not.
#![allow(clippy::unwrap_used)]

use super::MysqlGrammar;
use evenkeel_core::statement::{Grammar, Nature, Piece, What, Word, is_whole};

fn split(source: &str) -> Vec<Piece> {
    let pieces = MysqlGrammar.split(source);
    assert!(is_whole(source, &pieces), "{source:?}: {pieces:?}");
    pieces
}

fn statements(source: &str) -> Vec<String> {
    split(source).iter().filter(|piece| piece.statement().is_some()).map(|piece| piece.text(source).to_owned()).collect()
}

fn odd(source: &str) -> Vec<String> {
    split(source).iter().filter_map(|piece| piece.odd().map(str::to_owned)).collect()
}

#[test]
fn statements_end_where_the_client_ends_them() {
    for (source, expected) in [
        ("", &[][..]),
        ("-- nothing\n ; ;\n#x;\n", &[]),
        ("SELECT 1; select 2", &["SELECT 1;", "select 2"]),
        ("\u{feff}SELECT 1;\r\n", &["SELECT 1;"]),
        (
            "SELECT ';', \"a;\\\";\", `a;b` /* ; */ -- ;\n, 5--3;SELECT 2 # ;",
            &["SELECT ';', \"a;\\\";\", `a;b` /* ; */ -- ;\n, 5--3;", "SELECT 2 # ;"],
        ),
        ("/*!40101 SET NAMES utf8mb4 */;\n/*M! SELECT 1 */;", &["/*!40101 SET NAMES utf8mb4 */;", "/*M! SELECT 1 */;"]),
        ("/*!50000 select 1; select 2 */; select 3", &["/*!50000 select 1; select 2 */;", "select 3"]),
        ("use other\nselect 1;", &["use other", "select 1;"]),
        ("USE `a`; select 1;", &["USE `a`;", "select 1;"]),
        ("BEGIN; INSERT INTO t VALUES (1); COMMIT;", &["BEGIN;", "INSERT INTO t VALUES (1);", "COMMIT;"]),
    ] {
        assert_eq!(statements(source), expected, "{source:?}");
        assert_eq!(odd(source), Vec::<String>::new(), "{source:?}");
    }
}

#[test]
fn a_delimiter_holds_until_the_next_and_is_no_part_of_a_statement() {
    let source = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END //\nDELIMITER ;\nSELECT 3;";
    assert_eq!(statements(source), ["CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END ", "SELECT 3;"]);
    assert_eq!(statements("delimiter $$\nbegin;select 1;end$$\ndelimiter ;\r\nselect 2;"), ["begin;select 1;end", "select 2;"]);
    assert_eq!(
        statements(
            "DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */;;\nDELIMITER ;"
        )
        .len(),
        1
    );
    assert_eq!(statements("delimiter GO\nselect 'GO', CATEGORY; GO\nselect 2 GO"), ["select 'GO', CATEGORY; ", "select 2 "]);
    assert_eq!(odd("DELIMITER //\nselect 1//"), Vec::<String>::new());
    assert_eq!(odd("DELIMITER\nselect 1;"), ["\"\" is no delimiter"]);
    assert_eq!(statements("\\d |\nselect 1|select 2|"), ["select 1", "select 2"]);
}

#[test]
fn what_a_dump_of_mariadb_begins_with_is_a_command_that_does_no_harm() {
    let source = "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\nselect 1;\n";
    assert_eq!((statements(source), odd(source)), (vec!["select 1;".to_owned()], Vec::new()));
    assert_eq!(statements("\n/*M!999999\\- x */select 2"), ["select 2"]);
    // Of one that does not end nothing is known.
    assert!(!odd("/*M!999999\\- select 1;\n").is_empty());
}

#[test]
fn a_body_is_one_statement_without_a_delimiter_too() {
    for body in [
        "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END;",
        "CREATE DEFINER=CURRENT_USER() PROCEDURE IF NOT EXISTS p(IN a INT, OUT b VARCHAR(20)) READS SQL DATA COMMENT 'x' l: BEGIN SELECT 1; END l;",
        "create function f(a int) returns varchar(10) character set utf8mb4 deterministic begin if a > 1 then return if(a, 'x', 'y'); elseif a then return 2; else if a then return 3; end if; end if; return case when a then if(a,1,2) else if(a,3,4) end; end;",
        "create function f(a int) returns text return repeat('x', if(a, 1, case a when 1 then 2 end));",
        "create trigger t before update on a for each row if new.x is null then set new.x = 1; end if;",
        "create trigger t after insert on a for each row follows u set @a = if(new.x, 1, 2);",
        "create event e on schedule every 1 day starts '2026-01-01' do begin delete from t; end;",
        "alter event e on schedule every 2 day do begin delete from t; select 1; end;",
        "create procedure p() begin declare continue handler for not found begin set @a = 1; end; l: loop leave l; end loop l; while 1 do select 1; end while; repeat set @a = 1; until 1 end repeat; case 1 when 1 then select 1; else begin end; end case; end;",
        "create procedure p() begin declare exit handler for sqlexception begin rollback; resignal; end; drop table if exists t; select t.begin, t.end from t; end;",
        "begin not atomic select 1; if 1 then select 2; end if; end;",
        "for i in 1..3 do insert into t values (i); end for;",
        "/*!50003 CREATE*/ /*!50020 DEFINER=`a`@`%`*/ /*!50003 PROCEDURE p() BEGIN SELECT 1; END */;",
    ] {
        assert_eq!(statements(&format!("{body}\nselect 9;")), [body, "select 9;"], "{body}");
        assert_eq!(odd(body), Vec::<String>::new(), "{body}");
    }
    assert_eq!(odd("create procedure p() begin select 1; "), ["a block of its body does not end"]);
    assert_eq!(odd("select 'a"), ["a quote or comment in it does not end"]);
}

#[test]
fn commands_of_the_client_are_told_and_what_they_do_is_not_guessed() {
    assert_eq!(statements("select 1\\G select 2\\g"), ["select 1", "select 2"]);
    assert_eq!(odd("select 1\\G"), Vec::<String>::new());
    assert_eq!(odd("source other.sql\nselect 1;"), ["source is a command of the client that evenkeel does not run"]);
    assert_eq!(odd("\\. other.sql\nselect 1;"), ["\\. is a command of the client that evenkeel does not run"]);
    assert_eq!(odd("\\! rm -rf /\n"), ["\\! is a command of the client that evenkeel does not run"]);
    assert_eq!(odd("select 1 \\! ls\n").len(), 2);
    assert_eq!(odd("system ls\n"), ["no statement of MySQL or MariaDB begins with SYSTEM"]);
}

#[test]
fn a_statement_is_what_its_first_words_say() {
    let one = |source: &str| split(source).iter().find_map(Piece::statement).map(|one| (one.tag.clone(), one.nature)).unwrap();
    for (source, tag, nature) in [
        ("create or replace algorithm=merge sql security invoker view v as select 1", "CREATE VIEW", Nature::Definition),
        ("create unique index i on t(a)", "CREATE INDEX", Nature::Definition),
        ("create definer=`a`@`b` procedure p() select 1", "CREATE PROCEDURE", Nature::Definition),
        ("/*!50001 create table t(a int) */", "CREATE TABLE", Nature::Definition),
        ("rename table a to b", "RENAME TABLE", Nature::Definition),
        ("truncate table a", "TRUNCATE TABLE", Nature::Data),
        ("(select 1) union (select 2)", "SELECT", Nature::Data),
        ("set names utf8mb4", "SET", Nature::Session),
        ("set session transaction isolation level read committed", "SET", Nature::Transaction(Word::Within)),
        ("start transaction", "START TRANSACTION", Nature::Transaction(Word::Begin)),
        ("rollback to savepoint a", "ROLLBACK", Nature::Transaction(Word::Within)),
        ("rollback", "ROLLBACK", Nature::Transaction(Word::RollBack)),
        ("call p()", "CALL", Nature::Code),
        ("creat table t(a int)", "CREAT", Nature::Unknown),
    ] {
        assert_eq!(one(source), (tag.to_owned(), nature), "{source}");
    }
}

#[test]
fn comments_are_left_out_and_what_is_executed_is_not() {
    assert_eq!(
        MysqlGrammar.bare("create  table t -- x\n(/* y */ a int) /*!50100 engine=innodb */ ;"),
        "create table t ( a int) /*!50100 engine=innodb */"
    );
}

/// Texts made of pieces that mean something to a scanner, in any order: no byte is lost, and none is cut in two.
#[test]
fn no_byte_is_lost_whatever_the_text() {
    const SEED: u64 = 11;
    const COUNT: usize = 20_000;
    #[rustfmt::skip]
    let parts = [
        "'", "\"", "`", "--", "-- ", "#", "\n", "\r", "/*", "*/", "/*!50003 ", "/*M!", ";", "(", ")", "\\", "\\G", "\\.", "\\d ", "ä", "\u{feff}",
        " ", "begin", "end", "create procedure p() ", "case ", "if ", "x", "1", "\r\n", "\0", "select 1", "delimiter //\n", "delimiter $$\n",
        "\ndelimiter ", "delimiter ä\n", "//", "$$", "use a\n", "source b", ":", "loop", "delimiter '", "begin not atomic ", "\u{a0}",
    ];
    let mut random = fastrand::Rng::with_seed(SEED);
    for _ in 0..COUNT {
        let text: String = (0..random.usize(0..14)).map(|_| parts[random.usize(0..parts.len())]).collect();
        let pieces = split(&text);
        assert!(pieces.iter().all(|piece| !matches!(piece.what, What::Rows)));
    }
}
