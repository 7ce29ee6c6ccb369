//! What a server's log says of waits for locks, where `log_lock_waits` is on.
//! <https://www.postgresql.org/docs/18/runtime-config-logging.html#GUC-LOG-LOCK-WAITS>
//!
//! Throwaway servers write it in English, each line behind the time in UTC and the process, as servers do that nobody told otherwise.

use evenkeel_core::trace::Logged;
use std::time::Duration;

/// Waits that have ended with the lock.
pub fn waits(log: &str) -> Vec<Logged> {
    log.lines().filter_map(wait).collect()
}

/// `2026-11-30 05:01:02.345 UTC [4711] LOG:  process 4711 acquired ShareLock on transaction 742 after 301.234 ms`
fn wait(line: &str) -> Option<Logged> {
    let (head, said) = line.split_once("LOG:  process ")?;
    let (process, rest) = said.split_once(" acquired ")?;
    let (on, after) = rest.split_once(" on ")?.1.rsplit_once(" after ")?;
    let length = after.trim_end().strip_suffix(" ms")?.parse::<f64>().ok().filter(|ms| ms.is_finite() && *ms >= 0.0)?;
    let relation = |on: &str| on.split_once("relation ")?.1.split_whitespace().next()?.parse().ok();
    let (wait, relation) = match on.split_whitespace().next()? {
        "relation" => ("relation", relation(on)),
        "tuple" => ("tuple", relation(on)),
        "transaction" => ("transactionid", None),
        "virtual" => ("virtualxid", None),
        "advisory" => ("advisory", None),
        "extension" => ("extend", relation(on)),
        _ => return None,
    };
    Some(Logged {
        session: process.parse().ok()?,
        wait: wait.to_owned(),
        relation,
        length: Duration::from_secs_f64(length / 1000.0),
        ended: time(head)?,
    })
}

/// `2026-11-30 05:01:02.345 UTC …`, since 1970.
fn time(head: &str) -> Option<Duration> {
    let mut words = head.split_whitespace();
    let (date, clock) = (words.next()?, words.next()?);
    if words.next()? != "UTC" {
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

    #[test]
    fn each_sort_of_wait_is_read_with_its_length_and_its_end() {
        let log = "2026-11-30 05:01:02.345 UTC [7] LOG:  process 7 still waiting for AccessShareLock on relation 16384 of database 5 after 10.1 ms\n\
                   2026-11-30 05:01:02.345 UTC [7] LOG:  process 7 acquired AccessShareLock on relation 16384 of database 5 after 301.250 ms\n\
                   2024-02-29 00:00:00.001 UTC [8] LOG:  process 8 acquired ExclusiveLock on tuple (0,1) of relation 99 of database 5 after 1.000 ms\n\
                   2024-03-01 00:00:00.001 UTC [8] LOG:  process 8 acquired ShareLock on transaction 742 after 20 ms\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired ShareLock on virtual transaction 3/42 after 20 ms\n\
                   2024-03-01 00:00:00.001 UTC [9] LOG:  process 9 acquired ExclusiveLock on advisory lock [5,0,7,1] after 20 ms\n\
                   2024-03-01 00:00:00.001 CET [9] LOG:  process 9 acquired ExclusiveLock on advisory lock [5,0,7,1] after 20 ms\n\
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
            ]
        );
        let ends: Vec<u128> = all.iter().map(|one| one.ended.as_millis()).collect();
        assert_eq!(ends[..3], [1_796_014_862_345, 1_709_164_800_001, 1_709_251_200_001]);
    }
}
