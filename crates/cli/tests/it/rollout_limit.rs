//! `evenkeel rollout` with a limit of time: traffic goes back by itself where nobody tells its share again. Neighbour: `rollout`.

use crate::rollout::{MOVE, began, ended, moving, status};
use crate::stage_gate::{FAST, add, verified};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{database, newest};
use serde_json::Value;
use std::time::Duration;

/// Keeps the time by itself: the last that was told counts.
const LIMIT: &str = "echo \"$@\" >> told; at=$(wc -l < told); test $2 = 0 || \
    setsid sh -c \"sleep $2; test \\$(wc -l < told) = $at && echo 0 > share\" > /dev/null 2>&1 < /dev/null &";

#[test]
fn traffic_goes_back_by_itself_where_nobody_watches_it_any_more() {
    let db = database(newest());
    let place = verified(&db, &format!("{FAST}{MOVE}read = [\"cat\", \"share\"]\ntimeout = \"2s\"\n"));
    let toml = place.read("evenkeel.toml");
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
    with("limit = \"4s\"\n", "limit = [\"./limit\"]\n");
    moving(&place, "echo $1 > share");
    std::fs::copy(place.path("move"), place.path("limit")).unwrap();
    place.write("limit", format!("#!/bin/sh\n{LIMIT}\n"));
    place.write("share", "0\n");
    let share = || place.read("share").trim().to_owned();
    // It is killed: what stands in the journal is unwatched, and is back all the same.
    let mut child = began(&place);
    eventually("the first stage", || share() == "50");
    assert_eq!(place.read("told"), "50 4\n", "the limit comes first");
    child.kill().unwrap();
    child.wait().unwrap();
    eventually("it is back by itself", || share() == "0");
    assert_eq!(status(&place, 1)["state"], "unwatched");
    place.run(&["rollout", "shop", "--back"]).exits(0);
    // As long as it is watched it is told again, and it stays once it is done.
    place.write("told", "");
    let child = began(&place);
    let (code, told) = ended(child);
    assert_eq!((code, share().as_str()), (Some(0), "100"), "{told}");
    std::thread::sleep(Duration::from_millis(4500));
    assert_eq!(share(), "100");
    let lines: Vec<String> = place.read("told").lines().map(str::to_owned).collect();
    assert!(lines.iter().filter(|line| *line == "50 4").count() >= 3 && lines.last().unwrap() == "100 0", "{lines:?}");
}

#[test]
fn a_flag_is_told_for_how_long_its_share_is_good() {
    let db = database(newest());
    let place = verified(&db, FAST);
    let (flag, told) = crate::notify::listening(false);
    add(&place, "[rollout]\nstages = [50, 100]\nwatch = \"10ms\"\nlimit = \"30s\"\n[rollout.webhook]\nurl_env = \"FLAG\"\n");
    place.run_with(&["rollout", "shop"], &[("FLAG", &flag)]).exits(0);
    let said: Vec<Value> = told.lock().unwrap().iter().map(|(_, body)| serde_json::from_slice(body).unwrap()).collect();
    let said: Vec<(i64, Option<i64>)> = said.iter().map(|one| (one["share"].as_i64().unwrap(), one["expires_in_s"].as_i64())).collect();
    assert_eq!((said.first(), said.last()), (Some(&(50, Some(30))), Some(&(100, None))), "{said:?}");
    assert!(said.contains(&(100, Some(30))), "{said:?}");
}
