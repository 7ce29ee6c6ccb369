//! What a parser says of a file, without what it quotes from it. Neighbour: `load`, which shows it.

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
