//! The HTML page: inert whatever a database says, self-contained, complete, and one page for several comparisons.

use crate::every::rendered;
use crate::sample::{self, SAMPLES};
use evenkeel_report::{Style, format::html};

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
            assert!(*name == "hostile" || !markup.contains(bad), "{name}: {bad}");
        }
        assert!(markup.split("href=\"").skip(1).all(|link| link.starts_with('#')), "{name}: a link leaves the page");
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
    let page = String::from_utf8(html::render(&documents).unwrap()).unwrap();
    assert_eq!(page.matches("<section class=\"comparison\"").count(), 3);
    assert!(page.contains("1 of 3 comparisons hold"));
    let empty = String::from_utf8(html::render(&[]).unwrap()).unwrap();
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
