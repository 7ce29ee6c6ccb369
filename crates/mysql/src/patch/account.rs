//! Accounts and roles, and who is a member of which role. Never a password: an account is made so that nobody can log in by one until
//! somebody sets it.

use super::{Maker, MysqlDialect, Target, flag, integer, list, text};
use crate::ident::Quoted;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Accounts;

/// Plugins that take a password, and for which both vendors have something that none fits.
const WITH_PASSWORD: &[&str] = &["mysql_native_password", "caching_sha2_password", "sha256_password"];
/// Plugins that take none.
const WITHOUT: &[&str] = &[
    "auth_socket",
    "unix_socket",
    "pam",
    "gssapi",
    "named_pipe",
    "authentication_ldap_simple",
    "authentication_ldap_sasl",
    "authentication_kerberos",
];

/// The server's own superuser, and whoever the statements run as: what takes anything from them may end the script in its middle.
pub fn is_own(shown: &str, dialect: &MysqlDialect) -> bool {
    let (user, _) = text::account_parts(shown, &dialect.roles);
    user == "root" || user == dialect.role
}

pub const OWN: &str = "the server's superuser and the account that statements run as are changed by hand";

fn is_role(object: &Object) -> bool {
    !flag(object, "login")
}

impl Maker for Accounts {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let who = to.account(object.identity.part(0))?;
        let mut sql = if is_role(object) {
            return Ok(vec![Statement::new(format!("CREATE ROLE {who};"))]);
        } else {
            format!("CREATE USER {who}")
        };
        sql.push_str(&identified(list(object, "authentication"), to)?);
        for property in ["tls", "limits", "password_expired", "locked", "comment"] {
            sql.push_str(&clause(object, property, false)?);
        }
        Ok(vec![Statement::new(format!("{sql};")).hazard(Hazard::Opens(format!("{} can be given a password", object.display())))])
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), dialect: &MysqlDialect) -> Way {
        if is_own(change.to.identity.part(0), dialect) {
            return Way::Refuse(OWN.to_owned());
        }
        if change.touches("login") {
            return Way::Replace;
        }
        if change.touches("authentication") {
            return Way::Refuse("another way to log in wants another password, which no manifest keeps: a person's work".to_owned());
        }
        if change.touches("password_expired") && !flag(change.to, "password_expired") {
            return Way::Refuse("what ends that is a new password, which no manifest keeps: a person's work".to_owned());
        }
        if change.touches("tls") && change.to.text("tls") == Some("specified") {
            return Way::Refuse("what certificates it must bring is not in the manifest: a person's work".to_owned());
        }
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let who = to.account(change.to.identity.part(0))?;
        let mut sql = String::new();
        // Limits are one clause, and so are said once.
        let mut properties = vec!["tls", "limits", "password_expired", "locked", "comment"];
        properties.retain(|property| change.touches(property) || *property == "limits" && change.touches("connection_limit"));
        for property in properties {
            let words = if property == "limits" { limits(change.to, Some(change.from)) } else { clause(change.to, property, true)? };
            sql.push_str(&words);
        }
        if sql.is_empty() {
            return Ok(Vec::new());
        }
        let statement = Statement::new(format!("ALTER USER {who}{sql};"));
        let opens = change.touches("locked") && !flag(change.to, "locked") || change.touches("tls") && change.to.text("tls").is_none();
        Ok(vec![if opens {
            statement.hazard(Hazard::Opens(format!("{} may log in as it could not before", change.to.display())))
        } else {
            statement
        }])
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        if is_own(object.identity.part(0), to.dialect) {
            return Err(OWN.to_owned());
        }
        let (word, who) = (if is_role(object) { "ROLE" } else { "USER" }, to.account(object.identity.part(0))?);
        // The server asks nobody, as PostgreSQL does: whatever it had anywhere is gone with it.
        let what = if is_role(object) { "who is a member of it" } else { "its password" };
        let what = format!("{} of all databases of the server: {what}, and its rights everywhere", object.display());
        Ok(vec![super::loses(format!("DROP {word} {who};"), what)])
    }
}

/// How it logs in, with a password that nobody has.
fn identified(plugins: &[Box<str>], to: &Target<'_>) -> Result<String, String> {
    let mut found = Vec::new();
    for plugin in plugins {
        let takes = WITH_PASSWORD.contains(&&**plugin);
        let quoted = Quoted::of(plugin);
        found.push(match (takes, to.flavor().makes_passwords_up()) {
            (true, true) => format!("WITH {quoted} BY RANDOM PASSWORD"),
            (true, false) => format!("{} USING 'invalid'", text::word(plugin)?),
            (false, true) if WITHOUT.contains(&&**plugin) => format!("WITH {quoted}"),
            (false, false) if WITHOUT.contains(&&**plugin) => plugin.to_string(),
            _ => return Err(format!("an account that logs in by {plugin} cannot be made without its secret: a person's work")),
        });
    }
    if found.is_empty() {
        return Ok(String::new());
    }
    Ok(if to.flavor().makes_passwords_up() {
        format!(" IDENTIFIED {}", found.join(" AND IDENTIFIED "))
    } else {
        format!(" IDENTIFIED VIA {}", found.join(" OR "))
    })
}

fn clause(object: &Object, property: &str, is_altered: bool) -> Result<String, String> {
    Ok(match property {
        "tls" => match object.text("tls") {
            None if is_altered => " REQUIRE NONE".to_owned(),
            None => String::new(),
            Some("any") => " REQUIRE SSL".to_owned(),
            Some("x509") => " REQUIRE X509".to_owned(),
            Some(_) => return Err("what certificates it must bring is not in the manifest: a person's work".to_owned()),
        },
        "limits" => limits(object, None),
        "password_expired" if flag(object, "password_expired") => " PASSWORD EXPIRE".to_owned(),
        "locked" if flag(object, "locked") => " ACCOUNT LOCK".to_owned(),
        "locked" if is_altered => " ACCOUNT UNLOCK".to_owned(),
        "comment" if is_altered || object.text("comment").is_some() => {
            format!(" COMMENT {}", Quoted::of(object.text("comment").unwrap_or_default()))
        }
        _ => String::new(),
    })
}

/// ` WITH MAX_USER_CONNECTIONS 3 …`; what was limited before and is no more has zero.
fn limits(object: &Object, before: Option<&Object>) -> String {
    let mut found: Vec<String> = list(object, "limits").iter().map(|limit| limit.replace('=', " ").to_ascii_uppercase()).collect();
    let name = |limit: &str| limit.split('=').next().unwrap_or_default().to_owned();
    for gone in before.map(|before| list(before, "limits")).unwrap_or_default() {
        if !list(object, "limits").iter().any(|limit| name(limit) == name(gone)) {
            found.push(format!("{} 0", name(gone).to_ascii_uppercase()));
        }
    }
    match (integer(object, "connection_limit"), before.and_then(|before| integer(before, "connection_limit"))) {
        (Some(limit), _) => found.push(format!("MAX_USER_CONNECTIONS {limit}")),
        (None, Some(_)) => found.push("MAX_USER_CONNECTIONS 0".to_owned()),
        (None, None) => {}
    }
    if found.is_empty() { String::new() } else { format!(" WITH {}", found.join(" ")) }
}

/// Roles that are active when it connects, once it is a member of them.
pub fn default_roles(object: &Object, to: &Target<'_>) -> Written {
    let is = list(object, "default_roles");
    let was = to.making.from.same(object).map(|before| list(before, "default_roles")).unwrap_or_default();
    if is == was {
        return Ok(Vec::new());
    }
    let roles = is.iter().map(|role| to.account(role)).collect::<Result<Vec<_>, _>>()?;
    let roles = if roles.is_empty() { "NONE".to_owned() } else { roles.join(", ") };
    let word = if to.flavor().is_mariadb() { "FOR" } else { "TO" };
    Ok(vec![Statement::new(format!("SET DEFAULT ROLE {roles} {word} {};", to.account(object.identity.part(0))?))])
}

/// Memberships of an account.
pub fn memberships_of<'w>(object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
    let all = world.manifest.of_kind(Kind::Membership).iter();
    all.filter(|membership| membership.identity.part(1) == object.identity.part(0)).collect()
}

pub struct Memberships;

impl Maker for Memberships {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let (role, member) = (to.account(object.identity.part(0))?, to.account(object.identity.part(1))?);
        let admin = match (flag(object, "admin"), to.flavor().is_mariadb()) {
            (true, _) => " WITH ADMIN OPTION",
            (false, _) => "",
        };
        let opens = Hazard::Opens(format!("{} may do what {} may", object.identity.part(1), object.identity.part(0)));
        Ok(vec![Statement::new(format!("GRANT {role} TO {member}{admin};")).hazard(opens)])
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        if flag(change.to, "admin") { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        self.create(change.to, to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let (role, member) = (to.account(object.identity.part(0))?, to.account(object.identity.part(1))?);
        Ok(vec![Statement::new(format!("REVOKE {role} FROM {member};"))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        [0, 1].into_iter().filter_map(|at| world.find(Kind::Role, &[object.identity.part(at)])).collect()
    }
}
