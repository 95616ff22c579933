// The Webex pages for a browser that runs no script at all.
import type { Page } from "@playwright/test";
import { expect, heading, rowNames, signIn } from "./support/fixtures";
import { CREWING, decide, recorded, test } from "./support/webex";

test.beforeEach(async ({ context }) => signIn(context));

const ends = async (page: Page, status: string) => {
  const badge = page.locator(".head-line .badge");
  await expect(async () => {
    if (await page.getByRole("link", { name: "Refresh" }).isVisible()) {
      await page.getByRole("link", { name: "Refresh" }).click();
    }
    await expect(badge).toHaveText(status, { timeout: 500 });
  }).toPass({ timeout: 15_000 });
};

test("from the link to synced users", async ({ page, customer }) => {
  const crewing = await customer(recorded(CREWING));
  await page.goto(crewing.own);
  await page.getByRole("link", { name: "Authorise", exact: true }).click();
  await decide(page, "Accept");
  const card = page.getByRole("region", { name: "Webex connection" });
  await expect(card).toContainText("Healthy");
  for (const button of ["Sync roles and licences", "Sync users"]) {
    await page.goto(crewing.own);
    await card.getByRole("button", { name: button }).click();
    await ends(page, "Success");
  }
  await page.goto(crewing.page("users"));
  await expect(page.getByText("23 users")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search users" }).fill("ada");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(rowNames(page)).toHaveText([/^Ada/, /^Ada/]);
  await page.getByLabel("Licence").selectOption("Messaging");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/search=ada.*license=Messaging/);
});

test("a lapsed customer is authorised again, and a refusal told", async ({ page, customer, complaints }) => {
  complaints.expectStatus(409);
  const lapsed = await customer({
    ...recorded(CREWING),
    token: "made-up-token",
    refresh_token: "made-up-refresh-token",
    access_token_expires: "2026-01-04T09:12:00Z",
    refresh_token_expires: "2026-03-21T09:12:00Z",
  });
  await page.goto(lapsed.own);
  await page.getByRole("link", { name: "Authorise again" }).click();
  await decide(page, "Decline");
  await expect(heading(page, "Webex wasn't authorised")).toBeVisible();
  await page.getByRole("link", { name: "Back to the customer" }).click();
  await page.getByRole("link", { name: "Authorise again" }).click();
  await decide(page, "Accept");
  await expect(page.getByRole("region", { name: "Webex connection" })).toContainText("Healthy");
  expect(await lapsed.state()).toBe("healthy");
});
