// Every licence screen: axe in both themes, and no sideways scroll at 320 px.
import type { Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { type Complaints, expect, hydrated, modelPath, open, signIn } from "./support/fixtures";
import { type Tenancy, USER, limited, test } from "./support/licences";

// Colours are judged as they end up, not on their way there.
test.use({ contextOptions: { reducedMotion: "reduce" } });
test.beforeEach(async ({ context }) => signIn(context));

type Stage = { page: Page; tenancy: Tenancy; complaints: Complaints };

const near = async ({ tenancy }: Stage) => {
  await tenancy.license({ "Call Waiting": limited(10), "Call Transfer": limited(8), "Do Not Disturb": { unlimited: true } });
  await tenancy.licenseSite({ "Call Waiting": limited(9), "Call Transfer": limited(8), "Do Not Disturb": limited(2) });
};

/** Types limits of which one is refused and one can't be read, and looks at them. */
const look = async (stage: Stage) => {
  await near(stage);
  const { page, tenancy } = stage;
  await open(page, tenancy.page("licenses", "state=licensed&edit=1"));
  await page.getByRole("textbox", { name: "Maximum of Call Waiting" }).fill("5");
  await page.getByRole("textbox", { name: "Maximum of Call Transfer" }).fill("99");
  await page.getByRole("textbox", { name: "Maximum of Do Not Disturb" }).fill("many");
  await page.getByRole("button", { name: "What will change" }).last().click();
  await hydrated(page);
};

const screens: { name: string; show: (stage: Stage) => Promise<unknown> }[] = [
  { name: "tenants", show: async (stage) => near(stage).then(() => open(stage.page, "/tenants")) },
  { name: "tenants, none found", show: ({ page }) => open(page, "/tenants?search=zzz") },
  {
    name: "licences of a tenant",
    show: async (stage) => near(stage).then(() => open(stage.page, stage.tenancy.page("licenses"))),
  },
  {
    name: "licences, none like that",
    show: ({ page, tenancy }) => open(page, tenancy.page("licenses", "search=zzz&for_hg=true")),
  },
  {
    name: "licences, edited",
    show: ({ page, tenancy }) => open(page, tenancy.page("licenses", "search=call&edit=1")),
  },
  { name: "what will change", show: look },
  {
    name: "what was changed",
    show: async (stage) => {
      await look(stage);
      await stage.page.getByRole("textbox", { name: "Maximum of Do Not Disturb" }).fill("");
      await stage.page.getByRole("button", { name: "Apply" }).click();
      await hydrated(stage.page);
    },
  },
  { name: "sites", show: ({ page, tenancy }) => open(page, tenancy.page("sites")) },
  {
    name: "licences of a site",
    show: async (stage) => {
      await near(stage);
      const { page, tenancy } = stage;
      await open(page, tenancy.page(`sites/${tenancy.site.pkid}/licenses`, "state=licensed"));
    },
  },
  {
    name: "packs",
    show: async ({ page, tenancy }) => {
      await tenancy.pack("Desk", ["Call Waiting"], limited(3));
      await tenancy.pack("Road", ["Call Transfer"]);
      await open(page, tenancy.page("service_packs"));
    },
  },
  {
    name: "packs, refused",
    show: async ({ page, tenancy, complaints }) => {
      complaints.expectStatus(400);
      const pack = await tenancy.pack("Road", ["Call Transfer"]);
      await open(page, tenancy.page("service_packs"));
      await page.getByRole("checkbox", { name: pack }).first().check();
      await page.getByRole("button", { name: "Add packs" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await hydrated(page);
    },
  },
  {
    name: "one pack",
    show: async ({ page, tenancy }) => {
      const pack = await tenancy.pack("Desk", ["Call Waiting"], limited(3));
      await open(page, tenancy.page(`service_packs/${encodeURIComponent(pack)}`));
    },
  },
  {
    name: "one pack, to be removed",
    show: async ({ page, tenancy }) => {
      const pack = await tenancy.pack("Desk", ["Call Waiting"], limited(3));
      await open(page, tenancy.page(`service_packs/${encodeURIComponent(pack)}/remove`));
    },
  },
  {
    name: "assigning to many",
    show: async ({ page, tenancy }) => {
      await tenancy.pack("Desk", ["Call Waiting"], limited(1));
      const users = await tenancy.users(3);
      await open(page, `${modelPath(USER, "assign")}?${users.map((u) => `pkid=${u}`).join("&")}`);
      await expect(page.getByText("1 left for 3 users")).toBeVisible();
    },
  },
  {
    name: "assigning to one, done, and what it holds",
    show: async ({ page, tenancy }) => {
      const pack = await tenancy.pack("Desk", ["Call Waiting"], limited(1));
      const [user] = await tenancy.users(1);
      await open(page, modelPath(USER, `${user}/assign`));
      await page.getByRole("checkbox", { name: pack }).check();
      await page.getByRole("button", { name: "Assign to user01" }).click();
      await expect(page.getByRole("link", { name: "See the transaction" })).toBeVisible();
      await hydrated(page);
      await expectAccessible(page, "assigning to one, done");
      await open(page, modelPath(USER, user, { tab: "services" }));
      await expect(page.getByText(`Through ${pack}`)).toBeVisible();
    },
  },
  {
    name: "assigning where nothing can be given",
    show: async ({ page, tenancy }) => {
      const [user] = await tenancy.users(1);
      await open(page, modelPath(USER, `${user}/assign`));
      await expect(page.getByText("Nothing can be given here yet")).toBeVisible();
    },
  },
  {
    name: "dashboard with licences near full",
    show: async (stage) => {
      await near(stage);
      await open(stage.page, `/?hierarchy=${encodeURIComponent(stage.tenancy.path)}`);
      await expect(stage.page.getByText("9 of 10")).toBeVisible();
    },
  },
];

for (const { name, show } of screens) {
  test(`axe: ${name}`, async ({ page, tenancy, complaints }) => {
    await show({ page, tenancy, complaints });
    await expect(page.getByRole("heading", { level: 1, includeHidden: true })).toHaveCount(1);
    await expectAccessible(page, name);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page, name);
  });
}
