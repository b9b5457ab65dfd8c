//! The operations, called as `comparison` calls them.

use std::fs::File;
use std::io::ErrorKind;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::{self, Command};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ipc_channel::ipc::{self, IpcOneShotServer, IpcReceiver, IpcSender};
use nix::libc::O_PATH;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_basics::fork::fork;
use process_basics::message::{GREETER, Greeter};
use process_basics::more::stdio;
use process_basics::spawn::{self, End};
use process_basics::support::deadline::DEADLINE;
use process_basics::support::fault::Fault;
use process_basics::support::guard::Guard;
use process_basics::support::handshake;
use process_basics::{crash, signals};

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
    let error = spawn::run(file.path(), &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().starts_with(file.path().to_str().unwrap()), "{error} does not name the program");
}

#[test]
fn a_signal_without_a_name_is_still_output() {
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
fn a_fault_is_known_by_its_name_only() {
    assert_eq!(Fault::ALL.map(|fault| Fault::named(fault.name())), Fault::ALL.map(Some));
    assert_eq!(Fault::named("sigfault"), None);
}

#[test]
fn a_child_that_lives_and_never_listens_is_an_error_and_no_hang() {
    let mut deaf = Command::new("tail");
    deaf.args(["-f", "/dev/null"]); // runs until it is killed
    assert_eq!(handshake::start(&mut deaf, 1u8).unwrap_err().kind(), ErrorKind::TimedOut);
}

#[test]
fn a_child_that_names_a_socket_and_never_reads_from_it_does_not_block_its_parent() {
    // The test makes the socket itself, and nobody accepts the connection.
    let (_server, name) = IpcOneShotServer::<(IpcReceiver<String>, IpcSender<String>)>::new().unwrap();
    let socket = File::options().read(true).custom_flags(O_PATH).open(&name).unwrap();
    let mut deaf = Command::new("sh");
    let script = format!("echo /proc/{}/fd/{}; exec tail -f /dev/null", process::id(), socket.as_raw_fd());
    deaf.args(["-c", &script]);
    let (_questions, childs_questions) = ipc::channel().unwrap();
    let (childs_answers, _answers) = ipc::channel().unwrap();
    let ends: (IpcReceiver<String>, IpcSender<String>) = (childs_questions, childs_answers);
    let (sent, started) = mpsc::channel();
    thread::spawn(move || sent.send(handshake::start(&mut deaf, ends).map(drop)));
    started.recv_timeout(DEADLINE).expect("the first message waits for no reader").unwrap();
}

#[test]
fn only_the_victim_of_a_fault_ends() {
    for fault in Fault::ALL {
        let after = crash::in_child(Path::new(PROGRAM), fault).unwrap();
        assert!(after.begun && after.sibling_answers, "{fault}: {after:?}");
        assert_eq!(after.victim, crash::expected(fault), "{fault}: {after:?}");
        assert_eq!(after.killed, fault == Fault::EndlessLoop, "{fault}: {after:?}");
    }
}

#[test]
fn both_streams_are_captured_whole_and_stdout_first_is_a_deadlock() {
    const BYTES: usize = 300_000;
    assert_eq!(stdio::capture(BYTES).unwrap(), (2 * BYTES, End::Exited(0)));
    let patience = Duration::from_millis(50);
    assert_eq!(stdio::capture_stdout_first(BYTES, patience).unwrap(), (false, End::Exited(0)));
    // The control: what fits into a pipe needs no reader.
    let fits = stdio::capture_stdout_first(1000, Duration::from_secs(20)).unwrap();
    assert_eq!(fits, (true, End::Exited(0)));
}

#[test]
fn a_stubborn_child_is_killed_and_an_obedient_one_is_not() {
    let stubborn = signals::terminate(signals::waiting_child(true).unwrap(), Duration::from_millis(50));
    assert_eq!(stubborn.unwrap(), End::Signaled(Signal::SIGKILL as i32));
    let obedient = signals::terminate(signals::waiting_child(false).unwrap(), Duration::from_secs(20));
    assert_eq!(obedient.unwrap(), End::Signaled(Signal::SIGTERM as i32));
}

#[test]
fn a_program_that_does_not_end_is_killed_at_the_deadline() {
    let error = spawn::run(Path::new("tail"), &["-f", "/dev/null"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[test]
fn a_guard_kills_and_reaps_its_child() {
    let guard = Guard::start(Command::new("tail").args(["-f", "/dev/null"])).unwrap();
    let entry = format!("/proc/{}", guard.id());
    assert!(Path::new(&entry).exists());
    drop(guard);
    assert!(!Path::new(&entry).exists(), "the child is still there, or a zombie");
}
