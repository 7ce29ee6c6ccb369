//! A value of each type as a function of the row's number `g`, which begins with 1.

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
}

/// What a row's number is in front of, for texts without a bound.
const LETTER: &str = "'v' || g";

/// The value, or nothing where none is known of its type.
pub fn of(column: &Column) -> Option<String> {
    if !column.literals.is_empty() && column.category == "S" {
        let all: Vec<String> = column.literals.iter().map(|one| literal(one)).collect();
        return Some(format!("(ARRAY[{}])[1 + (g - 1) % {}]::{}", all.join(", "), all.len(), column.type_name));
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
        "int2" => "(1 + (g - 1) % 32767)::smallint".to_owned(),
        "int4" => "g::integer".to_owned(),
        "int8" => "g".to_owned(),
        "numeric" if length >= 4 => {
            let (digits, scale) = ((bound >> 16) & 0xffff, bound & 0x7ff);
            let whole = (digits - scale).clamp(0, 18);
            // With what stands behind the point, which a narrower type would cut off.
            let parts = 10_i64.pow(u32::try_from(scale.clamp(0, 6)).unwrap_or_default());
            format!("((g % {})::numeric + (g % {parts})::numeric / {parts})", 10_i64.pow(u32::try_from(whole).unwrap_or_default()))
        }
        "bool" => "(g % 2 = 0)".to_owned(),
        "text" | "citext" => format!("({LETTER})::{type_name}"),
        "varchar" | "bpchar" if bound > 0 => {
            format!("CASE WHEN length({LETTER}) <= {bound} THEN {LETTER} ELSE right(lpad(g::text, {bound}, '0'), {bound}) END")
        }
        "varchar" | "bpchar" | "name" => format!("({LETTER})::{type_name}"),
        "char" => "chr(65 + (g % 26)::integer)::\"char\"".to_owned(),
        "date" => "DATE '2020-01-01' + (g % 1000000)::integer".to_owned(),
        "timestamp" => "TIMESTAMP '2020-01-01' + g * INTERVAL '1 minute'".to_owned(),
        "timestamptz" => "TIMESTAMPTZ '2020-01-01 00:00+00' + g * INTERVAL '1 minute'".to_owned(),
        "time" => "TIME '00:00' + (g % 86400) * INTERVAL '1 second'".to_owned(),
        "timetz" => "(TIME '00:00' + (g % 86400) * INTERVAL '1 second')::timetz".to_owned(),
        "interval" => "g * INTERVAL '1 second'".to_owned(),
        "uuid" => "md5(g::text)::uuid".to_owned(),
        "json" => "json_build_object('n', g)".to_owned(),
        "jsonb" => "jsonb_build_object('n', g)".to_owned(),
        "bytea" => "decode(md5(g::text), 'hex')".to_owned(),
        "inet" => "INET '10.0.0.0' + (g % 16777216)".to_owned(),
        "cidr" => "set_masklen(INET '10.0.0.0' + (g % 16777216), 32)::cidr".to_owned(),
        "tsvector" => format!("to_tsvector('simple', {LETTER})"),
        "oid" => "g::oid".to_owned(),
        "point" => "point(g, g)".to_owned(),
        "int4range" => "int4range(g::integer, g::integer + 1)".to_owned(),
        "int8range" => "int8range(g, g + 1)".to_owned(),
        "numrange" => "numrange(g, g + 1)".to_owned(),
        "daterange" => "daterange(DATE '2020-01-01' + (g % 1000000)::integer, DATE '2020-01-02' + (g % 1000000)::integer)".to_owned(),
        "tsrange" => "tsrange(TIMESTAMP '2020-01-01' + g * INTERVAL '1 minute', TIMESTAMP '2020-01-01' + (g + 1) * INTERVAL '1 minute')".to_owned(),
        "tstzrange" => {
            "tstzrange(TIMESTAMPTZ '2020-01-01 00:00+00' + g * INTERVAL '1 minute', TIMESTAMPTZ '2020-01-01 00:00+00' + (g + 1) * INTERVAL '1 minute')".to_owned()
        }
        _ if sort == "e" => {
            format!("(enum_range(NULL::{type_name}))[1 + (g - 1) % array_length(enum_range(NULL::{type_name}), 1)]")
        }
        _ if category == "N" => format!("g::{type_name}"),
        _ if category == "S" => format!("({LETTER})::{type_name}"),
        _ => return None,
    })
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
