// Bulk work in the console: change, move and delete many, follow it live, load a file.
import { CUSTOMER, NODE, PROVIDER, SYSTEM_USER, type Api } from "./support/api";
import { expectAccessible } from "./support/axe";
import {
  expect,
  heading,
  hydrated,
  modelPath,
  open,
  rowNames,
  signIn,
  test,
  type Place,
} from "./support/fixtures";
import { PASSWORD } from "./support/server";
import type { Page } from "@playwright/test";

test.beforeEach(async ({ context }) => signIn(context));

async function add(api: Api, place: Place, names: string[], more = {}): Promise<void> {
  for (const name of names) await api.add(CUSTOMER, place.path, { name, ...more });
}

async function pick(page: Page, names: string[]): Promise<void> {
  for (const name of names) {
    await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).check();
  }
}

/** The bar that stands in place of the toolbar while rows are ticked. */
const bar = (page: Page) => page.locator("#list-bulk");

/** Waits on a transaction's page until it has ended; the page then shows it by itself. */
async function ended(page: Page, status: string): Promise<void> {
  await expect(page.locator(".head-line .badge")).toHaveText(status, { timeout: 15_000 });
}

test("three rows are changed at once, after a mistake", async ({ page, place, api, complaints }) => {
  complaints.expectStatus(400);
  await add(api, place, ["Alder", "Birch", "Cedar", "Damson"], { notes: "Old", email_domain: "old.example" });
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await pick(page, ["Alder", "Birch", "Cedar"]);
  await bar(page).getByRole("button", { name: "Modify…" }).click();
  await expect(heading(page, "Modify 3 Webex customers")).toBeFocused();
  await expect(page.locator(".chosen-items li")).toHaveText(["Alder", "Birch", "Cedar"]);
  await expect(page.getByRole("textbox")).toHaveCount(0);

  // Only the fields that are chosen are shown; what is typed stays when one more is.
  await page.getByRole("checkbox", { name: "Please Note" }).check();
  await page.getByRole("textbox", { name: "Please Note" }).fill("New note");
  await page.getByRole("checkbox", { name: "Email Domain for Hybrid Calling in Workspaces" }).check();
  await page.getByRole("checkbox", { name: "Admin Account Email" }).check();
  const email = page.getByRole("textbox", { name: "Admin Account Email" });
  await email.fill("nobody");
  await expect(page.getByRole("textbox")).toHaveCount(3);
  await expect(page.getByRole("textbox", { name: "Please Note" })).toHaveValue("New note");
  await page.getByRole("button", { name: "Change 3 Webex customers" }).click();

  const summary = page.locator("#error-summary");
  await expect(summary).toContainText("must be one email address");
  await hydrated(page);
  await summary.getByRole("link", { name: /^Admin Account Email/ }).click();
  await expect(email).toBeFocused();
  await expect(email).toHaveAttribute("aria-invalid", "true");
  await email.fill("all@example.com");
  await page.getByRole("button", { name: "Change 3 Webex customers" }).click();

  await expect(heading(page, "Bulk Modify Webex customers")).toBeVisible();
  await ended(page, "Success");
  await expect(page.getByRole("table", { name: "Sub-transactions" }).locator("tbody tr")).toHaveCount(3);
  const rows = await api.list(CUSTOMER, place.path);
  for (const { data } of rows) {
    const changed = data.name !== "Damson";
    expect(data.notes).toBe(changed ? "New note" : "Old");
    // Left empty, it was cleared.
    expect(data.email_domain).toBe(changed ? undefined : "old.example");
    expect(data.account_email).toBe(changed ? "all@example.com" : undefined);
  }
});

test("two are moved to a node of the tree, and one to a node that is found", async ({
  page,
  place,
  api,
}) => {
  await add(api, place, ["Alder", "Birch"]);
  const there = await api.add(NODE, PROVIDER, { name: `${place.name} there`, node_type: "customer" });
  const target = `${PROVIDER}.${place.name} there`;
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await page.getByRole("checkbox", { name: "Select all rows on this page" }).check();
  await bar(page).getByRole("button", { name: "Move…" }).click();
  await expect(heading(page, "Move 2 Webex customers")).toBeFocused();
  const tree = page.getByRole("region", { name: "Where to" });
  // Providers and resellers are there to find the way only.
  await expect(tree.getByRole("radio", { name: "Northwind Telecom" })).toHaveCount(0);
  const branch = tree.getByRole("button", { name: "Nodes below Harbour Voice" });
  await tree.getByRole("radio", { name: `${place.name} there` }).check();
  await branch.click();
  await expect(branch).toHaveAttribute("aria-expanded", "true");
  await expect(tree.getByRole("radio", { name: "Cobalt Foundry" })).toBeVisible();
  // What was picked before a branch was opened still is.
  await expect(tree.getByRole("radio", { name: `${place.name} there` })).toBeChecked();
  await page.getByRole("button", { name: "Move 2 Webex customers" }).click();
  await expect(heading(page, "Bulk Move Webex customers")).toBeVisible();
  await ended(page, "Success");
  expect(await api.names(CUSTOMER, target)).toEqual(["Alder", "Birch"]);

  const [first] = await api.list(CUSTOMER, target);
  await open(page, modelPath(CUSTOMER, first!.pkid, { hierarchy: target }));
  await page.getByRole("link", { name: "Move…" }).click();
  await expect(heading(page, "Move Alder")).toBeFocused();
  await page.getByRole("searchbox", { name: "Find a node" }).pressSequentially(place.name);
  await expect(tree.getByText("here now")).toBeVisible();
  await expect(tree.getByRole("radio")).toHaveCount(1);
  await expect(page.getByRole("searchbox", { name: "Find a node" })).toBeFocused();
  await tree.getByRole("radio", { name: place.name, exact: true }).check();
  await page.getByRole("button", { name: "Move 1 Webex customer" }).click();
  await ended(page, "Success");
  expect(await api.names(CUSTOMER, place.path)).toEqual(["Alder"]);

  await api.removeAll(CUSTOMER, target);
  await api.call("DELETE", `/api/${NODE}/${there}/`);
});

test("all that match are meant, and refused when they have become more", async ({
  page,
  place,
  api,
  complaints,
}) => {
  complaints.expectStatus(409);
  const names = Array.from({ length: 6 }, (_, number) => `Match ${number + 1}`);
  await add(api, place, [...names, "Other"]);
  const filter = { filter_field: "name", filter_condition: "startswith", filter_text: "Match" };
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path, limit: "2", ...filter }));
  await page.getByRole("checkbox", { name: "Select all rows on this page" }).check();
  await expect(page.locator("#list-bulk-count")).toHaveText("2 rows selected");
  await bar(page).getByRole("checkbox", { name: "Select all 6 that match" }).check();
  await expect(page.locator("#list-bulk-count")).toHaveText("All 6 selected");
  // Who unticks a row means those that are ticked.
  await page.getByRole("checkbox", { name: "Select Match 2" }).uncheck();
  await expect(page.locator("#list-bulk-count")).toHaveText("1 row selected");
  await page.getByRole("checkbox", { name: "Select Match 2" }).check();
  await bar(page).getByRole("checkbox", { name: "Select all 6 that match" }).check();
  await bar(page).getByRole("button", { name: "Delete…" }).click();
  await expect(heading(page, "Delete 6 Webex customers?")).toBeFocused();

  await add(api, place, ["Match 7"]);
  await page.getByRole("button", { name: "Delete 6 Webex customers" }).click();
  await expect(page.getByRole("alert")).toContainText("7 Webex customers match now, not 6");
  expect(await api.names(CUSTOMER, place.path)).toHaveLength(8);
  await expect(heading(page, "Delete 7 Webex customers?")).toBeVisible();
  await page.getByRole("button", { name: "Delete 7 Webex customers" }).click();
  await ended(page, "Success");
  expect(await api.names(CUSTOMER, place.path)).toEqual(["Other"]);
});

/**
 * Has users loaded row by row. Making what is kept of a password is costly on purpose: while hundreds
 * are made there is time to see it run, however fast rows are written.
 */
async function loadAtLength(page: Page, place: Place, name: string, count: number): Promise<void> {
  const users = Array.from({ length: count }, (_, number) => `${name}-${number},Operator,${PASSWORD}`);
  const csv = ["username,role,password", ...users].join("\n");
  await open(page, modelPath(SYSTEM_USER, "load", { hierarchy: place.path }));
  await page.getByRole("radio", { name: /^Load row by row/ }).check();
  const file = { name: `${name}.csv`, mimeType: "text/csv", buffer: Buffer.from(csv) };
  await page.getByLabel("File", { exact: true }).setInputFiles(file);
  await page.getByRole("button", { name: "Upload" }).click();
}

test("a transaction is followed live, without a move of the focus", async ({ page, place, api }) => {
  test.slow();
  const count = 240;
  const news: string[] = [];
  await page.exposeFunction("heard", (words: string) => news.push(words));
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const words = document.getElementById("run-words")?.textContent;
      const running = document.documentElement.hasAttribute("data-hydrated");
      if (words && running) (window as any).heard(words);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await loadAtLength(page, place, "live", count);
  await expect(heading(page, "Data Import System users")).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Progress" })).toBeVisible();
  await expect(page.getByLabel("Your transactions; one is running")).toBeVisible();
  await hydrated(page);
  const back = page.getByRole("main").getByRole("link", { name: "Transactions" });
  await back.focus();
  await expect(page.locator(".head-line .badge")).toHaveText("Success", { timeout: 60_000 });
  await expect(page.getByText(`${count} of ${count} rows were loaded.`).first()).toBeVisible();
  await expect(back).toBeFocused();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  expect(new Set(news).size, `different news: ${news.join(", ")}`).toBeGreaterThan(1);
  // In the frame nothing runs any more either, and it leads back here.
  await page.getByLabel("Your transactions; none is running").click();
  await expect(page.locator(".lately").getByRole("link", { name: /^Data Import/ }).first()).toBeVisible();
  await expect(page.getByText("1–100 of 240")).toBeVisible();
  await page.getByRole("link", { name: "Next rows" }).click();
  await expect(page.getByText("101–200 of 240")).toBeVisible();
  await api.removeAll(SYSTEM_USER, place.path);
});

test("what runs is cancelled, and what was done by then stays", async ({ page, place, api }) => {
  test.slow();
  const count = 600;
  await loadAtLength(page, place, "stopped", count);
  await page.getByRole("button", { name: "Cancel transaction" }).click();
  await ended(page, "Fail");
  await expect(page.getByText(/^Transaction canceled/).first()).toBeVisible();
  await expect(page.getByText("not run")).toBeVisible();
  const done = (await api.list(SYSTEM_USER, place.path)).length;
  expect(done).toBeLessThan(count);
  await api.removeAll(SYSTEM_USER, place.path);
});

test("what has ended is replayed after a question", async ({ page, place, api }) => {
  await add(api, place, ["Alder", "Birch"], { notes: "Old" });
  await open(page, modelPath(CUSTOMER, "bulk_update", {
    hierarchy: place.path,
    expected_total: "2",
    field: "notes",
  }));
  await page.getByRole("textbox", { name: "Please Note" }).fill("New");
  await page.getByRole("button", { name: "Change 2 Webex customers" }).click();
  await ended(page, "Success");
  const first = page.url();
  const [one] = await api.list(CUSTOMER, place.path);
  await api.change(CUSTOMER, one!.pkid, { notes: "Changed since" });
  await page.getByRole("link", { name: "Replay…" }).click();
  await expect(heading(page, "Replay this transaction?")).toBeFocused();
  await expect(page.getByRole("main")).toContainText("Bulk Modify · 2 Webex customers");
  await page.getByRole("button", { name: "Replay" }).click();
  await expect(page).not.toHaveURL(/replay/);
  await ended(page, "Success");
  expect(page.url()).not.toBe(first);
  expect(await api.get(CUSTOMER, one!.pkid)).toMatchObject({ notes: "New" });
});

test("a list and a selection are downloaded", async ({ page, place, api }) => {
  await add(api, place, ["Alder", "Birch"]);
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
  const saved = async (press: () => Promise<void>) => {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString() };
  };
  await page.locator("summary", { hasText: "Export" }).first().click();
  const all = await saved(() => page.getByRole("button", { name: /^CSV/ }).first().click());
  expect(all.name).toMatch(/\.csv$/);
  expect(all.text).toContain("Alder");
  expect(all.text).toContain("Birch");
  await page.keyboard.press("Escape");
  await pick(page, ["Birch"]);
  await bar(page).locator("summary", { hasText: "Export" }).click();
  const one = await saved(() => bar(page).getByRole("button", { name: /^CSV/ }).click());
  expect(one.text).toContain("Birch");
  expect(one.text).not.toContain("Alder");
  // The page is still there, and what was ticked is.
  await expect(page.getByRole("checkbox", { name: "Select Birch" })).toBeChecked();
  await page.getByRole("link", { name: "Alder" }).click();
  await page.getByRole("link", { name: "Export…" }).click();
  await expect(heading(page, "Export Alder")).toBeFocused();
  await page.getByRole("radio", { name: /^JSON/ }).check();
  const single = await saved(() => page.getByRole("button", { name: "Download" }).click());
  expect(single.name).toMatch(/\.zip$/);
});

test("a file with five bad rows is checked, its error sheet fetched, and loaded once it is corrected", async ({
  page,
  place,
  api,
}) => {
  const csv = (bad: boolean) => {
    const email = (number: number) => (bad && number % 4 === 0 ? "nobody" : `a${number}@example.com`);
    const rows = Array.from({ length: 20 }, (_, number) => `Row ${number},${email(number)}`);
    return Buffer.from(["name,account_email", ...rows].join("\n"));
  };
  const upload = async (buffer: Buffer) => {
    await page
      .getByLabel("File", { exact: true })
      .setInputFiles({ name: "customers.csv", mimeType: "text/csv", buffer });
    await page.getByRole("button", { name: "Upload" }).click();
  };
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await page.getByRole("link", { name: "Load…" }).click();
  await expect(heading(page, "Load Webex customers")).toBeFocused();
  await upload(csv(true));
  await expect(page.getByText("5 rows need attention. Nothing has been changed yet.")).toBeVisible();
  const rows = page.getByRole("table", { name: "Rows" });
  await expect(rows.locator("tbody tr")).toHaveCount(20);
  await expect(rows.locator("tbody tr").first()).toContainText("must be one email address");
  await hydrated(page);
  await page.getByRole("link", { name: "Failed 5" }).click();
  await expect(rows.locator("tbody tr")).toHaveCount(5);
  await expect(rows.locator("tbody th")).toHaveText(["2", "6", "10", "14", "18"]);
  expect(await api.names(CUSTOMER, place.path)).toEqual([]);

  const [sheet] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the error sheet" }).click(),
  ]);
  expect(sheet.suggestedFilename()).toMatch(/\.xlsx$/);

  await page.getByRole("link", { name: "Load a corrected file…" }).click();
  await expect(heading(page, "Load Webex customers")).toBeFocused();
  await upload(csv(false));
  await expect(page.getByText("Every row can be loaded. Nothing has been changed yet.")).toBeVisible();
  expect(await api.names(CUSTOMER, place.path)).toEqual([]);
  await page.getByRole("button", { name: "Load all or nothing" }).click();
  await expect(page.getByText("20 of 20 rows were loaded.").first()).toBeVisible();
  expect(await api.names(CUSTOMER, place.path)).toHaveLength(20);
});

const screens: { name: string; show: (page: Page, place: Place, api: Api) => Promise<unknown> }[] = [
  {
    name: "bulk modify",
    show: async (page, place, api) => {
      await add(api, place, ["Alder", "Birch"]);
      const query = { hierarchy: place.path, expected_total: "2" };
      const path = modelPath(CUSTOMER, "bulk_update", query);
      await open(page, `${path}&field=notes&field=token&field=dirsync_enabled`);
    },
  },
  {
    name: "move",
    show: async (page, place, api) => {
      await add(api, place, ["Alder", "Birch"]);
      const query = { hierarchy: place.path, expected_total: "3" };
      await open(page, modelPath(CUSTOMER, "move", query));
      await expect(page.getByText("3 matched when you chose them")).toBeVisible();
    },
  },
  {
    name: "move, nodes that were found",
    show: async (page, place, api) => {
      await add(api, place, ["Alder"]);
      const query = { hierarchy: place.path, expected_total: "1", find: "an" };
      await open(page, modelPath(CUSTOMER, "move", query));
    },
  },
  {
    name: "export",
    show: async (page, place, api) => {
      const pkid = await api.add(CUSTOMER, place.path, { name: "Alder" });
      await open(page, modelPath(CUSTOMER, `${pkid}/export`));
    },
  },
  { name: "load", show: (page, place) => open(page, modelPath(CUSTOMER, "load", { hierarchy: place.path })) },
  {
    name: "load that needs attention",
    show: async (page, place) => {
      await open(page, modelPath(CUSTOMER, "load", { hierarchy: place.path }));
      const buffer = Buffer.from("name,account_email,email_domain\nA,nobody,no domain\nB,,\n");
      const file = { name: "customers.csv", mimeType: "text/csv", buffer };
      await page.getByLabel("File", { exact: true }).setInputFiles(file);
      await page.getByRole("button", { name: "Upload" }).click();
      await expect(page.getByText("1 row needs attention.")).toBeVisible();
      await hydrated(page);
      await page.getByText("API calls").click();
    },
  },
  {
    name: "replay",
    show: async (page, place, api) => {
      await api.add(CUSTOMER, place.path, { name: "Alder" });
      const [latest] = await api.list("tool/Transaction", place.path);
      await open(page, `/transactions/${latest!.pkid}/replay`);
    },
  },
  {
    name: "list, menus of the selection open",
    show: async (page, place, api) => {
      await add(api, place, ["Alder", "Birch", "Cedar"]);
      await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path, limit: "2" }));
      await pick(page, ["Alder"]);
      await bar(page).locator("summary", { hasText: "Export" }).click();
      await page.locator(".lately-btn").evaluate((summary) => {
        (summary.parentElement as HTMLDetailsElement).open = true;
      });
    },
  },
];

for (const { name, show } of screens) {
  test(`axe: ${name}`, async ({ page, place, api }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await show(page, place, api);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await expectAccessible(page, name);
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, `${name}: width of the page at 320 px`).toBeLessThanOrEqual(320);
  });
}

test("the names of rows lead to them", async ({ page, place, api }) => {
  await add(api, place, ["Alder", "Birch"]);
  await open(page, modelPath(CUSTOMER, "bulk_update", {
    hierarchy: place.path,
    expected_total: "2",
    field: "notes",
  }));
  await page.getByRole("button", { name: "Change 2 Webex customers" }).click();
  await ended(page, "Success");
  await hydrated(page);
  await expect(rowNames(page)).toHaveText(["Alder", "Birch"]);
  await page.getByRole("link", { name: "Birch", exact: true }).click();
  await expect(heading(page, "Birch")).toBeFocused();
});
