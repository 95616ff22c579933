// Configuration templates and field display policies: made in the console, and what forms make of
// them.
import type { Page } from "@playwright/test";
import { CUSTOMER } from "./support/api";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { expect, heading, modelPath, open, signIn, test } from "./support/fixtures";

const TEMPLATE = "data/ConfigurationTemplate";
const POLICY = "data/FieldDisplayPolicy";

const LEAVE = "Leave without saving? What you changed on this page will be lost.";

test.beforeEach(async ({ context }) => signIn(context));

// The place goes with its instances; what shapes forms there goes first.
test.afterEach(async ({ api, place }) => {
  for (const model of [TEMPLATE, POLICY]) await api.removeAll(model, place.path);
});

const preview = (page: Page) => page.locator("#form-preview");

test("a template is made field by field and previewed", async ({
  page,
  api,
  place,
}) => {
  // axe looks at two long pages in two themes.
  test.slow();
  await open(page, modelPath(TEMPLATE, "add", { hierarchy: place.path }));
  await page.getByLabel("Model").selectOption("Webex customer");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(heading(page, "Add Configuration template")).toBeFocused();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Standard");

  const defaults = page.getByRole("group", { name: "Defaults" });
  const pick = async (part: string, field: string) => {
    const group = page.getByRole("group", { name: part });
    await group.getByLabel(`Field to add to ${part}`).selectOption(field);
    await group.getByRole("button", { name: `Add to ${part}` }).click();
  };
  await pick("Defaults", "Email Domain for Hybrid Calling in Workspaces");
  const domain = page.getByRole("textbox", { name: "Email Domain for Hybrid Calling" });
  await expect(domain).toBeFocused();
  await domain.fill("not a domain");
  await pick("Defaults", "Please Note");
  await expect(domain).toHaveValue("not a domain");
  await defaults.getByRole("button", { name: "Remove Please Note" }).click();
  await expect(defaults.getByRole("textbox", { name: "Please Note" })).toHaveCount(0);
  await pick("Fixed values", "Directory Synchronization Enabled");
  await page.getByRole("group", { name: "Fixed values" }).getByLabel("Yes").check();
  await expectAccessible(page, "the form of a template");

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("must be a domain name");
  await domain.fill("rooms.example.com");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(preview(page)).toBeFocused();
  await expect(preview(page).getByLabel("Email Domain for Hybrid Calling")).toHaveValue(
    "rooms.example.com",
  );
  await expect(preview(page)).toContainText("Set by the template Standard.");
  await expectAccessible(page, "the preview of a template");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(heading(page, "Configuration templates")).toBeVisible();
  const [saved] = await api.list(TEMPLATE, place.path);
  expect(saved?.data).toMatchObject({
    name: "Standard",
    model_type: CUSTOMER,
    defaults: { email_domain: "rooms.example.com" },
    fixed: { dirsync_enabled: true },
  });

});

test("a template fills a form; what it fixes can be read but not changed", async ({
  page,
  api,
  place,
}) => {
  await api.add(TEMPLATE, place.path, {
    name: "Standard",
    model_type: CUSTOMER,
    defaults: { email_domain: "rooms.example.com" },
    fixed: { dirsync_enabled: true },
  });
  await open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path }));
  const name = page.getByRole("textbox", { name: "Customer Name" });
  await name.fill("Typed before");
  page.once("dialog", async (dialog) => {
    expect(dialog.message()).toBe(LEAVE);
    await dialog.dismiss();
  });
  await page.getByLabel("Template").selectOption("Standard");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(name).toHaveValue("Typed before");
  await name.fill("");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByLabel("Email Domain for Hybrid Calling")).toHaveValue("rooms.example.com");
  await expect(page).toHaveURL(/template_name=Standard/);
  await expect(page.getByRole("group", { name: "Directory Synchronization" })).toHaveCount(0);
  await expect(page.getByText("Set by the template Standard.")).toBeVisible();
  await expectAccessible(page, "a form that a template has filled");
  await name.fill("Filled");
  await page.getByRole("button", { name: "Save and stay" }).click();
  await expect(heading(page, "Filled")).toBeVisible();
  await expect(page).not.toHaveURL(/template_name/);
  const [customer] = await api.list(CUSTOMER, place.path);
  expect(customer?.data).toMatchObject({
    name: "Filled",
    email_domain: "rooms.example.com",
    dirsync_enabled: true,
    sync: false,
  });
});

test("a display policy that renames, orders and hides fields", async ({ page, api, place }) => {
  const kept = { name: "One", notes: "Hidden, and kept.", email_domain: "old.example", token: "t" };
  const pkid = await api.add(CUSTOMER, place.path, kept);
  await open(
    page,
    modelPath(POLICY, "add", { hierarchy: place.path, model_type: CUSTOMER }),
  );
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Front desk");
  const row = (number: number) => page.getByRole("group", { name: `Fields ${number}` });
  const add = async (number: number, field: string, title: string, visibility: string) => {
    await page.getByRole("button", { name: "Add to Fields" }).click();
    await row(number).getByLabel("Field").selectOption(field);
    await row(number).getByLabel("Title").fill(title);
    await row(number).getByLabel(visibility, { exact: true }).check();
  };
  await add(1, "notes", "", "Hidden");
  await add(2, "email_domain", "Mail domain", "Visible");
  await add(3, "account_email", "", "Read only");
  await row(3).getByLabel("Heading").fill("Mail");
  await row(2).getByLabel("Heading").fill("Mail");
  await page.getByRole("button", { name: "Move up: Fields 2" }).click();
  await expect(row(1).getByLabel("Title")).toHaveValue("Mail domain");
  await expect(row(2).getByLabel("Hidden")).toBeChecked();
  await expectAccessible(page, "the form of a policy");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "the form of a policy");
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.getByRole("button", { name: "Preview" }).click();
  await expect(preview(page).getByRole("heading", { name: "Mail" })).toBeVisible();
  await expect(preview(page).getByLabel("Mail domain")).toBeDisabled();
  await expect(preview(page).getByText("Please Note")).toHaveCount(0);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(heading(page, "Field display policies")).toBeVisible();

  // It applies by itself, and a save changes nothing but what was typed.
  await open(page, modelPath(CUSTOMER, pkid));
  await expect(page.locator("main form h2").first()).toHaveText("Mail");
  await expect(page.getByText("Please Note")).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Admin Account Email" })).toHaveCount(0);
  await page.getByLabel("Mail domain").fill("nonsense");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Mail domain must be a domain name");
  await page.getByLabel("Mail domain").fill("new.example");
  await page.getByRole("button", { name: "Save and stay" }).click();
  await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
  expect(await api.get(CUSTOMER, pkid)).toEqual({
    ...kept,
    email_domain: "new.example",
    token: "********",
    token_link: `/oauth/webex/authorize/${pkid}`,
  });

  // Another one can be chosen, or none.
  await api.add(POLICY, place.path, { name: "Other", model_type: CUSTOMER, fields: [] });
  await open(page, modelPath(CUSTOMER, pkid));
  await page.getByLabel("Display").selectOption("All fields");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByLabel("Please Note")).toHaveValue("Hidden, and kept.");
  await expect(page).toHaveURL(/policy_name=(&|$)/);
});

test("the help page is readable in both themes and on a phone", async ({ page }) => {
  await page.goto(`/api/${CUSTOMER}/help`);
  await expect(heading(page, "Webex customers")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Bulk modify", exact: true })).toBeVisible();
  await expectAccessible(page, "the help page");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "the help page");
});
