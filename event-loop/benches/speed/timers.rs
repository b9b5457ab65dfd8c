//! Timers among many others: to set one and to cancel it takes logarithmic time.

use std::hint::black_box;
use std::time::{Duration, Instant};

use event_loop::EventLoop;

use crate::measure::median;

const COUNT: u32 = 20_000;
const TURNS: usize = 7;

pub(crate) fn print() -> anyhow::Result<()> {
    let mut costs = Vec::new();
    for pending in [1_000, 10_000, 100_000, 1_000_000_u64] {
        let mut ev = EventLoop::new()?;
        let mut random = 1_u64;
        let mut after = move || {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            Duration::from_millis(3_600_000 + (random >> 43)) // within half an hour, an hour from now
        };
        for n in 0..pending {
            ev.set_timeout(after(), move |_| _ = black_box(n));
        }
        let mut turn = || {
            let began = Instant::now();
            let timers: Vec<_> = (0..COUNT).map(|n| ev.set_timeout(after(), move |_| _ = black_box(n))).collect();
            let all = timers.into_iter().all(|timer| ev.close(timer));
            anyhow::ensure!(all, "every timer was still there");
            Ok(began.elapsed().as_nanos() as f64 / f64::from(COUNT))
        };
        let cost = median((0..TURNS).map(|_| turn()).collect::<anyhow::Result<_>>()?);
        println!("set and cancel a timer among {pending:>9}: {cost:>6.0} ns");
        costs.push(cost);
    }
    let grown = costs[3] / costs[0];
    let verdict = if grown <= 10.0 { "ok" } else { "missed" };
    println!(
        "  1000 times as many: {grown:.1}x (logarithm alone: 2x; the caches add to it; linear: 1000x)  <= 10 {verdict}"
    );
    Ok(())
}
