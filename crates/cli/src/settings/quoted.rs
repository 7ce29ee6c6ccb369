//! What stands within a text of the file: what a parser quotes from it, the name of a table. Neighbour: `load`, which shows it.

/// A message of the parser without what it quotes from the file.
pub fn without_values(message: &str) -> String {
    let mut clean = String::new();
    let mut quote = None;
    for c in message.chars() {
        match quote {
            Some(open) if c == open => {
                clean.push('…');
                clean.push(c);
                quote = None;
            }
            Some(_) => {}
            None => {
                clean.push(c);
                if matches!(c, '"' | '`') {
                    quote = Some(c);
                }
            }
        }
    }
    clean
}

/// `schema.table`.
pub fn is_table_with_schema(name: &str) -> bool {
    name.split_once('.').is_some_and(|(schema, table)| !schema.is_empty() && !table.is_empty())
}
