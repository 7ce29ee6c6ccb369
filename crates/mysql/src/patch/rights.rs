//! What rights a script takes, and which of them whoever read the candidate lacks: that one will often run it.
//! <https://dev.mysql.com/doc/refman/en/privileges-provided.html>, <https://mariadb.com/docs/server/reference/sql-statements/account-management-sql-statements/grant>

use super::{MysqlDialect, flag, grant, is_foreign_key, list, text};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Act, Plan, Step, World};
use std::collections::{BTreeMap, BTreeSet};

/// Where a right is needed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum On {
    Server,
    /// By its shown name; the own one is empty.
    Database(String),
    /// Kind and shown name, with the database.
    Thing(String, String, String),
}

impl On {
    fn words(&self) -> String {
        match self {
            Self::Server => "the server".to_owned(),
            Self::Database(name) if name.is_empty() => "the database".to_owned(),
            Self::Database(name) => format!("the database {name}"),
            Self::Thing(kind, shown, _) => format!("{kind} {shown}"),
        }
    }
}

const SYSTEM_USER: &[&str] = &["SYSTEM_USER"];

/// The right to hand out what one holds.
const OPTION: &str = "GRANT OPTION";
const ALL: &str = "ALL PRIVILEGES";

/// A right, in the server's words; of several any one will do.
type Right = (Vec<String>, On);

fn right(names: &[&str], on: On) -> Right {
    (names.iter().map(|&name| name.to_owned()).collect(), on)
}

/// What whoever read the candidate lacks, in words; where rights were not read, or that account is not told of, what it takes.
pub fn lacking(plan: &Plan, worlds: (&World<'_>, &World<'_>), dialect: &MysqlDialect) -> Option<String> {
    let (from, _) = worlds;
    let is_read =
        from.manifest.covers(Dimension::Privileges) && !from.manifest.gaps.iter().any(|gap| gap.dimension == Dimension::Privileges);
    let is_reader = |role: &&Object| flag(role, "login") && text::account_parts(role.identity.part(0), &dialect.roles).0 == dialect.role;
    let readers: Vec<&Object> = from.manifest.of_kind(Kind::Role).iter().filter(is_reader).filter(|_| is_read).collect();
    let Some(first) = readers.first() else { return taken(plan, worlds, dialect) };
    // From which host it came is not known: it lacks what it lacks from each.
    let held: Vec<Held<'_>> = readers.iter().map(|reader| Held::of(reader.identity.part(0), from)).collect();
    // By right, so that one that is lacked in several places is said of the database.
    let mut lacks: BTreeMap<String, BTreeSet<On>> = BTreeMap::new();
    for (names, on) in plan.steps.iter().filter(|step| !step.statements.is_empty()).flat_map(|step| needed(step, worlds, dialect)) {
        if !held.iter().any(|held| names.iter().any(|name| held.has(name, &on)))
            && let Some(name) = names.into_iter().next()
        {
            lacks.entry(name).or_default().insert(on);
        }
    }
    let lacks = by_place(&lacks);
    (!lacks.is_empty())
        .then(|| format!("{}, who read the candidate, may not run all of it: it lacks {}", first.identity.part(0), lacks.join("; ")))
}

/// What the script takes, where nothing tells whether the account has it.
fn taken(plan: &Plan, worlds: (&World<'_>, &World<'_>), dialect: &MysqlDialect) -> Option<String> {
    let mut takes: BTreeMap<String, BTreeSet<On>> = BTreeMap::new();
    for (names, on) in plan.steps.iter().filter(|step| !step.statements.is_empty()).flat_map(|step| needed(step, worlds, dialect)) {
        takes.entry(names.join(" or ")).or_default().insert(on);
    }
    let takes = by_place(&takes);
    (!takes.is_empty()).then(|| {
        let role = &dialect.role;
        format!("what {role} may do was not read; whoever runs it needs {} (SHOW GRANTS tells)", takes.join("; "))
    })
}

/// Rights in words: those that are meant for several things of a database are said of that.
fn by_place(rights: &BTreeMap<String, BTreeSet<On>>) -> Vec<String> {
    let mut places: BTreeMap<On, BTreeSet<&str>> = BTreeMap::new();
    for (name, all) in rights {
        let wide = |on: On| match on {
            On::Thing(_, _, database) if all.len() > 1 => On::Database(database),
            on => on,
        };
        for on in all.iter().cloned().map(wide) {
            places.entry(on).or_default().insert(name);
        }
    }
    places.into_iter().map(|(on, names)| format!("{} on {}", names.into_iter().collect::<Vec<_>>().join(", "), on.words())).collect()
}

/// What an account may do, with the roles that it is a member of.
struct Held<'w> {
    grants: Vec<&'w Object>,
}

impl<'w> Held<'w> {
    fn of(account: &'w str, from: &World<'w>) -> Self {
        let acts_as = from.acts_as(account);
        Self { grants: from.manifest.of_kind(Kind::Grant).iter().filter(|grant| acts_as.contains(grant.identity.part(2))).collect() }
    }

    fn has(&self, right: &str, on: &On) -> bool {
        // Who holds all does not hold the right to hand it out, and whoever may hand out one may hand out all that it holds there.
        let gives = |grant: &Object| {
            let is_it = |one: &str| one == right || right != OPTION && one == ALL;
            list(grant, "privileges").iter().any(|one| is_it(one)) || right == OPTION && !list(grant, "grantable").is_empty()
        };
        let on_it = |kind: &str, shown: &str| {
            self.grants.iter().filter(|grant| grant.identity.part(0) == kind && grant.identity.part(1) == shown).any(|grant| gives(grant))
        };
        let on_database = |name: &str| {
            let is_taken = |grant: &Object| {
                list(grant, "privileges").iter().any(|one| one.strip_suffix(" (revoked)").is_some_and(|one| one == right || one == ALL))
            };
            let shown = if name.is_empty() { "(database)" } else { name };
            let is_revoked = self.grants.iter().filter(|grant| grant.identity.part(1) == shown).any(|grant| is_taken(grant));
            on_it("schema", shown) || on_it("global", "*") && !is_revoked
        };
        match on {
            On::Server => on_it("global", "*"),
            On::Database(name) => on_database(name),
            On::Thing(kind, shown, database) => {
                let table = if kind == "column" { grant::table_of(shown) } else { None };
                let on_table = table.is_some_and(|table| ["table", "view"].iter().any(|kind| on_it(kind, &table)));
                on_database(database) || on_it(kind, shown) || on_table
            }
        }
    }
}

/// What a step takes.
fn needed(step: &Step, (from, to): (&World<'_>, &World<'_>), dialect: &MysqlDialect) -> Vec<Right> {
    let find = |world: &World<'_>| world.shown(step.kind.name(), &step.object).cloned();
    let Some(object) = (if step.act == Act::Drop { find(from) } else { find(to).or_else(|| find(from)) }) else { return Vec::new() };
    let database = On::Database(object.identity.part(0).to_owned());
    let here = |names: &[&str]| right(names, database.clone());
    let table = || {
        let (schema, name) = (object.identity.part(0), object.identity.part(1));
        let kind = if step.kind == Kind::View { Kind::View } else { Kind::Table };
        let shown = from.find(kind, &[schema, name]).map_or_else(|| object.display(), Object::display);
        On::Thing(kind.name().to_owned(), shown, schema.to_owned())
    };
    let on_table = |names: &[&str]| right(names, table());
    // MySQL's manual names CREATE and INSERT beside it; measured, only what renames a table asks for these.
    let alters = || vec![on_table(&["ALTER"])];
    let defined = |mut rights: Vec<Right>| {
        let definer = to.find(Kind::Definer, &[step.kind.name(), &object.display()]).and_then(|definer| definer.text("definer"));
        let others = definer.filter(|definer| text::account_parts(definer, &dialect.roles).0 != dialect.role && step.act != Act::Drop);
        if let Some(other) = others {
            let names: &[&str] =
                if dialect.flavor.is_mariadb() { &["SET USER", "SUPER"] } else { &["SET_ANY_DEFINER", "SET_USER_ID", "SUPER"] };
            rights.push(right(names, On::Server));
            // https://dev.mysql.com/doc/refman/en/privileges-provided.html#priv_system-user
            if !dialect.flavor.is_mariadb() && Held::of(other, from).has(SYSTEM_USER[0], &On::Server) {
                rights.push(right(SYSTEM_USER, On::Server));
            }
        }
        rights
    };
    match (step.kind, step.act) {
        (Kind::Schema, Act::Create) => vec![here(&["CREATE"])],
        (Kind::Schema, Act::Alter) => vec![here(&["ALTER"])],
        (Kind::Schema | Kind::Sequence, Act::Drop) => vec![here(&["DROP"])],
        (Kind::Table | Kind::View, Act::Drop) => vec![on_table(&["DROP"])],
        (Kind::Table, Act::Create) => vec![on_table(&["CREATE"])],
        (Kind::Sequence, Act::Create) => vec![here(&["CREATE"])],
        (Kind::Sequence, Act::Alter) => vec![here(&["ALTER"])],
        (Kind::Partition, Act::Drop) => alters().into_iter().chain([on_table(&["DROP"])]).collect(),
        (Kind::Constraint, Act::Create) if is_foreign_key(&object) => {
            let parent = object.text("references").and_then(|shown| from.shown(Kind::Table.name(), shown));
            let refers = parent.map(|parent| {
                let on = On::Thing(Kind::Table.name().to_owned(), parent.display(), parent.identity.part(0).to_owned());
                right(&["REFERENCES"], on)
            });
            // MariaDB asks for none on what is referred to.
            alters().into_iter().chain(refers.filter(|_| !dialect.flavor.is_mariadb())).collect()
        }
        (Kind::Table | Kind::Column | Kind::Index | Kind::Constraint | Kind::Partition, _) => alters(),
        (Kind::View, _) => defined(vec![here(&["CREATE VIEW"]), on_table(&["DROP"])]),
        (Kind::Trigger, _) => defined(vec![here(&["TRIGGER"])]),
        (Kind::Event, _) => defined(vec![here(&["EVENT"])]),
        (Kind::Function | Kind::Procedure | Kind::Package | Kind::Library, Act::Create) => defined(vec![here(&["CREATE ROUTINE"])]),
        (Kind::Function | Kind::Procedure | Kind::Package | Kind::Library, Act::Drop) => vec![here(&["ALTER ROUTINE"])],
        (Kind::Function | Kind::Procedure | Kind::Package | Kind::Library, Act::Alter) => {
            defined(vec![here(&["ALTER ROUTINE"]), here(&["CREATE ROUTINE"])])
        }
        (Kind::Role, _) => vec![right(&["CREATE USER"], On::Server)],
        (Kind::Membership, _) if !dialect.flavor.is_mariadb() => vec![right(&["ROLE_ADMIN", "SUPER"], On::Server)],
        (Kind::Grant, _) => handed_out(step, (from, to)),
        _ => Vec::new(),
    }
}

/// What it takes to hand out or take back: the right to do so, and the rights themselves.
fn handed_out(step: &Step, (from, to): (&World<'_>, &World<'_>)) -> Vec<Right> {
    let (was, is) = (from.shown(step.kind.name(), &step.object), to.shown(step.kind.name(), &step.object));
    let (was, is) = match step.act {
        Act::Create => (None, is),
        Act::Drop => (was, None),
        _ => (was, is),
    };
    let Some(grant) = is.or(was) else { return Vec::new() };
    let (kind, shown) = (grant.identity.part(0), grant.identity.part(1));
    let on = match kind {
        "global" => On::Server,
        "schema" if shown == "(database)" => On::Database(String::new()),
        "schema" => On::Database(shown.to_owned()),
        // Whom one may act as is no right on a thing.
        "role" => return Vec::new(),
        _ => {
            let parts = shown_parts(shown).unwrap_or_default();
            let own = if kind == "column" { 2 } else { 1 };
            let database = if parts.len() > own { parts.first().cloned() } else { None };
            On::Thing(kind.to_owned(), shown.to_owned(), database.unwrap_or_default())
        }
    };
    let held = |side: Option<&Object>| -> BTreeSet<String> {
        side.map(|grant| list(grant, "privileges").iter().map(|one| (**one).to_owned()).collect()).unwrap_or_default()
    };
    let (was, is) = (held(was), held(is));
    let moved =
        was.symmetric_difference(&is).filter(|privilege| *privilege != OPTION).map(|privilege| (vec![privilege.clone()], on.clone()));
    moved.chain([right(&[OPTION], on.clone())]).collect()
}
