// How the browser tests run. `cargo xtask test --only e2e` prepares everything they need:
// TENANTRY_BIN names the server that the fixtures start, TENANTRY_CHROMIUM the browser.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

// Chromium refuses its sandbox to root, and without the other flags it keeps calling home,
// which on a closed network fills the log with refused connections.
const args = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  reporter: "list",
  workers: 2,
  // A test that passes at the second try has found something.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  expect: { timeout: 5_000 },
  use: {
    browserName: "chromium",
    launchOptions: {
      args,
      executablePath: process.env.TENANTRY_CHROMIUM ?? browsers.find((path) => existsSync(path)),
    },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [
    { name: "js", testIgnore: "**/*.nojs.spec.ts" },
    { name: "nojs", testMatch: "**/*.nojs.spec.ts", use: { javaScriptEnabled: false } },
  ],
});
