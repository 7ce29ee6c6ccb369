//! Which casts there are between types of the server's own, and how a shown type is taken apart. What becomes of values: `kept`.

/// A type without its numbers: `timestamp with time zone` of `timestamp(3) with time zone`.
pub fn bare(typ: &str) -> String {
    let (head, rest) = typ.split_once('(').unwrap_or((typ, ""));
    let tail = rest.split_once(')').map_or("", |(_, tail)| tail);
    format!("{head}{tail}")
}

/// What stands in its parentheses. What is less than nothing is the largest.
pub fn numbers(typ: &str) -> Vec<u32> {
    let inside = typ.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    let all = inside.split(',').filter(|number| !number.is_empty());
    all.map(|number| number.trim().parse().unwrap_or(u32::MAX)).collect()
}

/// Whether values of one type are kept as they are in the other, which only allows more.
pub fn is_widened(from: &str, to: &str) -> bool {
    let (was, is) = (bare(from), bare(to));
    let is_open = |name: &str| matches!(name, "character varying" | "text");
    match (numbers(from).as_slice(), numbers(to).as_slice()) {
        (_, []) if is_open(&was) && is_open(&is) => true,
        ([a], [b]) if is_open(&was) && was == is => a <= b,
        ([_, _], []) => was == "numeric" && is == "numeric",
        ([a, scale], [b, other_scale]) => was == "numeric" && is == "numeric" && a <= b && scale == other_scale,
        _ => false,
    }
}

/// Casts that every version has: `pg_cast` of 13 and of 18, without those of text, which joins all types by what they read and write.
const CASTS: &[(&str, &[&str])] = &[
    ("\"char\"", &["integer"]),
    ("bigint", &["bit", "double precision", "integer", "money", "numeric", "oid", "real", "smallint"]),
    ("bit", &["bigint", "bit varying", "integer"]),
    ("bit varying", &["bit"]),
    ("boolean", &["integer"]),
    ("box", &["circle", "lseg", "point", "polygon"]),
    ("cidr", &["inet"]),
    ("circle", &["box", "point", "polygon"]),
    ("date", &["timestamp with time zone", "timestamp without time zone"]),
    ("double precision", &["bigint", "integer", "numeric", "real", "smallint"]),
    ("inet", &["cidr"]),
    ("integer", &["\"char\"", "bigint", "bit", "boolean", "double precision", "money", "numeric", "oid", "real", "smallint"]),
    ("interval", &["time without time zone"]),
    ("json", &["jsonb"]),
    ("jsonb", &["bigint", "boolean", "double precision", "integer", "json", "numeric", "real", "smallint"]),
    ("lseg", &["point"]),
    ("macaddr", &["macaddr8"]),
    ("macaddr8", &["macaddr"]),
    ("money", &["numeric"]),
    ("numeric", &["bigint", "double precision", "integer", "money", "real", "smallint"]),
    ("oid", &["bigint", "integer"]),
    ("path", &["polygon"]),
    ("point", &["box"]),
    ("polygon", &["box", "circle", "path", "point"]),
    ("real", &["bigint", "double precision", "integer", "numeric", "smallint"]),
    ("smallint", &["bigint", "double precision", "integer", "numeric", "oid", "real"]),
    ("time with time zone", &["time without time zone"]),
    ("time without time zone", &["interval", "time with time zone"]),
    ("timestamp with time zone", &["date", "time with time zone", "time without time zone", "timestamp without time zone"]),
    ("timestamp without time zone", &["date", "time without time zone", "timestamp with time zone"]),
    ("xid8", &["xid"]),
];

/// Whether a cast joins both: to and from text every type has one. Between any others values go through their texts.
pub fn is_cast(from: &str, to: &str) -> bool {
    if let (Some(from), Some(to)) = (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        return is_cast(from, to);
    }
    let (was, is) = (bare(from), bare(to));
    let is_letters = |name: &str| matches!(name, "character varying" | "text" | "character" | "name");
    was == is || is_letters(&was) || is_letters(&is) || CASTS.iter().any(|(one, others)| *one == was && others.contains(&is.as_str()))
}

/// Whether it is a text whose length a column checks; `name` cuts it.
pub fn is_text(typ: &str) -> bool {
    matches!(typ.split('(').next().unwrap_or_default(), "character varying" | "text" | "character") && !typ.ends_with("[]")
}

#[cfg(test)]
mod tests {
    use super::{is_cast, is_widened};

    #[test]
    fn what_is_kept_as_it_is_and_what_cannot_be_cast_is_told_apart() {
        for (from, to, widened, cast) in [
            ("character varying(10)", "character varying(20)", true, true),
            ("character varying(10)", "text", true, true),
            ("character varying(20)", "character varying(10)", false, true),
            ("numeric(10,2)", "numeric(12,2)", true, true),
            ("numeric(10,4)", "numeric(12,2)", false, true),
            ("numeric(10,2)", "numeric", true, true),
            ("integer", "bigint", false, true),
            ("timestamp with time zone", "integer", false, false),
            ("timestamp(3) with time zone", "date", false, true),
            ("money", "integer", false, false),
            ("integer", "money", false, true),
            ("smallint", "money", false, false),
            ("double precision", "money", false, false),
            ("smallint", "boolean", false, false),
            ("box", "point", false, true),
            ("point", "circle", false, false),
            ("text", "uuid", false, true),
            ("text[]", "jsonb", false, false),
            ("money[]", "integer[]", false, false),
            ("money[]", "numeric[]", false, true),
        ] {
            assert_eq!((is_widened(from, to), is_cast(from, to)), (widened, cast), "{from} to {to}");
        }
    }
}
