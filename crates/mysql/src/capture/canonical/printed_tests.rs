//! What three servers printed for the same input (`tests/golden/mysql/canonical/printed.tsv`), and laws over any text.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;

fn definition(text: &str, context: Context<'_>) -> String {
    super::definition(text, &[], context)
}

const SERVERS: [&str; 3] = ["10.11.14-MariaDB", "11.8.3-MariaDB", "9.7.0"];

fn golden() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mysql/canonical/printed.tsv")
}

fn unescaped(text: &str) -> String {
    text.replace("\\\\", "\u{1}").replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace('\u{1}', "\\")
}

/// How the canonical texts of two servers compare, as `core` would say it.
fn verdict(a: &Object, b: &Object, majors: (u16, u16)) -> &'static str {
    if a.values() == b.values() {
        return "equal";
    }
    let marks =
        a.marks.iter().chain(&b.marks).map(|mark| mark.boundary).filter(|mark| *mark == 0 || (majors.0 < *mark) != (majors.1 < *mark));
    let key = |object: &Object, boundary| {
        let of = |boundary| object.marks.iter().find(|mark| mark.boundary == boundary);
        let own = of(boundary).or_else(|| of(0)).map(|mark| mark.equivalent.to_string());
        own.or_else(|| object.values().iter().find(|(at, _)| *at == index(object)).map(|(_, value)| value.shown()))
    };
    if marks.into_iter().any(|boundary| key(a, boundary) == key(b, boundary)) { "not comparable" } else { "different" }
}

fn property(kind: Kind) -> &'static str {
    if kind == Kind::View { "definition" } else { "expression" }
}

fn index(object: &Object) -> u8 {
    object.kind.spec().index_of(property(object.kind)).unwrap()
}

fn read(kind: Kind, raw: &str, server: &str) -> (Object, u16) {
    let (flavor, scope) = (Flavor::parse(server).unwrap(), Scope::of("shop"));
    let context = Context { flavor: &flavor, scope: &scope };
    let mut object = Object::new(kind, Identity::new(["", "t", "c"]));
    let text = if kind == Kind::View { definition(raw, context) } else { expression(raw, context) };
    let again = if kind == Kind::View { definition(&text, context) } else { expression(&text, context) };
    assert_eq!(text, again, "canonical text of canonical text: {raw}");
    object.set(property(kind), text);
    if kind == Kind::View {
        marks_of_query(&mut object, property(kind), raw, &[], context);
    } else {
        marks(&mut object, property(kind), raw, context);
    }
    assert!(!object.marks.iter().any(|mark| mark.reason.contains("as it is printed")), "not understood, printed by {server}: {raw}");
    (object, flavor.number)
}

/// `UPDATE=1` writes what holds now; the verdict on each line is what a reviewer reads.
#[test]
fn the_same_input_reads_the_same_whoever_printed_it() {
    let text = std::fs::read_to_string(golden()).unwrap();
    let mut rewritten = String::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = String::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let [expected, sort, input, printed @ ..] = parts.as_slice() else { panic!("{line}") };
        let kind = if *sort == "query" { Kind::View } else { Kind::Constraint };
        let read: Vec<(Object, u16)> = printed
            .iter()
            .zip(SERVERS)
            .filter(|(text, _)| **text != "-")
            .map(|(text, server)| read(kind, &unescaped(text), server))
            .collect();
        let mut verdicts = Vec::new();
        for (at, (a, left)) in read.iter().enumerate() {
            verdicts.extend(read[at + 1..].iter().map(|(b, right)| verdict(a, b, (*left, *right))));
        }
        let found = ["different", "not comparable", "equal"].into_iter().find(|verdict| verdicts.contains(verdict)).unwrap();
        *counts.entry(found).or_default() += 1;
        if found != *expected {
            let texts: Vec<String> =
                read.iter().map(|(object, _)| format!("{} {:?}", object.text(property(kind)).unwrap(), object.marks)).collect();
            writeln!(wrong, "{input}: {expected} expected, {found}:\n  {}", texts.join("\n  ")).unwrap();
        }
        writeln!(rewritten, "{found}\t{}", parts[1..].join("\t")).unwrap();
    }
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(golden(), rewritten).unwrap();
    } else {
        assert!(wrong.is_empty(), "{wrong}");
    }
    assert!(counts["equal"] > 400);
}

/// What stays of the character sets of literals, for a statement, is nothing else than what is hashed.
#[test]
fn the_exact_text_says_the_same() {
    let text = std::fs::read_to_string(golden()).unwrap();
    let mut introduced = 0;
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        for (raw, server) in parts[3..].iter().zip(SERVERS).filter(|(raw, _)| **raw != "-") {
            let (flavor, scope) = (Flavor::parse(server).unwrap(), Scope::of("shop"));
            let (context, raw) = (Context { flavor: &flavor, scope: &scope }, unescaped(raw));
            let (whole, plain) = match parts[1] {
                "query" => (exact_definition(&raw, &[], context), definition(&raw, context)),
                _ => (exact(&raw, context), expression(&raw, context)),
            };
            introduced += usize::from(whole != plain);
            assert_eq!(unintroduced(&whole).unwrap_or(whole), plain, "{raw}");
        }
    }
    assert!(introduced > 2, "{introduced}");
}

fn on_mysql<T>(check: impl FnOnce(Context<'_>) -> T) -> T {
    let (flavor, scope) = (Flavor::parse("9.7.0").unwrap(), Scope::of("shop"));
    check(Context { flavor: &flavor, scope: &scope })
}

/// Names and literals of a text, however often.
fn kept(text: &str) -> Option<Vec<String>> {
    let mut kept: Vec<String> = token::cut(text)?
        .iter()
        .filter(|token| matches!(token, token::Token::Name(_) | token::Token::Text { .. } | token::Token::Number(_)))
        .map(|token| token::shown(token).into_owned())
        .filter(|shown| shown != "0" && shown != "`shop`")
        .collect();
    kept.sort_unstable();
    Some(kept)
}

/// Expressions as people write them.
fn written() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "`[a-d]`",
        "`t`\\.`[a-d]`",
        "`shop`\\.`t`\\.`[a-d]`",
        "[1-9][0-9]{0,3}",
        "[1-9]\\.5",
        "'[a-z%_ \"#-]{0,6}'",
        Just("'it\\'s'".to_owned()),
        Just("'ü\\n\\\\'".to_owned()),
    ];
    leaf.prop_recursive(6, 60, 4, |inner| {
        let operators = prop::sample::select(vec![
            "+", "-", "*", "/", "DIV", "%", "&", "|", "^", "<<", "=", "<>", "<", ">=", "<=>", "and", "or", "xor", "like", "regexp", "||",
        ]);
        prop_oneof![
            (inner.clone(), operators.clone(), inner.clone()).prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            (inner.clone(), operators, inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("not ({a})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), prop::sample::select(vec!["is null", "is not null", "is true", "collate utf8mb4_bin"]))
                .prop_map(|(a, b)| format!("({a}) {b}")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a}) not between ({b}) and ({c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) in ({b},'x')")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("concat({a},{b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("case when {a} then {b} end")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("if({a},(select `a` from `shop`.`t` where {b}),3)")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_read_without_panic_and_once_is_enough(text in "[ -~ü`'\"\\\\()\\.,@#*/_a-e0-9\n]{0,60}") {
        on_mysql(|context| {
            let once = expression(&text, context);
            prop_assert_eq!(&expression(&once, context), &once);
            let query = definition(&text, context);
            prop_assert_eq!(&definition(&query, context), &query);
            let code = body(&text, context);
            prop_assert_eq!(&body(&code, context), &code);
            Ok(())
        })?;
    }

    #[test]
    fn expressions_keep_their_names_and_literals(text in written()) {
        on_mysql(|context| {
            let once = expression(&text, context);
            prop_assert_eq!(&expression(&once, context), &once);
            prop_assert_eq!(kept(&text), kept(&once), "{} became {}", text, once);
            prop_assert!(!once.contains("`shop`"), "{}", once);
            Ok(())
        })?;
    }
}

#[test]
fn what_is_long_or_deep_passes() {
    on_mysql(|context| {
        let long = format!("select {} from `shop`.`t`", vec!["`shop`.`t`.`a` + 1 AS `x`"; 5000].join(","));
        assert!(definition(&long, context).len() > 80_000);
        let sum = vec!["`a`"; 20_000].join(" + ");
        assert_eq!(expression(&sum, context), sum);
        let chain = vec!["(`a` = 1)"; 20_000].join(" and ");
        assert_eq!(expression(&chain, context), chain);
        for (open, close) in [
            ("(", ")"),
            ("concat(", ")"),
            ("(select ", ")"),
            ("not (", ")"),
            ("- ", ""),
            ("((select 1) + ", ")"),
            ("case when ", " then 1 end"),
        ] {
            let deep = format!("{}`a`{}", open.repeat(20_000), close.repeat(20_000));
            let once = expression(&deep, context);
            assert_eq!(expression(&once, context), once);
        }
    });
}

#[test]
fn the_own_database_goes_and_its_namesakes_stay() {
    on_mysql(|context| {
        for (given, expected) in [
            ("select `shop`.`t`.`a` AS `a` from `shop`.`t`", "select `t`.`a` as `a` from `t`"),
            ("select `shop`.`a` AS `a` from `shop`.`t` `shop`", "select `shop`.`a` as `a` from `t` `shop`"),
            ("select `other`.`t`.`a` AS `a` from `other`.`t`", "select `other`.`t`.`a` as `a` from `other`.`t`"),
            ("select `shop`.`f`(1) AS `x`", "select `f`(1) as `x`"),
        ] {
            assert_eq!(definition(given, context), expected);
        }
        assert_eq!(expression("nextval(`shop`.`s`)", context), "nextval(`s`)");
    });
}

#[test]
fn joins_read_the_same_after_dump_and_restore() {
    on_mysql(|context| {
        let flat = definition("select 1 AS `x` from `shop`.`t` join `shop`.`u` join `shop`.`w` where `t`.`a` = 1", context);
        for restored in ["((`shop`.`t` join `shop`.`u`) join `shop`.`w`)", "(`shop`.`t` join `shop`.`u`) join (`shop`.`w`)"] {
            assert_eq!(definition(&format!("select 1 AS `x` from {restored} where (`t`.`a` = 1)"), context), flat);
        }
        let left = definition("select 1 AS `x` from (`t` left join (`u` join `w` on(`w`.`a` = 1)) on((`u`.`a` = 2)))", context);
        assert_eq!(left, "select 1 as `x` from `t` left join (`u` join `w` on `w`.`a` = 1) on `u`.`a` = 2");
    });
}

#[test]
fn json_is_a_type_where_its_check_is_there() {
    let column = |name: &str, collation: &str| {
        let mut column = Object::new(Kind::Column, Identity::new(["", "t", name]));
        column.set("type", "longtext");
        column.set("collation", collation);
        column.set("not_null", true);
        column
    };
    let check = |name: &str, expression: &str| {
        let mut check = Object::new(Kind::Constraint, Identity::new(["", "t", name]));
        check.set("expression", expression);
        check
    };
    let mut columns = vec![column("a", "utf8mb4_bin"), column("b", "utf8mb4_general_ci"), column("c", "utf8mb4_bin")];
    let mut checks =
        vec![check("a", "json_valid(`a`)"), check("b", "json_valid(`b`)"), check("c", "json_valid(`a`)"), check("k", "`a` > 1")];
    unite(&mut columns, &mut checks);
    let types: Vec<_> = columns.iter().map(|column| (column.text("type").unwrap(), column.text("collation"))).collect();
    assert_eq!(types, [("json", None), ("longtext", Some("utf8mb4_general_ci")), ("longtext", Some("utf8mb4_bin"))]);
    assert!(columns[0].get("not_null").is_some());
    let left: Vec<_> = checks.iter().map(|check| check.identity.part(2)).collect();
    assert_eq!(left, ["b", "c", "k"]);
}

#[test]
fn names_that_nobody_chose_are_known() {
    let (mariadb, mysql, scope) = (Flavor::parse(SERVERS[0]).unwrap(), Flavor::parse(SERVERS[2]).unwrap(), Scope::of("shop"));
    let (a, b) = (Context { flavor: &mariadb, scope: &scope }, Context { flavor: &mysql, scope: &scope });
    assert!(is_chosen("CONSTRAINT_12", "t", a) && is_chosen("t_chk_1", "t", b));
    assert!(
        !is_chosen("t_chk_1", "t", a)
            && !is_chosen("CONSTRAINT_1", "t", b)
            && !is_chosen("t_chk_", "t", b)
            && !is_chosen("t_chk_x", "t", b)
    );
}

#[test]
fn code_is_kept_as_typed() {
    on_mysql(|context| {
        for (given, expected) in [
            ("begin\r\n select * from shop.t; -- shop.t\n end;", "begin\n select * from t; -- shop.t\n end"),
            ("select `shop`.`t`.`a` from `shop`.`t`", "select `t`.`a` from `t`"),
            ("select 'shop.t', \"shop.t\", /* shop.t */ shop.f(1)", "select 'shop.t', \"shop.t\", /* shop.t */ f(1)"),
            ("select x.shop.t, @shop.t, myshop.t, shop2.t", "select x.shop.t, @shop.t, myshop.t, shop2.t"),
            ("select shop.a from t shop", "select shop.a from t shop"),
            ("  SELECT  1 # shop.\n", "SELECT  1 # shop."),
        ] {
            assert_eq!(body(given, context), expected);
        }
    });
}
