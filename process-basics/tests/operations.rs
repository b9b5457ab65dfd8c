//! The operations, called as `comparison` calls them.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_basics::bulk::BulkEcho;
use process_basics::echo::Echo;
use process_basics::fault::Fault;
use process_basics::fork::fork;
use process_basics::ipc::{Greeter, Greeting};
use process_basics::spawn::{self, End};
use process_basics::{crash, footprint};

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-basics");

#[test]
fn fork_is_refused_where_other_threads_run() {
    // A test runs on a thread beside the harness's own.
    assert_eq!(fork(|| 0).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn a_program_that_may_not_be_executed_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(spawn::run(file.path(), &[]).unwrap_err().kind(), ErrorKind::PermissionDenied);
}

#[test]
fn a_signal_without_a_name_is_still_told() {
    let end = spawn::run(Path::new("sh"), &["-c", "kill -40 $$"]).unwrap();
    assert_eq!((end, end.to_string().as_str()), (End::Signaled(40), "was ended by signal 40"));
}

#[test]
fn the_greeter_greets_and_ends_when_the_channel_closes() {
    let greeter = Greeter::start(Path::new(PROGRAM)).unwrap();
    let expected = Greeting { text: "hello, you".to_owned(), pid: greeter.pid() };
    assert_eq!(greeter.greet("you").unwrap(), expected);
    assert_eq!(greeter.finish().unwrap(), End::Exited(0));
}

#[test]
fn a_megabyte_comes_back_whole() {
    let echo = BulkEcho::start(Path::new(PROGRAM)).unwrap();
    let bytes: Vec<u8> = (0..1 << 20).map(|i| (i % 251) as u8).collect();
    assert_eq!(echo.round_trip(&bytes).unwrap(), bytes);
}

#[test]
fn a_child_that_dies_before_its_first_message_is_an_error_and_no_hang() {
    assert_eq!(Greeter::start(Path::new("true")).unwrap_err().kind(), ErrorKind::ConnectionAborted);
}

#[test]
fn asking_a_dead_child_is_an_error_and_no_hang() {
    let greeter = Greeter::start(Path::new(PROGRAM)).unwrap();
    kill(Pid::from_raw(greeter.pid() as i32), Signal::SIGKILL).unwrap();
    // It may still take the request while it dies; it never answers two.
    let answers = (0..2).filter(|_| greeter.greet("you").is_ok()).count();
    assert!(answers < 2, "a killed child answered twice");
}

#[test]
fn an_echo_returns_what_it_got_until_it_is_killed() {
    let mut echo = Echo::start(Path::new(PROGRAM), 300_000).unwrap();
    let mut message: Vec<u8> = (0..300_000).map(|i| (i % 251) as u8).collect();
    let sent = message.clone();
    echo.round_trip(&mut message).unwrap();
    assert_eq!(message, sent);
    kill(Pid::from_raw(echo.pid() as i32), Signal::SIGKILL).unwrap();
    assert!(echo.round_trip(&mut message).is_err());
}

#[test]
fn only_the_victim_of_a_fault_ends() {
    for fault in Fault::ALL {
        let after = crash::in_child(Path::new(PROGRAM), fault).unwrap();
        assert!(after.sibling_answers, "after {fault} the sibling is gone");
        assert_eq!(after.killed, fault == Fault::EndlessLoop, "{fault}: {after:?}");
    }
}

#[test]
fn a_fault_is_known_by_its_name_only() {
    assert_eq!("segfault".parse::<Fault>().unwrap(), Fault::SegmentationFault);
    assert!("sigfault".parse::<Fault>().unwrap_err().to_string().contains("'sigfault'"));
}

#[test]
fn a_footprint_is_of_a_process_that_is() {
    let own = footprint::of(std::process::id() as i32).unwrap();
    assert!(own.pss > 0 && own.private <= own.pss, "{own:?}");
    assert_eq!(footprint::of(i32::MAX).unwrap_err().kind(), ErrorKind::NotFound);
}
