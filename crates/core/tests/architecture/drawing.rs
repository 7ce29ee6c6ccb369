//! What is drawn and cannot be read from the code: the arrows between crates.

/// A crate, what it may import, and what its tests may import beside that.
pub struct Drawn {
    pub name: &'static str,
    pub imports: &'static [&'static str],
    pub in_tests: &'static [&'static str],
}

const fn drawn(name: &'static str, imports: &'static [&'static str], in_tests: &'static [&'static str]) -> Drawn {
    Drawn { name, imports, in_tests }
}

/// Every crate, one line each; one is drawn when its first line is written, not before.
pub const CRATES: &[Drawn] = &[
    drawn("core", &[], &[]),
    drawn("runtime", &["core"], &[]),
    drawn("launcher", &["core"], &[]),
    drawn("store", &["core"], &["testkit", "postgres"]),
    drawn("adapters", &["core"], &[]),
    drawn("postgres", &["core", "runtime", "launcher"], &["testkit", "pipeline"]),
    drawn("mysql", &["core", "runtime", "launcher"], &["testkit", "pipeline"]),
    drawn("pipeline", &["core"], &["testkit"]),
    drawn("report", &["core"], &[]),
    drawn("cli", &["core", "postgres", "mysql", "store", "adapters", "pipeline", "report"], &["testkit"]),
    drawn("testkit", &["core", "launcher", "postgres", "mysql"], &[]),
];
