//! The checks of the exercise `rate_limiter`.

use std::process::ExitCode;
use std::time::Duration;

use nix::unistd::getpid;

use answer::RateLimiter;
use harness::{Check, Outcome, ensure, equal, look};

#[forbid(unsafe_code)]
#[path = "../rate_limiter.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "a full bucket lets its capacity through, and no more",
        hint: "a new bucket is full, and a refused request takes nothing",
        more: "compare before you subtract",
        run: full,
    },
    Check {
        name: "tokens come back one by one",
        hint: "what comes back depends on the time that passed, not on which second it is",
        more: "at each call add (now - last) * per_second, then set last to now",
        run: one_by_one,
    },
    Check {
        name: "the bucket never holds more than its capacity",
        hint: "a long pause fills the bucket, and does not make it larger",
        more: "use min after adding; u128 has room for every Duration",
        run: capacity,
    },
    Check {
        name: "asking often neither loses nor gains tokens",
        hint: "keep the part of a token that has come, as a whole number",
        more: "count in billionths of a token: one nanosecond brings per_second of them",
        run: often,
    },
    Check {
        name: "the wait is exact",
        hint: "after the wait a token is there, and one nanosecond earlier it is not",
        more: "what is missing, divided by what a nanosecond brings, rounded up (div_ceil)",
        run: wait,
    },
    Check {
        name: "a clock that goes back brings no tokens",
        hint: "neither a panic, nor the same time counted twice",
        more: "where now is before the last call, leave everything as it is, also the time of the last call",
        run: back,
    },
    Check {
        name: "a refusal comes at once, without sleep or thread",
        hint: "the loop has other things to do: whoever is refused sets a timer",
        more: "try_take only computes with the time that it was given",
        run: at_once,
    },
];

fn main() -> ExitCode {
    harness::run("event-loop rate_limiter", CHECKS)
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// How many requests get through at one time.
fn burst(limiter: &mut RateLimiter, now: Duration) -> u32 {
    (0..200).map(|_| u32::from(limiter.try_take(now))).sum()
}

fn full() -> Outcome {
    for capacity in [1, 5, 20] {
        let mut limiter = RateLimiter::new(capacity, 10, ms(1234));
        equal("this many requests of 200 got through at the start", &burst(&mut limiter, ms(1234)), &capacity)?;
    }
    Ok(())
}

fn one_by_one() -> Outcome {
    let mut limiter = RateLimiter::new(20, 10, ms(950));
    burst(&mut limiter, ms(950));
    let through = [1049, 1050, 1051, 1150, 1450, 2050].map(|now| burst(&mut limiter, ms(now)));
    equal("10 per second, empty at 950 ms; at 1049, 1050, 1051, 1150, 1450, 2050 ms", &through, &[0, 1, 0, 1, 3, 6])
}

fn capacity() -> Outcome {
    let mut limiter = RateLimiter::new(5, u32::MAX, ms(0));
    for now in [ms(0), Duration::from_secs(100_000_000), Duration::from_secs(u64::MAX)] {
        equal(&format!("the capacity is 5, the time is {now:?}"), &burst(&mut limiter, now), &5)?;
    }
    Ok(())
}

fn often() -> Outcome {
    for rate in [3, 7, 900] {
        let mut limiter = RateLimiter::new(100, rate, ms(0));
        burst(&mut limiter, ms(0));
        let through: u32 = (1..=10_000).map(|now| u32::from(limiter.try_take(ms(now)))).sum();
        equal(&format!("{rate} per second, asked every millisecond for 10 s"), &through, &(rate * 10))?;
    }
    Ok(())
}

fn wait() -> Outcome {
    let nanosecond = Duration::from_nanos(1);
    for (rate, expected) in [(1, 1_000_000_000), (3, 333_333_334), (7, 142_857_143), (1000, 1_000_000)] {
        let mut limiter = RateLimiter::new(1, rate, ms(7));
        equal(&format!("a full bucket, {rate} per second"), &limiter.wait(ms(7)), &Duration::ZERO)?;
        equal("wait took the token", &limiter.try_take(ms(7)), &true)?;
        let wait = limiter.wait(ms(7));
        equal(&format!("an empty bucket, {rate} per second"), &wait, &Duration::from_nanos(expected))?;
        equal("a nanosecond before the end of the wait", &limiter.try_take(ms(7) + wait - nanosecond), &false)?;
        equal("the wait that is left then", &limiter.wait(ms(7) + wait - nanosecond), &nanosecond)?;
        equal("at the end of the wait", &limiter.try_take(ms(7) + wait), &true)?;
    }
    Ok(())
}

fn back() -> Outcome {
    let mut limiter = RateLimiter::new(5, 10, ms(1000));
    burst(&mut limiter, ms(1000));
    let through = [500, 1000, 400, 1050, 900, 1100].map(|now| burst(&mut limiter, ms(now)));
    equal("10 per second, empty at 1000 ms; at 500, 1000, 400, 1050, 900, 1100 ms", &through, &[0, 0, 0, 0, 0, 1])
}

fn at_once() -> Outcome {
    let mut limiter = RateLimiter::new(1, 1000, ms(0));
    limiter.try_take(ms(0));
    let before = look::status(getpid(), "voluntary_ctxt_switches");
    let through = burst(&mut limiter, ms(0));
    let sleeps = look::status(getpid(), "voluntary_ctxt_switches") - before;
    ensure(sleeps < 50, "200 requests were refused, and the process slept", "not at all", format!("{sleeps} times"))?;
    equal("the clock stood still, so this many got through", &through, &0)?;
    equal("this many threads are there", &look::threads(), &1)
}
