//! What becomes of a column's values when it is defined anew: kept, refused by the server where they do not fit, or lost.
//!
//! A closed list of what keeps every value, and of what the server refuses under the mode that a script sets; whatever does not stand
//! in it loses values. Does not live here: what it costs (`online`), and the statement (`clauses`).

use super::flag;
use super::text::charset_of;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Fate, Hazard};

/// What a column that is defined anew does to its values, in words.
pub fn hazards(change: &Change<'_>) -> Vec<Hazard> {
    let (shown, typ) = (change.to.display(), change.to.text("type").unwrap_or_default());
    let fits = || Hazard::FailsIf(format!("a value of {shown} does not fit"));
    let mut hazards = Vec::new();
    if change.touches("not_null") && flag(change.to, "not_null") {
        // A copy of the table gives it the time at which it is made, in a strict mode too (measured on both vendors).
        if typ.starts_with("timestamp") {
            hazards.push(Hazard::Loses(format!("NULL in {shown}, which becomes the current time where the table is copied")));
        }
        hazards.push(Hazard::FailsIf(format!("{shown} holds NULL")));
    }
    match of(change) {
        Fate::Kept => {}
        Fate::Fails => hazards.push(fits()),
        Fate::LosesBlanks => {
            hazards.push(fits());
            hazards.push(Hazard::Loses(format!("blanks at the end of values of {shown} that are longer than {typ} holds")));
        }
        Fate::Moves => hazards.push(Hazard::Loses(format!(
            "what {typ} cannot hold of {shown}, and which of two moments an hour that comes twice is: values are converted by the time_zone of \
             the session that runs it; set that before to the one that they are meant in"
        ))),
        // Of some a part is lost, others a strict mode refuses.
        Fate::Loses => hazards.extend([Hazard::Loses(format!("what {} cannot hold of {shown}", described(change.to))), fits()]),
    }
    if change.touches("auto_increment") && flag(change.to, "auto_increment") {
        hazards.push(Hazard::Loses(format!("zeros in {shown}, which become other numbers")));
    }
    if change.touches("generated") && change.from.get("generated").is_none() {
        hazards.push(Hazard::Loses(format!("the values of {shown}")));
    }
    hazards
}

fn described(column: &Object) -> String {
    let typ = column.text("type").unwrap_or_default();
    let set = column.text("collation").and_then(|collation| charset_of(collation).ok());
    set.map_or_else(|| typ.to_owned(), |set| format!("{typ} of {set}"))
}

fn of(change: &Change<'_>) -> Fate {
    if !change.touches("type") && !change.touches("collation") {
        return Fate::Kept;
    }
    // What is computed is computed anew.
    if change.from.get("generated").is_some() && change.to.get("generated").is_some() {
        return Fate::Kept;
    }
    let side = |column: &Object| Some((column.text("type")?.to_owned(), set_of(column)?));
    match (side(change.from), side(change.to)) {
        (Some((was, a)), Some((is, b))) => fate((&was, &a), (&is, &b)),
        _ => Fate::Loses,
    }
}

/// The character set; empty where it has none.
fn set_of(column: &Object) -> Option<String> {
    match column.text("collation") {
        None => Some(String::new()),
        Some(collation) => charset_of(collation).ok().map(str::to_owned),
    }
}

/// A type, taken apart.
#[derive(Debug, Clone, Copy)]
struct Type<'a> {
    base: &'a str,
    /// What stands in parentheses.
    inside: &'a str,
    unsigned: bool,
}

impl<'a> Type<'a> {
    /// `None` where it has words that are not known.
    fn of(shown: &'a str) -> Option<Self> {
        let ends = shown.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(shown.len());
        let (base, rest) = shown.split_at_checked(ends)?;
        let (inside, rest) = match rest.strip_prefix('(') {
            // Values of ENUM and SET may hold anything; nothing follows these.
            Some(rest) if matches!(base, "enum" | "set") => (rest.strip_suffix(')')?, ""),
            Some(rest) => rest.split_once(')')?,
            None => ("", rest),
        };
        let (mut unsigned, words) = (false, rest.split_ascii_whitespace());
        for word in words {
            match word {
                "unsigned" => unsigned = true,
                "zerofill" => {}
                _ => return None,
            }
        }
        Some(Self { base, inside, unsigned })
    }

    fn number(&self) -> Option<u32> {
        self.inside.parse().ok()
    }

    /// Digits, and those behind the point.
    fn digits(&self) -> Option<(u32, u32)> {
        let (all, behind) = self.inside.split_once(',')?;
        Some((all.trim().parse().ok()?, behind.trim().parse().ok()?))
    }

    /// Bits of a whole number.
    fn bits(&self) -> Option<u32> {
        Some(match self.base {
            "tinyint" => 8,
            "smallint" => 16,
            "mediumint" => 24,
            "int" => 32,
            "bigint" => 64,
            _ => return None,
        })
    }

    /// So many bytes a large one holds.
    fn room(&self) -> Option<u64> {
        Some(match self.base {
            "tinytext" | "tinyblob" => 255,
            "text" | "blob" => 65_535,
            "mediumtext" | "mediumblob" => 16_777_215,
            "longtext" | "longblob" => 4_294_967_295,
            _ => return None,
        })
    }

    /// Digits of a fraction of a second.
    fn fraction(&self) -> Option<u32> {
        if self.inside.is_empty() { Some(0) } else { self.number() }
    }

    fn members(&self) -> Vec<&'a str> {
        // Quotes within are doubled: a comma between two of them parts values.
        let (mut members, mut begin, mut is_open) = (Vec::new(), 0, false);
        for (at, letter) in self.inside.char_indices() {
            match letter {
                '\'' => is_open = !is_open,
                ',' if !is_open => {
                    members.extend(self.inside.get(begin..at));
                    begin = at + 1;
                }
                _ => {}
            }
        }
        members.extend(self.inside.get(begin..));
        members
    }
}

/// Whether all letters of one set are letters of the other, and come back as they were.
fn is_held(was: &str, is: &str) -> bool {
    was == is
        || matches!((was, is), ("ascii", "latin1" | "utf8mb3" | "utf8mb4") | ("latin1", "utf8mb3" | "utf8mb4") | ("utf8mb3", "utf8mb4"))
}

/// Bytes that a letter of the one set takes in the other at most.
fn width(was: &str, is: &str) -> Option<u64> {
    Some(match (was, is) {
        ("ascii", _) | ("latin1", "latin1") => 1,
        ("latin1", "utf8mb3" | "utf8mb4") | ("utf8mb3", _) => 3,
        ("utf8mb4", "utf8mb4") => 4,
        _ => return None,
    })
}

fn fate((was, was_set): (&str, &str), (is, is_set): (&str, &str)) -> Fate {
    if was == is && was_set == is_set {
        return Fate::Kept;
    }
    let (Some(a), Some(b)) = (Type::of(was), Type::of(is)) else { return Fate::Loses };
    let kept = |kept: bool| if kept { Fate::Kept } else { Fate::Loses };
    let or_fails = |kept: bool| if kept { Fate::Kept } else { Fate::Fails };
    let sign_is_kept = a.unsigned || !b.unsigned;
    match (a.base, b.base) {
        ("char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext", _) if is_held(was_set, is_set) && !was_set.is_empty() => {
            letters((&a, was_set), (&b, is_set))
        }
        ("binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob", _) if is_set.is_empty() => bytes(&a, &b),
        ("enum" | "set", other) if other == a.base && is_held(was_set, is_set) => {
            let (a, b) = (a.members(), b.members());
            kept(b.get(..a.len()) == Some(a.as_slice()))
        }
        ("enum", _) if was_set == is_set => {
            let longest = a.members().iter().map(|member| member.chars().count()).max().and_then(|longest| u32::try_from(longest).ok());
            kept(longest.is_some_and(|longest| holds_letters(&b, longest)))
        }
        ("decimal", "decimal") => match (a.digits(), b.digits()) {
            (Some((all, behind)), Some((more, further))) if further >= behind => {
                or_fails(sign_is_kept && more.saturating_sub(further) >= all.saturating_sub(behind))
            }
            _ => Fate::Loses,
        },
        ("float" | "double", "double") => kept(a.inside.is_empty() && b.inside.is_empty() && sign_is_kept),
        ("bit", "bit") => kept(matches!((a.number(), b.number()), (Some(a), Some(b)) if a <= b)),
        ("date", "datetime") => Fate::Kept,
        ("datetime", "datetime") | ("timestamp", "timestamp") | ("time", "time") => {
            kept(matches!((a.fraction(), b.fraction()), (Some(a), Some(b)) if a <= b))
        }
        ("timestamp", "datetime" | "date" | "time") | ("datetime" | "date" | "time", "timestamp") => Fate::Moves,
        _ => match (a.bits(), b.bits()) {
            (Some(from), Some(to)) => {
                let is_wide = if a.unsigned && !b.unsigned { to > from } else { to >= from };
                or_fails(is_wide && sign_is_kept)
            }
            (Some(bits), None) if is_set.is_empty() => kept(sign_is_kept && holds_whole(&b, bits)),
            // As its digits, with a sign; zeros before them are given to the type and not to the value.
            (Some(bits), None) => kept(!was.contains("zerofill") && holds_letters(&b, digits(bits) + 1)),
            _ => Fate::Loses,
        },
    }
}

/// Digits of a whole number of so many bits at most.
const fn digits(bits: u32) -> u32 {
    match bits {
        8 => 3,
        16 => 5,
        24 => 8,
        32 => 10,
        _ => 20,
    }
}

/// Whether a whole number of so many bits is one of that type, too.
fn holds_whole(typ: &Type<'_>, bits: u32) -> bool {
    match typ.base {
        "decimal" => typ.digits().is_some_and(|(all, behind)| all.saturating_sub(behind) >= digits(bits)),
        "double" => typ.inside.is_empty() && bits <= 32,
        _ => false,
    }
}

/// Whether it is a text of so many letters, which no large one is too small for.
fn holds_letters(typ: &Type<'_>, letters: u32) -> bool {
    match typ.base {
        "varchar" => typ.number().is_some_and(|number| number >= letters),
        "text" | "mediumtext" | "longtext" => letters < 1000,
        _ => false,
    }
}

fn letters((a, was_set): (&Type<'_>, &str), (b, is_set): (&Type<'_>, &str)) -> Fate {
    let blanks = if was_set == is_set { Fate::LosesBlanks } else { Fate::Loses };
    let count = a.number().map(u64::from);
    match (a.base, b.base, count, b.number().map(u64::from), b.room()) {
        // CHAR gives away blanks at the end, and what comes from it has none.
        ("char", "char", Some(was), Some(is), _) | ("char" | "varchar", "varchar", Some(was), Some(is), _) => {
            if was <= is {
                Fate::Kept
            } else {
                blanks
            }
        }
        ("char" | "varchar", _, Some(was), _, Some(room)) => {
            let fits = width(was_set, is_set).is_some_and(|width| was.saturating_mul(width) <= room);
            if fits { Fate::Kept } else { Fate::Loses }
        }
        (.., Some(room)) => {
            // UTF-8 is one in both of its forms.
            let is_same = was_set == is_set || was_set == "ascii" || was_set == "utf8mb3";
            let width = if is_same { Some(1) } else { width(was_set, is_set) };
            let fits = a.room().zip(width).is_some_and(|(was, width)| was.saturating_mul(width) <= room);
            if fits { Fate::Kept } else { Fate::Loses }
        }
        _ => Fate::Loses,
    }
}

fn bytes(a: &Type<'_>, b: &Type<'_>) -> Fate {
    let room = |typ: &Type<'_>| typ.room().or_else(|| typ.number().map(u64::from));
    let fits = room(a).zip(room(b)).is_some_and(|(was, is)| was <= is);
    let is_open = matches!(b.base, "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob");
    // BINARY fills up what is short.
    if fits && is_open { Fate::Kept } else { Fate::Loses }
}

#[cfg(test)]
mod tests {
    use super::fate;
    use evenkeel_core::patch::Fate::{Fails, Kept, Loses, LosesBlanks, Moves};

    #[test]
    fn what_is_not_known_to_keep_values_loses_them() {
        for (was, is, expected) in [
            ("int", "bigint", Kept),
            ("int unsigned", "bigint", Kept),
            ("int unsigned", "int", Fails),
            ("int", "int unsigned", Fails),
            ("tinyint(1)", "int", Kept),
            ("int(5) unsigned zerofill", "int unsigned", Kept),
            ("int", "decimal(12,2)", Kept),
            ("int", "decimal(10,2)", Loses),
            ("bigint", "double", Loses),
            ("decimal(10,2)", "decimal(12,4)", Kept),
            ("decimal(10,2)", "decimal(10,4)", Fails),
            ("decimal(10,2)", "decimal(12,1)", Loses),
            ("decimal(10,2)", "double", Loses),
            ("double", "float", Loses),
            ("float", "double", Kept),
            ("double", "int", Loses),
            ("datetime", "datetime(3)", Kept),
            ("datetime(6)", "datetime(3)", Loses),
            ("datetime", "date", Loses),
            ("date", "datetime", Kept),
            ("timestamp", "datetime", Moves),
            ("varchar(20)", "varchar(10)", LosesBlanks),
            ("varchar(20)", "char(20)", Loses),
            ("varchar(20)", "text", Kept),
            ("varchar(20000)", "text", Loses),
            ("text", "tinytext", Loses),
            ("text", "longtext", Kept),
            ("text", "varchar(20)", Loses),
            ("text", "json", Loses),
            ("enum('a','b')", "enum('a','b','c')", Kept),
            ("enum('a,','b')", "enum('a','','b')", Loses),
            ("enum('a','b')", "enum('b','a')", Loses),
            ("set('a','b')", "set('a')", Loses),
            ("bit(4)", "bit(8)", Kept),
            ("bit(8)", "bit(4)", Loses),
            ("year", "int", Loses),
            ("uuid", "char(36)", Loses),
            ("int", "varchar(11)", Kept),
            ("int", "varchar(10)", Loses),
            ("int", "text", Kept),
            ("int(5) unsigned zerofill", "text", Loses),
            ("enum('a','it''s')", "varchar(7)", Kept),
            ("enum('a','it''s')", "varchar(3)", Loses),
            ("datetime /* mariadb-5.3 */", "datetime", Loses),
        ] {
            let set = |typ: &str| if ["char", "text", "enum", "set"].iter().any(|word| typ.contains(word)) { "utf8mb4" } else { "" };
            assert_eq!(fate((was, set(was)), (is, set(is))), expected, "{was} to {is}");
        }
        for (was, is, expected) in
            [("latin1", "utf8mb4", Kept), ("utf8mb4", "latin1", Loses), ("cp1251", "utf8mb4", Loses), ("ascii", "latin1", Kept)]
        {
            assert_eq!(fate(("varchar(9)", was), ("varchar(9)", is)), expected, "{was} to {is}");
        }
        assert_eq!(fate(("text", "latin1"), ("text", "utf8mb4")), Loses);
        assert_eq!(fate(("varbinary(4)", ""), ("binary(4)", "")), Loses);
        assert_eq!(fate(("binary(4)", ""), ("varbinary(4)", "")), Kept);
    }
}
