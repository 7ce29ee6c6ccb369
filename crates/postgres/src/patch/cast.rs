//! What becomes of values as those of another type: kept as they are, cast by the server, or cut without a word.

/// Whether values of one type are kept as they are in the other, which only allows more.
pub fn is_widened(from: &str, to: &str) -> bool {
    let parts = |text: &str| -> Option<(String, Vec<u32>)> {
        let Some((name, rest)) = text.split_once('(') else { return Some((text.to_owned(), Vec::new())) };
        let numbers = rest.strip_suffix(')')?.split(',').map(|number| number.trim().parse().ok()).collect::<Option<Vec<u32>>>()?;
        Some((name.to_owned(), numbers))
    };
    let (Some((name, a)), Some((other, b))) = (parts(from), parts(to)) else { return false };
    let is_text = |name: &str| matches!(name, "character varying" | "text");
    match (a.as_slice(), b.as_slice()) {
        (_, []) if is_text(&name) && is_text(&other) => true,
        ([a], [b]) if is_text(&name) && name == other => a <= b,
        ([_, _], []) => name == "numeric" && other == "numeric",
        ([a, scale], [b, other_scale]) => name == "numeric" && other == "numeric" && a <= b && scale == other_scale,
        _ => false,
    }
}

/// Types between which the server casts by itself: `pg_cast` of every version, by families.
const FAMILIES: &[&[&str]] = &[
    &["smallint", "integer", "bigint", "numeric", "real", "double precision", "money"],
    &["date", "timestamp without time zone", "timestamp with time zone"],
    &["integer", "boolean"],
    &["json", "jsonb"],
    &["inet", "cidr"],
    &["bit", "bit varying"],
    &["character", "character varying", "text", "name"],
];

/// Whether a cast joins both: to and from text every type has one.
pub fn is_cast(from: &str, to: &str) -> bool {
    let bare = |text: &str| -> String {
        let (head, rest) = text.split_once('(').unwrap_or((text, ""));
        let tail = rest.split_once(')').map_or("", |(_, tail)| tail);
        format!("{head}{tail}")
    };
    let (from, to) = (bare(from), bare(to));
    let is_text = |name: &str| matches!(name, "character varying" | "text" | "character");
    from == to
        || is_text(&from)
        || is_text(&to)
        || FAMILIES.iter().any(|family| family.contains(&from.as_str()) && family.contains(&to.as_str()))
}

/// Whether it is a text whose length a column checks; `name` cuts it.
pub fn is_text(typ: &str) -> bool {
    matches!(typ.split('(').next().unwrap_or_default(), "character varying" | "text" | "character") && !typ.ends_with("[]")
}

/// So long is the longest text of a value, where that is known.
fn longest(typ: &str) -> Option<u32> {
    Some(match typ {
        "smallint" => 6,
        "integer" => 11,
        "bigint" => 20,
        "boolean" => 5,
        "uuid" => 36,
        "date" => 13,
        _ => return None,
    })
}

/// Whether a cast that is written cuts values to a length without a word.
fn cuts(from: &str, to: &str) -> bool {
    let (head, rest) = to.split_once('(').unwrap_or((to, ""));
    let length = rest.split(')').next().and_then(|length| length.parse::<u32>().ok());
    match (head.trim_end_matches("[]"), length) {
        ("name" | "\"char\"", _) => from.trim_end_matches("[]") != head.trim_end_matches("[]"),
        ("character", None) => longest(from).is_none_or(|longest| longest > 1),
        ("character" | "character varying", Some(most)) => longest(from).is_none_or(|longest| longest > most),
        ("bit", None) => true,
        ("bit" | "bit varying", Some(_)) => true,
        _ => false,
    }
}

/// What values of one type lose as another, although the server converts them without a word.
pub fn loses_by(from: &str, to: &str) -> bool {
    if let (Some(from), Some(to)) = (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        // Of elements the cast is always one that is written.
        return !is_widened(from, to) && (loses_by(from, to) || cuts(from, to));
    }
    let is_kept = from == to || is_widened(from, to);
    let is_refused = is_text(from) && is_text(to) || from.split('(').next() == to.split('(').next();
    if !is_kept && !is_refused && cuts(from, to) {
        return true;
    }
    let bare = |text: &str| text.split('(').next().unwrap_or_default().trim_end().to_owned();
    let numbers = |text: &str| -> Vec<u32> {
        let inside = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
        inside.split(',').filter_map(|number| number.trim().parse().ok()).collect()
    };
    const NUMBERS: &[&str] = &["smallint", "integer", "bigint", "numeric"];
    let rank = |name: &str| NUMBERS.iter().position(|one| *one == name);
    let is_time = |name: &str| name.starts_with("time") || name.starts_with("interval");
    let (a, b) = (bare(from), bare(to));
    let (digits, other) = (numbers(from), numbers(to));
    match (a.as_str(), b.as_str()) {
        ("numeric", "numeric") => {
            let scale = |numbers: &[u32], without| if numbers.is_empty() { without } else { numbers.get(1).copied().unwrap_or(0) };
            scale(&other, u32::MAX) < scale(&digits, u32::MAX)
        }
        ("double precision" | "numeric" | "bigint" | "integer", "real") | ("numeric" | "bigint", "double precision") => true,
        ("numeric" | "real" | "double precision", "money") | ("inet", "cidr") => true,
        // Of keys that stand twice the last is kept.
        ("json", "jsonb") => true,
        (was, is) if was.starts_with("interval") && is.starts_with("interval") && was != is && is != "interval" => true,
        ("timestamp" | "timestamp without time zone" | "timestamp with time zone", "date") => true,
        (was, is) if is_time(was) && is.starts_with("time ") && was.starts_with("timestamp") && !is.starts_with("timestamp") => true,
        (was, is) if is_time(was) && is_time(is) => !other.is_empty() && other != digits,
        ("real" | "double precision", is) => rank(is).is_some(),
        // Fractions are rounded away; what is too large is refused.
        (was, is) => rank(was) == Some(3) && rank(is).is_some_and(|is| is < 3),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_cast, is_widened, loses_by};

    #[test]
    fn what_is_kept_cut_or_cannot_be_cast_is_told_apart() {
        for (from, to, widened, cast, loses) in [
            ("character varying(10)", "character varying(20)", true, true, false),
            ("character varying(10)", "text", true, true, false),
            ("character varying(20)", "character varying(10)", false, true, false),
            ("numeric(10,2)", "numeric(12,2)", true, true, false),
            ("numeric(10,4)", "numeric(12,2)", false, true, true),
            ("numeric(10,2)", "numeric", true, true, false),
            ("numeric", "numeric(5,1)", false, true, true),
            ("numeric(5,1)", "integer", false, true, true),
            ("integer", "bigint", false, true, false),
            ("bigint", "integer", false, true, false),
            ("double precision", "real", false, true, true),
            ("double precision", "bigint", false, true, true),
            ("timestamp with time zone", "date", false, true, true),
            ("timestamp(6) without time zone", "timestamp(0) without time zone", false, true, true),
            ("date", "timestamp without time zone", false, true, false),
            ("timestamp with time zone", "integer", false, false, false),
            ("text", "uuid", false, true, false),
            ("text[]", "jsonb", false, false, false),
            ("text", "character varying(3)", false, true, false),
            ("character varying(20)", "character(2)", false, true, false),
            ("text", "name", false, true, true),
            ("text[]", "character varying(2)[]", false, false, true),
            ("integer", "character varying(20)", false, true, false),
            ("integer", "character varying(5)", false, true, true),
            ("bigint", "real", false, true, true),
            ("numeric", "double precision", false, true, true),
            ("interval", "interval day", false, false, true),
            ("interval day", "interval", false, false, false),
            ("json", "jsonb", false, true, true),
            ("uuid", "text", false, true, false),
        ] {
            assert_eq!((is_widened(from, to), is_cast(from, to), loses_by(from, to)), (widened, cast, loses), "{from} to {to}");
        }
    }
}
