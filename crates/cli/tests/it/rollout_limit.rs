//! `evenkeel rollout` with a limit of time: traffic goes back by itself where nobody tells its share again. Neighbour: `rollout`.

use crate::rollout::{MOVE, began, ended, moving, status};
use crate::stage_gate::{FAST, verified};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{database, newest};

/// Keeps the time by itself: the last that was told counts.
const LIMIT: &str = "echo \"$@\" >> told; at=$(wc -l < told); test $2 = 0 || \
    setsid sh -c \"sleep $2; test \\$(wc -l < told) = $at && echo 0 > share\" > /dev/null 2>&1 < /dev/null &";

#[test]
fn traffic_goes_back_by_itself_where_nobody_watches_it_any_more() {
    let db = database(newest());
    let place = verified(&db, &format!("{FAST}{MOVE}read = [\"cat\", \"share\"]\ntimeout = \"2s\"\n"));
    let toml = place.read("evenkeel.toml").replace("[50, 100]", "[100]");
    let with = |limit: &str, words: &str| {
        let toml =
            toml.replace("watch = \"100ms\"", &format!("watch = \"3s\"\n{limit}")).replace("timeout = ", &format!("{words}timeout = "));
        place.write("evenkeel.toml", toml);
    };
    // Somebody has to keep the time, and long enough.
    for (limit, words) in [
        ("limit = \"4s\"\n", ""),
        ("", "limit = [\"./limit\"]\n"),
        ("limit = \"1s\"\n", "limit = [\"./limit\"]\n"),
        ("limit = \"soon\"\n", "limit = [\"./limit\"]\n"),
    ] {
        with(limit, words);
        place.run(&["rollout", "shop"]).exits(78).says("limit");
    }
    with("limit = \"3s\"\n", "limit = [\"./limit\"]\n");
    place.run(&["rollout", "shop"]).exits(78).says("between two looks");
    with("limit = \"5s\"\n", "limit = [\"./limit\"]\n");
    moving(&place, "echo $1 > share");
    std::fs::copy(place.path("move"), place.path("limit")).unwrap();
    place.write("limit", format!("#!/bin/sh\n{LIMIT}\n"));
    place.write("share", "0\n");
    let share = || place.read("share").trim().to_owned();
    // It is killed: what stands in the journal is unwatched, and is back all the same.
    let mut child = began(&place);
    eventually("the first stage", || share() == "100");
    assert_eq!(place.read("told"), "100 5\n", "the limit comes first");
    child.kill().unwrap();
    child.wait().unwrap();
    eventually("it is back by itself", || share() == "0");
    assert_eq!(status(&place, 1)["state"], "unwatched");
    place.run(&["rollout", "shop", "--back"]).exits(0);
    // As long as it is watched it is told again, and it stays once it is done.
    place.write("told", "");
    let (code, told) = ended(began(&place));
    assert_eq!((code, share().as_str()), (Some(0), "100"), "{told}");
    let lines: Vec<String> = place.read("told").lines().map(str::to_owned).collect();
    assert!(lines.iter().filter(|line| *line == "100 5").count() >= 2 && lines.last().unwrap() == "100 0", "{lines:?}");
}
