//! Laws that hold for every sample in every format.

use crate::sample::{self, SAMPLES};
use evenkeel_report::{Difference, Document, FORMATS, Format, Only, Place, Severity, Style, Subject};
use unicode_width::UnicodeWidthStr;

pub fn rendered(format: &str, document: &Document, style: &Style) -> String {
    let format = Format::from_name(format).unwrap();
    String::from_utf8((format.render)(std::slice::from_ref(document), style).unwrap()).unwrap()
}

#[test]
fn every_sample_in_every_format() {
    for (name, sample) in SAMPLES {
        let document = sample();
        for format in FORMATS {
            let first = (format.render)(std::slice::from_ref(&document), &Style::default()).unwrap();
            let text = String::from_utf8(first.clone()).unwrap();
            assert!(text.ends_with('\n'), "{name}.{} does not end with a line break", format.extension);
            assert_eq!(
                first,
                (format.render)(std::slice::from_ref(&document), &Style::default()).unwrap(),
                "{name}.{} is not stable",
                format.extension
            );
            if format.name != "json" {
                let harmful =
                    text.chars().find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
                assert_eq!(harmful, None, "{name}.{} holds a harmful character", format.extension);
            }
        }
    }
}

#[test]
fn names_and_extensions_of_formats_are_unique() {
    for (at, format) in FORMATS.iter().enumerate() {
        assert!(
            FORMATS.iter().skip(at + 1).all(|other| other.name != format.name && other.extension != format.extension),
            "{}",
            format.name
        );
    }
}

#[test]
fn verdicts() {
    let line = |document: Document| (document.verdict.line.clone(), document.verdict.exit_code);
    assert_eq!(line(sample::equal()), ("staging = production: equal in 2 dimensions".to_owned(), 0));
    assert_eq!(line(sample::could_not_tell()), ("staging ? production: could not tell, 2 things were not visible".to_owned(), 2));
    assert_eq!(
        line(sample::to_know()),
        ("staging ≈ production: nothing blocks a migration, 1 warning, 1 expected or cosmetic".to_owned(), 0)
    );
    assert_eq!(line(sample::empty()), ("staging ? production: could not tell, nothing was compared".to_owned(), 2));
    let differs = sample::differs().frame.verdict;
    assert_eq!((differs.exit_code, differs.gaps), (1, 2));
    assert!(
        differs.line.starts_with(&format!("staging ≠ production: {} differences block a migration, ", differs.block - 1)),
        "{}",
        differs.line
    );
}

#[test]
fn json_comes_back_as_it_went() {
    for (name, sample) in SAMPLES {
        let document = sample();
        let back: Document = serde_json::from_str(&rendered("json", &document, &Style::default())).unwrap();
        assert_eq!(back, document, "{name}");
    }
}

#[test]
fn fingerprints_tell_differences_apart() {
    let document = sample::huge();
    let prints: std::collections::HashSet<&str> = document.differences().iter().map(|difference| difference.fingerprint.as_str()).collect();
    assert_eq!((prints.len(), document.differences().len()), (5_000, 5_000));
}

/// A fix or a quoted diff may be wider where breaking it would change its meaning.
#[test]
fn the_terminal_keeps_to_its_width() {
    for (name, sample) in SAMPLES {
        let document = sample();
        for width in [80, 120] {
            let text = rendered("terminal", &document, &Style { width, ..Style::default() });
            let pasteable: Vec<&str> = document.differences().iter().filter_map(|one| one.fix.as_deref()).collect();
            for line in text.lines().filter(|line| line.width() > width) {
                let fix = line.trim_start().trim_start_matches("fix: ");
                let quoted = pasteable.iter().any(|pasteable| pasteable.contains(fix))
                    || line.contains("evenkeel compare")
                    || name.ends_with("hostile");
                assert!(quoted, "{name}: {} columns: {line}", line.width());
            }
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    for (name, sample) in SAMPLES {
        let document = sample();
        let painted = rendered("terminal", &document, &Style { color: true, ..Style::default() });
        assert!(painted.contains('\u{1b}'), "{name} has no colour");
        let mut bare = String::new();
        let mut rest = painted.as_str();
        while let Some((head, tail)) = rest.split_once('\u{1b}') {
            bare.push_str(head);
            rest = tail.split_once('m').unwrap().1;
        }
        bare.push_str(rest);
        assert_eq!(bare, rendered("terminal", &document, &Style::default()), "{name}");
    }
}

#[test]
fn markdown_stays_below_the_limit_and_says_what_is_cut() {
    for (name, sample) in SAMPLES {
        let text = rendered("markdown", &sample(), &Style::default());
        assert!(text.len() <= 60_000, "{name}: {} bytes", text.len());
    }
    let text = rendered("markdown", &sample::huge(), &Style::default());
    let shown = text.matches("<details>").count();
    assert!(shown > 20, "{shown}");
    let note = format!("… {},{:03} more that block", (2_500 - shown) / 1_000, (2_500 - shown) % 1_000);
    assert!(text.contains(&note), "no {note:?}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn the_terminal_counts_what_it_does_not_show() {
    let document = sample::huge();
    let text = rendered("terminal", &document, &Style::default());
    assert_eq!(text.lines().filter(|line| line.starts_with('✗')).count(), 20);
    assert!(text.contains("… 2,480 more that block: --only block\n"), "{text}");
    assert!(text.ends_with("\nfor more: evenkeel compare staging production --only block\n"), "once, at the end:\n{text}");
    assert_eq!(text.matches("evenkeel compare").count(), 1, "{text}");
    let all = rendered("terminal", &document, &Style { only: Some(Only::of(Severity::Block)), ..Style::default() });
    assert_eq!(all.lines().filter(|line| line.starts_with('✗')).count(), 2_500);
    assert!(!all.contains("for more") && !all.contains("\ni "), "nothing is left out, and nothing else is there");
}

/// Only what has an id is shown, all of it, and the verdict stays.
#[test]
fn one_id_is_shown_alone() {
    let document = sample::vendors();
    let only = Only { severities: Vec::new(), ids: vec!["EK-table-collation".to_owned()] };
    let text = rendered("terminal", &document, &Style { only: Some(only.clone()), ..Style::default() });
    assert_eq!(text.matches(" EK-table-collation\n").count(), 30, "{text}");
    assert!(!text.contains("EK-column") && !text.contains("not comparable across"), "{text}");
    assert!(text.starts_with("staging ≠ production: 64 differences block"), "{text}");
    let page = rendered("markdown", &document, &Style { only: Some(only), ..Style::default() });
    assert!(page.contains("EK-table-collation") && !page.contains("EK-column") && !page.contains("### Not"), "{page}");
}

/// Many of one rule never keep another rule's first from being shown.
#[test]
fn every_id_gets_its_first_entry() {
    let mut document = sample::huge();
    let differences = &mut document.comparison.as_mut().unwrap().differences;
    let last = Difference { id: "EK-view-missing".to_owned(), kind: "view".to_owned(), ..differences[0].clone() };
    let at = differences.iter().rposition(|one| one.severity == Severity::Block).unwrap();
    differences.insert(at + 1, last);
    let text = rendered("terminal", &document, &Style::default());
    assert_eq!(text.lines().filter(|line| line.starts_with('✗')).count(), 20, "{text}");
    assert!(text.contains(" EK-view-missing\n") && text.contains("… 2,481 more that block: --only block"), "{text}");
}

/// A change that takes a value away from many alike is one entry, as one that gives it another is.
#[test]
fn a_value_taken_away_alike_is_one_entry() {
    let mut document = sample::vendors();
    let one = document.differences().iter().find(|one| one.attribute.as_deref() == Some("collation")).unwrap().clone();
    for (found, entries) in [(None, 1), (Some("x"), 2)] {
        let of = |at: usize| Difference {
            object: evenkeel_report::Object { display: format!("t.c{at}"), ..one.object.clone() },
            expected: Some("now()".to_owned()),
            found: found.filter(|_| at > 6).map(str::to_owned),
            ..one.clone()
        };
        document.comparison.as_mut().unwrap().differences = (0..12).map(of).collect();
        document.frame.findings.clear();
        let text = rendered("terminal", &document, &Style::default());
        assert_eq!(text.lines().filter(|line| line.starts_with('✗')).count(), entries, "{text}");
    }
}

/// Expected and found never look alike: where there is no room for both, what differs is shown.
#[test]
fn what_differs_is_in_sight() {
    let mut document = sample::differs();
    let enumeration = {
        let one = document.differences().iter().find(|one| one.severity == Severity::Block).unwrap().clone();
        let labels: Vec<String> = (0..60).map(|at| format!("label_number_{at}")).collect();
        let fewer: Vec<String> = labels.iter().filter(|label| !label.ends_with("_55")).cloned().collect();
        let (kind, attribute) = ("enum".to_owned(), Some("labels".to_owned()));
        let (expected, found) = (Some(labels.join(", ")), Some(fewer.join(", ")));
        Difference { kind, attribute, expected, found, change: evenkeel_report::Change::Changed, fix: None, ..one }
    };
    let long = |end: &str| Some(format!("{}{end}", "a <> b and ".repeat(60)));
    let text = Difference { kind: "view".to_owned(), expected: long("one"), found: long("two"), ..enumeration.clone() };
    let body = |end: &str| Some(format!("begin\n  return {}{end};\nend", "x + ".repeat(100)));
    let body = Difference { kind: "function".to_owned(), expected: body("one"), found: body("two"), ..enumeration.clone() };
    for (severity, format) in
        [Severity::Block, Severity::Warn, Severity::Inform].into_iter().flat_map(|one| [(one, "terminal"), (one, "markdown")])
    {
        let all = [&enumeration, &text, &body].map(|one| Difference { severity, ..one.clone() });
        for (one, said) in all.into_iter().zip([&["missing ", "label_number_55", "59 others alike"][..], &["one", "two"], &["one", "two"]])
        {
            document.comparison.as_mut().unwrap().differences = vec![one];
            document.frame.findings.clear();
            for terminal in [false, true] {
                let text = rendered(format, &document, &Style { terminal, ..Style::default() });
                assert!(said.iter().all(|word| text.contains(word)), "{format}:\n{text}");
                assert!(!text.contains("label_number_54"), "{format}:\n{text}");
            }
        }
    }
}

/// A line of a definition stays one where nobody looks at it; on a terminal it is broken, and nothing is lost.
#[test]
fn lines_of_a_definition_are_never_cut() {
    let mut document = sample::differs();
    let one = document.comparison.as_mut().unwrap().differences.iter_mut().find(|one| one.kind == "function").unwrap();
    let line = format!("  return {};", "abcdefgh + ".repeat(20).trim_end());
    one.expected = Some(format!("begin\n{line}\nend"));
    let text = rendered("terminal", &document, &Style::default());
    assert!(text.contains(&format!("    -{line}\n")), "{text}");
    let text = rendered("terminal", &document, &Style { terminal: true, ..Style::default() });
    assert!(text.lines().filter(|line| line.starts_with("    -")).all(|line| line.width() <= 80), "{text}");
    let parts = text.lines().skip_while(|line| !line.starts_with("    -  return")).take_while(|line| line.starts_with("    -"));
    let joined: String = parts.map(|part| part.trim_start_matches("    -").trim_start_matches("↪ ")).collect();
    assert!(joined.starts_with(&line), "{joined}\n{line}");
}

/// Sixty differences and thirty gaps of one cause are one entry each; few that are alike keep theirs, each with its own fix.
#[test]
fn one_cause_is_one_entry() {
    let document = sample::vendors();
    let expected = "staging ≠ production: 64 differences block a migration, 1 not visible, 30 not comparable";
    assert_eq!(document.verdict.line, expected);
    assert_eq!((document.verdict.gaps, document.verdict.not_comparable), (31, 30));
    let text = rendered("terminal", &document, &Style::default());
    assert_eq!(text.lines().filter(|line| line.starts_with('✗')).count(), 5, "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with('?')).count(), 2, "{text}");
    for said in [
        "✗ collation of 30 columns, 30 tables",
        "differs alike in t00, t01, t02, 57 more",
        "… all 60: --only EK-column-collation,EK-table-collation",
        "? not comparable across flavours (30): name of constraint t00.\"CONSTRAINT_0\",",
        "? not visible: events in production: ",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    let all = rendered("terminal", &document, &Style { only: Some(Only::of(Severity::Block)), ..Style::default() });
    assert_eq!(all.lines().filter(|line| line.starts_with('✗')).count(), 64);
    let page = rendered("markdown", &document, &Style::default());
    assert_eq!(page.matches("<details>").count(), 5, "{page}");
    assert!(page.contains("### Not visible") && page.contains("### Not comparable") && page.contains("| – | 1 | 30 |"), "{page}");
    let page = rendered("html", &document, &Style::default());
    assert!(page.matches("data-severity=").count() == 64 && page.contains("<h2>Not comparable</h2>") && page.contains("all 30"));
    assert_eq!(page.matches("<li>t").count(), 30, "every constraint is named");
}

/// Whoever reads only the report sees that an environment could not be read, in every format, with the step that helps.
#[test]
fn an_unread_environment_is_in_every_format() {
    let document = sample::unread();
    assert_eq!(document.verdict.line, "production.jsonl ? production: could not tell, nothing was compared");
    assert_eq!((document.verdict.exit_code, document.verdict.gaps), (69, 6));
    for format in FORMATS {
        let text = (format.render)(&[sample::differs(), document.clone()], &Style { width: 400, ..Style::default() }).unwrap();
        let text = String::from_utf8(text).unwrap();
        for said in ["production.jsonl ? production: could not tell", "found connection refused", "start the server, or correct"] {
            assert!(text.contains(said), "{}: {said} is not in\n{text}", format.name);
        }
    }
    let text = rendered("terminal", &document, &Style::default());
    assert_eq!(text.matches("connection refused").count(), 1, "one cause is one entry:\n{text}");
    let junit = rendered("junit", &document, &Style::default());
    assert!(junit.contains("errors=\"3\""), "a demanded dimension that was not read is an error:\n{junit}");
    let sarif = rendered("sarif", &document, &Style::default());
    assert!(sarif.contains("\"executionSuccessful\": false") && sarif.contains("\"exitCode\": 69"), "{sarif}");
}

/// What differs in the same way by chance is told one by one.
#[test]
fn settings_with_the_same_values_are_no_group() {
    let mut document = sample::differs();
    let one = document.differences().iter().find(|one| one.kind == "setting" && one.severity == Severity::Block).unwrap().clone();
    for kind in ["setting", "override"] {
        let of = |at: usize| Difference { fingerprint: at.to_string(), kind: kind.to_owned(), ..one.clone() };
        document.comparison.as_mut().unwrap().differences = (0..9).map(of).collect();
        document.frame.findings.clear();
        let text = rendered("terminal", &document, &Style::default());
        assert_eq!(text.lines().filter(|line| line.starts_with('✗')).count(), 9, "{kind}: {text}");
    }
}

/// A statement that is not shown as it is must not be pasted.
#[test]
fn a_fix_with_hidden_characters_is_left_out() {
    for name in ["a\u{1b}[31mb", "a\tb", "a\rb", "a\u{202e}b", "a\u{200b}b"] {
        let mut document = sample::differs();
        let first = document.comparison.as_mut().unwrap().differences.iter_mut().find(|one| one.severity == Severity::Block).unwrap();
        first.fix = Some(format!("DROP TABLE `{name}`;"));
        document.frame.gaps.first_mut().unwrap().cure = Some(format!("GRANT SELECT ON `{name}` TO x;"));
        for format in ["terminal", "markdown", "html", "sarif", "junit"] {
            let text = rendered(format, &document, &Style::default());
            assert_eq!(text.matches("left out: it holds").count(), 2, "{format}");
            assert!(!text.contains("DROP TABLE `a") && !text.contains("GRANT SELECT ON `a"), "{format}: {name:?}");
        }
        let back: Document = serde_json::from_str(&rendered("json", &document, &Style::default())).unwrap();
        assert_eq!(back, document);
    }
}

/// Half of a statement would do something else than the whole.
#[test]
fn a_fix_is_whole_or_left_out() {
    let mut document = sample::differs();
    document.frame.gaps.clear();
    document.comparison.as_mut().unwrap().differences.retain(|one| one.severity == Severity::Block);
    document.comparison.as_mut().unwrap().differences.truncate(1);
    let wide = format!("ALTER TABLE t ADD COLUMN c text DEFAULT '{}';", "x".repeat(900));
    let tall = format!("CREATE FUNCTION f() AS $$\n{}$$;", "\tSELECT 1;\n".repeat(90));
    let huge = format!("CREATE FUNCTION f() AS $$\n{}$$;", "\tSELECT 1;\n".repeat(900));
    for (fix, format, only, whole) in [
        (&wide, "markdown", None, true),
        (&tall, "markdown", None, true),
        (&huge, "markdown", None, false),
        (&wide, "terminal", None, true),
        (&tall, "terminal", None, false),
        (&huge, "terminal", Some(Severity::Block), true),
        (&huge, "html", None, true),
    ] {
        document.comparison.as_mut().unwrap().differences[0].fix = Some(fix.clone());
        let text = rendered(format, &document, &Style { only: only.map(Only::of), ..Style::default() });
        let shown = fix.lines().all(|line| text.contains(line.replace('\'', if format == "html" { "&#39;" } else { "'" }).as_str()));
        assert_eq!((shown, text.contains("left out: ")), (whole, !whole), "{format}:\n{text}");
        assert!(whole || !text.contains(fix.lines().next().unwrap()), "{format}:\n{text}");
    }
    // Of many alike as many as there is room for, each of them whole.
    let mut document = sample::vendors();
    for (at, one) in document.comparison.as_mut().unwrap().differences.iter_mut().enumerate() {
        one.fix = Some(format!("ALTER TABLE t{at} COMMENT '{}';", "x".repeat(300)));
    }
    let text = rendered("markdown", &document, &Style::default());
    let begun = text.matches("ALTER TABLE t").count();
    assert!(begun > 20 && begun == text.matches("x';\n").count(), "{text}");
    assert!(text.contains(&format!("{} left out: longer", 64 - begun)), "{text}");
}

/// Outside of code nothing of a database's text may ping, link or be HTML.
#[test]
fn hostile_text_is_inert_in_markdown() {
    let text = rendered("markdown", &sample::hostile(), &Style::default());
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_start();
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line == ticks => fence = None,
            Some(_) => continue,
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => fence = Some(ticks),
            None => {
                let outside = without_code(line);
                for bad in ["<script", "<img", "<b>", "<i>", "<style", "@everyone", "@all", "#123", "https://", "www.evil"] {
                    assert!(!outside.contains(bad), "{bad} in {line}");
                }
            }
        }
    }
    assert_eq!(fence, None, "a fence is open at the end");
}

/// The line without `<code>` and without its code spans, as CommonMark finds them.
fn without_code(line: &str) -> String {
    if line.starts_with("<details>") {
        // An HTML line: nothing in it is Markdown.
        return line.split("<code>").map(|part| part.split_once("</code>").map_or(part, |(_, after)| after)).collect();
    }
    let mut outside = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        if outside.ends_with('\\') {
            outside.push('`');
            rest = &rest[at + 1..];
            continue;
        }
        let run = rest[at..].chars().take_while(|c| *c == '`').count();
        let tail = &rest[at + run..];
        let mut from = 0;
        let close = loop {
            let Some(next) = tail[from..].find('`') else { break None };
            let length = tail[from + next..].chars().take_while(|c| *c == '`').count();
            if length == run {
                break Some(from + next);
            }
            from += next + length;
        };
        match close {
            Some(close) => rest = &tail[close + run..],
            None => {
                outside.push_str(&rest[at..at + run]);
                rest = tail;
            }
        }
    }
    outside + rest
}

/// What later verbs have to say needs no second document: a frame is enough for every format.
#[test]
fn a_frame_without_a_section_is_told_in_every_format() {
    let mut document = sample::differs();
    document.comparison = None;
    let mut of_migration = document.findings.first().unwrap().clone();
    of_migration.subject = Subject::Migration { tool: "flyway".to_owned(), key: "42".to_owned() };
    of_migration.id = "EK-migration-state".to_owned();
    (of_migration.fix, of_migration.step) = (Some("GRANT SELECT ON t TO r;".to_owned()), None);
    let mut of_statement = of_migration.clone();
    let place = Place { file: "db/V42__refunds.sql".to_owned(), line: 3, column: Some(5) };
    (of_statement.subject, of_statement.place) = (Subject::Statement(place.clone()), Some(place));
    document.frame.findings.extend([of_migration, of_statement]);
    document.frame.verdict.line = "production: 3 findings".to_owned();
    for format in FORMATS {
        let text = rendered(format.name, &document, &Style::default());
        for word in ["production: 3 findings", "42", "V42__refunds.sql", "GRANT SELECT ON t TO r;"] {
            let escaped = word.replace("__", "\\_\\_");
            assert!(text.contains(word) || text.contains(&escaped), "{}: {word}\n{text}", format.name);
        }
        assert!(!text.contains("compared") || matches!(format.name, "json" | "html"), "{}: {text}", format.name);
    }
    let json = rendered("json", &document, &Style::default());
    let read: Document = serde_json::from_str(&json).unwrap();
    assert_eq!(read, document);
}

/// A report is read back as it was written.
#[test]
fn every_sample_is_read_back() {
    for (name, sample) in SAMPLES {
        let document = sample();
        let read: Document = serde_json::from_str(&rendered("json", &document, &Style::default())).unwrap();
        assert!(read == document, "{name}");
    }
}
