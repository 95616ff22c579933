//! Whether other programs read in our sheets what stands in them: openpyxl, which comes from the
//! package registry, and `LibreOffice` where it is installed.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::{layout, process};

/// Checked against this one.
const OPENPYXL: &str = "openpyxl==3.1.5";

/// What reads the sheets and compares.
const SCRIPT: &str = "xtask/src/sheets.py";

/// The test that writes them where this variable says.
const VARIABLE: &str = "TENANTRY_SHEETS";
const TEST: &str = "transfer::elsewhere::what_other_programs_are_given";

/// Has the sheets written, and read by the others.
pub fn check() -> Result<String> {
    let python = match python() {
        Ok(python) => python,
        Err(error) => {
            println!("    {error:#}");
            return Ok("NOT checked: openpyxl can't be installed here".to_owned());
        }
    };
    let sheets = layout::target().join("sheets");
    std::fs::create_dir_all(&sheets)?;
    process::run(
        process::cargo()
            .args(["test", "--quiet", "--features", "ssr", "--test", "api", "--", "--exact", TEST])
            .env(VARIABLE, &sheets),
    )?;
    process::run(process::here(&python).arg(SCRIPT).arg(&sheets))?;
    let Some(office) = process::find("soffice") else {
        return Ok("passed with openpyxl; LibreOffice is not installed".to_owned());
    };
    let saved = sheets.join("saved");
    for name in ["raw.xlsx", "formatted.xlsx"] {
        // It ends with 0 whatever happens; what it didn't write is missed below.
        process::run(
            Command::new(&office)
                .args(["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"])
                .arg(&saved)
                .arg(sheets.join(name)),
        )?;
    }
    std::fs::copy(sheets.join("expected.json"), saved.join("expected.json"))?;
    process::run(process::here(&python).arg(SCRIPT).arg(&saved))?;
    Ok("passed with openpyxl and LibreOffice".to_owned())
}

/// A Python of its own that has openpyxl, made once.
fn python() -> Result<PathBuf> {
    let folder = layout::tools().join("python");
    let python = folder.join("bin/python");
    let has = Command::new(&python).args(["-c", "import openpyxl"]).output();
    if has.is_ok_and(|output| output.status.success()) {
        return Ok(python);
    }
    let limit = Duration::from_mins(2);
    process::run_within(limit, Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", OPENPYXL];
    process::run_within(limit, Command::new(&python).args(install))?;
    Ok(python)
}
