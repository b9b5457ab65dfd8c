//! The operations, called as `comparison` calls them.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use ipc_channel::ipc::IpcSharedMemory;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_basics::bulk::BulkEcho;
use process_basics::echo::Echo;
use process_basics::fault::Fault;
use process_basics::fork::fork;
use process_basics::message::{GREETER, Greeter};
use process_basics::orphan;
use process_basics::shared::Summers;
use process_basics::spawn::{self, End};
use process_basics::{crash, footprint};
use process_basics::{signals, stdio};

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
    let greeter = Greeter::start(Path::new(PROGRAM), GREETER).unwrap();
    assert_eq!(greeter.ask("you".to_owned()).unwrap(), ("hello, you".to_owned(), greeter.pid()));
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
    assert_eq!(Greeter::start(Path::new("true"), GREETER).unwrap_err().kind(), ErrorKind::ConnectionAborted);
}

#[test]
fn asking_a_dead_child_is_an_error_and_no_hang() {
    let greeter = Greeter::start(Path::new(PROGRAM), GREETER).unwrap();
    kill(Pid::from_raw(greeter.pid() as i32), Signal::SIGKILL).unwrap();
    // It may still take the request while it dies; it never answers two.
    let answers = (0..2).filter(|_| greeter.ask("you".to_owned()).is_ok()).count();
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
fn an_environment_replaces_ours_and_a_missing_folder_is_an_error() {
    let told = |program, directory, environment| spawn::output_of(program, &[], Path::new(directory), environment);
    assert_eq!(told("pwd", "/", None).unwrap(), "/\n");
    let variables = told("env", "/", Some(&[("B", "2"), ("A", "1")])).unwrap();
    assert_eq!(variables.lines().collect::<BTreeSet<_>>(), BTreeSet::from(["A=1", "B=2"]));
    let missing = told("pwd", "/no-such-folder", None);
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn both_streams_are_captured_whole_and_read_in_turn_they_deadlock() {
    const BYTES: usize = 300_000;
    let output = stdio::capture(BYTES).unwrap();
    assert_eq!((output.stdout.len(), output.stderr.len()), (BYTES, BYTES));
    let patience = Duration::from_millis(50);
    assert_eq!(stdio::capture_in_turn(BYTES, patience).unwrap(), (None, End::Exited(0)));
    // The control: what fits into a pipe needs no reader.
    let fits = stdio::capture_in_turn(1000, Duration::from_secs(10)).unwrap();
    assert_eq!(fits, (Some(End::Exited(0)), End::Exited(0)));
}

#[test]
fn a_stubborn_child_is_killed_after_its_grace_and_an_obedient_one_is_not() {
    let grace = Duration::from_millis(50);
    let (end, time) = signals::terminate(signals::waiting_child(true).unwrap(), grace).unwrap();
    assert_eq!(end, End::Signaled(Signal::SIGKILL as i32));
    assert!(time >= grace);
    let patient = Duration::from_secs(20);
    let (end, _) = signals::terminate(signals::waiting_child(false).unwrap(), patient).unwrap();
    assert_eq!(end, End::Signaled(Signal::SIGTERM as i32));
}

#[test]
fn of_three_orphans_one_lives_on_until_we_end_it() {
    let orphans = orphan::orphans(Path::new(PROGRAM)).unwrap();
    assert_eq!(orphans.idle_adopted_by, std::process::id() as i32);
    assert_eq!((orphans.idle, orphans.reader), (End::Exited(0), End::Exited(0)));
    assert_eq!(orphans.bound, End::Signaled(Signal::SIGKILL as i32));
}

#[test]
fn sent_or_shared_the_child_sees_the_same_bytes() {
    let summers = Summers::start(Path::new(PROGRAM)).unwrap();
    let bytes: Vec<u8> = (0..1 << 20).map(|i| (i / 4096) as u8).collect();
    let memory = IpcSharedMemory::from_bytes(&bytes);
    let expected = (0..256).sum::<u64>();
    assert_eq!(summers.ask(&memory).unwrap().map(|(sum, _)| sum), [expected, expected]);
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
    assert_eq!(Fault::ALL.map(|fault| Fault::named(fault.name())), Fault::ALL.map(Some));
    assert_eq!(Fault::named("sigfault"), None);
}

#[test]
fn a_footprint_is_of_a_process_that_is() {
    let own = footprint::of(std::process::id() as i32).unwrap();
    assert!(own.pss > 0 && own.private <= own.pss, "{own:?}");
    assert_eq!(footprint::of(i32::MAX).unwrap_err().kind(), ErrorKind::NotFound);
}
