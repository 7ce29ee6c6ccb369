//! Values of settings that the server keeps as they were typed (of functions, roles and databases), in one spelling.
//!
//! Neighbour: `settings` says what a setting weighs and which values are not shown.

use super::settings::human;
use crate::ident;
use evenkeel_core::setting::{self, switch};

/// A value that the server keeps as it was typed (of a function, a role, a database), written as its type says.
#[must_use]
pub fn written(name: &str, value: &str, unit: Option<&str>, vartype: Option<&str>) -> String {
    match vartype {
        Some("bool") => abbreviated(value).map_or_else(|| value.to_owned(), str::to_owned),
        // Since 15 a choice of methods, of which `on` is the first.
        Some("enum") if name.eq_ignore_ascii_case("wal_compression") && value.eq_ignore_ascii_case("pglz") => "on".to_owned(),
        Some("enum") => word(value),
        Some("integer") if unit.is_none() => integer(value).map_or_else(|| value.to_owned(), |number| number.to_string()),
        Some("real") if unit.is_none() => {
            let number = number(value.trim()).filter(|number| number.is_finite());
            number.map_or_else(|| value.to_owned(), |number| (number + 0.0).to_string())
        }
        Some("string") if QUOTED_LISTS.iter().any(|list| list.eq_ignore_ascii_case(name)) => {
            // Names of libraries are files' names, whose case counts.
            quoted_list(value, !name.to_ascii_lowercase().ends_with("_libraries"))
        }
        // Zones are found whatever their letters' case; words of a date style are, too.
        Some("string") if name.eq_ignore_ascii_case("timezone") => real(value).unwrap_or_else(|| value.to_ascii_lowercase()),
        Some("string") if name.eq_ignore_ascii_case("datestyle") => {
            let mut words: Vec<String> = value.split(',').map(|word| order_of_dates(&word.trim().to_ascii_uppercase())).collect();
            words.sort();
            words.join(", ")
        }
        Some(kind @ ("integer" | "real")) if unit.is_some() => {
            let base = unit.and_then(|unit| in_base_units(value, unit, kind == "integer"));
            human(base.as_deref().unwrap_or(value), unit, vartype)
        }
        _ => human(value, unit, vartype),
    }
}

/// A switch. The server takes every beginning of the words that is no beginning of both.
/// <https://www.postgresql.org/docs/18/datatype-boolean.html>
#[must_use]
pub fn abbreviated(value: &str) -> Option<&'static str> {
    let value = value.trim().to_ascii_lowercase();
    let begins = |words: &[&str]| !value.is_empty() && words.iter().any(|word| word.starts_with(&value));
    switch(&value)
        .or_else(|| begins(&["true", "yes"]).then_some("on"))
        .or_else(|| begins(&["false", "no"]).then_some("off"))
        .or_else(|| (value == "of").then_some("off"))
}

/// How many of `unit` a value is, as the server reads it: a number (decimal, with a fraction or exponent, hexadecimal or octal), and a
/// unit of its own or none. A fraction is rounded to the next smaller unit, a whole setting to its own. `None` where it reads otherwise.
/// <https://www.postgresql.org/docs/18/config-setting.html#CONFIG-SETTING-NAMES-VALUES>
fn in_base_units(value: &str, unit: &str, is_whole: bool) -> Option<String> {
    let value = value.trim();
    let is_of_number = |c: char| c.is_ascii_hexdigit() || matches!(c, 'x' | 'X' | '.' | '+' | '-');
    // The longest beginning that is a number: `0x1B` has no unit, `1B` has.
    let end = value.find(|c| !is_of_number(c)).unwrap_or(value.len());
    let read = |end: usize| number(value.get(..end)?).map(|number| (number, value.get(end..).unwrap_or_default().trim()));
    let (number, own) = (1..=end).rev().find_map(read)?;
    let scales = if setting::TIMES.iter().any(|(name, _)| *name == unit) { setting::TIMES } else { setting::SIZES };
    let digits = unit.find(|c: char| !c.is_ascii_digit())?;
    let (count, base) = unit.split_at(digits);
    let count: f64 = if count.is_empty() { 1.0 } else { count.parse().ok()? };
    let worth = |name: &str| scales.iter().find(|(known, _)| *known == name).map(|(_, worth)| *worth);
    let base = worth(base)? * count;
    if own.is_empty() {
        let number = if is_whole { number.round_ties_even() } else { number };
        return Some(number.to_string());
    }
    let mut amount = number * worth(own)?;
    let smaller = scales.iter().map(|(_, worth)| *worth).find(|smaller| *smaller < worth(own).unwrap_or_default() && *smaller >= base);
    if let Some(smaller) = smaller.filter(|_| number.fract() != 0.0) {
        amount = (amount / smaller).round_ties_even() * smaller;
    }
    let units = amount / base;
    Some(if is_whole { units.round_ties_even() } else { units }.to_string())
}

/// A number as C reads it.
fn number(text: &str) -> Option<f64> {
    let is_integer = !text.contains('.') && (text.contains(['x', 'X']) || !text.contains(['e', 'E']));
    // Whole numbers of settings have ten digits at most.
    if is_integer { integer(text).and_then(|number| i32::try_from(number).ok()).map(f64::from) } else { text.parse().ok() }
}

/// A word of a date style, where it has others that say the same.
/// <https://www.postgresql.org/docs/18/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT2-TABLE>
fn order_of_dates(word: &str) -> String {
    match word {
        "US" => "MDY".to_owned(),
        _ if word.starts_with("NONEURO") => "MDY".to_owned(),
        _ if word.starts_with("EURO") => "DMY".to_owned(),
        _ => word.to_owned(),
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
            ("random_page_cost", None, "real", "0x4", "4.00"),
            ("random_page_cost", None, "real", "4e0", "4"),
            ("default_statistics_target", None, "integer", "100", "0x64"),
            ("plan_cache_mode", None, "enum", "FORCE_custom_plan", "force_custom_plan"),
            ("synchronous_commit", None, "enum", "true", "on"),
            ("search_path", None, "string", "a,b", "a, \"b\""),
            ("search_path", None, "string", "\"$user\",public", "\"$user\", public"),
            ("search_path", None, "string", "", ""),
            ("TimeZone", None, "string", "europe/Berlin", "Europe/Berlin"),
            ("DateStyle", None, "string", "iso,mdy", "ISO, MDY"),
            ("DateStyle", None, "string", "ISO, US", "ISO, MDY"),
            ("DateStyle", None, "string", "European, SQL", "SQL, DMY"),
            ("TimeZone", None, "string", "2", "2.0"),
            ("wal_compression", None, "enum", "pglz", "true"),
            ("statement_timeout", Some("ms"), "integer", "5s", "5000"),
            ("statement_timeout", Some("ms"), "integer", "5e3", "0x1388"),
            ("statement_timeout", Some("ms"), "integer", "500us", "0"),
            ("statement_timeout", Some("ms"), "integer", "1500us", "2"),
            ("work_mem", Some("kB"), "integer", "0x1000", "4 MB"),
            ("work_mem", Some("kB"), "integer", "010000kB", "4MB"),
            ("work_mem", Some("kB"), "integer", "4194304B", "4MB"),
            ("work_mem", Some("kB"), "integer", "1.0001GB", "1024MB"),
            ("effective_cache_size", Some("8kB"), "integer", "0x1000", "32MB"),
            ("enable_seqscan", None, "bool", "tru", "on"),
            ("enable_seqscan", None, "bool", "F", "off"),
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
            ("wal_compression", None, "enum", "lz4", "on"),
            ("DateStyle", None, "string", "ISO, US", "ISO, DMY"),
            ("TimeZone", None, "string", "2", "-2"),
            ("work_mem", Some("kB"), "integer", "0x1000", "0x2000"),
            ("work_mem", Some("kB"), "integer", "0x1B0", "0x1"),
            ("enable_seqscan", None, "bool", "o", "on"),
        ] {
            assert_ne!(written(name, one, unit, Some(vartype)), written(name, other, unit, Some(vartype)), "{name}: {one} and {other}");
        }
    }
}
