// Every Webex screen: axe in both themes, and no sideways scroll at 320 px.
import type { Page } from "@playwright/test";
import { CUSTOMER, type Api } from "./support/api";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { type Complaints, expect, heading, open, signIn } from "./support/fixtures";
import { CREWING, decide, recorded, test, type WebexCustomer } from "./support/webex";

// Colours are judged as they end up, not on their way there.
test.use({ contextOptions: { reducedMotion: "reduce" } });
test.beforeEach(async ({ context }) => signIn(context));

type Stage = {
  page: Page;
  api: Api;
  complaints: Complaints;
  customer: (data: Record<string, unknown>) => Promise<WebexCustomer>;
};

/** A sample customer, by its name, once what was queued for it has ended. */
async function sample(api: Api, name: string): Promise<string> {
  const rows = await api.list(CUSTOMER, "sys.Northwind Telecom");
  const { pkid } = rows.find((row) => row.data.name === name)!;
  await expect
    .poll(async () => {
      const node = (await api.call("GET", `/api/${CUSTOMER}/${pkid}/`)).meta.path.join(".");
      const users = await api.call("GET", `/api/device/spark/User/?limit=1&hierarchy=${encodeURIComponent(node)}`);
      return users.pagination.total;
    })
    .toBeGreaterThan(0);
  return pkid;
}

const own = (name: string, below = "") => async ({ page, api }: Stage) => {
  const pkid = await sample(api, name);
  await open(page, below === "" ? `/models/${CUSTOMER}/${pkid}` : `/webex/${pkid}${below}`);
};

const fresh = async ({ page, customer }: Stage) => {
  const crewing = await customer(recorded(CREWING));
  await open(page, `/models/${CUSTOMER}/${crewing.pkid}`);
};

const screens: { name: string; show: (stage: Stage) => Promise<unknown> }[] = [
  { name: "card, healthy", show: own("Albatross Shipping") },
  { name: "card, failed", show: own("Brightwater Clinics") },
  { name: "card, expiring", show: own("Edelweiss Hotels") },
  { name: "card, not authorised", show: fresh },
  { name: "connection", show: own("Granite Insurance", "/") },
  { name: "licences", show: own("Granite Insurance", "/licenses") },
  { name: "users", show: own("Albatross Shipping", "/users") },
  { name: "users, none found", show: own("Granite Insurance", "/users?search=zzz&status=pending") },
  {
    name: "licences near full",
    show: async ({ page, api }) => {
      await sample(api, "Granite Insurance");
      await open(page, "/webex");
      await expect(page.getByRole("link", { name: "Granite Insurance" })).toBeVisible();
    },
  },
  { name: "dashboard with connections in need", show: ({ page }) => open(page, "/") },
  {
    name: "list of customers with their connections",
    show: ({ page }) => open(page, `/models/${CUSTOMER}`),
  },
  {
    name: "what became of a sync",
    show: async ({ page, api }) => {
      const pkid = await sample(api, "Granite Insurance");
      const { transaction_id } = await api.call("POST", `/api/${CUSTOMER}/${pkid}/+SyncWebexTeamsUsers/`, {});
      await open(page, `/transactions/${transaction_id}`);
    },
  },
  {
    name: "declined",
    show: async (stage) => {
      stage.complaints.expectStatus(409);
      await fresh(stage);
      await stage.page.getByRole("link", { name: "Authorise", exact: true }).click();
      await decide(stage.page, "Decline");
      await expect(heading(stage.page, "Webex wasn't authorised")).toBeVisible();
    },
  },
];

for (const { name, show } of screens) {
  test(`axe: ${name}`, async ({ page, api, customer, complaints }) => {
    await show({ page, api, customer, complaints });
    await expect(page.getByRole("heading", { level: 1, includeHidden: true })).toHaveCount(1);
    await expectAccessible(page, name);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page, name);
  });
}

test("axe: the pages of the simulator", async ({ page, customer }) => {
  await page.goto("/simulator/v1/control");
  await expectAccessible(page, "control");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "control");
  const crewing = await customer(recorded(CREWING));
  await page.goto(`/oauth/webex/authorize/${crewing.pkid}`);
  await expectAccessible(page, "log-in");
  await expectNoSidewaysScroll(page, "log-in");
  await page.getByRole("button", { name: "Log in" }).click();
  await expectAccessible(page, "consent");
  await expectNoSidewaysScroll(page, "consent");
});
