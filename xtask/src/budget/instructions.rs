//! The instructions of the calls that are made most, held to their budgets.

use anyhow::{Result, bail};

use super::limits;
use crate::bench::instructions::{self, Count, Hot};
use crate::setup::tools;
use crate::step::step;

const FILE: &str = "xtask/src/budget/limits.rs";

fn budget(call: Hot) -> u64 {
    match call {
        Hot::List => limits::LIST,
        Hot::One => limits::ONE,
        Hot::Create => limits::CREATE,
        Hot::Licences => limits::LICENCES,
        Hot::Page => limits::PAGE,
    }
}

pub fn check() -> Result<String> {
    // Another processor's instructions are others.
    if !cfg!(target_arch = "x86_64") {
        return Ok("NOT checked: the budgets are those of x86-64".to_owned());
    }
    let valgrind = match tools::valgrind() {
        Ok(valgrind) => valgrind,
        Err(error) => {
            println!("    {error:#}");
            return Ok("NOT checked: valgrind can't be installed here".to_owned());
        }
    };
    let counting = step("rows and licences", || instructions::start(&valgrind))?;
    if let Err(error) = counting.hears() {
        println!("    {error:#}");
        return Ok("NOT checked: valgrind isn't heard here, which takes ptrace".to_owned());
    }
    let counts = counting.count()?;
    let mut over = Vec::new();
    let (mut least, mut most) = (u64::MAX, 0);
    println!("    {:<28} {:>12} {:>12}  used", "instructions of one call", "counted", "budget");
    for Count { call, instructions: counted, profile } in counts {
        let budget = budget(call);
        let used = counted * 100 / budget;
        (least, most) = (least.min(used), most.max(used));
        println!("    {:<28} {counted:>12} {budget:>12}  {used} %", call.name());
        if counted > budget {
            over.push(format!(
                "{} takes {counted} instructions, over the budget of {budget} ({used} %): \
                 `callgrind_annotate {}` says where they go",
                call.name(),
                profile.display()
            ));
        }
    }
    if !over.is_empty() {
        bail!(
            "{}. Make them cheaper, or raise the budget in {FILE} and say in docs/PERFORMANCE.md what is \
             worth it",
            over.join("; ")
        );
    }
    Ok(format!("{} calls, each {least} to {most} % of its budget", Hot::ALL.len()))
}
