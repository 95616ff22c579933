// What a browser makes of the list page: bytes, time until rows are there, time a key. Started by
// `cargo xtask bench --browser` with what is to be measured as JSON; answers JSON on standard output.
import { chromium } from "../end2end/node_modules/@playwright/test/index.mjs";

/** Chromium's own preset: what each request waits, and bytes a second. */
const FAST_3G = {
  offline: false,
  latency: 562.5,
  downloadThroughput: (1.6 * 1024 * 1024 * 0.9) / 8,
  uploadThroughput: (750 * 1024 * 0.9) / 8,
};
const SLOWER = 4;
const KEYS = 60;
const LIMIT = { timeout: 60_000 };

const asked = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: asked.chromium, args: ["--no-sandbox"] });

/** Waits for the first row, and for the page to be taken over where there is a mark of that. */
const rows = (page, ready) =>
  page.waitForFunction(
    ([text, ready]) =>
      document.body?.innerText.includes(text) && (!ready || document.querySelector(ready)),
    [asked.row, ready],
    { ...LIMIT, polling: "raf" },
  );

async function logIn(page, subject) {
  await page.goto(subject.base + subject.login, { waitUntil: "load", ...LIMIT });
  await page.locator(subject.user).fill(subject.username);
  await page.locator(subject.password).fill(asked.password);
  const begin = performance.now();
  await page.locator(subject.password).press("Enter");
  return begin;
}

/** Loads the list with nothing in the cache, logged in. */
async function cold(subject) {
  const context = await browser.newContext();
  const first = await context.newPage();
  await logIn(first, subject);
  await first.waitForFunction((left) => !location.href.includes(left), subject.left, LIMIT);
  await first.waitForLoadState("networkidle");
  const state = await context.storageState();
  await context.close();

  const fresh = await browser.newContext({ storageState: state });
  const page = await fresh.newPage();
  const session = await fresh.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  const begin = performance.now();
  await page.goto(subject.base + subject.list, { waitUntil: "commit", ...LIMIT });
  await rows(page);
  const visible = performance.now() - begin;
  await page.waitForLoadState("networkidle");
  await fresh.close();
  return { name: subject.name, visible, bytes };
}

/**
 * From the log-in click to a usable list on a slow line; twice, the second time with a cache. Then once
 * more as whoever is logged in still comes back.
 */
async function slow(subject) {
  const context = await browser.newContext();
  const times = [];
  for (let visit = 0; visit < 3; visit += 1) {
    const stays = visit === 2;
    if (!stays) await context.clearCookies();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", FAST_3G);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    let begin = performance.now();
    if (stays) await page.goto(subject.base + subject.list, { waitUntil: "commit", ...LIMIT });
    else begin = await logIn(page, { ...subject, login: subject.loginToList });
    await rows(page, subject.ready);
    times.push(performance.now() - begin);
    await page.close();
  }
  await context.close();
  return times;
}

/**
 * The time that a key keeps the page busy in a form of many fields: the median and the longest. `bare` is
 * the same form with nothing but the browser behind it: its WebAssembly doesn't come.
 */
async function typing(subject, bare) {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (bare) await page.route("**/*.wasm", (route) => route.abort());
  await logIn(page, { ...subject, login: subject.loginToList });
  await rows(page, bare ? undefined : subject.ready);
  await page.goto(subject.base + subject.form, { ...LIMIT, waitUntil: "networkidle" });
  if (!bare) await page.waitForSelector(subject.ready, { ...LIMIT, state: "attached" });
  const fields = page.locator("form input[type=text]:visible");
  const count = await fields.count();
  await fields.nth(Math.floor(count / 2)).focus();
  await page.evaluate(() => {
    window.times = [];
    addEventListener(
      "keydown",
      () => {
        const begin = performance.now();
        // A task of its own: it comes after all that the key has caused, before the next key.
        const { port1, port2 } = new MessageChannel();
        addEventListener(
          "input",
          () => {
            port1.onmessage = () => window.times.push(performance.now() - begin);
            port2.postMessage(0);
          },
          { once: true, capture: true },
        );
      },
      { capture: true },
    );
  });
  await page.keyboard.type("x".repeat(KEYS), { delay: 30 });
  await page.waitForFunction((keys) => window.times.length >= keys, KEYS, LIMIT);
  const times = (await page.evaluate(() => window.times)).sort((a, b) => a - b);
  await context.close();
  return { fields: count, median: times[KEYS / 2], longest: times[KEYS - 1] };
}

const answer = { cold: [], slow: [] };
for (let round = 0; round < asked.rounds; round += 1) {
  for (const subject of asked.subjects) answer.cold.push(await cold(subject));
  answer.slow.push(await slow(asked.subjects[0]));
}
answer.typing = await typing(asked.subjects[0], false);
answer.bare = await typing(asked.subjects[0], true);
answer.version = browser.version();
await browser.close();
console.log(JSON.stringify(answer));
