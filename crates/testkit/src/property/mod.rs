//! "Every property counts": each declared property of each kind is changed on a real server, one at a time, and must show
//! as that difference, with only what it implies, and move the digest exactly when its class says so.
//!
//! Lives here, for all engines: cases (`case`), trying them (`trial`), what came out (`judge`), and that every
//! declaration has a case (below).
//! Does not live here: servers and databases; each engine's `tests/every_property` makes them.

mod case;
mod judge;
mod trial;

pub use case::{Case, FAILS, Ground, Line, On, Statements};
pub use judge::{Standing, judge};
pub use trial::{both, closed, proposed, run};

use std::collections::BTreeSet;
use std::path::Path;

use evenkeel_core::kind::{ALL, Class, Engine, Engines, Kind, Property, Tolerance};

/// All cases below a folder, read for one server.
///
/// # Panics
/// When one is not understood.
#[must_use]
pub fn cases(root: &Path, on: On) -> Vec<Case> {
    let (cases, problems): (Vec<_>, Vec<_>) = files(root).iter().map(|path| Case::read(root, path, on)).partition(Result::is_ok);
    let problems: Vec<String> = problems.into_iter().filter_map(Result::err).collect();
    assert!(problems.is_empty(), "cases that are not understood:\n{}", problems.join("\n"));
    cases.into_iter().flatten().collect()
}

/// The paths of all case files, below the root.
fn files(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for folder in std::fs::read_dir(root).expect("the folder of the cases").flatten() {
        if !folder.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path()).expect("the folder of a kind").flatten() {
            files.push(format!("{}/{}", folder.file_name().to_string_lossy(), file.file_name().to_string_lossy()));
        }
    }
    files.sort();
    files
}

/// Why a property needs no case, and whether that is worth telling; the property is nothing for presence.
pub type Exempt = dyn Fn(Kind, Option<&Property>) -> Option<(&'static str, bool)>;

/// What no comparison judges, by its class.
fn unjudged(property: Option<&Property>) -> Option<(&'static str, bool)> {
    match property?.class {
        Class::Volatile => Some(("never compared", false)),
        Class::Measured(Tolerance::Any) => Some(("shown, never judged", false)),
        _ => None,
    }
}

/// Every kind and property that an engine has needs a case, and what is exempt must have none.
///
/// # Panics
/// When that is not so; the message lists the files to write.
pub fn covers(root: &Path, engine: Engine, exempt: &Exempt) {
    // Of whatever version: a case for an old one counts too.
    let cases = cases(root, On { engine, version: u16::MAX });
    let covered: BTreeSet<(&str, &str)> = cases
        .iter()
        .filter(|case| case.is_of_engine)
        .map(|case| (case.kind.name(), case.property.map_or("_missing", |property| property.name)))
        .collect();
    let (mut missing, mut needless, mut count) = (Vec::new(), Vec::new(), 0);
    let ours = |engines: &Engines| engines.since(engine).is_some();
    let kinds: Vec<Kind> = ALL.iter().copied().filter(|kind| ours(&kind.spec().engines)).collect();
    for kind in &kinds {
        let properties = kind.spec().all_properties().filter(|property| ours(&property.engines));
        for property in std::iter::once(None).chain(properties.map(Some)) {
            let name = property.map_or("_missing", |property| property.name);
            count += 1;
            match (covered.contains(&(kind.name(), name)), unjudged(property).or_else(|| exempt(*kind, property))) {
                (false, None) => missing.push(format!("{}/{name}.sql", kind.name())),
                (true, Some((reason, _))) => {
                    needless.push(format!("{}/{name}.sql: exempt ({reason}), and yet there is a case", kind.name()))
                }
                (false, Some((reason, true))) => println!("no case for {} {name}: {reason}", kind.name()),
                _ => {}
            }
        }
    }
    println!("{}: {count} properties of {} kinds, {} with cases", engine.name(), kinds.len(), covered.len());
    let root = root.display();
    assert!(
        missing.is_empty(),
        "{} declared properties have no case; write these files below {root}:\n{}",
        missing.len(),
        missing.join("\n")
    );
    assert!(needless.is_empty(), "{}", needless.join("\n"));
}
