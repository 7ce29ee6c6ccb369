//! Generated expressions and queries, and the objects that hold them.

/// A generator of numbers from a seed (splitmix64).
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def0))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// What the expressions read.
pub const TABLES: &str = "
    CREATE SCHEMA app;
    CREATE TABLE app.t (a int, b int, big bigint, n numeric, r real, f bool, g bool, s text, v varchar(20), c char(4), d date,
        at timestamptz, plain timestamp, i interval, j jsonb, list int[], words text[], bits bit(4), id uuid, e money);
    CREATE TABLE app.u (a int, y int, name text);
    CREATE FUNCTION app.twice(x int, y int DEFAULT -1) RETURNS int LANGUAGE sql IMMUTABLE AS 'select x * 2 + y';";

/// A condition over the columns of `app.t`.
pub fn condition(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return leaf(random);
    }
    let mut inner = || condition(random, depth - 1);
    let (one, two, three) = (inner(), inner(), inner());
    match random.below(16) {
        0 | 1 => format!("{one} AND {two}"),
        2 | 3 => format!("{one} OR {two}"),
        4 => format!("({one} AND {two}) AND {three}"),
        5 => format!("{one} AND ({two} AND {three})"),
        6 => format!("{one} OR ({two} OR {three})"),
        7 => format!("({one} OR {two}) OR {three}"),
        8 => format!("NOT ({one})"),
        9 => format!("NOT NOT ({one} AND {two})"),
        10 => format!("({one}) IS {} TRUE", random.pick(&["", "NOT"])),
        11 => format!("({one}) = ({two})"),
        12 => format!("CASE WHEN {one} THEN {two} ELSE {three} END"),
        13 => format!("CASE {} WHEN {} THEN {one} WHEN {} THEN {two} END", number(random, 1), number(random, 0), number(random, 1)),
        14 => format!("COALESCE({one}, {two}, NULL)"),
        _ => format!("{one} AND {two} AND {three}"),
    }
}

fn leaf(random: &mut Random) -> String {
    let not = random.pick(&["", "NOT "]);
    match random.below(26) {
        0 => random.pick(&["f", "g", "true", "false", "NOT f", "f IS NULL", "g IS NOT UNKNOWN", "'t'::bool", "NULL::bool"]).to_owned(),
        1 | 2 => format!("{} {} {}", number(random, 1), random.pick(&["<", ">", "=", "<>", "<=", ">=", "!="]), number(random, 1)),
        3 | 4 => format!("{} {not}BETWEEN {} AND {}", number(random, 1), number(random, 0), number(random, 0)),
        5 => format!("{} {not}BETWEEN SYMMETRIC {} AND {}", number(random, 0), number(random, 0), number(random, 0)),
        6 => format!("{} {not}IN ({}, {}, {})", number(random, 0), number(random, 0), number(random, 0), number(random, 1)),
        7 => format!("{} {not}IN ({})", number(random, 0), number(random, 0)),
        8 => format!("s {not}IN ('x', 'y', {})", text(random)),
        9 => format!("v {not}IN ('x', 'y')"),
        10 => format!("{} {not}LIKE {}", text(random), text(random)),
        11 => format!("{} {not}ILIKE 'a%' ESCAPE '#'", text(random)),
        12 => format!("{} {not}SIMILAR TO 'a|b'", text(random)),
        13 => format!("{} {} {}", text(random), random.pick(&["=", "<", "~", "!~*", ">="]), text(random)),
        14 => format!(
            "({}, {}) {} ({}, {})",
            number(random, 0),
            text(random),
            random.pick(&["=", "<", "<>", ">="]),
            number(random, 0),
            text(random)
        ),
        15 => format!("(a, b) {not}IN ((1, -2), (3, {}))", number(random, 0)),
        16 => format!("{} IS {}DISTINCT FROM {}", number(random, 0), not, number(random, 0)),
        17 => format!("{} = ANY (list)", number(random, 0)),
        18 => {
            format!("{} {} ALL (ARRAY[{}, {}])", number(random, 0), random.pick(&["<>", "<", ">="]), number(random, 0), number(random, 0))
        }
        19 => format!("{} {} {}", time(random), random.pick(&["<", ">=", "="]), time(random)),
        20 => format!("d {not}BETWEEN '2020-01-01' AND DATE '2021-01-01'"),
        21 => format!("(plain, plain) OVERLAPS ('2020-01-01'::timestamp, INTERVAL '{} days')", random.below(9)),
        22 => format!("j {} {}", random.pick(&["@>", "?"]), random.pick(&["'{\"a\": -1}'", "'k'"])),
        23 => format!("(j ->> 'k')::int {} {}", random.pick(&["=", "<"]), number(random, 0)),
        24 => format!("list {} ARRAY[{}, -2]", random.pick(&["@>", "&&", "="]), number(random, 0)),
        _ => format!("bits = B'10{}1'", random.below(2)),
    }
}

/// An integer or numeric expression.
pub fn number(random: &mut Random, depth: usize) -> String {
    if depth == 0 || random.below(3) == 0 {
        return random
            .pick(&[
                "a",
                "b",
                "a",
                "b",
                "1",
                "-1",
                "0",
                "-0",
                "5",
                "-1::int",
                "(-1)::int",
                "- 1",
                "+1",
                "-(-1)",
                "- (- 5)",
                "-a",
                "-(a)",
                "1.5::int",
                "'7'::int",
                "'-7'::int",
                "-2147483648",
                "2147483647",
                "'-2147483648'::int",
                "NULL::int",
                "-a::int",
                "CAST(-3 AS int)",
                "int '4'",
                "int '-4'",
                "-'1'::int",
                "-1 + 2",
                "- 1::smallint",
                "-1::int2",
                "list[1]",
                "list[-1]",
                "list[a]",
            ])
            .to_owned();
    }
    let (one, two) = (number(random, depth - 1), number(random, depth - 1));
    match random.below(14) {
        0..=2 => format!("{one} {} {two}", random.pick(&["+", "-", "*", "/", "%", "|", "&", "#"])),
        3 => format!("-({one})"),
        4 => format!("- {one}"),
        5 => format!("({one} + {two}) - -1"),
        6 => format!("COALESCE({one}, {two})"),
        7 => format!("GREATEST({one}, {two}, -5)"),
        8 => format!("NULLIF({one}, {two})"),
        9 => format!("abs({one})"),
        10 => format!("app.twice({one}, {two})"),
        11 => format!("CASE WHEN a > -1 THEN {one} ELSE {two} END"),
        12 => format!("length({})", text(random)),
        _ => format!("({one})::{}", random.pick(&["bigint", "numeric", "numeric(10,2)", "int", "double precision", "real"])),
    }
}

pub fn text(random: &mut Random) -> String {
    random
        .pick(&[
            "s",
            "v",
            "c",
            "'x'",
            "'it''s'",
            "E'a\\nb'",
            "'a\\b'",
            "s || 'x'",
            "lower(s)",
            "upper(v)",
            "v::text",
            "'-1'",
            "a::text",
            "'x'::varchar(3)",
            "s COLLATE \"C\"",
            "substring(s from 1 for 2)",
            "trim(both ' ' from s)",
            "coalesce(v, 'none')",
            "(s || v) || c",
            "s || (v || c)",
            "concat(s, -1, v)",
            "left(s, -1)",
            "overlay(s placing 'x' from 2)",
            "position('x' in s)::text",
            "'x'::char(4)",
            "NULL::text",
            "words[1]",
            "j ->> 'k'",
            "j #>> '{a,b}'",
            "format('%s', a)",
            "md5(s)",
            "s::varchar",
            "'a' 'b'",
            "U&'d\\0061t'",
            "case f when true then 'a' else s end",
            "cast(n as text)",
        ])
        .to_owned()
}

fn time(random: &mut Random) -> String {
    random
        .pick(&[
            "plain",
            "'2020-01-01'::timestamp",
            "plain + interval '1 day'",
            "plain - interval '-1 day'",
            "d + 1",
            "d - -1",
            "timestamp '2020-01-01 00:00'",
            "plain + '1 mon -1 day'::interval",
            "date_trunc('day', plain)",
            "d::timestamp",
            "(at AT TIME ZONE 'utc')",
            "plain + i * -1",
            "plain + -i",
            "make_date(2020, 1, 1)",
            "interval '1' day + plain",
            "plain - INTERVAL '1-2' YEAR TO MONTH",
            "to_timestamp(0) AT TIME ZONE 'utc'",
        ])
        .to_owned()
}

/// A query over both tables, with the shapes that print their columns' names.
pub fn query(random: &mut Random, depth: usize) -> String {
    let where_ = condition(random, 1);
    let inner = |random: &mut Random| subquery(random, depth.saturating_sub(1));
    match random.below(14) {
        0 => format!("SELECT a, {} AS x, {} FROM app.t WHERE {where_}", number(random, 1), constant(random)),
        1 => format!("SELECT a FROM app.t WHERE {where_} AND EXISTS ({})", inner(random)),
        2 => format!("SELECT a AS x FROM app.t WHERE a IN ({})", column(random)),
        3 => format!("SELECT a FROM app.u UNION {} {}", random.pick(&["", "ALL"]), column(random)),
        4 => format!("SELECT x FROM (SELECT a AS x FROM app.u UNION ALL {}) q WHERE x > -1", column(random)),
        5 => format!("WITH w AS ({}) SELECT 1 AS one FROM w", inner(random)),
        6 => format!("WITH w AS (SELECT a AS x FROM app.u UNION ALL {}) SELECT x FROM w", column(random)),
        7 => format!("SELECT ({} LIMIT 1) AS c, ARRAY({}) AS l", column(random), column(random)),
        8 => format!(
            "SELECT t.a, u.y FROM app.t t LEFT JOIN app.u u ON t.a = u.a AND {} WHERE {}",
            "u.y BETWEEN 1 AND 5 AND true", "t.f AND (t.g AND t.a > -1)"
        ),
        9 => format!(
            "SELECT a, count(*) FILTER (WHERE {where_}) AS n FROM app.t GROUP BY a HAVING count(*) BETWEEN 1 AND 5 AND max(b) > -1 ORDER BY a"
        ),
        10 => format!(
            "SELECT a, sum(b) OVER (PARTITION BY a > -1 ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM app.t WHERE {where_}"
        ),
        11 => format!("SELECT 1 AS one FROM (SELECT {}, a FROM app.u) q", constant(random)),
        12 => format!("(SELECT a FROM app.u EXCEPT {}) INTERSECT {}", column(random), column(random)),
        _ => format!("SELECT v.x, l.z FROM (VALUES (1, 'a'), (-2, 'b')) v(x, y), LATERAL ({}) l(z)", column(random)),
    }
}

fn subquery(random: &mut Random, depth: usize) -> String {
    if depth > 0 && random.below(2) == 0 {
        return query(random, depth);
    }
    format!("SELECT {} FROM app.u WHERE y BETWEEN -1 AND 5 AND a > 0", constant(random))
}

/// A query of one integer column.
fn column(random: &mut Random) -> String {
    let value = random.pick(&[
        "NULL",
        "-1",
        "1",
        "y",
        "a",
        "'7'::int",
        "NULL::int",
        "- 1",
        "max(y)",
        "y AS other",
        "-1 AS minus",
        "coalesce(y, -1)",
        "CASE WHEN y > 0 THEN 1 END",
    ]);
    format!(
        "SELECT {value} FROM app.u{}",
        if value == "max(y)" { "" } else { random.pick(&["", " WHERE y > -1", " WHERE y BETWEEN 1 AND 2 AND a > 1"]) }
    )
}

fn constant(random: &mut Random) -> &'static str {
    random.pick(&[
        "NULL",
        "1",
        "-1",
        "'one'",
        "true",
        "1.5",
        "-1.5",
        "NULL::text",
        "'x'::varchar(3)",
        "now()",
        "a",
        "y AS z",
        "1 AS k",
        "current_date",
        "ARRAY[1, -2]",
        "row(1, -2)",
        "a IS NULL",
        "'a' AS b",
        "CASE WHEN true THEN 1 END",
    ])
}

/// Statements that make one object each.
pub fn statements(random: &mut Random, number_of_case: u64, major: u32) -> Vec<String> {
    let n = number_of_case;
    let depth = 1 + random.below(3);
    let mut wanted = vec![
        format!("ALTER TABLE app.t ADD CONSTRAINT check_{n} CHECK ({})", condition(random, depth)),
        format!("CREATE INDEX where_{n} ON app.t (a) WHERE {}", condition(random, depth)),
        format!("CREATE INDEX key_{n} ON app.t (({}), {} DESC)", condition(random, depth), "(a + -1)"),
        format!("CREATE INDEX number_{n} ON app.t (({}))", number(random, 2)),
        format!("CREATE VIEW app.view_{n} AS {}", query(random, 2)),
        format!("CREATE VIEW app.other_{n} AS {}", query(random, 1)),
        format!("CREATE MATERIALIZED VIEW app.kept_{n} AS {} WITH NO DATA", query(random, 1)),
        format!("CREATE POLICY policy_{n} ON app.t USING ({}) WITH CHECK ({})", condition(random, depth), condition(random, 1)),
        format!("CREATE POLICY seen_{n} ON app.t USING (EXISTS ({}))", subquery(random, 1)),
        format!(
            "CREATE TABLE app.generated_{n} (a int, b int, list int[], s text, v text, c text, f bool, g bool, x bool GENERATED ALWAYS AS ({}) STORED)",
            condition(random, 1)
        ),
        format!(
            "CREATE TABLE app.default_{n} (a int DEFAULT {}, b numeric DEFAULT {}, s text DEFAULT {})",
            fixed(random),
            fixed(random),
            "'x' || -1"
        ),
        format!(
            "CREATE DOMAIN app.domain_{n} AS int DEFAULT {} CHECK (VALUE BETWEEN -1 AND 5 AND VALUE <> {})",
            fixed(random),
            fixed(random)
        ),
        format!(
            "CREATE FUNCTION app.f_{n}(x int DEFAULT {}, y numeric DEFAULT {}) RETURNS int LANGUAGE sql AS 'select 1'",
            fixed(random),
            fixed(random)
        ),
        format!(
            "CREATE RULE rule_{n} AS ON UPDATE TO app.u WHERE {} DO ALSO INSERT INTO app.u (a) {}",
            "old.a BETWEEN 1 AND 5 AND new.y > -1",
            column(random)
        ),
        format!(
            "CREATE TRIGGER trigger_{n} BEFORE UPDATE ON app.t FOR EACH ROW WHEN (old.a BETWEEN {} AND 5 AND new.f AND (new.g AND old.b > {})) EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            fixed(random),
            fixed(random)
        ),
        format!("CREATE TABLE app.part_{n} (a int, b int) PARTITION BY RANGE (({}))", number_of(random)),
    ];
    if major >= 14 {
        wanted.push(format!("CREATE STATISTICS app.stat_{n} ON a, ({}) FROM app.t", condition(random, 1)));
        wanted.push(format!("CREATE FUNCTION app.atomic_{n}(a int, f bool) RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT f AND a BETWEEN {} AND 5 AND (f OR (f OR a > -1)); END", fixed(random)));
        wanted.push(format!(
            "CREATE FUNCTION app.return_{n}(a int, f bool) RETURNS bool LANGUAGE sql RETURN a BETWEEN {} AND 5 AND f",
            fixed(random)
        ));
    }
    if major >= 15 {
        wanted.push(format!(
            "CREATE PUBLICATION pub_{n} FOR TABLE app.u WHERE (a BETWEEN {} AND 5 AND y > {})",
            fixed(random),
            fixed(random)
        ));
    }
    wanted
}

/// A constant number.
fn fixed(random: &mut Random) -> &'static str {
    random.pick(&[
        "1",
        "-1",
        "-1::int",
        "- 1",
        "-(-1)",
        "1.5",
        "-(1.5::numeric)",
        "-1.5",
        "'7'::int",
        "+1",
        "0",
        "-0",
        "5 % -3",
        "-2147483648",
        "(2 + -1)",
        "-1::numeric",
        "- -2",
        "-1e3",
        "-.5",
        "1_0",
    ])
}

fn number_of(random: &mut Random) -> &'static str {
    random.pick(&["a + -1", "a % -3", "abs(a) - -1", "-a", "(a + b) + -1", "coalesce(a, -1)"])
}

/// The text with one token exchanged for another of its sort. `None` where there is none to exchange.
pub fn mutated(random: &mut Random, sql: &str) -> Option<String> {
    const SORTS: &[&[&str]] = &[
        &["AND", "OR"],
        &["<", ">", "=", "<>", "<=", ">="],
        &["a", "b"],
        &["f", "g"],
        &["1", "5", "7", "-1", "-7"],
        &["UNION", "EXCEPT", "INTERSECT"],
        &["ANY", "ALL"],
        &["true", "false"],
        &["y", "a"],
        &["+", "-", "*"],
        &["'x'", "'y'"],
    ];
    let tokens: Vec<&str> = sql.split_inclusive([' ', '(', ')', ',']).collect();
    let bare = |token: &str| token.trim_end_matches([' ', '(', ')', ',']).to_owned();
    let places: Vec<(usize, &[&str])> = tokens
        .iter()
        .enumerate()
        .filter_map(|(at, token)| Some((at, *SORTS.iter().find(|sort| sort.contains(&bare(token).as_str()))?)))
        .collect();
    if places.is_empty() {
        return None;
    }
    let (at, sort) = places[random.below(places.len())];
    let old = bare(tokens[at]);
    let others: Vec<&str> = sort.iter().copied().filter(|word| *word != old).collect();
    let new = others[random.below(others.len())];
    let mut changed: Vec<String> = tokens.iter().map(|token| (*token).to_owned()).collect();
    changed[at] = format!("{new}{}", &tokens[at][old.len()..]);
    Some(changed.concat())
}
