//! Whether SDKs of other hands take the simulator for Webex. They come from the package registry.

use std::time::Duration;

use anyhow::Result;

use crate::bench::server::{self, Running};
use crate::layout::{self, Profile};
use crate::{build, process, python};

/// Checked against these.
const SDKS: [&str; 2] = ["webexpythonsdk==2.0.6", "wxc_sdk==1.41.0"];

/// What has them talk to the simulator.
const SCRIPT: &str = "end2end/sdk/webex_sdks.py";

/// Starts a demonstration and has both talk to its simulator.
pub fn check() -> Result<String> {
    let python = match python::with("webex-sdks", &SDKS, "import webexpythonsdk, wxc_sdk") {
        Ok(python) => python,
        Err(error) => {
            println!("    {error:#}");
            return Ok("NOT checked: the SDKs can't be installed here".to_owned());
        }
    };
    build::server(Profile::Dev)?;
    let folder = server::fresh_folder("sdks")?;
    let listen = format!("127.0.0.1:{}", server::free_port()?);
    let base = format!("http://{listen}");
    let mut demo = process::here(layout::server(Profile::Dev));
    demo.args(["serve", "--demo", "--listen", &listen, "--data-dir"]).arg(&folder);
    // Whoever runs the checks may have a Webex set.
    demo.env_remove("TENANTRY_WEBEX_API_URL").env_remove("TENANTRY_PUBLIC_URL");
    let running = Running::start(&mut demo, base, "/healthz", &folder.with_file_name("sdks.log"))?;
    let mut script = process::here(&python);
    script.arg(SCRIPT).arg(&running.base);
    process::run_within(Duration::from_mins(2), &mut script)?;
    Ok(format!("passed with {}", SDKS.join(" and ")))
}
