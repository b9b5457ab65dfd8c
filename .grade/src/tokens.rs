//! Compares answers token by token: comments and spaces do not count, names do.

/// The tokens of a Rust file: words, numbers, and single other characters. What looks like a comment within a string is
/// taken for one, which does no harm to a comparison.
pub(crate) fn of(source: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if !token.starts_with("//") && !token.starts_with("/*") {
            tokens.push(token);
        }
        rest = after.trim_start();
    }
    tokens
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
        assert_ne!(of(r#"f("a b")"#), of(r#"f("a c")"#));
        assert_ne!(of("let ab = 1;"), of("let a b = 1;"));
    }
}
