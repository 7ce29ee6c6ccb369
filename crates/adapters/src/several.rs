//! Several who move traffic, one after the other: a proxy's weights and a feature flag, say.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Shifter;
use std::time::Duration;

/// Moved in this order, and taken back in the other.
pub struct Several(Vec<Box<dyn Shifter>>);

impl Several {
    #[must_use]
    pub fn new(all: Vec<Box<dyn Shifter>>) -> Self {
        Self(all)
    }
}

impl Shifter for Several {
    fn describe(&self) -> String {
        self.0.iter().map(|one| one.describe()).collect::<Vec<_>>().join("; ")
    }

    fn spread(&self) -> Result<Option<String>, Box<Trouble>> {
        let all: Vec<Option<String>> = self.0.iter().map(|one| one.spread()).collect::<Result<_, _>>()?;
        let failed =
            |error: serde_json::Error| Trouble::new(Class::Internal, "how traffic is spread cannot be written").found(error.to_string());
        serde_json::to_string(&all).map(Some).map_err(|error| Box::new(failed(error)))
    }

    /// That of whoever has moved the most.
    fn share(&self) -> Result<Option<f64>, Box<Trouble>> {
        let all: Vec<Option<f64>> = self.0.iter().map(|one| one.share()).collect::<Result<_, _>>()?;
        Ok(all.into_iter().flatten().reduce(f64::max))
    }

    fn words(&self, share: u8) -> Vec<String> {
        self.0.iter().flat_map(|one| one.words(share)).collect()
    }

    fn shift(&self, share: u8) -> Result<(), Box<Trouble>> {
        self.0.iter().try_for_each(|one| one.shift(share))
    }

    fn lasts(&self, share: u8, time: Option<Duration>) -> Result<(), Box<Trouble>> {
        self.0.iter().try_for_each(|one| one.lasts(share, time))
    }

    /// All of them, whichever fails.
    fn restore(&self, spread: Option<&str>) -> Result<(), Box<Trouble>> {
        let all = match spread {
            None => vec![None; self.0.len()],
            Some(spread) => {
                let all: Option<Vec<Option<String>>> = serde_json::from_str(spread).ok();
                all.filter(|all| all.len() == self.0.len()).ok_or_else(|| {
                    let trouble = Trouble::new(Class::CouldNotTell, "how traffic was spread cannot be read");
                    let expected = format!("one word for each of the {} who move it", self.0.len());
                    Box::new(
                        trouble.expected(expected).found(spread.to_owned()).origin("the journal").fix("spread it by hand as it is to be"),
                    )
                })?
            }
        };
        let back = self.0.iter().zip(all).rev().map(|(one, spread)| one.restore(spread.as_deref()));
        let failed: Vec<Box<Trouble>> = back.filter_map(Result::err).collect();
        match failed
            .into_iter()
            .reduce(|one, other| Box::new(Trouble { what: format!("{one}; {}", other.what), found: other.found, ..*one }))
        {
            None => Ok(()),
            Some(trouble) => Err(trouble),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::Mutex;

    /// One that notes what it is told, and may refuse it.
    struct One(&'static str, bool, &'static Mutex<Vec<String>>);

    impl Shifter for One {
        fn describe(&self) -> String {
            self.0.to_owned()
        }
        fn spread(&self) -> Result<Option<String>, Box<Trouble>> {
            Ok((self.0 == "a").then(|| "a=1 \"x\"".to_owned()))
        }
        fn words(&self, share: u8) -> Vec<String> {
            vec![format!("{} {share}", self.0)]
        }
        fn shift(&self, share: u8) -> Result<(), Box<Trouble>> {
            self.2.lock().unwrap().push(format!("{} {share}", self.0));
            if self.1 { Ok(()) } else { Err(Box::new(Trouble::new(Class::Unreachable, format!("{} is gone", self.0)))) }
        }
        fn restore(&self, spread: Option<&str>) -> Result<(), Box<Trouble>> {
            self.2.lock().unwrap().push(format!("{} back {spread:?}", self.0));
            if self.1 { Ok(()) } else { Err(Box::new(Trouble::new(Class::Unreachable, format!("{} is gone", self.0)))) }
        }
    }

    #[test]
    fn they_are_moved_in_their_order_and_all_taken_back_whichever_fails() {
        static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let said = || std::mem::take(&mut *SAID.lock().unwrap());
        let of = |a, b| Several::new(vec![Box::new(One("a", a, &SAID)), Box::new(One("b", b, &SAID))]);
        let both = of(true, true);
        let spread = both.spread().unwrap().unwrap();
        both.shift(5).unwrap();
        both.restore(Some(&spread)).unwrap();
        assert_eq!(said(), ["a 5", "b 5", "b back None", "a back Some(\"a=1 \\\"x\\\"\")"]);
        for wrong in ["", "[]", "[null]", "[null,null,null]", "{}"] {
            assert!(both.restore(Some(wrong)).is_err(), "{wrong}");
        }
        let neither = of(false, false);
        assert!(neither.shift(5).is_err_and(|trouble| trouble.what == "a is gone"));
        assert_eq!(said(), ["a 5"]);
        assert!(neither.restore(None).is_err_and(|trouble| trouble.what.contains("a is gone") && trouble.what.contains("b is gone")));
        assert_eq!(said().len(), 2);
    }
}
