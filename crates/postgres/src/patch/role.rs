//! Roles, without passwords, and memberships.

use super::{Maker, Target, flag, integer, is_not, list};
use crate::flavor;
use crate::ident::literal;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Roles;
pub struct Memberships;

const FLAGS: &[(&str, &str)] = &[
    ("superuser", "SUPERUSER"),
    ("create_role", "CREATEROLE"),
    ("create_database", "CREATEDB"),
    ("login", "LOGIN"),
    ("replication", "REPLICATION"),
    ("bypass_rls", "BYPASSRLS"),
];

fn attributes(object: &Object, is_told: &dyn Fn(&str) -> bool) -> String {
    let mut words: Vec<String> = FLAGS
        .iter()
        .filter(|(property, _)| is_told(property))
        .map(|(property, word)| if flag(object, property) { (*word).to_owned() } else { format!("NO{word}") })
        .collect();
    if is_told("inherit") {
        words.push(if is_not(object, "inherit") { "NOINHERIT" } else { "INHERIT" }.to_owned());
    }
    if is_told("connection_limit") {
        words.push(format!("CONNECTION LIMIT {}", integer(object, "connection_limit").unwrap_or(-1)));
    }
    if is_told("valid_until") {
        words.push(format!("VALID UNTIL {}", literal(object.text("valid_until").unwrap_or("infinity"))));
    }
    words.join(" ")
}

fn opens(statement: Statement, object: &Object, is_told: &dyn Fn(&str) -> bool) -> Statement {
    let mut statement = statement;
    for (property, what) in
        [("superuser", "everything"), ("bypass_rls", "all rows that policies hide"), ("create_role", "the making of roles")]
    {
        if is_told(property) && flag(object, property) {
            statement = statement.hazard(Hazard::Opens(format!("{what} to role {}", object.identity.part(0))));
        }
    }
    statement
}

impl Maker for Roles {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        // Every server has one, by whatever name.
        if object.identity.part(0).starts_with('(') {
            return Ok(Vec::new());
        }
        let role = to.role(object.identity.part(0))?;
        let is_told = |property: &str| object.get(property).is_some();
        let words = attributes(object, &is_told);
        let statement = Statement::new(format!("CREATE ROLE {role} {words}").trim_end().to_owned() + ";");
        Ok(vec![opens(statement, object, &is_told)])
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.to.identity.part(0).starts_with('(') {
            return Way::Refuse("the bootstrap superuser is the server's own".to_owned());
        }
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let role = to.role(change.to.identity.part(0))?;
        let is_told = |property: &str| change.touches(property);
        let statement = Statement::new(format!("ALTER ROLE {role} {};", attributes(change.to, &is_told)));
        Ok(vec![opens(statement, change.to, &is_told)])
    }

    /// The server refuses the end of a role that owns anything or is named anywhere, in whichever database: what is here goes before.
    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let shown = object.identity.part(0);
        if shown.starts_with('(') {
            return Err("the bootstrap superuser is the server's own".to_owned());
        }
        if let Some(user) = names(shown, to.making.to) {
            return Err(format!("{} names it and stays", World::name_of(user)));
        }
        let role = to.role(shown)?;
        let what = format!("role {role} of all databases of the server, its password and all logins by it");
        Ok(vec![
            super::loses(format!("DROP ROLE {role};"), what)
                .hazard(Hazard::FailsIf(format!("anything in another database belongs to {role} or names it")))
                .hazard(Hazard::RunBy("a superuser, or who may make roles and administers this one".to_owned())),
        ])
    }
}

/// Something that belongs to the role or names it.
fn names<'w>(role: &str, world: &World<'w>) -> Option<&'w Object> {
    let is_named = |object: &&Object| {
        let has = |property: &str| list(object, property).iter().any(|one| &**one == role);
        let part = |at: usize| object.identity.part(at) == role;
        match object.kind {
            Kind::Owner => object.text("owner") == Some(role),
            Kind::Grant => part(2),
            Kind::DefaultPrivilege => part(0) || part(3),
            Kind::Membership => part(0) || part(1) || has("grantors"),
            Kind::Override => part(0),
            Kind::UserMapping => part(1),
            Kind::Policy => has("roles"),
            _ => false,
        }
    };
    world.manifest.objects().iter().find(is_named)
}

impl Maker for Memberships {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let (role, member) = (named(object.identity.part(0), to)?, named(object.identity.part(1), to)?);
        let admin = flag(object, "admin");
        let mut options = Vec::new();
        if to.dialect.major >= flavor::INHERIT_BY_MEMBERSHIP {
            options.push(format!("ADMIN {}", admin));
            options.push(format!("INHERIT {}", !is_not(object, "inherit")));
            options.push(format!("SET {}", !is_not(object, "set")));
        } else if admin {
            options.push("ADMIN OPTION".to_owned());
        }
        let with = if options.is_empty() { String::new() } else { format!(" WITH {}", options.join(", ")) };
        let opens = Hazard::Opens(format!("what {role} may to {member}"));
        let statement = |by: String| {
            let statement = Statement::new(format!("GRANT {role} TO {member}{with}{by};")).hazard(opens.clone());
            if by.is_empty() {
                statement
            } else {
                statement.hazard(Hazard::RunBy("a superuser, or who has the rights of that grantor".to_owned()))
            }
        };
        Ok(by(object, to)?.into_iter().map(statement).collect())
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        let roles = [0, 1].into_iter().filter_map(|at| world.find(Kind::Role, &[object.identity.part(at)]));
        // Who grants it may do so.
        let own = list(object, "grantors").iter().filter(|one| !one.starts_with('(') && ***one != *object.identity.part(1));
        let grantors = own.filter_map(|grantor| world.find(Kind::Membership, &[object.identity.part(0), grantor]));
        roles.chain(grantors).collect()
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, _: &World<'_>) -> Way {
        if from.manifest.endpoint.server_major >= flavor::INHERIT_BY_MEMBERSHIP {
            return Way::InPlace;
        }
        // Before, one grants for all, and it is whoever runs the patch where nobody is named.
        let is_nameless = list(change.to, "grantors").iter().any(|one| one.starts_with('('));
        if change.only(&["grantors"]) && is_nameless {
            return Way::Refuse("it was granted by the bootstrap superuser, whose name is in no manifest".to_owned());
        }
        Way::Replace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let mut gone = change.from.clone();
        let keeps = list(change.to, "grantors");
        let more: Vec<Box<str>> = list(change.from, "grantors").iter().filter(|one| !keeps.contains(one)).cloned().collect();
        let mut statements = Vec::new();
        if !more.is_empty() {
            gone.set("grantors", Value::List(more.into()));
            statements = self.drop(&gone, to)?;
        }
        statements.extend(self.create(change.to, to)?);
        Ok(statements)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let (role, member) = (named(object.identity.part(0), to)?, named(object.identity.part(1), to)?);
        if to.dialect.major < flavor::INHERIT_BY_MEMBERSHIP {
            return Ok(vec![Statement::new(format!("REVOKE {role} FROM {member};"))]);
        }
        Ok(by(object, to)?.into_iter().map(|by| Statement::new(format!("REVOKE {role} FROM {member}{by};"))).collect())
    }
}

/// Whoever builds a throwaway server is its bootstrap superuser, who has no name in a manifest.
fn named(role: &str, to: &Target<'_>) -> Result<String, String> {
    if role.starts_with('(') && to.making.form.throwaway { Ok("CURRENT_USER".to_owned()) } else { to.role(role) }
}

/// `GRANTED BY`, for each who granted it: from 16 on each grants for himself, and a superuser as the bootstrap superuser, who has no name.
fn by(object: &Object, to: &Target<'_>) -> Result<Vec<String>, String> {
    let grantors = list(object, "grantors");
    if grantors.is_empty() {
        return Ok(vec![String::new()]);
    }
    grantors.iter().map(|one| if one.starts_with('(') { Ok(String::new()) } else { Ok(format!(" GRANTED BY {}", to.role(one)?)) }).collect()
}
