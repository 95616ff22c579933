// Bulk work for a browser that runs no script at all.
import { CUSTOMER, NODE, PROVIDER } from "./support/api";
import { expect, heading, modelPath, signIn, test } from "./support/fixtures";
import type { Page } from "@playwright/test";

test.beforeEach(async ({ context }) => signIn(context));

/** Presses the page's own link until what runs has ended. */
async function ended(page: Page, status: string): Promise<void> {
  const badge = page.locator(".head-line .badge");
  await expect(async () => {
    if (await page.getByRole("link", { name: "Refresh" }).isVisible()) {
      await page.getByRole("link", { name: "Refresh" }).click();
    }
    await expect(badge).toHaveText(status, { timeout: 500 });
  }).toPass({ timeout: 15_000 });
}

test("three rows are changed by ticking, choosing and posting", async ({ page, place, api }) => {
  for (const name of ["Alder", "Birch", "Cedar", "Damson"]) {
    await api.add(CUSTOMER, place.path, { name, notes: "Old" });
  }
  await page.goto(modelPath(CUSTOMER, "", { hierarchy: place.path }));
  for (const name of ["Alder", "Birch", "Cedar"]) {
    await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  }
  await page.getByRole("button", { name: "Modify…" }).click();
  await expect(heading(page, "Modify 3 Webex customers")).toBeVisible();
  await page.getByRole("checkbox", { name: "Please Note" }).check();
  await page.getByRole("button", { name: "Show these fields" }).click();
  await page.getByRole("textbox", { name: "Please Note" }).fill("New note");
  await page.getByRole("button", { name: "Change 3 Webex customers" }).click();
  await ended(page, "Success");
  const notes = (await api.list(CUSTOMER, place.path)).map((row) => row.data.notes);
  expect(notes).toEqual(["New note", "New note", "New note", "Old"]);
});

test("all that match are moved to a node that the tree leads to", async ({ page, place, api }) => {
  for (const name of ["Alder", "Birch", "Cedar"]) await api.add(CUSTOMER, place.path, { name });
  const name = `${place.name} there`;
  const there = await api.add(NODE, PROVIDER, { name, node_type: "customer" });
  await page.goto(modelPath(CUSTOMER, "", { hierarchy: place.path, limit: "2" }));
  await page.getByRole("checkbox", { name: "Select all 3 that match" }).check();
  await page.getByRole("button", { name: "Move…" }).click();
  await expect(heading(page, "Move 3 Webex customers")).toBeVisible();
  // A branch opens by loading the page again, and closes so, too.
  await page.getByRole("button", { name: "Nodes below Harbour Voice" }).click();
  await expect(page.getByRole("radio", { name: "Cobalt Foundry" })).toBeVisible();
  await page.getByRole("button", { name: "Nodes below Harbour Voice" }).click();
  await expect(page.getByRole("radio", { name: "Cobalt Foundry" })).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Find a node" }).fill(name);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("radio", { name }).check();
  await page.getByRole("button", { name: "Move 3 Webex customers" }).click();
  await ended(page, "Success");
  expect(await api.names(CUSTOMER, `${PROVIDER}.${name}`)).toEqual(["Alder", "Birch", "Cedar"]);
  await api.removeAll(CUSTOMER, `${PROVIDER}.${name}`);
  await api.call("DELETE", `/api/${NODE}/${there}/`);
});

test("a file is checked and then loaded", async ({ page, place, api, complaints }) => {
  complaints.expectStatus(400);
  await page.goto(modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await page.getByRole("link", { name: "Load…" }).click();
  const upload = async (text: string) => {
    const file = { name: "customers.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await page.getByLabel("File", { exact: true }).setInputFiles(file);
    await page.getByRole("button", { name: "Upload" }).click();
  };
  await upload("what,is this\n1,2\n");
  await expect(page.getByRole("alert")).toContainText("names no attribute");
  await upload("name,account_email\nAlder,a@example.com\nBirch,nobody\n");
  await ended(page, "Fail");
  await expect(page.getByText("1 row needs attention.")).toBeVisible();
  await page.getByRole("link", { name: "Load a corrected file…" }).click();
  await upload("name,account_email\nAlder,a@example.com\nBirch,b@example.com\n");
  await ended(page, "Success");
  expect(await api.names(CUSTOMER, place.path)).toEqual([]);
  await page.getByRole("button", { name: "Load all or nothing" }).click();
  await ended(page, "Success");
  expect(await api.names(CUSTOMER, place.path)).toEqual(["Alder", "Birch"]);
});
