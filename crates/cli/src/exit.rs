//! Exit codes: documented in `docs/reference/exit-codes.md`, tested in `tests/it`.

use std::process::ExitCode;

/// Nothing at or above the bar differs, and nothing that was demanded is unknown.
pub const EQUAL: u8 = 0;
/// The argument parser's own 2 means "could not tell" here.
pub const USAGE: u8 = 64;

/// The process' exit code.
pub fn code(code: u8) -> ExitCode {
    ExitCode::from(code)
}
