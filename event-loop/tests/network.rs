//! Sockets: back-pressure, resets, half-closed connections.

use std::cell::{Cell, RefCell};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use event_loop::lessons::echo::{LOCAL, echo};
use event_loop::{EventLoop, Stream};
use nix::libc::linger;
use nix::sys::socket::{setsockopt, sockopt};

const LIMIT: Duration = Duration::from_secs(30);

fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    client.set_write_timeout(Some(LIMIT)).unwrap();
    client
}

/// Two ends of a connection, the first of them in the loop.
fn pair(ev: &mut EventLoop) -> (Stream, TcpStream) {
    let listener = std::net::TcpListener::bind(LOCAL).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (Stream::adopt(ev, listener.accept().unwrap().0).unwrap(), client)
}

/// A closed socket with this option sends a reset instead of an orderly end.
fn reset(socket: TcpStream) {
    setsockopt(&socket, sockopt::Linger, &linger { l_onoff: 1, l_linger: 0 }).unwrap();
}

/// Waits for 50 ms: in which iteration the wait ended.
fn count_iterations(ev: &mut EventLoop) -> Rc<Cell<u64>> {
    let iterations = Rc::new(Cell::new(0));
    let seen = Rc::clone(&iterations);
    ev.set_timeout(Duration::from_millis(50), move |ev| seen.set(ev.position().iteration));
    iterations
}

#[test]
fn many_clients_are_served_at_once_by_one_thread_although_one_keeps_silent() {
    let mut ev = EventLoop::new().unwrap();
    let (_, address) = ev.listen(LOCAL, |ev, stream| echo(ev, stream.unwrap()).unwrap()).unwrap();
    let mut clients: Vec<_> = (0..50).map(|_| connect(address)).collect();
    let ending = event_loop::Waker::new(&mut ev, EventLoop::stop).unwrap();
    let asking = thread::spawn(move || {
        for client in clients.iter_mut().rev() {
            client.write_all(b"?").unwrap(); // the first to connect is silent until all others have their answers
            client.read_exact(&mut [0]).unwrap();
        }
        ending.wake();
    });
    ev.run_within(LIMIT).unwrap();
    asking.join().unwrap();
}

#[test]
fn a_client_that_stops_writing_still_gets_the_whole_echo() {
    let mut ev = EventLoop::new().unwrap();
    let (server, address) = ev.listen(LOCAL, |ev, stream| echo(ev, stream.unwrap()).unwrap()).unwrap();
    let mut client = connect(address);
    let sent: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let expected = sent.clone();
    let ending = event_loop::Waker::new(&mut ev, move |ev| {
        ev.close(server);
        ev.close_current();
    });
    let ending = ending.unwrap();
    let talk = thread::spawn(move || {
        let mut writer = client.try_clone().unwrap();
        let writing = thread::spawn(move || {
            writer.write_all(&sent).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut echo = Vec::new();
        let result = client.read_to_end(&mut echo);
        ending.wake();
        writing.join().unwrap();
        result.map(|_| echo)
    });
    ev.run_within(LIMIT).unwrap();
    assert!(talk.join().unwrap().unwrap() == expected, "the echo is what was sent");
}

#[test]
fn a_slow_reader_makes_the_server_wait_and_no_memory_grow() {
    const TOTAL: usize = 32 << 20;
    let mut ev = EventLoop::new().unwrap();
    let fulls = Rc::new(Cell::new(0));
    let (is_full, wait_until_full) = mpsc::channel();
    let listener = ev.listen(LOCAL, {
        let fulls = Rc::clone(&fulls);
        move |ev, stream| {
            let stream = stream.unwrap();
            ev.close_current();
            stream.on_drain(ev, move |ev| stream.resume(ev).unwrap()).unwrap();
            let fulls = Rc::clone(&fulls);
            let is_full = is_full.clone();
            let reading = stream.on_data(ev, move |ev, stream, bytes| match bytes.unwrap() {
                [] => stream.finish(ev),
                bytes => {
                    let took_all = stream.write(ev, bytes).unwrap();
                    if !took_all {
                        assert_eq!(stream.write(ev, b"more").unwrap_err().kind(), ErrorKind::WouldBlock);
                        stream.pause(ev).unwrap();
                        fulls.set(fulls.get() + 1);
                        let _ = is_full.send(());
                    }
                }
            });
            reading.unwrap();
        }
    });
    let mut client = connect(listener.unwrap().1);
    let clients = thread::spawn(move || {
        let mut writer = client.try_clone().unwrap();
        let writing = thread::spawn(move || {
            let block: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
            for _ in 0..TOTAL / block.len() {
                writer.write_all(&block).unwrap();
            }
            writer.shutdown(Shutdown::Write).unwrap();
        });
        // Nothing is read before the server's queue is full: only then is the reader known to be slow.
        wait_until_full.recv_timeout(LIMIT).unwrap();
        let mut read = 0;
        let mut block = vec![0; 1 << 16];
        let mut right = true;
        loop {
            match client.read(&mut block).unwrap() {
                0 => break,
                length => {
                    right &= block[..length].iter().zip(read..).all(|(byte, at)| *byte == at as u8);
                    read += length;
                }
            }
        }
        writing.join().unwrap();
        (read, right)
    });
    ev.run_within(LIMIT).unwrap();
    assert_eq!(clients.join().unwrap(), (TOTAL, true));
    assert!(fulls.get() >= 1);
}

#[test]
fn a_reset_is_reported_to_the_reader_once_and_closes_the_stream() {
    let mut ev = EventLoop::new().unwrap();
    let (stream, client) = pair(&mut ev);
    let errors = Rc::new(RefCell::new(Vec::new()));
    let reading = stream.on_data(&mut ev, {
        let errors = Rc::clone(&errors);
        move |ev, stream, bytes| {
            errors.borrow_mut().push(bytes.unwrap_err().kind());
            assert_eq!(stream.write(ev, b"!").unwrap_err().kind(), ErrorKind::NotConnected);
        }
    });
    reading.unwrap();
    reset(client);
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*errors.borrow(), [ErrorKind::ConnectionReset]);
}

#[test]
fn a_write_to_a_peer_that_is_gone_is_reported_to_the_reader_in_the_pending_phase() {
    let mut ev = EventLoop::new().unwrap();
    let (stream, client) = pair(&mut ev);
    let told = Rc::new(RefCell::new(None));
    let reading = stream.on_data(&mut ev, {
        let told = Rc::clone(&told);
        move |ev, _, bytes| *told.borrow_mut() = Some((ev.position().phase, bytes.unwrap_err().kind()))
    });
    reading.unwrap();
    reset(client);
    // The kernel has the reset: the first call reports it, be it a read or this write.
    assert!(!stream.write(&mut ev, b"!").unwrap());
    assert!(told.borrow().is_none(), "not inside the call");
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*told.borrow(), Some((event_loop::Phase::Pending, ErrorKind::ConnectionReset)));
}

#[test]
fn a_reset_of_a_paused_stream_does_not_make_the_loop_spin() {
    let mut ev = EventLoop::new().unwrap();
    let (stream, client) = pair(&mut ev);
    let end = Rc::new(RefCell::new(None));
    let reading = stream.on_data(&mut ev, {
        let end = Rc::clone(&end);
        move |_, _, bytes| *end.borrow_mut() = Some(bytes.map(<[u8]>::len).map_err(|error| error.kind()))
    });
    reading.unwrap();
    stream.pause(&mut ev).unwrap();
    reset(client);
    let iterations = count_iterations(&mut ev);
    ev.set_timeout(Duration::from_millis(50), move |ev| stream.resume(ev).unwrap());
    ev.run_within(LIMIT).unwrap();
    assert!(iterations.get() <= 5, "{} iterations", iterations.get());
    assert_eq!(*end.borrow(), Some(Err(ErrorKind::ConnectionReset)), "reported once it reads again");
}

#[test]
fn the_end_of_a_peer_is_reported_once_and_does_not_make_the_loop_spin() {
    let mut ev = EventLoop::new().unwrap();
    let (stream, client) = pair(&mut ev);
    let ends = Rc::new(Cell::new(0));
    let reading = stream.on_data(&mut ev, {
        let ends = Rc::clone(&ends);
        move |_, _, bytes| {
            assert!(bytes.unwrap().is_empty());
            ends.set(ends.get() + 1);
        }
    });
    reading.unwrap();
    drop(client);
    let iterations = count_iterations(&mut ev);
    ev.run_within(LIMIT).unwrap();
    assert_eq!(ends.get(), 1);
    assert!(iterations.get() <= 5, "{} iterations", iterations.get());
}

#[test]
fn a_stream_closed_in_its_own_callback_is_gone() {
    let mut ev = EventLoop::new().unwrap();
    let (stream, mut client) = pair(&mut ev);
    let reading = stream.on_data(&mut ev, |ev, stream, bytes| {
        assert_eq!(bytes.unwrap(), b"bye");
        assert!(ev.close(stream));
        assert_eq!(stream.pause(ev).unwrap_err().kind(), ErrorKind::NotConnected);
    });
    reading.unwrap();
    client.write_all(b"bye").unwrap();
    ev.run_within(LIMIT).unwrap();
    client.set_read_timeout(Some(LIMIT)).unwrap();
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
}
