//! `UV_THREADPOOL_SIZE`, given as text: no check changes the environment.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;

use thread_pool::{Pool, size};

fn parse(value: &str) -> io::Result<usize> {
    size::parse(Some(OsStr::new(value)))
}

#[test]
fn without_the_variable_there_are_four_threads() {
    assert_eq!(size::parse(None).unwrap(), 4);
}

#[test]
fn a_number_is_taken_and_kept_between_1_and_1024() {
    let sizes = [("1", 1), ("16", 16), (" 8\n", 8), ("007", 7), ("0", 1), ("1024", 1024), ("1025", 1024)];
    for (value, size) in sizes.into_iter().chain([("99999999999999999999999", 1024)]) {
        assert_eq!(parse(value).unwrap(), size, "{value}");
    }
}

#[test]
fn anything_else_is_an_error_that_names_the_value_and_the_remedy() {
    for value in ["", " ", "four", "-1", "+4", "4.0", "4 8", "0x10", "٤"] {
        let message = parse(value).unwrap_err().to_string();
        assert!(message.contains(&format!("UV_THREADPOOL_SIZE is '{value}'")), "{message}");
        assert!(message.contains("from 1 to 1024") && message.contains("unset it for 4"), "{message}");
    }
    assert!(size::parse(Some(OsStr::from_bytes(b"\xff4"))).is_err());
}

#[test]
fn a_pool_keeps_the_same_bounds() {
    assert_eq!(Pool::new(0).size(), 1);
    assert_eq!(Pool::new(3).size(), 3);
    assert_eq!(Pool::new(usize::MAX).size(), 1024);
}
