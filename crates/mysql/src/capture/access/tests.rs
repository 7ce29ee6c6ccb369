//! Lines as the three servers print them, and what they mean.
#![allow(clippy::unwrap_used)]

use super::*;
use evenkeel_core::kind::{ALL, Engine};
use proptest::prelude::*;

const PLAIN: Rules = Rules { literal: false, folded: false };
const LITERAL: Rules = Rules { literal: true, folded: false };

fn access(lines: &[&str]) -> Access {
    Access::of(Account::parse("gg@%"), PLAIN, lines)
}

/// Printed by MySQL 9.7.
const MYSQL: &[&str] = &[
    "GRANT USAGE ON *.* TO `gg`@`%`",
    "GRANT BACKUP_ADMIN,SHOW_ROUTINE ON *.* TO `gg`@`%`",
    "GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO `gg`@`%` WITH GRANT OPTION",
    "GRANT ALL PRIVILEGES ON `a``b`.* TO `gg`@`%`",
    "GRANT ALL PRIVILEGES ON `it's`.* TO `gg`@`%`",
    "GRANT SELECT ON `sh\\_op`.* TO `gg`@`%` WITH GRANT OPTION",
    "GRANT INSERT ON `sh_o%`.* TO `gg`@`%`",
    "GRANT SELECT, SELECT (`id`, `p`), INSERT (`name`), UPDATE (`name`) ON `shop`.`t` TO `gg`@`%`",
    "GRANT EXECUTE ON PROCEDURE `shop`.`pr` TO `gg`@`%`",
    "GRANT EXECUTE, ALTER ROUTINE ON FUNCTION `shop`.`fn` TO `gg`@`%` WITH GRANT OPTION",
    "GRANT PROXY ON `u_none`@`localhost` TO `gg`@`%`",
    "GRANT `app_ro`@`%` TO `gg`@`%` WITH ADMIN OPTION",
];

/// Printed by MariaDB 11.8 with a role active; 10.11 prints the same but for the quotes of PROXY.
const MARIADB: &[&str] = &[
    "GRANT `app_ro` TO `gg`@`%` WITH ADMIN OPTION",
    "GRANT USAGE ON *.* TO `gg`@`%` REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 5 MAX_USER_CONNECTIONS 7",
    "GRANT SELECT ON `sh\\_op`.* TO `gg`@`%` WITH GRANT OPTION",
    "GRANT ALL PRIVILEGES ON `it's`.* TO `gg`@`%`",
    "GRANT SELECT, SELECT (`id`, `p`), INSERT (`name`), UPDATE (`name`) ON `shop`.`t` TO `gg`@`%`",
    "GRANT EXECUTE ON PROCEDURE `shop`.`pr` TO `gg`@`%`",
    "GRANT EXECUTE, ALTER ROUTINE ON FUNCTION `shop`.`fn` TO `gg`@`%` WITH GRANT OPTION",
    "GRANT PROXY ON 'u_none'@'localhost' TO 'gg'@'%'",
    "GRANT `app_adm` TO `app_ro`",
    "GRANT USAGE ON *.* TO `app_ro`",
    "GRANT SELECT ON `shop`.* TO `app_ro`",
    "GRANT USAGE ON *.* TO `app_adm`",
    "GRANT SHOW VIEW ON `shop`.* TO PUBLIC",
    "SET DEFAULT ROLE `app_ro` FOR `gg`@`%`",
];

#[test]
fn every_line_is_understood() {
    for line in MYSQL.iter().chain(MARIADB) {
        let other = line.contains("PROXY") || line.contains("app_adm` TO") || line.starts_with("GRANT `") || line.starts_with("SET");
        assert_eq!(line::parse(line).is_none(), other, "{line}");
    }
    let line = line::parse(MYSQL[7]).unwrap();
    assert_eq!(line.on, On::Inside { database: "shop".into(), object: "t".into(), is_routine: false });
    assert_eq!(line.grantee, "gg@%");
    assert_eq!(line.privileges[1].columns, ["id", "p"]);
    assert!(line.gives("SELECT") && !line.gives("INSERT"), "a privilege on columns is none on the table");
    assert_eq!(line::parse(MARIADB[12]).unwrap().grantee, "PUBLIC");
}

#[test]
fn mysql_privileges() {
    let access = access(MYSQL);
    assert!(access.on_server("SHOW_ROUTINE") && access.on_server("SYSTEM_VARIABLES_ADMIN") && !access.on_server("SELECT"));
    assert!(access.on_database("a`b", "TRIGGER") && access.on_database("it's", "EVENT"));
    // The plain name decides, not the pattern.
    assert!(access.on_database("sh_op", "SELECT") && !access.on_database("sh_op", "INSERT"));
    assert!(access.on_database("shxop", "INSERT") && !access.on_database("shxop", "SELECT"));
    assert!(!access.on_database("shop", "INSERT") && access.on_database("shxo", "INSERT"));
    assert!(access.on_table("shop", "t", "SELECT") && !access.on_table("shop", "t", "UPDATE") && !access.on_table("shop", "pr", "EXECUTE"));
    // With partial revokes, patterns are plain names.
    let literal = Access::of(Account::parse("gg@%"), LITERAL, MYSQL);
    assert!(!literal.on_database("shxop", "INSERT") && literal.on_database("sh_o%", "INSERT") && literal.on_database("sh_op", "SELECT"));
}

#[test]
fn mariadb_privileges_count_active_roles_and_public() {
    let access = access(MARIADB);
    assert!(access.on_database("shop", "SELECT") && access.on_database("shop", "SHOW VIEW") && !access.on_database("shop", "EVENT"));
    assert!(!access.on_server("USAGE X") && !access.on_server("SELECT"));
}

#[test]
fn partial_revokes_take_away() {
    let lines = [
        "GRANT SELECT, INSERT ON *.* TO `pr1`@`localhost`",
        "REVOKE SELECT ON `mysql`.* FROM `pr1`@`localhost`",
        "REVOKE SELECT ON `shop`.* FROM `pr1`@`localhost`",
    ];
    let access = Access::of(Account::parse("pr1@localhost"), LITERAL, &lines);
    assert!(access.on_database("other", "SELECT") && !access.on_database("shop", "SELECT") && access.on_database("shop", "INSERT"));
    assert!(!access.on_scope(&Scope::of(""), "SELECT") && access.on_scope(&Scope::of(""), "INSERT"));
    assert!(!access.on_database("mysql", "SELECT"));
}

#[test]
fn what_is_taken_away_and_not_understood_leaves_nothing_sure() {
    let access = access(&["GRANT ALL PRIVILEGES ON *.* TO `gg`@`%`", "DENY SELECT ON `shop`.* TO `gg`@`%`"]);
    assert!(!access.on_server("SELECT") && !access.on_database("shop", "SELECT"));
    let gaps = access.gaps(&Flavor::parse("11.8.3-MariaDB").unwrap(), &Scope::of("shop"), &[Dimension::Schema]);
    assert!(gaps.iter().any(|gap| gap.reason == Reason::Version && gap.kind.is_none()));
}

/// Kinds of the schema that are not complete for these lines.
fn incomplete(version: &str, lines: &[&str]) -> Vec<String> {
    let flavor = Flavor::parse(version).unwrap();
    let gaps = access(lines).gaps(&flavor, &Scope::of("sh_op"), &[Dimension::Schema]);
    assert!(gaps.iter().all(|gap| gap.cure.as_ref().is_some_and(|cure| cure.starts_with("GRANT "))));
    gaps.iter().map(|gap| gap.kind.clone().unwrap_or_default()).collect()
}

#[test]
fn what_is_incomplete_as_whom() {
    let (mysql, old, new) = ("9.7.0", "10.11.14-MariaDB", "11.8.3-MariaDB");
    let everything = [
        "",
        "schema",
        "table",
        "partition",
        "column",
        "index",
        "constraint",
        "view",
        "trigger",
        "event",
        "function",
        "procedure",
        "library",
    ];
    assert_eq!(incomplete(mysql, &["GRANT USAGE ON *.* TO `gg`@`%`"]), everything);
    let one_table = ["GRANT USAGE ON *.* TO `gg`@`%`", "GRANT SELECT ON `sh_op`.`t` TO `gg`@`%`"];
    assert_eq!(incomplete(mysql, &one_table), everything[1..]);
    let select = ["GRANT SELECT ON `sh\\_op`.* TO `gg`@`%`"];
    assert_eq!(incomplete(mysql, &select), ["view", "trigger", "event", "function", "procedure", "library"]);
    assert_eq!(incomplete(new, &select), ["constraint", "view", "trigger", "event", "function", "procedure", "package"]);
    let view = ["GRANT SELECT, SHOW VIEW ON `sh\\_op`.* TO `gg`@`%`"];
    assert_eq!(incomplete(mysql, &view), ["trigger", "event", "function", "procedure", "library"]);
    assert_eq!(incomplete(old, &view), ["trigger", "event", "function", "procedure", "package"]);
    let most = "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `sh\\_op`.* TO `gg`@`%`";
    assert_eq!(incomplete(old, &[most, "GRANT SELECT ON `mysql`.`proc` TO `gg`@`%`"]), [""; 0]);
    assert_eq!(incomplete(new, &[most, "GRANT SHOW CREATE ROUTINE ON `sh\\_op`.* TO `gg`@`%`"]), [""; 0]);
    assert_eq!(incomplete(old, &[most, "GRANT SHOW CREATE ROUTINE ON `sh\\_op`.* TO `gg`@`%`"]), ["function", "procedure", "package"]);
    assert_eq!(incomplete(mysql, &[most, "GRANT SHOW_ROUTINE ON *.* TO `gg`@`%`"]), [""; 0]);
    for version in [mysql, old, new] {
        assert_eq!(incomplete(version, &["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"]), [""; 0]);
    }
}

#[test]
fn a_cure_names_the_account_and_escapes_the_database() {
    let gaps = access(&["GRANT SELECT ON `sh\\_op`.* TO `gg`@`%`"]).gaps(
        &Flavor::parse("9.7.0").unwrap(),
        &Scope::of("sh_op"),
        &[Dimension::Schema],
    );
    assert_eq!(gaps[0].cure.as_deref(), Some("GRANT SHOW VIEW ON `sh\\_op`.* TO `gg`@`%`;"));
}

#[test]
fn patterns() {
    let matches = |text, name| Pattern { text, rules: PLAIN }.matches(name);
    for (text, name) in
        [("a%b%c", "aXbYc"), ("%", ""), ("%%", "x"), ("a_c", "abc"), ("a\\_c", "a_c"), ("_%_", "ab"), ("a\\%", "a%"), ("é_", "éü")]
    {
        assert!(matches(text, name), "{text} {name}");
    }
    for (text, name) in [("a\\_c", "abc"), ("_", ""), ("a%b", "aXc"), ("", "a"), ("_%_", "a"), ("a", "A")] {
        assert!(!matches(text, name), "{text} {name}");
    }
    assert!("%a".repeat(40).len() == 80 && !matches(&"%a".repeat(40), &"a".repeat(39)), "no blow-up");
}

#[test]
fn case_counts_where_it_does_on_the_server() {
    let lines = ["GRANT SELECT ON `Sh%`.* TO `gg`@`%`", "GRANT INSERT ON `Shop`.`T` TO `gg`@`%`"];
    let folded = Access::of(Account::parse("gg@%"), Rules { literal: false, folded: true }, &lines);
    assert!(folded.on_database("SHOP", "SELECT") && folded.on_table("shop", "t", "INSERT"));
    assert!(!access(&lines).on_database("shop", "SELECT") && !access(&lines).on_table("shop", "T", "INSERT"));
}

#[test]
fn a_server_that_checks_nothing_shows_no_privileges() {
    let unchecked = Access { unchecked: true, ..Access::default() };
    let (flavor, scope) = (Flavor::parse("11.8.3-MariaDB").unwrap(), Scope::of("shop"));
    let kinds = |dimension| unchecked.gaps(&flavor, &scope, &[dimension]).into_iter().map(|gap| gap.kind).collect::<Vec<_>>();
    assert_eq!(kinds(Dimension::Privileges), [None]);
    assert_eq!(kinds(Dimension::Schema), [Some("function".to_owned()), Some("event".to_owned())]);
    assert_eq!(kinds(Dimension::Data), []);
}

#[test]
fn one_gap_for_a_kind_is_enough() {
    let whole = Gap::kind(Kind::View, Reason::Privilege, "all".into());
    let one = Gap { object: Some("v".into()), ..whole.clone() };
    let other = Gap { object: Some("t".into()), ..Gap::kind(Kind::Trigger, Reason::Privilege, "one".into()) };
    let locked = Gap { reason: Reason::Locked, ..one.clone() };
    let hiding = |gap: &Gap| gap.clone().attribute("definition");
    let another = Gap { object: Some("w".into()), ..one.clone() };
    let condensed = condensed(vec![hiding(&one), hiding(&another), one, whole.clone(), other.clone(), locked.clone()]);
    assert_eq!(condensed, [hiding(&whole), whole, other, locked]);
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in ".*", name in ".*", sql in "(GRANT|REVOKE|[A-Z(),.*`'@ a_%\\\\])*") {
        for line in [&text, &sql, &format!("GRANT {text}"), &format!("REVOKE {sql}")] {
            let access = Access::of(Account::parse(&name), PLAIN, &[line]);
            let _ = access.on_database(&name, "SELECT");
            let _ = access.gaps(&Flavor::parse("9.7.0").unwrap(), &Scope::of(&name), &Dimension::ALL);
        }
    }

    #[test]
    fn an_escaped_name_is_itself_and_nothing_else(name in "[a-c_%\\\\`é]{0,8}", other in "[a-c_%\\\\`é]{0,8}") {
        let escaped = Pattern::escaped(&name);
        let pattern = Pattern { text: &escaped, rules: PLAIN };
        prop_assert_eq!(pattern.matches(&other), name == other);
        prop_assert_eq!(pattern.plain(), Some(name.clone()));
        // What is granted on it is read back as held on it.
        let line = format!("GRANT SELECT ON {}.* TO `gg`@`%`", Ident(&escaped));
        prop_assert_eq!(access(&[&line]).on_database(&other, "SELECT"), name == other);
    }
}

/// Kinds that everybody sees whole, or that a privilege makes whole which another kind names.
const OPEN: &[(Kind, &str)] = &[
    (Kind::Setting, "global variables are open to every account"),
    (Kind::Server, "what the server says of itself; its time zones are a need of one property"),
    (Kind::Node, "what needs a privilege is said property by property"),
    (Kind::Plugin, "MariaDB shows them to every account"),
    (Kind::Migration, "read with its history table"),
    (Kind::ReferenceTable, "only tables that are named are read, and one that is refused is a gap of its own"),
    (Kind::ReferenceRow, "read with its table"),
];

#[test]
fn every_kind_has_its_needs_or_is_open() {
    for text in ["9.7.0", "10.11.14-MariaDB", "11.8.6-MariaDB"] {
        let flavor = Flavor::parse(text).unwrap();
        let read = ALL.iter().filter(|kind| kind.spec().engines.has(flavor.engine, flavor.number));
        for kind in read {
            let is_needed = need::of(&flavor).any(|need| need.attribute.is_none() && need.kinds.contains(kind));
            let is_open = OPEN.iter().any(|(open, _)| open == kind);
            assert!(is_needed || is_open, "{} on {text}: no need of access::need, and not said to be open", kind.name());
        }
    }
    for (kind, why) in OPEN {
        assert!(!why.is_empty() && kind.spec().engines.since(Engine::MySql).is_some(), "{} need not be excused", kind.name());
    }
}
