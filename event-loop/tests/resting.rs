//! A listener that rests at the limit of descriptors. The limit is the whole process's, so this test has one for itself.

use std::cell::RefCell;
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::time::Duration;

use event_loop::EventLoop;
use event_loop::lessons::echo::LOCAL;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

#[test]
fn a_listener_keeps_the_loop_alive_while_it_rests_and_no_longer_when_it_is_closed() {
    let mut ev = EventLoop::new().unwrap();
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let alive = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&alive);
    let listener = ev.listen(LOCAL, move |ev, stream| {
        setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
        assert!(stream.is_err(), "there was no descriptor left");
        seen.borrow_mut().push(ev.is_alive());
        ev.close_current();
        seen.borrow_mut().push(ev.is_alive());
    });
    let client = TcpStream::connect(listener.unwrap().1).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, client.as_raw_fd() as u64 + 1, hard).unwrap();
    let end = ev.run_within(Duration::from_secs(30));
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    end.unwrap();
    assert_eq!(*alive.borrow(), [true, false]);
}
