//! Prints a report, and puts it between its marks in a document, whose other text stays.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::Options;
use crate::process;

/// When, on what and by which command.
pub fn heading(options: &Options) -> Result<String> {
    let date = process::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let processors = std::thread::available_parallelism()?;
    let processor = fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?.to_owned();
            Some(line.split_once(": ")?.1.to_owned())
        })
        .unwrap_or_else(|| "processor unknown".to_owned());
    let profile = match options.profile {
        crate::layout::Profile::Release => "",
        crate::layout::Profile::Dev => " **Unoptimised: no figures to go by.**",
    };
    Ok(format!(
        "{date}, {processors} cores ({processor}) shared with the load, `{}`.{profile}\n\n",
        options.line
    ))
}

/// Prints it; with `--write` also puts it between the document's marks of that name.
pub fn put(text: &str, name: &str, options: &Options) -> Result<()> {
    println!("\n{text}");
    let Some(path) = &options.write else {
        return Ok(());
    };
    let shown = path.display();
    let document = fs::read_to_string(path).with_context(|| format!("--write: {shown}"))?;
    let document = replaced(&document, name, text)
        .with_context(|| format!("{shown} has no lines `{}` and `{}`", begin(name), end(name)))?;
    fs::write(path, document).with_context(|| shown.to_string())
}

fn begin(name: &str) -> String {
    format!("<!-- bench {name} -->")
}

fn end(name: &str) -> String {
    format!("<!-- bench {name} end -->")
}

fn replaced(document: &str, name: &str, text: &str) -> Option<String> {
    let (before, rest) = document.split_once(&begin(name))?;
    let (_, after) = rest.split_once(&end(name))?;
    let text = text.trim_end();
    Some(format!("{before}{}\n{text}\n{}{after}", begin(name), end(name)))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn what_stands_between_the_marks_is_replaced_and_nothing_else() {
        let document = "a\n<!-- bench x -->\nold\n<!-- bench x end -->\nb\n";
        assert_eq!(
            replaced(document, "x", "new\n").as_deref(),
            Some("a\n<!-- bench x -->\nnew\n<!-- bench x end -->\nb\n")
        );
        assert_eq!(replaced(document, "y", "new"), None);
    }
}
