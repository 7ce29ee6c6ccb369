//! Refusals in words without anything that may be in rows, where those are not made up.

/// Classes of refusals that are about definitions, rights and the server itself, and not about what is in rows.
const NAMES_NO_VALUE: &[&str] = &["0A", "25", "28", "2B", "3B", "3D", "3F", "40", "42", "53", "54", "55", "57"];
const BROKEN_CONSTRAINT: &str = "23";

/// What may be said of a refusal with that code.
pub fn words<'m>(code: &str, message: &'m str) -> &'m str {
    match () {
        () if NAMES_NO_VALUE.iter().any(|class| code.starts_with(class)) => message,
        // What breaks a constraint stands behind the message.
        () if code.starts_with(BROKEN_CONSTRAINT) => message.split(" (").next().unwrap_or_default(),
        () => "a value of a row does not do; the server's words may hold it, and are left out",
    }
}
