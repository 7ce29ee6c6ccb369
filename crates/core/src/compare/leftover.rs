//! Names that interrupted online changes leave behind. They are differences even where both sides have them.

use super::{Case, Change, Difference, Walk, Which};
use crate::finding::{Finding, Origin, Remedy, Thing};
use crate::kind::{Engine, Engines, Kind, Severity};
use crate::manifest::Object;

/// One way a tool marks what it works on.
#[derive(Debug)]
pub struct Leftover {
    pub tool: &'static str,
    pub kinds: &'static [Kind],
    pub prefix: &'static str,
    pub suffix: &'static str,
    /// Digits may follow the suffix: PostgreSQL numbers names that are taken.
    pub numbered: bool,
    /// The engines that the tool works on.
    pub engines: Engines,
    pub source: &'static str,
}

const fn named(tool: &'static str, kinds: &'static [Kind], prefix: &'static str, suffix: &'static str, source: &'static str) -> Leftover {
    Leftover { tool, kinds, prefix, suffix, numbered: false, engines: Engines::POSTGRESQL, source }
}

const fn of_mysql(
    tool: &'static str,
    kinds: &'static [Kind],
    (prefix, suffix): (&'static str, &'static str),
    source: &'static str,
) -> Leftover {
    Leftover { engines: Engines::MYSQL_FAMILY, ..named(tool, kinds, prefix, suffix, source) }
}

const INDEX: &[Kind] = &[Kind::Index];
const TABLE: &[Kind] = &[Kind::Table];
const TRIGGER: &[Kind] = &[Kind::Trigger];
const SCHEMA: &[Kind] = &[Kind::Schema];
const COLUMN: &[Kind] = &[Kind::Column];
const REINDEX: &str = "https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY";
const PT_OSC: &str = "https://docs.percona.com/percona-toolkit/pt-online-schema-change.html";
const SPIRIT: &str = "https://github.com/block/spirit/blob/main/USAGE.md";
const GH_OST: &str = "https://github.com/github/gh-ost/blob/master/doc/cheatsheet.md";

/// What is known to be left behind.
pub const LEFTOVERS: &[Leftover] = &[
    Leftover { numbered: true, ..named("REINDEX CONCURRENTLY", INDEX, "", "_ccnew", REINDEX) },
    Leftover { numbered: true, ..named("REINDEX CONCURRENTLY", INDEX, "", "_ccold", REINDEX) },
    of_mysql("gh-ost", TABLE, ("_", "_gho"), GH_OST),
    of_mysql("gh-ost", TABLE, ("_", "_ghc"), GH_OST),
    of_mysql("gh-ost", TABLE, ("_", "_ghk"), GH_OST),
    of_mysql("gh-ost or Spirit", TABLE, ("_", "_del"), GH_OST),
    of_mysql("pt-online-schema-change or Spirit", TABLE, ("_", "_new"), PT_OSC),
    of_mysql("pt-online-schema-change or Spirit", TABLE, ("_", "_old"), PT_OSC),
    of_mysql("pt-online-schema-change", TRIGGER, ("pt_osc_", ""), PT_OSC),
    of_mysql("Spirit", TABLE, ("_", "_chkpnt"), SPIRIT),
    of_mysql("Spirit", TABLE, ("_spirit_", ""), SPIRIT),
    Leftover { numbered: true, ..named("pg_repack", TABLE, "table_", "", "https://reorg.github.io/pg_repack/") },
    named("pgroll", COLUMN, "_pgroll_new_", "", "https://pgroll.com/docs/latest/guides/updown"),
    named("pg-osc", TABLE, "pgosc_", "", "https://github.com/shayonj/pg-osc"),
    named("pg-schema-diff", INDEX, "pgschemadiff_tmpidx_", "", "https://github.com/stripe/pg-schema-diff"),
    named("pg_repack", SCHEMA, "repack_tmp", "", "https://reorg.github.io/pg_repack/"),
];

impl Leftover {
    /// Whether the object looks like one.
    #[must_use]
    pub fn matches(&self, object: &Object) -> bool {
        if !self.kinds.contains(&object.kind) {
            return false;
        }
        let parts = object.identity.parts();
        let Some(name) = object.identity.parts().nth(parts.len().saturating_sub(1)) else { return false };
        if self.tool == "pg_repack" && object.kind == Kind::Table {
            let number = name.strip_prefix(self.prefix).unwrap_or_default();
            return object.identity.part(0) == "repack" && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        }
        let name = if self.numbered { name.trim_end_matches(|c: char| c.is_ascii_digit()) } else { name };
        name.len() > self.prefix.len() + self.suffix.len() && name.starts_with(self.prefix) && name.ends_with(self.suffix)
    }
}

/// Whose leftover an object of such a server may be, by its name.
#[must_use]
pub fn leftover_of(object: &Object, engine: Engine) -> Option<&'static Leftover> {
    LEFTOVERS.iter().find(|leftover| leftover.engines.since(engine).is_some() && leftover.matches(object))
}

impl<'a> Walk<'a> {
    pub(super) fn leftover(&mut self, object: &'a Object, which: Which) {
        let engine = if which == Which::Candidate { self.candidate } else { self.reference }.manifest.endpoint.engine;
        let Some(leftover) = leftover_of(object, engine) else { return };
        let (reference, candidate) = if which == Which::Candidate { (None, Some(object)) } else { (Some(object), None) };
        let case = Case { kind: object.kind, attribute: Some("leftover"), reference, candidate, change: Change::Unsound };
        let plain = self.difference(object, Change::Unsound, "leftover");
        let finding = Finding {
            subject: Thing { attribute: Some("leftover"), ..plain.finding.subject },
            found: Some(format!("{} (in {})", object.display(), self.label(which))),
            severity: Severity::Warn,
            why: format!(
                "The name is one that {} uses while it works: a change was interrupted, or runs now. It costs space and writes, and the next run may trip over it.",
                leftover.tool
            ),
            // A name is no proof: what is valid may be somebody's, and in use.
            remedy: match object.kind {
                Kind::Index if object.get("valid").is_none() => {
                    Some(Remedy::Step("look whether it is used, and whose it is; drop it only if a change left it behind".to_owned()))
                }
                _ => self.remedies.fix(&case),
            },
            origin: Origin::Manual(leftover.source),
            ..plain.finding
        };
        self.differences.push(Difference { finding, which, ..plain });
    }
}
