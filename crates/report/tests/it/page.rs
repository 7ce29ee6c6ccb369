//! The HTML page: inert whatever a database says, self-contained, complete, and one page for several comparisons.

use crate::every::rendered;
use crate::sample::{self, SAMPLES};
use evenkeel_report::{Format, Style, format::html};

/// The page without our own style and script.
fn markup(page: &str) -> String {
    let (head, rest) = page.split_once("<style nonce=").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, rest) = rest.rsplit_once("<script nonce=").unwrap();
    let (_, tail) = rest.split_once("</script>").unwrap();
    format!("{head}{body}{tail}")
}

#[test]
fn hostile_text_is_inert() {
    let markup = markup(&rendered("html", &sample::hostile(), &Style::default()));
    for bad in ["<script", "<img", "<style", "</style", "</code>", "<b>", "<i>", "-->", " onerror=\"", "href=\"javascript", "style="] {
        assert!(!markup.contains(bad), "{bad}");
    }
    assert!(markup.contains("&#60;script&#62;alert(1)"), "escaped, not dropped");
}

#[test]
fn nothing_is_fetched() {
    for (name, sample) in SAMPLES {
        let page = rendered("html", &sample(), &Style::default());
        let markup = markup(&page);
        assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"), "{name}");
        for bad in [" src=", "<link", "<iframe", "@import", "url(", "<base"] {
            assert!(name.ends_with("hostile") || !markup.contains(bad), "{name}: {bad}");
        }
        // A link to a manual is followed by whoever clicks it, and tells nobody where from.
        for link in markup.split("href=\"").skip(1) {
            let (address, behind) = link.split_once('"').unwrap();
            assert!(
                address.starts_with('#') || address.starts_with("https://") && behind.starts_with(" rel=\"noreferrer\""),
                "{name}: {address}"
            );
        }
    }
}

/// Every link of the matrix has exactly one place to go.
#[test]
fn links_lead_somewhere() {
    for (name, sample) in SAMPLES {
        let page = rendered("html", &sample(), &Style::default());
        for link in page.split("href=\"#").skip(1) {
            let target = link.split('"').next().unwrap();
            assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "{name}: {target}");
        }
    }
}

#[test]
fn every_difference_is_in_the_page() {
    let page = rendered("html", &sample::huge(), &Style::default());
    assert_eq!(page.matches("data-severity=").count(), 5_000);
}

/// Many definitions that changed alike show the change as one does: line by line.
#[test]
fn a_group_of_definitions_shows_the_change() {
    let mut document = sample::vendors();
    let alike = document.differences().iter().find(|one| one.attribute.as_deref() == Some("collation")).unwrap().clone();
    document.comparison.as_mut().unwrap().differences = (0..5).map(|_| alike.clone()).collect();
    let short = rendered("html", &document, &Style::default());
    assert!(short.contains("all 5</summary>") && short.matches("<div class=\"pair\">").count() == 1, "{short}");
    for one in &mut document.comparison.as_mut().unwrap().differences {
        (one.expected, one.found) = (Some("begin\n  before;\nend".to_owned()), Some("begin\n  after;\nend".to_owned()));
    }
    let page = rendered("html", &document, &Style::default());
    assert!(page.contains("all 5</summary>") && page.matches("<div class=\"columns\">").count() == 1, "{page}");
    let shown = page.split_once("<div class=\"columns\">").unwrap().1.split_once("</table>").unwrap().0;
    assert!(shown.contains("before") && shown.contains("after") && shown.contains("class=\"changed\""), "{shown}");
}

#[test]
fn several_comparisons_are_one_page() {
    let documents = [sample::differs(), sample::equal(), sample::could_not_tell()];
    let page = String::from_utf8(html::pages(&documents, &Style::default()).unwrap()).unwrap();
    assert_eq!(page.matches("<section class=\"comparison\"").count(), 3);
    assert!(page.contains("1 of 3 comparisons hold"));
    let empty = String::from_utf8(html::pages(&[], &Style::default()).unwrap()).unwrap();
    assert!(empty.contains("nothing was compared"));
}

/// The nonce is not known to whoever writes text into the page.
#[test]
fn the_nonce_depends_on_the_content() {
    let nonce = |page: &str| page.split_once("style nonce=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let pages = [sample::differs(), sample::equal()].map(|document| nonce(&rendered("html", &document, &Style::default())));
    assert_eq!(pages[0].len(), 64);
    assert_ne!(pages[0], pages[1]);
}

/// All differences of all comparisons stand before any chart; what is alike is folded.
#[test]
fn differences_come_before_charts() {
    let page =
        String::from_utf8(html::pages(&[sample::equal(), sample::differs(), sample::differs()], &Style::default()).unwrap()).unwrap();
    let chart = page.find("<section class=\"list chart\">").unwrap();
    let last = page.rfind("<article class=\"card").unwrap();
    assert!(last < chart, "a difference stands behind a chart");
    let markup = markup(&page);
    let volumes = markup.split("<h2>Volume").nth(1).unwrap().split("</section>").next().unwrap();
    let (beyond, alike) = volumes.split_once("<details class=\"alike\">").unwrap();
    assert!(beyond.contains(">app.orders<") && !alike.contains(">app.orders<"), "what is beyond tolerance is in sight:\n{volumes}");
    assert!(alike.contains(" alike</summary>") && alike.contains("<svg"), "{alike}");
}

/// Where it is asked for, comparisons that fail stand first; the matrix keeps their order.
#[test]
fn failing_comparisons_can_stand_first() {
    let documents = [sample::equal(), sample::differs()];
    for (failing_first, first) in [(true, "e1"), (false, "e0")] {
        let style = Style { failing_first, ..Style::default() };
        let page = String::from_utf8(html::pages(&documents, &style).unwrap()).unwrap();
        let at = page.find("<section class=\"comparison\" id=\"").unwrap();
        assert!(page[at..].starts_with(&format!("<section class=\"comparison\" id=\"{first}\"")), "{failing_first}");
        let text = Format::from_name("terminal").unwrap().render;
        let text = String::from_utf8(text(&documents, &style).unwrap()).unwrap();
        assert_eq!(text.starts_with("staging ≠"), failing_first, "{text}");
    }
}

/// The tab of a browser names what is compared.
#[test]
fn the_tab_names_the_environments() {
    let title = |documents: &[evenkeel_report::Document]| {
        let page = String::from_utf8(html::pages(documents, &Style::default()).unwrap()).unwrap();
        page.split_once("<title>").unwrap().1.split("</title>").next().unwrap().to_owned()
    };
    assert!(title(&[sample::differs()]).starts_with("staging ≠ production"));
    assert!(title(&[sample::differs(), sample::equal()]).ends_with("production: 1 of 2 comparisons hold"));
}

/// On a phone every cell says whose it is, and long values are folded.
#[test]
fn cells_name_themselves_and_long_values_are_folded() {
    let mut document = sample::to_know();
    let page = rendered("html", &document, &Style::default());
    assert!(page.contains("data-name=\"production\"") && page.contains("data-name=\"expected\"") && !page.contains("class=\"whole\""));
    let one = document.comparison.as_mut().unwrap().differences.iter_mut().find(|one| one.id == "EK-table-comment").unwrap();
    (one.expected, one.found) = (Some("word ".repeat(99) + "one"), Some("word ".repeat(99) + "two"));
    let page = rendered("html", &document, &Style::default());
    assert_eq!(page.matches("class=\"whole\"").count(), 2);
    let seen: Vec<&str> = page.split("data-name=\"expected\">").nth(1).unwrap().split("<details").take(1).collect();
    assert!(seen[0].contains("word one") && seen[0].chars().count() < 130, "{seen:?}");
}

/// Fills are told from what they lie on by more than three to one, for whoever sees little contrast.
#[test]
fn fills_stand_out() {
    let css = include_str!("../../templates/report.css");
    let schemes: Vec<&str> = css.split(":root {").skip(1).collect();
    assert_eq!(schemes.len(), 3, "light, dark and paper");
    for scheme in schemes {
        let color = |name: &str| scheme.split(&format!("--{name}: #")).nth(1).unwrap().split(';').next().unwrap().to_owned();
        for fill in ["reference", "candidate", "nulls", "rest"] {
            let (a, b) = (luminance(&color(fill)), luminance(&color("surface")));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 3.0, "{fill} #{}: {contrast:.2}", color(fill));
        }
    }
}

/// <https://www.w3.org/TR/WCAG21/#dfn-relative-luminance>
fn luminance(hex: &str) -> f64 {
    let hex = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
    let part = |at: usize| {
        let share = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

/// An address in a manual can be followed; text of a database that looks like one cannot.
#[test]
fn manuals_are_links() {
    let mut document = sample::differs();
    let one = document.comparison.as_mut().unwrap().differences.first_mut().unwrap();
    one.detail.insert("manual".to_owned(), "https://www.postgresql.org/docs/".to_owned());
    one.found = Some("https://evil.example/".to_owned());
    let page = rendered("html", &document, &Style::default());
    assert!(page.contains("<a href=\"https://www.postgresql.org/docs/\" rel=\"noreferrer\">"));
    assert!(!page.contains("href=\"https://evil"));
}

/// Where one side alone has anything, and that is told in another dimension, nobody says that they are equal.
#[test]
fn one_side_alone_is_not_equal() {
    let mut document = sample::equal();
    let data = &mut document.comparison.as_mut().unwrap().dimensions[2];
    data.verdict = evenkeel_report::Outcome::Equal;
    let count = |reference, candidate| evenkeel_report::Count {
        kind: "table-statistics".to_owned(),
        plural: "tables' statistics".to_owned(),
        reference,
        candidate,
    };
    for (counts, said) in [(count(0, 9_992), true), (count(9_992, 9_992), false)] {
        document.comparison.as_mut().unwrap().dimensions[2].counts = vec![counts];
        for (format, words) in [("markdown", "only one side has any"), ("html", "one side only")] {
            let text = rendered(format, &document, &Style::default());
            assert_eq!(text.contains(words), said, "{format}: {text}");
        }
    }
}
