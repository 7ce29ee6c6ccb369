//! What was found about migrations as findings: for every report, and for a check.

use super::repair::without_file;
use super::told::{Entry, History};
use super::verdict::{Evidence, Verdict};
use crate::finding::{self, Finding, Origin, Place, Remedy, Subject, Which};
use crate::kind::{Kind, Severity};

/// The id of an object that no migration explains.
pub const UNEXPLAINED: &str = "EK-migration-unexplained";
/// Why that matters.
pub const UNEXPLAINED_WHY: &str =
    "It is in this environment alone: the next one made from the files lacks it, and a migration may trip over it.";

/// The id of a verdict.
#[must_use]
pub fn id(verdict: Verdict) -> String {
    finding::id(Kind::Migration.spec().name, verdict.name())
}

/// So many pieces of evidence are named.
const NAMED: usize = 3;

fn shown(evidence: &Evidence) -> (String, String) {
    let spot = &evidence.spot;
    let attribute = spot.attribute.map(|attribute| format!(".{attribute}")).unwrap_or_default();
    let name = format!("{} {}{attribute}", spot.kind.name(), spot.display());
    (format!("{name}: {}", evidence.expected.shown()), format!("{name}: {}", evidence.found.shown()))
}

impl History {
    /// Everything that weighs, the heaviest first: what blocks, what warns, and what is to be run.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for entry in &self.migrations {
            let all = std::iter::once(entry.judged.verdict).chain(entry.judged.also.iter().copied());
            findings.extend(all.filter_map(|verdict| self.finding(entry, verdict)));
        }
        findings.extend(self.unexplained.iter().map(|stray| {
            let spot = &stray.unexplained.spot;
            Finding {
                id: UNEXPLAINED.to_owned(),
                severity: Severity::Block,
                subject: Subject::Object(spot.thing()),
                expected: stray.unexplained.expected.as_ref().map(super::effect::Stand::shown),
                found: Some(stray.unexplained.found.shown()),
                origin: Origin::Captured { side: Which::Candidate, set_by: None },
                why: format!("{}. {UNEXPLAINED_WHY}", stray.words()),
                manual: None,
                remedy: Some(Remedy::Step(format!(
                    "write a migration for it, or see what takes it back: {}",
                    self.command("--repair=back")
                ))),
            }
        }));
        findings.extend(self.beside.iter().flat_map(Self::findings));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    /// What a person types to see it mended.
    fn command(&self, flag: &str) -> String {
        let folder = if self.is_one_of_several { format!(" --migrations {:?}", self.folder) } else { String::new() };
        format!("evenkeel history ENV{folder} {flag}")
    }

    fn finding(&self, entry: &Entry, verdict: Verdict) -> Option<Finding> {
        if matches!(verdict, Verdict::Applied | Verdict::Superseded | Verdict::RolledBack) {
            return None;
        }
        let judged = &entry.judged;
        // What is a gap is told as one.
        let severity = verdict.severity()?;
        let wrong: Vec<(String, String)> =
            judged.evidence.iter().filter(|evidence| evidence.expected != evidence.found).map(shown).collect();
        let more = wrong.len().saturating_sub(NAMED);
        let joined = |mut words: Vec<String>| {
            words.truncate(NAMED);
            words.extend((more > 0).then(|| format!("{more} more")));
            (!words.is_empty()).then(|| words.join("; "))
        };
        let (expected, found): (Vec<String>, Vec<String>) = wrong.into_iter().unzip();
        let within = |place: Place| match self.is_one_of_several {
            true => Place { file: format!("{}/{}", self.folder, place.file), ..place },
            false => place,
        };
        let place = entry.places.iter().flatten().next().cloned();
        let place = place.or_else(|| entry.files.first().map(|file| Place { file: file.clone(), line: 1, column: None }));
        let step = without_file(entry).map(|uncured| uncured.why).or_else(|| match verdict {
            Verdict::EditedMeaning => Some("bring back the text that ran, and put the change into a new migration".to_owned()),
            Verdict::NumberReused => Some("give the file a number of its own".to_owned()),
            Verdict::Pending => None,
            Verdict::PendingOutOfOrder => {
                Some("give the file a number behind the last that ran, or let the tool run it out of order".to_owned())
            }
            _ => Some(format!("see what makes record and schema agree: {}", self.command("--repair"))),
        });
        let name = if entry.name.is_empty() { String::new() } else { format!(" {}", entry.name) };
        let of = if self.is_one_of_several { format!(" of {}", self.folder) } else { String::new() };
        let said = judged.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        Some(Finding {
            id: id(verdict),
            severity,
            subject: Subject::Migration { tool: self.tool.to_owned(), key: format!("{}{name}{of}", judged.key) },
            expected: joined(expected),
            found: joined(found).or_else(|| Some(verdict.name().to_owned())),
            origin: place.map(within).map_or(Origin::Captured { side: Which::Candidate, set_by: None }, Origin::Written),
            why: format!("{}{said} {}", verdict.what(), verdict.why()),
            manual: None,
            remedy: step.map(Remedy::Step),
        })
    }

    /// Everything that could not be told, in words: what could not be seen, what is in flight, what cannot be checked.
    #[must_use]
    pub fn open(&self) -> Vec<String> {
        let checked = self.migrations.iter().filter_map(Entry::gap);
        let beside = self.beside.iter().flat_map(Self::open);
        self.gaps.iter().chain(&self.in_flight).cloned().chain(checked).chain(beside).collect()
    }
}
