//! What `evenkeel explain ID` says: derived from the declarations of the kinds, so that it says what a report says.
//!
//! Lives here: the list of ids and their texts; what to do is in `explain/advice`. Does not live here: the knowledge itself (`core::kind`).

mod advice;

use crate::group::words;
use evenkeel_core::compare::{LEFTOVERS, MEMBERSHIP, MEMBERSHIP_WHY, may_be_member};
use evenkeel_core::deployment::lock;
use evenkeel_core::finding;
use evenkeel_core::history::found;
use evenkeel_core::history::verdict::Verdict;
use evenkeel_core::kind::{ALL, Class, Kind, Neutral, Parent, Property, Severity, Tolerance};
use evenkeel_core::preflight;
use evenkeel_core::rehearsal;

/// What a finding is about.
pub(crate) enum Subject {
    /// Only one side has the object.
    Presence {
        kind: Kind,
        missing: bool,
    },
    Rename(Kind),
    Leftover(Kind),
    Extension(Kind),
    ColumnOrder(Kind),
    Property(Kind, &'static Property),
    Deferred,
    WaiverExpired,
    WaiverUnused,
    PlaceChanged,
    SourceHidden,
    HistoryNowhere,
    RoleName,
    Halted,
    Locked,
    /// What is said of a migration.
    Verdict(Verdict),
    Unexplained,
    /// What a build needs.
    Lacking,
    RehearsalFailed,
    RehearsalGate,
}

/// The text for an id; `None` where there is no such id (see [`suggest`]).
#[must_use]
pub fn explain(id: &str) -> Option<String> {
    let id = id.trim();
    let (id, subject) = subjects().into_iter().find(|(known, _)| known.eq_ignore_ascii_case(id))?;
    let explanation = subject.explanation();
    let mut text = format!("{id}\n\n{}\n\n", explanation.what);
    for (name, value) in [("weight", &explanation.weight), ("compared", &explanation.compared), ("why", &explanation.why)] {
        if !value.is_empty() {
            text.push_str(&format!("{name:<9} {value}\n"));
        }
    }
    text.push_str(&advice::text(&subject));
    Some(text)
}

/// Every id in a line, with its weight and what it says, under the kind it is about.
#[must_use]
pub fn list() -> String {
    let (mut text, mut under) = (String::new(), "");
    let subjects = subjects();
    let widest = subjects.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    for (id, subject) in &subjects {
        let heading = match subject {
            Subject::Verdict(_) | Subject::Unexplained | Subject::Lacking => "files, record and schema",
            Subject::RehearsalFailed | Subject::RehearsalGate => "rehearsals",
            _ => subject.kind().map_or("the run itself", Kind::name),
        };
        if heading != under {
            text.push_str(&format!("{}{}\n", if text.is_empty() { "" } else { "\n" }, words(heading)));
            under = heading;
        }
        let Explanation { what, weight, .. } = subject.explanation();
        let weight = weight.split([',', ' ']).next().unwrap_or_default();
        text.push_str(&format!("  {id:<widest$}  {weight:<6}  {what}\n"));
    }
    text
}

/// Title and reason of an id, for formats that carry a catalogue of rules.
pub(crate) fn rule(id: &str) -> Option<(String, String)> {
    let (_, subject) = subjects().into_iter().find(|(known, _)| known == id)?;
    let explanation = subject.explanation();
    Some((explanation.what, explanation.why))
}

/// Every id there is, in the order of the kinds.
#[must_use]
pub fn all_ids() -> Vec<String> {
    subjects().into_iter().map(|(id, _)| id).collect()
}

/// Up to five ids that are written like the given one.
#[must_use]
pub fn suggest(id: &str) -> Vec<String> {
    let ids = all_ids();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    similar::get_close_matches(id.trim(), &ids, 5, 0.6).into_iter().map(str::to_owned).collect()
}

struct Explanation {
    what: String,
    weight: String,
    compared: String,
    why: String,
}

fn subjects() -> Vec<(String, Subject)> {
    let mut subjects = Vec::new();
    for kind in ALL.iter().copied() {
        let spec = kind.spec();
        let mut add = |rule: &str, subject| subjects.push((finding::id(spec.name, rule), subject));
        add("missing", Subject::Presence { kind, missing: true });
        add("extra", Subject::Presence { kind, missing: false });
        if matches!(spec.parent, Parent::Relation | Parent::Property(_)) {
            add("name", Subject::Rename(kind));
        }
        if LEFTOVERS.iter().any(|leftover| leftover.kinds.contains(&kind)) {
            add("leftover", Subject::Leftover(kind));
        }
        if may_be_member(kind) {
            add(MEMBERSHIP, Subject::Extension(kind));
        }
        if matches!(kind, Kind::Table | Kind::View | Kind::MaterializedView) {
            add("column-order", Subject::ColumnOrder(kind));
        }
        for property in spec.all_properties().filter(|property| !matches!(property.class, Class::Volatile | Class::Order)) {
            add(property.name, Subject::Property(kind, property));
        }
    }
    subjects.push((finding::DEFERRED.to_owned(), Subject::Deferred));
    subjects.push((finding::WAIVER_EXPIRED.to_owned(), Subject::WaiverExpired));
    subjects.push((finding::WAIVER_UNUSED.to_owned(), Subject::WaiverUnused));
    subjects.push((finding::PLACE_CHANGED.to_owned(), Subject::PlaceChanged));
    subjects.push((finding::SOURCE_HIDDEN.to_owned(), Subject::SourceHidden));
    subjects.push((finding::HISTORY_NOWHERE.to_owned(), Subject::HistoryNowhere));
    subjects.push((finding::ROLE_NAME.to_owned(), Subject::RoleName));
    subjects.push((finding::HALTED.to_owned(), Subject::Halted));
    subjects.push((finding::LOCKED.to_owned(), Subject::Locked));
    let mut verdicts: Vec<(String, Subject)> = Vec::new();
    for verdict in Verdict::ALL.into_iter().filter(|verdict| verdict.severity().is_none_or(|severity| severity >= Severity::Warn)) {
        let id = found::id(verdict);
        // Of two with one word the heavier is told.
        if verdicts.iter().all(|(known, _)| *known != id) {
            verdicts.push((id, Subject::Verdict(verdict)));
        }
    }
    verdicts.push((found::id(Verdict::Pending), Subject::Verdict(Verdict::Pending)));
    subjects.extend(verdicts);
    subjects.push((found::UNEXPLAINED.to_owned(), Subject::Unexplained));
    subjects.push((preflight::LACKING.to_owned(), Subject::Lacking));
    subjects.push((rehearsal::FAILED.to_owned(), Subject::RehearsalFailed));
    subjects.push((rehearsal::CLOSED.to_owned(), Subject::RehearsalGate));
    subjects
}

impl Subject {
    /// The kind it is about.
    const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Presence { kind, .. }
            | Self::Rename(kind)
            | Self::Leftover(kind)
            | Self::Extension(kind)
            | Self::ColumnOrder(kind)
            | Self::Property(kind, _) => Some(*kind),
            Self::Deferred
            | Self::WaiverExpired
            | Self::WaiverUnused
            | Self::PlaceChanged
            | Self::SourceHidden
            | Self::HistoryNowhere
            | Self::RoleName
            | Self::Halted
            | Self::Locked
            | Self::Verdict(_)
            | Self::Unexplained
            | Self::Lacking
            | Self::RehearsalFailed
            | Self::RehearsalGate => None,
        }
    }

    fn explanation(&self) -> Explanation {
        match self {
            Self::Presence { kind, missing } => {
                let name = words(kind.name());
                let (has, lacks) = if *missing { ("reference", "candidate") } else { ("candidate", "reference") };
                Explanation {
                    what: format!("The {has} has the {name}, the {lacks} does not."),
                    weight: kind.spec().missing.name().to_owned(),
                    compared: format!("by {}; parts of a missing object are counted with it", kind.spec().identity.join(", ")),
                    why: kind.spec().why.to_owned(),
                }
            }
            Self::Rename(kind) => Explanation {
                what: format!("Each side has one {} that the other lacks, with the same body: a rename is suspected.", words(kind.name())),
                weight: kind.spec().missing.name().to_owned(),
                compared: "all semantic properties agree, the name does not".to_owned(),
                why: "Statements that use the name work in one environment only.".to_owned(),
            },
            Self::Leftover(kind) => {
                let tools = LEFTOVERS.iter().filter(|leftover| leftover.kinds.contains(kind));
                let marks: Vec<String> = tools
                    .map(|leftover| format!("{}*{} ({})", leftover.prefix, leftover.suffix, leftover.tool).replacen("**", "*", 1))
                    .collect();
                Explanation {
                    what: format!("The name of the {} is one that a tool uses while it changes something online.", words(kind.name())),
                    weight: Severity::Warn.name().to_owned(),
                    compared: format!("by name, even where both sides have it: {}", marks.join(", ")),
                    why: "A change was interrupted, or runs now. It costs space and writes, and the next run may trip over it.".to_owned(),
                }
            }
            Self::Extension(kind) => Explanation {
                what: format!("The {} belongs to an extension on one side, and to none on the other.", words(kind.name())),
                weight: Severity::Block.name().to_owned(),
                compared: "by name, with what the extensions of the other side have".to_owned(),
                why: MEMBERSHIP_WHY.to_owned(),
            },
            Self::ColumnOrder(kind) => Explanation {
                what: format!("The columns of the {} stand in another order.", words(kind.name())),
                weight: "inform, or what the policy says".to_owned(),
                compared: "columns that both sides have, by rank among those that exist".to_owned(),
                why: "INSERT without a column list, COPY and SELECT * depend on it.".to_owned(),
            },
            Self::Property(kind, property) => explained(*kind, property),
            Self::Verdict(verdict) => Explanation {
                what: verdict.what().to_owned(),
                weight: verdict.severity().map_or("gap, until somebody accepts it", Severity::name).to_owned(),
                compared: "what the files make on a throwaway server, with what the tool recorded and what is there".to_owned(),
                why: verdict.why().to_owned(),
            },
            Self::Unexplained => Explanation {
                what: "An object is there, or is as it is, by no migration.".to_owned(),
                weight: Severity::Block.name().to_owned(),
                compared: "what all migrations that are in force make, with what is there".to_owned(),
                why: found::UNEXPLAINED_WHY.to_owned(),
            },
            Self::Lacking => Explanation {
                what: "Something that a build needs is not there, or not as it needs it.".to_owned(),
                weight: Severity::Block.name().to_owned(),
                compared: "its queries, prepared and planned and never run; what it expects, with what is there and valid".to_owned(),
                why: preflight::LACKING_WHY.to_owned(),
            },
            Self::RehearsalFailed => Explanation {
                what: "A statement of a release did not run where it was rehearsed.".to_owned(),
                weight: Severity::Block.name().to_owned(),
                compared: "the release, run on a throwaway server that has the target's schema, settings and roles".to_owned(),
                why: rehearsal::FAILED_WHY.to_owned(),
            },
            Self::RehearsalGate => Explanation {
                what: "A gate of a rehearsal is closed: what was found is not what is demanded.".to_owned(),
                weight: Severity::Block.name().to_owned(),
                compared: "what was measured, with [gates] in evenkeel.toml or what holds without it".to_owned(),
                why: "What happens in a rehearsal happens where it counts, to those who use it.".to_owned(),
            },
            Self::Halted => Explanation {
                what: "Somebody has halted the environment.".to_owned(),
                weight: Severity::Block.name().to_owned(),
                compared: "with the marks that the store keeps".to_owned(),
                why: "Nothing is to be deployed there until it is seen to be well.".to_owned(),
            },
            Self::Locked => Explanation {
                what: "Somebody has locked the environment.".to_owned(),
                weight: "block where it is not as it was locked, or another holds the lock; else inform".to_owned(),
                compared: "the digest of its schema, column order counted, with the one that was locked; the holder with who asks"
                    .to_owned(),
                why: lock::WHY.to_owned(),
            },
            Self::RoleName => Explanation {
                what: "A role of one side and a role of the other are alike in everything but their names.".to_owned(),
                weight: Severity::Warn.name().to_owned(),
                compared: "attributes, memberships, grants, default privileges and what it owns, with its own name left out".to_owned(),
                why: "Where it is one role, `roles` in evenkeel.toml says so, and its grants are no differences any more.".to_owned(),
            },
            Self::WaiverUnused => Explanation {
                what: "An exception of the policy excuses nothing, though all it may be about was compared.".to_owned(),
                weight: Severity::Inform.name().to_owned(),
                compared: "with every difference of the run".to_owned(),
                why: "Its pattern is mistyped, or it has done its work and can go.".to_owned(),
            },
            Self::SourceHidden => Explanation {
                what: "A server does not say which one it is, so that nobody can tell whether it is the other side's.".to_owned(),
                weight: Severity::Inform.name().to_owned(),
                compared: "what each server says of itself, when it was started, and which database was read".to_owned(),
                why: "A database is always equal to itself: a secret that was handed out twice would read as a pass.".to_owned(),
            },
            Self::HistoryNowhere => Explanation {
                what: "The configuration says that nothing records migrations in an environment: history is not compared.".to_owned(),
                weight: Severity::Inform.name().to_owned(),
                compared: "nothing; `history = false` takes the dimension out".to_owned(),
                why: "Whoever reads the report alone sees that it was taken out, and by whose word.".to_owned(),
            },
            Self::PlaceChanged => Explanation {
                what: "An environment is checked that is not where its manifest was captured.".to_owned(),
                weight: Severity::Warn.name().to_owned(),
                compared: "database and node in the manifest's header with those of the server that answered".to_owned(),
                why: "It was moved, and is to be captured again; or a secret is another environment's.".to_owned(),
            },
            Self::Deferred => Explanation {
                what: "A table or column was put aside by a way back, in place of being dropped.".to_owned(),
                weight: Severity::Inform.name().to_owned(),
                compared: "not at all: it is called _deprecated_DAY_…, its comment says what it was, and it keeps nobody from writing"
                    .to_owned(),
                why: "It is kept until the day that is named, for the way back, and may be dropped then by a release of its own."
                    .to_owned(),
            },
            Self::WaiverExpired => Explanation {
                what: "An exception of the policy has run out.".to_owned(),
                weight: Severity::Block.name().to_owned(),
                compared: "its `until` with today".to_owned(),
                why: "It excuses nothing any more: someone agreed to look at it again by then.".to_owned(),
            },
        }
    }
}

fn explained(kind: Kind, property: &Property) -> Explanation {
    let mut compared = match property.class {
        Class::Semantic => "any change is a difference; part of the digest".to_owned(),
        Class::Cosmetic => "reported, not part of the digest".to_owned(),
        Class::Measured(tolerance) => format!("{}; never part of the digest", tolerated(tolerance)),
        Class::Order | Class::Volatile => String::new(),
    };
    let servers = property.engines.words();
    if !servers.is_empty() {
        compared.push_str(&format!("; exists on {servers}"));
    }
    let sound =
        property.sound.and_then(Neutral::shown).map(|sound| format!("; anything but `{sound}` is a fault even where both sides agree"));
    compared.push_str(&sound.unwrap_or_default());
    let ranked = kind == Kind::Setting && property.severity.is_none();
    Explanation {
        what: format!("{} of {}: {}", words(property.name), with_article(&words(kind.name())), property.doc),
        weight: if ranked {
            "block, warn or inform, by what is known of the setting".to_owned()
        } else {
            property.weight().name().to_owned()
        },
        compared,
        why: property.why.to_owned(),
    }
}

/// `an index`, `a user mapping`: no kind begins with a u that is spoken as a vowel.
fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}

fn tolerated(tolerance: Tolerance) -> String {
    match tolerance {
        Tolerance::Ratio { hundredths, floor } => {
            let floor = if floor > 0 { format!(", not judged while both are below {floor}") } else { String::new() };
            format!("within a factor of {}{floor}", f64::from(hundredths) / 100.0)
        }
        Tolerance::Absolute { hundredths } => format!("within {}", f64::from(hundredths) / 100.0),
        Tolerance::Any => "shown, never judged".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn every_id_is_unique_and_explained() {
        let ids = all_ids();
        let unique: std::collections::HashSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
        for id in &ids {
            let text = explain(id).unwrap();
            assert!(text.starts_with(id.as_str()) && text.contains("\nweight ") && text.contains("\nwhy "), "{text}");
        }
    }

    #[test]
    fn texts_come_from_the_declarations() {
        let text = explain("ek-column-TYPE").unwrap();
        let property = Kind::Column.spec().properties.iter().find(|property| property.name == "type").unwrap();
        assert!(text.contains(property.doc) && text.contains(property.why) && text.contains("block"), "{text}");
        assert!(explain("EK-index-valid").unwrap().contains("even where both sides agree"));
        assert!(explain("EK-index-leftover").unwrap().contains("*_ccnew (REINDEX CONCURRENTLY)"));
        assert!(explain("EK-column-not-null-valid").unwrap().contains("exists on PostgreSQL 18"));
    }

    #[test]
    fn articles_fit() {
        assert!(explain("EK-index-valid").unwrap().contains("valid of an index:"));
        assert!(explain("EK-column-type").unwrap().contains("type of a column:"));
        for text in all_ids().iter().filter_map(|id| explain(id)) {
            assert!(![" a a", " a e", " a i", " a o", " an u"].iter().any(|wrong| text.lines().nth(2).unwrap().contains(wrong)), "{text}");
        }
    }

    #[test]
    fn every_id_says_what_to_do_and_how_to_except_it() {
        let extra = explain("EK-index-extra").unwrap();
        assert!(extra.contains("reference is right  drop the index in the candidate") && extra.contains("object = \"index:"), "{extra}");
        let missing = explain("EK-index-missing").unwrap();
        assert!(missing.contains("reference is right  make the index in the candidate"), "{missing}");
        let property = explain("EK-column-type").unwrap();
        assert!(property.contains("attribute = \"type\"") && property.contains("evenkeel compare CANDIDATE REFERENCE"), "{property}");
        assert!(!explain("EK-waiver-expired").unwrap().contains("object = "), "an exception is not excepted");
        for id in all_ids() {
            assert!(explain(&id).unwrap().contains("\nto do\n"), "{id}");
        }
    }

    #[test]
    fn the_list_has_every_id_once_under_its_kind() {
        let list = list();
        let told: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
        assert_eq!(told, all_ids());
        assert_eq!(list.lines().filter(|line| *line == "column").count(), 1);
        assert!(list.starts_with("schema\n  EK-schema-missing ") || list.contains("\nschema\n  EK-schema-missing "), "{list}");
    }

    #[test]
    fn near_misses_are_suggested() {
        assert_eq!(explain("EK-column-tpye"), None);
        assert_eq!(suggest("EK-column-tpye").first().map(String::as_str), Some("EK-column-type"));
        assert!(suggest("zzzzzzzzzzzz").is_empty());
    }
}
