//! The operations, called as `comparison` calls them.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use thread_basics::crash::{self, Victim};
use thread_basics::echo::PipeEcho;
use thread_basics::exec::{self, AfterExec};
use thread_basics::fault::Fault;
use thread_basics::memory::{self, BEFORE, COUNTERS, Seen, WRITTEN};
use thread_basics::message::Echo;
use thread_basics::worker::{Panicked, Port, Worker};
use thread_basics::{channels, spawn, stop, wait, what_is_shared};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thread-basics");

#[test]
fn a_write_is_seen_and_nothing_changes_without_one() {
    assert_eq!(memory::write_in_thread(true).unwrap(), Seen { thread: WRITTEN, starter: WRITTEN });
    assert_eq!(memory::write_in_thread(false).unwrap(), Seen { thread: BEFORE, starter: BEFORE });
}

#[test]
fn load_and_store_apart_lose_one_update_in_every_round() {
    assert_eq!(memory::count_with_load_and_store(300).unwrap(), 300);
    assert_eq!(memory::count_with_fetch_add(300).unwrap(), COUNTERS * 300);
    assert_eq!(memory::count_with_mutex(300).unwrap(), COUNTERS * 300);
}

#[test]
fn counting_apart_loses_nothing() {
    assert_eq!(memory::count_apart(300).unwrap(), COUNTERS * 300);
}

#[test]
fn a_scope_lends_a_name_is_cut_and_too_large_a_stack_is_an_error() {
    assert_eq!(spawn::sum_in_scope(&[1, 2, 3, 4, 5]).unwrap(), 15);
    assert_eq!(spawn::name_in_kernel("0123456789abcdefg").unwrap(), "0123456789abcde");
    assert!(spawn::with_stack(1 << 50).is_err());
}

#[test]
fn a_channel_takes_what_it_has_room_for() {
    for capacity in [0, 1, 7] {
        let (sender, _receiver) = crossbeam_channel::bounded(capacity);
        assert_eq!(channels::room(&sender, 100), capacity as u32);
    }
    assert_eq!(channels::fullest(5, 200).unwrap(), 5);
    assert_eq!(channels::from_either(100).unwrap(), [50, 50]);
}

#[test]
fn every_way_to_wait_waits() {
    let nap = Duration::from_millis(5);
    for wait in [wait::park, wait::condvar, wait::barrier, wait::futex, wait::spin] {
        assert!(wait(nap).unwrap().time >= nap);
    }
}

#[test]
fn an_endless_loop_burns_what_it_may_and_ends_with_its_process() {
    let budget = Duration::from_millis(30);
    assert!(stop::endless(Path::new(PROGRAM), budget).unwrap().0 >= budget);
    stop::cooperative().unwrap();
}

#[test]
fn whatever_a_thread_changes_its_starter_has_changed() {
    assert_eq!(what_is_shared::after_thread(Path::new(PROGRAM)).unwrap(), [true; 6]);
    assert_eq!(what_is_shared::after_thread(Path::new("true")).unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn a_lock_whose_holder_panicked_is_poisoned() {
    assert!(crash::panic_with_lock().unwrap());
}

#[test]
fn a_moved_vector_keeps_its_address() {
    let echo = Echo::start().unwrap();
    let message = vec![1_u8; 1000];
    let address = message.as_ptr();
    let returned = echo.round_trip(message).unwrap();
    assert_eq!(returned.as_ptr(), address);
    assert_ne!(echo.tid(), std::process::id() as i32);
}

#[test]
fn a_pipe_to_a_thread_returns_more_than_it_can_hold() {
    let mut echo = PipeEcho::start(300_000).unwrap();
    let mut message: Vec<u8> = (0..300_000).map(|i| (i % 251) as u8).collect();
    let sent = message.clone();
    echo.round_trip(&mut message).unwrap();
    assert_eq!(message, sent);
}

#[test]
fn a_worker_ends_when_its_inbox_closes() {
    let worker = Worker::start("sum", 0, |mut sum: u32, port: Port<u32, u32>| {
        while let Some(number) = port.receive() {
            sum += number;
            port.post(sum);
        }
    });
    let worker = worker.unwrap();
    worker.post(1);
    worker.post(2);
    assert_eq!((worker.receive(), worker.receive()), (Some(1), Some(3)));
    assert_eq!(worker.join(), Ok(()));
}

#[test]
fn a_worker_that_panics_is_an_error_and_no_hang() {
    let worker: Worker<(), ()> = Worker::start("faulty", 7, |seven, _| {
        std::panic::resume_unwind(Box::new(format!("not {seven}")));
    })
    .unwrap();
    assert_eq!(worker.receive(), None);
    worker.post(());
    assert_eq!(worker.join(), Err(Panicked("not 7".to_owned())));
}

#[test]
fn a_panic_is_contained_and_all_else_that_ends_ends_everybody() {
    for fault in Fault::ALL {
        let after = crash::in_thread(Path::new(PROGRAM), fault).unwrap();
        let expected = match fault {
            Fault::Panic => Victim::Panicked,
            Fault::EndlessLoop => Victim::RunsOn,
            _ => Victim::TookAllDown,
        };
        assert_eq!(after.victim, expected, "{fault}: {after:?}");
        assert_eq!(after.sibling_answers, after.host_survived(), "{fault}: {after:?}");
    }
}

#[test]
fn a_host_that_says_nothing_is_an_error() {
    let silent = crash::in_thread(Path::new("true"), Fault::Panic).unwrap_err();
    assert_eq!(silent.kind(), ErrorKind::InvalidData);
    assert_eq!(exec::in_thread(Path::new("true")).unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn exec_in_a_thread_leaves_only_the_new_program() {
    let after = exec::in_thread(Path::new(PROGRAM)).unwrap();
    assert_eq!(after, AfterExec { program_ran: true, starter_went_on: false });
}
