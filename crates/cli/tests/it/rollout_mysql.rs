//! `evenkeel rollout` of a MySQL or MariaDB release: traffic by a HAProxy in TCP mode before two servers. Neighbour: `rollout`.

use crate::deploy_mysql::{EMAIL, given};
use crate::rollout::{Haproxy, began, ended, program, status};
use crate::stage_gate::add;
use evenkeel_testkit::Share;
use evenkeel_testkit::mysql::{flavors, newest_mariadb, newest_mysql, server};
use evenkeel_testkit::process::eventually;
use std::io::Read;
use std::net::TcpStream;

/// A server says its version to whoever connects.
fn met(haproxy: &Haproxy, version: &str) -> usize {
    let one = |_: &usize| {
        let mut greeting = [0; 64];
        let count = TcpStream::connect(("127.0.0.1", haproxy.port)).unwrap().read(&mut greeting).unwrap();
        let said = String::from_utf8_lossy(&greeting[..count]).into_owned();
        assert!(count > 0, "nobody says anything");
        said.contains(version)
    };
    (0..100).filter(one).count()
}

#[test]
fn traffic_moves_before_mysql_and_mariadb_too() {
    let (Some(program), Some(oldest)) = (program(), flavors().first().copied()) else { return };
    // One of them a day, or both.
    for flavor in Share::of(2).take(vec![newest_mariadb(), newest_mysql()]) {
        let db = evenkeel_testkit::mysql::database(flavor);
        println!("on {}", db.server.display());
        let (old, version) = (server(oldest).unwrap(), db.server.flavor.version.to_string());
        let haproxy = Haproxy::before(&program, &[&old, &db.server].map(|server| format!("unix@{}", server.socket.display())));
        let place = given(&db, &[EMAIL], "staging");
        place.run(&["rehearse", "--for", "shop"]).exits(2);
        place.run(&["deploy", "shop"]).exits(0);
        place.run(&["verify", "shop"]).exits(0);
        // How far replicas are behind the source does not say, and the server is others' too.
        add(&place, "[breakers]\ninterval = \"150ms\"\ntransactions = 0\nlag = false\nerrors = 100\nconnections = 100\n");
        add(&place, &haproxy.lines().replace("[5, 25, 50, 100]", "[5, 100]").replace("100ms", "60s"));
        assert_eq!(met(&haproxy, &version), 0);
        let child = began(&place);
        eventually("the first stage", || haproxy.weights() == [19, 1]);
        let count = met(&haproxy, &version);
        assert!((1..=10).contains(&count), "{count} of 100 met {version}");
        place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0);
        let (code, told) = ended(child);
        assert!(code == Some(1) && told["outcome"] == "back" && told.to_string().contains("orders are lost"), "{told}");
        assert_eq!((haproxy.weights(), met(&haproxy, &version)), ([100, 0], 0));
        place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
        place.write("evenkeel.toml", place.read("evenkeel.toml").replace("60s", "10ms"));
        place.run(&["rollout", "shop"]).exits(0);
        assert_eq!((met(&haproxy, &version), &status(&place, 0)["state"]), (100, &"VERIFIED".into()));
    }
}
