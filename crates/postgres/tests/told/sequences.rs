//! Where sequences stand: told where inserts fail, with what sets them right, and nothing is claimed where it cannot be known.

use super::{capture, compared, lines};
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::majors;

const TABLES: &str = "create table behind (id serial primary key); insert into behind select g from generate_series(1, 200) g; select setval('behind_id_seq', 3);
    create table fresh (id int primary key generated always as identity); insert into fresh overriding system value select g from generate_series(1, 9) g;
    create table right_one (id serial primary key); insert into right_one select from generate_series(1, 200) g;
    create table unseen (id serial primary key); insert into unseen select g from generate_series(1, 9) g;
    create table turning (id int primary key); create sequence turning_s increment -1 owned by turning.id; insert into turning values (5), (7);
    create table free (id int primary key); create sequence free_s; insert into free values (5), (7);
    create table ending (id smallserial); select setval('ending_id_seq', 32000);
    create table round (id int); create sequence round_s maxvalue 10 cycle owned by round.id; select setval('round_s', 10);";

#[test]
fn sequences_behind_their_columns_are_told() {
    for major in majors() {
        let db = evenkeel_testkit::database(major);
        db.exec(TABLES);
        for table in ["behind", "fresh", "right_one", "turning", "free", "ending", "round"] {
            db.exec(&format!("analyze {table}"));
        }
        let told = || {
            let manifest = capture(&db.conninfo(), &[Dimension::Data]);
            let told = lines(&compared(&manifest, &manifest));
            told.into_iter().filter(|line| line.contains(" sequence_")).collect::<Vec<_>>()
        };
        let before = told();
        let tables: Vec<&str> = before.iter().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(tables, ["public.behind", "public.ending", "public.fresh"], "on {major}: {before:?}");
        // What is proposed ends it.
        for line in &before {
            if let Some((_, fix)) = line.split_once('[') {
                db.exec(fix.trim_end_matches(']'));
            }
        }
        assert_eq!(told().len(), 1, "on {major}: {:?}", told());
    }
}
