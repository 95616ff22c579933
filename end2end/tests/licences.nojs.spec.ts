// The licence screens for a browser that runs no script at all.
import type { Page } from "@playwright/test";
import { expect, heading, modelPath, rowNames, signIn } from "./support/fixtures";
import { USER, limited, test } from "./support/licences";

test.beforeEach(async ({ context }) => signIn(context));

const line = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });

test("a limit is raised and another refused, with the filters kept", async ({ page, tenancy }) => {
  await tenancy.license({ "Call Waiting": limited(10), "Call Transfer": limited(8) });
  await tenancy.licenseSite({ "Call Waiting": limited(9) });
  await page.goto(tenancy.page("licenses", "state=licensed"));
  await page.getByRole("searchbox", { name: "Search services" }).fill("call");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(rowNames(page)).toHaveText(["Call Transfer", "Call Waiting"]);
  await page.getByRole("link", { name: "Edit licences" }).click();
  await page.getByRole("textbox", { name: "Maximum of Call Waiting" }).fill("5");
  await page.getByRole("textbox", { name: "Maximum of Call Transfer" }).fill("25");
  // Enter shows what will change, too.
  await page.getByRole("textbox", { name: "Maximum of Call Transfer" }).press("Enter");
  await expect(page.getByText("1 line will change. 1 line can't be set.")).toBeVisible();
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(line(page, "Call Waiting")).toContainText("can't be limited to 5: 9 are taken");
  await expect(line(page, "Call Transfer")).toContainText("Updated");
  await page.getByRole("link", { name: "Back to the licences" }).click();
  await expect(page).toHaveURL(/\?search=call&state=licensed$/);
  expect(await tenancy.allocated("Call Transfer")).toEqual(limited(25));
});

test("a pack for 20 users with three left", async ({ page, tenancy }) => {
  const pack = await tenancy.pack("Desk", ["Call Waiting"], limited(3));
  await tenancy.users(20);
  await page.goto(modelPath(USER, "", { hierarchy: tenancy.site.path, limit: "5" }));
  await page.getByRole("checkbox", { name: "Select all 20 that match" }).check();
  await page.getByRole("button", { name: "Assign…" }).click();
  await expect(heading(page, "Licences of 20 Users")).toBeVisible();
  await expect(line(page, pack)).toContainText("3 left for 20 users");
  await page.getByRole("checkbox", { name: pack }).check();
  await page.getByRole("button", { name: "Assign to 20 Users" }).click();
  const badge = page.locator(".head-line .badge");
  await expect(async () => {
    if (await page.getByRole("link", { name: "Refresh" }).isVisible()) {
      await page.getByRole("link", { name: "Refresh" }).click();
    }
    await expect(badge).toHaveText("Fail", { timeout: 500 });
  }).toPass({ timeout: 15_000 });
  const rows = page.getByRole("table", { name: "Sub-transactions" });
  await expect(rows.getByRole("row").filter({ hasText: "Success" })).toHaveCount(3);
});
