//! A share of a long list of cases: of several, a run of all tests takes one, another each day, and at night all of them.
//!
//! Neighbour: each list of cases, which prints what ran. Does not live here: cases that are drawn by a seed (`number`).

use crate::skip::count;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// `all`, or the number of the share, from 1; without it the day decides.
pub const SHARE_VARIABLE: &str = "EVENKEEL_SHARE";

/// A file that gets one line for each test that is for another day; script/test counts them.
pub const OTHERS_VARIABLE: &str = "EVENKEEL_TESTKIT_OTHERS";

const DAY: u64 = 24 * 60 * 60;

/// One of several shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    at: u64,
    of: u64,
}

impl Share {
    /// This run's.
    ///
    /// # Panics
    /// Where the variable holds neither `all` nor a number from 1 on.
    #[must_use]
    pub fn of(of: u64) -> Self {
        match std::env::var(SHARE_VARIABLE).as_deref() {
            Err(_) => Self { at: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / DAY) % of, of },
            Ok("all") => Self::whole(),
            Ok(text) => match text.parse::<u64>() {
                Ok(number) if number > 0 => Self { at: (number - 1) % of, of },
                _ => panic!("{SHARE_VARIABLE}={text}: neither all nor the number of a share"),
            },
        }
    }

    /// All of them.
    #[must_use]
    pub const fn whole() -> Self {
        Self { at: 0, of: 1 }
    }

    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.of == 1
    }

    /// Those of a list that are in it; neighbours are in different ones.
    pub fn take<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter().zip(0u64..).filter(|(_, at)| at % self.of == self.at).map(|(one, _)| one).collect()
    }
}

/// Whether the test that runs now is for another day: where script/test runs all of them (`EVENKEEL_TESTKIT_OTHERS` is set), a long one
/// takes its turn, one day of so many, which its name decides. At night, and where a person asks for tests, each runs.
///
/// # Panics
/// As [`Share::of`], or when it cannot be counted.
#[must_use]
pub fn another_day(of: u64) -> bool {
    let Some(path) = std::env::var_os(OTHERS_VARIABLE) else { return false };
    let share = Share::of(of);
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    // FNV-1a: the same on every machine.
    let number = test.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    if share.is_whole() || (number >> 7) % of == share.at {
        return false;
    }
    println!("ANOTHER DAY: {test} runs on one day of {of}; {SHARE_VARIABLE}=all runs it now");
    count(&path, &format!("{test}\n"));
    true
}

impl fmt::Display for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole() {
            return out.write_str("all");
        }
        write!(out, "share {} of {}, {SHARE_VARIABLE}=all runs all", self.at + 1, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::{Share, another_day};

    #[test]
    fn shares_make_the_whole_and_have_nothing_in_common() {
        let all: Vec<u64> = (0..97).collect();
        let mut taken: Vec<u64> = (0..4).flat_map(|at| Share { at, of: 4 }.take(all.clone())).collect();
        taken.sort_unstable();
        assert_eq!(taken, all);
        assert_eq!(Share::whole().take(all.clone()), all);
        assert!(!another_day(1), "each day is its day");
        assert_eq!(Share { at: 1, of: 4 }.to_string(), "share 2 of 4, EVENKEEL_SHARE=all runs all");
    }
}
