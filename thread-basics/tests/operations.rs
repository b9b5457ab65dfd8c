//! The operations, called as `comparison` calls them. Nothing here is judged by time.

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use nix::libc::{SIGABRT, SIGSEGV};
use thread_basics::crash::{self, Victim};
use thread_basics::memory::{self, BEFORE, COUNTERS, Seen, WRITTEN};
use thread_basics::more::channels;
use thread_basics::more::exec::{self, AfterExec};
use thread_basics::support::fault::Fault;
use thread_basics::worker::{Panicked, Port, Worker};
use thread_basics::{message, spawn, stop, wait};

const PROGRAM: &str = env!("CARGO_BIN_EXE_thread-basics");

#[test]
fn a_write_is_seen_and_nothing_changes_without_one() {
    assert_eq!(memory::write_in_thread(true).unwrap(), Seen { thread: WRITTEN, starter: WRITTEN });
    assert_eq!(memory::write_in_thread(false).unwrap(), Seen { thread: BEFORE, starter: BEFORE });
}

#[test]
fn load_and_store_in_two_steps_lose_one_update_in_every_round() {
    assert_eq!(memory::count_with_load_and_store(300).unwrap(), 300);
    assert_eq!(memory::count_with_fetch_add(300).unwrap(), COUNTERS * 300);
    assert_eq!(memory::count_with_mutex(300).unwrap(), COUNTERS * 300);
}

#[test]
fn a_scope_lends_and_too_large_a_stack_is_an_error() {
    assert_eq!(spawn::sum_in_scope(&[1, 2, 3, 4, 5]).unwrap(), [3, 12]);
    assert!(spawn::with_impossible_stack().is_err());
}

#[test]
fn a_channel_accepts_what_it_has_room_for() {
    for capacity in [0, 1, 7] {
        let (sender, _receiver) = crossbeam_channel::bounded(capacity);
        assert_eq!(channels::accepted(&sender, 100), capacity as u32);
    }
}

#[test]
fn every_way_to_wait_sleeps_and_a_spin_does_not() {
    assert!(wait::park().unwrap());
    assert!(wait::receive().unwrap());
    assert!(!wait::spin().unwrap());
}

#[test]
fn a_thread_that_looks_at_a_flag_ends_by_itself() {
    assert!(stop::cooperative().unwrap() > 0);
}

#[test]
fn a_lock_whose_holder_panicked_is_poisoned() {
    assert!(crash::panic_with_lock().unwrap());
}

#[test]
fn a_moved_vector_keeps_its_address_and_a_clone_has_another() {
    let original = vec![1_u8; 1000];
    let address = original.as_ptr() as usize;
    let cloned = message::send(original.clone()).unwrap();
    let moved = message::send(original).unwrap();
    assert_eq!((moved.address, moved.sum), (address, 1000));
    assert_ne!(cloned.address, address);
    assert_eq!(cloned.sum, 1000);
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
    let faulty: Worker<(), ()> = Worker::start("faulty", 7, |seven, _| {
        std::panic::resume_unwind(Box::new(format!("not {seven}")));
    })
    .unwrap();
    assert_eq!(faulty.receive(), None);
    faulty.post(());
    assert_eq!(faulty.join(), Err(Panicked("not 7".to_owned())));
}

#[test]
fn a_panic_is_contained_and_every_other_fault_that_ends_ends_the_process() {
    for fault in Fault::ALL {
        let after = crash::in_thread(Path::new(PROGRAM), fault).unwrap();
        let (victim, code, signal) = match fault {
            Fault::Panic => (Victim::Panicked, Some(0), None),
            Fault::EndlessLoop => (Victim::RunsOn, Some(0), None),
            Fault::Exit => (Victim::EndedAll, Some(3), None),
            Fault::SegmentationFault => (Victim::EndedAll, None, Some(SIGSEGV)),
            Fault::Abort | Fault::StackOverflow | Fault::OutOfMemory => (Victim::EndedAll, None, Some(SIGABRT)),
        };
        assert_eq!((after.victim, after.host.code(), after.host.signal()), (victim, code, signal), "{fault}");
        assert_eq!(after.sibling_answers, after.host_survived(), "{fault}: {after:?}");
    }
}

#[test]
fn a_host_that_does_not_begin_the_fault_is_an_error() {
    let silent = crash::in_thread(Path::new("true"), Fault::Panic).unwrap_err();
    assert_eq!(silent.kind(), ErrorKind::InvalidData);
    assert_eq!(exec::in_thread(Path::new("true")).unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn exec_in_a_thread_leaves_only_the_new_program() {
    let after = exec::in_thread(Path::new(PROGRAM)).unwrap();
    assert_eq!(after, AfterExec { program_ran: true, starter_went_on: false });
}
