//! Settings that decide what a migration locks, writes and takes: a server on which one is rehearsed has those of the target.
//!
//! Not among them is what a machine must have room for before anything runs (`shared_buffers`), unless tables are smaller and it can be as
//! much smaller; and what has to do with others.

use crate::flavor;
use evenkeel_core::rehearsal::Stuck;

/// By name.
pub const SETTINGS: &[&str] = &[
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
    "bytea_output",
    "check_function_bodies",
    "checkpoint_timeout",
    "client_connection_check_interval",
    "deadlock_timeout",
    "default_table_access_method",
    "default_toast_compression",
    "default_transaction_isolation",
    "full_page_writes",
    "fsync",
    "idle_in_transaction_session_timeout",
    "lock_timeout",
    "maintenance_work_mem",
    "max_locks_per_transaction",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_wal_size",
    "min_parallel_index_scan_size",
    "min_parallel_table_scan_size",
    "row_security",
    "standard_conforming_strings",
    "statement_timeout",
    "transform_null_equals",
    "wal_compression",
    "wal_level",
    "work_mem",
];

/// Settings that have to do with the amount of data: name, bytes of a unit where a value has none, the least in bytes.
/// <https://www.postgresql.org/docs/18/runtime-config.html>; below some megabytes of `shared_buffers` the server's own catalog has no room.
const GROWING: &[(&str, u64, u64)] = &[
    ("maintenance_work_mem", 1 << 10, 1 << 20),
    ("max_wal_size", 1 << 20, 32 << 20),
    ("min_parallel_index_scan_size", 8 << 10, 8 << 10),
    ("min_parallel_table_scan_size", 8 << 10, 8 << 10),
    ("shared_buffers", 8 << 10, 16 << 20),
    ("work_mem", 1 << 10, 64 << 10),
];
/// Those of them whose least matters to how work is done.
const DECIDING: &[&str] = &["maintenance_work_mem"];

/// More than this no throwaway server is given.
const MOST: u64 = 4 << 30;

/// The one that a server only gets where it can be made smaller.
pub const CACHE: &str = "shared_buffers";

/// Settings made as much smaller as data is; beside them the deciding ones that go no lower.
pub fn scaled(settings: Vec<(String, String)>, scale: f64, major: u16) -> (Vec<(String, String)>, Vec<Stuck>) {
    let mut stuck = Vec::new();
    let scaled = settings.into_iter().map(|(name, value)| {
        let Some((_, unit, least)) = GROWING.iter().find(|(known, ..)| *known == name) else { return (name, value) };
        let Some(bytes) = bytes(&value, *unit) else { return (name, value) };
        let least = if name == "maintenance_work_mem" && major >= flavor::LITTLE_MAINTENANCE_MEMORY { 64 << 10 } else { *least };
        if bytes <= least {
            return (name, value);
        }
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an amount of memory")]
        let wanted = (bytes as f64 * scale) as u64;
        let smaller = wanted.clamp(least, bytes.min(MOST));
        if smaller > wanted && DECIDING.contains(&name.as_str()) {
            stuck.push(Stuck { name: name.clone(), there: bytes, here: smaller });
        }
        (name, format!("{}kB", smaller.div_ceil(1 << 10)))
    });
    (scaled.collect(), stuck)
}

/// `64MB` in bytes; a number alone counts units.
fn bytes(value: &str, unit: u64) -> Option<u64> {
    let value = value.trim();
    let digits = value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(value.len());
    let (number, suffix) = value.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let unit = match suffix.trim() {
        "" => unit,
        "B" => 1,
        "kB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::{Stuck, scaled};

    #[test]
    fn memory_becomes_as_much_smaller_as_data_and_what_cannot_is_told() {
        let given = |value: &str| vec![("maintenance_work_mem".to_owned(), value.to_owned()), ("lock_timeout".to_owned(), "5s".to_owned())];
        let value = |(settings, stuck): (Vec<(String, String)>, Vec<Stuck>)| (settings[0].1.clone(), settings[1].1.clone(), stuck.len());
        assert_eq!(value(scaled(given("64MB"), 0.1, 16)), ("6554kB".to_owned(), "5s".to_owned(), 0));
        assert_eq!(value(scaled(given("65536"), 0.01, 16)), ("1024kB".to_owned(), "5s".to_owned(), 1));
        assert_eq!(value(scaled(given("1GB"), 0.03, 16)), ("31458kB".to_owned(), "5s".to_owned(), 0));
        assert_eq!(value(scaled(given("65536"), 0.01, 17)), ("656kB".to_owned(), "5s".to_owned(), 0));
        assert_eq!(value(scaled(given("odd"), 0.03, 16)).0, "odd");
        assert_eq!(value(scaled(given("64MB"), 1.0, 16)).0, "65536kB");
    }
}
