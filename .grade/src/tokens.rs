//! Compares answers token by token: comments and spaces do not count, names do.

/// The tokens of a Rust file: words and numbers, strings, and single other characters.
pub(crate) fn of(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            string_length(rest)
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        let is_comment = token.starts_with("//") || token.starts_with("/*");
        if !is_comment && !first.is_whitespace() {
            tokens.push(token.to_owned());
        }
        rest = after;
    }
    tokens
}

/// The length of the string literal at the start, up to the quote that no backslash precedes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn comments_and_spaces_do_not_count() {
        let plain = "fn f(a: i32) -> i32 { a+1 }";
        assert_eq!(of(plain), of("// mine\nfn f( a : i32 )->i32 {\n /* new */ a + 1 }\n"));
    }

    #[test]
    fn names_and_strings_count() {
        assert_ne!(of("let a = 1;"), of("let b = 1;"));
        assert_ne!(of(r#"f("a b")"#), of(r#"f("a  b")"#));
        assert_eq!(of(r#"f("a \" // b") // c"#).len(), 4);
    }
}
