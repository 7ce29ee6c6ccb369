//! What to do about a finding, whichever side is right, and how to except it.
//!
//! Lives here: the words. Neighbour: `explain`, which has the ids; statements for one object are the report's, of the engine.

use super::Subject;
use crate::group::words;
use evenkeel_core::history::verdict::Verdict;
use evenkeel_core::kind::{Class, Kind, Property};

/// The last part of an explanation.
pub(super) fn text(subject: &Subject) -> String {
    let mut text = String::from("\nto do\n");
    for (case, what) in steps(subject) {
        text.push_str(&if case.is_empty() { format!("  {what}\n") } else { format!("  where the {case} is right  {what}\n") });
    }
    text.push_str(&except(subject));
    text
}

/// Which side is right, and what then is to be done.
fn steps(subject: &Subject) -> Vec<(&'static str, String)> {
    let one = |text: &str| vec![("", text.to_owned())];
    match subject {
        Subject::Presence { kind, missing } => presence(*kind, *missing),
        Subject::Rename(kind) => vec![
            ("reference", format!("give the {} in the candidate the reference's name", words(kind.name()))),
            ("candidate", format!("give the {} in the reference the candidate's name", words(kind.name()))),
        ],
        Subject::Leftover(_) => one("see whether the change still runs; if not, remove what it left behind, or run it again"),
        Subject::Extension(_) => vec![
            ("reference", "ALTER EXTENSION … ADD or DROP in the candidate, or CREATE EXTENSION there".to_owned()),
            ("candidate", "the same in the reference".to_owned()),
        ],
        Subject::ColumnOrder(_) => one("nothing where every statement names its columns; else the table is made anew in the right order"),
        Subject::Property(kind, property) => changed(*kind, property),
        Subject::Deferred => one("nothing until its day; then drop it by a migration of its own, or have it back by what its comment says"),
        Subject::WaiverExpired => one("mend the difference, or agree on a new `until` in evenkeel.toml"),
        Subject::WaiverUnused => one("correct its pattern, or remove it from evenkeel.toml"),
        Subject::PlaceChanged => one("capture it again if it was moved: evenkeel capture NAME --out FILE; else correct its url"),
        Subject::SourceHidden => one("run what `evenkeel grants` prints, so that the server says which one it is"),
        Subject::HistoryNowhere => one("nothing where no tool records migrations; else remove `history = false` from evenkeel.toml"),
        Subject::Verdict(verdict) => one(match verdict {
            Verdict::FileMissing => "bring the file back; git has it, where it was ever committed",
            Verdict::UnknownVersion => "find the branch or the release that it came from",
            Verdict::EditedMeaning | Verdict::EditedBytes => {
                "bring back the text that ran; where only bytes changed, `evenkeel history ENV --repair` writes the new sum"
            }
            Verdict::NumberReused => "give the file a number of its own",
            Verdict::BeforeItsDependency => "see which of both is wrong, and run what it depends on",
            Verdict::NotCheckable => "look yourself, then name it under accept = [...] in [policy], or commit the manifest again",
            Verdict::PendingOutOfOrder => "give the file a number behind the last that ran, or let the tool run it out of order",
            Verdict::Pending => "nothing: the next release runs it",
            _ => "see what makes record and schema agree: evenkeel history ENV --repair",
        }),
        Subject::Unexplained => one("write a migration for it, or see what takes it back: evenkeel history ENV --repair=back"),
        Subject::RehearsalFailed => one("mend the file, and rehearse it again"),
        Subject::RehearsalGate => one("do what stands beside the gate; a limit that is another team's word stands under [gates]"),
        Subject::Lacking => one("run the migration that makes it, or deploy the build that does not need it"),
        Subject::Halted => one("see why it was halted, mend that, then: evenkeel history ENV --resume"),
        Subject::Locked => one("ask who holds it; once it may change: evenkeel unlock ENV"),
        Subject::RoleName => one("say that they are one role with `roles` in evenkeel.toml, if they are"),
    }
}

fn presence(kind: Kind, missing: bool) -> Vec<(&'static str, String)> {
    let name = words(kind.name());
    if kind.spec().properties.iter().all(|property| !matches!(property.class, Class::Semantic)) {
        return vec![("", format!("see why only one side has the {name}: it was not measured, or not analysed, or is not there"))];
    }
    let (make, drop) = (format!("make the {name} in the "), format!("drop the {name} in the "));
    if missing {
        vec![("reference", format!("{make}candidate, by the migration that made it")), ("candidate", format!("{drop}reference"))]
    } else {
        vec![("reference", format!("{drop}candidate")), ("candidate", format!("{make}reference, by a migration"))]
    }
}

fn changed(kind: Kind, property: &Property) -> Vec<(&'static str, String)> {
    let (name, property_name) = (words(kind.name()), words(property.name));
    if property.sound.is_some() {
        return vec![
            ("", format!("mend the {name} where it is at fault; the report names the place, and the statement where one is known")),
            ("", format!("where the other side has no such {name}, decide first whether it is to stay")),
        ];
    }
    if matches!(property.class, Class::Measured(_)) {
        return vec![(
            "",
            "nothing is wrong with either side: rehearse on as much and alike data, or read results with that in mind".to_owned(),
        )];
    }
    let other = "evenkeel compare CANDIDATE REFERENCE has the statements for the other direction";
    vec![
        ("reference", format!("change the {property_name} in the candidate; the fix of the report does, where there is one")),
        ("candidate", format!("change it in the reference; {other}")),
    ]
}

/// As an exception is written in `evenkeel.toml`; of what is found beside differences there is none.
fn except(subject: &Subject) -> String {
    let Some(kind) = subject.kind() else { return String::new() };
    let attribute = match subject {
        Subject::Property(_, property) => format!("attribute = \"{}\", ", property.name),
        _ => String::new(),
    };
    format!(
        "\nto except it, in the list `ignore` of [policy] in evenkeel.toml; NAME is as the report writes it, * stands for anything\n  \
         {{ object = \"{}:NAME\", {attribute}reason = \"why it is meant\", owner = \"who answers for it\", until = \"YYYY-MM-DD\" }},\n",
        kind.name()
    )
}
