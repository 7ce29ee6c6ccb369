//! What is asked of an engine while a plan is made: its statements, and how its objects hang together.

use super::{Act, Change, Counted, Making, One, Over, Piece, Plan, Statement, Together, Way, World, Written};
use crate::history::row::Deed;
use crate::kind::{Dimension, Kind};
use crate::manifest::{Manifest, Object};

/// Writes the statements of one engine. `world` is the manifest that the object stands in.
pub trait Dialect: Sync {
    /// The dimensions in which a patch can make something equal.
    fn dimensions(&self) -> &'static [Dimension];

    /// Whether objects of that kind are made, altered and dropped by statements.
    fn covers(&self, kind: Kind) -> bool;

    /// Whether a property of such objects is what a statement makes it.
    fn sets(&self, _: Kind, _: &str) -> bool {
        true
    }

    /// What the plan leaves as it is without a statement or a refusal, in words.
    fn notes(&self, _: &Plan, _: &World<'_>, _: &World<'_>) -> Vec<String> {
        Vec::new()
    }

    /// Why objects of a kind are not; asked of kinds that are not covered, and of properties that are not set.
    fn why_not(&self, _: Kind) -> &'static str {
        "no statement of a patch makes it"
    }

    /// Whether it can be made although that, which it needs, cannot: an index without the one it is attached to.
    fn stands_without(&self, _: &Object, _: &Object) -> bool {
        false
    }

    /// What is left as it is, with all that hangs on it, because no statement alters something that it goes over; and why. Of either world.
    fn left_alone<'w>(&self, _: &World<'w>, _: &World<'w>) -> Vec<(&'w Object, String)> {
        Vec::new()
    }

    /// The statement that renames an object of the candidate, proposed where two look like one.
    fn renames(&self, _: &Object, _: &Object) -> Option<String> {
        None
    }

    /// How many signs the comment of such an object holds; nothing where it holds any number.
    fn longest_comment(&self, _: Kind) -> Option<usize> {
        None
    }

    /// Whether its name is one within its table alone, so that a part of another table may be called so too.
    fn is_named_in_table(&self, _: &Object) -> bool {
        false
    }

    /// How a column that stops numbering rows goes on later where it was: nothing of one that does not, or where it cannot. `_keeper` is the
    /// sequence that keeps it meanwhile, as it is called, with its comment.
    fn keeps_count(&self, _column: &Object, _keeper: &Object) -> Option<Counted> {
        None
    }

    /// Where a kind stands among those that nothing else orders: what is smaller is made earlier and dropped later.
    fn rank(&self, kind: Kind) -> u16;

    /// Kinds with the same number share their names within a schema.
    fn name_space(&self, kind: Kind) -> Option<u8>;

    /// What calls of it look like, where several of one name may be there at once and a call be meant for either.
    fn called_as(&self, _: &Object) -> Option<String> {
        None
    }

    /// The object with whose statement it is made, and with which it goes: a column with its table.
    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object>;

    /// The object with which it goes, where it is made by a statement of its own: an index that is attached to another.
    fn goes_with<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<&'w Object> {
        None
    }

    /// Whether dropping it drops what it and others need each other for, too: a type and its functions.
    fn takes_along(&self, _: &Object) -> bool {
        false
    }

    /// Whether the server keeps it where what it hangs on goes: where nobody asked for it, nothing takes it away.
    fn stays_behind(&self, _: &Object) -> bool {
        false
    }

    /// Whether it stays where what it needs goes, for it does not work in the reference either, as which it is handed in: a view of a table
    /// that is gone.
    fn outlives(&self, _: &Object, _: &World<'_>) -> bool {
        false
    }

    /// What must be there first, beside what the server told and what its kind says.
    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object>;

    /// What it is made after where both are, though it does not need it and stays where that goes: a foreign key after what the partitions
    /// of the table have of the key that it refers to.
    fn comes_after<'w>(&self, _: &'w Object, _from: &World<'_>, _to: &World<'w>) -> Vec<&'w Object> {
        Vec::new()
    }

    /// Whether making it waits for all of what it needs, those statements as well that only make sure of something
    /// ([`Statement::settles`]): a key for its columns that are to hold no NULL, and not a trigger.
    fn rests_on_all(&self, _: &Object) -> bool {
        true
    }

    /// What must be there before its `finish`; `None` where it has none.
    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>>;

    /// Whether it can be made without what it needs, which its `finish` adds: cuts circles.
    fn can_be_bare(&self, object: &Object) -> bool;

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way;

    /// Whether `other`, which needs the changed object, must go before that is altered.
    fn is_in_the_way(&self, other: &Object, change: &Change<'_>) -> bool;

    /// Whether what needs something that goes can let go of it and stay: a column of its default.
    fn can_loosen(&self, object: &Object, from: &World<'_>, gone: &Object) -> bool;

    /// Whether it can be given another name, so that the one in its place is there while what needs it goes over.
    ///
    /// # Errors
    /// Why it cannot.
    fn can_be_put_aside(&self, _: &Change<'_>) -> Result<(), String> {
        Err("nothing can take its place while it is needed".to_owned())
    }

    /// How `object`, which needs `_aside`, goes over to what takes its place.
    ///
    /// # Errors
    /// Why it cannot.
    fn goes_over(&self, _object: &Object, _aside: &Object, _from: &World<'_>, _to: &World<'_>) -> Result<Over, String> {
        Ok(Over::Anew)
    }

    /// Gives it another name; [`Dialect::drop`] drops it by that.
    ///
    /// # Errors
    /// Why there is no such statement.
    fn put_aside(&self, _: &Object, _: &Making<'_>) -> Written {
        Err("nothing can take its place while it is needed".to_owned())
    }

    /// # Errors
    /// Why there is no such statement.
    fn loosen(&self, object: &Object, making: &Making<'_>) -> Written;

    /// # Errors
    /// Why there is no such statement.
    fn create(&self, object: &Object, making: &Making<'_>) -> Written;

    /// What comes after all that it needs; of an object that is altered in place, as far as that is another than before.
    ///
    /// # Errors
    /// Why there is no such statement.
    fn finish(&self, object: &Object, making: &Making<'_>) -> Written;

    /// # Errors
    /// Why there is no such statement.
    fn alter(&self, change: &Change<'_>, making: &Making<'_>) -> Written;

    /// # Errors
    /// Why there is no such statement.
    fn drop(&self, object: &Object, making: &Making<'_>) -> Written;

    /// The object that stays, with whose one act that is done to this part of it, or to itself: a table and what hangs on it, where the
    /// server takes one statement for all of it. `None` where it has an act of its own; dropping, that comes after the others. The first
    /// world is the one that the object stands in.
    fn altered_with<'w>(&self, _: &'w Object, _: Act, _: (&World<'w>, &World<'_>)) -> Option<&'w Object> {
        None
    }

    /// Everything that is done to parts of `object`, which stays and is handed in as the reference has it.
    fn alter_together(&self, _: &Object, pieces: &[Piece<'_>], _: &Making<'_>) -> Together {
        let reason = "this engine alters nothing together".to_owned();
        (Vec::new(), (0..pieces.len()).map(|at| (at, reason.clone())).collect())
    }

    /// Whether it can be dropped by itself before what it hangs on: a foreign key of two tables that reference each other.
    fn can_be_dropped_apart(&self, _: &Object) -> bool {
        false
    }

    /// Whether it has to be dropped by itself even where what it hangs on goes.
    fn is_dropped_apart(&self, _: &Object, _: &World<'_>) -> bool {
        false
    }

    /// The statement by which a row of a tool's table is written, changed or taken out.
    ///
    /// # Errors
    /// Why there is none.
    fn recorded(&self, _table: &Object, _deed: &Deed) -> Result<String, String> {
        Err("no statement is known by which such a server keeps records".to_owned())
    }

    /// A statement as the engine's command line client takes it, where that ends statements at the first `;`.
    fn for_client(&self, sql: &str) -> String {
        sql.to_owned()
    }

    /// Why the statements about one object would fail, or do more or less than make it equal, where nothing else of the plan is run with
    /// them; nothing where they stand by themselves. The worlds are the candidate and the reference.
    fn leans_on(&self, _: &One<'_>, _: (&World<'_>, &World<'_>)) -> Option<String> {
        None
    }

    /// What its statement names beyond what it needs, where the server does not tell that: columns that code reads. It orders nothing by
    /// itself: it is asked where nothing else of the plan is run with it, and where some of that cannot be made. `attributes` are those
    /// that become others; none where all of it is made.
    fn mentions<'w>(&self, _object: &'w Object, _attributes: &[&'static str], _world: &World<'w>) -> Vec<&'w Object> {
        Vec::new()
    }

    /// Whether a statement means what it should only in a session that began as [`Dialect::opening`] says.
    fn needs_opening(&self, _: &Statement) -> bool {
        false
    }

    /// Databases that every server has by itself.
    fn own_databases(&self) -> &'static [&'static str] {
        &[]
    }

    /// Settings of a throwaway server on which nothing but the schema is of interest.
    fn scratch_settings(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Settings that a throwaway server has to have in common with the one that was captured, for statements to mean the same.
    fn shared_settings(&self, _: &Manifest) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What a session says first, so that names and texts mean what they are meant to.
    fn opening(&self) -> &'static [&'static str];

    /// What a transaction on a server that others use says first, so that nobody waits long behind it.
    fn bounds(&self) -> &'static [&'static str] {
        &[]
    }

    /// What begins and ends a transaction that definitions take part in; `None` where each is one of its own.
    fn transaction(&self) -> Option<(&'static str, &'static str)>;
}
