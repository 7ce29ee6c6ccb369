//! Two objects with the same identity: which properties differ, and what that weighs.

use super::{Across, Case, Change, Difference, SideGap, Walk, Which, captured, row};
use crate::finding::{Finding, Remedy, Thing};
use crate::kind::{Class, Kind, Property, Rank, Severity, Shape, Tolerance, Value};
use crate::manifest::{AS_TEXT, Gap, Mark, Object, Reason};

/// How code is written, which its normal form leaves out of account.
const LAYOUT: &str = "layout";
/// Properties that are kept as they were typed.
const CODE: &[&str] = &["body", "specification"];
/// Fewer rows than this have no distribution worth comparing.
const FEW_ROWS: f64 = 100.0;

impl<'a> Walk<'a> {
    pub(super) fn pair(&mut self, reference: &'a Object, candidate: &'a Object) {
        let spec = reference.kind.spec();
        if reference.values() == candidate.values() {
            for (index, _) in reference.values() {
                if let Some(property) = spec.property(*index).filter(|property| property.sound.is_some()) {
                    self.unsound(reference, *index, property, Which::Both);
                }
            }
            self.leftover(reference, Which::Both);
            return;
        }
        self.leftover(reference, Which::Both);
        let (mut left, mut right) = (reference.values().iter().peekable(), candidate.values().iter().peekable());
        loop {
            let index = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some((a, _)), None) => *a,
                (None, Some((b, _))) => *b,
                (Some((a, _)), Some((b, _))) => *a.min(b),
            };
            let a = left.next_if(|(at, _)| *at == index).map(|(_, value)| value);
            let b = right.next_if(|(at, _)| *at == index).map(|(_, value)| value);
            let Some(property) = spec.property(index) else { continue };
            if a == b || reference.agrees_at(candidate, index) {
                if property.sound.is_some() {
                    self.unsound(reference, index, property, Which::Both);
                }
                // Of what servers print, names are told with their objects, and what they add to literals by themselves is nothing.
                if property.shape == Shape::Definition
                    && CODE.contains(&property.name)
                    && let (Some(Value::Text(a)), Some(Value::Text(b))) = (a, b)
                {
                    self.written(reference, property, (a, b), [reference, candidate].iter().filter_map(|it| it.normal_at(index)));
                }
            } else {
                self.property(reference, candidate, index, property, (a, b));
            }
        }
    }

    fn property(
        &mut self,
        reference: &'a Object,
        candidate: &'a Object,
        index: u8,
        property: &'static Property,
        (expected, found): (Option<&Value>, Option<&Value>),
    ) {
        if matches!(property.class, Class::Volatile | Class::Order) {
            return;
        }
        // What only newer servers have, and no digest holds, leaves nothing open.
        if property.class == Class::Cosmetic && !(self.reference.has(property) && self.candidate.has(property)) {
            return;
        }
        if let Some((gap, across)) = self.incomparable(reference, candidate, index, property) {
            self.gaps.push(SideGap { which: Which::Both, gap, across });
            return;
        }
        if self.hidden(reference, property.name, (expected, found)) {
            return;
        }
        if self.said_already(reference, candidate, property.name, (expected, found)) {
            return;
        }
        let ratio = match property.class {
            Class::Measured(tolerance) => match beyond(tolerance, expected, found) {
                Some(text) => Some(text),
                None => return,
            },
            _ => None,
        };
        let severity = ranked(reference, candidate).unwrap_or_else(|| property.weight());
        let case = Case {
            kind: reference.kind,
            attribute: Some(property.name),
            reference: Some(reference),
            candidate: Some(candidate),
            change: Change::Changed,
        };
        let unsound = property.sound.is_some();
        let which = if !unsound {
            Which::Both
        } else if expected.is_some() {
            Which::Reference
        } else {
            Which::Candidate
        };
        // Of a fault that only the reference has, what must be is the candidate's, and what is found is the reference's.
        let (expected, found) = if which == Which::Reference && found.is_none() { (found, expected) } else { (expected, found) };
        let row = (reference.kind == Kind::ReferenceRow).then(|| row::changed(reference, candidate));
        let remedy = if unsound { self.remedies.fix(&Case { change: Change::Unsound, ..case }) } else { self.remedies.fix(&case) };
        let reasoning = self.remedies.reasoning(&case);
        let is_text = reference.normal_at(index).is_none() || candidate.normal_at(index).is_none();
        let why = property.why_as_text.filter(|_| is_text && self.is_own_code(reference, candidate)).unwrap_or(property.why);
        // What is laid out is the code.
        let code = (property.name == LAYOUT).then(|| (reference.get("body"), candidate.get("body")));
        let (expected, found) = code.unwrap_or((expected, found));
        let plain = self.difference(reference, if unsound { Change::Unsound } else { Change::Changed }, property.name);
        let finding = Finding {
            subject: Thing { attribute: Some(property.name), ..plain.finding.subject },
            expected: expected.map(Value::shown).or_else(|| property.neutral.shown()),
            found: found.map(Value::shown).or_else(|| property.neutral.shown()),
            severity,
            manual: reasoning.as_ref().map(|reasoning| reasoning.source.clone()),
            why: reasoning.map_or_else(|| why.to_owned(), |reasoning| reasoning.why),
            remedy,
            ..plain.finding
        };
        let finding = match row {
            Some((expected, found)) => Finding { expected: Some(expected), found: Some(found), ..finding },
            None => finding,
        };
        self.differences.push(Difference { finding, which, ratio, ..plain });
    }

    /// Of code that is the same in one spelling: that it is written in two ways.
    fn written<'t>(
        &mut self,
        reference: &'a Object,
        property: &'static Property,
        (expected, found): (&str, &str),
        mut normals: impl Iterator<Item = &'t str>,
    ) {
        if !normals.any(|normal| normal.starts_with(AS_TEXT)) || expected.to_lowercase() == found.to_lowercase() {
            return;
        }
        let plain = self.difference(reference, Change::Changed, property.name);
        let finding = Finding {
            subject: Thing { attribute: Some(property.name), ..plain.finding.subject },
            severity: Severity::Inform,
            expected: Some(expected.to_owned()),
            found: Some(found.to_owned()),
            why: "White space and comments differ, which do nothing; the code is the same.".to_owned(),
            ..plain.finding
        };
        self.differences.push(Difference { finding, ..plain });
    }

    /// Whether both are code that the server keeps as it was written, in a language that has no tokens of ours.
    fn is_own_code(&self, reference: &Object, candidate: &Object) -> bool {
        [reference, candidate].iter().any(|object| object.text("language").is_some_and(|language| !language.eq_ignore_ascii_case("sql")))
    }

    /// Whether another difference says it, or nothing can be said by it.
    fn said_already(&self, reference: &Object, candidate: &Object, attribute: &str, values: (Option<&Value>, Option<&Value>)) -> bool {
        match reference.kind {
            // Only one side was told a migration role; or the migration role gets what everybody gets.
            Kind::Setting if attribute == "effective" => {
                let server = (reference.get("value"), candidate.get("value"));
                values.0.is_none() || values.1.is_none() || (values == server && server.0 != server.1)
            }
            // Under which secret rows were hashed says nothing about them; rows under two cannot be told from each other.
            Kind::ReferenceTable => attribute == "secret",
            Kind::ReferenceRow => !self.tells_rows(reference),
            // Recorded without having been run, such as a baseline: there is no text that could be another one.
            Kind::Migration if attribute == "checksum" => {
                (values.0.is_none() || values.1.is_none()) && reference.text("recorded_as") != candidate.text("recorded_as")
            }
            // Code that differs is laid out otherwise.
            Kind::Function | Kind::Procedure if attribute == LAYOUT => {
                let body = reference.kind.spec().index_of("body");
                values.0.is_none() || values.1.is_none() || body.is_none_or(|body| !reference.agrees_at(candidate, body))
            }
            // How values are spread over a handful of rows says nothing.
            Kind::ColumnStatistics => [self.reference, self.candidate].into_iter().any(|side| {
                let table = side.manifest.find(Kind::TableStatistics, &[reference.identity.part(0), reference.identity.part(1)]);
                // A number of rows that is not known is not a small one.
                table.and_then(|table| table.get("rows")).and_then(Value::as_number).is_some_and(|rows| rows < FEW_ROWS)
            }),
            _ => false,
        }
    }

    /// Why the values cannot be compared, where the servers' versions forbid it.
    fn incomparable(&self, reference: &Object, candidate: &Object, index: u8, property: &Property) -> Option<(Gap, Option<Across>)> {
        let (left, right) = (&self.reference.manifest.endpoint, &self.candidate.manifest.endpoint);
        if self.reference.has(property) != self.candidate.has(property) {
            let lacking = if self.reference.has(property) { right } else { left };
            let (across, detail) = match property.engines.since(lacking.engine) {
                Some(since) => (Across::Versions, format!("exists from version {} on", lacking.engine.version_words(since))),
                None => (Across::Flavours, format!("{} has no such property", lacking.engine.name())),
            };
            return Some((Gap::object(reference, Reason::NotComparable, detail).attribute(property.name), Some(across)));
        }
        // A hash under one secret says nothing about one under another, or under none.
        if reference.kind == Kind::ReferenceTable && property.name == "content" && reference.text("secret") != candidate.text("secret") {
            let detail = "it was hashed under another secret, or on one side under none".to_owned();
            let gap = Gap::object(reference, Reason::NotComparable, detail).attribute(property.name);
            return Some((gap.cure("capture it again under the project's secret"), None));
        }
        let (a, b) = (left.server_major, right.server_major);
        let marks = reference.marks.iter().chain(&candidate.marks).filter(|mark| mark.property == index);
        let mark = marks
            .filter(|mark| mark.boundary == 0 || (a < mark.boundary) != (b < mark.boundary))
            .find(|mark| same_key(reference, candidate, mark))?;
        let across = match mark.boundary {
            0 => None,
            _ if left.engine != right.engine => Some(Across::Flavours),
            _ => Some(Across::Versions),
        };
        Some((Gap::object(reference, Reason::NotComparable, mark.reason.to_string()).attribute(property.name), across))
    }

    /// Whether either side has a gap about exactly this property, or one about the whole object and no value of it.
    fn hidden(&self, object: &Object, attribute: &str, values: (Option<&Value>, Option<&Value>)) -> bool {
        let spec = object.kind.spec();
        let display = object.display();
        [(self.reference, values.0), (self.candidate, values.1)].into_iter().any(|(side, value)| {
            side.manifest.gaps.iter().any(|gap| {
                gap.dimension == spec.dimension
                    && gap.kind.as_deref() == Some(spec.name)
                    && match (gap.attribute.as_deref(), gap.object.as_deref()) {
                        // Lacking rights to a property of a kind leave out some values; those that are there were read.
                        (Some(hidden), None) => hidden == attribute && (gap.reason != Reason::Privilege || value.is_none()),
                        (Some(hidden), Some(name)) => hidden == attribute && name == display,
                        (None, name) => value.is_none() && name == Some(&*display),
                    }
            })
        })
    }

    /// Faults of an object that only one side has.
    pub(super) fn unsound_alone(&mut self, object: &'a Object, which: Which) {
        for (index, _) in object.values() {
            if let Some(property) = object.kind.spec().property(*index).filter(|property| property.sound.is_some()) {
                self.unsound(object, *index, property, which);
            }
        }
        self.leftover(object, which);
    }

    fn unsound(&mut self, object: &'a Object, index: u8, property: &'static Property, which: Which) {
        let Some(sound) = property.sound else { return };
        // An index that is not valid is often not ready either: one broken build, one difference.
        if object.kind == Kind::Index && property.name == "ready" && object.get("valid").is_some() {
            return;
        }
        let (reference, candidate) = if which == Which::Candidate { (None, Some(object)) } else { (Some(object), None) };
        let case = Case { kind: object.kind, attribute: Some(property.name), reference, candidate, change: Change::Unsound };
        let place = self.label(which);
        let side = if which == Which::Candidate { which } else { Which::Reference };
        let plain = self.difference(object, Change::Unsound, property.name);
        let finding = Finding {
            subject: Thing { attribute: Some(property.name), ..plain.finding.subject },
            expected: sound.shown(),
            found: object.get_at(index).map(|value| format!("{} (in {place})", value.shown())),
            // Both sides agree, so the environments behave alike: worth knowing, and no reason to stop.
            severity: if which == Which::Both { Severity::Warn } else { property.weight() },
            origin: captured(side, None),
            why: property.why.to_owned(),
            // What the reference does not have is looked at before it is mended.
            remedy: if which == Which::Candidate { Some(self.extra(object)) } else { self.remedies.fix(&case) },
            ..plain.finding
        };
        self.differences.push(Difference { finding, which, ..plain });
    }

    /// What to do about a faulty object that only the candidate has.
    fn extra(&self, object: &Object) -> Remedy {
        let (reference, candidate) = (self.label(Which::Reference), self.label(Which::Candidate));
        let kind = object.kind.name().replace('-', " ");
        Remedy::Step(format!("{reference} has no such {kind}: drop it in {candidate}, or mend it there and make it in {reference} too"))
    }
}

/// The weight a setting's rank gives, the heavier of both sides.
fn ranked(reference: &Object, candidate: &Object) -> Option<Severity> {
    by_rank(reference).max(by_rank(candidate))
}

/// The weight the object's own rank gives.
pub(super) fn by_rank(object: &Object) -> Option<Severity> {
    // A rank that is not known, as of another evenkeel, takes nothing away from what the property weighs.
    Rank::from_name(object.text("rank")?).map(Rank::weight)
}

/// How far apart two measured values lie, where that is more than the tolerance.
fn beyond(tolerance: Tolerance, expected: Option<&Value>, found: Option<&Value>) -> Option<String> {
    if tolerance == Tolerance::Any {
        return None;
    }
    let (Some(a), Some(b)) = (expected.map_or(Some(0.0), Value::as_number), found.map_or(Some(0.0), Value::as_number)) else {
        return Some("not a number".to_owned());
    };
    match tolerance {
        Tolerance::Any => None,
        Tolerance::Absolute { hundredths } => ((a - b).abs() * 100.0 > f64::from(hundredths)).then(|| format!("{:+.3}", b - a)),
        Tolerance::Ratio { hundredths, floor } => {
            let (small, large) = (a.abs().min(b.abs()), a.abs().max(b.abs()));
            if large < f64::from(floor) || large * 100.0 <= small * f64::from(hundredths) {
                return None;
            }
            Some(if a == 0.0 { "∞".to_owned() } else { format!("×{}", factor(b / a)) })
        }
    }
}

/// A factor with as many digits as help: `92`, `1.5`, `0.002`.
fn factor(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 10.0 => format!("{ratio:.0}"),
        ratio if ratio >= 0.1 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.4}").trim_end_matches('0').to_owned(),
    }
}

/// Whether two values that differ have the same key for that mark's property and boundary.
pub(crate) fn same_key(reference: &Object, candidate: &Object, mark: &Mark) -> bool {
    let key = |object: &Object| {
        let of = |boundary| object.marks.iter().find(|own| own.property == mark.property && own.boundary == boundary);
        // A value that needs no key of its own for this boundary stands by the one that holds everywhere.
        of(mark.boundary)
            .or_else(|| of(0))
            .map_or_else(|| object.get_at(mark.property).map(Value::shown), |own| Some(own.equivalent.to_string()))
    };
    let key_of_reference = key(reference);
    key_of_reference.is_some() && key_of_reference == key(candidate)
}
