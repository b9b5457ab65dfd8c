//! Where a request goes: its target and its host (RFC 3986, as RFC 9112 uses it). iri-string does the syntax.

use std::borrow::Cow;

use iri_string::format::ToDedicatedString;
use iri_string::spec::UriSpec;
use iri_string::types::UriAbsoluteStr;
use iri_string::validate;

/// Path and query of a target in origin-form (`/path`) or absolute-form (`http://host/path`), normalized: percent-encoded
/// characters that need no encoding are decoded, for instance (RFC 3986, 6.2.2). `None` when it is invalid.
pub(crate) fn path_and_query(target: &str) -> Option<Cow<'_, str>> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let is_valid = || validate::path::<UriSpec>(path).is_ok() && validate::query::<UriSpec>(query).is_ok();
    if path.starts_with('/') && !target.contains(['%', '.']) && is_valid() {
        return Some(target.into()); // normal already, as most are
    }
    let absolute = if target.starts_with('/') { &format!("http://a{target}") } else { target };
    let uri = UriAbsoluteStr::new(absolute).ok()?.normalize().to_dedicated_string();
    let authority = uri.authority_components()?;
    let names_a_host = !authority.host().is_empty() && authority.userinfo().is_none();
    if !names_a_host || uri.scheme_str() != "http" {
        return None;
    }
    let path = if uri.path_str().is_empty() { "/" } else { uri.path_str() };
    Some(uri.query_str().map_or(path.to_owned(), |query| format!("{path}?{query}")).into())
}

/// A valid `Host`: a name or an address, perhaps a port. It may be empty; it has no user.
pub(crate) fn is_host(host: &str) -> bool {
    !host.contains('@') && validate::authority::<UriSpec>(host).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_or_invalid() {
        for (target, expected) in [
            ("/work?ms=1", Some("/work?ms=1")),
            ("http://a/", Some("/")),
            ("HTTP://a:80?x", Some("/?x")),
            ("http://a", Some("/")),
            ("/%77ork%3Fms=1", Some("/work%3Fms=1")),
            ("/%zz", None),
            ("/%4", None),
            ("/a#b", None),
            ("/\u{e9}", None),
            ("*", None),
            ("http:///", None),
            ("http://u@a/", None),
            ("ftp://a/", None),
        ] {
            assert_eq!(path_and_query(target).as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn hosts_are_valid_or_not() {
        for valid in ["", "a", "a.example:80", "127.0.0.1:", "[::1]:8080", "%41", "a_b"] {
            assert!(is_host(valid), "{valid}");
        }
        for invalid in ["a b", "u@a", "a:b", "[::1", "[x]", "a/b", "%4", "[::1]x", "\u{e9}"] {
            assert!(!is_host(invalid), "{invalid}");
        }
    }
}
