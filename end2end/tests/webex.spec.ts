// From the authorise link to synced licences, and everything that can come between, with no account
// but the simulator's.
import { expect, heading, hydrated, open, rowNames, signIn } from "./support/fixtures";
import { CREWING, FOUNDRY, authorise, decide, recorded, test } from "./support/webex";

test.beforeEach(async ({ context }) => signIn(context));

test("from the link to synced licences and users", async ({ page, customer }) => {
  const crewing = await customer(recorded(CREWING));
  await open(page, crewing.own);
  const card = page.getByRole("region", { name: "Webex connection" });
  await expect(card).toContainText("Not authorised");
  await expect(card.getByRole("button", { name: "Sync users" })).toHaveCount(0);
  await card.getByRole("link", { name: "Authorise" }).click();
  // Who is recorded is suggested.
  await expect(page.getByLabel("Administrator")).toHaveValue(CREWING.admin);
  await decide(page, "Accept");
  await expect(page.locator(".done-notice")).toBeVisible();
  await hydrated(page);
  await expect(card).toContainText("Healthy");
  await expect(card).toContainText("Lapses in 13 days");

  await card.getByRole("button", { name: "Sync roles and licences" }).click();
  await expect(heading(page, "Sync Webex Teams Roles Licences")).toBeVisible();
  await expect(page.locator(".head-line .badge")).toHaveText("Success", { timeout: 15_000 });
  await expect(page.locator(".facts")).toContainText("13 added");
  await page.locator(".facts").getByRole("link").first().click();
  await expect(card.getByRole("link", { name: "6 Webex licences" })).toBeVisible();
  await card.getByRole("button", { name: "Sync users" }).click();
  await expect(page.locator(".head-line .badge")).toHaveText("Success", { timeout: 15_000 });

  await open(page, crewing.page("licenses"));
  const row = page.getByRole("row").filter({ hasText: "Webex Meetings Suite" });
  await expect(row.getByRole("img")).toHaveAttribute("aria-label", /by users/);
  await row.getByRole("link", { name: "Users with Webex Meetings Suite" }).click();
  await expect(heading(page, `Webex users of ${CREWING.name}`)).toBeVisible();
  await expect(page.getByLabel("Licence")).toHaveValue("Webex Meetings Suite");
  const all = await rowNames(page).count();
  expect(all).toBeGreaterThan(3);

  // The state of the page is its address, while one types too.
  await page.getByRole("searchbox", { name: "Search users" }).fill(CREWING.admin);
  await expect(rowNames(page)).toHaveCount(1);
  await expect(page).toHaveURL(/license=Webex.*search=|search=.*license=Webex/);
  await page.getByRole("link", { name: "Clear all" }).click();
  await expect(page.getByText("23 users")).toBeVisible();
  await page.getByLabel("Licence").selectOption("Messaging");
  await expect(page).toHaveURL(/license=Messaging/);
  await page.getByRole("link", { name: "Invitation pending" }).click();
  await expect(page).toHaveURL(/status=pending/);
  await page.goBack();
  await expect(page).not.toHaveURL(/status=/);
});

test("the administrator declines, and agrees later", async ({ page, customer, complaints }) => {
  complaints.expectStatus(409);
  const crewing = await customer(recorded(CREWING));
  await open(page, crewing.own);
  await page.getByRole("link", { name: "Authorise", exact: true }).click();
  await decide(page, "Decline");
  await expect(heading(page, "Webex wasn't authorised")).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("The administrator declined.");
  expect(await crewing.state()).toBe("not_authorised");
  await page.getByRole("link", { name: "Back to the customer" }).click();
  await expect(heading(page, CREWING.name)).toBeVisible();
  await page.getByRole("link", { name: "Authorise", exact: true }).click();
  await decide(page, "Accept");
  await expect(page.locator(".done-notice")).toBeVisible();
  expect(await crewing.state()).toBe("healthy");
});

test("an administrator of another organisation is refused with both names", async ({
  page,
  customer,
  complaints,
}) => {
  complaints.expectStatus(409);
  const crewing = await customer(recorded(CREWING));
  await open(page, crewing.own);
  await page.getByRole("link", { name: "Authorise", exact: true }).click();
  await decide(page, "Accept", FOUNDRY.admin);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText(FOUNDRY.name);
  await expect(alert).toContainText(CREWING.uuid);
  expect(await crewing.state()).toBe("not_authorised");
});

test("a customer that has lapsed is authorised again", async ({ page, customer }) => {
  const lapsed = await customer({
    ...recorded(CREWING),
    token: "made-up-token",
    refresh_token: "made-up-refresh-token",
    access_token_expires: "2026-01-04T09:12:00Z",
    refresh_token_expires: "2026-03-21T09:12:00Z",
  });
  expect(await lapsed.state()).toBe("lapsed");
  await open(page, lapsed.own);
  const card = page.getByRole("region", { name: "Webex connection" });
  await expect(card).toContainText("Lapsed");
  await expect(card).toContainText("Authorise the customer again");
  await card.getByRole("link", { name: "Authorise again" }).click();
  await decide(page, "Accept");
  await hydrated(page);
  await expect(card).toContainText("Healthy");
  expect(await lapsed.state()).toBe("healthy");
});

test("scopes that weren't granted are named", async ({ page, customer, simulator }) => {
  await simulator.settings({ granted_scope: "spark:people_read spark-admin:licenses_read" });
  const narrow = await customer(recorded(CREWING));
  await authorise(page, narrow);
  const card = page.getByRole("region", { name: "Webex connection" });
  await expect(card).toContainText("Scopes missing");
  await expect(card.locator(".webex-scopes")).toContainText("spark-admin:people_read");
  await expect(card.locator(".webex-scopes")).not.toContainText("spark-admin:licenses_read");
  await card.getByRole("button", { name: "Sync users" }).click();
  await expect(page.locator(".head-line .badge")).toHaveText("Fail", { timeout: 15_000 });
});

test("tokens that Webex has revoked are told of, with the way out", async ({
  page,
  customer,
  simulator,
}) => {
  const crewing = await customer(recorded(FOUNDRY));
  await authorise(page, crewing);
  await simulator.revoke(FOUNDRY.uuid);
  const card = page.getByRole("region", { name: "Webex connection" });
  await card.getByRole("button", { name: "Refresh tokens" }).click();
  await expect(page.locator(".head-line .badge")).toHaveText("Fail", { timeout: 15_000 });
  await open(page, crewing.own);
  await expect(card).toContainText(/Failed|Lapsed/);
  await open(page, `/?hierarchy=${encodeURIComponent("sys.Northwind Telecom")}`);
  const need = page.getByRole("table", { name: "Webex connections in need" });
  await expect(need).toBeVisible();
});

test("a customer is kept in sync by one button", async ({ page, customer, api }) => {
  const crewing = await customer(recorded(CREWING));
  await authorise(page, crewing);
  const card = page.getByRole("region", { name: "Webex connection" });
  await card.getByRole("button", { name: "Keep in sync daily" }).click();
  await expect(page.locator(".done-notice")).toBeVisible();
  await expect(card).toContainText("every day");
  await expect(card.getByRole("button", { name: "Keep in sync daily" })).toHaveCount(0);
  await card.getByRole("link", { name: /users, daily$/ }).click();
  await expect(heading(page, /users, daily$/)).toBeVisible();
});

test("the keyboard leads from the card through Webex and back", async ({ page, customer }) => {
  const crewing = await customer(recorded(CREWING));
  await open(page, crewing.own);
  await page.getByRole("link", { name: "Authorise", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Log in" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Accept" }).focus();
  await page.keyboard.press("Space");
  await expect(page.locator(".done-notice")).toBeVisible();
  await hydrated(page);
  await page.getByRole("button", { name: "Refresh tokens" }).focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Sync roles and licences" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".head-line .badge")).toHaveText("Success", { timeout: 15_000 });
});

test("the page of the simulator lets calls fail", async ({ page, customer, simulator }) => {
  const crewing = await customer(recorded(CREWING));
  await authorise(page, crewing);
  await page.goto("/simulator/v1/control");
  await page.getByLabel("Calls").selectOption("Roles");
  await page.getByLabel("Failure").selectOption("Not allowed (403)");
  await page.getByRole("button", { name: "Let them fail" }).click();
  await expect(page.getByRole("status")).toContainText("The next 1 of these calls will fail.");
  await open(page, crewing.own);
  await page.getByRole("button", { name: "Sync roles and licences" }).click();
  await expect(page.locator(".head-line .badge")).toHaveText("Fail", { timeout: 15_000 });
  await expect(page.locator(".page-sub")).toContainText("SIMULATOR_");
  await simulator.heal();
});
