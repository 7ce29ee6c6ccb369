//! A value of each type as a function of a number, which begins with 1; in texts here it is a `#`.

use crate::ident::literal;

/// A column that rows are made for.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    /// As it stands in a cast, below domains.
    pub type_name: String,
    /// `pg_type.typcategory`, `typtype`.
    pub category: String,
    pub sort: String,
    /// `atttypmod`.
    pub length: i64,
    /// `pg_type.typname`.
    pub base: String,
    /// The type of its elements, where it is an array: as it stands in a cast, its name, its sort.
    pub element: Option<(String, String, String)>,
    /// Values that a check of it names.
    pub literals: Vec<String>,
    /// A key, a check or a partition demands something of it: it is left as it is.
    pub bound: bool,
    /// It is never NULL.
    pub required: bool,
}

/// What a row's number is in front of, for texts without a bound.
const LETTER: &str = "'v' || #";

/// The value of a number that is written so, as wide as is wanted where its type has room; nothing where none is known of its type.
pub fn of(column: &Column, number: &str, width: Option<u64>) -> Option<String> {
    // What users have written may hold the sign as well.
    let hidden = |text: &str| text.replace('#', HIDDEN);
    let own = Column {
        type_name: hidden(&column.type_name),
        element: column.element.as_ref().map(|(element, name, sort)| (hidden(element), hidden(name), sort.clone())),
        literals: column.literals.iter().map(|one| hidden(one)).collect(),
        ..column.clone()
    };
    let value = width.and_then(|width| wide(&own, width)).or_else(|| template(&own))?;
    Some(value.replace('#', number).replace(HIDDEN, "#"))
}

/// Stands for the sign where it is a user's.
const HIDDEN: &str = "\u{1}";
/// Widths of texts below this are as they come.
const NARROW: u64 = 12;
/// Wider values are cut: a row has to find room.
const WIDEST: u64 = 100_000;

/// A value of about that many bytes, for types that have room for it.
fn wide(column: &Column, width: u64) -> Option<String> {
    let width = width.min(WIDEST);
    let bound = u64::try_from(column.length - 4).unwrap_or(u64::MAX);
    let fits = column.length < 0 || width <= bound;
    if width < NARROW || !column.literals.is_empty() || !fits {
        return None;
    }
    // Texts that are no repetition, so that they are not made much smaller where they are kept.
    let text = format!("rpad({LETTER} || '-', {width}, md5(#::text) || md5((# + 1)::text) || md5((# * 3)::text))");
    match column.base.as_str() {
        "text" | "varchar" => Some(format!("({text})::{}", column.type_name)),
        "bytea" => Some(format!("convert_to({text}, 'UTF8')")),
        "json" => Some(format!("json_build_object('n', #, 't', {text})")),
        "jsonb" => Some(format!("jsonb_build_object('n', #, 't', {text})")),
        _ => None,
    }
}

/// As much as its type takes, or near to that; nothing where all of its values take the same room.
pub fn most(column: &Column) -> Option<String> {
    let bound = column.length - 4;
    let words = |count: i64| format!("repeat('w', {count})::{}", column.type_name);
    Some(match column.base.as_str() {
        "int2" => "32767".to_owned(),
        "int4" => "2147483647".to_owned(),
        "int8" => "9223372036854775807".to_owned(),
        "numeric" if column.length >= 4 => {
            let (digits, scale) = ((bound >> 16) & 0xffff, bound & 0x7ff);
            let nines = |count: i64| "9".repeat(usize::try_from(count.clamp(0, 1000)).unwrap_or_default());
            format!("{}.{}::numeric", nines((digits - scale).max(1)), nines(scale.max(1)))
        }
        "numeric" => "123456789012345678901234567890.123456789".to_owned(),
        "float4" => "3e38".to_owned(),
        "float8" => "1e300".to_owned(),
        "varchar" | "bpchar" if bound > 0 => words(bound.min(LONG)),
        "text" | "citext" | "varchar" => words(LONG),
        "timestamp" => "TIMESTAMP '9999-12-31 23:59:59.999999'".to_owned(),
        "timestamptz" => "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'".to_owned(),
        "date" => "DATE '9999-12-31'".to_owned(),
        "interval" => "INTERVAL '1000 years 1 day 1 microsecond'".to_owned(),
        "bytea" => format!("convert_to(repeat('w', {LONG}), 'UTF8')"),
        "json" | "jsonb" => format!("'{{\"of\": [1, \"two\", {{\"three\": null}}]}}'::{}", column.base),
        "inet" | "cidr" => "'2001:db8:1:2:3:4:5:6'".to_owned(),
        _ => return None,
    })
}

/// Longer texts find room everywhere or nowhere.
const LONG: i64 = 5_000;

fn template(column: &Column) -> Option<String> {
    if !column.literals.is_empty() && column.category == "S" {
        let all: Vec<String> = column.literals.iter().map(|one| literal(one)).collect();
        return Some(format!("(ARRAY[{}])[1 + (# - 1) % {}]::{}", all.join(", "), all.len(), column.type_name));
    }
    if let (Some((element, name, sort)), "A") = (&column.element, column.category.as_str()) {
        let value = simple(name, element, "", sort, -1)?;
        return Some(format!("ARRAY[{value}]::{}", column.type_name));
    }
    simple(&column.base, &column.type_name, &column.category, &column.sort, column.length)
}

fn simple(base: &str, type_name: &str, category: &str, sort: &str, length: i64) -> Option<String> {
    // The length of texts counts four bytes of header; that of numbers has digits and scale in it.
    // https://www.postgresql.org/docs/18/catalog-pg-attribute.html
    let bound = length - 4;
    Some(match base {
        "int2" => "(1 + (# - 1) % 32767)::smallint".to_owned(),
        "int4" => "#::integer".to_owned(),
        "int8" => "#".to_owned(),
        "numeric" if length >= 4 => {
            let (digits, scale) = ((bound >> 16) & 0xffff, bound & 0x7ff);
            let whole = (digits - scale).clamp(0, 18);
            // With what stands behind the point, which a narrower type would cut off.
            let parts = 10_i64.pow(u32::try_from(scale.clamp(0, 6)).unwrap_or_default());
            format!("((# % {})::numeric + (# % {parts})::numeric / {parts})", 10_i64.pow(u32::try_from(whole).unwrap_or_default()))
        }
        "bool" => "(# % 2 = 0)".to_owned(),
        "text" | "citext" => format!("({LETTER})::{type_name}"),
        "varchar" | "bpchar" if bound > 0 => {
            format!("CASE WHEN length({LETTER}) <= {bound} THEN {LETTER} ELSE right(lpad(#::text, {bound}, '0'), {bound}) END")
        }
        "varchar" | "bpchar" | "name" => format!("({LETTER})::{type_name}"),
        "char" => "chr(65 + (# % 26)::integer)::\"char\"".to_owned(),
        "date" => "DATE '2020-01-01' + (# % 1000000)::integer".to_owned(),
        "timestamp" => "TIMESTAMP '2020-01-01' + # * INTERVAL '1 minute'".to_owned(),
        "timestamptz" => "TIMESTAMPTZ '2020-01-01 00:00+00' + # * INTERVAL '1 minute'".to_owned(),
        "time" => "TIME '00:00' + (# % 86400) * INTERVAL '1 second'".to_owned(),
        "timetz" => "(TIME '00:00' + (# % 86400) * INTERVAL '1 second')::timetz".to_owned(),
        "interval" => "# * INTERVAL '1 second'".to_owned(),
        "uuid" => "md5(#::text)::uuid".to_owned(),
        "json" => "json_build_object('n', #)".to_owned(),
        "jsonb" => "jsonb_build_object('n', #)".to_owned(),
        "bytea" => "decode(md5(#::text), 'hex')".to_owned(),
        "inet" => "INET '10.0.0.0' + (# % 16777216)".to_owned(),
        "cidr" => "set_masklen(INET '10.0.0.0' + (# % 16777216), 32)::cidr".to_owned(),
        "tsvector" => format!("to_tsvector('simple', {LETTER})"),
        "oid" => "#::oid".to_owned(),
        "point" => "point(#, #)".to_owned(),
        "int4range" => "int4range(#::integer, #::integer + 1)".to_owned(),
        "int8range" => "int8range(#, # + 1)".to_owned(),
        "numrange" => "numrange(#, # + 1)".to_owned(),
        "daterange" => "daterange(DATE '2020-01-01' + (# % 1000000)::integer, DATE '2020-01-02' + (# % 1000000)::integer)".to_owned(),
        "tsrange" => "tsrange(TIMESTAMP '2020-01-01' + # * INTERVAL '1 minute', TIMESTAMP '2020-01-01' + (# + 1) * INTERVAL '1 minute')".to_owned(),
        "tstzrange" => {
            "tstzrange(TIMESTAMPTZ '2020-01-01 00:00+00' + # * INTERVAL '1 minute', TIMESTAMPTZ '2020-01-01 00:00+00' + (# + 1) * INTERVAL '1 minute')".to_owned()
        }
        _ if sort == "e" => {
            format!("(enum_range(NULL::{type_name}))[1 + (# - 1) % array_length(enum_range(NULL::{type_name}), 1)]")
        }
        _ if category == "N" => format!("#::{type_name}"),
        _ if category == "S" => format!("({LETTER})::{type_name}"),
        _ => return None,
    })
}

/// The value of a number for a parameter, by its type in the server's words; NULL where none is known.
pub fn literal_of(type_name: &str, number: &str) -> String {
    // https://www.postgresql.org/docs/18/datatype.html: the names that the catalog has for them.
    let base = match type_name {
        "smallint" => "int2",
        "integer" => "int4",
        "bigint" => "int8",
        "real" | "double precision" => "float8",
        "boolean" => "bool",
        "character varying" => "varchar",
        "character" => "bpchar",
        "timestamp without time zone" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "time without time zone" => "time",
        "time with time zone" => "timetz",
        other => other,
    };
    let category = match base {
        "float8" | "numeric" => "N",
        _ => "",
    };
    let number = format!("({number})::bigint");
    let value = simple(base, type_name, category, "b", -1).map(|value| value.replace('#', &number));
    value.map_or_else(|| "NULL".to_owned(), |value| format!("({value})::{type_name}"))
}

/// Texts in quotes that a check names: `'new'::text`.
pub fn literals(definition: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = definition;
    while let Some(at) = rest.find('\'') {
        let tail = rest.get(at + 1..).unwrap_or_default();
        let mut text = String::new();
        let mut chars = tail.char_indices().peekable();
        let mut end = tail.len();
        while let Some((place, letter)) = chars.next() {
            if letter != '\'' {
                text.push(letter);
            } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
                text.push('\'');
            } else {
                end = place + 1;
                break;
            }
        }
        found.push(text);
        rest = tail.get(end..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::literals;

    #[test]
    fn what_a_check_allows_is_read_out_of_it() {
        let check = "CHECK ((state = ANY (ARRAY['new'::text, 'it''s'::text])))";
        assert_eq!(literals(check), ["new", "it's"]);
        assert!(literals("CHECK ((a > 0))").is_empty() && literals("'open").len() == 1);
    }
}
