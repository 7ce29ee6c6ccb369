//! Tables, foreign ones and partitions. A partition is made alone and attached when it has everything: its keys and indexes keep
//! their names that way.

use super::text::{parameters, relation, whole};
use super::{Maker, Target, attached, column, flag, inherited, list, locks, loses, parameter, sequence, text};
use crate::flavor;
use crate::ident::quoted;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Tables;

/// The index that rows are identified by, where it is one.
pub fn identity_index(table: &Object) -> Option<String> {
    let shown = table.text("replica_identity")?.strip_prefix("index ")?;
    shown_parts(shown)?.pop()
}

fn has_finish(table: &Object) -> bool {
    flag(table, "row_security")
        || table.get("partition_of").is_some()
        || table.get("cluster_on").is_some()
        || identity_index(table).is_some()
        || table.get("of_type").is_some()
}

/// Parents whose columns it lists as its own: it is told to inherit after it is made.
fn inherits_later(table: &Object, world: &World<'_>) -> bool {
    let (schema, name) = (table.identity.part(0), table.identity.part(1));
    !list(table, "inherits").is_empty()
        && world.parts_of_kind(schema, name, Kind::Column).all(|column| column.get("local").is_none())
        && world.parts_of_kind(schema, name, Kind::Constraint).all(|constraint| constraint.get("local").is_none())
}

fn parents<'w>(table: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
    let shown = table.text("partition_of").into_iter().chain(list(table, "inherits").iter().map(AsRef::as_ref));
    shown.filter_map(|name| world.shown("table", name)).collect()
}

impl Maker for Tables {
    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        let mut needs = if object.get("partition_of").is_some() { Vec::new() } else { parents(object, world) };
        needs.extend(object.text("server").and_then(|server| world.find(Kind::ForeignServer, &[server])));
        needs.extend(object.text("access_method").and_then(|method| world.find(Kind::AccessMethod, &[method])));
        needs.extend(object.text("of_type").and_then(|typ| world.shown("composite-type", typ)));
        needs
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        if !has_finish(object) && list(object, "inherits").is_empty() {
            return None;
        }
        let mut needs: Vec<&Object> = Vec::new();
        let relations = std::iter::once(object).chain(parents(object, world));
        for relation in relations {
            let (schema, name) = (relation.identity.part(0), relation.identity.part(1));
            let parts = world.parts_of(schema, name);
            needs.extend(parts.filter(|part| match part.kind {
                Kind::Constraint | Kind::Column | Kind::Policy => true,
                // One that a partition has nothing of is made when all are attached.
                Kind::Index => !super::partial::is_partial(part, world),
                // A copy comes with the attachment.
                Kind::Trigger => !flag(part, "copied"),
                _ => false,
            }));
        }
        // Those that are attached to it come first.
        let shown = object.display();
        let partitions = world.manifest.of_kind(Kind::Table).iter().filter(|table| table.text("partition_of") == Some(&shown));
        // But what numbers its rows reaches only those that are its parts by then.
        let numbers = |table: &Object| {
            let mut columns = world.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Column);
            table.get("partition_of").is_some() && columns.any(|column| column.get("identity").is_some())
        };
        if object.get("partition_by").is_some() && !numbers(object) {
            needs.extend(partitions);
        }
        needs.extend(object.text("partition_of").and_then(|parent| world.shown("table", parent)).filter(|parent| numbers(parent)));
        Some(needs)
    }

    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let world = to.making.to;
        let (schema, name) = (object.identity.part(0), object.identity.part(1));
        let later = inherits_later(object, world);
        let columns = world.columns(schema, name);
        let own = columns.iter().filter(|column| object.get("partition_of").is_some() || column.get("local").is_none());
        let mut lines = Vec::new();
        let typed = object.text("of_type");
        for column in own {
            if typed.is_some() {
                lines.extend(column::of_type(column, to)?);
            } else {
                lines.push(column::definition(column, to)?);
            }
        }
        let word = match (object.get("server"), object.text("persistence")) {
            (Some(_), _) => "FOREIGN TABLE",
            (None, Some("unlogged")) => "UNLOGGED TABLE",
            (None, _) => "TABLE",
        };
        let mut sql = format!("CREATE {word} {}", whole(object));
        if let Some(typ) = typed {
            sql.push_str(&format!(" OF {}", relation(typ)?));
        }
        if typed.is_none() || !lines.is_empty() {
            let body = if lines.is_empty() { String::new() } else { format!("\n    {}\n", lines.join(",\n    ")) };
            sql.push_str(&format!(" ({body})"));
        }
        if !later && object.get("partition_of").is_none() && !list(object, "inherits").is_empty() {
            let names = list(object, "inherits").iter().map(|parent| relation(parent)).collect::<Result<Vec<_>, _>>()?;
            sql.push_str(&format!(" INHERITS ({})", names.join(", ")));
        }
        if let Some(key) = object.text("partition_by") {
            sql.push_str(&format!(" PARTITION BY {key}"));
        }
        if let Some(method) = object.text("access_method").filter(|_| object.get("server").is_none()) {
            sql.push_str(&format!(" USING {}", quoted(method)));
        }
        let mut options = parameters(list(object, "options"), "");
        options.extend(parameters(list(object, "toast_options"), "toast."));
        if !options.is_empty() {
            sql.push_str(&format!(" WITH ({})", options.join(", ")));
        }
        if let Some(space) = object.text("tablespace") {
            sql.push_str(&format!(" TABLESPACE {}", quoted(space)));
        }
        if let Some(server) = object.text("server") {
            sql.push_str(&format!(" SERVER {}", quoted(server)));
            let options = to.foreign_options(list(object, "foreign_options"))?;
            if !options.is_empty() {
                sql.push_str(&format!(" OPTIONS ({})", options.join(", ")));
            }
        }
        let mut statements = vec![Statement::new(format!("{sql};"))];
        for column in &columns {
            statements.extend(column::after(column, to)?);
        }
        if flag(object, "force_row_security") {
            statements.push(Statement::new(format!("ALTER TABLE {} FORCE ROW LEVEL SECURITY;", whole(object))));
        }
        if let Some(identity) = object.text("replica_identity").filter(|identity| !identity.starts_with("index ")) {
            statements.extend(replica_identity(object, identity)?);
        }
        Ok(statements)
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = whole(object);
        let mut statements = Vec::new();
        let before = to.before(object);
        let is_other = |property: &str| before.is_none_or(|before| before.get(property) != object.get(property));
        if let Some(parent) = object.text("partition_of") {
            if is_other("partition_of") || is_other("partition_bound") {
                if let Some(why) = super::partial::takes_no_parts(parent, (to.making.from, to.making.to)) {
                    return Err(why);
                }
                statements.push(attach(object, parent)?);
            }
        } else if before.is_some() || inherits_later(object, to.making.to) {
            let known = before.map(|before| list(before, "inherits")).unwrap_or_default();
            for parent in list(object, "inherits").iter().filter(|parent| !known.contains(parent)) {
                statements.push(Statement::new(format!("ALTER TABLE {name} INHERIT {};", relation(parent)?)));
            }
        }
        // One that is made is made of its type.
        if let Some(typ) = object.text("of_type").filter(|_| before.is_some() && is_other("of_type")) {
            statements.push(Statement::new(format!("ALTER TABLE {name} OF {};", relation(typ)?)));
        }
        if let Some(index) = object.text("cluster_on").filter(|_| is_other("cluster_on")) {
            statements.push(Statement::new(format!("ALTER TABLE {name} CLUSTER ON {};", quoted(index))));
        }
        if flag(object, "row_security") && is_other("row_security") {
            statements.push(Statement::new(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;")));
        }
        if identity_index(object).is_some() && is_other("replica_identity") {
            statements.extend(replica_identity(object, object.text("replica_identity").unwrap_or_default())?);
        }
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        let fixed = ["server", "partition_by"];
        if let Some(attribute) = fixed.iter().find(|attribute| change.touches(attribute)) {
            return Way::Refuse(format!("{attribute} of a table cannot be altered: it would have to be made anew, with its rows"));
        }
        let parents = [change.from, change.to].map(|table| table.text("partition_of"));
        if let Some(why) = parents.into_iter().flatten().find_map(|parent| super::partial::takes_no_parts(parent, (from, to))) {
            return Way::Refuse(why);
        }
        if change.touches("partition_bound")
            && let Some(parent) = change.to.text("partition_of")
            && let Some(key) = attached::retyped_keys(parent, from, to).first()
        {
            return Way::Refuse(format!("its bound is one of column {key} of table {parent}, whose type cannot be altered"));
        }
        let mut columns = to.parts_of_kind(change.to.identity.part(0), change.to.identity.part(1), Kind::Column);
        let has_parts = change.from.get("partition_of").is_some() && change.from.get("partition_by").is_some();
        if has_parts
            && (change.touches("partition_of") || change.touches("partition_bound"))
            && columns.any(|column| column.get("identity").is_some())
        {
            return Way::Refuse("it has partitions of its own, which would number their rows no more when it is attached anew".to_owned());
        }
        if change.touches("access_method") && from.manifest.endpoint.server_major < flavor::SET_ACCESS_METHOD {
            return Way::Refuse("before PostgreSQL 15 no statement gives a table another access method".to_owned());
        }
        if change.touches("inherits") && inherited::is_reordered(list(change.from, "inherits"), list(change.to, "inherits")) {
            let why = "a table that it inherits from already would have to stand behind another one, which no statement does";
            return Way::Refuse(why.to_owned());
        }
        if let Some(name) =
            Some(change).filter(|change| change.touches("inherits")).and_then(|change| inherited::only_from_new(change, (from, to)))
        {
            return Way::Refuse(format!(
                "it has column {name} from a table that it is to inherit from: added before, it would be its own, which no statement changes"
            ));
        }
        if change.touches("detach_pending") {
            return Way::Refuse("finish the detach first: ALTER TABLE … DETACH PARTITION … FINALIZE".to_owned());
        }
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let (object, before) = (change.to, change.from);
        let name = whole(object);
        let (schema, table) = (object.identity.part(0), object.identity.part(1));
        let word = if object.get("server").is_some() { "FOREIGN TABLE" } else { "TABLE" };
        let alter = |what: String| Statement::new(format!("ALTER {word} {name} {what};"));
        let mut statements = Vec::new();
        for attribute in change.attributes {
            match *attribute {
                "persistence" => statements.extend(persistence(object, to)),
                "access_method" => {
                    let method = object.text("access_method").unwrap_or("heap");
                    statements.push(
                        alter(format!("SET ACCESS METHOD {}", quoted(method))).hazard(Hazard::Rewrites(name.clone())).hazard(locks(
                            "ACCESS EXCLUSIVE",
                            schema,
                            table,
                        )),
                    );
                }
                "options" => statements.extend(parameter::changes((before, object), "options", "", &alter)),
                "toast_options" => statements.extend(parameter::changes((before, object), "toast_options", "toast.", &alter)),
                "tablespace" => {
                    let space = object.text("tablespace").unwrap_or("pg_default");
                    statements.push(
                        alter(format!("SET TABLESPACE {}", quoted(space))).hazard(Hazard::Rewrites(name.clone())).hazard(locks(
                            "ACCESS EXCLUSIVE",
                            schema,
                            table,
                        )),
                    );
                }
                // Without its policies it would hide all rows from everybody: `finish` says it.
                "row_security" if flag(object, "row_security") => {}
                "row_security" => statements.push(
                    alter("DISABLE ROW LEVEL SECURITY".to_owned())
                        .hazard(Hazard::Opens(format!("all rows of {name} to whoever may read or write it"))),
                ),
                "force_row_security" if flag(object, "force_row_security") => {
                    statements.push(alter("FORCE ROW LEVEL SECURITY".to_owned()));
                }
                "force_row_security" => statements.push(
                    alter("NO FORCE ROW LEVEL SECURITY".to_owned()).hazard(Hazard::Opens(format!("all rows of {name} to its owner"))),
                ),
                // `finish` says it, when the index is there.
                "replica_identity" if identity_index(object).is_some() => {}
                "cluster_on" if object.get("cluster_on").is_some() => {}
                // Its columns may become others before it is of another type.
                "of_type" if before.get("of_type").is_none() => {}
                "of_type" => statements.push(alter("NOT OF".to_owned())),
                "replica_identity" => statements.extend(replica_identity(object, object.text("replica_identity").unwrap_or("default"))?),
                "cluster_on" => statements.push(alter("SET WITHOUT CLUSTER".to_owned())),
                "partition_of" | "partition_bound" => {
                    if attribute == &"partition_bound" && change.touches("partition_of") {
                        continue;
                    }
                    if let Some(parent) = before.text("partition_of") {
                        let keys = attached::held_by(parent, to.making.from, to.making.to);
                        statements.push(detach(parent, &name, &keys)?);
                    }
                }
                "inherits" => {
                    let (was, is) = (list(before, "inherits"), list(object, "inherits"));
                    // What is new is told when its columns are there.
                    for parent in was.iter().filter(|parent| !is.contains(parent)) {
                        statements.push(alter(format!("NO INHERIT {}", relation(parent)?)));
                    }
                }
                "foreign_options" => {
                    let changed = text::option_changes(list(before, "foreign_options"), list(object, "foreign_options"))?;
                    statements.push(alter(format!("OPTIONS ({changed})")));
                }
                other => return Err(format!("there is no statement for its {other}")),
            }
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let word = if object.get("server").is_some() { "FOREIGN TABLE" } else { "TABLE" };
        let sql = format!("DROP {word} {};", whole(object));
        if object.get("server").is_some() {
            return Ok(vec![Statement::new(sql)]);
        }
        let locks = locks("ACCESS EXCLUSIVE", object.identity.part(0), object.identity.part(1));
        let mut statements = sequence::let_go(object, to);
        // A foreign key to the whole holds each part.
        if let Some(parent) = object.text("partition_of") {
            let keys = attached::held_by(parent, to.making.from, to.making.to);
            if !keys.is_empty() {
                statements.push(detach(parent, &whole(object), &keys)?);
            }
        }
        statements.push(loses(sql, format!("all rows of {}", object.display())).hazard(locks));
        Ok(statements)
    }
}

fn detach(parent: &str, name: &str, keys: &[String]) -> Result<Statement, String> {
    let statement = Statement::new(format!("ALTER TABLE {} DETACH PARTITION {name};", relation(parent)?))
        .hazard(Hazard::Locks { mode: "ACCESS EXCLUSIVE", relation: relation(parent)? });
    let fails =
        keys.iter().map(|key| Hazard::FailsIf(format!("a row of {name} is referred to by {key}: drop that before, and add it again")));
    Ok(fails.fold(statement, Statement::hazard))
}

/// No logged table refers to one that is not: those that foreign keys join are altered together, with the first of them.
fn persistence(object: &Object, to: &Target<'_>) -> Vec<Statement> {
    let (from, wanted) = (to.making.from, to.making.to);
    let is_unlogged = object.text("persistence") == Some("unlogged");
    let is_altered = |table: &Object| {
        let after = wanted.same(table);
        after.is_some_and(|after| {
            after.get("persistence") != table.get("persistence") && after.get("persistence") == object.get("persistence")
        })
    };
    let tables: Vec<&Object> = from.manifest.of_kind(Kind::Table).iter().filter(|table| is_altered(table)).collect();
    let referenced = |table: &Object| -> Vec<&Object> {
        let keys = from.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Constraint);
        let shown: Vec<&str> = keys.filter_map(|key| key.text("references")).collect();
        tables.iter().copied().filter(|other| shown.contains(&other.display().as_str()) && other.key() != table.key()).collect()
    };
    // Those that this one is joined with, over any number of others.
    let mut group: Vec<&Object> = tables.iter().copied().filter(|table| table.key() == object.key()).collect();
    loop {
        let is_in = |table: &Object| group.iter().any(|other| other.key() == table.key());
        let touches = |table: &Object| {
            referenced(table).into_iter().any(is_in)
                || group.iter().any(|other| referenced(other).iter().any(|one| one.key() == table.key()))
        };
        let more: Vec<&Object> = tables.iter().copied().filter(|table| !is_in(table) && touches(table)).collect();
        if more.is_empty() {
            break;
        }
        group.extend(more);
    }
    group.sort_by_key(|table| table.display());
    if group.first().is_none_or(|first| first.key() != object.key()) {
        return Vec::new();
    }
    // Each after those that it refers to; what refers to each other comes as it may.
    let mut order: Vec<&Object> = Vec::new();
    while !group.is_empty() {
        let is_free = |table: &&Object| referenced(table).iter().all(|other| !group.iter().any(|one| one.key() == other.key()));
        let at = group.iter().position(is_free).unwrap_or_default();
        order.push(group.remove(at));
    }
    if is_unlogged {
        order.reverse();
    }
    let words = if is_unlogged { "SET UNLOGGED" } else { "SET LOGGED" };
    let one = |table: &&Object| {
        let statement = Statement::new(format!("ALTER TABLE {} {words};", whole(table)));
        let statement = if is_unlogged {
            statement
                .hazard(Hazard::Loses(format!("all rows of {} whenever the server stops by a crash, and on replicas", table.display())))
        } else {
            statement
        };
        statement.hazard(Hazard::Rewrites(whole(table))).hazard(locks("ACCESS EXCLUSIVE", table.identity.part(0), table.identity.part(1)))
    };
    order.iter().map(one).collect()
}

fn attach(object: &Object, parent: &str) -> Result<Statement, String> {
    let bound = object.text("partition_bound").ok_or("its bound is not known")?;
    let sql = format!("ALTER TABLE {} ATTACH PARTITION {} {bound};", relation(parent)?, whole(object));
    let fails = format!("a row of {} does not lie in its bound, or one of the default partition does", whole(object));
    Ok(Statement::new(sql).hazard(Hazard::Scans(whole(object))).hazard(Hazard::FailsIf(fails)))
}

pub fn replica_identity(object: &Object, identity: &str) -> Written {
    let words = match identity {
        "default" => "DEFAULT".to_owned(),
        "full" => "FULL".to_owned(),
        "nothing" => "NOTHING".to_owned(),
        _ => format!("USING INDEX {}", quoted(&identity_index(object).ok_or("the index of its replica identity is gone")?)),
    };
    // A foreign table says so and takes no such statement.
    if object.get("server").is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![Statement::new(format!("ALTER TABLE {} REPLICA IDENTITY {words};", whole(object)))])
}
