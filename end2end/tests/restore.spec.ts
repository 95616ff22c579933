// The history of an instance: what each change touched, and the way back to a former version.
import { CUSTOMER } from "./support/api";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { expect, heading, modelPath, open, signIn, test } from "./support/fixtures";

test.use({ contextOptions: { reducedMotion: "reduce" } });

test("an instance goes back to a former version", async ({ page, context, place, api }) => {
  await signIn(context);
  const pkid = await api.add(CUSTOMER, place.path, { name: "Heron", notes: "First", token: "token-in-no-page" });
  await api.change(CUSTOMER, pkid, { name: "Egret", notes: "Second" });

  await open(page, modelPath(CUSTOMER, pkid, { tab: "history" }));
  const history = page.getByRole("table", { name: /^Latest changes/ });
  await expect(history.locator("tbody tr").first()).toContainText("Customer Name, Please Note");
  await expect(history.locator("tbody tr").first()).toContainText("Current");
  await history.locator("tbody tr").nth(1).getByRole("link", { name: /^Restore/ }).click();

  await expect(heading(page, "Restore Egret?")).toBeVisible();
  const note = page.getByRole("row", { name: /^Please Note/ }).getByRole("cell");
  await expect(note).toHaveText(["Changed", "Second", "First"]);
  expect(await page.content()).not.toContain("token-in-no-page");
  await page.getByRole("button", { name: "Restore this version" }).click();

  await expect(heading(page, "Heron")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Please Note" })).toHaveValue("First");
  expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Heron", notes: "First" });
  await page.getByRole("link", { name: "History" }).click();
  await expect(history.locator("tbody tr").first()).toContainText("Restore");
});

test("history and restore can be used by everybody", async ({ page, context, place, api }) => {
  await signIn(context);
  const pkid = await api.add(CUSTOMER, place.path, { name: "Heron", notes: "First" });
  await api.change(CUSTOMER, pkid, { name: "Egret" });
  await open(page, modelPath(CUSTOMER, pkid, { tab: "history" }));
  await expectAccessible(page, "history");
  await page.getByRole("link", { name: /^Restore/ }).click();
  await expect(heading(page, "Restore Egret?")).toBeVisible();
  await expectAccessible(page, "restore");
  await page.setViewportSize({ width: 320, height: 800 });
  await expectNoSidewaysScroll(page, "restore");
});
