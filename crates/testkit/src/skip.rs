//! Versions a test wants that are not installed: a skip is printed and counted, and with `REQUIRE_SERVERS=1` a failure.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

/// The major versions of PostgreSQL that evenkeel supports, so the ones every test run should have.
pub const DEMANDED: [u32; 6] = [13, 14, 15, 16, 17, 18];
/// Set to `1` to make every skip a failure, as CI does.
pub const REQUIRE_VARIABLE: &str = "REQUIRE_SERVERS";
/// A file that gets one line for each skip; script/test counts them.
pub const SKIPS_VARIABLE: &str = "EVENKEEL_TESTKIT_SKIPS";

/// Notes that a server, or a program beside it, is missing.
///
/// # Panics
/// With `REQUIRE_SERVERS=1`.
pub fn skip(missing: &str) {
    assert!(
        std::env::var_os(REQUIRE_VARIABLE).is_none_or(|value| value.is_empty() || value == "0"),
        "{missing} is not installed and REQUIRE_SERVERS=1 forbids skips; script/setup installs it"
    );
    note_skip(missing);
}

/// As [`skip`], of what nobody demands: samples that are not part of the project.
///
/// # Panics
/// When it cannot be counted.
pub fn note_skip(missing: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    println!("SKIP: {missing} not installed ({test})");
    if let Some(path) = std::env::var_os(SKIPS_VARIABLE) {
        count(&path, &format!("{missing}\t{test}\n"));
    }
}

/// One write of one short line: lines of tests that run side by side stay whole.
pub(crate) fn count(path: &OsStr, line: &str) {
    let file = std::fs::File::options().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .unwrap_or_else(|error| panic!("cannot count in {}: {error}", Path::new(path).display()));
}
