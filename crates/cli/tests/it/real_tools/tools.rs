//! The tools that are played: their files, their commands, the tables they record in. `../real_tools` plays them; those whose migrations are
//! code stand in `code`.

/// A tool as a user has it: three migrations, the commands, and the table it records in. `$URL` is the database, `$PORT` and `$DB` are its parts.
pub struct Tool {
    pub name: &'static str,
    /// What has to be there to run it.
    pub needs: &'static [&'static str],
    pub is_heavy: bool,
    /// The folder that evenkeel is told.
    pub folder: &'static str,
    pub files: &'static [(&'static str, &'static str)],
    /// The file of the first, and of the third migration, which is put in place later.
    pub first: &'static str,
    pub third: &'static [(&'static str, &'static str)],
    pub apply: &'static str,
    /// Gives its lock back, where it is one that outlives who took it (on PostgreSQL none does: what ends it takes it back).
    pub unlock: &'static str,
    pub table: &'static str,
    /// Rows of the second, and of the third one.
    pub second_row: &'static str,
    pub third_row: &'static str,
    /// What it keeps in place of rows: where it stands after each.
    pub points: Option<[&'static str; 3]>,
    /// Writes down that the third one ran, without running it.
    pub stamp: &'static str,
    /// An edit of a text changes a sum that the tool keeps.
    pub has_sums: bool,
    pub order: Order,
    /// Where its program is, of one that evenkeel asks what it would still run.
    pub on_path: Option<&'static str>,
    /// The command by which it tells what it would run, as a person names it; nothing where there is none, or this is no whole project.
    pub status: &'static str,
    /// Prints one as SQL, where they are code.
    pub render: &'static str,
    /// Of the first file, what becomes another text of the same meaning, and of another.
    pub remark: (&'static str, &'static str),
    pub meaning: (&'static str, &'static str),
    /// What is said of one whose run was killed in the middle, on PostgreSQL.
    pub killed: &'static str,
}

impl Tool {
    /// What has evenkeel print files that are code.
    pub fn printing(&self) -> Vec<&'static str> {
        if self.render.is_empty() { Vec::new() } else { vec!["--render", self.render] }
    }
}

/// What a tool does about one that was left out while a later one ran.
pub enum Order {
    /// It runs it.
    Fills,
    /// It leaves it out for good.
    Left,
    /// Its record has no such thing, but there are branches: a file that begins one.
    Branch(&'static str, &'static str),
    /// It runs nothing; what evenkeel says then.
    Refused(&'static [&'static str]),
}

/// What is usual where migrations are SQL.
pub const SQL: Tool = Tool {
    name: "",
    needs: &[],
    is_heavy: false,
    folder: "m",
    files: &[],
    first: "",
    third: &[],
    apply: "",
    unlock: "",
    table: "",
    second_row: "",
    third_row: "",
    points: None,
    status: "",
    stamp: "",
    has_sums: false,
    order: Order::Fills,
    on_path: None,
    render: "",
    remark: ("create table", "-- a remark\ncreate table"),
    meaning: ("note text", "note text, extra int"),
    killed: "pending",
};

pub const TABLES: [&str; 2] = [
    "create table orders(id bigint primary key, note text);\n",
    "create index o_note on orders(note);\ncreate function twice(x int) returns int language sql as 'select 2 * x -- doubled';\n",
];

/// The statements of the second and of the third, one by one.
pub const PARTS: [[&str; 2]; 2] = [
    ["create index o_note on orders(note)", "create function twice(x int) returns int language sql as 'select 2 * x -- doubled'"],
    ["create table three (a int)", "create table four (a int)"],
];

pub const ALL: &[Tool] = &[
    Tool {
        name: "dbmate",
        needs: &["/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin/dbmate"],
        files: &[
            ("m/20260101000000_one.sql", "-- migrate:up\n{1}-- migrate:down\ndrop table orders;\n"),
            ("m/20260102000000_two.sql", "-- migrate:up\n{2}-- migrate:down\ndrop index o_note;\n"),
        ],
        first: "m/20260101000000_one.sql",
        third: &[("m/20260103000000_three.sql", "-- migrate:up\n{3}-- migrate:down\n")],
        apply: "$TOOLS/node_modules/@dbmate/linux-x64/bin/dbmate --url \"$URL?sslmode=disable\" -d m --no-dump-schema up",
        table: "schema_migrations",
        second_row: "version = '20260102000000'",
        third_row: "version = '20260103000000'",
        stamp: "insert into schema_migrations values ('20260103000000')",
        on_path: Some("/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin"),
        status: "/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin/dbmate -d m --no-dump-schema status",
        ..SQL
    },
    Tool {
        name: "node-pg-migrate",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/node-pg-migrate", "/usr/bin/node"],
        files: &[
            ("m/1767225600000_one.sql", "-- Up Migration\n{1}-- Down Migration\ndrop table orders;\n"),
            ("m/1767225600001_two.sql", "-- Up Migration\n{2}-- Down Migration\ndrop index o_note;\n"),
        ],
        first: "m/1767225600000_one.sql",
        third: &[("m/1767225600002_three.sql", "-- Up Migration\n{3}")],
        apply: "DATABASE_URL=$URL $TOOLS/node_modules/.bin/node-pg-migrate up -m m --no-check-order",
        table: "pgmigrations",
        second_row: "name = '1767225600001_two'",
        third_row: "name = '1767225600002_three'",
        stamp: "insert into pgmigrations (name, run_on) values ('1767225600002_three', now())",
        on_path: Some("/opt/evenkeel/tools/node_modules/.bin"),
        status: "/opt/evenkeel/tools/node_modules/.bin/node-pg-migrate up -m m --no-check-order --dry-run",
        ..SQL
    },
    Tool {
        name: "yoyo",
        needs: &["/opt/evenkeel/tools/python/bin/yoyo"],
        files: &[
            ("m/one.sql", "{1}"),
            ("m/one.rollback.sql", "drop table orders;\n"),
            ("m/another.sql", "-- depends: one\n{2}"),
        ],
        first: "m/one.sql",
        third: &[("m/third.sql", "-- depends: one\n{3}")],
        apply: "$TOOLS/python/bin/yoyo apply --batch --no-config-file -d \"$(echo $URL | sed 's/^postgres:/postgresql:/')\" m",
        table: "_yoyo_migration",
        second_row: "migration_id = 'another'",
        third_row: "migration_id = 'third'",
        stamp: "insert into _yoyo_migration values ('x', 'third', now())",
        ..SQL
    },
    Tool {
        name: "Sqitch",
        needs: &["/usr/bin/sqitch"],
        files: &[
            ("m/sqitch.conf", "[core]\n\tengine = pg\n"),
            (
                "m/sqitch.plan",
                "%syntax-version=1.0.0\n%project=shop\n\none 2026-01-01T00:00:00Z Ann <a@example.org> # first\ntwo [one] 2026-01-02T00:00:00Z Ann <a@example.org> # second\n",
            ),
            ("m/deploy/one.sql", "BEGIN;\n{1}COMMIT;\n"),
            ("m/deploy/two.sql", "BEGIN;\n\\ir ../common/two.sql\nCOMMIT;\n"),
            ("m/common/two.sql", "{2}"),
            ("m/revert/one.sql", "DROP TABLE orders;\n"),
        ],
        first: "m/deploy/one.sql",
        third: &[
            (
                "m/sqitch.plan",
                "%syntax-version=1.0.0\n%project=shop\n\none 2026-01-01T00:00:00Z Ann <a@example.org> # first\ntwo [one] 2026-01-02T00:00:00Z Ann <a@example.org> # second\nthree 2026-01-03T00:00:00Z Ann <a@example.org> # third\n",
            ),
            ("m/deploy/three.sql", "{3}"),
        ],
        apply: "cd m && SQITCH_FULLNAME=Ann SQITCH_EMAIL=a@example.org sqitch deploy --no-verify \"db:pg://postgres@127.0.0.1:$PORT/$DB\"",
        table: "sqitch.changes",
        second_row: "change = 'two'",
        third_row: "change = 'three'",
        stamp: "insert into sqitch.changes (change_id, script_hash, change, project, note, committed_at, committer_name, committer_email, planned_at, planner_name, planner_email)
            select 'x', null, 'three', project, '', now(), 'x', 'x', now(), 'x', 'x' from sqitch.changes where change = 'one'",
        has_sums: true,
        order: Order::Left,
        ..SQL
    },
    Tool {
        name: "Liquibase",
        needs: &["/opt/evenkeel/tools/node_modules/liquibase/dist/liquibase/internal/lib/liquibase-core.jar", "/usr/bin/java"],
        is_heavy: true,
        files: &[(
            "m/changelog.sql",
            "--liquibase formatted sql\n--changeset ann:1\n{1}--rollback drop table orders;\n",
        ), ("m/two.sql", "--liquibase formatted sql\n--changeset ann:2 splitStatements:false\n{2}"),
            ("m/main.yaml", "databaseChangeLog:\n- include: {file: changelog.sql}\n- include: {file: two.sql}\n")],
        first: "m/changelog.sql",
        third: &[("m/three.sql", "--liquibase formatted sql\n--changeset ann:3\n{3}"),
            ("m/main.yaml", "databaseChangeLog:\n- include: {file: changelog.sql}\n- include: {file: two.sql}\n- include: {file: three.sql}\n")],
        apply: "java -cp \"$TOOLS/node_modules/liquibase/dist/liquibase/internal/lib/*\" liquibase.integration.commandline.LiquibaseCommandLine --url=jdbc:postgresql://127.0.0.1:$PORT/$DB --username=postgres --password=x --search-path=m --changelog-file=main.yaml update",
        table: "databasechangelog",
        second_row: "id = '2'",
        third_row: "id = '3'",
        stamp: "insert into databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype) values ('3', 'ann', 'three.sql', now(), 9, 'EXECUTED')",
        has_sums: true,
        status: "java -cp /opt/evenkeel/tools/node_modules/liquibase/dist/liquibase/internal/lib/* liquibase.integration.commandline.LiquibaseCommandLine --url={jdbc} --username={user} --password= --search-path=m --changelog-file=main.yaml status --verbose",
        ..SQL
    },
    Tool {
        name: "sqlx",
        needs: &["/opt/evenkeel/cargo-tools/bin/sqlx"],
        is_heavy: true,
        files: &[("m/20260101000000_one.sql", "{1}"), ("m/20260102000000_two.sql", "{2}")],
        first: "m/20260101000000_one.sql",
        third: &[("m/20260103000000_three.sql", "{3}")],
        apply: "/opt/evenkeel/cargo-tools/bin/sqlx migrate run --source m --database-url $URL?sslmode=disable",
        table: "_sqlx_migrations",
        second_row: "version = 20260102000000",
        third_row: "version = 20260103000000",
        stamp: "insert into _sqlx_migrations values (20260103000000, 'three', now(), true,
            sha384(convert_to(E'create table three (a int);\\ncreate table four (a int);\\n', 'UTF8')), 1)",
        has_sums: true,
        status: "/opt/evenkeel/cargo-tools/bin/sqlx migrate info --source m",
        on_path: Some("/opt/evenkeel/cargo-tools/bin"),
        ..SQL
    },
    Tool {
        name: "Diesel",
        needs: &["/opt/evenkeel/cargo-tools/bin/diesel"],
        is_heavy: true,
        files: &[
            ("diesel.toml", "[migrations_directory]\ndir = \"m\"\n"),
            ("m/2026-01-01-000000_one/up.sql", "{1}"),
            ("m/2026-01-01-000000_one/down.sql", "drop table orders;\n"),
            ("m/2026-01-02-000000_two/up.sql", "{2}"),
            ("m/2026-01-02-000000_two/down.sql", "drop index o_note;\n"),
        ],
        first: "m/2026-01-01-000000_one/up.sql",
        third: &[("m/2026-01-03-000000_three/up.sql", "{3}"), ("m/2026-01-03-000000_three/down.sql", "drop table three;\n")],
        apply: "/opt/evenkeel/cargo-tools/bin/diesel migration run --database-url $URL?sslmode=disable",
        table: "__diesel_schema_migrations",
        second_row: "version = '20260102000000'",
        third_row: "version = '20260103000000'",
        stamp: "insert into __diesel_schema_migrations values ('20260103000000')",
        status: "/opt/evenkeel/cargo-tools/bin/diesel migration list",
        on_path: Some("/opt/evenkeel/cargo-tools/bin"),
        ..SQL
    },
    Tool {
        name: "refinery",
        needs: &["/opt/evenkeel/cargo-tools/bin/refinery"],
        is_heavy: true,
        files: &[("m/V1__one.sql", "{1}"), ("m/V2__two.sql", "{2}")],
        first: "m/V1__one.sql",
        third: &[("m/V3__three.sql", "{3}")],
        apply: "/opt/evenkeel/cargo-tools/bin/refinery migrate -e URL -p m",
        table: "refinery_schema_history",
        second_row: "version = 2",
        third_row: "version = 3",
        stamp: "insert into refinery_schema_history values (3, 'three', '2026-11-30T00:00:00Z', '1376856702938346930')",
        has_sums: true,
        order: Order::Left,
        ..SQL
    },
    Tool {
        name: "Drizzle",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/drizzle-kit", "/usr/bin/node"],
        is_heavy: true,
        files: &[
            ("drizzle.config.js", "module.exports = {dialect: 'postgresql', schema: './none.js', out: './m', dbCredentials: {url: process.env.URL}};"),
            (
                "m/meta/_journal.json",
                "{\"version\":\"7\",\"dialect\":\"postgresql\",\"entries\":[{\"idx\":0,\"version\":\"7\",\"when\":1,\"tag\":\"0000_one\",\"breakpoints\":true},{\"idx\":1,\"version\":\"7\",\"when\":2,\"tag\":\"0001_two\",\"breakpoints\":true}]}",
            ),
            ("m/0000_one.sql", "{1}"),
            ("m/0001_two.sql", "{2}"),
        ],
        first: "m/0000_one.sql",
        third: &[
            (
                "m/meta/_journal.json",
                "{\"version\":\"7\",\"dialect\":\"postgresql\",\"entries\":[{\"idx\":0,\"version\":\"7\",\"when\":1,\"tag\":\"0000_one\",\"breakpoints\":true},{\"idx\":1,\"version\":\"7\",\"when\":2,\"tag\":\"0001_two\",\"breakpoints\":true},{\"idx\":2,\"version\":\"7\",\"when\":3,\"tag\":\"0002_three\",\"breakpoints\":true}]}",
            ),
            ("m/0002_three.sql", "{3}"),
        ],
        apply: "ln -sfn $TOOLS/node_modules node_modules && node_modules/.bin/drizzle-kit migrate",
        table: "drizzle.__drizzle_migrations",
        second_row: "created_at = 2",
        third_row: "created_at = 3",
        stamp: "insert into drizzle.__drizzle_migrations (hash, created_at) values (encode(sha256(convert_to(e'create table three (a int);\\ncreate table four (a int);\\n', 'UTF8')), 'hex'), 3)",
        has_sums: true,
        order: Order::Left,
        ..SQL
    },
];

/// A tool whose migrations are Python: named by it alone, and judged once it renders them.
pub struct Language {
    pub name: &'static str,
    pub needs: &'static [&'static str],
    pub files: &'static [(&'static str, &'static str)],
    pub folder: &'static str,
    pub apply: &'static str,
    /// Where its programs are: it is asked by itself where they are on PATH.
    pub on_path: &'static str,
    pub render: &'static str,
    /// Verdicts of a clean run, without and with rendering, and the exit code.
    pub bare: &'static [&'static str],
    pub rendered: (&'static [&'static str], i32),
    /// Something that is done behind its back, and the verdicts then.
    pub taken: (&'static str, &'static [&'static str]),
}

pub const LANGUAGES: &[Language] = &[
    Language {
        name: "Alembic",
        needs: &["/opt/evenkeel/tools/python/bin/alembic"],
        files: &[
            ("alembic.ini", "[alembic]\nscript_location = mig\nsqlalchemy.url = driver://\n"),
            (
                "mig/env.py",
                "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\nif context.is_offline_mode():\n    context.configure(dialect_name='postgresql')\n    with context.begin_transaction():\n        context.run_migrations()\nelse:\n    with create_engine(os.environ['URL'].replace('postgres:', 'postgresql+psycopg2:')).connect() as connection:\n        context.configure(connection=connection)\n        with context.begin_transaction():\n            context.run_migrations()\n",
            ),
            ("mig/script.py.mako", ""),
            (
                "mig/versions/z.py",
                "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a0'\ndown_revision = None\ndef upgrade():\n    op.create_table('orders', sa.Column('id', sa.BigInteger, primary_key=True), sa.Column('note', sa.Text))\n",
            ),
            (
                "mig/versions/a.py",
                "from alembic import op\nimport sqlalchemy as sa\nrevision = 'b1'\ndown_revision = 'a0'\ndef upgrade():\n    op.add_column('orders', sa.Column('total', sa.Integer))\n",
            ),
            (
                "mig/versions/b.py",
                "from alembic import op\nrevision = 'b2'\ndown_revision = 'a0'\ndef upgrade():\n    op.create_index('o_note', 'orders', ['note'])\n",
            ),
        ],
        folder: "mig/versions",
        apply: "$TOOLS/python/bin/alembic upgrade b1",
        on_path: "/opt/evenkeel/tools/python/bin",
        render: "/opt/evenkeel/tools/python/bin/alembic upgrade {previous}:{key} --sql",
        bare: &["not-checkable", "not-checkable", "pending"],
        rendered: (&["applied", "applied", "pending"], 0),
        taken: ("alter table orders drop total", &["applied", "recorded-not-present", "pending"]),
    },
    Language {
        name: "Django",
        needs: &["/opt/evenkeel/tools/python/bin/django-admin"],
        files: &[
            (
                "manage.py",
                "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
            ),
            (
                "settings.py",
                "SECRET_KEY = 'x'\nimport os\nINSTALLED_APPS = ['django.contrib.contenttypes', 'shop']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': '127.0.0.1', 'PORT': os.environ['PORT'], 'USER': 'postgres', 'NAME': os.environ['DB']}}\nDEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n",
            ),
            ("shop/__init__.py", ""),
            ("shop/migrations/__init__.py", ""),
            (
                "shop/migrations/0001_initial.py",
                "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    initial = True\n    dependencies = [('contenttypes', '0001_initial')]\n    operations = [migrations.CreateModel(name='Order', fields=[('id', models.BigAutoField(primary_key=True)), ('kind', models.ForeignKey('contenttypes.ContentType', on_delete=models.CASCADE))])]\n",
            ),
            (
                "shop/migrations/0002_total.py",
                "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = [migrations.AddField('order', 'total', models.IntegerField(null=True))]\n",
            ),
        ],
        folder: ".",
        apply: "$TOOLS/python/bin/python manage.py migrate",
        on_path: "/opt/evenkeel/tools/python/bin",
        render: "/opt/evenkeel/tools/python/bin/python manage.py sqlmigrate {app} {migration}",
        bare: &["not-checkable", "not-checkable"],
        // The second of the app that is installed elsewhere changes rows in Python.
        rendered: (&["applied", "not-checkable", "applied", "applied"], 2),
        taken: ("alter table shop_order drop total", &["applied", "not-checkable", "applied", "recorded-not-present"]),
    },
];
