//! Where a request goes: its target and its host (RFC 3986, as RFC 9112 uses it).

use std::borrow::Cow;
use std::net::Ipv6Addr;

/// Path and query of a target in origin-form (`/path`) or absolute-form (`http://host/path`). Percent-encoded characters
/// that need no encoding are decoded: such targets are equivalent (RFC 3986, 6.2.2.2). `None` when it is invalid.
pub(crate) fn path_and_query(target: &str) -> Option<Cow<'_, str>> {
    if !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        return None;
    }
    let path = if target.starts_with('/') { Cow::Borrowed(target) } else { without_authority(target)? };
    if path.contains('%') { decode_unreserved(&path).map(Cow::Owned) } else { Some(path) }
}

fn without_authority(target: &str) -> Option<Cow<'_, str>> {
    let (scheme, rest) = target.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let names_a_host = !authority.is_empty() && !authority.starts_with(':') && is_host(authority.as_bytes());
    if !scheme.eq_ignore_ascii_case("http") || !names_a_host {
        return None;
    }
    Some(if path.starts_with('/') { Cow::Borrowed(path) } else { Cow::Owned(format!("/{path}")) })
}

fn decode_unreserved(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let byte = u8::from_str_radix(digits, 16).ok()?;
        decoded.push_str(before);
        match is_unreserved(byte) {
            true => decoded.push(byte.into()),
            false => decoded.extend(["%", digits]),
        }
        rest = &after[2..];
    }
    decoded.push_str(rest);
    Some(decoded)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// A valid `Host`: a name or an address, perhaps a port. It may be empty; it has no user.
pub(crate) fn is_host(host: &[u8]) -> bool {
    let (is_valid, port) = match host {
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|byte| *byte == b']') else { return false };
            (is_ip_literal(&rest[..end]), &rest[end + 1..])
        }
        _ => {
            let end = host.iter().position(|byte| *byte == b':').unwrap_or(host.len());
            (is_name(&host[..end]), &host[end..])
        }
    };
    is_valid && matches!(port, [] | [b':', ..]) && port.iter().skip(1).all(u8::is_ascii_digit)
}

fn is_ip_literal(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

fn is_name(name: &[u8]) -> bool {
    let mut rest = name;
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'%', [one, other, after @ ..]) if one.is_ascii_hexdigit() && other.is_ascii_hexdigit() => after,
            _ if is_unreserved(*byte) || b"!$&'()*+,;=".contains(byte) => after,
            _ => return false,
        };
    }
    true
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
            assert!(is_host(valid.as_bytes()), "{valid}");
        }
        for invalid in ["a b", "u@a", "a:b", "[::1", "[x]", "a/b", "%4", "[::1]x", "\u{e9}"] {
            assert!(!is_host(invalid.as_bytes()), "{invalid}");
        }
    }
}
