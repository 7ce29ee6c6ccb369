//! `evenkeel history ENV --repair`, and what a tool says that is asked what it would still run: what counts, and what is only told. The
//! tools themselves are asked in `real_tools`; here a script speaks in dbmate's words.

use crate::run::{Place, Ran};
use evenkeel_testkit::{TestDb, database, newest};

/// Something is there and not recorded, so that there is a repair.
fn begun() -> (TestDb, Place) {
    let (db, place) = (database(newest()), Place::new());
    place.write("m/20260101000000_one.sql", "-- migrate:up\ncreate table one (a int);\n-- migrate:down\n");
    place.write("m/20260102000000_two.sql", "-- migrate:up\ncreate table two (a int);\n-- migrate:down\n");
    db.exec("create table one (a int); create table two (a int); create table schema_migrations (version varchar primary key)");
    db.exec("insert into schema_migrations values ('20260101000000')");
    (db, place)
}

fn asked(place: &Place, db: &TestDb, script: &str, code: i32) -> Ran {
    place.write("say.sh", script);
    place.write("evenkeel.toml", "[project]\nmigrations = \"m\"\nstatus = \"bash say.sh {port} {database} {folder} {none}\"\n");
    place.run(&["history", &db.url(), "--repair"]).exits(code)
}

/// What makes a connection, and is there until it is let in, as a tool is.
const KNOCK: &str = "exec 3<>/dev/tcp/$PGHOST/$PGPORT; sleep 0.3\n";

#[test]
fn what_the_tool_says_counts_only_where_it_was_there_and_is_understood() {
    let (db, place) = begun();
    let done = "echo '[X] 20260101000000_one.sql'; echo '[X] 20260102000000_two.sql'; echo 'Pending: 0'\n";
    // It has what the command and the environment tell it, and nothing that leads to the target.
    let folder = std::fs::canonicalize(place.path("m")).unwrap();
    let told = format!(
        "{KNOCK}[ $1 = $PGPORT ] && [ $2 = $PGDATABASE ] && [ $3 -ef '{}' ] && [ $4 = '{{none}}' ] && [ -z \"$PGPASSWORD$PGSERVICE\" ] || exit 9\n\
         [ $DATABASE_URL = postgresql://postgres@127.0.0.1:$1/$2 ] || exit 8\n{done}",
        folder.display()
    );
    let ran = asked(&place, &db, &told, 0)
        .says("dbmate itself, asked there, has nothing to run (`bash say.sh {port} {database} {folder} {none}`)");
    assert!(ran.stdout.starts_with("-- proven"), "{}", ran.stdout);
    // It would run what evenkeel calls applied.
    let pending = format!("{KNOCK}echo '[X] 20260101000000_one.sql'; echo '[ ] 20260102000000_two.sql'; echo 'Pending: 1'\n");
    let ran = asked(&place, &db, &pending, 1).says("dbmate itself would still run 20260102000000_two.sql");
    assert!(!ran.stdout.starts_with("-- proven"), "{}", ran.stdout);
    // It sees nothing of the record.
    let none = format!("{KNOCK}echo '[ ] 20260101000000_one.sql'; echo '[ ] 20260102000000_two.sql'; echo 'Pending: 2'\n");
    asked(&place, &db, &none, 1).says("it may look for its table elsewhere than at public.schema_migrations");
    // It was somewhere else: what it says is not of that server, whatever it is.
    asked(&place, &db, done, 0).says("dbmate itself was not asked").says("did not connect to the throwaway server");
    asked(&place, &db, "echo no such host >&2; exit 3\n", 0).says("before it connected to the throwaway server: no such host");
    // Words that nobody knows are no answer, and so is an end that is no good one.
    let strange = format!("{KNOCK}echo 'All is well.'\n");
    asked(&place, &db, &strange, 0).says("was not understood (exit status: 0): All is well.");
    asked(&place, &db, &format!("{KNOCK}{done}exit 1\n"), 0).says("was not understood (exit status: 1)");
    // A password is not shown.
    let secret = format!("{KNOCK}echo 'cannot reach postgres://app:hunter2@db/shop' >&2; exit 1\n");
    let ran = asked(&place, &db, &secret, 0).says("cannot reach postgres://");
    assert!(!ran.stdout.contains("hunter2"), "{}", ran.stdout);
    // Where there is no such program.
    place.write("evenkeel.toml", "[project]\nmigrations = \"m\"\nstatus = \"no-such-program status\"\n");
    place.run(&["history", &db.url(), "--repair"]).exits(0).says("no-such-program cannot be started");
    // The configured folder is the one that is named, too.
    place.run(&["history", &db.url(), "--migrations", "./m", "--repair"]).exits(0).says("no-such-program cannot be started");
}
