//! A manifest of an earlier version in this one's form: it did not say of foreign keys that nobody named them, what has one
//! spelling, nor the names of a view's columns inside of its query where MySQL keeps them apart.

use super::canonical::{self, Context};
use super::folded;
use super::scope::Scope;
use crate::flavor::Flavor;
use crate::ident::Ident;
use evenkeel_core::kind::{Engine, Kind, Value};
use evenkeel_core::manifest::{Manifest, Object, Space};
use std::collections::HashMap;

/// Gives what is known of each object its present form.
pub fn renew(manifest: &mut Manifest) {
    let (flavor, scope) = (Flavor::of(manifest.endpoint.engine, &manifest.endpoint.server_version), Scope::of(&manifest.endpoint.database));
    let context = flavor.as_ref().filter(|flavor| flavor.engine == Engine::MySql).map(|flavor| Context { flavor, scope: &scope });
    let columns = columns(manifest);
    for object in manifest.objects_mut() {
        if object.space() == Space::ForeignKey {
            let is_chosen = canonical::is_chosen_key(object.identity.part(2), object.identity.part(1));
            object.set("generated_name", is_chosen);
        }
        if object.kind == Kind::View
            && let (Some(context), Some(text)) = (context, object.text("definition").map(str::to_owned))
            && let Some(names) = columns.get(&place(object))
        {
            object.set("definition", canonical::exact_definition(&text, names, context));
        }
        folded::names(object);
    }
}

fn place(object: &Object) -> (String, String) {
    (object.identity.part(0).to_owned(), object.identity.part(1).to_owned())
}

/// Names of columns in their order, by what they are columns of, for views.
fn columns(manifest: &Manifest) -> HashMap<(String, String), Vec<String>> {
    let mut found: HashMap<_, Vec<(f64, String)>> = manifest.of_kind(Kind::View).iter().map(|view| (place(view), Vec::new())).collect();
    for column in manifest.of_kind(Kind::Column) {
        if let Some(list) = found.get_mut(&place(column)) {
            let position = column.get("position").and_then(Value::as_number).unwrap_or_default();
            list.push((position, Ident(column.identity.part(2)).to_string()));
        }
    }
    let ordered = |mut list: Vec<(f64, String)>| {
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        list.into_iter().map(|(_, name)| name).collect()
    };
    found.into_iter().map(|(place, list)| (place, ordered(list))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::renew;
    use evenkeel_core::kind::{Dimension, Engine, Kind, Value};
    use evenkeel_core::manifest::{Endpoint, Identity, Manifest, NodeRole, Object};

    #[test]
    fn what_an_earlier_version_wrote_is_what_this_one_would() {
        let endpoint = Endpoint {
            engine: Engine::MySql,
            server_version: "9.7.0".to_owned(),
            server_major: 907,
            database: "shop".to_owned(),
            role: "reader".to_owned(),
            node: "host:3306".to_owned(),
            node_role: NodeRole::Primary,
            captured_at: "2026-11-21T00:00:00Z".to_owned(),
            whose: evenkeel_core::manifest::Whose::File,
            roles: std::collections::BTreeMap::new(),
        };
        let mut view = Object::new(Kind::View, Identity::new(["", "v"]));
        view.set("definition", "select `t`.`N` as `b`, 1 as `c` from `t`");
        let column = |name: &'static str, position: i64| {
            let mut column = Object::new(Kind::Column, Identity::new(["", "v", name]));
            column.set("position", position);
            column
        };
        let mut key = Object::new(Kind::Constraint, Identity::new(["", "t", "t_ibfk_1"]));
        key.set("type", "foreign key");
        let mut procedure = Object::new(Kind::Procedure, Identity::new(["", "p"]));
        procedure.set("body", "begin  -- why\n do 1; end");
        let objects = vec![view, column("z", 1), column("a", 2), key, procedure];
        let mut manifest = Manifest::new(endpoint, vec![Dimension::Schema], objects, Vec::new());
        renew(&mut manifest);
        let view = manifest.find(Kind::View, &["", "v"]).unwrap();
        assert_eq!(view.text("definition"), Some("select `t`.`N` as `z`, 1 as `a` from `t`"));
        assert_eq!(view.normals().first().map(|(_, normal)| &**normal), Some("=select `t`.`n` as `z`, 1 as `a` from `t`"));
        let key = manifest.find(Kind::Constraint, &["", "t", "t_ibfk_1"]).unwrap();
        assert_eq!(key.get("generated_name"), Some(&Value::Flag(true)));
        let procedure = manifest.find(Kind::Procedure, &["", "p"]).unwrap();
        assert_eq!(procedure.normals().first().map(|(_, normal)| &**normal), Some("=begin do 1 ; end"));
    }
}
