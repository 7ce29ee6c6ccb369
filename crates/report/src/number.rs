//! Numbers as a person reads them: `1,204`, `212 GB`, `1.3 s`.
//!
//! Lives here: spelling only. What is counted is the document's business.

/// With a comma between thousands.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `1 table`, `2 tables`, `1,204 objects`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// Two or three digits and a decimal unit: `0`, `812 B`, `4.2 kB`, `212 GB`.
pub(crate) fn bytes(bytes: f64) -> String {
    scaled(bytes, &[" B", " kB", " MB", " GB", " TB", " PB"])
}

/// Two or three digits and a magnitude: `0`, `812`, `1.2 k`, `92 M`.
pub(crate) fn rough(number: f64) -> String {
    scaled(number, &["", " k", " M", " G", " T"])
}

fn scaled(number: f64, units: &[&str]) -> String {
    let mut scaled = number;
    let mut units = units.iter();
    let mut unit = units.next().copied().unwrap_or_default();
    // 999.5 would be shown as 1000.
    while scaled.abs() >= 999.5 {
        let Some(next) = units.next() else { break };
        scaled /= 1000.0;
        unit = next;
    }
    let whole = unit.is_empty() || unit == " B" || scaled.abs() >= 9.95;
    if number == 0.0 {
        "0".to_owned()
    } else if whole {
        format!("{scaled:.0}{unit}")
    } else {
        format!("{scaled:.1}{unit}")
    }
}

/// A share with as many digits as help: `0.2 %`, `98 %`, `0.004 %`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        percent if percent >= 10.0 || percent == 0.0 => format!("{percent:.0} %"),
        percent if percent >= 0.1 => format!("{percent:.1} %"),
        percent if percent >= 0.001 => format!("{percent:.3} %"),
        _ => "less than 0.001 %".to_owned(),
    }
}

/// `850 ms`, `1.3 s`, `2 min 5 s`.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
    }
}

/// The first four and last two digits of a digest: `9f3a…c2`.
pub(crate) fn short(digest: &str) -> String {
    match (digest.get(..4), digest.len().checked_sub(2).and_then(|at| digest.get(at..))) {
        (Some(head), Some(tail)) if digest.len() > 7 => format!("{head}…{tail}"),
        _ => digest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelled_as_a_person_reads() {
        assert_eq!([0, 12, 123, 1_204, 1_234_567].map(thousands), ["0", "12", "123", "1,204", "1,234,567"]);
        assert_eq!([0.0, 812.0, 999.6, 4_200.0, 99_960.0, 212e9].map(bytes), ["0", "812 B", "1.0 kB", "4.2 kB", "100 kB", "212 GB"]);
        assert_eq!([1.0, 1_200.0, 92e6].map(rough), ["1", "1.2 k", "92 M"]);
        assert_eq!([0.98, 0.002, 0.000_04, 1e-9, 0.0].map(percent), ["98 %", "0.2 %", "0.004 %", "less than 0.001 %", "0 %"]);
        assert_eq!([850, 1_340, 125_000].map(duration), ["850 ms", "1.3 s", "2 min 5 s"]);
        assert_eq!([short("9f3a000000c2"), short("9f"), short("")], ["9f3a…c2", "9f", ""]);
    }
}
