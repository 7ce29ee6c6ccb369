//! A patch in the reports: whole, at each finding, proven or not, and nothing of it where none was asked for.

use crate::every::rendered;
use crate::patched::{self, step, with};
use crate::sample;
use evenkeel_core::kind::Kind;
use evenkeel_core::patch::{Act, Plan, Proof, Statement};
use evenkeel_report::{Document, PatchState, Style};

fn text(format: &str, document: &Document) -> String {
    rendered(format, document, &Style::default())
}

/// What stands behind the heading of a finding, up to the next.
fn card<'a>(page: &'a str, object: &str) -> &'a str {
    page.split("<article").find(|card| card.contains(&format!("<span class=\"object\">{object}</span>"))).unwrap()
}

#[test]
fn where_none_was_asked_for_there_is_nothing_of_it() {
    let document = sample::differs();
    assert_eq!(document.patch(), None);
    for format in ["terminal", "json", "markdown", "html"] {
        let text = text(format, &document);
        let body = text.split("</style>").last().unwrap().split("<script nonce").next().unwrap();
        assert!(!body.to_lowercase().contains("patch"), "{format}");
    }
    // What goes to machines that judge findings is the same with one.
    for format in ["sarif", "junit"] {
        assert_eq!(text(format, &document), text(format, &patched::patched()), "{format}");
    }
}

#[test]
fn json_has_all_of_it() {
    let json: serde_json::Value = serde_json::from_str(&text("json", &patched::patched())).unwrap();
    let patch = &json["patch"];
    assert_eq!(patch["proof"], serde_json::json!({ "state": "proven", "server": "PostgreSQL 17.10", "why": null }));
    assert!(patch["script"].as_str().unwrap().starts_with("-- proven on PostgreSQL 17.10: "), "{patch}");
    assert_eq!((patch["statements"].as_array().unwrap().len(), patch["refused"].as_array().unwrap().len()), (7, 2));
    let lost = &patch["statements"][4];
    assert_eq!((&lost["act"], &lost["kind"], &lost["object"]), (&"drop".into(), &"column".into(), &"app.customers.legacy".into()));
    assert_eq!((&lost["destructive"], &lost["held"], &lost["commented_out"]), (&true.into(), &false.into(), &true.into()));
    assert_eq!(lost["hazards"][0], "loses all values of app.customers.legacy");
    let waiting = &patch["statements"][5];
    assert_eq!((&waiting["destructive"], &waiting["held"], &waiting["commented_out"]), (&false.into(), &true.into(), &true.into()));
    assert_eq!(patch["statements"][6]["transaction"], false);
}

#[test]
fn the_terminal_has_a_line() {
    let line = |document: Document| text("terminal", &document).lines().filter(|line| line.starts_with("patch")).collect::<String>();
    assert_eq!(line(patched::patched()), "patch: 7 statements, proven on PostgreSQL 17.10; 1 loses data, 2 refused");
    assert!(line(patched::wrong()).starts_with("patch: 7 statements, NOT PROVEN: tried on a throwaway server, it does not"));
    let nothing = with(sample::equal(), &Plan::default(), &Proof::Nothing, &[]);
    assert_eq!(line(nothing), "patch: nothing to do");
}

/// What is left is our fault whatever is said of the proof.
#[test]
fn nothing_is_proven_where_something_is_left() {
    let proof = Proof::Proven { server: "PostgreSQL 17.10".to_owned() };
    let document = with(sample::differs(), &Plan::default(), &proof, &["view app.v: missing".to_owned()]);
    assert_eq!(document.patch().unwrap().proof.state, PatchState::NotProven);
    for format in ["markdown", "html"] {
        let text = text(format, &document);
        assert!(text.contains("NOT PROVEN") && text.contains("Do not run it") && text.contains("view app.v: missing"), "{format}");
    }
}

#[test]
fn each_finding_has_its_statements() {
    let page = text("html", &patched::patched());
    let added = card(&page, "app.orders.refunded_at");
    assert!(added.contains(">fix, in the patch</span><pre>ALTER TABLE app.orders ADD COLUMN refunded_at"), "{added}");
    assert_eq!(added.matches("ADD COLUMN").count(), 1, "what is proposed anyway is shown once");
    let altered = card(&page, "app.orders.discount");
    assert!(altered.contains(">in the patch</span><pre>-- takes ACCESS EXCLUSIVE on app.orders\nALTER TABLE"), "{altered}");
    let function = card(&page, "app.total(order_id bigint)");
    assert!(function.contains("<details><summary>in the patch: 1 statement</summary>"), "a long one is folded: {function}");
    let setting = card(&page, "lock_timeout");
    assert!(setting.contains("<b>not in the patch:</b> no statement of a patch makes it"), "{setting}");
}

/// Where an engine takes one statement for a table and all its parts, a part has those that name it.
#[test]
fn a_part_is_found_in_the_statement_of_its_table() {
    let sql = ["ALTER TABLE app.orders MODIFY discount decimal(12,2);", "ALTER TABLE app.orders COMMENT 'x';"].map(Statement::new);
    let steps = vec![step(Act::Alter, Kind::Table, "app.orders", sql.to_vec())];
    let page = text("html", &with(sample::differs(), &Plan { steps, ..Plan::default() }, &patched::proven(), &[]));
    let altered = card(&page, "app.orders.discount");
    assert!(altered.contains(">in the patch, with its table</span><pre>ALTER TABLE app.orders MODIFY discount"), "{altered}");
    assert!(!altered.contains("COMMENT"), "{altered}");
    // A view is made with its columns, whether it names them or not.
    let steps = vec![step(Act::Create, Kind::View, "app.orders", vec![Statement::new("CREATE VIEW app.orders AS SELECT * FROM x;")])];
    let page = text("html", &with(sample::differs(), &Plan { steps, ..Plan::default() }, &patched::proven(), &[]));
    assert!(card(&page, "app.orders.discount").contains(">in the patch, with its view</span><pre>CREATE VIEW"), "{page}");
}

#[test]
fn the_page_says_it_loudly_where_nothing_is_proven() {
    for (document, tone, said) in [
        (
            patched::patched(),
            "good",
            "Proven on PostgreSQL 17.10: with every statement run, those that are commented out too, production is",
        ),
        (patched::wrong(), "bad", "NOT PROVEN: tried on a throwaway server, it does not make both the same. Do not run it"),
        (patched::untried(), "bad", "NOT PROVEN: no PostgreSQL 17 is installed. Nobody has tried these statements."),
    ] {
        let page = text("html", &document);
        let section = page.split("<section class=\"list patch\"").nth(1).unwrap();
        assert!(section.contains(&format!("<article class=\"card {tone}\">")) && section.contains(said), "{section}");
        assert!(page.contains("<a href=\"#e0-patch\">patch: 7 statements, "), "the top of the page says it");
    }
}

/// What was tried and does not do it is shown, and nothing on the page offers it.
#[test]
fn a_wrong_patch_is_not_offered() {
    let page = text("html", &patched::wrong());
    let altered = card(&page, "app.orders.discount");
    assert!(altered.contains("<div class=\"fix read\"><span class=\"label\">in the patch, not proven</span>"), "{altered}");
    let added = card(&page, "app.orders.refunded_at");
    assert!(added.contains(">fix</span>") && added.matches("ADD COLUMN").count() == 2, "the fix stands apart: {added}");
    assert!(!page.split("<script nonce").next().unwrap().contains("data-save"));
}

/// Half a megabyte of statements: the page holds a part of it, cut behind a statement, and says where the rest is.
#[test]
fn a_huge_patch_is_cut_where_it_says_so() {
    let document = patched::huge();
    let script = &document.patch().unwrap().script;
    assert!(script.len() > 400_000);
    let page = text("html", &document);
    let (bare, patched) = (text("html", &sample::huge()).len(), page.len());
    assert!(patched - bare < 1_000_000, "{bare} {patched}");
    let section = page.split("<section class=\"list patch\"").nth(1).unwrap();
    assert!(section.contains("patch.sql has all of it.") && section.contains("<div class=\"fix read\"><pre>"), "no copy of a part");
    let shown = section.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap();
    assert!(shown.len() > 150_000 && shown.ends_with("::integer);"), "{}", &shown[shown.len() - 60..]);
    assert!(page.contains("in the patch: 2 statements, for which there is no room here"));
    let page = text("markdown", &document);
    assert!(
        page.len() < 60_000 && page.contains("✓ **Proven on PostgreSQL 17.10") && page.contains("too long for here: patch.sql has all")
    );
}

/// A fence is longer than any run of backticks in it, and nothing behind it is taken for a part of it.
#[test]
fn the_fence_holds_whatever_is_in_it() {
    let statement = Statement::new("COMMENT ON TABLE app.t IS '\n```````\n</details>\n@everyone';");
    let plan = Plan { steps: vec![step(Act::Alter, Kind::Table, "app.t", vec![statement])], ..Plan::default() };
    let page = text("markdown", &with(sample::equal(), &plan, &Proof::Proven { server: "x".to_owned() }, &[]));
    let (_, behind) = page.split_once("\n````````sql\n").unwrap();
    let (held, rest) = behind.split_once("\n````````\n").unwrap();
    assert!(held.contains("\n```````\n</details>\n@everyone"), "{held}");
    assert!(rest.starts_with("\n</details>\n\n---\n"), "{rest}");
}

/// What cannot be seen is spelled out; then it is for reading, and there is no button to copy it.
#[test]
fn what_cannot_be_seen_is_spelled_out_and_not_offered() {
    let document = patched::hostile();
    for format in ["html", "markdown"] {
        let text = text(format, &document);
        assert!(text.contains("To read, not to run"), "{format}");
        assert!(!text.contains('\u{202e}') && text.contains("\\u{202e}"), "{format}");
    }
    let page = text("html", &document);
    let section = page.split("<section class=\"list patch\"").nth(1).unwrap();
    assert!(section.contains("class=\"fix read\"") && !section.split("</article>").next().unwrap().contains("data-save"), "{section}");
    let markup = page.split("</style>").nth(1).unwrap().split("<script nonce").next().unwrap();
    for bad in ["<script", "<img", "<style", "</code>", "<b>`", "href=\"javascript"] {
        assert!(!markup.contains(bad), "{bad}");
    }
}
