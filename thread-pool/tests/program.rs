//! The size of the pool, as the reader of the program sets it.

use chapter::{PROGRAM, command, finish, run};

mod chapter;

#[test]
fn the_pool_has_the_size_that_the_environment_asks_for() {
    for (value, size) in [("8", 8), ("1", 1), ("0", 1), ("300", 300)] {
        let shown = finish(command(PROGRAM).args(["lazy", "work"]).env("UV_THREADPOOL_SIZE", value));
        assert_eq!(shown.status.code(), Some(0), "{value}: {}", shown.err);
        let claim = format!("first job     threads: {}", 1 + size);
        assert!(shown.out.contains(&claim), "'{claim}' is missing in:\n{}", shown.out);
    }
}

#[test]
fn a_size_that_is_not_a_number_is_an_error_that_names_it_and_the_remedy() {
    for value in ["", "-1", "4x", "four"] {
        let refused = finish(command(PROGRAM).arg("lazy").env("UV_THREADPOOL_SIZE", value));
        assert_eq!(refused.status.code(), Some(1));
        for part in [&*format!("UV_THREADPOOL_SIZE is '{value}'"), "could not be set up", "from 1 to 1024", "unset it"]
        {
            assert!(refused.err.contains(part), "'{part}' is missing in: {}", refused.err);
        }
    }
}

#[test]
fn lessons_run_in_any_order_and_more_than_once() {
    let shown = run(&["nested", "panics", "lazy", "lazy"]);
    assert_eq!(shown.status.code(), Some(0), "{}{}", shown.out, shown.err);
}
