//! `evenkeel rehearse --format html`: one page with the picture of locks over clients. Neighbour: `rehearse`.

use crate::rehearse::TABLES;
use crate::run::Place;
use evenkeel_testkit::{database, newest};

#[test]
fn the_page_shows_locks_over_clients_and_no_name_steers_it() {
    let db = database(newest());
    db.exec(TABLES);
    db.exec("create table \"<script>alert(1)</script>\" (id int primary key, \"</svg><b>x\" text)");
    let place = Place::new();
    place.write(
        "release.sql",
        "begin;\nalter table people add mail text;\nselect pg_sleep(0.2);\ncommit;\n\
         alter table \"<script>alert(1)</script>\" add \"<i>\" text default '</pre><img src=x>';\n",
    );
    place.write("q.sql", "select * from people where id = $1;\n");
    let url = db.url();
    let arguments =
        ["rehearse", "release.sql", "--for", &url, "--rows", "200", "--queries", "q.sql", "--format", "html", "--out", "page.html"];
    let run = place.run(&arguments).exits(1);
    assert!(run.stderr.contains("gates are closed"), "{}", run.stderr);
    let page = place.read("page.html");
    for part in [
        "Content-Security-Policy",
        "<svg class=\"picture\"",
        "class=\"everything\"",
        "class=\"waits\"",
        "class=\"p99\"",
        "public.people",
        "0A000",
        "--queries q.sql",
    ] {
        assert!(page.contains(part), "no {part}");
    }
    for raw in ["<script", "<b>x", "<i>\"", "<img", "src=\"http"] {
        assert!(!page.contains(raw), "{raw} stands there as it is");
    }
    // Without clients there is none of theirs.
    let run = ["rehearse", "release.sql", "--for", &url, "--only", "run", "--format", "html"];
    let page = place.run(&run).stdout;
    assert!(page.contains("No clients ran beside it.") && !page.contains("class=\"p99\""), "{page}");
    // Nothing ran: there is no picture, and the page says why.
    place.write("release.sql", "selec 1;\n");
    let page = place.run(&["rehearse", "release.sql", "--for", &url, "--format", "html"]).stdout;
    assert!(page.contains("syntax error") && page.trim_end().ends_with("</html>"), "{page}");
}
