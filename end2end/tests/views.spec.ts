// The columns of a list and its saved views: in the address, kept for oneself, shared.
import { CUSTOMER } from "./support/api";
import { expect, heading, modelPath, open, rowNames, signIn, test } from "./support/fixtures";
import { expectAccessible } from "./support/axe";

const heads = (page: import("@playwright/test").Page) => page.locator("main thead .th-sort");

test.beforeEach(async ({ context, api, place }) => {
  await signIn(context);
  for (const name of ["Alder", "Birch"]) {
    await api.add(CUSTOMER, place.path, { name, notes: `about ${name}` });
  }
});

test("columns are chosen and ordered in place, and kept for the next time", async ({
  page,
  place,
}) => {
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await expect(heads(page)).toHaveCount(7);
  const summary = page.locator("summary", { hasText: "Columns" });
  await summary.click();
  const menu = page.locator(".columns-menu");
  await menu.getByRole("checkbox", { name: "Please Note" }).click();
  await expect(heads(page)).toHaveCount(8);
  await expect(page).toHaveURL(/columns=/);
  // The menu stays open for the next choice.
  await menu.getByRole("checkbox", { name: "Admin Account Email", exact: true }).click();
  await expect(heads(page)).toHaveCount(7);
  await menu.getByRole("checkbox", { name: "Default Calling Behaviour", exact: true }).click();
  await expect(heads(page)).toHaveCount(6);
  // Each step once the one before it shows: the link's address is drawn with it.
  for (const place of [4, 3, 2, 1]) {
    await menu.getByRole("link", { name: "Move Please Note before" }).click();
    await expect(heads(page).nth(place)).toHaveText("Please Note");
  }
  await expect(heads(page).nth(1)).toHaveText("Please Note");
  await expect(page.locator("main tbody td", { hasText: "about Alder" })).toBeVisible();
  await menu.getByRole("button", { name: "Keep for me" }).click();
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await expect(heads(page)).toHaveCount(6);
  await expect(heads(page).nth(1)).toHaveText("Please Note");
  await summary.click();
  await menu.getByRole("button", { name: "Back to standard" }).click();
  await expect(heads(page)).toHaveCount(7);
});

test("a list is saved under a name, found again and deleted", async ({ page, place }) => {
  const view = `Birches ${place.name}`;
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path, search: "birch" }));
  await expect(rowNames(page)).toHaveText(["Birch"]);
  const menu = page.locator(".views-menu");
  const summary = page.locator(".menu", { has: menu }).locator("summary");
  await summary.click();
  await menu.getByLabel("Save this list as").fill(view);
  await menu.getByRole("checkbox", { name: /Share/ }).check();
  await menu.getByRole("button", { name: "Save view" }).click();
  await expect(summary).toContainText("Birches");
  await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await expect(rowNames(page)).toHaveText(["Alder", "Birch"]);
  await summary.click();
  await expectAccessible(page, "saved views");
  await menu.getByRole("link", { name: view }).click();
  await expect(rowNames(page)).toHaveText(["Birch"]);
  await expect(page).toHaveURL(/search=birch/);
  await expect(heading(page, "Webex customers")).toBeVisible();
  if (!(await menu.isVisible())) await summary.click();
  await menu.getByRole("button", { name: `Delete the view ${view}` }).click();
  await summary.click();
  await expect(menu.getByRole("link", { name: view })).toHaveCount(0);
});
