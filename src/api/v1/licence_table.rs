//! The lines of `…/licenses/` as a file: `format=xlsx` or `format=csv`.

use axum::response::Response;

use super::{super::model::attached, criteria::Criteria};
use crate::{
    domain::{
        App, Caller,
        licences::{Line, TableFormat, table},
    },
    fault::Fault,
};

/// The file, where the criteria ask for one. `whose` is the tenant or its site, for the file's name.
pub async fn of(
    app: &App,
    caller: &Caller,
    criteria: &Criteria,
    whose: &str,
    group: &[Line],
    user: &[Line],
) -> Result<Option<Response>, Fault> {
    let format = match criteria.text("format") {
        Some(text @ ("xlsx" | "csv")) => TableFormat::parse(text)?,
        _ => return Ok(None),
    };
    let lines: Vec<Line> = group.iter().chain(user).cloned().collect();
    Ok(Some(attached(table(app, caller, &lines, whose, format).await?)))
}
