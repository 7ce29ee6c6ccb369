//! Kinds that are one statement each: columns of the result are named like the declaration. What a printing function of the
//! server has to tell comes after, in `printed`.

use super::kinds::{How, Plain, how};
use super::names::Names;
use super::present::Absent;
use super::reader::{Found, Read, Reader, Stop};
use super::{canonical, options, printed, spelling};
use crate::flavor;
use evenkeel_core::kind::{ALL, Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use futures_util::future::try_join_all;

/// The dimensions this engine reads.
pub const READ: &[Dimension] = &Dimension::ALL;

/// Reads those whose dimension is wanted, pipelined, and completes them.
pub async fn read(reader: &Reader<'_>, names: &Names, absent: &Absent, wants: impl Fn(Dimension) -> bool) -> Read<Vec<Found>> {
    let wanted = ALL.iter().filter(|kind| wants(kind.spec().dimension) && !absent.has(**kind));
    let plain = wanted.filter_map(|kind| match how(*kind) {
        How::Plain(plain) => Some((*kind, plain)),
        How::Own(_) | How::Absent(_) => None,
    });
    let sent = plain.filter(|(_, plain)| !reader.refused.has(plain.statement));
    let found = try_join_all(sent.map(|(kind, plain)| async move {
        let mut found = reader.plain(kind, plain.statement, names).await?;
        found.iter_mut().for_each(|found| finish(&mut found.object, &plain, names));
        Ok::<_, Stop>(found)
    }))
    .await?;
    let mut found: Vec<Found> = found.into_iter().flatten().collect();
    if reader.major < flavor::SUBSCRIPTIONS_SHOWN && found.iter().any(|found| found.object.kind == Kind::Subscription) {
        for property in HIDDEN_BEFORE_14 {
            let detail = format!("the {property} of subscriptions can be read by superusers only on servers before 14");
            reader.gap(Gap::kind(Kind::Subscription, Reason::Version, detail).attribute(property));
        }
    }
    printed::complete(reader, &mut found).await?;
    spelling::of_routines(reader, &mut found).await?;
    // Options of tablespaces, and locales.
    found.iter_mut().for_each(|found| spelling::renew(&mut found.object));
    canonical::each(&mut found, reader.major);
    Ok(found)
}

/// What subscriptions have on every version, in columns that 13 shows to superusers only. Comments hang on such a column.
const HIDDEN_BEFORE_14: &[&str] = &["synchronous_commit", "comment"];

/// What the row alone does not say.
fn finish(object: &mut Object, plain: &Plain, names: &Names) {
    for property in plain.secrets {
        if let Some(Value::List(set)) = object.get(property).cloned() {
            let (mut place, rest): (Vec<Box<str>>, Vec<Box<str>>) = set.iter().cloned().partition(|option| options::is_place(option));
            let has_place = object.kind == Kind::ForeignServer && !place.is_empty();
            object.set(property, options::public(if has_place { &rest } else { &set }));
            if has_place {
                place.sort_unstable();
                object.set("place", Value::List(place.into()));
            }
        }
    }
    for property in plain.roles {
        if let Some(part) = object.kind.spec().identity.iter().position(|name| name == property) {
            let shown = names.roles.role_name(object.identity.part(part));
            let mapped: Vec<&str> = object.identity.parts().enumerate().map(|(at, name)| if at == part { &*shown } else { name }).collect();
            object.identity = Identity::new(mapped);
        } else if let Some(Value::List(roles)) = object.get(property).cloned() {
            let mut mapped: Vec<Box<str>> = roles.iter().map(|name| Box::from(&*names.roles.role_name(name))).collect();
            mapped.sort_unstable();
            object.set(property, Value::list(mapped));
        }
    }
}
