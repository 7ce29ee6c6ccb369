//! Capitals in names of tables and views, where the candidate's server keeps small letters or takes both for one
//! (`lower_case_table_names`): what the reference calls otherwise can be neither made there nor dropped for that.

use crate::flavor::NAME_CASE;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::patch::{Making, World};

/// What servers keep in files or lists of tables.
const KINDS: &[Kind] = &[Kind::Table, Kind::View, Kind::Sequence];

/// What the server does with capitals, where it is not the usual.
fn name_case(manifest: &Manifest) -> Option<&str> {
    manifest.of_kind(Kind::Schema).iter().find_map(|schema| schema.text("name_case"))
}

/// Names are folded by a throwaway server as they are by the captured one. What ignores case alone cannot be had where file systems do
/// not.
pub fn shared(manifest: &Manifest) -> Vec<(&'static str, String)> {
    if name_case(manifest) == Some("lower") { vec![(NAME_CASE, "1".to_owned())] } else { Vec::new() }
}

/// Another of these whose name differs in case alone.
fn twin<'w>(object: &Object, world: &World<'w>) -> Option<&'w Object> {
    let name = |object: &Object| (object.identity.part(0).to_lowercase(), object.identity.part(1).to_lowercase());
    let own = name(object);
    let is_twin = |one: &&Object| one.identity.part(1) != object.identity.part(1) && name(one) == own;
    KINDS.iter().flat_map(|kind| world.manifest.of_kind(*kind)).find(is_twin)
}

/// # Errors
/// Why the server would call it otherwise, or take it for another.
pub fn may_be_called_so(object: &Object, making: &Making<'_>) -> Result<(), String> {
    let Some(case) = name_case(making.from.manifest).filter(|_| KINDS.contains(&object.kind)) else { return Ok(()) };
    if let Some(there) = twin(object, making.from) {
        return Err(format!("that server takes it for {} {}: {NAME_CASE}", there.kind.name(), there.display()));
    }
    let name = object.identity.part(1);
    if case == "lower" && name != name.to_lowercase() {
        return Err(format!("that server keeps names in small letters, and would call it {}: {NAME_CASE}", name.to_lowercase()));
    }
    Ok(())
}

/// # Errors
/// What a view reads that the server calls otherwise, and so prints otherwise in its query.
pub fn reads_what_is_there(object: &Object, reads: &[&Object], making: &Making<'_>) -> Result<(), String> {
    let is_small = name_case(making.from.manifest) == Some("lower");
    let capital = |one: &&&Object| KINDS.contains(&one.kind) && one.identity.part(1) != one.identity.part(1).to_lowercase();
    match reads.iter().find(capital).filter(|_| is_small && object.kind == Kind::View) {
        Some(read) => Err(format!("it reads {} {}, which that server calls otherwise: {NAME_CASE}", read.kind.name(), read.display())),
        None => Ok(()),
    }
}

/// # Errors
/// Why it is no other than the one of the reference, and stays.
pub fn is_called_otherwise(object: &Object, making: &Making<'_>) -> Result<(), String> {
    if name_case(making.from.manifest).is_none() || !KINDS.contains(&object.kind) || making.to.same(object).is_some() {
        return Ok(());
    }
    match twin(object, making.to) {
        Some(wanted) => Err(format!(
            "it is what the reference calls {} {}, for that server takes both names for one: {NAME_CASE}",
            wanted.kind.name(),
            wanted.display()
        )),
        None => Ok(()),
    }
}
