//! What is under measurement, how it is called, and what was measured of it.

use super::load::Load;
use super::server::Running;

/// Sent with a request, such as the session's cookies.
pub type Headers = Vec<(String, String)>;

/// A program under measurement.
pub struct Subject {
    pub name: &'static str,
    /// As it is told in the report.
    pub version: String,
    pub running: Running,
    pub headers: Headers,
    pub list: String,
    pub one: String,
    /// Where to post, and the JSON of a create; `@N@` becomes a number that wasn't used before.
    pub create: Option<(String, String)>,
    /// The list as a page that the server draws.
    pub page: Option<Page>,
    pub figures: Figures,
}

pub struct Page {
    pub path: String,
    pub headers: Headers,
}

/// One value a round; the report shows medians.
#[derive(Default)]
pub struct Figures {
    pub start_ms: Vec<f64>,
    pub idle_mib: f64,
    pub loaded_mib: f64,
    pub list: Vec<Load>,
    pub one: Vec<Load>,
    pub create: Vec<Load>,
    pub create_wide: Vec<Load>,
    pub page: Vec<Load>,
    pub first_byte_ms: Vec<f64>,
}

/// The middle one; of none, not a number.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
