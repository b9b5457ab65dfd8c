//! Ticks, immediates and timers: what one callback costs.

use std::collections::VecDeque;
use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use event_loop::EventLoop;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollTimeout};

use crate::measure::{Bound, Line};
use crate::node::Node;

/// As in `node.js`.
const COUNT: u32 = 100_000;
const TURNS: usize = 9;
const WARM_UP: usize = 5;

pub(crate) fn beside_system_calls() -> anyhow::Result<Line> {
    let turn = |_| Ok((chained_immediates(&mut EventLoop::new()?)?, bare()?));
    let turns = (0..TURNS).map(turn).collect::<io::Result<_>>()?;
    Ok(Line { what: "chained immediate / bare epoll_wait".into(), turns, bound: Bound::AtMost(1.3) })
}

type Arm = fn(&mut EventLoop) -> io::Result<f64>;

/// Each turn has another loop and another Node process. They are asked at first, when Node's code is not compiled yet
/// and no memory is there (what a script pays that does it once), and again, when both are warm.
pub(crate) fn beside_node() -> anyhow::Result<()> {
    let arms: [(_, _, Arm, _); 3] = [
        ("queued immediate", "immediates", queued_immediates, 8.0),
        ("chained tick", "ticks", chained_ticks, 3.0),
        ("timer", "timers", timers, 3.0),
    ];
    for (what, word, here, bound) in arms {
        let mut first = Vec::new();
        let mut warm = Vec::new();
        let mut floor = Vec::new();
        for _ in 0..TURNS {
            let mut node = Node::start()?;
            node.ask("cpu")?; // it is up
            let mut ev = EventLoop::new()?;
            let mut queue = VecDeque::new();
            first.push((here(&mut ev)?, node.ask(word)?));
            for _ in 0..WARM_UP {
                here(&mut ev)?;
                node.ask(word)?;
                boxes(&mut queue);
            }
            warm.push((here(&mut ev)?, node.ask(word)?));
            floor.push((boxes(&mut queue), warm[warm.len() - 1].1));
        }
        let bound = Bound::AtLeast(bound);
        Line { what: format!("{what} / Node"), turns: first, bound }.print();
        Line { what: format!("{what} / Node, warm"), turns: warm, bound }.print();
        if word == "immediates" {
            Line { what: "  floor: boxes in a queue".into(), turns: floor, bound }.print_as_floor();
        }
    }
    Ok(())
}

/// What a queued callback costs without a loop: to box a closure, to queue it, to call it.
fn boxes(queue: &mut VecDeque<Box<dyn FnOnce()>>) -> f64 {
    let began = Instant::now();
    (0..COUNT).for_each(|n| queue.push_back(Box::new(move || _ = black_box(n))));
    while let Some(callback) = queue.pop_front() {
        callback();
    }
    began.elapsed().as_nanos() as f64 / f64::from(COUNT)
}

/// The time for each of [`COUNT`] callbacks. They are asked for inside a callback, as in `node.js`.
fn each(ev: &mut EventLoop, start: impl FnOnce(&mut EventLoop) + 'static) -> io::Result<f64> {
    let began = Instant::now();
    ev.set_immediate(start);
    ev.run()?;
    Ok(began.elapsed().as_nanos() as f64 / f64::from(COUNT))
}

fn chained_immediates(ev: &mut EventLoop) -> io::Result<f64> {
    fn next(ev: &mut EventLoop, left: u32) {
        if left > 0 {
            ev.set_immediate(move |ev| next(ev, left - 1));
        }
    }
    each(ev, |ev| next(ev, COUNT))
}

fn chained_ticks(ev: &mut EventLoop) -> io::Result<f64> {
    fn next(ev: &mut EventLoop, left: u32) {
        if left > 0 {
            ev.next_tick(move |ev| next(ev, left - 1));
        }
    }
    each(ev, |ev| next(ev, COUNT))
}

fn queued_immediates(ev: &mut EventLoop) -> io::Result<f64> {
    each(ev, |ev| (0..COUNT).for_each(|n| ev.set_immediate(move |_| _ = black_box(n))))
}

fn timers(ev: &mut EventLoop) -> io::Result<f64> {
    each(ev, |ev| (0..COUNT).for_each(|n| _ = ev.set_timeout(Duration::ZERO, move |_| _ = black_box(n))))
}

/// What an iteration cannot do without: a look at what is ready, and at the clock.
fn bare() -> io::Result<f64> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let mut events = vec![EpollEvent::empty(); 256];
    let began = Instant::now();
    for _ in 0..COUNT {
        black_box((epoll.wait(&mut events, EpollTimeout::ZERO)?, Instant::now()));
    }
    Ok(began.elapsed().as_nanos() as f64 / f64::from(COUNT))
}
