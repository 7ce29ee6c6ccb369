//! Refusals in words without anything that may be in rows, where those are not made up. Neighbour: `conversation`, which asks.
//!
//! <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>,
//! <https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference>

/// Refusals that name objects, accounts and numbers of rows, and no value: what is there already or is not, what definitions and rights do
/// not let through, constraints by their names.
const NAMES_NO_VALUE: &[u16] = &[
    1005, 1007, 1008, 1022, 1025, 1036, 1044, 1046, 1048, 1049, 1050, 1051, 1052, 1054, 1055, 1059, 1060, 1061, 1063, 1067, 1068, 1069,
    1070, 1071, 1072, 1073, 1074, 1075, 1089, 1090, 1091, 1093, 1101, 1103, 1109, 1110, 1113, 1118, 1136, 1138, 1142, 1143, 1146, 1164,
    1165, 1166, 1170, 1171, 1176, 1205, 1213, 1215, 1216, 1217, 1221, 1222, 1227, 1239, 1248, 1264, 1265, 1273, 1286, 1293, 1294, 1304,
    1305, 1314, 1317, 1318, 1345, 1347, 1348, 1356, 1359, 1360, 1364, 1370, 1406, 1419, 1451, 1452, 1503, 1506, 1553, 1554, 1701, 1728,
    1745, 1792, 1822, 1824, 1826, 1828, 1829, 1830, 1831, 1832, 1834, 1845, 1846, 1847, 1969, 3024, 3105, 3106, 3140, 3780, 3819, 3822,
    3823, 3940, 4025, 4092,
];

/// What may be said of a refusal with that number.
pub(super) fn words(code: u16, message: &str) -> String {
    const LEFT_OUT: &str = "the server's words may hold a value of a row, and are left out";
    // What stands behind the value: the name of the key or column, with which these messages always end.
    let behind = |from: &str, begins: &str, word: &str| match from.rsplit_once(word) {
        Some((_, name)) => format!("{begins}{word}{name}"),
        None => LEFT_OUT.to_owned(),
    };
    match code {
        code if NAMES_NO_VALUE.contains(&code) => message.to_owned(),
        // The text at which it stops.
        1064 => message.split(" near '").next().unwrap_or_default().to_owned(),
        1062 | 1586 => behind(message, "Duplicate entry", " for key "),
        1366 => behind(message, "Incorrect value", " for column "),
        _ => LEFT_OUT.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn no_value_is_told_and_names_are() {
        for (code, message, told) in [
            (1062, "Duplicate entry 'ann for key 'x'' for key 'people.name'", "Duplicate entry for key 'people.name'"),
            (1366, "Incorrect integer value: 'ann' for column 'name' at row 1", "Incorrect value for column 'name' at row 1"),
            (1146, "Table 'a.b' doesn't exist", "Table 'a.b' doesn't exist"),
            (1064, "You have an error near 'ann' at line 1", "You have an error"),
        ] {
            assert_eq!(words(code, message), told);
        }
        for (code, message) in [(1292, "Truncated incorrect DOUBLE value: 'ann'"), (1644, "ann"), (1690, "ann"), (1, "ann")] {
            assert!(!words(code, message).contains("ann"), "{code}");
        }
    }
}
