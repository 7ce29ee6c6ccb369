//! The laws of the engine port: what can be asked before any server is named.
//!
//! Lives here: the laws, written once over [`Engine`]. Neighbours: `conformance` (an environment), `workshop` (throwaway servers).

use evenkeel_core::fault::Class;
use evenkeel_core::kind::{self, Dimension};
use evenkeel_core::port::{Engine, Own};

/// An engine, and what it knows that others do not.
#[allow(missing_debug_implementations, reason = "holds ports")]
pub struct Subject<'a> {
    pub engine: &'a dyn Engine,
    pub vendors: &'a [kind::Engine],
    /// An option of its own and one that means nothing to it.
    pub own: &'a str,
    pub foreign: &'a str,
}

/// Runs every law.
///
/// # Panics
/// When one does not hold.
pub fn holds(subject: &Subject<'_>) {
    let engine = subject.engine;
    assert!(!engine.schemes().is_empty());
    for scheme in engine.schemes() {
        assert_eq!(*scheme, scheme.to_ascii_lowercase());
        a_text_becomes_an_environment(subject, scheme);
    }
    for vendor in subject.vendors {
        statements_are_told_for_versions_that_are_read(engine, *vendor);
    }
}

fn a_text_becomes_an_environment(subject: &Subject<'_>, scheme: &str) {
    let parse = |text: &str, options: &[(&str, &str)]| subject.engine.environment(text, &Own { options, place: "[environments.law]" });
    let text = format!("{scheme}://reader:hunter2-swordfish@db.example:4711/app");
    let named = parse(&text, &[(subject.own, "a.b")]).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    assert_eq!(named.label, "app@db.example:4711");
    assert_eq!(named.typed, Some(format!("{scheme}://reader@db.example:4711/app")));
    let where_it_is = named.environment.describe();
    assert!(where_it_is.contains("db.example") && !where_it_is.contains("hunter2"), "{where_it_is}");
    let trouble = parse(&text, &[(subject.foreign, "x")]).err().expect("it means nothing here");
    assert_eq!((trouble.class, trouble.what), (Class::Configuration, format!("{} means nothing here", subject.foreign)));
    assert_eq!(trouble.fix, Some(format!("remove {} from [environments.law]", subject.foreign)));
    let trouble = parse(&format!("{scheme}://reader:hunter2-swordfish@h/d?no-such-word=1"), &[]).err().expect("it is no word");
    assert_eq!(trouble.class, Class::Configuration);
    assert!(!format!("{trouble:?}").contains("hunter2"), "{trouble:?}");
}

fn statements_are_told_for_versions_that_are_read(engine: &dyn Engine, vendor: kind::Engine) {
    let queries = |version, dimensions: &[Dimension]| engine.queries(vendor, version, dimensions);
    let all = queries(None, &Dimension::ALL).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    for dimension in Dimension::ALL {
        let some = queries(None, &[dimension]).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        assert!(some.len() < all.len(), "{} is not all there is", dimension.name());
    }
    for wrong in ["1", "1.2", "x", ""] {
        let trouble = queries(Some(wrong), &Dimension::ALL).expect_err(wrong);
        assert!(trouble.class == Class::Usage && trouble.expected.is_some() && trouble.fix.is_some(), "{trouble:#?}");
    }
}
