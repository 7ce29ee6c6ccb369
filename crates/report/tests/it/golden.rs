//! What the samples look like: one file a sample and format in `tests/golden`. `UPDATE=1` writes them anew.

use crate::every::rendered;
use crate::sample::SAMPLES;
use evenkeel_report::{Format, Style};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Formats whose look is worth a review, with the samples they are reviewed in. `huge` is checked by laws (`every`).
const SHOWN: &[(&str, &[&str])] = &[
    (
        "terminal",
        &[
            "equal",
            "differs",
            "could-not-tell",
            "to-know",
            "hostile",
            "empty",
            "vendors",
            "unread",
            "patched",
            "patch-wrong",
            "patch-untried",
        ],
    ),
    (
        "markdown",
        &[
            "equal",
            "differs",
            "could-not-tell",
            "to-know",
            "hostile",
            "empty",
            "vendors",
            "unread",
            "patched",
            "patch-wrong",
            "patch-untried",
        ],
    ),
    ("json", &["could-not-tell", "patched"]),
    ("html", &["differs", "hostile", "vendors", "patched"]),
    ("sarif", &["differs"]),
    ("junit", &["differs"]),
];

fn check(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let differ = expected.lines().zip(actual.lines()).position(|(a, b)| a != b);
    let at = differ.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    Err(format!("{}:{}\n  golden: {}\n  now:    {}", path.display(), at + 1, line(&expected), line(actual)))
}

#[test]
fn samples_look_as_they_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, sample) in SAMPLES {
        let document = sample();
        for (format, _) in SHOWN.iter().filter(|(_, samples)| samples.contains(name)) {
            let path = folder.join(format!("{name}.{}", Format::from_name(format).unwrap().extension));
            wrong.extend(check(&path, &rendered(format, &document, &Style::default())).err());
            used.insert(path);
        }
    }
    let found: BTreeSet<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    wrong.extend(found.difference(&used).map(|path| format!("{}: no sample uses it", path.display())));
    assert!(wrong.is_empty(), "run with UPDATE=1 and read the diff:\n{}", wrong.join("\n"));
}
