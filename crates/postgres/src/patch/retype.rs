//! Another type for a column: which cast brings its values over, and what they lose by it.

use super::text::{last, whole};
use super::{Target, flag, list, locks};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Turn};

pub fn retype(change: &Change<'_>, to: &Target<'_>) -> Result<Statement, String> {
    let (object, before) = (change.to, change.from);
    let typ = object.text("type").ok_or("its type is not known")?;
    let collation = object.text("collation").map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
    let was = before.text("type").unwrap_or_default();
    let is_kept = typ == was || is_widened(was, typ);
    // A cast that is written cuts what is too long; one that is not refuses it.
    let is_same_kind = was.split('(').next() == typ.split('(').next();
    // Between types that no cast joins, values go through their texts.
    let through = if is_cast(was, typ) { "" } else { "::text" };
    let over = super::aside::conversion(change, to)?;
    let is_foreign = super::aside::is_foreign(object, to);
    let using = match &over {
        _ if is_foreign => String::new(),
        Some(over) => format!(" USING {}", over.using),
        None if is_kept || is_same_kind => String::new(),
        None => format!(" USING {}{through}::{typ}", last(object)),
    };
    let head = format!("ALTER {} {}", if is_foreign { "FOREIGN TABLE" } else { "TABLE" }, whole(object));
    let clause = format!("ALTER COLUMN {} TYPE {typ}{collation}{using}", last(object));
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let mut statement = Statement::new(format!("{head} {clause};"));
    if is_foreign {
        return Ok(statement);
    }
    statement = statement.clause(head, clause, Turn::Joined);
    if to.is_in_use(schema, table) {
        statement = statement.hazard(locks("ACCESS EXCLUSIVE", schema, table));
    }
    if let Some(over) = over {
        statement = statement.hazard(Hazard::Rewrites(whole(object)));
        return Ok(over.hazards.into_iter().fold(statement, Statement::hazard));
    }
    if !is_kept {
        statement = statement
            .hazard(Hazard::Rewrites(whole(object)))
            .hazard(Hazard::FailsIf(format!("a value of {} is none of {typ}", object.display())));
        if loses_by(was, typ) {
            statement = statement.hazard(Hazard::Loses(format!("what {typ} cannot hold of {}", object.display())));
        }
    }
    Ok(statement)
}

/// Values that were different may be equal after: under a key, that is said.
pub fn unique(statement: Statement, change: &Change<'_>, to: &Target<'_>) -> Statement {
    let (object, before) = (change.to, change.from);
    let (was, is) = (before.text("type").unwrap_or_default(), object.text("type").unwrap_or_default());
    let ignores_case = |typ: &str| typ == "citext" || typ.ends_with(".citext");
    let is_coarser = loses_by(was, is) || before.get("collation") != object.get("collation") || ignores_case(is) && !ignores_case(was);
    let (schema, table, name) = (object.identity.part(0), object.identity.part(1), object.identity.part(2));
    let holds = |part: &&Object| match part.kind {
        // As a column's name, or within an expression.
        Kind::Index => flag(part, "unique") && part.get("constraint").is_none() && list(part, "keys").iter().any(|key| key.contains(name)),
        Kind::Constraint => {
            let is_key = matches!(part.text("type"), Some("primary key" | "unique"));
            is_key && list(part, "columns").iter().any(|column| &**column == name)
        }
        _ => false,
    };
    let keys: Vec<String> = to.making.to.parts_of(schema, table).filter(holds).map(last).collect();
    if !is_coarser || keys.is_empty() {
        return statement;
    }
    statement.hazard(Hazard::FailsIf(format!("two values of {} are the same as {is}, which {} refuses", object.display(), keys.join(", "))))
}

/// Whether values of one type are kept as they are in the other, which only allows more.
fn is_widened(from: &str, to: &str) -> bool {
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
fn is_cast(from: &str, to: &str) -> bool {
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

/// What values of one type lose as another, although the server converts them without a word.
pub fn loses_by(from: &str, to: &str) -> bool {
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
        ("double precision", "real") => true,
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
        ] {
            assert_eq!((is_widened(from, to), is_cast(from, to), loses_by(from, to)), (widened, cast, loses), "{from} to {to}");
        }
    }
}
