//! Verdicts follow from samples: the same rows with other figures are judged otherwise.

use comparison::report::{Arm, Boundary, Experiment, Ratio, Row, Status};
use comparison::{stats, tables};

mod costs; // communication, overhead, noise
mod rows; // crashes, CPU-bound work, the parts of the architecture, what to use

/// Two arms, and the interval of the ratio of the first to the second.
type Interval<'a> = ([&'a str; 2], f64, f64);

fn arm(name: &str, unit: &str, samples: Vec<f64>) -> Arm {
    stats::arm(name, Boundary::None, unit, samples)
}

fn experiment(id: &str, arms: Vec<Arm>, ratios: &[Interval]) -> Experiment {
    let ratio = |(of, low, high): &Interval| {
        let of = of.map(str::to_owned);
        Ratio { of, median: (low + high) / 2.0, low: *low, high: *high }
    };
    let ratios = ratios.iter().map(ratio).collect();
    Experiment { arms, ratios, ..Experiment::without_samples(id.to_owned(), Status::Ok, None) }
}

fn row(key: &str, experiments: &[Experiment]) -> Row {
    let tables = tables::write(experiments);
    tables.iter().flat_map(|table| &table.rows).find(|row| row.key == key).expect("a row of that key").clone()
}
