//! Statements that the server refuses us, because a catalog or a function that everybody may use was taken from PUBLIC.
//!
//! Lives here: what is not sent for it, and which gaps that makes; the rest is captured without them. Does not live here: finding
//! out which they are (`refusal`).

use super::kinds::{How, how};
use super::statements::{self, Statement};
use evenkeel_core::kind::{ALL, Dimension, Kind};
use evenkeel_core::manifest::{Gap, Reason};
use evenkeel_core::port::Request;
use std::collections::BTreeMap;

/// Why a statement is not sent.
#[derive(Debug)]
struct Why {
    message: String,
    cure: String,
}

/// The statements that are refused, by name.
#[derive(Debug, Default)]
pub struct Refused(BTreeMap<&'static str, Why>);

impl Refused {
    /// Notes one.
    pub fn note(&mut self, statement: &Statement, message: String, cure: String) {
        self.0.insert(statement.name(), Why { message, cure });
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether that statement is.
    pub fn has(&self, statement: &Statement) -> bool {
        self.0.contains_key(statement.name())
    }

    /// The request without the dimensions that cannot be read.
    pub fn narrowed(&self, request: &Request) -> Request {
        let gaps = self.gaps();
        let is_lost = |dimension: Dimension| gaps.iter().any(|gap| gap.dimension == dimension && gap.kind.is_none());
        let dimensions = request.dimensions.iter().copied().filter(|dimension| !is_lost(*dimension)).collect();
        Request { dimensions, ..request.clone() }
    }

    /// What is not seen for it.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        for (name, why) in &self.0 {
            let gap = |gap: Gap| gap.cure(why.cure.clone());
            let detail = || format!("the server refuses what reads it: {}", why.message);
            let kind = ALL.iter().copied().find(|kind| matches!(how(*kind), How::Plain(plain) if plain.statement.name() == *name));
            match (kind, statements::named(name)) {
                (Some(kind), _) => {
                    gaps.push(gap(Gap::kind(kind, Reason::Privilege, detail())));
                    if kind.spec().dimension == Dimension::Schema {
                        // Owners and grants of such objects hang on them.
                        gaps.extend([Kind::Owner, Kind::Grant].map(|kind| gap(Gap::kind(kind, Reason::Privilege, detail()))));
                    }
                }
                (None, Some(statement)) if statement.name() == statements::TIMEZONE.name() => {
                    gaps.push(gap(Gap::kind(Kind::Server, Reason::Privilege, detail()).attribute("timezone_version")));
                }
                (None, Some(statement)) => {
                    // What is not captured is looked for; what is captured is complete all the same.
                    let kind = (statement.name() == statements::UNREAD.name()).then(|| "not-captured".to_owned());
                    let of = |dimension| Gap { kind: kind.clone(), ..Gap::dimension(dimension, Reason::Privilege, detail()) };
                    gaps.extend(statement.feeds().iter().map(|dimension| gap(of(*dimension))));
                }
                (None, None) => {}
            }
        }
        gaps
    }
}
