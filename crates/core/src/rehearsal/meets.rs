//! What applications meet in columns that are otherwise after a release: NULL, defaults, NOT NULL. The old application goes on for a while
//! after it, and the new one finds rows of before it. Does not live here: what its queries do (`asked`).

use crate::history::effect::LOOKED_AT;
use crate::kind::{Kind, Value};
use crate::manifest::{Manifest, Object, display};

/// Who meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    OldWriters,
    OldReaders,
    NewReaders,
}

impl Who {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OldWriters => "old-writers",
            Self::OldReaders => "old-readers",
            Self::NewReaders => "new-readers",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::OldWriters => "the old application writes",
            Self::OldReaders => "the old application reads",
            Self::NewReaders => "the new application reads",
        }
    }
}

/// What somebody meets in a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meets {
    /// As it is shown.
    pub column: String,
    pub who: Who,
    pub what: String,
}

impl Meets {
    /// `public.orders.paid: the old application writes: …`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{}: {}: {}", self.column, self.who.words(), self.what)
    }
}

/// What a column does with what nobody writes into it.
struct Column<'o> {
    object: &'o Object,
    refuses_null: bool,
    default: Option<&'o str>,
    /// Whether the server makes a value by itself, and takes none.
    is_made: bool,
    is_numbered: bool,
}

impl<'o> Column<'o> {
    fn of(object: &'o Object) -> Self {
        let identity = object.text("identity");
        let is_flag = |name: &str| object.get(name) == Some(&Value::Flag(true));
        Self {
            object,
            refuses_null: is_flag("not_null"),
            default: object.text("default"),
            is_made: object.text("generated").is_some() || identity == Some("always") || object.text("row_period").is_some(),
            is_numbered: identity.is_some() || is_flag("auto_increment"),
        }
    }

    fn has_value(&self) -> bool {
        self.default.is_some() || self.is_made || self.is_numbered
    }

    /// What a row gets that leaves it out.
    fn left_out(&self) -> &'o str {
        self.default.unwrap_or("NULL")
    }
}

/// Of columns of tables that were there before, in the order of columns.
#[must_use]
pub fn meets(before: &Manifest, after: &Manifest) -> Vec<Meets> {
    let mut all = Vec::new();
    if !before.covers(LOOKED_AT) || !after.covers(LOOKED_AT) {
        return all;
    }
    for object in after.of_kind(Kind::Column) {
        let parts: Vec<&str> = object.identity.parts().collect();
        let Some((_, table)) = parts.split_last() else { continue };
        // Of a part of a table the whole tells; a view has no values of its own.
        let is_table = |of: &Manifest| of.find(Kind::Table, table).is_some();
        if !is_table(before) || !is_table(after) || after.find(Kind::Partition, table).is_some() {
            continue;
        }
        let now = Column::of(object);
        let told = match before.find(Kind::Column, &parts) {
            None => of_new(&now),
            Some(was) => of_changed(&Column::of(was), &now),
        };
        let column = display(Kind::Column, &now.object.identity);
        all.extend(told.into_iter().map(|(who, what)| Meets { column: column.clone(), who, what }));
    }
    all
}

fn of_new(now: &Column<'_>) -> Vec<(Who, String)> {
    match now.default {
        _ if now.is_made || now.is_numbered => Vec::new(),
        Some(default) => vec![(Who::NewReaders, format!("its default, {default}, in rows of before and in those that the old one writes"))],
        None if now.refuses_null => {
            vec![(Who::OldWriters, "rows without it, which are refused: it is NOT NULL and has no default".to_owned())]
        }
        None => vec![(Who::NewReaders, "NULL, in rows of before and in those that the old one writes".to_owned())],
    }
}

fn of_changed(was: &Column<'_>, now: &Column<'_>) -> Vec<(Who, String)> {
    let mut told = Vec::new();
    let mut put = |who: Who, what: String| told.push((who, what));
    if now.is_made && !was.is_made {
        put(Who::OldWriters, "values into it, which are refused: the server makes them".to_owned());
    }
    if now.refuses_null && !was.refuses_null && !now.is_made {
        let rows = if now.has_value() { "NULL, which is" } else { "NULL, and rows without it, which are" };
        put(Who::OldWriters, format!("{rows} refused: it is NOT NULL now"));
    }
    if was.refuses_null && !now.refuses_null {
        put(Who::OldReaders, "NULL, which could not be in it before and the new one may write".to_owned());
    }
    if (was.default, was.is_made, was.is_numbered) != (now.default, now.is_made, now.is_numbered) && !now.is_made && !now.is_numbered {
        let is_refused = now.refuses_null && now.default.is_none();
        match (was.has_value() || !was.refuses_null, is_refused) {
            // Rows without it were refused before, too, or NOT NULL has said it.
            (false, true) => {}
            (true, true) if !was.has_value() => {}
            (true, true) => put(Who::OldWriters, "rows without it, which are refused: its default is gone".to_owned()),
            (true, false) if was.is_made || was.is_numbered => {
                put(Who::OldWriters, format!("rows without it, which get {}", now.left_out()));
            }
            (true, false) => put(Who::OldWriters, format!("rows without it, which get {}, not {}", now.left_out(), was.left_out())),
            (false, false) => {}
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Identity;

    fn column(not_null: bool, default: Option<&str>) -> Object {
        let mut object = Object::new(Kind::Column, Identity::new(["public", "t", "c"]));
        object.set("not_null", Value::Flag(not_null));
        object.set_some("default", default);
        object
    }

    #[test]
    fn whoever_meets_something_else_is_named() {
        let told = |was: Option<&Object>, now: &Object| {
            let told = match was {
                Some(was) => of_changed(&Column::of(was), &Column::of(now)),
                None => of_new(&Column::of(now)),
            };
            told.into_iter().map(|(who, what)| format!("{}: {what}", who.name())).collect::<Vec<_>>()
        };
        let (open, filled, strict, both) = (column(false, None), column(false, Some("1")), column(true, None), column(true, Some("1")));
        assert_eq!(told(None, &open), ["new-readers: NULL, in rows of before and in those that the old one writes"]);
        assert_eq!(told(None, &both), ["new-readers: its default, 1, in rows of before and in those that the old one writes"]);
        assert_eq!(told(None, &strict), ["old-writers: rows without it, which are refused: it is NOT NULL and has no default"]);
        assert_eq!(told(Some(&open), &strict), ["old-writers: NULL, and rows without it, which are refused: it is NOT NULL now"]);
        assert_eq!(told(Some(&filled), &both), ["old-writers: NULL, which is refused: it is NOT NULL now"]);
        assert_eq!(told(Some(&strict), &open), ["old-readers: NULL, which could not be in it before and the new one may write"]);
        assert_eq!(told(Some(&both), &strict), ["old-writers: rows without it, which are refused: its default is gone"]);
        assert_eq!(told(Some(&filled), &open), ["old-writers: rows without it, which get NULL, not 1"]);
        assert_eq!(told(Some(&open), &filled), ["old-writers: rows without it, which get 1, not NULL"]);
        assert_eq!(told(Some(&filled), &column(false, Some("2"))), ["old-writers: rows without it, which get 2, not 1"]);
        // Rows without it were refused before; what was computed is now, or the other way round.
        assert_eq!(told(Some(&strict), &both), Vec::<String>::new());
        assert_eq!(told(Some(&open), &open), Vec::<String>::new());
        let mut made = column(true, None);
        made.set("generated", "(a + b)");
        assert_eq!(told(None, &made), Vec::<String>::new());
        assert_eq!(told(Some(&open), &made), ["old-writers: values into it, which are refused: the server makes them"]);
        assert_eq!(
            told(Some(&made), &open),
            [
                "old-readers: NULL, which could not be in it before and the new one may write",
                "old-writers: rows without it, which get NULL"
            ]
        );
    }
}
