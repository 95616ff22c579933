// The licence screens: limits of a tenant and a site, packs, and giving them to users.
import type { Page } from "@playwright/test";
import { expect, heading, hydrated, modelPath, open, rowNames, signIn } from "./support/fixtures";
import { USER, limited, test } from "./support/licences";

test.beforeEach(async ({ context }) => signIn(context));

/** The row of a service or a pack. */
const line = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: new RegExp(`^${name}`) }) });

/** Presses a button of a form and waits until the page that answers it runs. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.locator("main .form-bar, main .bulk-bar, main form").getByRole("button", { name }).last().click();
  await hydrated(page);
}

test("a limit is raised, another is refused, and the filters stay", async ({ page, tenancy }) => {
  await tenancy.license({ "Call Waiting": limited(10), "Call Transfer": limited(8), "Do Not Disturb": limited(3) });
  await tenancy.licenseSite({ "Call Waiting": limited(9) });
  await open(page, tenancy.page("licenses"));
  await expect(heading(page, `Licences of ${tenancy.name}`)).toBeVisible();
  const all = await rowNames(page).count();
  expect(all).toBeGreaterThan(100);

  // Each filter narrows what is there, without leaving the search box.
  const search = page.getByRole("searchbox", { name: "Search services" });
  await search.pressSequentially("call");
  await expect(page).toHaveURL(/search=call/);
  await expect(search).toBeFocused();
  await page.getByRole("link", { name: "Licensed", exact: true }).click();
  await expect(rowNames(page)).toHaveText(["Call Transfer", "Call Waiting"]);
  await page.getByRole("link", { name: "User services", exact: true }).last().click();
  await expect(page).toHaveURL(/search=call&family=user&state=licensed/);
  await expect(line(page, "Call Waiting").getByRole("cell")).toHaveText(["", "10", "9", "0", "1", "Near full"]);

  await page.getByRole("link", { name: "Edit licences" }).click();
  await page.getByRole("textbox", { name: "Maximum of Call Waiting" }).fill("5");
  await page.getByRole("textbox", { name: "Maximum of Call Transfer" }).fill("25");
  await press(page, "What will change");
  await expect(heading(page, `What will change at ${tenancy.name}`)).toBeVisible();
  await expect(page.getByRole("status").first()).toContainText("1 line will change. 1 line can't be set.");
  await expect(line(page, "Call Waiting")).toContainText("Call Waiting can't be limited to 5: 9 are taken");
  await expect(line(page, "Call Transfer")).toContainText("Raised");
  await expect(page.getByText("Do Not Disturb")).toHaveCount(0);
  expect(await tenancy.allocated("Call Transfer")).toEqual(limited(8));

  await press(page, "Apply");
  await expect(page.getByText("1 line was set. 1 line was refused.")).toBeVisible();
  await expect(line(page, "Call Transfer")).toContainText("Updated");
  expect(await tenancy.allocated("Call Transfer")).toEqual(limited(25));
  // What was refused is still there as it was typed.
  const waiting = page.getByRole("textbox", { name: "Maximum of Call Waiting" });
  await expect(waiting).toHaveValue("5");
  await waiting.fill("12");
  await press(page, "Try again");
  await expect(page.getByText("1 line was set.")).toBeVisible();
  const record = await page.getByRole("link", { name: "See the transaction" }).getAttribute("href");
  await page.getByRole("link", { name: "Back to the licences" }).click();
  await expect(page).toHaveURL(/\?search=call&family=user&state=licensed$/);
  await expect(line(page, "Call Waiting").getByRole("cell").nth(1)).toHaveText("12");
  await open(page, record!);
  await expect(heading(page, /^Set Licences/)).toBeVisible();
});

test("all lines shown are set at once", async ({ page, tenancy }) => {
  await open(page, tenancy.page("licenses", "search=call+forwarding&family=user&edit=1"));
  const lines = await rowNames(page).count();
  await page.getByRole("textbox", { name: "Maximum for all lines shown" }).fill("7");
  await press(page, "To this number");
  await expect(page.getByText(`${lines} lines will change.`)).toBeVisible();
  // One of them is to be another after all.
  await press(page, "Go on editing");
  const busy = page.getByRole("textbox", { name: "Maximum of Call Forwarding Busy" });
  await expect(busy).toHaveValue("7");
  await page.getByRole("checkbox", { name: "Call Forwarding Busy unlimited" }).check();
  await press(page, "What will change");
  await press(page, "Apply");
  await expect(page.getByText(`${lines} lines were set.`)).toBeVisible();
  expect(await tenancy.allocated("Call Forwarding Busy")).toEqual({ unlimited: true });
  expect(await tenancy.allocated("Call Forwarding Always")).toEqual(limited(7));
});

test("a site takes no more than its tenant has left", async ({ page, tenancy, complaints }) => {
  complaints.expectStatus(400);
  await tenancy.license({ "Call Waiting": limited(10) });
  await open(page, tenancy.page("sites"));
  await page.getByRole("link", { name: "Licences of North" }).click();
  await expect(heading(page, `Licences of North of ${tenancy.name}`)).toBeFocused();
  await page.getByRole("searchbox", { name: "Search services" }).fill("call waiting");
  await expect(page).toHaveURL(/search=call%20waiting/);
  await page.getByRole("link", { name: "Edit licences" }).click();
  const field = page.getByRole("textbox", { name: "Maximum of Call Waiting", exact: true });
  await field.fill("11");
  await press(page, "What will change");
  await expect(page.getByText("which leaves 10")).toBeVisible();
  await field.fill("4");
  await press(page, "Check again");
  await expect(page.getByText("Newly licensed")).toBeVisible();
  await press(page, "Apply");
  await expect(heading(page, `Licences of North of ${tenancy.name} were set`)).toBeVisible();
  await open(page, tenancy.page("licenses", "search=call+waiting"));
  await expect(line(page, "Call Waiting").getByRole("cell")).toHaveText(["", "10", "4", "0", "6", "Available"]);
});

test("packs are added, changed and removed", async ({ page, tenancy, complaints }) => {
  complaints.expectStatus(400);
  const pack = await tenancy.pack("Desk", ["Call Waiting", "Do Not Disturb"]);
  await open(page, tenancy.page("service_packs"));
  await page.getByRole("checkbox", { name: pack, exact: false }).first().check();
  await page.getByRole("textbox", { name: `Quantity of ${pack}` }).fill("6");
  await press(page, "Add packs");
  await expect(page.getByRole("alert")).toContainText("Call Waiting, Do Not Disturb");
  await page.getByRole("checkbox", { name: "License their services" }).check();
  await press(page, "Add packs");
  await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
  await expect(line(page, pack)).toContainText("Primary");
  expect(await tenancy.allocated("Do Not Disturb")).toEqual(limited(6));

  await page.getByRole("link", { name: pack }).click();
  await page.getByRole("textbox", { name: `Quantity of ${pack}` }).fill("2.5");
  await press(page, "Change quantity");
  await expect(page.getByText("must be a whole number")).toBeVisible();
  await page.getByRole("textbox", { name: `Quantity of ${pack}` }).fill("4");
  await press(page, "Change quantity");
  await expect(line(page, pack).getByRole("cell").nth(1)).toHaveText("4");
  await page.getByRole("link", { name: pack }).click();
  await page.getByRole("link", { name: "Remove…" }).click();
  await expect(heading(page, `Remove ${pack} from ${tenancy.name}?`)).toBeFocused();
  await press(page, "Remove");
  await expect(page.getByText("No service packs yet")).toBeVisible();
});

test("a pack for 20 users with three left: each user's result can be read", async ({ page, tenancy }) => {
  const pack = await tenancy.pack("Desk", ["Call Waiting"], limited(3));
  await tenancy.users(20);
  await open(page, modelPath(USER, "", { hierarchy: tenancy.site.path, limit: "25" }));
  await page.getByRole("checkbox", { name: "Select all rows on this page" }).check();
  await page.locator("#list-bulk").getByRole("button", { name: "Assign…" }).click();
  await expect(heading(page, "Licences of 20 Users")).toBeFocused();
  await expect(line(page, pack)).toContainText("3 left for 20 users");
  await page.getByRole("checkbox", { name: pack }).check();
  await press(page, "Assign to 20 Users");
  await expect(heading(page, /^Bulk Assign/)).toBeVisible();
  await expect(page.locator(".head-line .badge")).toHaveText("Fail", { timeout: 15_000 });
  await expect(page.locator(".outcome-words")).toContainText("3succeeded");
  await expect(page.locator(".outcome-words")).toContainText("17failed");
  const rows = page.getByRole("table", { name: "Sub-transactions" });
  await expect(rows.getByRole("row").filter({ hasText: "Fail" })).toHaveCount(17);
  await expect(rows.getByRole("row").filter({ hasText: "user20" })).toContainText(pack);
  const held = Object.values(await tenancy.held()).filter((packs) => packs.length > 0);
  expect(held).toEqual([[pack], [pack], [pack]]);
});

test("one user is given services, sees them, and gives them back", async ({ page, tenancy }) => {
  const pack = await tenancy.pack("Desk", ["Call Waiting"], limited(3));
  await tenancy.license({ "Do Not Disturb": limited(1) });
  await tenancy.licenseSite({ "Do Not Disturb": limited(1) });
  const [user] = await tenancy.users(1);
  await open(page, modelPath(USER, user));
  await page.getByRole("link", { name: "Services", exact: true }).last().click();
  await expect(page.getByText("No services yet")).toBeVisible();
  await page.getByRole("link", { name: "Assign or take back…" }).click();
  await expect(heading(page, "Licences of user01")).toBeFocused();
  await page.getByRole("checkbox", { name: pack }).check();
  await page.getByRole("checkbox", { name: "Do Not Disturb" }).check();
  await press(page, "Assign to user01");
  await expect(line(page, "Do Not Disturb")).toContainText("Held");
  await expect(line(page, "Do Not Disturb")).toContainText("0 left");
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Services", exact: true }).last().click();
  await expect(line(page, "Call Waiting")).toContainText(`Through ${pack}`);
  await expect(line(page, "Do Not Disturb")).toContainText("Directly");
  await page.getByRole("link", { name: "Assign or take back…" }).click();
  await page.getByRole("checkbox", { name: pack }).check();
  await press(page, "Take back");
  await expect(page.getByText("Done.", { exact: false }).first()).toBeVisible();
  expect(await tenancy.held()).toEqual({ user01: ["Do Not Disturb"] });
});

test("the dashboard and the tenants lead to what is nearly used up, which can be exported", async ({ page, tenancy }) => {
  await tenancy.license({ "Call Waiting": limited(10) });
  await tenancy.licenseSite({ "Call Waiting": limited(10) });
  await open(page, `/?hierarchy=${encodeURIComponent(tenancy.path)}`);
  const panel = page.getByRole("region", { name: "Licences near full" });
  await expect(panel.last()).toContainText("10 of 10");
  await page.getByRole("link", { name: "All tenants" }).click();
  await expect(heading(page, "Tenants and licences")).toBeFocused();
  await page.getByRole("searchbox", { name: "Search tenants" }).fill(tenancy.name);
  await expect(rowNames(page)).toHaveCount(1);
  await page.getByRole("link", { name: /Call Waiting 10 of 10/ }).click();
  await expect(line(page, "Call Waiting").first()).toContainText("Full");
  await page.locator("summary", { hasText: "Export" }).click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  expect((await waiting).suggestedFilename()).toMatch(/^licences_.*\.csv$/);
  // Another node means another tenant.
  await page.getByLabel("Place in the hierarchy").getByRole("link", { name: "Northwind Telecom" }).click();
  await expect(page).toHaveURL(/\/tenants\?hierarchy=/);
});
