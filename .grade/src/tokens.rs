//! Compares answers token by token: comments and spaces do not count, names do.

/// A Rust file without line comments and spaces. What looks like a comment within a string is taken for one, which does
/// no harm to a comparison.
pub(crate) fn of(source: &str) -> String {
    let code = source.lines().filter_map(|line| line.split("//").next());
    code.flat_map(str::split_whitespace).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn comments_and_spaces_do_not_count() {
        let plain = "fn f(a: i32) -> i32 { a+1 }";
        assert_eq!(of(plain), of("// mine\nfn f( a : i32 )->i32 {\n a + 1 // new\n}\n"));
    }

    #[test]
    fn names_and_strings_count() {
        assert_ne!(of("let a = 1;"), of("let b = 1;"));
        assert_ne!(of(r#"f("a b")"#), of(r#"f("a c")"#));
    }
}
