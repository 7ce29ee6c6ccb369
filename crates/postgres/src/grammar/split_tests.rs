//! Files cut into statements: nothing is lost, and nothing is cut where the server would not.
#![allow(clippy::unwrap_used)]

use super::PostgresGrammar;
use evenkeel_core::statement::{Grammar, Nature, Piece, What, Word, is_whole};

fn split(source: &str) -> Vec<Piece> {
    let pieces = PostgresGrammar.split(source);
    assert!(is_whole(source, &pieces), "{source:?}: {pieces:?}");
    pieces
}

fn statements(source: &str) -> Vec<String> {
    split(source).iter().filter(|piece| piece.statement().is_some()).map(|piece| piece.text(source).to_owned()).collect()
}

#[test]
fn statements_end_where_the_server_ends_them() {
    for (source, expected) in [
        ("", &[][..]),
        ("-- nothing\n ; ;\n", &[]),
        ("SELECT 1; select 2", &["SELECT 1;", "select 2"]),
        ("\u{feff}SELECT 1;\r\n", &["SELECT 1;"]),
        (
            "SELECT ';' || \"a;b\" /* ; /* ; */ */ || $$;$$ || $a$;$$;$a$;SELECT 2 -- ;",
            &["SELECT ';' || \"a;b\" /* ; /* ; */ */ || $$;$$ || $a$;$$;$a$;", "SELECT 2 -- ;"],
        ),
        (
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 1;",
            &["CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b);", "SELECT 1;"],
        ),
        (
            "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3;",
            &["create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end;", "select 3;"],
        ),
        ("BEGIN; SELECT 1; END;", &["BEGIN;", "SELECT 1;", "END;"]),
        ("SELECT E'\\';' ; SELECT 2", &["SELECT E'\\';' ;", "SELECT 2"]),
    ] {
        assert_eq!(statements(source), expected, "{source:?}");
    }
}

#[test]
fn rows_belong_to_their_statement_and_are_no_sql() {
    let source = "COPY public.t (a, b) FROM stdin;\n1\t;\n2\t'\n\\.\n\nSELECT 1;";
    let pieces = split(source);
    let rows: Vec<&str> = pieces.iter().filter(|piece| piece.what == What::Rows).map(|piece| piece.text(source)).collect();
    assert_eq!(rows, ["1\t;\n2\t'\n\\.\n"]);
    assert_eq!(statements(source), ["COPY public.t (a, b) FROM stdin;", "SELECT 1;"]);
    assert_eq!(statements("copy t to stdout; select 1;").len(), 2);
    assert_eq!(statements("copy t from 'stdin'; select 1;").len(), 2);
    // Without an end they go to the end of the file.
    assert_eq!(statements("copy t from stdin;\n1\nselect 1;\n").len(), 1);
}

#[test]
fn commands_of_psql_are_told_and_what_they_do_is_not_guessed() {
    let odd = |source: &str| split(source).iter().filter_map(|piece| piece.odd().map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(odd("\\set ON_ERROR_STOP on\n\\restrict abc\n\\echo hello\nSELECT 1;"), Vec::<String>::new());
    assert_eq!(odd("\\i other.sql\n"), ["\\i is a command of psql that evenkeel does not run"]);
    assert_eq!(odd("\\set x 1\nSELECT 'x';\n"), Vec::<String>::new());
    assert_eq!(
        odd("\\set x 1\nALTER ROLE a SET b TO :'x';\n")[0],
        "\\set gives x a value, which psql puts into the text: evenkeel does not"
    );
    assert_eq!(odd("SELECT 'a' \\gexec\nSELECT 1;").len(), 2);
}

#[test]
fn a_statement_is_what_the_grammar_says() {
    let one = |source: &str| {
        let pieces = split(source);
        let statement = pieces.iter().find_map(Piece::statement).unwrap().clone();
        (statement.tag, statement.nature, statement.alone)
    };
    for (source, tag, nature, alone) in [
        ("create unique index concurrently i on t(a)", "CREATE INDEX", Nature::Definition, true),
        ("create index i on t(a)", "CREATE INDEX", Nature::Definition, false),
        ("drop index concurrently i", "DROP INDEX", Nature::Definition, true),
        ("create or replace view v as select 1", "CREATE VIEW", Nature::Definition, false),
        ("create materialized view v as select 1", "CREATE MATERIALIZED VIEW", Nature::Definition, false),
        ("alter text search configuration c owner to x", "ALTER TEXT SEARCH CONFIGURATION", Nature::Right, false),
        ("select 1 into t", "SELECT", Nature::Definition, false),
        ("with a as (select 1) insert into t select * from a", "WITH", Nature::Data, false),
        ("vacuum t", "VACUUM", Nature::Data, true),
        ("analyze t", "ANALYZE", Nature::Data, false),
        ("reindex table concurrently t", "REINDEX", Nature::Data, true),
        ("reindex table t", "REINDEX", Nature::Data, false),
        ("alter table p detach partition c concurrently", "ALTER TABLE", Nature::Definition, true),
        ("alter table p detach partition c", "ALTER TABLE", Nature::Definition, false),
        ("create subscription s connection '' publication p with (create_slot = false)", "CREATE SUBSCRIPTION", Nature::Definition, false),
        ("create subscription s connection '' publication p", "CREATE SUBSCRIPTION", Nature::Definition, true),
        ("set search_path = a", "SET", Nature::Session, false),
        ("do $$ begin end $$", "DO", Nature::Code, false),
        ("start transaction", "START", Nature::Transaction(Word::Begin), false),
        ("end", "END", Nature::Transaction(Word::Commit), false),
        ("rollback to a", "ROLLBACK", Nature::Transaction(Word::Within), false),
        ("abort", "ABORT", Nature::Transaction(Word::RollBack), false),
        ("grant select on t to x", "GRANT", Nature::Right, false),
        ("alter table t owner to x", "ALTER TABLE", Nature::Right, false),
        ("alter table t add a int", "ALTER TABLE", Nature::Definition, false),
        ("alter function f() owner to x", "ALTER FUNCTION", Nature::Right, false),
        ("alter role x set search_path = a", "ALTER ROLE", Nature::Right, false),
        ("create tabel t()", "CREATE TABEL", Nature::Unknown, false),
    ] {
        assert_eq!(one(source), (tag.to_owned(), nature, alone), "{source}");
    }
}

#[test]
fn long_rows_need_no_tree() {
    let source = format!("INSERT INTO t VALUES {}(1);", "(1),".repeat(300_000));
    let pieces = split(&source);
    assert_eq!(pieces.len(), 1);
    assert_eq!(pieces.first().and_then(Piece::statement).map(|one| one.nature), Some(Nature::Data));
}

/// Texts made of pieces that mean something to a scanner, in any order: no byte is lost, and none is cut in two.
#[test]
fn no_byte_is_lost_whatever_the_text() {
    const SEED: u64 = 11;
    const COUNT: usize = 3_000;
    let parts = [
        "'",
        "\"",
        "$$",
        "$a$",
        "--",
        "\n",
        "/*",
        "*/",
        ";",
        "(",
        ")",
        "\\",
        "\\.\n",
        "copy t from stdin;\n",
        "E'\\'",
        "ä",
        "\u{feff}",
        " ",
        "begin",
        "end",
        "create function f() ",
        "case ",
        "x",
        "1",
        "\r\n",
        "U&\"",
        "\0",
        "select 1",
    ];
    let mut random = fastrand::Rng::with_seed(SEED);
    for _ in 0..COUNT {
        let text: String = (0..random.usize(0..14)).map(|_| parts[random.usize(0..parts.len())]).collect();
        split(&text);
    }
}

#[test]
fn commands_of_psql_that_change_nothing_are_passed_over_and_others_are_not() {
    for (text, is_odd) in [
        ("\\set ON_ERROR_STOP on\nselect 1;", false),
        ("\\set owner app\nselect 1;", false),
        ("\\set owner app\nselect 'x'::owner;", false),
        ("\\set owner app\nalter table t owner to :owner;", true),
        ("\\set owner app\nalter table t owner to :\"owner\";", true),
        ("\\set owner app\nselect :'owner';", true),
        ("\\set owner app\nselect :owners;", false),
        ("\\set AUTOCOMMIT off\nselect 1;", true),
        ("\\encoding utf8\nselect 1;", false),
        ("\\encoding latin1\nselect 1;", true),
        ("\\dt+ app.*\nselect 1;", false),
        ("\\x on\n\\pset pager off\n\\timing\nselect 1;", false),
        ("select 1 \\gexec\n", true),
        ("\\connect other\nselect 1;", true),
        ("\\copy t from 'x'\n", true),
        ("\\! ls\n", true),
    ] {
        let found = split(text).iter().any(|piece| matches!(&piece.what, What::Command { odd: Some(_) }));
        assert_eq!(found, is_odd, "{text}");
    }
}
