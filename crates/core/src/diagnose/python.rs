//! What Alembic and Django say when a migration fails.

use super::signature::{Answer, Query, Signature, Vendor};

const ALEMBIC_VERSION: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     version_num FROM %I.%I LIMIT 10', n.nspname, c.relname), false, true, '')::text AS found FROM \
     pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE \
     c.relname = 'alembic_version' AND c.relkind = 'r' LIMIT 10) AS x WHERE x.found <> '' LIMIT 10",
    means: &[
        Answer::Rows("The revision or revisions that this database says it is at."),
        Answer::NoRows("No alembic_version table with a row here."),
    ],
};

const DJANGO_MIGRATIONS: Query = Query {
    vendor: Vendor::PostgreSql,
    sql: "SELECT x.nspname, x.found FROM (SELECT n.nspname, pg_catalog.query_to_xml(pg_catalog.format('SELECT \
     app, name, applied FROM %I.%I ORDER BY id DESC LIMIT 10', n.nspname, c.relname), false, true, \
     '')::text AS found FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = \
     c.relnamespace WHERE c.relname = 'django_migrations' AND c.relkind = 'r' LIMIT 10) AS x WHERE \
     x.found <> '' LIMIT 10",
    means: &[Answer::Rows("The last records of this database."), Answer::NoRows("No django_migrations table with rows here.")],
};

pub const PYTHON: &[Signature] = &[
    Signature {
        id: "alembic-multiple-heads",
        says: "Alembic",
        pattern: r"Multiple head(?: revision)?s are present",
        sample: "FAILED: Multiple head revisions are present for given argument 'head'; please specify a specific \
         target revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads",
        cause: "Two revisions have the same parent: two branches were merged without a merge revision.",
        confirm: &[ALEMBIC_VERSION],
        next: "Make a merge revision (`alembic merge heads`), or rebase the one that ran nowhere onto the other.",
        avoid: "Do not upgrade to `heads` in one environment only.",
        source: "https://github.com/sqlalchemy/alembic/blob/main/alembic/script/base.py",
        follows: &[],
    },
    Signature {
        id: "alembic-unknown-revision",
        says: "Alembic",
        pattern: r"Can't locate revision identified by '(?P<migration>[^']+)'|No such revision or branch '(?P<revision>[^']+)'",
        sample: "FAILED: Can't locate revision identified by 'deadbeef1234'",
        cause: "alembic_version holds a revision that no file of this build has: another branch was deployed here, \
         a file was deleted, or two environments share this database.",
        confirm: &[ALEMBIC_VERSION],
        next: "Find the commit that has the revision (git log over the versions folder). `evenkeel history` \
         compares the schema with every known revision.",
        avoid: "Do not run `alembic stamp` and do not edit alembic_version: the effect of the unknown revision stays, unexplained.",
        source: "https://github.com/sqlalchemy/alembic/blob/main/alembic/script/base.py",
        follows: &[],
    },
    Signature {
        id: "alembic-not-up-to-date",
        says: "Alembic",
        pattern: r"Target database is not up to date|Database is not on all head revisions",
        sample: "FAILED: Target database is not up to date.",
        cause: "The database is behind the files: a revision did not run here.",
        confirm: &[ALEMBIC_VERSION],
        next: "Run `evenkeel history` to see which; then `alembic upgrade head` through the pipeline.",
        avoid: "Do not use `stamp head`: it skips the missing revisions for good.",
        source: "https://github.com/sqlalchemy/alembic/blob/main/alembic/autogenerate/api.py",
        follows: &[],
    },
    Signature {
        id: "alembic-overlap",
        says: "Alembic",
        pattern: concat!(
            r"Requested revision (?P<migration>\S+) overlaps with other requested revisions|has more than one head present|",
            r"is not an ancestor of revision|does not refer to ancestor/descendant revisions",
        ),
        sample: "FAILED: Requested revision 3b1c overlaps with other requested revisions 9fe2",
        cause: "alembic_version has rows of which one already contains the other, often after a stamp or a merge by hand.",
        confirm: &[ALEMBIC_VERSION],
        next: "Compare the rows with the tree (`alembic history`, `evenkeel history`); only one row per branch may stay.",
        avoid: "Do not delete a row before you know whose effect is in the schema.",
        source: "https://github.com/sqlalchemy/alembic/blob/main/alembic/script/revision.py",
        follows: &[],
    },
    Signature {
        id: "django-inconsistent-history",
        says: "Django",
        pattern: r"InconsistentMigrationHistory|Migration (?P<migration>\S+) is applied before its dependency (?P<dependency>\S+)",
        sample: "django.db.migrations.exceptions.InconsistentMigrationHistory: Migration shop.0004_currency is \
         applied before its dependency shop.0003_orders on database 'default'.",
        cause: "The record has a migration but not one it depends on: a dependency was added later, files were \
         renumbered, or a row was deleted.",
        confirm: &[DJANGO_MIGRATIONS],
        next: "Run `evenkeel history`: it says whether the effect of the dependency is there. There: record it. \
         Not there: run exactly its statements first.",
        avoid: "Do not use `--fake` without that look, and do not delete rows of django_migrations.",
        source: "https://github.com/django/django/blob/main/django/db/migrations/loader.py",
        follows: &[],
    },
    Signature {
        id: "django-node-not-found",
        says: "Django",
        pattern: r"NodeNotFoundError|dependencies reference nonexistent (?:parent|child) node",
        sample: "django.db.migrations.exceptions.NodeNotFoundError: Migration shop.0005_tax dependencies reference \
         nonexistent parent node ('shop', '0004_currency')",
        cause: "A migration depends on a file that this build lacks: not committed, deleted, left out of the image, \
         or of a package in another version.",
        confirm: &[],
        next: "Bring the file back from git, or pin the version of the package that has it.",
        avoid: "Do not edit the dependency away.",
        source: "https://github.com/django/django/blob/main/django/db/migrations/graph.py",
        follows: &[],
    },
    Signature {
        id: "django-conflict",
        says: "Django",
        pattern: r"Conflicting migrations detected",
        sample: "CommandError: Conflicting migrations detected; multiple leaf nodes in the migration graph: \
         (0004_currency, 0004_phone in shop).\n\
         To fix them run 'python manage.py makemigrations --merge'",
        cause: "Two branches added a migration to the same parent.",
        confirm: &[],
        next: "Let the one that ran nowhere follow the other, or make a merge migration after a look at both.",
        avoid: "",
        source: "https://github.com/django/django/blob/main/django/core/management/commands/migrate.py",
        follows: &[],
    },
    Signature {
        id: "django-unapplied",
        says: "Django",
        pattern: r"You have (?P<count>\d+) unapplied migration\(s\)",
        sample: "You have 3 unapplied migration(s). Your project may not work properly until you apply the \
         migrations for app(s): shop.\n\
         Run 'python manage.py migrate' to apply them.",
        cause: "The build has migrations that are not recorded here: the migration step did not run against this database.",
        confirm: &[DJANGO_MIGRATIONS],
        next: "Run `evenkeel history` to see what of them is there, then `migrate` through the pipeline before the \
         application starts.",
        avoid: "Do not use `migrate --fake`.",
        source: "https://github.com/django/django/blob/main/django/core/management/base.py",
        follows: &[],
    },
    Signature {
        id: "django-irreversible",
        says: "Django",
        pattern: r"IrreversibleError|Operation [^\n]+ in \S+ is not reversible",
        sample: "django.db.migrations.exceptions.IrreversibleError: Operation <RunSQL ''> in shop.0004_currency is not reversible",
        cause: "An operation has no reverse (RunSQL or RunPython without one).",
        confirm: &[],
        next: "Write the reverse and rehearse it, or go forward with a new migration.",
        avoid: "Do not unapply with `--fake`: the effect stays.",
        source: "https://github.com/django/django/blob/main/django/db/migrations/migration.py",
        follows: &[],
    },
];
