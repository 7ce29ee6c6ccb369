//! What becomes of values as those of another type: kept, refused where they do not fit, or lost.
//!
//! A closed list of what comes back as it was when it is cast back, and of what the server refuses; whatever does not stand in it loses
//! values. Does not live here: which cast there is (`cast`), the statement (`retype`).

use super::cast::{bare, is_text, is_widened, numbers};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Fate, Hazard, World};

/// What that means for the values of a column, in words.
pub fn hazards(fate: Fate, typ: &str, shown: &str) -> Vec<Hazard> {
    let fails = Hazard::FailsIf(format!("a value of {shown} is none of {typ}"));
    let loses = match fate {
        Fate::Kept => return Vec::new(),
        Fate::Fails => return vec![fails],
        Fate::LosesBlanks => format!("blanks at the end of values of {shown} that are longer than {typ} holds"),
        Fate::Moves => format!(
            "what {typ} cannot hold of {shown}, and which moment an hour is that comes twice or never: values are read by the TimeZone of the \
             session that runs it; SET TIME ZONE before to the one that they are meant in, or write AT TIME ZONE into USING"
        ),
        Fate::Loses => format!("what {typ} cannot hold of {shown}, or how it is written there"),
    };
    vec![fails, Hazard::Loses(loses)]
}

/// A type by its shown name: itself, or what a domain is made of; enums are told by their own.
pub fn resolved(typ: &str, world: &World<'_>) -> (String, Option<Kind>) {
    let mut typ = typ.to_owned();
    for _ in 0..16 {
        let base = world.shown(Kind::Domain.name(), &typ).and_then(|domain: &Object| domain.text("type"));
        match base {
            Some(base) => typ = base.to_owned(),
            None => break,
        }
    }
    let kind = world.shown(Kind::Enum.name(), &typ).map(|_| Kind::Enum);
    (typ, kind)
}

/// The same with types that a manifest tells of.
pub fn fate_between(from: &str, to: &str, worlds: (&World<'_>, &World<'_>)) -> Fate {
    let ((was, kind), (is, other)) = (resolved(from, worlds.0), resolved(to, worlds.1));
    let is_open = |typ: &str| matches!(typ, "text" | "character varying");
    // A text without regard to capitals keeps them.
    let is_citext =
        |typ: &str, world: &World<'_>| (typ == "citext" || typ.ends_with(".citext")) && world.find(Kind::Extension, &["citext"]).is_some();
    let own = match (kind, other) {
        _ if is_citext(&is, worlds.1) && is_text(&was) && bare(&was) != "character" => Fate::Kept,
        _ if is_citext(&was, worlds.0) && is_open(&is) => Fate::Kept,
        // By its label.
        (Some(Kind::Enum), None) if is_open(&is) => Fate::Kept,
        (None, Some(Kind::Enum)) if is_text(&was) && bare(&was) != "character" => Fate::Fails,
        (Some(Kind::Enum), Some(Kind::Enum)) => Fate::Fails,
        _ => fate(&was, &is),
    };
    // A domain may refuse more.
    if is != to && own == Fate::Kept && from != to { Fate::Fails } else { own }
}

const WHOLE: &[&str] = &["smallint", "integer", "bigint"];

/// Digits of a whole number at most, and letters with its sign.
fn digits(name: &str) -> u32 {
    match name {
        "smallint" => 5,
        "integer" => 10,
        _ => 19,
    }
}

/// What becomes of values of one type of the server's own as those of another.
pub fn fate(from: &str, to: &str) -> Fate {
    if from == to {
        return Fate::Kept;
    }
    if let (Some(from), Some(to)) = (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        // Of elements the cast is one that is written, which cuts without a word.
        let own = fate(from, to);
        let cuts = matches!(own, Fate::LosesBlanks) || own == Fate::Fails && is_text(to);
        return if cuts { Fate::Loses } else { own };
    }
    if from.ends_with("[]") || to.ends_with("[]") {
        return Fate::Loses;
    }
    if is_widened(from, to) {
        return Fate::Kept;
    }
    let (was, is) = (bare(from), bare(to));
    let (a, b) = (numbers(from), numbers(to));
    let whole = |name: &str| WHOLE.iter().position(|one| *one == name);
    let kept = |is_kept: bool| if is_kept { Fate::Kept } else { Fate::Loses };
    let or_fails = |is_kept: bool| if is_kept { Fate::Kept } else { Fate::Fails };
    if let (Some(one), Some(other)) = (whole(&was), whole(&is)) {
        return or_fails(one <= other);
    }
    match (&*was, &*is) {
        (_, "numeric") if whole(&was).is_some() => match b.as_slice() {
            [] => Fate::Kept,
            // Behind the point there may be less than nothing.
            [all, behind] => scale(*behind).map_or(Fate::Loses, |behind| or_fails(all.saturating_sub(behind) >= digits(&was))),
            _ => Fate::Loses,
        },
        ("numeric", "numeric") => match (a.as_slice(), b.as_slice()) {
            (_, []) => Fate::Kept,
            ([all, behind], [more, further]) => match (scale(*behind), scale(*further)) {
                (Some(behind), Some(further)) if further >= behind => or_fails(more.saturating_sub(further) >= all.saturating_sub(behind)),
                _ => Fate::Loses,
            },
            _ => Fate::Loses,
        },
        ("numeric", _) if whole(&is).is_some() && a.get(1) == Some(&0) => Fate::Fails,
        ("smallint", "real") | ("smallint" | "integer" | "real", "double precision") => Fate::Kept,
        ("boolean", "integer") => Fate::Kept,
        ("boolean" | "uuid" | "jsonb" | "json", "text") => Fate::Kept,
        ("numeric", "text") => Fate::Kept,
        (_, "text") if whole(&was).is_some() => Fate::Kept,
        ("boolean" | "uuid", "character varying") => {
            let longest = if was == "uuid" { 36 } else { 5 };
            kept(b.first().is_none_or(|most| *most >= longest))
        }
        (_, "character varying") if whole(&was).is_some() => kept(b.first().is_none_or(|most| *most > digits(&was))),
        ("numeric" | "json" | "jsonb", "character varying") => kept(b.is_empty()),
        // Blanks at its end are no part of it.
        ("character", "character") => or_blanks(a.first().unwrap_or(&1) <= b.first().unwrap_or(&1)),
        ("character", "character varying") => or_blanks(b.first().is_none_or(|most| a.first().unwrap_or(&1) <= most)),
        ("character" | "name", "text") => Fate::Kept,
        ("character varying" | "text", "character varying") => or_blanks(false),
        // Letter by letter what it was.
        ("text" | "character varying", "json") => Fate::Fails,
        ("jsonb", "json") | ("cidr", "inet") | ("macaddr", "macaddr8") => Fate::Kept,
        ("bit" | "bit varying", "bit varying") => {
            let room = if was == "bit" { a.first().or(Some(&1)) } else { a.first() };
            kept(b.first().is_none_or(|most| room.is_some_and(|room| room <= most)))
        }
        ("date", "timestamp without time zone") => Fate::Kept,
        ("date", "timestamp with time zone")
        | ("timestamp with time zone", "date" | "time without time zone" | "timestamp without time zone" | "time with time zone")
        | ("timestamp without time zone" | "time without time zone", "timestamp with time zone" | "time with time zone") => Fate::Moves,
        (one, other) if one == other && (one.starts_with("time") || one == "interval") => {
            kept(b.first().is_none_or(|most| a.first().unwrap_or(&6) <= most))
        }
        (one, "interval") if one.starts_with("interval ") && b.is_empty() => Fate::Kept,
        _ => Fate::Loses,
    }
}

/// Digits behind the point; nothing where these are fewer than none.
fn scale(number: u32) -> Option<u32> {
    (number <= 1000).then_some(number)
}

fn or_blanks(is_kept: bool) -> Fate {
    if is_kept { Fate::Kept } else { Fate::LosesBlanks }
}

#[cfg(test)]
mod tests {
    use super::fate;
    use evenkeel_core::patch::Fate::{Fails, Kept, Loses, LosesBlanks, Moves};

    #[test]
    fn what_is_not_known_to_keep_values_loses_them() {
        for (was, is, expected) in [
            ("character varying(10)", "character varying(20)", Kept),
            ("character varying(20)", "character varying(10)", LosesBlanks),
            ("text", "character varying(10)", LosesBlanks),
            ("text", "character(10)", Loses),
            ("character(3)", "character(5)", Kept),
            ("character(3)", "text", Kept),
            ("text", "name", Loses),
            ("numeric(10,2)", "numeric(12,2)", Kept),
            ("numeric(10,2)", "numeric(12,4)", Kept),
            ("numeric(10,2)", "numeric(10,4)", Fails),
            ("numeric(10,4)", "numeric(12,2)", Loses),
            ("numeric", "numeric(5,1)", Loses),
            ("numeric(5,1)", "numeric", Kept),
            ("numeric(5,-2)", "numeric(5,0)", Loses),
            ("numeric(5,1)", "integer", Loses),
            ("numeric(5,0)", "integer", Fails),
            ("integer", "numeric(12,2)", Kept),
            ("integer", "numeric(10,2)", Fails),
            ("integer", "bigint", Kept),
            ("bigint", "integer", Fails),
            ("integer", "boolean", Loses),
            ("boolean", "integer", Kept),
            ("bigint", "double precision", Loses),
            ("integer", "real", Loses),
            ("real", "double precision", Kept),
            ("double precision", "numeric", Loses),
            ("numeric", "money", Loses),
            ("money", "numeric", Loses),
            ("text", "numeric(5,2)", Loses),
            ("text", "jsonb", Loses),
            ("text", "json", Fails),
            ("text", "boolean", Loses),
            ("text", "bytea", Loses),
            ("text", "timestamp with time zone", Loses),
            ("text", "uuid", Loses),
            ("integer", "character varying(11)", Kept),
            ("integer", "character varying(10)", Loses),
            ("uuid", "text", Kept),
            ("date", "text", Loses),
            ("json", "jsonb", Loses),
            ("time with time zone", "time without time zone", Loses),
            ("timestamp with time zone", "date", Moves),
            ("timestamp with time zone", "timestamp without time zone", Moves),
            ("timestamp without time zone", "timestamp with time zone", Moves),
            ("timestamp(3) without time zone", "timestamp without time zone", Kept),
            ("timestamp(3) without time zone", "timestamp(6) without time zone", Kept),
            ("timestamp without time zone", "timestamp(3) without time zone", Loses),
            ("timestamp without time zone", "timestamp(6) without time zone", Kept),
            ("date", "timestamp without time zone", Kept),
            ("interval", "interval day", Loses),
            ("interval day", "interval", Kept),
            ("bit(4)", "bit varying(8)", Kept),
            ("bit(4)", "bit(8)", Loses),
            ("bit varying", "bit varying(8)", Loses),
            ("text[]", "character varying(2)[]", Loses),
            ("integer[]", "bigint[]", Kept),
            ("bigint[]", "integer[]", Fails),
            ("integer[]", "text", Loses),
            ("box", "point", Loses),
            ("public.thing", "text", Loses),
        ] {
            assert_eq!(fate(was, is), expected, "{was} to {is}");
        }
    }
}
