//! What a server's log says of waits for locks, where `log_lock_waits` is on, and of temporary files, where `log_temp_files` is 0.
//! <https://www.postgresql.org/docs/18/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-WHAT>
//!
//! Throwaway servers write it in English, each line behind the time in UTC and the process, as servers do that nobody told otherwise.

use evenkeel_core::port::{Log, LogReader};
use evenkeel_core::trace::{Logged, Spilled};
use std::collections::BTreeMap;
use std::time::Duration;

/// So many waits, and so many files, are kept at the most.
const MOST: usize = if cfg!(test) { 100 } else { 100_000 };

/// Waits that have ended (with the lock, or given up because of a bound, a deadlock or somebody's word), and temporary files that are gone.
#[derive(Debug, Default)]
pub struct Reader {
    read: Log,
    /// Of those that wait still: for what, and since when.
    pending: BTreeMap<u64, Logged>,
}

impl LogReader for Reader {
    fn line(&mut self, line: &str) {
        let Some(line) = Line::of(line) else { return };
        if line.level == "LOG"
            && let Some(one) = file(&line)
        {
            self.spilled(one);
            return;
        }
        match (line.level, wait(&line)) {
            ("LOG", Some((Word::Waits, waited))) => {
                self.pending.insert(line.process, waited);
            }
            ("LOG", Some((Word::Over, waited))) => {
                self.pending.remove(&line.process);
                self.waited(waited);
            }
            // Of one that gave up nothing says how long it has waited but what was said before.
            ("ERROR" | "FATAL", _) => {
                let given_up = self.pending.remove(&line.process).and_then(|waited| {
                    let length = waited.length + line.at.checked_sub(waited.ended)?;
                    Some(Logged { length, ended: line.at, ..waited })
                });
                if let Some(waited) = given_up {
                    self.waited(waited);
                }
            }
            _ => {}
        }
    }

    fn read(self: Box<Self>) -> Log {
        self.read
    }
}

impl Reader {
    fn waited(&mut self, one: Logged) {
        if self.read.waits.len() < MOST { self.read.waits.push(one) } else { self.read.is_cut = true }
    }

    fn spilled(&mut self, one: Spilled) {
        if self.read.spilled.len() < MOST { self.read.spilled.push(one) } else { self.read.is_cut = true }
    }
}

/// `temporary file: path "base/pgsql_tmp/pgsql_tmp4711.0", size 1400`. Those that several share are in a folder that is called by the
/// process for which the others work: `pgsql_tmp4711.0.fileset/…`.
fn file(line: &Line<'_>) -> Option<Spilled> {
    let (path, size) = line.text.strip_prefix("temporary file: path \"")?.rsplit_once("\", size ")?;
    let named =
        path.split('/').find_map(|part| part.strip_prefix("pgsql_tmp").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))?;
    let session = named.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some(Spilled { session, bytes: size.trim_end().parse().ok()?, gone: line.at })
}

/// What a process wrote.
struct Line<'l> {
    at: Duration,
    process: u64,
    level: &'l str,
    text: &'l str,
}

impl<'l> Line<'l> {
    /// `2026-11-30 05:01:02.345 UTC [4711] LOG:  …`. Where a client's text has several lines, the others begin with a tab.
    fn of(line: &'l str) -> Option<Self> {
        if line.starts_with(char::is_whitespace) {
            return None;
        }
        let (head, rest) = line.split_once("] ")?;
        let (clock, process) = head.split_once(" [")?;
        let (level, text) = rest.split_once(":  ")?;
        Some(Self { at: time(clock)?, process: process.parse().ok()?, level, text })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Waits,
    Over,
}

/// How the server says that it goes on, or is over; it says the first when somebody has waited as long as a deadlock is waited for.
const WORDS: [(&str, Word); 5] = [
    (" acquired ", Word::Over),
    (" failed to acquire ", Word::Over),
    (" still waiting for ", Word::Waits),
    (" detected deadlock while waiting for ", Word::Waits),
    (" avoided deadlock for ", Word::Waits),
];

/// `process 4711 acquired ShareLock on transaction 742 after 301.234 ms`; where the text that waits is known to its place,
/// ` at character 30` follows.
fn wait(line: &Line<'_>) -> Option<(Word, Logged)> {
    let (process, said) = line.text.strip_prefix("process ")?.split_once(' ')?;
    if process.parse() != Ok(line.process) {
        return None;
    }
    let said = format!(" {said}");
    let (word, rest) = WORDS.iter().find_map(|(words, word)| Some((*word, said.strip_prefix(words)?)))?;
    let (on, after) = rest.split_once(" on ")?.1.rsplit_once(" after ")?;
    let on = on.strip_suffix(" by rearranging queue order").unwrap_or(on);
    let length = after.split_once(" ms")?.0.parse::<f64>().ok().filter(|ms| ms.is_finite() && *ms >= 0.0)?;
    let relation = |on: &str| on.split_once("relation ")?.1.split_whitespace().next()?.parse().ok();
    let (wait, relation) = match on.split_whitespace().next()? {
        "relation" => ("relation", relation(on)),
        "tuple" => ("tuple", relation(on)),
        "transaction" => ("transactionid", None),
        "virtual" => ("virtualxid", None),
        "advisory" => ("advisory", None),
        "extension" => ("extend", relation(on)),
        "page" => ("page", relation(on)),
        "object" => ("object", None),
        "speculative" => ("spectoken", None),
        "user" => ("userlock", None),
        _ => return None,
    };
    let length = Duration::try_from_secs_f64(length / 1000.0).ok()?;
    Some((word, Logged { session: line.process, wait: wait.to_owned(), relation, length, ended: line.at }))
}

/// `2026-11-30 05:01:02.345 UTC`, since 1970.
fn time(head: &str) -> Option<Duration> {
    let mut words = head.split_whitespace();
    let (date, clock) = (words.next()?, words.next()?);
    if words.next()? != "UTC" || words.next().is_some() {
        return None;
    }
    let mut date = date.splitn(3, '-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (clock, millis) = clock.split_once('.')?;
    let mut clock = clock.splitn(3, ':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let is_leap = |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let of_month = |month: u64| match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let years: u64 = (1970..year).map(|year| 365 + u64::from(is_leap(year))).sum();
    let days = years + (1..month).map(of_month).sum::<u64>() + day - 1;
    let seconds = ((days * 24 + hours.min(24)) * 60 + minutes.min(60)) * 60 + seconds.min(60);
    Some(Duration::from_secs(seconds) + Duration::from_millis(millis.parse::<u64>().ok()?.min(999)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(log: &str) -> Log {
        let mut reader = Box::<Reader>::default();
        log.lines().for_each(|line| reader.line(line));
        reader.read()
    }

    fn waits(log: &str) -> Vec<Logged> {
        read(log).waits
    }

    #[test]
    fn what_is_more_than_is_kept_is_said() {
        let one = "2024-03-01 00:00:00.001 UTC [8] LOG:  process 8 acquired ShareLock on transaction 742 after 20 ms\n";
        assert!(!read(&one.repeat(MOST)).is_cut);
        let more = read(&one.repeat(MOST + 1));
        assert!(more.is_cut && more.waits.len() == MOST);
    }

    #[test]
    fn each_sort_of_wait_is_read_with_its_length_and_its_end() {
        let log = "2026-11-30 05:01:02.345 UTC [7] LOG:  process 7 still waiting for AccessShareLock on relation 16384 of database 5 after 10.1 ms\n\
                   2026-11-30 05:01:02.345 UTC [7] LOG:  process 7 acquired AccessShareLock on relation 16384 of database 5 after 301.250 ms\n\
                   2024-02-29 00:00:00.001 UTC [8] LOG:  process 8 acquired ExclusiveLock on tuple (0,1) of relation 99 of database 5 after 1.000 ms\n\
                   2024-03-01 00:00:00.001 UTC [8] LOG:  process 8 acquired ShareLock on transaction 742 after 20 ms\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired ShareLock on virtual transaction 3/42 after 20 ms\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired ExclusiveLock on advisory lock [5,0,7,1] after 20 ms\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired RowExclusiveLock on relation 4 of database 5 after 30.5 ms at character 30\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired AccessShareLock on object 4 of class 2 of database 5 after 3 ms\n\
                   2024-03-01 00:00:00.001 UTC [9] STATEMENT:  select 'LOG:  process 9 acquired x on relation 1 after 1 ms'\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 10 acquired ExclusiveLock on relation 1 of database 5 after 1 ms\n\
                   \tLOG:  process 9 acquired x on relation 1 after 1 ms\n\
                   2024-03-01 00:00:00.001 CET [9] LOG:  process 9 acquired ExclusiveLock on advisory lock [5,0,7,1] after 20 ms\n\
                   \t2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired ExclusiveLock on relation 1 of database 5 after 1 ms\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired ExclusiveLock on relation 1 of database 5 after 1e300 ms\n\
                   nonsense LOG:  process x acquired y on z after 1 ms\n";
        let all = waits(log);
        let told: Vec<_> = all.iter().map(|one| (one.session, one.wait.as_str(), one.relation, one.length.as_micros())).collect();
        assert_eq!(
            told,
            [
                (7, "relation", Some(16_384), 301_250),
                (8, "tuple", Some(99), 1_000),
                (8, "transactionid", None, 20_000),
                (9, "virtualxid", None, 20_000),
                (9, "advisory", None, 20_000),
                (9, "relation", Some(4), 30_500),
                (9, "object", None, 3_000),
            ]
        );
        let ends: Vec<u128> = all.iter().map(|one| one.ended.as_millis()).collect();
        assert_eq!(ends[..3], [1_796_014_862_345, 1_709_164_800_001, 1_709_251_200_001]);
    }

    #[test]
    fn a_wait_that_was_given_up_is_as_long_as_until_then() {
        let log = "2024-03-01 00:00:00.010 UTC [9] LOG:  process 9 still waiting for AccessShareLock on relation 4 of database 5 after 10.000 ms at character 15\n\
                   2024-03-01 00:00:00.010 UTC [9] DETAIL:  Process holding the lock: 3. Wait queue: 9.\n\
                   2024-03-01 00:00:00.020 UTC [8] ERROR:  division by zero\n\
                   2024-03-01 00:00:00.110 UTC [9] ERROR:  canceling statement due to lock timeout at character 15\n\
                   2024-03-01 00:00:00.120 UTC [9] ERROR:  division by zero\n\
                   2024-03-01 00:00:01.010 UTC [7] LOG:  process 7 detected deadlock while waiting for ShareLock on transaction 4 after 10.000 ms\n\
                   2024-03-01 00:00:01.011 UTC [7] LOG:  process 7 failed to acquire ShareLock on transaction 4 after 10.500 ms\n\
                   2024-03-01 00:00:01.011 UTC [7] ERROR:  deadlock detected\n\
                   2024-03-01 00:00:02.000 UTC [6] LOG:  process 6 avoided deadlock for ShareLock on relation 1 of database 5 by rearranging queue order after 10 ms\n\
                   2024-03-01 00:00:02.090 UTC [6] FATAL:  terminating connection due to administrator command\n";
        let told: Vec<_> = waits(log).iter().map(|one| (one.session, one.wait.clone(), one.relation, one.length.as_micros())).collect();
        let wait = |session, wait: &str, relation, length| (session, wait.to_owned(), relation, length);
        assert_eq!(
            told,
            [wait(9, "relation", Some(4), 110_000), wait(7, "transactionid", None, 10_500), wait(6, "relation", Some(1), 100_000)]
        );
    }

    #[test]
    fn a_temporary_file_is_of_the_session_for_which_it_was_written() {
        let log = "2024-03-01 00:00:00.010 UTC [9] LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp9.0\", size 1400\n\
                   2024-03-01 00:00:00.010 UTC [9] STATEMENT:  temporary file: path \"base/pgsql_tmp/pgsql_tmp9.0\", size 1\n\
                   2024-03-01 00:00:00.011 UTC [10] LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp9.3.fileset/0.0\", size 20\n\
                   2024-03-01 00:00:00.012 UTC [11] LOG:  temporary file: path \"pg_tblspc/5/PG_18_1/pgsql_tmp/pgsql_tmp8.1.sharedfileset/i.0\", size 7\n\
                   2024-03-01 00:00:00.013 UTC [11] LOG:  temporary file: path \"base/other\", size 7\n";
        let told: Vec<_> = read(log).spilled.iter().map(|one| (one.session, one.bytes, one.gone.subsec_millis())).collect();
        assert_eq!(told, [(9, 1400, 10), (9, 20, 11), (8, 7, 12)]);
    }
}
