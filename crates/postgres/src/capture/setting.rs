//! Kinds `setting` and `server`: values as new sessions get them, what the migration role gets, what they weigh.

use super::names::Names;
use super::reader::{Address, Found, Read, Reader};
use super::rows;
use super::setting_override::{self, Override};
use super::statements;
use crate::flavor;
use crate::ident;
use crate::knowledge::{settings, typed};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use evenkeel_core::setting::closed;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// What connecting sets, by its nature: never the environment's.
const OURS: &[&str] = &["application_name", "client_encoding"];

/// A setting as `pg_settings` has it.
pub struct Raw {
    pub name: Box<str>,
    pub reset: Option<Box<str>>,
    pub unit: Option<Box<str>>,
    pub vartype: Box<str>,
    pub category: Box<str>,
    source: Box<str>,
    boot: Option<Box<str>>,
    pending_restart: bool,
}

impl Raw {
    /// A value of this setting as it may be shown.
    fn shown(&self, value: Option<&str>) -> String {
        shown(&self.name, value, Some(self))
    }
}

/// A value as it may be shown; `raw` where the server knows the setting.
#[must_use]
pub fn shown(name: &str, value: Option<&str>, raw: Option<&Raw>) -> String {
    let vartype = raw.map(|raw| &*raw.vartype);
    match value {
        Some(value) if settings::is_printed(name, vartype) => typed::written(name, value, raw.and_then(|raw| raw.unit.as_deref()), vartype),
        value => closed(value).to_owned(),
    }
}

/// Who asks and who migrates.
struct Seen {
    all: bool,
    me: u32,
    my_name: Box<str>,
    /// Our role has so little time that settings are read under our limits alone.
    hurried: bool,
    migration_role: Option<u32>,
}

rows::columns!(SeenAt { sees, me, migration_role, my_name, hurried });

/// Reads settings and overrides.
pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    let role = reader.migration_role;
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] = [(&role, Type::TEXT)];
    let seen = reader.rows_with(statements::SETTING_SEEN, &parameters, "pg_roles").await?;
    let Some((row, at)) = rows::each::<SeenAt>(&seen)?.next() else { return Ok(Vec::new()) };
    let seen = Seen {
        all: rows::flag(row, at.sees)?,
        me: rows::oid(row, at.me)?,
        my_name: rows::text(row, at.my_name)?,
        hurried: rows::flag(row, at.hurried)?,
        migration_role: role.is_some().then_some(rows::oid(row, at.migration_role)?),
    };
    let overrides = setting_override::raw(reader).await?;
    let raw = reset(reader, seen.hurried).await?;
    gaps(reader, &seen);
    let mut found = Vec::with_capacity(raw.len() + overrides.len());
    for raw in raw.iter().filter(|raw| !OURS.contains(&&*raw.name)) {
        let object = build(reader, &seen, raw, &overrides);
        found.push(Found { object, address: Address::default() });
    }
    reader.tell(Kind::Setting, found.len());
    found.extend(setting_override::build(names, &overrides, &raw));
    found.extend(server(reader, names).await?);
    Ok(found)
}

/// The rows of `pg_settings` with the sources of the values new sessions get: behind a savepoint this session's own
/// values are reset. One limit on waiting stays at any time, so each hides its own source in one of two reads.
async fn reset(reader: &Reader<'_>, hurried: bool) -> Read<Vec<Raw>> {
    if hurried {
        // The sources of the limits stay hidden; what the role itself has is among its overrides.
        return behind(reader, "lock_timeout", reader.request.lock_timeout, &ours(reader)).await;
    }
    let mut all = behind(reader, "statement_timeout", reader.request.statement_timeout, "").await?;
    let other = behind(reader, "lock_timeout", reader.request.lock_timeout, "").await?;
    for (raw, other) in all.iter_mut().zip(other) {
        if &*raw.name == "statement_timeout" && raw.name == other.name {
            raw.source = other.source;
        }
    }
    Ok(all)
}

/// All limits of ours beside the one on locks.
fn ours(reader: &Reader<'_>) -> String {
    let limits = reader.request.limits();
    let whole = if flavor::has_transaction_timeout(reader.major) { "SET LOCAL transaction_timeout = 0" } else { "" };
    let milliseconds = |limit: std::time::Duration| limit.as_millis().clamp(1, 2_147_483_647);
    format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}; {whole}",
        milliseconds(limits.statement_timeout),
        milliseconds(limits.idle_timeout)
    )
}

async fn behind(reader: &Reader<'_>, limit: &str, value: std::time::Duration, limits: &str) -> Read<Vec<Raw>> {
    let milliseconds = value.as_millis().clamp(1, 2_147_483_647).to_string();
    reader.run(&statements::SETTING_OPENING.fill(&[limits, limit, &milliseconds]), "pg_settings").await?;
    let rows = reader.rows(statements::SETTING, "pg_settings").await;
    reader.run(&statements::SETTING_CLOSING.fill(&[]), "pg_settings").await?;
    rows::each::<At>(&rows?)?.map(|(row, at)| raw(row, at)).collect()
}

rows::columns!(At { name, reset, unit, vartype, category, source, boot, pending_restart });

fn raw(row: &Row, at: At) -> Read<Raw> {
    let text = |index| Ok::<_, tokio_postgres::Error>(rows::get::<rows::Text>(row, index)?.map(|text| text.0));
    Ok(Raw {
        name: rows::text(row, at.name)?,
        reset: text(at.reset)?,
        unit: text(at.unit)?,
        vartype: rows::text(row, at.vartype)?,
        category: rows::text(row, at.category)?,
        source: rows::text(row, at.source)?,
        boot: text(at.boot)?,
        pending_restart: rows::flag(row, at.pending_restart)?,
    })
}

fn gaps(reader: &Reader<'_>, seen: &Seen) {
    if !seen.all {
        let detail = "settings that only superusers may see are hidden".to_owned();
        let cure = format!("GRANT pg_read_all_settings TO {};", ident::quoted(&seen.my_name));
        reader.gap(Gap::kind(Kind::Setting, Reason::Privilege, detail).cure(cure));
    }
    if seen.migration_role == Some(0) {
        let role = reader.migration_role.unwrap_or_default();
        let detail = format!("the migration role {role} does not exist on the server, so its effective settings are unknown");
        let gap = Gap::kind(Kind::Setting, Reason::NotConfigured, detail).attribute("effective");
        reader.gap(gap.cure("name a role of this server as migration_role"));
    }
}

fn build(reader: &Reader<'_>, seen: &Seen, raw: &Raw, overrides: &[Override]) -> Object {
    let mut object = Object::new(Kind::Setting, Identity::new([&*raw.name]));
    object.set("rank", settings::rank(&raw.name, &raw.category).name());
    object.set("pending_restart", raw.pending_restart);
    let mine = setting_override::effective(overrides, &raw.name, Some(seen.me)).filter(|own| own.role == seen.me);
    let by_connection = &*raw.source == "client";
    // What hides the server's value must not pass for it.
    let value = if mine.is_some() || by_connection {
        let (who, cure) = if mine.is_some() {
            let scope = if mine.is_some_and(|own| own.here) { " IN DATABASE …" } else { "" };
            let reset = format!("ALTER ROLE {}{scope} RESET {}", ident::quoted(&seen.my_name), raw.name);
            (format!("role {} has a value of its own", seen.my_name), format!("{reset}, or connect as another role"))
        } else {
            ("the connection sets it".to_owned(), "leave it out of the connection's options".to_owned())
        };
        let detail = format!("the server's value is hidden: {who}");
        reader.gap(Gap::object(&object, Reason::Ambiguous, detail).attribute("value").cure(cure));
        None
    } else {
        Some(raw.shown(raw.reset.as_deref()))
    };
    object.set_some("value", value.clone());
    object.set("source", source(raw));
    match seen.migration_role {
        Some(role) if role != 0 => {
            let set = setting_override::effective(overrides, &raw.name, Some(role)).map(|set| raw.shown(Some(&set.value)));
            let effective = set.or(value);
            if effective.is_none() {
                let detail = "the server's value, which the migration role gets, is hidden".to_owned();
                reader.gap(Gap::object(&object, Reason::Ambiguous, detail).attribute("effective"));
            }
            object.set_some("effective", effective);
        }
        _ => {}
    }
    object
}

/// Where new sessions get the value from. The transaction's own properties are always the session's.
fn source(raw: &Raw) -> Value {
    match &*raw.source {
        "session" if raw.reset == raw.boot => Value::text("default"),
        "override" => Value::text("the server itself"),
        source => Value::text(source),
    }
}

/// Kind `server`, with the release of the time zone data where it can be told.
async fn server(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    let mut found = reader.plain(Kind::Server, statements::SERVER, names).await?;
    let release = reader.attempt(statements::TIMEZONE).await?;
    let release = match release.as_deref() {
        Some([row, ..]) => Some(Value::Text(rows::text(row, 0)?)),
        _ => None,
    };
    for server in &mut found {
        super::locale::renew(&mut server.object);
        match &release {
            Some(release) => {
                server.object.set("timezone_version", release.clone());
            }
            None if reader.refused.has(statements::TIMEZONE) => {}
            None => {
                let detail = "the server lacks time zones that would tell the release of its data".to_owned();
                reader.gap(Gap::kind(Kind::Server, Reason::Failed, detail).attribute("timezone_version"));
            }
        }
    }
    Ok(found)
}
