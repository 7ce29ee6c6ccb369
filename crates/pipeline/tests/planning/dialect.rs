//! A dialect that says what it is asked: `create view s.v;`. Views can be made bare and are replaced where their definition is another;
//! enums are replaced where their labels are; tables hold data; subscriptions cannot be made.

use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Dialect, Hazard, Making, Statement, Way, World, Written};

pub struct Plain;

fn name(object: &Object) -> String {
    World::name_of(object)
}

fn statement(text: String) -> Written {
    Ok(vec![Statement::new(text)])
}

impl Dialect for Plain {
    fn dimensions(&self) -> &'static [Dimension] {
        &[Dimension::Schema, Dimension::Privileges]
    }

    fn covers(&self, kind: Kind) -> bool {
        matches!(kind.spec().dimension, Dimension::Schema | Dimension::Privileges)
    }

    fn rank(&self, kind: Kind) -> u16 {
        u16::try_from(evenkeel_core::kind::ALL.iter().position(|one| *one == kind).unwrap()).unwrap()
    }

    fn name_space(&self, _: Kind) -> Option<u8> {
        None
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        if object.kind == Kind::Column { world.parent(object) } else { None }
    }

    fn needs<'w>(&self, _: &'w Object, _: &World<'w>) -> Vec<&'w Object> {
        Vec::new()
    }

    fn finish_needs<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<Vec<&'w Object>> {
        None
    }

    fn can_be_bare(&self, object: &Object) -> bool {
        object.kind == Kind::View
    }

    fn can_be_dropped_apart(&self, object: &Object) -> bool {
        object.kind == Kind::Constraint
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.touches("definition") || change.touches("labels") { Way::Replace } else { Way::InPlace }
    }

    fn is_in_the_way(&self, _: &Object, _: &Change<'_>) -> bool {
        true
    }

    fn can_loosen(&self, _: &Object, _: &World<'_>, _: &Object) -> bool {
        false
    }

    fn loosen(&self, object: &Object, _: &Making<'_>) -> Written {
        statement(format!("loosen {};", name(object)))
    }

    fn create(&self, object: &Object, making: &Making<'_>) -> Written {
        if object.kind == Kind::Subscription {
            return Err("it is a secret".to_owned());
        }
        let bare = if making.is_bare(object) { ", bare" } else { "" };
        statement(format!("create {}{bare};", name(object)))
    }

    fn finish(&self, object: &Object, _: &Making<'_>) -> Written {
        statement(format!("finish {};", name(object)))
    }

    fn alter(&self, change: &Change<'_>, _: &Making<'_>) -> Written {
        statement(format!("alter {} {};", name(change.to), change.attributes.join(", ")))
    }

    fn drop(&self, object: &Object, _: &Making<'_>) -> Written {
        let dropped = Statement::new(format!("drop {};", name(object)));
        Ok(vec![if matches!(object.kind, Kind::Table | Kind::Column) { dropped.hazard(Hazard::Loses("rows".to_owned())) } else { dropped }])
    }

    fn opening(&self) -> &'static [&'static str] {
        &[]
    }

    fn transaction(&self) -> Option<(&'static str, &'static str)> {
        None
    }
}
