//! The patch releases the project was last tested with, and how those that are here compare: a run that is red because a
//! server moved says so at its end.
//!
//! Neighbours: `skip` and `mysql`, which say what every run should have. After a green run with newer ones, change [`TESTED`].

use crate::{mysql, skip};
use evenkeel_mysql::scratch as mysql_scratch;
use evenkeel_postgres::scratch as postgres_scratch;
use std::cmp::Ordering;

/// A server, and its patch release at the last green run.
pub const TESTED: &[(&str, &str)] = &[
    ("PostgreSQL 13", "13.23"),
    ("PostgreSQL 14", "14.23"),
    ("PostgreSQL 15", "15.18"),
    ("PostgreSQL 16", "16.14"),
    ("PostgreSQL 17", "17.10"),
    ("PostgreSQL 18", "18.4"),
    ("MariaDB 10.11", "10.11.19"),
    ("MariaDB 11.8", "11.8.9"),
    ("MySQL 9.7", "9.7.4"),
];

/// What is here, one line a server that every run should have.
#[must_use]
pub fn report() -> Vec<String> {
    let installed = installed();
    let of = |name: &str| installed.iter().find(|(server, _)| server == name).map(|(_, version)| version.as_str());
    TESTED.iter().map(|(name, tested)| line(name, of(name), tested)).collect()
}

/// Name and version of those that tests would use.
fn installed() -> Vec<(String, String)> {
    let found = postgres_scratch::find_servers();
    let postgres = skip::DEMANDED.into_iter().filter_map(|major| {
        let server = postgres_scratch::pick(&found, Some(major))?;
        Some((format!("PostgreSQL {major}"), server.version.clone()))
    });
    let found = mysql_scratch::find_servers();
    let others = mysql::DEMANDED.into_iter().filter_map(|(engine, number)| {
        let server = mysql_scratch::pick(&found, Some(engine), Some(number))?;
        Some((server.series(), server.version.clone()))
    });
    postgres.chain(others).collect()
}

fn line(name: &str, here: Option<&str>, tested: &str) -> String {
    let Some(here) = here else { return format!("{name}: not here, last tested {tested}") };
    let numbers = numbers(here);
    let shown = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    match numbers.cmp(&self::numbers(tested)) {
        Ordering::Equal => format!("{name}: {shown}, as last tested"),
        Ordering::Greater => format!("{name}: {shown} here, last tested {tested}: newer"),
        Ordering::Less => format!("{name}: {shown} here, last tested {tested}: older"),
    }
}

/// `10.11.19-MariaDB-0+deb12u1` is 10, 11, 19.
fn numbers(version: &str) -> Vec<u32> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    version[..end].split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_that_is_demanded_was_tested() {
        let postgres = skip::DEMANDED.into_iter().map(|major| format!("PostgreSQL {major}"));
        let others = mysql::DEMANDED.into_iter().map(|(engine, number)| mysql_scratch::series(engine, number));
        let demanded: Vec<String> = postgres.chain(others).collect();
        assert_eq!(TESTED.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>(), demanded);
        assert!(TESTED.iter().all(|(name, tested)| format!("{tested}.").starts_with(&format!("{}.", name.rsplit(' ').next().unwrap()))));
    }

    #[test]
    fn a_newer_patch_release_is_told() {
        let of = |here| line("MariaDB 11.8", here, "11.8.6");
        assert_eq!(of(Some("11.8.6-MariaDB-0+deb13u1 from Debian")), "MariaDB 11.8: 11.8.6, as last tested");
        assert_eq!(of(Some("11.8.10-MariaDB")), "MariaDB 11.8: 11.8.10 here, last tested 11.8.6: newer");
        assert_eq!(of(Some("11.8.5")), "MariaDB 11.8: 11.8.5 here, last tested 11.8.6: older");
        assert_eq!(of(None), "MariaDB 11.8: not here, last tested 11.8.6");
        assert_eq!(
            line("PostgreSQL 15", Some("15.20 (Debian 15.20-0+deb12u1)"), "15.18"),
            "PostgreSQL 15: 15.20 here, last tested 15.18: newer"
        );
    }
}
