//! Values of settings that the server keeps as they were typed (of functions, roles and databases), in one spelling.
//!
//! Neighbour: `settings` says what a setting weighs and which values are not shown.

use super::settings::human;
use crate::ident;

/// A value that the server keeps as it was typed (of a function, a role, a database), written as its type says.
#[must_use]
pub fn written(name: &str, value: &str, unit: Option<&str>, vartype: Option<&str>) -> String {
    match vartype {
        Some("enum") => word(value),
        Some("integer") if unit.is_none() => integer(value).map_or_else(|| value.to_owned(), |number| number.to_string()),
        Some("real") if unit.is_none() => real(value).unwrap_or_else(|| value.to_owned()),
        Some("string") if QUOTED_LISTS.iter().any(|list| list.eq_ignore_ascii_case(name)) => {
            // Names of libraries are files' names, whose case counts.
            quoted_list(value, !name.to_ascii_lowercase().ends_with("_libraries"))
        }
        // Zones are found whatever their letters' case; words of a date style are, too.
        Some("string") if name.eq_ignore_ascii_case("timezone") => value.to_ascii_lowercase(),
        Some("string") if name.eq_ignore_ascii_case("datestyle") => {
            let mut words: Vec<String> = value.split(',').map(|word| word.trim().to_ascii_uppercase()).collect();
            words.sort();
            words.join(", ")
        }
        _ => human(value, unit, vartype),
    }
}

/// Whether it is text that has one spelling of its own.
#[must_use]
pub fn is_written_apart(name: &str) -> bool {
    QUOTED_LISTS.iter().chain(&["TimeZone", "DateStyle"]).any(|known| known.eq_ignore_ascii_case(name))
}

/// A word of a list of choices, whatever its letters' case.
fn word(value: &str) -> String {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => "on".to_owned(),
        "false" | "no" | "0" => "off".to_owned(),
        // <https://www.postgresql.org/docs/18/runtime-config-client.html#GUC-CLIENT-MIN-MESSAGES>
        "debug" => "debug2".to_owned(),
        word => word.to_owned(),
    }
}

/// A whole number as the server reads it: decimal, hexadecimal or octal.
#[must_use]
pub fn integer(value: &str) -> Option<i64> {
    let value = value.trim();
    let (sign, digits) = match value.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, value.strip_prefix('+').unwrap_or(value)),
    };
    let number = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hexadecimal) => i64::from_str_radix(hexadecimal, 16).ok()?,
        None if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            i64::from_str_radix(digits, 8).ok()?
        }
        None => match digits.parse() {
            Ok(number) => number,
            // The server rounds what is written with a fraction.
            Err(_) => return whole(value.parse().ok()?),
        },
    };
    Some(sign * number)
}

fn whole(number: f64) -> Option<i64> {
    let text = format!("{:.0}", number.round_ties_even());
    text.parse().ok()
}

/// A number with a fraction in one spelling.
#[must_use]
pub fn real(value: &str) -> Option<String> {
    value.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| (number + 0.0).to_string())
}

/// Settings that are lists of names, each in double quotes where it needs them.
const QUOTED_LISTS: &[&str] =
    &["local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries", "temp_tablespaces"];

/// The names of a list, each quoted as SQL quotes names, so that blanks and needless quotes say nothing.
fn quoted_list(value: &str, folds: bool) -> String {
    let mut names = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let name = if let Some(mut inside) = rest.strip_prefix('"') {
            let mut name = String::new();
            loop {
                let Some((part, after)) = inside.split_once('"') else { return value.to_owned() };
                name.push_str(part);
                match after.strip_prefix('"') {
                    Some(more) => {
                        name.push('"');
                        inside = more;
                    }
                    None => {
                        rest = after.trim_start();
                        break name;
                    }
                }
            }
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            rest = after;
            // Names without quotes are folded.
            if folds { name.trim().to_ascii_lowercase() } else { name.trim().to_owned() }
        };
        names.push(ident::quoted(&name));
        rest = match rest.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if rest.is_empty() => rest,
            None => return value.to_owned(),
        };
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_value_has_one_spelling() {
        for (name, unit, vartype, one, other) in [
            ("work_mem", Some("kB"), "integer", "64MB", "65536kB"),
            ("work_mem", Some("kB"), "integer", "65536", "64 MB"),
            ("enable_seqscan", None, "bool", "off", "FALSE"),
            ("random_page_cost", None, "real", "4.0", "4"),
            ("default_statistics_target", None, "integer", "100", "0x64"),
            ("plan_cache_mode", None, "enum", "FORCE_custom_plan", "force_custom_plan"),
            ("synchronous_commit", None, "enum", "true", "on"),
            ("search_path", None, "string", "a,b", "a, \"b\""),
            ("search_path", None, "string", "\"$user\",public", "\"$user\", public"),
            ("search_path", None, "string", "", ""),
            ("TimeZone", None, "string", "europe/Berlin", "Europe/Berlin"),
            ("DateStyle", None, "string", "iso,mdy", "ISO, MDY"),
            ("statement_timeout", Some("ms"), "integer", "5s", "5000"),
        ] {
            assert_eq!(written(name, one, unit, Some(vartype)), written(name, other, unit, Some(vartype)), "{name}: {one} and {other}");
        }
        for (name, unit, vartype, one, other) in [
            ("work_mem", Some("kB"), "integer", "64MB", "64kB"),
            ("search_path", None, "string", "a, b", "\"a, b\""),
            ("search_path", None, "string", "a, b", "b, a"),
            ("search_path", None, "string", "a", "\"A\""),
            ("TimeZone", None, "string", "Europe/Berlin", "Europe/Paris"),
            ("log_statement", None, "enum", "all", "mod"),
        ] {
            assert_ne!(written(name, one, unit, Some(vartype)), written(name, other, unit, Some(vartype)), "{name}: {one} and {other}");
        }
    }
}
