//! Fails: a difference must hold for the whole interval
//!
//! It takes the middle of the interval for the truth, so an uncertain difference counts.

/// What somebody says about the ratio "time of A through time of B".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A takes longer.
    Longer,
    /// A takes less time.
    Shorter,
    /// There is no difference that matters.
    Same,
}

/// What the samples say about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They show what the claim says.
    Supported,
    /// They show something else.
    Contradicted,
    /// They show nothing: measure again, longer or on a quiet machine.
    Unresolved,
}

/// The smallest ratio that counts as a difference.
pub const MINIMUM_EFFECT: f64 = 1.2;

/// The ends of the 95 % interval of the median, or nothing where the ratios are too few.
pub fn interval(ratios: &[f64]) -> Option<(f64, f64)> {
    let count = ratios.len() as f64;
    let left_out = (count - 1.0 - 1.96 * count.sqrt()) / 2.0;
    if left_out < 0.0 {
        return None;
    }
    let mut sorted = ratios.to_vec();
    sorted.sort_by(f64::total_cmp);
    let left_out = left_out as usize;
    Some((sorted[left_out], sorted[sorted.len() - 1 - left_out]))
}

/// What the ratios, and those of the control, say about the claim.
pub fn verdict(claim: Claim, ratios: &[f64], control: &[f64]) -> Verdict {
    match shown(ratios, control) {
        None => Verdict::Unresolved,
        Some(shown) if shown == claim => Verdict::Supported,
        Some(_) => Verdict::Contradicted,
    }
}

/// What the samples show; nothing where they leave it open.
fn shown(ratios: &[f64], control: &[f64]) -> Option<Claim> {
    let (low, high) = interval(ratios)?;
    let middle = (low + high) / 2.0;
    let (control_low, control_high) = interval(control)?;
    let noise = control_high.max(1.0 / control_low);
    let difference = noise.max(MINIMUM_EFFECT);
    if middle > difference {
        return Some(Claim::Longer);
    }
    if middle < 1.0 / difference {
        return Some(Claim::Shorter);
    }
    let within = low > 1.0 / MINIMUM_EFFECT && high < MINIMUM_EFFECT;
    if within && noise < MINIMUM_EFFECT {
        return Some(Claim::Same);
    }
    None
}
