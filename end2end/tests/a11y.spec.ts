// Every screen: axe in both themes, no sideways scroll at 320 px, and the keyboard alone.
import { type BrowserContext, type Locator, type Page } from "@playwright/test";
import { Api, CUSTOMER, WIDGET } from "./support/api";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import {
  type Complaints,
  type Place,
  endSession,
  expect,
  heading,
  hydrated,
  login,
  modelPath,
  open,
  signIn,
  test,
} from "./support/fixtures";
import { PASSWORD, type Server, USERNAME } from "./support/server";

// Colours are judged as they end up, not on their way there.
test.use({ contextOptions: { reducedMotion: "reduce" } });

type Stage = {
  page: Page;
  context: BrowserContext;
  server: Server;
  api: Api;
  place: Place;
  complaints: Complaints;
};
type Screen = {
  name: string;
  anonymous?: true;
  /** The part to look at, where something lies over the others. */
  within?: string;
  show: (stage: Stage) => Promise<unknown>;
};

const provider = { hierarchy: "sys.Northwind Telecom" };

async function sample(api: Api, name = "Granite Insurance"): Promise<string> {
  const row = (await api.list(CUSTOMER, "sys")).find((row) => row.data.name === name);
  return row!.pkid;
}

async function pickTwo(page: Page): Promise<void> {
  await page.getByRole("checkbox", { name: "Select Albatross Crewing" }).check();
  await page.getByRole("checkbox", { name: "Select Albatross Shipping" }).check();
  await expect(page.getByText("2 rows selected").first()).toBeVisible();
}

const screens: Screen[] = [
  { name: "log-in", anonymous: true, show: ({ page }) => open(page, "/login") },
  {
    name: "log-in, refused",
    anonymous: true,
    show: async ({ page, complaints }) => {
      complaints.expectStatus(401);
      await open(page, "/login");
      await login(page, "wrong");
      await expect(page.getByRole("alert")).toBeVisible();
      await hydrated(page);
    },
  },
  { name: "dashboard", show: ({ page }) => open(page, "/") },
  {
    name: "dashboard, menus of the frame open",
    within: ".top-bar",
    show: async ({ page }) => {
      await open(page, "/?hierarchy=sys.Northwind+Telecom.Harbour+Voice");
      for (const menu of ["Appearance", "Account of admin", "Nodes below Harbour Voice"]) {
        await page.getByLabel(menu).evaluate((summary) => {
          (summary.parentElement as HTMLDetailsElement).open = true;
        });
      }
      await expect(page.getByRole("button", { name: "Log out" })).toBeVisible();
    },
  },
  {
    name: "hierarchy",
    show: ({ page }) => open(page, "/hierarchy?hierarchy=sys.Northwind+Telecom.Harbour+Voice"),
  },
  { name: "list", show: ({ page }) => open(page, modelPath(CUSTOMER, "", provider)) },
  {
    name: "list, filtered, filter menu open",
    show: async ({ page }) => {
      const filter = { filter_field: "name", filter_condition: "contains", filter_text: "a" };
      await open(page, modelPath(CUSTOMER, "", { ...provider, ...filter, search: "e" }));
      await page.locator("summary", { hasText: "Add filter" }).click();
      await expect(page.locator("#list-add-filter")).toBeVisible();
    },
  },
  {
    name: "list, column filter open",
    show: async ({ page }) => {
      await open(page, modelPath(CUSTOMER, "", provider));
      await page.getByRole("button", { name: "Filter by Customer Name" }).click();
      await expect(page.getByRole("dialog", { name: "Filter by Customer Name" })).toBeVisible();
    },
  },
  {
    name: "list, nothing yet",
    show: ({ page, place }) => open(page, modelPath(CUSTOMER, "", { hierarchy: place.path })),
  },
  {
    name: "list, nothing matches",
    show: ({ page }) => open(page, modelPath(CUSTOMER, "", { search: "zzz" })),
  },
  {
    name: "list, rows selected",
    show: async ({ page }) => {
      await open(page, modelPath(CUSTOMER, "", provider));
      await pickTwo(page);
    },
  },
  {
    name: "list of nodes",
    show: ({ page }) => open(page, modelPath("data/HierarchyNode", "", provider)),
  },
  {
    name: "add form",
    show: ({ page, place }) => open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path })),
  },
  {
    name: "add form, every kind of field",
    show: async ({ page, place }) => {
      await open(page, modelPath(WIDGET, "add", { hierarchy: place.path }));
      await page.getByRole("button", { name: "Add to Lines" }).click();
      await page.getByRole("button", { name: "Add to Lines" }).click();
      await page.getByRole("button", { name: "Add to Tags" }).click();
      await expect(page.getByRole("textbox", { name: "Tags 1" })).toBeVisible();
    },
  },
  {
    name: "add form with errors",
    show: async ({ page, place }) => {
      await open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path }));
      await page.getByRole("textbox", { name: "Admin Account Email" }).fill("nobody");
      await page.getByLabel("HTTP Proxy", { exact: true }).fill("ftp://nowhere");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await expect(page.locator("#error-summary")).toBeFocused();
    },
  },
  {
    name: "add form where it isn't allowed",
    show: ({ page }) => open(page, modelPath(CUSTOMER, "add", provider)),
  },
  { name: "detail", show: async ({ page, api }) => open(page, modelPath(CUSTOMER, await sample(api))) },
  {
    name: "detail, secret being replaced",
    show: async ({ page, api }) => {
      await open(page, modelPath(CUSTOMER, await sample(api)));
      const group = page.getByRole("group", { name: "Admin Access Token" });
      await group.getByRole("radio", { name: "Replace" }).check();
      await expect(group.getByLabel("New value of Admin Access Token")).toBeVisible();
    },
  },
  {
    name: "detail, saved",
    show: async ({ page, api, place }) => {
      const pkid = await api.add(CUSTOMER, place.path, { name: "Saved" });
      await open(page, modelPath(CUSTOMER, pkid));
      await page.getByRole("button", { name: "Save and stay" }).click();
      await expect(page.locator(".done-notice")).toBeVisible();
    },
  },
  {
    name: "detail, conflict",
    show: async ({ page, api, place, complaints }) => {
      complaints.expectStatus(412);
      const pkid = await api.add(CUSTOMER, place.path, { name: "Shared" });
      await open(page, modelPath(CUSTOMER, pkid));
      await page.getByRole("textbox", { name: "Customer Name" }).fill("Mine");
      await api.change(CUSTOMER, pkid, { notes: "Theirs" });
      await page.getByRole("button", { name: "Save and stay" }).click();
      await expect(page.locator("#conflict")).toBeFocused();
    },
  },
  {
    name: "detail, history",
    show: async ({ page, api }) =>
      open(page, modelPath(CUSTOMER, await sample(api), { tab: "history" })),
  },
  {
    name: "detail, API",
    show: async ({ page, api }) => open(page, modelPath(CUSTOMER, await sample(api), { tab: "api" })),
  },
  {
    name: "detail of a node",
    show: ({ page, place }) => open(page, modelPath("data/HierarchyNode", place.pkid)),
  },
  {
    name: "read-only detail",
    show: async ({ page, api }) => {
      const root = (await api.call("GET", "/api/data/HierarchyNode/?hierarchy=sys&limit=1&traversal=local"));
      const parent = root.meta.references.parent[0].pkid;
      await open(page, modelPath("data/HierarchyNode", parent));
    },
  },
  {
    name: "delete confirmation",
    show: async ({ page, api }) => open(page, modelPath(CUSTOMER, `${await sample(api)}/delete`)),
  },
  {
    name: "delete refused",
    show: async ({ page, api, place }) => {
      await api.add(CUSTOMER, place.path, { name: "Inside" });
      await open(page, modelPath("data/HierarchyNode", `${place.pkid}/delete`));
      await expect(page.getByText("This stands in the way")).toBeVisible();
    },
  },
  {
    name: "bulk confirmation",
    show: async ({ page }) => {
      await open(page, modelPath(CUSTOMER, "", provider));
      await pickTwo(page);
      await page.getByRole("button", { name: "Delete…" }).first().click();
      await expect(heading(page, "Delete 2 Webex customers?")).toBeVisible();
    },
  },
  { name: "transactions", show: ({ page }) => open(page, "/transactions") },
  {
    name: "transaction",
    show: async ({ page, api, place }) => {
      const pkid = await api.add(CUSTOMER, place.path, { name: "Before", notes: "Old" });
      await api.change(CUSTOMER, pkid, { name: "After", notes: "", email_domain: "example.com" });
      const [latest] = await api.list("tool/Transaction", place.path);
      await open(page, `/transactions/${latest!.pkid}`);
      await expect(page.getByRole("table", { name: "What changed" })).toBeVisible();
    },
  },
  {
    name: "transaction of a bulk delete",
    show: async ({ page, api, place }) => {
      for (const name of ["A", "B"]) await api.add(CUSTOMER, place.path, { name });
      await api.removeAll(CUSTOMER, place.path);
      const all = await api.list("tool/Transaction", "sys");
      const bulk = all.find((row) => row.data.action === "Bulk Delete");
      await open(page, `/transactions/${bulk!.pkid}`);
      await expect(page.getByRole("table", { name: "Sub-transactions" })).toBeVisible();
    },
  },
  {
    name: "not found",
    show: async ({ page, complaints }) => {
      complaints.expectStatus(404);
      await open(page, "/nowhere");
      await expect(heading(page, "Not found")).toBeVisible();
    },
  },
  {
    name: "list that can't be read",
    show: async ({ page, complaints }) => {
      complaints.expectStatus(400);
      await open(page, modelPath(CUSTOMER, "", { skip: "-1", filter_field: "name" }));
      await expect(heading(page, "That address can't be shown")).toBeVisible();
    },
  },
  {
    name: "session dialog",
    show: async ({ page, context, server, api, place, complaints }) => {
      complaints.expectStatus(401);
      const pkid = await api.add(CUSTOMER, place.path, { name: "Ended" });
      await open(page, modelPath(CUSTOMER, pkid));
      await endSession(context, server);
      await page.getByRole("button", { name: "Save and stay" }).click();
      const dialog = page.getByRole("dialog", { name: "Your session has ended" });
      await dialog.getByLabel("Password").fill("wrong");
      await dialog.getByRole("button", { name: "Log in" }).click();
      await expect(dialog.getByRole("alert")).toBeVisible();
    },
  },
];

for (const { name, anonymous, within, show } of screens) {
  test(`axe: ${name}`, async ({ page, context, server, api, place, complaints }) => {
    if (!anonymous) await signIn(context);
    await show({ page, context, server, api, place, complaints });
    await expect(page.getByRole("heading", { level: 1, includeHidden: true })).toHaveCount(1);
    await expectAccessible(page, name, within);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page, name);
  });
}

test.describe("narrow", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("axe: the drawer, which opens, leads on and closes", async ({ page, context }) => {
    await signIn(context);
    await open(page, "/");
    const pages = page.getByRole("navigation", { name: "Pages", exact: true });
    await expect(pages).toBeHidden();
    await page.getByRole("button", { name: "Menu" }).click();
    await expect(pages).toBeVisible();
    await expectAccessible(page, "drawer");
    await page.keyboard.press("Escape");
    await expect(pages).toBeHidden();
    await page.getByRole("button", { name: "Menu" }).click();
    await pages.getByRole("link", { name: "Transactions" }).click();
    await expect(heading(page, "Transactions")).toBeFocused();
    await expect(pages).toBeHidden();
  });

  test("menus of the frame stay on the screen", async ({ page, context }) => {
    await signIn(context);
    await open(page, "/?hierarchy=sys.Northwind+Telecom.Harbour+Voice");
    for (const menu of ["Appearance", "Account of admin", "Nodes below Harbour Voice"]) {
      await page.getByLabel(menu).click();
      const panel = page.locator("details[open] .menu-panel");
      await expect(panel).toHaveCount(1);
      await expect(panel).toBeInViewport({ ratio: 1 });
      await page.keyboard.press("Escape");
      await expect(panel).toHaveCount(0);
      await expect(page.getByLabel(menu)).toBeFocused();
    }
  });
});

test.describe("keyboard", () => {
  /** Presses Tab until the control has the focus. */
  async function tabTo(page: Page, target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    for (let presses = 0; presses < 80; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    await expect(target, "reached by Tab").toBeFocused();
  }

  test("from the log-in to a saved customer", async ({ page, place, api }) => {
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await expect(page.getByLabel("User name")).toBeFocused();
    await page.keyboard.type(USERNAME);
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await expect(heading(page, "Webex customers")).toBeVisible();
    await hydrated(page);
    await tabTo(page, page.getByRole("link", { name: "Add Webex customer" }));
    await page.keyboard.press("Enter");
    await expect(heading(page, "Add Webex customer")).toBeFocused();
    await tabTo(page, page.getByRole("textbox", { name: "Customer Name" }));
    await page.keyboard.type("By keyboard");
    const radios = page.getByRole("group", { name: "Default Calling Behaviour" }).getByRole("radio");
    await tabTo(page, radios.last());
    await page.keyboard.press("ArrowUp");
    await expect(page.getByRole("radio", { name: "Third-Party app" })).toBeChecked();
    await tabTo(page, page.getByRole("button", { name: "Save", exact: true }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("link", { name: "By keyboard" })).toBeVisible();
    const [added] = await api.list(CUSTOMER, place.path);
    expect(added?.data).toMatchObject({
      name: "By keyboard",
      default_calling_behaviour: "Third-Party app",
    });
  });

  test("the skip link comes first and leads to the content", async ({ page, context }) => {
    await signIn(context);
    await open(page, "/");
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to the content" });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("main").getByRole("link").first()).toBeFocused();
  });

  test("the focus goes to the heading of the page that comes", async ({ page, context }) => {
    await signIn(context);
    await open(page, "/");
    const side = page.getByRole("navigation", { name: "Pages", exact: true });
    const steps = [
      ["Webex customers", "Webex customers"],
      ["Tree", "Hierarchy"],
      ["Hierarchy nodes", "Hierarchy nodes"],
      ["Transactions", "Transactions"],
      ["Dashboard", "Dashboard"],
    ] as const;
    for (const [link, title] of steps) {
      await side.getByRole("link", { name: link, exact: true }).click();
      await expect(heading(page, title)).toBeFocused();
      await expect(side.getByRole("link", { name: link, exact: true })).toHaveAttribute("aria-current", "page");
      await expect(page).toHaveTitle(new RegExp(`^${title}( · .*)? · Tenantry$`));
    }
    await page.goBack();
    await expect(heading(page, "Transactions")).toBeFocused();
  });

  test("sorting and filtering leave the focus where the work is", async ({ page, context }) => {
    await signIn(context);
    await open(page, modelPath(CUSTOMER, "", provider));
    const sort = page
      .getByRole("columnheader", { name: /^Admin Account Email/ })
      .getByRole("link", { name: "Admin Account Email" });
    await sort.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("columnheader", { name: /^Admin Account Email/ })).toHaveAttribute(
      "aria-sort",
      "ascending",
    );
    await expect(sort).toBeFocused();
  });

  test("a field that takes the focus isn't hidden behind the bar", async ({ page, context, place }) => {
    await signIn(context);
    await page.setViewportSize({ width: 1000, height: 500 });
    await open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path }));
    const bar = page.locator(".form-bar");
    const inputs = page.locator("#instance-form .input");
    await page.getByRole("textbox", { name: "Customer Name" }).focus();
    for (let presses = 0; presses < 30; presses += 1) {
      const hidden = await inputs.evaluateAll((all, edge) => {
        const active = document.activeElement!;
        return all.some((input) => input === active) && active.getBoundingClientRect().bottom > edge;
      }, (await bar.boundingBox())!.y + 1);
      const name = await page.evaluate(() => document.activeElement?.getAttribute("name"));
      if (name === "_submit") return;
      expect(hidden, `${name} is behind the bar`).toBe(false);
      await page.keyboard.press("Tab");
    }
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("_submit");
  });
});
