//! Tools whose migrations are code, and the scripts by which their users have them printed as SQL. `../real_tools` plays them as it plays
//! those of SQL; `on_mysql` plays them on MySQL and MariaDB.
//!
//! `$ENGINE` is `postgres` or `mysql`; `$URL` is the database as their drivers take it.

use super::tools::{Order, SQL, Tool};

/// What `artisan migrate` does, without an application around it.
const MIGRATE: &str = r"<?php
require __DIR__ . '/vendor/autoload.php';
use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Migrations\{DatabaseMigrationRepository, Migrator};
$at = parse_url(getenv('URL'));
$driver = getenv('ENGINE') === 'mysql' ? 'mysql' : 'pgsql';
$manager = new Manager;
$manager->addConnection(['driver' => $driver, 'host' => $at['host'], 'port' => $at['port'], 'database' => ltrim($at['path'], '/'),
    'username' => $at['user'], 'password' => $at['pass'] ?? '', 'charset' => $driver === 'pgsql' ? 'utf8' : 'utf8mb4']);
$container = $manager->getContainer();
$container->instance('db', $manager->getDatabaseManager());
$container->bind('db.schema', fn () => $manager->getConnection()->getSchemaBuilder());
Illuminate\Support\Facades\Facade::setFacadeApplication($container);
$repository = new DatabaseMigrationRepository($manager->getDatabaseManager(), 'migrations');
if (!$repository->repositoryExists()) { $repository->createRepository(); }
(new Migrator($repository, $manager->getDatabaseManager(), new Illuminate\Filesystem\Filesystem))->run([__DIR__ . '/m']);
";

/// What an application of Rails brings for `db:migrate:status`.
const RAKEFILE: &str = r"require 'active_record'
tasks = ActiveRecord::Tasks::DatabaseTasks
url = ENV.delete('DATABASE_URL').sub('mysql:', 'mysql2:')
tasks.env, tasks.db_dir, tasks.root, tasks.migrations_paths = 'x', '.', '.', ['m']
tasks.database_configuration = {'x' => {'url' => url}}
ActiveRecord::Migrator.migrations_paths = ['m']
task(:environment) { ActiveRecord::Base.establish_connection(url) }
load 'active_record/railties/databases.rake'
";

pub const CODE: &[Tool] = &[
    Tool {
        name: "Knex",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/knex", "/opt/evenkeel/tools/node_modules/mysql2", "/usr/bin/node"],
        files: &[
            ("package.json", "{\"dependencies\": {\"knex\": \"3\"}}"),
            (
                "knexfile.js",
                "module.exports = {client: process.env.ENGINE === 'mysql' ? 'mysql2' : 'pg', connection: process.env.URL, migrations: {directory: './m'}};",
            ),
            ("render.js", include_str!("../../../../../docs/guide/render/knex.js")),
            (
                "m/20260101000000_one.js",
                "exports.up = async k => { await k.schema.createTable('orders', t => { t.bigInteger('id').primary(); t.string('note', 90); }); };\nexports.down = async () => {};\n",
            ),
            (
                "m/20260102000000_two.js",
                "exports.up = async k => { await k.raw(`{2a}`); await k.raw(`{2b}`); };\nexports.down = async () => {};\n",
            ),
        ],
        first: "m/20260101000000_one.js",
        third: &[(
            "m/20260103000000_three.js",
            "exports.up = async k => { await k.raw(`{3a}`); await k.raw(`{wait}`); await k.raw(`{3b}`); };\nexports.down = async () => {};\n",
        )],
        apply: "ln -sfn $TOOLS/node_modules node_modules && node_modules/.bin/knex migrate:latest",
        unlock: "node_modules/.bin/knex migrate:unlock",
        table: "knex_migrations",
        second_row: "name = '20260102000000_two.js'",
        third_row: "name = '20260103000000_three.js'",
        stamp: "insert into knex_migrations (name, batch, migration_time) values ('20260103000000_three.js', 9, now())",
        render: "node render.js {file}",
        remark: ("exports.up", "// a remark\nexports.up"),
        meaning: ("t.string('note', 90);", "t.string('note', 90); t.integer('extra');"),
        status: "env URL={url} node_modules/.bin/knex migrate:list",
        ..SQL
    },
    Tool {
        name: "Sequelize or umzug",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/sequelize-cli", "/opt/evenkeel/tools/node_modules/mysql2", "/usr/bin/node"],
        is_heavy: true,
        files: &[
            ("config/config.js", "module.exports = {development: {use_env_variable: 'URL', dialect: process.env.ENGINE, logging: false}};"),
            (".sequelizerc", "module.exports = {'config': 'config/config.js', 'migrations-path': 'm'};"),
            ("render.js", include_str!("../../../../../docs/guide/render/sequelize.js")),
            (
                "m/20260101000000-one.js",
                "module.exports = {up: async (q, S) => { await q.createTable('orders', {id: {type: S.BIGINT, primaryKey: true}, note: S.STRING(90)}); }, down: async () => {}};\n",
            ),
            (
                "m/20260102000000-two.js",
                "module.exports = {up: async q => { await q.sequelize.query(`{2a}`); await q.sequelize.query(`{2b}`); }, down: async () => {}};\n",
            ),
        ],
        first: "m/20260101000000-one.js",
        third: &[(
            "m/20260103000000-three.js",
            "module.exports = {up: async q => { await q.sequelize.query(`{3a}`); await q.sequelize.query(`{wait}`); await q.sequelize.query(`{3b}`); }, down: async () => {}};\n",
        )],
        apply: "ln -sfn $TOOLS/node_modules node_modules && node_modules/.bin/sequelize-cli db:migrate",
        table: "\"SequelizeMeta\"",
        second_row: "name = '20260102000000-two.js'",
        third_row: "name = '20260103000000-three.js'",
        stamp: "insert into \"SequelizeMeta\" values ('20260103000000-three.js')",
        render: "node render.js {file}",
        remark: ("module.exports", "// a remark\nmodule.exports"),
        meaning: ("note: S.STRING(90)", "note: S.STRING(90), extra: S.INTEGER"),
        // Each statement stands by itself, on PostgreSQL too.
        killed: "half-applied",
        status: "env URL={url} node_modules/.bin/sequelize-cli db:migrate:status",
        ..SQL
    },
    Tool {
        name: "TypeORM",
        needs: &["/opt/evenkeel/tools/node_modules/.bin/typeorm", "/opt/evenkeel/tools/node_modules/mysql2", "/usr/bin/node"],
        is_heavy: true,
        files: &[
            (
                "ds.js",
                "const {DataSource} = require('typeorm');\nmodule.exports.default = new DataSource({type: process.env.ENGINE, url: process.env.URL, migrations: ['m/*.js']});\n",
            ),
            ("render.js", include_str!("../../../../../docs/guide/render/typeorm.js")),
            (
                "m/1767225600000-One.js",
                "const {Table} = require('typeorm');\nclass One1767225600000 { async up(q) { await q.createTable(new Table({name: 'orders', columns: [{name: 'id', type: 'bigint', isPrimary: true}, {name: 'note', type: 'varchar', length: '90', isNullable: true}]})); } async down() {} }\nmodule.exports = {One1767225600000};\n",
            ),
            (
                "m/1767225600001-Two.js",
                "class Two1767225600001 { async up(q) { await q.query(`{2a}`); await q.query(`{2b}`); } async down() {} }\nmodule.exports = {Two1767225600001};\n",
            ),
        ],
        first: "m/1767225600000-One.js",
        third: &[(
            "m/1767225600002-Three.js",
            "class Three1767225600002 { async up(q) { await q.query(`{3a}`); await q.query(`{wait}`); await q.query(`{3b}`); } async down() {} }\nmodule.exports = {Three1767225600002};\n",
        )],
        apply: "ln -sfn $TOOLS/node_modules node_modules && node_modules/.bin/typeorm migration:run -d ds.js",
        table: "migrations",
        second_row: "name = 'Two1767225600001'",
        third_row: "name = 'Three1767225600002'",
        stamp: "insert into migrations (timestamp, name) values (1767225600002, 'Three1767225600002')",
        render: "node render.js {file}",
        remark: ("class", "// a remark\nclass"),
        meaning: ("isNullable: true}", "isNullable: true}, {name: 'extra', type: 'int', isNullable: true}"),
        status: "env URL={url} node_modules/.bin/typeorm migration:show -d ds.js",
        ..SQL
    },
    Tool {
        name: "Laravel",
        needs: &["/usr/bin/php", "/usr/share/php/Illuminate/Database/autoload.php", "/usr/share/php/Illuminate/Filesystem/autoload.php"],
        is_heavy: true,
        files: &[
            ("composer.json", "{\"require\": {\"laravel/framework\": \"8\"}}"),
            (
                "vendor/autoload.php",
                "<?php\nforeach (['Database', 'Filesystem', 'Support'] as $part) { require_once \"/usr/share/php/Illuminate/$part/autoload.php\"; }\n",
            ),
            ("render.php", include_str!("../../../../../docs/guide/render/laravel.php")),
            ("migrate.php", MIGRATE),
            (
                "m/2026_01_01_000000_one.php",
                "<?php\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Database\\Schema\\Blueprint;\nuse Illuminate\\Support\\Facades\\Schema;\nreturn new class extends Migration { public function up() { Schema::create('orders', function (Blueprint $t) { $t->bigInteger('id')->primary(); $t->string('note', 90)->nullable(); }); } };\n",
            ),
            (
                "m/2026_01_02_000000_two.php",
                "<?php\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Support\\Facades\\DB;\nclass Two extends Migration { public function up() { DB::statement(\"{2a}\"); DB::statement(\"{2b}\"); } }\n",
            ),
        ],
        first: "m/2026_01_01_000000_one.php",
        third: &[(
            "m/2026_01_03_000000_three.php",
            "<?php\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Support\\Facades\\DB;\nclass Three extends Migration { public function up() { DB::statement(\"{3a}\"); DB::statement(\"{wait}\"); DB::statement(\"{3b}\"); } }\n",
        )],
        apply: "php migrate.php",
        table: "migrations",
        second_row: "migration = '2026_01_02_000000_two'",
        third_row: "migration = '2026_01_03_000000_three'",
        stamp: "insert into migrations (migration, batch) values ('2026_01_03_000000_three', 9)",
        render: "php render.php m/{file}",
        remark: ("return new", "// a remark\nreturn new"),
        meaning: ("->nullable();", "->nullable(); $t->integer('extra')->nullable();"),
        ..SQL
    },
    Tool {
        name: "Rails",
        needs: &["/usr/bin/ruby", "/usr/share/doc/ruby-activerecord", "/usr/share/doc/ruby-mysql2"],
        is_heavy: true,
        files: &[
            (
                "run.rb",
                "require 'active_record'\nActiveRecord::Base.establish_connection(ENV['URL'].sub('postgres:', 'postgresql:').sub('mysql:', 'mysql2:'))\nActiveRecord::MigrationContext.new('m', ActiveRecord::SchemaMigration).migrate\n",
            ),
            ("Rakefile", RAKEFILE),
            ("render.rb", include_str!("../../../../../docs/guide/render/rails.rb")),
            (
                "m/20260101000000_create_orders.rb",
                "class CreateOrders < ActiveRecord::Migration[6.1]\n  def change\n    create_table(:orders) { |t| t.string :note, limit: 90 }\n  end\nend\n",
            ),
            (
                "m/20260102000000_two.rb",
                "class Two < ActiveRecord::Migration[6.1]\n  def up\n    execute <<~'SQL'\n      {2a}\n    SQL\n    execute <<~'SQL'\n      {2b}\n    SQL\n  end\nend\n",
            ),
        ],
        first: "m/20260101000000_create_orders.rb",
        third: &[(
            "m/20260103000000_three.rb",
            "class Three < ActiveRecord::Migration[6.1]\n  def up\n    execute '{3a}'\n    execute '{wait}'\n    execute '{3b}'\n  end\nend\n",
        )],
        apply: "ruby run.rb",
        table: "schema_migrations",
        second_row: "version = '20260102000000'",
        third_row: "version = '20260103000000'",
        stamp: "insert into schema_migrations values ('20260103000000')",
        render: "ruby render.rb {key}",
        remark: ("class", "# a remark\nclass"),
        meaning: ("limit: 90 }", "limit: 90; t.integer :extra }"),
        status: "env RAILS_ENV=x rake db:migrate:status",
        ..SQL
    },
    Tool {
        name: "Alembic",
        needs: &["/opt/evenkeel/tools/python/bin/alembic"],
        folder: "mig/versions",
        files: &[
            ("alembic.ini", "[alembic]\nscript_location = mig\nsqlalchemy.url = driver://\n"),
            (
                "mig/env.py",
                "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\ndialect, driver = {'postgres': ('postgresql', '+psycopg2'), 'mysql': ('mysql', '+pymysql')}[os.environ['ENGINE']]\nif context.is_offline_mode():\n    context.configure(dialect_name=dialect)\n    with context.begin_transaction():\n        context.run_migrations()\nelse:\n    with create_engine(dialect + driver + ':' + os.environ['URL'].split(':', 1)[1]).connect() as connection:\n        context.configure(connection=connection)\n        with context.begin_transaction():\n            context.run_migrations()\n",
            ),
            ("mig/script.py.mako", ""),
            (
                "mig/versions/z.py",
                "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a0'\ndown_revision = None\ndef upgrade():\n    op.create_table('orders', sa.Column('id', sa.BigInteger, primary_key=True, autoincrement=False), sa.Column('note', sa.String(90)))\n",
            ),
            (
                "mig/versions/a.py",
                "from alembic import op\nrevision = 'b1'\ndown_revision = 'a0'\ndef upgrade():\n    op.execute(\"\"\"{2a}\"\"\")\n    op.execute(\"\"\"{2b}\"\"\")\n",
            ),
        ],
        first: "mig/versions/z.py",
        third: &[(
            "mig/versions/b.py",
            "from alembic import op\nrevision = 'c2'\ndown_revision = 'b1'\ndef upgrade():\n    op.execute('{3a}')\n    op.execute('{wait}')\n    op.execute('{3b}')\n",
        )],
        apply: "$TOOLS/python/bin/alembic upgrade heads",
        table: "alembic_version",
        second_row: "",
        third_row: "",
        points: Some(["a0", "b1", "c2"]),
        stamp: "update alembic_version set version_num = 'c2'",
        render: "/opt/evenkeel/tools/python/bin/alembic upgrade {previous}:{key} --sql",
        remark: ("def upgrade", "# a remark\ndef upgrade"),
        meaning: ("sa.String(90))", "sa.String(90)), sa.Column('extra', sa.Integer)"),
        order: Order::Branch(
            "mig/versions/fork.py",
            "from alembic import op\nrevision = 'b9'\ndown_revision = 'a0'\ndef upgrade():\n    op.execute('create table fork (a int)')\n",
        ),
        status: "env URL={url} /opt/evenkeel/tools/python/bin/alembic current --check-heads",
        ..SQL
    },
    Tool {
        name: "Django",
        needs: &["/opt/evenkeel/tools/python/bin/django-admin"],
        folder: ".",
        files: &[
            (
                "manage.py",
                "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
            ),
            (
                "settings.py",
                "SECRET_KEY = 'x'\nimport os\nENGINE = {'postgres': 'postgresql', 'mysql': 'mysql'}[os.environ['ENGINE']]\nif ENGINE == 'mysql':\n    import pymysql\n    pymysql.version_info = (2, 2, 7, 'final', 0)\n    pymysql.install_as_MySQLdb()\nINSTALLED_APPS = ['shop']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.' + ENGINE, 'HOST': '127.0.0.1', 'PORT': os.environ['PORT'], 'USER': {'postgresql': 'postgres', 'mysql': 'root'}[ENGINE], 'NAME': os.environ['DB']}}\nDEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n",
            ),
            ("shop/__init__.py", ""),
            ("shop/migrations/__init__.py", ""),
            (
                "shop/migrations/0001_initial.py",
                "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    initial = True\n    operations = [migrations.CreateModel(name='Order', fields=[('id', models.BigIntegerField(primary_key=True)), ('note', models.CharField(max_length=90, null=True))], options={'db_table': 'orders'})]\n",
            ),
            (
                "shop/migrations/0002_two.py",
                "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = [migrations.RunSQL(\"\"\"{2a}\"\"\"), migrations.RunSQL([\"\"\"{2b}\"\"\"])]\n",
            ),
        ],
        first: "shop/migrations/0001_initial.py",
        third: &[(
            "shop/migrations/0003_three.py",
            "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0002_two')]\n    operations = [migrations.RunSQL('{3a}'), migrations.RunSQL('{wait}'), migrations.RunSQL('{3b}')]\n",
        )],
        apply: "$TOOLS/python/bin/python manage.py migrate",
        table: "django_migrations",
        second_row: "name = '0002_two'",
        third_row: "name = '0003_three'",
        stamp: "insert into django_migrations (app, name, applied) values ('shop', '0003_three', now())",
        render: "/opt/evenkeel/tools/python/bin/python manage.py sqlmigrate {app} {migration}",
        remark: ("class Migration", "# a remark\nclass Migration"),
        meaning: ("null=True))]", "null=True)), ('extra', models.IntegerField(null=True))]"),
        // It refuses to run one that others were run on top of.
        order: Order::Refused(&["applied", "pending", "before-its-dependency"]),
        status: "env PORT={port} DB={database} /opt/evenkeel/tools/python/bin/python manage.py migrate --plan --no-color",
        ..SQL
    },
];
