//! Server settings, of any engine: how knowledge of one is kept, and how amounts and hidden values are written.
//!
//! Lives here: the row of an engine's table of settings, the word for a value that is not shown, amounts as people write them.
//! Does not live here: the tables themselves and which values are not shown (`knowledge/settings.rs` of each engine).

use crate::kind::Rank;

/// What is known of one setting.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    pub name: &'static str,
    pub rank: Rank,
    /// What a difference does to a migration, in one sentence.
    pub why: &'static str,
    /// Where in the engine's manual it stands; the engine makes an address of it.
    pub page: &'static str,
}

/// One that must be the same everywhere.
#[must_use]
pub const fn must(name: &'static str, page: &'static str, why: &'static str) -> Known {
    Known { name, rank: Rank::MustMatch, why, page }
}

/// One that should be the same everywhere.
#[must_use]
pub const fn should(name: &'static str, page: &'static str, why: &'static str) -> Known {
    Known { name, rank: Rank::ShouldMatch, why, page }
}

/// One that is another in every environment.
#[must_use]
pub const fn differs(name: &'static str, page: &'static str, why: &'static str) -> Known {
    Known { name, rank: Rank::Expected, why, page }
}

/// A setting's row of a table; names are compared without regard to case, as servers do.
#[must_use]
pub fn known(table: &'static [Known], name: &str) -> Option<&'static Known> {
    table.iter().find(|known| known.name.eq_ignore_ascii_case(name))
}

/// What a value is called that may not be shown.
pub const SET: &str = "set";
pub const UNSET: &str = "unset";

/// The word for a value that may not be shown: it may hold a password, an address or a command line.
#[must_use]
pub fn closed(value: Option<&str>) -> &'static str {
    if value.is_none_or(str::is_empty) { UNSET } else { SET }
}

/// `on` or `off`, where it is one of the words servers use for them.
#[must_use]
pub fn switch(value: &str) -> Option<&'static str> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" | "t" | "y" => Some("on"),
        "off" | "false" | "no" | "0" | "f" | "n" => Some("off"),
        _ => None,
    }
}

/// An amount as a person reads it: `8192` of `8kB` is `64MB`, `5000` of `ms` is `5s`; `5s` stays. Sizes and times come out
/// in the largest unit that divides them; what is no amount stays as it is.
#[must_use]
pub fn amount(value: &str, unit: &str) -> String {
    let value = value.trim();
    let digits = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    let (number, own) = value.split_at(digits);
    let Ok(number) = number.parse::<f64>() else { return value.to_owned() };
    let scales: &[(&str, f64)] = if TIMES.iter().any(|(name, _)| *name == unit) { TIMES } else { SIZES };
    let own = own.trim();
    let Some(factor) = factor(scales, if own.is_empty() { unit } else { own }) else { return value.to_owned() };
    // Zero and negative values are switches, not amounts.
    if number <= 0.0 {
        return (number + 0.0).to_string();
    }
    let amount = number * factor;
    let fits = |scale: f64| amount >= scale && ((amount / scale) - (amount / scale).round()).abs() < 1e-9;
    match scales.iter().find(|(_, scale)| fits(*scale)) {
        Some((name, scale)) => format!("{}{name}", (amount / scale).round()),
        None => format!("{number}{}", if own.is_empty() { unit } else { own }),
    }
}

/// Units of sizes, largest first, and what each is worth in bytes.
pub const SIZES: &[(&str, f64)] = &[("TB", 1_099_511_627_776.0), ("GB", 1_073_741_824.0), ("MB", 1_048_576.0), ("kB", 1024.0), ("B", 1.0)];
/// Units of times, largest first, and what each is worth in microseconds.
pub const TIMES: &[(&str, f64)] =
    &[("d", 86_400_000_000.0), ("h", 3_600_000_000.0), ("min", 60_000_000.0), ("s", 1_000_000.0), ("ms", 1000.0), ("us", 1.0)];

/// What one of that unit is worth; `8kB` is eight of `kB`.
fn factor(scales: &[(&str, f64)], unit: &str) -> Option<f64> {
    let digits = unit.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    let (count, name) = unit.split_at(digits);
    let count = if count.is_empty() { 1.0 } else { count.parse().ok()? };
    scales.iter().find(|(scale, _)| *scale == name).map(|(_, factor)| factor * count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        for (value, unit, expected) in [
            ("8192", "8kB", "64MB"),
            ("5000", "ms", "5s"),
            ("5s", "ms", "5s"),
            ("300", "s", "5min"),
            ("1440", "min", "1d"),
            ("0.5", "ms", "500us"),
            ("2", "ms", "2ms"),
            ("-1", "kB", "-1"),
            ("0", "ms", "0"),
            ("16777216", "B", "16MB"),
            ("1.5GB", "kB", "1536MB"),
            ("1024", "MB", "1GB"),
            ("90 s", "ms", "90s"),
            ("what", "ms", "what"),
            ("0s", "ms", "0"),
            // No amount that is read here: a zero would be another value.
            ("0x10", "kB", "0x10"),
            ("0parsecs", "ms", "0parsecs"),
        ] {
            assert_eq!(amount(value, unit), expected, "{value} × {unit}");
        }
    }

    #[test]
    fn closed_values_say_no_more_than_that_they_are_there() {
        assert_eq!((closed(None), closed(Some("")), closed(Some("hunter2"))), (UNSET, UNSET, SET));
        assert_eq!((switch("TRUE"), switch("0"), switch("DISABLED")), (Some("on"), Some("off"), None));
    }
}
