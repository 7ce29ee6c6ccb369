//! Scheduled events.

use super::text::word;
use super::{Maker, Target, flag, stored};
use crate::ident::{Ident, Quoted};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Statement, Written};

pub struct Events;

impl Maker for Events {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let body = object.text("body").ok_or("its body is not known")?;
        let quoted = |text: &str| Quoted { text, has_escapes: stored::has_escapes(object) }.to_string();
        let schedule = object.text("schedule").ok_or("its schedule is not known")?;
        let mut sql = format!("CREATE{} EVENT {} ON SCHEDULE", stored::definer(object, to)?, to.whole(object));
        let mut add = |words: String| {
            sql.push(' ');
            sql.push_str(&words);
        };
        if let Some(moment) = schedule.strip_prefix("at ") {
            add(format!("AT {}", quoted(moment)));
        } else {
            let every = schedule.strip_prefix("every ").and_then(|rest| rest.rsplit_once(' '));
            let (value, unit) = every.ok_or("its schedule cannot be read")?;
            let bare = value.trim_matches('\'');
            let value = if bare.bytes().all(|byte| byte.is_ascii_digit()) { bare.to_owned() } else { quoted(bare) };
            add(format!("EVERY {value} {}", word(unit)?.to_ascii_uppercase()));
        }
        for (property, word) in [("starts", "STARTS"), ("ends", "ENDS")] {
            if let Some(moment) = object.text(property) {
                add(format!("{word} {}", quoted(moment)));
            }
        }
        add(format!("ON COMPLETION {}PRESERVE", if flag(object, "preserve") { "" } else { "NOT " }));
        add(match object.text("status").unwrap_or("enabled") {
            "enabled" => "ENABLE".to_owned(),
            "disabled" => "DISABLE".to_owned(),
            _ => to.flavor().disabled_on_replica().to_owned(),
        });
        if let Some(comment) = object.text("comment") {
            add(format!("COMMENT {}", quoted(comment)));
        }
        sql.push_str(&format!(" DO\n{body};"));
        stored::kept(object, Statement::new(sql), to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = format!("{}.{}", to.dialect.place.database(object.identity.part(0)), Ident(object.identity.part(1)));
        Ok(vec![Statement::new(format!("DROP EVENT {name};"))])
    }
}
