//! What a throwaway server may take of the machine: it is said, and one that takes more is ended. Neighbour: `rehearse`, which has what else a
//! file does that nobody wants.

use crate::rehearse::{given, rehearsed, texts};
use crate::run::Place;
use evenkeel_testkit::mysql::{self, newest_mariadb, newest_mysql};
use evenkeel_testkit::{Share, database, newest};
use std::os::unix::fs::PermissionsExt;

/// Runs it where its servers have a disk of their own of that many megabytes, which nobody else sees.
fn with_room(place: &Place, megabytes: u32, url: &str) -> crate::run::Ran {
    // Servers run as users who have to pass through.
    let folder = tempfile::Builder::new().prefix("ekroom").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let script = "exec unshare -m sh -c 'mount -t tmpfs -o size=${SIZE}m,mode=711 room \"$EVENKEEL_SCRATCH_DIR\" && exec \"$E\" rehearse release.sql \
                  --for \"$URL\" --only run'";
    let size = megabytes.to_string();
    place.shell(script, &[("EVENKEEL_SCRATCH_DIR", folder.path().to_str().unwrap()), ("SIZE", &size), ("URL", url)])
}

#[test]
fn what_bounds_a_server_is_told_with_what_was_found() {
    let db = database(newest());
    let place = given(&db, "alter table people add a int;");
    let told = rehearsed(&place, &db, &["--only", "run", "--evidence", "evidence.json"], 2);
    let floor = texts(&told["floor"]).join("\n");
    let line = floor.lines().find(|line| line.starts_with("its server was bounded: ")).unwrap_or_else(|| panic!("{floor}"));
    assert!(line.contains(" of memory") && line.contains("room until ") && line.ends_with(" are left"), "{line}");
    place.run(&["evidence", "evidence.json"]).says("its server was bounded: ");
}

/// The disk is filled until the bound and no further, by rows, by a sort and by what no transaction takes back.
#[test]
fn a_release_that_fills_the_disk_is_ended_and_the_bound_is_named() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    if !rustix::process::geteuid().is_root() {
        println!("only root makes a disk of its own");
        return;
    }
    let ended = |ran: crate::run::Ran, name: &str| {
        let ran = ran.exits(2).says(&format!("{name} ")).says("was ended, because it took the room that is left to others");
        ran.says(" are left where its files are, /tmp/ekroom").says("EVENKEEL_SCRATCH_DIR=/a/larger/place").says("MiB were");
    };
    let db = database(newest());
    let place = given(&db, "create table big as select g, repeat('x', 1000) from generate_series(1, 3000000) g;");
    ended(with_room(&place, 600, &db.url()), "PostgreSQL");
    for flavor in Share::of(2).take(vec![newest_mysql(), newest_mariadb()]) {
        let db = mysql::database(flavor);
        db.exec("create table people (id int primary key auto_increment, name varchar(1000)) ");
        let doubled = "insert into people (name) select name from people;\n".repeat(20);
        place.write("release.sql", format!("insert into people (name) values (repeat('x', 1000));\n{doubled}"));
        ended(with_room(&place, 700, &db.url()), if flavor == newest_mysql() { "MySQL" } else { "MariaDB" });
    }
}
