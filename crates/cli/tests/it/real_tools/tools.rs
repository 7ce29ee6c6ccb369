//! The tools that are played: their files, their commands, the tables they record in. `../real_tools` plays them.

/// A tool as a user has it: three migrations, the commands, and the table it records in. `$URL` is the database, `$PORT` and `$DB` are its parts.
pub struct Tool {
    pub name: &'static str,
    /// What has to be there to run it.
    pub needs: &'static [&'static str],
    pub is_heavy: bool,
    pub files: &'static [(&'static str, &'static str)],
    /// The file of the first, and of the third migration, which is put in place later.
    pub first: &'static str,
    pub third: &'static [(&'static str, &'static str)],
    pub apply: &'static str,
    pub table: &'static str,
    /// Rows of the second, and of the third one.
    pub second_row: &'static str,
    pub third_row: &'static str,
    /// Writes down that the third one ran, without running it.
    pub stamp: &'static str,
    /// An edit of a text changes a sum that the tool keeps.
    pub has_sums: bool,
    /// It runs one that was left out before others.
    pub fills_gaps: bool,
    /// Where its program is, of one that evenkeel asks what it would still run.
    pub on_path: Option<&'static str>,
}

pub const TABLES: [&str; 2] = [
    "create table orders(id bigint primary key, note text);\n",
    "create index o_note on orders(note);\ncreate function twice(x int) returns int language sql as 'select 2 * x -- doubled';\n",
];

pub const ALL: &[Tool] = &[
    Tool {
        name: "dbmate",
        needs: &["/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin/dbmate"],
        is_heavy: false,
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
        has_sums: false,
        fills_gaps: true,
        on_path: Some("/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin"),
    },
    Tool {
        name: "node-pg-migrate",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/node-pg-migrate", "/usr/bin/node"],
        is_heavy: false,
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
        has_sums: false,
        fills_gaps: true,
        on_path: Some("/opt/evenkeel/tools/node_modules/.bin"),
    },
    Tool {
        name: "yoyo",
        needs: &["/opt/evenkeel/tools/python/bin/yoyo"],
        is_heavy: false,
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
        has_sums: false,
        fills_gaps: true,
        on_path: None,
    },
    Tool {
        name: "Sqitch",
        needs: &["/usr/bin/sqitch"],
        is_heavy: false,
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
        fills_gaps: false,
        on_path: None,
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
        fills_gaps: true,
        on_path: None,
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
        fills_gaps: false,
        on_path: None,
    },
];

/// A tool whose migrations are Python: named by it alone, and judged once it renders them.
pub struct Language {
    pub name: &'static str,
    pub needs: &'static [&'static str],
    pub files: &'static [(&'static str, &'static str)],
    pub folder: &'static str,
    pub apply: &'static str,
    pub is_heavy: bool,
    /// Where its programs are, of one that is asked by itself where it is on PATH.
    pub on_path: Option<&'static str>,
    /// Nothing, where the tool renders nothing.
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
        is_heavy: false,
        on_path: Some("/opt/evenkeel/tools/python/bin"),
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
        is_heavy: false,
        on_path: Some("/opt/evenkeel/tools/python/bin"),
        render: "/opt/evenkeel/tools/python/bin/python manage.py sqlmigrate {app} {migration}",
        bare: &["not-checkable", "not-checkable"],
        // The second of the app that is installed elsewhere changes rows in Python.
        rendered: (&["applied", "not-checkable", "applied", "applied"], 2),
        taken: ("alter table shop_order drop total", &["applied", "not-checkable", "applied", "recorded-not-present"]),
    },
    Language {
        name: "Knex",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/knex", "/usr/bin/node"],
        files: &[
            ("knexfile.js", "module.exports = {client: 'pg', connection: process.env.URL, migrations: {directory: './m'}};"),
            (
                "m/20260101000000_one.js",
                "exports.up = k => k.schema.createTable('orders', t => { t.bigInteger('id').primary(); }); exports.down = k => k;",
            ),
            ("m/20260102000000_two.js", "exports.up = k => k.raw('alter table orders add total int'); exports.down = k => k;"),
            ("package.json", "{\"dependencies\": {\"knex\": \"3\"}}"),
        ],
        folder: "m",
        apply: "ln -sfn $TOOLS/node_modules node_modules && node_modules/.bin/knex migrate:latest",
        is_heavy: true,
        on_path: None,
        render: "",
        bare: &["not-checkable", "not-checkable"],
        rendered: (&[], 0),
        taken: ("delete from knex_migrations where name like '20260101%'", &["pending-out-of-order", "not-checkable"]),
    },
    Language {
        name: "Sequelize or umzug",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/sequelize-cli", "/usr/bin/node"],
        files: &[
            ("config/config.json", "{\"development\": {\"use_env_variable\": \"URL\", \"dialect\": \"postgres\", \"logging\": false}}"),
            (
                "migrations/20260101000000-one.js",
                "module.exports = {up: q => q.sequelize.query('create table orders (id bigint primary key)'), down: q => q};",
            ),
            (
                "migrations/20260102000000-two.js",
                "module.exports = {up: q => q.sequelize.query('alter table orders add total int'), down: q => q};",
            ),
        ],
        folder: "migrations",
        apply: "ln -sfn $TOOLS/node_modules node_modules && node_modules/.bin/sequelize-cli db:migrate",
        is_heavy: true,
        on_path: None,
        render: "",
        bare: &["not-checkable", "not-checkable"],
        rendered: (&[], 0),
        taken: ("delete from \"SequelizeMeta\" where name like '20260101%'", &["pending-out-of-order", "not-checkable"]),
    },
    Language {
        name: "TypeORM",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/typeorm", "/usr/bin/node"],
        files: &[
            (
                "ds.js",
                "const {DataSource} = require('typeorm'); module.exports.default = new DataSource({type: 'postgres', url: process.env.URL, migrations: ['m/*.js']});",
            ),
            (
                "m/1767225600000-One.js",
                "class One1767225600000 { async up(q) { await q.query('create table orders (id bigint primary key)'); } async down() {} } module.exports = {One1767225600000};",
            ),
            (
                "m/1767225600001-Two.js",
                "class Two1767225600001 { async up(q) { await q.query('alter table orders add total int'); } async down() {} } module.exports = {Two1767225600001};",
            ),
        ],
        folder: "m",
        apply: "ln -sfn $TOOLS/node_modules node_modules && node_modules/.bin/typeorm migration:run -d ds.js",
        is_heavy: true,
        on_path: None,
        render: "",
        bare: &["not-checkable", "not-checkable"],
        rendered: (&[], 0),
        taken: ("delete from migrations where name like 'One%'", &["pending-out-of-order", "not-checkable"]),
    },
    Language {
        name: "Rails",
        needs: &["/usr/bin/ruby", "/usr/share/doc/ruby-activerecord"],
        files: &[
            (
                "run.rb",
                "require 'active_record'\nActiveRecord::Base.establish_connection(ENV['URL'].sub('postgres:', 'postgresql:'))\nActiveRecord::MigrationContext.new('m', ActiveRecord::SchemaMigration).migrate\n",
            ),
            (
                "render.rb",
                "require 'active_record'\nActiveRecord::Base.establish_connection(ENV['URL'].sub('postgres:', 'postgresql:'))\nActiveRecord::Migration.verbose = false\nsaid = []\nActiveSupport::Notifications.subscribe('sql.active_record') { |*, event| said << event[:sql] if event[:sql] =~ /\\A(CREATE|ALTER|DROP)/ }\nmigration = ActiveRecord::MigrationContext.new('m', ActiveRecord::SchemaMigration).migrations.find { |one| one.version.to_s == ARGV[0] }\nActiveRecord::Base.transaction { migration.migrate(:up) rescue nil; raise ActiveRecord::Rollback }\nputs said.map { |sql| sql + ';' }\n",
            ),
            (
                "m/20260101000000_create_orders.rb",
                "class CreateOrders < ActiveRecord::Migration[6.1]\n  def change\n    create_table(:orders) { |t| t.text :note }\n  end\nend\n",
            ),
            (
                "m/20260102000000_create_totals.rb",
                "class CreateTotals < ActiveRecord::Migration[6.1]\n  def change\n    create_table(:totals) { |t| t.integer :total }\n  end\nend\n",
            ),
        ],
        folder: "m",
        apply: "ruby run.rb",
        is_heavy: true,
        on_path: None,
        render: "ruby render.rb {key}",
        bare: &["not-checkable", "not-checkable"],
        rendered: (&["applied", "applied"], 0),
        taken: ("drop table totals", &["applied", "recorded-not-present"]),
    },
];
