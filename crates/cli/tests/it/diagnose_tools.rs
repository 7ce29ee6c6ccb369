//! Every error that `evenkeel diagnose` knows of migration tools, provoked with the real tool where it can be had from a registry.
//! Neighbours: `real_tools`, whose files and commands these are; `diagnose_provoked`, which provokes those of servers.
//! It has over 500 lines because it is one list of data.

use crate::history::crc32;
use crate::real_tools::code::CODE;
use crate::real_tools::tools::{LANGUAGES, PARTS, TABLES};
use crate::real_tools::{TOOLS, filled, is_there, port_of};
use crate::run::Place;
use evenkeel_core::diagnose::diagnose;
use evenkeel_testkit::{TestDb, database, newest};

/// Why one is not provoked here.
pub const NOT_HERE: &[(&str, &str)] = &[
    ("flyway-checksum-mismatch", NO_REGISTRY),
    ("flyway-description-mismatch", NO_REGISTRY),
    ("flyway-failed-migration", NO_REGISTRY),
    ("flyway-applied-not-resolved", NO_REGISTRY),
    ("flyway-not-applied", NO_REGISTRY),
    ("flyway-no-history-table", NO_REGISTRY),
    ("flyway-duplicate-version", NO_REGISTRY),
    ("flyway-lock-wait", NO_REGISTRY),
    ("flyway-migration-failed", NO_REGISTRY),
    ("flyway-validate-failed", NO_REGISTRY),
    ("flyway-connection", NO_REGISTRY),
    ("golang-migrate-dirty", NO_REGISTRY),
    ("golang-migrate-no-file", NO_REGISTRY),
    ("golang-migrate-lock", NO_REGISTRY),
    ("golang-migrate-failed", NO_REGISTRY),
    ("golang-migrate-duplicate", NO_REGISTRY),
    ("goose-missing", NO_REGISTRY),
    ("goose-migration-failed", NO_REGISTRY),
    ("goose-parse", NO_REGISTRY),
    ("goose-no-version", NO_REGISTRY),
    ("goose-duplicate-version", NO_REGISTRY),
    ("prisma-failed-migrations", NO_REGISTRY),
    ("prisma-migration-failed", NO_REGISTRY),
    ("prisma-schema-not-empty", NO_REGISTRY),
    ("prisma-shadow-failed", NO_REGISTRY),
    ("prisma-shadow-rights", NO_REGISTRY),
    ("prisma-drift", NO_REGISTRY),
    ("prisma-advisory-lock", NO_REGISTRY),
    ("prisma-file-missing", NO_REGISTRY),
    ("prisma-object-missing", NO_REGISTRY),
    ("sqlx-version-missing", TOO_LONG),
    ("sqlx-version-mismatch", TOO_LONG),
    ("sqlx-dirty", TOO_LONG),
    ("sqlx-version-order", TOO_LONG),
    ("sqlx-offline", TOO_LONG),
    ("sqlx-migration-failed", TOO_LONG),
    ("refinery-divergent", TOO_LONG),
    ("refinery-missing", TOO_LONG),
    ("refinery-repeated", TOO_LONG),
    ("diesel-unknown-version", TOO_LONG),
    ("diesel-migration-failed", TOO_LONG),
    ("umzug-migration-failed", "sequelize-cli brings umzug 2; this is what umzug 3 prints"),
    ("umzug-not-found", "sequelize-cli brings umzug 2; this is what umzug 3 prints"),
    ("rails-unsafe", "strong_migrations is in no package of the distribution"),
];
const NO_REGISTRY: &str = "the tool comes from no registry";
const TOO_LONG: &str = "the tool takes minutes to build";

/// An error, the statements that come before it, and the command that makes the tool print it.
struct Case {
    id: &'static str,
    tool: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// What the command begins with, and does well.
    before: &'static str,
    sql: &'static str,
    command: &'static str,
}

const DBMATE: &str = "/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin/dbmate";
const ONE: &str = "-- migrate:up\n{1}-- migrate:down\ndrop table orders;\n";
const UP: &str = "$D --url \"$URL?sslmode=disable\" -d m --no-dump-schema up";
const KNEX: &str = "ln -sfn $TOOLS/node_modules node_modules; node_modules/.bin/knex migrate:latest";
const KNEXFILE: (&str, &str) =
    ("knexfile.js", "module.exports = {client: 'pg', connection: process.env.URL, migrations: {directory: './m'}};");
const TYPEORM: &str = "ln -sfn $TOOLS/node_modules node_modules; node_modules/.bin/typeorm migration:run -d ds.js";
const DATA_SOURCE: (&str, &str) = (
    "ds.js",
    "const {DataSource} = require('typeorm'); module.exports.default = new DataSource({type: 'postgres', url: process.env.URL, migrations: ['m/*.js']});",
);
const PG_MIGRATE: &str = "DATABASE_URL=$URL $TOOLS/node_modules/.bin/node-pg-migrate up -m m";
/// A script that stands for the program, with all that it is told each time.
const L: &str = "exec java -cp \"$TOOLS/node_modules/liquibase/dist/liquibase/internal/lib/*\" \
    liquibase.integration.commandline.LiquibaseCommandLine --url=jdbc:postgresql://127.0.0.1:$PORT/$DB --username=postgres \
    --password=x --search-path=m \"$@\"";
const LIQUIBASE: &str = "sh l --changelog-file=a.sql update";
const CHANGES: (&str, &str) = ("m/a.sql", "--liquibase formatted sql\n--changeset ann:1\n{1}");
const ALEMBIC: &str = "$TOOLS/python/bin/alembic upgrade b1";
const DJANGO: &str = "$TOOLS/python/bin/python manage.py migrate";

const CASES: &[Case] = &[
    Case {
        id: "dbmate-file-missing",
        tool: "dbmate",
        files: &[("m/1_a.sql", ONE)],
        before: UP,
        sql: "",
        command: "$D --url \"$URL?sslmode=disable\" -d other --no-dump-schema up",
    },
    Case {
        id: "dbmate-out-of-order",
        tool: "dbmate",
        files: &[("m/2_b.sql", ONE)],
        before: UP,
        sql: "",
        command: "cp m/2_b.sql m/1_a.sql; $D --url \"$URL?sslmode=disable\" -d m --no-dump-schema up --strict",
    },
    Case {
        id: "dbmate-nothing-to-roll-back",
        tool: "dbmate",
        files: &[("m/1_a.sql", ONE)],
        before: "true",
        sql: "",
        command: "$D --url \"$URL?sslmode=disable\" -d m --no-dump-schema rollback",
    },
    Case { id: "dbmate-file-form", tool: "dbmate", files: &[("m/1_a.sql", "select 1;\n")], before: "true", sql: "", command: UP },
    Case {
        id: "dbmate-connection",
        tool: "dbmate",
        files: &[("m/1_a.sql", ONE)],
        before: "true",
        sql: "",
        command: "$D --url 'postgres://a@127.0.0.1:1/x?sslmode=disable' -d m migrate",
    },
    Case {
        id: "knex-locked",
        tool: "Knex",
        files: &[KNEXFILE, ("m/1_a.js", "exports.up = k => k.raw('select 1'); exports.down = k => k;")],
        before: KNEX,
        sql: "update knex_migrations_lock set is_locked = 1",
        command: "cp m/1_a.js m/2_b.js; node_modules/.bin/knex migrate:latest",
    },
    Case {
        id: "knex-corrupt",
        tool: "Knex",
        files: &[KNEXFILE, ("m/1_a.js", "exports.up = k => k.raw('select 1'); exports.down = k => k;")],
        before: KNEX,
        sql: "",
        command: "mv m/1_a.js m/2_b.js; node_modules/.bin/knex migrate:latest",
    },
    Case {
        id: "knex-migration-failed",
        tool: "Knex",
        files: &[KNEXFILE, ("m/1_a.js", "exports.up = k => k.raw('selec 1'); exports.down = k => k;")],
        before: "true",
        sql: "",
        command: KNEX,
    },
    Case {
        id: "typeorm-migration-failed",
        tool: "TypeORM",
        files: &[
            DATA_SOURCE,
            (
                "m/1767225600000-One.js",
                "class One1767225600000 { async up(q) { await q.query('selec 1'); } async down() {} } module.exports = {One1767225600000};",
            ),
        ],
        before: "true",
        sql: "",
        command: TYPEORM,
    },
    Case {
        id: "typeorm-unknown-migration",
        tool: "TypeORM",
        files: &[
            DATA_SOURCE,
            (
                "m/1767225600000-One.js",
                "class One1767225600000 { async up(q) { await q.query('select 1'); } async down() {} } module.exports = {One1767225600000};",
            ),
        ],
        before: TYPEORM,
        sql: "",
        command: "rm m/*; node_modules/.bin/typeorm migration:revert -d ds.js",
    },
    Case {
        id: "typeorm-transaction-mode",
        tool: "TypeORM",
        files: &[
            DATA_SOURCE,
            (
                "m/1767225600000-One.js",
                "class One1767225600000 { transaction = false; async up(q) { await q.query('select 1'); } async down() {} } module.exports = {One1767225600000};",
            ),
        ],
        before: "true",
        sql: "",
        command: "ln -sfn $TOOLS/node_modules node_modules; node_modules/.bin/typeorm migration:run -d ds.js -t all",
    },
    Case {
        id: "node-pg-migrate-locked",
        tool: "node-pg-migrate",
        files: &[("m/1767225600000_one.sql", "-- Up Migration\n{1}")],
        before: "true",
        sql: "select pg_advisory_lock(7241865325823964)",
        command: PG_MIGRATE,
    },
    Case {
        id: "node-pg-migrate-order",
        tool: "node-pg-migrate",
        files: &[("m/1767225600001_one.sql", "-- Up Migration\n{1}")],
        before: PG_MIGRATE,
        sql: "",
        command: "cp m/1767225600001_one.sql m/1767225600000_two.sql; DATABASE_URL=$URL $TOOLS/node_modules/.bin/node-pg-migrate up -m m",
    },
    Case {
        id: "liquibase-checksum",
        tool: "Liquibase",
        files: &[CHANGES],
        before: LIQUIBASE,
        sql: "",
        command: "sed -i 's/note text/note text, more int/' m/a.sql; sh l --changelog-file=a.sql update",
    },
    Case {
        id: "liquibase-validation-failed",
        tool: "Liquibase",
        files: &[("m/a.sql", "--liquibase formatted sql\n--changeset ann:1\nselect 1;\n--changeset ann:1\nselect 2;\n")],
        before: "true",
        sql: "",
        command: LIQUIBASE,
    },
    Case {
        id: "liquibase-lock-wait",
        tool: "Liquibase",
        files: &[CHANGES],
        before: LIQUIBASE,
        sql: "update databasechangeloglock set locked = true, lockgranted = now(), lockedby = 'build-7'",
        command: "printf -- '--changeset ann:2\\nselect 1;' >> m/a.sql; sh l --changelog-file=a.sql --changelog-lock-wait-time-in-minutes=0 update",
    },
    Case {
        id: "liquibase-duplicate-ids",
        tool: "Liquibase",
        files: &[("m/a.sql", "--liquibase formatted sql\n--changeset ann:1\nselect 1;\n--changeset ann:1\nselect 2;\n")],
        before: "true",
        sql: "",
        command: LIQUIBASE,
    },
    Case {
        id: "liquibase-preconditions",
        tool: "Liquibase",
        files: &[(
            "m/a.yaml",
            "databaseChangeLog:\n- preConditions: [{sqlCheck: {expectedResult: 1, sql: select 0}}]\n- changeSet: {id: 1, author: ann, changes: [{sql: {sql: select 1}}]}\n",
        )],
        before: "true",
        sql: "",
        command: "sh l --changelog-file=a.yaml update",
    },
    Case {
        id: "liquibase-changeset-failed",
        tool: "Liquibase",
        files: &[("m/a.sql", "--liquibase formatted sql\n--changeset ann:1\nselec 1;\n")],
        before: "true",
        sql: "",
        command: LIQUIBASE,
    },
    Case { id: "liquibase-file-not-found", tool: "Liquibase", files: &[("m/b.sql", "")], before: "true", sql: "", command: LIQUIBASE },
    Case {
        id: "alembic-multiple-heads",
        tool: "Alembic",
        files: &[],
        before: ALEMBIC,
        sql: "",
        command: "$TOOLS/python/bin/alembic upgrade head",
    },
    Case {
        id: "alembic-unknown-revision",
        tool: "Alembic",
        files: &[],
        before: ALEMBIC,
        sql: "update alembic_version set version_num = 'deadbeef1234'",
        command: "$TOOLS/python/bin/alembic upgrade b1",
    },
    Case {
        id: "alembic-not-up-to-date",
        tool: "Alembic",
        files: &[],
        before: "$TOOLS/python/bin/alembic upgrade a0",
        sql: "",
        command: "$TOOLS/python/bin/alembic check",
    },
    Case {
        id: "alembic-overlap",
        tool: "Alembic",
        files: &[],
        before: ALEMBIC,
        sql: "insert into alembic_version values ('a0')",
        command: "$TOOLS/python/bin/alembic upgrade heads",
    },
    Case {
        id: "django-inconsistent-history",
        tool: "Django",
        files: &[],
        before: DJANGO,
        sql: "delete from django_migrations where app = 'shop' and name = '0001_initial'",
        command: DJANGO,
    },
    Case {
        id: "django-node-not-found",
        tool: "Django",
        files: &[(
            "shop/migrations/0003_more.py",
            "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0002_gone')]\n    operations = []\n",
        )],
        before: "true",
        sql: "",
        command: DJANGO,
    },
    Case {
        id: "django-conflict",
        tool: "Django",
        files: &[(
            "shop/migrations/0002_more.py",
            "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = []\n",
        )],
        before: "true",
        sql: "",
        command: DJANGO,
    },
    Case {
        id: "django-unapplied",
        tool: "Django",
        files: &[],
        before: "true",
        sql: "",
        command: "echo DEBUG = True >> settings.py; PYTHONUNBUFFERED=1 timeout 20 $TOOLS/python/bin/python manage.py runserver --noreload 127.0.0.1:0 2>&1 | sed '/unapplied/q'",
    },
    Case {
        id: "django-irreversible",
        tool: "Django",
        files: &[(
            "shop/migrations/0003_more.py",
            "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0002_total')]\n    operations = [migrations.RunSQL('select 1')]\n",
        )],
        before: DJANGO,
        sql: "",
        command: "$TOOLS/python/bin/python manage.py migrate shop zero",
    },
    Case { id: "rails-pending", tool: "Rails", files: &[PENDING], before: "true", sql: "", command: "ruby pending.rb" },
    Case { id: "rails-concurrent", tool: "Rails", files: &[], before: "true", sql: "{rails lock}", command: "ruby run.rb" },
    Case {
        id: "rails-duplicate-version",
        tool: "Rails",
        files: &[("m/20260101000000_again.rb", "class Again < ActiveRecord::Migration[6.1]\nend\n")],
        before: "true",
        sql: "",
        command: "ruby run.rb",
    },
    Case {
        id: "rails-unknown-version",
        tool: "Rails",
        files: &[],
        before: "true",
        sql: "",
        command: "sed 's/).migrate/).run(:up, 20261101120000)/' run.rb > other.rb; ruby other.rb",
    },
    Case {
        id: "rails-irreversible",
        tool: "Rails",
        files: &[(
            "m/20260103000000_gone.rb",
            "class Gone < ActiveRecord::Migration[6.1]\n  def change\n    remove_column :orders, :note\n  end\nend\n",
        )],
        before: "ruby run.rb",
        sql: "",
        command: "sed 's/).migrate/).rollback/' run.rb > other.rb; ruby other.rb",
    },
    Case {
        id: "rails-protected-environment",
        tool: "Rails",
        files: &[PROTECTED],
        before: "ruby run.rb",
        sql: "update ar_internal_metadata set value = 'production' where key = 'environment'",
        command: "RAILS_ENV=production ruby protected.rb",
    },
    Case {
        id: "rails-environment-mismatch",
        tool: "Rails",
        files: &[PROTECTED],
        before: "ruby run.rb",
        sql: "delete from ar_internal_metadata",
        command: "RAILS_ENV=production ruby protected.rb",
    },
    Case {
        id: "rails-migration-failed",
        tool: "Rails",
        files: &[(
            "m/20260103000000_bad.rb",
            "class Bad < ActiveRecord::Migration[6.1]\n  def change\n    execute 'selec 1'\n  end\nend\n",
        )],
        before: "true",
        sql: "",
        command: "ruby run.rb",
    },
];

const PENDING: (&str, &str) = (
    "pending.rb",
    "require 'active_record'\nActiveRecord::Base.establish_connection(ENV['URL'].sub('postgres:', 'postgresql:'))\nActiveRecord::Migrator.migrations_paths = ['m']\nActiveRecord::Migration.check_pending!\n",
);
const PROTECTED: (&str, &str) = (
    "protected.rb",
    "require 'active_record'\nrequire 'active_record/tasks/database_tasks'\nActiveRecord::Base.configurations = {'production' => {'url' => ENV['URL'].sub('postgres:', 'postgresql:')}}\nActiveRecord::Migrator.migrations_paths = ['m']\nActiveRecord::Base.establish_connection(:production)\nActiveRecord::Tasks::DatabaseTasks.env = 'production'\nActiveRecord::Tasks::DatabaseTasks.check_protected_environments!\n",
);

pub fn provoked() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|case| case.id)
}

fn needs(tool: &str) -> (&'static [&'static str], bool) {
    match tool {
        "dbmate" => (&[DBMATE], false),
        "node-pg-migrate" => (&["/opt/evenkeel/tools/node_modules/.bin/node-pg-migrate", "/usr/bin/node"], false),
        "Liquibase" => {
            (&["/opt/evenkeel/tools/node_modules/liquibase/dist/liquibase/internal/lib/liquibase-core.jar", "/usr/bin/java"], true)
        }
        other => {
            let tool = CODE.iter().find(|tool| tool.name == other).unwrap();
            (tool.needs, tool.is_heavy)
        }
    }
}

/// What the tool prints; what was wrong with the way there.
fn printed(case: &Case) -> Result<String, String> {
    let (db, place) = (database(newest()), Place::new());
    let language = LANGUAGES.iter().find(|language| language.name == case.tool).map(|language| language.files);
    let rails = CODE.iter().find(|tool| tool.name == case.tool && tool.name == "Rails").map(|tool| tool.files);
    let files = language.or(rails).unwrap_or_default().iter().chain(case.files);
    files.for_each(|(path, text)| _ = place.write(path, filled(text, &PARTS, "select 1").replace("{1}", TABLES[0])));
    place.write("l", L);
    let url = format!("postgres://postgres@127.0.0.1:{}/{}", port_of(&db), db.name);
    let port = url.rsplit_once('/').unwrap().0.rsplit_once(':').unwrap().1.to_owned();
    let variables = [("URL", url.as_str()), ("PORT", &port), ("DB", &db.name), ("TOOLS", TOOLS), ("D", DBMATE)];
    let before = place.shell(case.before, &variables);
    if before.code != Some(0) {
        return Err(format!("before: {}{}", before.stdout, before.stderr));
    }
    prepare(case, &db);
    let ran = place.shell(case.command, &variables);
    Ok(format!("{}\n{}", ran.stdout, ran.stderr))
}

fn prepare(case: &Case, db: &TestDb) {
    match case.sql {
        "" => {}
        // As a session that migrates holds it.
        "{rails lock}" => {
            let sum = i64::from(crc32(db.name.as_bytes()));
            db.exec(&format!("select pg_advisory_lock({})", 2_053_462_845_i64 * sum));
        }
        sql => db.exec(sql),
    }
}

fn all_of(tools: &[&str]) {
    let mut wrong = Vec::new();
    for case in CASES.iter().filter(|case| tools.contains(&case.tool)) {
        let (needs, is_heavy) = needs(case.tool);
        if !is_there(case.tool, needs, is_heavy) {
            continue;
        }
        match printed(case) {
            Ok(printed) if diagnose(&printed).iter().any(|met| met.signature.id == case.id) => {}
            Ok(printed) => wrong.push(format!(
                "{}: {:?}: {printed}",
                case.id,
                diagnose(&printed).iter().map(|met| met.signature.id).collect::<Vec<_>>()
            )),
            Err(why) => wrong.push(format!("{}: {why}", case.id)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn errors_of_dbmate_and_node_pg_migrate_are_provoked_and_known() {
    all_of(&["dbmate", "node-pg-migrate"]);
}

#[test]
fn errors_of_tools_in_python_are_provoked_and_known() {
    all_of(&["Alembic", "Django"]);
}

#[test]
fn errors_of_knex_and_typeorm_are_provoked_and_known() {
    all_of(&["Knex", "TypeORM"]);
}

#[test]
fn errors_of_rails_are_provoked_and_known() {
    all_of(&["Rails"]);
}

#[test]
fn errors_of_liquibase_are_provoked_and_known() {
    all_of(&["Liquibase"]);
}
