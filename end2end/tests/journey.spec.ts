// The administrator's way through the console, with JavaScript.
import { CUSTOMER, WIDGET } from "./support/api";
import {
  endSession,
  expect,
  heading,
  hydrated,
  login,
  modelPath,
  open,
  rowNames,
  signIn,
  test,
} from "./support/fixtures";
import { PASSWORD } from "./support/server";

const LEAVE = "Leave without saving? What you changed on this page will be lost.";

test.describe("log-in", () => {
  test("a wrong password is refused, the right one leads to the page that was asked for", async ({
    page,
    complaints,
    place,
  }) => {
    complaints.expectStatus(401);
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await expect(heading(page, "Log in to Tenantry")).toBeVisible();
    await login(page, "not the password");
    await expect(page.getByRole("alert")).toContainText("username or the password is wrong");
    await expect(page.getByLabel("User name")).toHaveValue("admin");
    await login(page);
    await expect(heading(page, "Webex customers")).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Place in the hierarchy" })).toContainText(
      place.name,
    );
  });

  test("after the log-out no page is shown", async ({ page, context }) => {
    await signIn(context);
    await open(page, "/");
    await page.getByLabel("Account of admin").click();
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(heading(page, "Log in to Tenantry")).toBeVisible();
    await page.goto("/transactions");
    await expect(heading(page, "Log in to Tenantry")).toBeVisible();
  });
});

test.describe("hierarchy", () => {
  test.beforeEach(async ({ context }) => signIn(context));

  test("the customer's node is found through the tree", async ({ page }) => {
    await open(page, "/");
    await page.getByRole("link", { name: "Tree" }).click();
    const tree = page.getByRole("region", { name: "Nodes" });
    const branch = (name: string) => tree.getByRole("button", { name: `Nodes below ${name}` });
    await expect(branch("Northwind Telecom")).toHaveAttribute("aria-expanded", "false");
    await branch("Northwind Telecom").click();
    await branch("Harbour Voice").click();
    await expect(branch("Harbour Voice")).toHaveAttribute("aria-expanded", "true");
    await tree.getByRole("link", { name: "Albatross Shipping", exact: true }).click();
    await expect(page).toHaveURL(/hierarchy=sys\.Northwind(%20|\+)Telecom\.Harbour/);
    const node = page.getByRole("region", { name: "Albatross Shipping" });
    await node.getByRole("link", { name: "Webex customers" }).click();
    await expect(heading(page, "Webex customers")).toBeFocused();
    await expect(rowNames(page)).toHaveText(["Albatross Crewing", "Albatross Shipping"]);

    await page.goBack();
    await branch("Harbour Voice").click();
    await expect(branch("Harbour Voice")).toHaveAttribute("aria-expanded", "false");
    await expect(tree.getByRole("link", { name: "Cobalt Foundry" })).toHaveCount(0);
  });

  test("the breadcrumb goes down, beside and up, and keeps the page", async ({ page }) => {
    await open(page, modelPath(CUSTOMER, "", { order_by: "name", direction: "desc" }));
    const crumbs = page.getByRole("navigation", { name: "Place in the hierarchy" });
    const choose = async (menu: string, name: string) => {
      await crumbs.getByLabel(menu).click();
      await crumbs.getByRole("link", { name: new RegExp(`^${name}`) }).click();
      await expect(crumbs.locator("a[aria-current=location]")).toHaveText(name);
    };
    await choose("Nodes below sys", "Northwind Telecom");
    await choose("Nodes below Northwind Telecom", "Harbour Voice");
    await choose("Nodes below Harbour Voice", "Cobalt Foundry");
    await expect(rowNames(page)).toHaveText(["Cobalt Foundry"]);
    await choose("Nodes beside Cobalt Foundry", "Albatross Shipping");
    await expect(rowNames(page)).toHaveText(["Albatross Shipping", "Albatross Crewing"]);
    await crumbs.getByRole("link", { name: "Harbour Voice" }).click();
    await expect(rowNames(page)).toHaveText([
      "Cobalt Foundry",
      "Brightwater Clinics",
      "Albatross Shipping",
      "Albatross Crewing",
    ]);
  });
});

test.describe("adding", () => {
  test.beforeEach(async ({ context }) => signIn(context));

  test("a mistake is shown at its field and in the summary, then the customer is added", async ({
    page,
    place,
    api,
  }) => {
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await expect(page.getByRole("heading", { name: "No Webex customers yet" })).toBeVisible();
    await page.getByRole("link", { name: "Add Webex customer" }).click();
    await expect(heading(page, "Add Webex customer")).toBeFocused();
    const name = page.getByRole("textbox", { name: "Customer Name" });
    const email = page.getByRole("textbox", { name: "Admin Account Email" });
    await expect(name).toHaveAttribute("required");
    await expect(name).not.toHaveAttribute("aria-invalid");
    await email.fill("nobody");
    await page.getByRole("button", { name: "Save", exact: true }).click();

    const summary = page.locator("#error-summary");
    await expect(summary).toBeFocused();
    await expect(summary).toHaveRole("alert");
    await expect(summary.getByRole("link")).toHaveText([
      "Customer Name is required.",
      "Admin Account Email must be one email address like name@example.com.",
    ]);
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(name).toHaveAccessibleDescription(/Customer Name is required\.$/);
    await summary.getByRole("link", { name: /^Admin Account Email/ }).click();
    await expect(email).toBeFocused();
    expect(await api.names(CUSTOMER, place.path)).toEqual([]);

    await email.fill("admin@heron.example");
    await expect(email).not.toHaveAttribute("aria-invalid");
    await name.fill("Heron Freight");
    await page.getByRole("radio", { name: "Cisco Jabber app" }).check();
    const sync = page.getByRole("group", { name: "Directory Synchronization Enabled" });
    await sync.getByRole("radio", { name: "Yes" }).check();
    await page.getByRole("button", { name: "Save", exact: true }).click();

    await expect(heading(page, "Webex customers")).toBeVisible();
    await expect(page.locator(".done-notice")).toContainText("Created.");
    await expect(rowNames(page)).toHaveText(["Heron Freight"]);
    const row = page.getByRole("row", { name: /Heron Freight/ });
    await expect(row).toContainText("admin@heron.example");
    await expect(row).toContainText("Cisco Jabber app");
    await expect(row).toContainText("Yes");
    // A reload doesn't congratulate again.
    await expect(page).not.toHaveURL(/done=/);
    await page.reload();
    await expect(rowNames(page)).toHaveText(["Heron Freight"]);
    await expect(page.locator(".done-notice")).toHaveCount(0);
  });

  test("an untouched field isn't judged, a left one is", async ({ page, place }) => {
    await open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path }));
    const name = page.getByRole("textbox", { name: "Customer Name" });
    const domain = page.getByRole("textbox", { name: /^Email Domain/ });
    await name.focus();
    await domain.focus();
    await expect(name).not.toHaveAttribute("aria-invalid");
    await domain.fill("not a domain");
    await expect(domain).not.toHaveAttribute("aria-invalid");
    await name.focus();
    await expect(domain).toHaveAttribute("aria-invalid", "true");
    await expect(domain).toHaveAccessibleDescription(/must be a domain name like example\.com/);
    await domain.fill("example.com");
    await expect(domain).not.toHaveAttribute("aria-invalid");
  });

  test("what only the server knows is shown at its field too", async ({
    page,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(409);
    const number = "0d5a4c1e-7c1b-4f0e-9a52-6f1d2b7c8eff";
    await api.add(CUSTOMER, place.path, { name: "First", account_number_external: number });
    await open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path }));
    const field = page.getByRole("textbox", { name: "Organization Account Number", exact: true });
    await page.getByRole("textbox", { name: "Customer Name" }).fill("Second");
    await field.fill(number);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.locator("#error-summary")).toBeFocused();
    await page.locator("#error-summary").getByRole("link").click();
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute("aria-invalid", "true");
    expect(await api.names(CUSTOMER, place.path)).toEqual(["First"]);
  });

  test("save and add another comes back empty", async ({ page, place, api }) => {
    await open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path }));
    const name = page.getByRole("textbox", { name: "Customer Name" });
    for (const one of ["One", "Two"]) {
      await name.fill(one);
      await page.getByRole("button", { name: "Save and add another" }).click();
      await expect(page.locator(".done-notice")).toContainText("Created.");
      await expect(name).toHaveValue("");
    }
    expect(await api.names(CUSTOMER, place.path)).toEqual(["One", "Two"]);
  });

  test("where the model doesn't belong the reason stands in place of the form", async ({ page }) => {
    await open(page, modelPath(CUSTOMER, "", { hierarchy: "sys.Northwind Telecom" }));
    await expect(page.getByText("Webex customers are added at customer nodes")).toBeVisible();
    await expect(page.getByRole("link", { name: "Add Webex customer" })).toHaveCount(0);
    await open(page, modelPath(CUSTOMER, "add", { hierarchy: "sys.Northwind Telecom" }));
    await expect(page.getByText("Webex customers are added at customer nodes")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save", exact: true })).toHaveCount(0);
  });
});

test.describe("list", () => {
  test.beforeEach(async ({ context }) => signIn(context));

  const numbered = (number: number) => `Customer ${String(number).padStart(2, "0")}`;

  test("filter, sort, page, open a row; Back keeps the state", async ({ page, place, api }) => {
    test.slow();
    for (let number = 1; number <= 32; number += 1) {
      const account_email = `${number <= 30 ? "kept" : "left-out"}${number}@example.com`;
      await api.add(CUSTOMER, place.path, { name: numbered(number), account_email });
    }
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await expect(page.getByText("1–32 of 32")).toBeVisible();

    await page.locator("summary", { hasText: "Add filter" }).click();
    const filter = page.locator("#list-add-filter");
    await filter.getByLabel("Attribute").selectOption("Admin Account Email");
    await filter.getByLabel("Condition").selectOption("starts with");
    await filter.getByLabel("Value").fill("KEPT");
    await filter.getByRole("button", { name: "Add filter" }).click();
    await expect(page.getByRole("list", { name: "Filters in force" })).toHaveText(
      "Admin Account Email starts with KEPT",
    );
    await expect(page.getByText("1–30 of 30")).toBeVisible();
    await expect(filter).toBeHidden();

    const column = page.getByRole("columnheader", { name: /^Customer Name/ });
    await expect(column).toHaveAttribute("aria-sort", "ascending");
    await column.getByRole("link", { name: "Customer Name" }).click();
    await expect(column).toHaveAttribute("aria-sort", "descending");
    await expect(rowNames(page).first()).toHaveText(numbered(30));

    await page.getByRole("combobox", { name: "Rows" }).selectOption("25");
    await expect(page.getByText("1–25 of 30")).toBeVisible();
    await page.getByRole("link", { name: "Next page" }).click();
    await expect(page.getByText("26–30 of 30")).toBeVisible();
    const rest = [5, 4, 3, 2, 1].map(numbered);
    await expect(rowNames(page)).toHaveText(rest);
    const state = page.url();

    await page.getByRole("link", { name: numbered(3) }).click();
    await expect(heading(page, numbered(3))).toBeFocused();
    await page.goBack();
    await expect(page).toHaveURL(state);
    await expect(rowNames(page)).toHaveText(rest);
    await expect(column).toHaveAttribute("aria-sort", "descending");
    await expect(page.getByRole("combobox", { name: "Rows" })).toHaveValue("25");

    // The page's own way back, and the bare address in a new tab, say the same.
    await page.getByRole("link", { name: numbered(3) }).click();
    await expect(heading(page, numbered(3))).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "Webex customers" }).click();
    await expect(rowNames(page)).toHaveText(rest);
    await open(page, state);
    await expect(rowNames(page)).toHaveText(rest);

    await page.getByRole("link", { name: /^Remove the filter: Admin Account Email/ }).click();
    await expect(page.getByText("1–25 of 32")).toBeVisible();
  });

  test("typing in the search narrows the list, and can match nothing", async ({
    page,
    place,
    api,
  }) => {
    for (const name of ["Amber", "Beryl", "Amethyst"]) await api.add(CUSTOMER, place.path, { name });
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    const search = page.getByRole("searchbox", { name: "Search Webex customers" });
    await search.pressSequentially("am");
    await expect(rowNames(page)).toHaveText(["Amber", "Amethyst"]);
    await expect(search).toBeFocused();
    await expect(page).toHaveURL(/search=am/);
    await search.fill("zircon");
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
    await page.getByRole("link", { name: "Clear search and filters" }).click();
    await expect(rowNames(page)).toHaveText(["Amber", "Amethyst", "Beryl"]);
    await expect(search).toHaveValue("");
  });

  test("a column is filtered from its head, by the titles of its choices", async ({ page }) => {
    await open(page, modelPath(CUSTOMER, "", { hierarchy: "sys.Northwind Telecom.Summit Cloud" }));
    const button = page.getByRole("button", { name: "Filter by Default Calling Behaviour" });
    const popover = page.getByRole("dialog", { name: "Filter by Default Calling Behaviour" });
    await button.click();
    await popover.getByLabel("Value").selectOption("Third-Party app");
    await popover.getByRole("button", { name: "Apply" }).click();
    await expect(popover).toBeHidden();
    await expect(rowNames(page)).toHaveText(["Edelweiss Catering"]);
    await button.click();
    await popover.getByRole("link", { name: "Remove" }).click();
    await expect(rowNames(page)).toHaveCount(3);
  });

  test("the reach of the list is this node, or all below it", async ({ page, place, api }) => {
    await api.add("data/HierarchyNode", place.path, { name: "Site", node_type: "site" });
    const provider = "sys.Northwind Telecom";
    await open(page, modelPath("data/HierarchyNode", "", { hierarchy: provider, search: place.name }));
    const site = page.getByRole("link", { name: "Site", exact: true });
    await expect(site).toBeVisible();
    await page.getByRole("link", { name: "This node only" }).click();
    await expect(page.getByRole("link", { name: place.name, exact: true })).toBeVisible();
    await expect(site).toHaveCount(0);
  });
});

test.describe("editing", () => {
  test.beforeEach(async ({ context }) => signIn(context));

  test("save and stay keeps the form, save leads back to the list", async ({ page, place, api }) => {
    const pkid = await api.add(CUSTOMER, place.path, { name: "Before", notes: "Old note" });
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await page.getByRole("link", { name: "Before" }).click();
    const name = page.getByRole("textbox", { name: "Customer Name" });
    await expect(name).toHaveValue("Before");
    await name.fill("Between");
    await page.getByRole("button", { name: "Save and stay" }).click();
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    await expect(heading(page, "Between")).toBeFocused();
    await expect(name).toHaveValue("Between");

    await name.fill("After");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(rowNames(page)).toHaveText(["After"]);
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "After", notes: "Old note" });
  });

  test("Ctrl+S saves and stays", async ({ page, place, api }) => {
    const pkid = await api.add(CUSTOMER, place.path, { name: "Typed" });
    await open(page, modelPath(CUSTOMER, pkid));
    await page.getByRole("textbox", { name: "Please Note" }).fill("Line one\nLine two");
    await page.keyboard.press("Control+s");
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ notes: "Line one\nLine two" });
  });

  test("somebody else's save is shown beside mine, and both are kept", async ({
    page,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(412);
    const pkid = await api.add(CUSTOMER, place.path, { name: "Shared", notes: "Old" });
    await open(page, modelPath(CUSTOMER, pkid));
    const name = page.getByRole("textbox", { name: "Customer Name" });
    await name.fill("Mine");
    await api.change(CUSTOMER, pkid, { notes: "Theirs" });
    await page.getByRole("button", { name: "Save and stay" }).click();

    const conflict = page.locator("#conflict");
    await expect(conflict).toBeFocused();
    await expect(conflict).toContainText("Somebody saved this since you opened it");
    const cells = (field: string) => conflict.getByRole("row", { name: field }).getByRole("cell");
    await expect(cells("Customer Name")).toHaveText(["Mine", "Shared", "You"]);
    await expect(cells("Please Note")).toHaveText(["Old", "Theirs", "Somebody else"]);
    await expect(name).toBeHidden();
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Shared", notes: "Theirs" });

    await page.getByRole("button", { name: "Keep editing, based on the stored version" }).click();
    await expect(name).toHaveValue("Mine");
    await expect(page.getByRole("textbox", { name: "Please Note" })).toHaveValue("Theirs");
    await page.getByRole("button", { name: "Save and stay" }).click();
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Mine", notes: "Theirs" });
  });

  test("a conflict can be given up for the stored version", async ({
    page,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(412);
    const pkid = await api.add(CUSTOMER, place.path, { name: "Shared" });
    await open(page, modelPath(CUSTOMER, pkid));
    const name = page.getByRole("textbox", { name: "Customer Name" });
    await name.fill("Mine");
    await api.change(CUSTOMER, pkid, { name: "Theirs" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.locator("#conflict")).toBeFocused();
    await page.getByRole("button", { name: "Discard mine" }).click();
    await expect(name).toHaveValue("Theirs");
    await expect(page.locator("#conflict")).toHaveCount(0);
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Theirs" });
  });

  test("what is typed isn't left behind without asking", async ({ page, place, api }) => {
    const pkid = await api.add(CUSTOMER, place.path, { name: "Guarded" });
    const asked: string[] = [];
    let leave = false;
    page.on("dialog", async (dialog) => {
      asked.push(`${dialog.type()}: ${dialog.message()}`);
      await (leave ? dialog.accept() : dialog.dismiss());
    });
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await page.getByRole("link", { name: "Guarded" }).click();
    const name = page.getByRole("textbox", { name: "Customer Name" });
    const tree = page.getByRole("link", { name: "Tree" });

    // Nothing typed, and what was typed and taken back: nobody asks.
    await expect(name).toHaveValue("Guarded");
    await name.fill("Changed");
    await name.fill("Guarded");
    await tree.click();
    await expect(heading(page, "Hierarchy")).toBeVisible();
    await page.goBack();
    expect(asked).toEqual([]);

    await name.fill("Changed");
    await tree.click();
    await expect.poll(() => asked).toEqual([`confirm: ${LEAVE}`]);
    await expect(name).toHaveValue("Changed");
    await page.evaluate(() => history.back());
    await expect.poll(() => asked.length).toBe(2);
    await expect(name).toHaveValue("Changed");
    await expect(page).toHaveURL(new RegExp(pkid));
    // Another tab of the same page loses nothing.
    await page.getByRole("link", { name: "History" }).click();
    await expect(page.getByRole("table", { name: /^Latest changes/ })).toBeVisible();
    await page.getByRole("link", { name: "Overview" }).click();
    await expect(name).toHaveValue("Changed");
    expect(asked).toHaveLength(2);

    leave = true;
    await page.reload();
    expect(asked.at(-1)).toContain("beforeunload");
    await hydrated(page);
    await expect(name).toHaveValue("Guarded");
    await name.fill("Changed");
    await tree.click();
    await expect(heading(page, "Hierarchy")).toBeVisible();
    expect(asked).toHaveLength(4);
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Guarded" });
  });

  test("a session that ends in mid-form loses nothing", async ({
    page,
    context,
    server,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(401);
    const pkid = await api.add(CUSTOMER, place.path, { name: "Long form" });
    await open(page, modelPath(CUSTOMER, pkid));
    await page.getByRole("textbox", { name: "Please Note" }).fill("Typed for an hour");
    await page.getByLabel("Refresh Token", { exact: true }).fill("secret-typed-once");
    await endSession(context, server);
    await page.getByRole("button", { name: "Save and stay" }).click();

    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await expect(dialog).toBeVisible();
    const password = dialog.getByLabel("Password");
    await expect(password).toBeFocused();
    await password.fill("wrong");
    await dialog.getByRole("button", { name: "Log in" }).click();
    await expect(dialog.getByRole("alert")).toHaveText("That password isn't right.");
    await password.fill(PASSWORD);
    await dialog.getByRole("button", { name: "Log in" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    await expect(page.getByRole("textbox", { name: "Please Note" })).toHaveValue("Typed for an hour");
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({
      notes: "Typed for an hour",
      refresh_token: "********",
    });
  });

  test("who doesn't log in again keeps the form", async ({
    page,
    context,
    server,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(401);
    const pkid = await api.add(CUSTOMER, place.path, { name: "Not now" });
    await open(page, modelPath(CUSTOMER, pkid));
    const name = page.getByRole("textbox", { name: "Customer Name" });
    await name.fill("Later");
    await endSession(context, server);
    const save = page.getByRole("button", { name: "Save", exact: true });
    await save.click();
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.getByRole("button", { name: "Not now" }).click();
    await expect(dialog).toBeHidden();
    await expect(name).toHaveValue("Later");
    await save.click();
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(name).toHaveValue("Later");
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Not now" });
  });

  test("a page asked for after the session ended comes back after the log-in", async ({
    page,
    context,
    server,
    complaints,
  }) => {
    complaints.expectStatus(401);
    await open(page, "/");
    await endSession(context, server);
    await page.getByRole("link", { name: "Webex customers" }).first().click();
    await expect(heading(page, "Log in to Tenantry")).toBeVisible();
    await login(page);
    await expect(heading(page, "Webex customers")).toBeVisible();
  });
});

test("secrets are set, kept, replaced and cleared, and never shown", async ({
  page,
  context,
  place,
  api,
}) => {
  await signIn(context);
  // What the console sends for the field; nothing where it leaves the field out.
  let sent: string | undefined;
  page.on("request", (request) => {
    const body = request.postData() ?? "";
    if (body.includes('"version"')) sent = /"token":"(.*?)"/.exec(body)?.[1];
  });
  await open(page, modelPath(CUSTOMER, "add", { hierarchy: place.path }));
  await page.getByRole("textbox", { name: "Customer Name" }).fill("Secretive");
  const token = page.getByLabel("Admin Access Token", { exact: true });
  await expect(token).toHaveAttribute("type", "password");
  await token.fill("first-token");
  await page.getByRole("button", { name: "Show Admin Access Token" }).click();
  await expect(token).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Save and stay" }).click();

  const group = page.getByRole("group", { name: "Admin Access Token" });
  const stay = page.getByRole("button", { name: "Save and stay" });
  const saved = async () => {
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    // Until the address is tidied, a reload would say it again before the next save is done.
    await expect(page).not.toHaveURL(/done=/);
    return sent;
  };
  await expect(group).toContainText("Set");
  await expect(group.getByRole("radio", { name: "Keep" })).toBeChecked();
  await expect(group.getByLabel("New value of Admin Access Token")).toBeHidden();
  expect(await page.content()).not.toContain("first-token");

  await page.getByRole("textbox", { name: "Please Note" }).fill("Kept");
  await stay.click();
  expect([undefined, "********"]).toContain(await saved());
  const pkid = new URL(page.url()).pathname.split("/").at(-1)!;
  expect(await api.get(CUSTOMER, pkid)).toMatchObject({ token: "********", notes: "Kept" });

  await page.reload();
  await hydrated(page);
  await group.getByRole("radio", { name: "Replace" }).check();
  await group.getByLabel("New value of Admin Access Token").fill("second-token");
  await stay.click();
  expect(await saved()).toBe("second-token");
  expect(await page.content()).not.toContain("second-token");

  await page.reload();
  await hydrated(page);
  await group.getByRole("radio", { name: "Clear" }).check();
  await stay.click();
  expect(await saved()).toBe("");
  await expect(page.getByLabel("Admin Access Token", { exact: true })).toHaveValue("");
  expect((await api.get(CUSTOMER, pkid)).token).toBeFalsy();
});

test.describe("deleting", () => {
  test.beforeEach(async ({ context }) => signIn(context));

  test("the confirmation names what goes", async ({ page, place, api }) => {
    for (const name of ["Stays", "Goes"]) await api.add(CUSTOMER, place.path, { name });
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await page.getByRole("link", { name: "Goes" }).click();
    await page.getByRole("link", { name: "Delete…" }).click();
    await expect(heading(page, "Delete Goes?")).toBeFocused();
    await expect(page.getByRole("main")).toContainText(place.path);
    await page.getByRole("link", { name: "Cancel" }).click();
    await expect(heading(page, "Goes")).toBeVisible();
    await page.getByRole("link", { name: "Delete…" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await expect(page.locator(".done-notice")).toContainText("Deleted.");
    await expect(rowNames(page)).toHaveText(["Stays"]);
    expect(await api.names(CUSTOMER, place.path)).toEqual(["Stays"]);
  });

  test("three of four rows go together", async ({ page, place, api }) => {
    for (const name of ["A", "B", "C", "D"]) await api.add(CUSTOMER, place.path, { name });
    await open(page, modelPath(CUSTOMER, "", { hierarchy: place.path }));
    const pick = (name: string) => page.getByRole("checkbox", { name: `Select ${name}`, exact: true });
    const all = page.getByRole("checkbox", { name: "Select all rows on this page" });
    await all.check();
    await expect(page.getByText("4 rows selected").first()).toBeVisible();
    await page.getByRole("button", { name: "Clear selection" }).click();
    await expect(pick("A")).not.toBeChecked();
    await pick("A").check();
    await pick("C").click({ modifiers: ["Shift"] });
    await expect(pick("B")).toBeChecked();
    await expect(page.getByText("3 rows selected").first()).toBeVisible();
    await expect(all).toBeChecked({ indeterminate: true });
    await page.getByRole("button", { name: "Delete…" }).first().click();

    await expect(heading(page, "Delete 3 Webex customers?")).toBeVisible();
    await expect(page.getByRole("main").locator(".chosen-items li")).toHaveText(["A", "B", "C"]);
    expect(await api.names(CUSTOMER, place.path)).toEqual(["A", "B", "C", "D"]);
    await page.getByRole("button", { name: "Delete 3" }).click();
    await expect(page.locator(".done-notice")).toContainText("Deleted.");
    await expect(rowNames(page)).toHaveText(["D"]);
    expect(await api.names(CUSTOMER, place.path)).toEqual(["D"]);
  });

  test("a node that isn't empty says what stands in the way", async ({ page, place, api }) => {
    await api.add(CUSTOMER, place.path, { name: "Inside" });
    await open(page, modelPath("data/HierarchyNode", `${place.pkid}/delete`));
    await expect(page.getByText("This stands in the way")).toBeVisible();
    await expect(page.getByRole("main")).toContainText("Inside");
    await expect(page.getByRole("button", { name: "Delete" })).toHaveCount(0);
  });
});

test("every change leaves a transaction with what was there before and after", async ({
  page,
  context,
  place,
  api,
}) => {
  await signIn(context);
  const pkid = await api.add(CUSTOMER, place.path, { name: "Traced", notes: "Old note" });
  await open(page, modelPath(CUSTOMER, pkid));
  await page.getByRole("textbox", { name: "Please Note" }).fill("New note");
  await page.getByLabel("Admin Access Token", { exact: true }).fill("token-in-no-record");
  await page.getByRole("button", { name: "Save and stay" }).click();
  await page.getByRole("link", { name: "See the transaction" }).click();

  await expect(heading(page, "Modify Webex customer")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Success");
  await expect(page.getByRole("main")).toContainText("admin");
  const cells = page.getByRole("row", { name: /^Please Note/ }).getByRole("cell");
  await expect(cells).toHaveText(["Changed", "Old note", "New note"]);
  expect(await page.content()).not.toContain("token-in-no-record");
  await page.getByRole("link", { name: "Traced" }).click();
  await expect(heading(page, "Traced")).toBeVisible();

  await page.getByRole("link", { name: "History" }).click();
  const history = page.getByRole("table", { name: /^Latest changes/ });
  await expect(history.locator("tbody tr")).toHaveCount(2);
  await open(page, `/transactions?hierarchy=${encodeURIComponent(place.path)}`);
  await expect(page.getByRole("row", { name: /Traced/ })).toHaveCount(2);
});

test.describe("a model nobody wrote code for", () => {
  test.beforeEach(async ({ context }) => signIn(context));

  test("has a control for every kind of value", async ({ page, place, api }) => {
    await open(page, modelPath(WIDGET, "add", { hierarchy: place.path }));
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Every kind");
    await page.getByRole("textbox", { name: "Serial number" }).fill("S-1");
    await page.getByRole("textbox", { name: "Remarks" }).fill("<b>First</b>\n\nThird & last");
    await page.getByRole("textbox", { name: "Size" }).fill("7");
    await page.getByRole("textbox", { name: "Weight" }).fill("1.5");
    const enabled = page.getByRole("group", { name: "Enabled" });
    await expect(enabled.getByRole("radio", { name: "No" })).toBeChecked();
    await enabled.getByRole("radio", { name: "Yes" }).check();
    await page.getByRole("group", { name: "Shape" }).getByRole("radio", { name: "Square" }).check();
    await page.getByRole("combobox", { name: "Colour" }).selectOption("Violet");
    const address = page.getByRole("group", { name: "Address" });
    await address.getByRole("textbox", { name: "Street" }).fill("Main Street 1");
    await page.getByRole("button", { name: "Add to Lines" }).click();
    const lines = page.getByRole("group", { name: "Lines", exact: true });
    await lines.getByRole("textbox", { name: "Number" }).fill("100");
    await page.getByRole("button", { name: "Add to Tags" }).click();
    await page.getByRole("textbox", { name: "Tags 1" }).fill("blue");
    await page.getByLabel("PIN", { exact: true }).fill("4711");
    await page.getByRole("button", { name: "Save and stay" }).click();

    await expect(page.locator(".done-notice")).toContainText("Created.");
    const pkid = new URL(page.url()).pathname.split("/").at(-1)!;
    const data = await api.get(WIDGET, pkid);
    expect(data).toMatchObject({
      name: "Every kind",
      serial: "S-1",
      remarks: "<b>First</b>\n\nThird & last",
      size: 7,
      weight: 1.5,
      enabled: true,
      shape: "square",
      colour: "v",
      address: { street: "Main Street 1" },
      lines: [{ number: "100" }],
      tags: ["blue"],
      pin: "********",
    });

    // Drawn again, each control holds what was saved, and what can't be changed is text.
    await page.reload();
    await hydrated(page);
    await expect(page.getByRole("textbox", { name: "Remarks" })).toHaveValue(
      "<b>First</b>\n\nThird & last",
    );
    await expect(page.getByRole("textbox", { name: "Serial number" })).toHaveCount(0);
    await expect(page.getByText("Can't be changed after it was created.")).toBeVisible();
    await expect(page.getByRole("combobox", { name: "Colour" })).toHaveValue("v");
    await expect(page.getByRole("group", { name: "PIN" })).toContainText("Set");
    await page.getByRole("textbox", { name: "Weight" }).fill("");
    await page.getByRole("button", { name: "Save and stay" }).click();
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    const { weight: _, ...rest } = data;
    const now = await api.get(WIDGET, pkid);
    expect(now).toMatchObject(rest);
    expect(now.weight ?? null).toBeNull();
  });

  test("rows of a list are added, moved and removed, and errors name the row", async ({
    page,
    place,
    api,
  }) => {
    const pkid = await api.add(WIDGET, place.path, {
      name: "Rows",
      lines: [{ number: "1", label: "one" }],
    });
    await open(page, modelPath(WIDGET, pkid));
    const add = page.getByRole("button", { name: "Add to Lines" });
    const row = (number: number) => page.getByRole("group", { name: `Lines ${number}`, exact: true });
    const box = (number: number, name: string) => row(number).getByRole("textbox", { name });
    await add.click();
    await expect(box(2, "Number")).toBeFocused();
    await box(2, "Label").fill("two");
    await add.click();
    await box(3, "Number").fill("3");
    await expect(add).toHaveCount(0);
    await expect(page.getByText("At most 3 entries.")).toBeVisible();

    await page.getByRole("button", { name: "Save and stay" }).click();
    const summary = page.locator("#error-summary");
    await expect(summary).toBeFocused();
    await summary.getByRole("link", { name: /Number is required/ }).click();
    await expect(box(2, "Number")).toBeFocused();
    await box(2, "Number").fill("2");

    await page.getByRole("button", { name: "Move up: Lines 3" }).click();
    await expect(box(2, "Number")).toHaveValue("3");
    await expect(box(3, "Label")).toHaveValue("two");
    await page.getByRole("button", { name: "Remove Lines 1" }).click();
    await expect(box(1, "Number")).toHaveValue("3");
    await expect(row(3)).toHaveCount(0);
    await expect(add).toBeFocused();
    await page.getByRole("button", { name: "Save and stay" }).click();
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    expect((await api.get(WIDGET, pkid)).lines).toEqual([
      { number: "3" },
      { number: "2", label: "two" },
    ]);
  });

  test("limits of numbers, texts and nested values are told at the field", async ({
    page,
    place,
  }) => {
    await open(page, modelPath(WIDGET, "add", { hierarchy: place.path }));
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("x".repeat(41));
    await page.getByRole("textbox", { name: "Size" }).fill("ten");
    await page.getByRole("textbox", { name: "Weight" }).fill("-1");
    await page.getByRole("textbox", { name: "City" }).fill("x".repeat(11));
    await page.getByLabel("PIN", { exact: true }).fill("123");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.locator("#error-summary").getByRole("link")).toHaveText([
      "Name can have at most 40 characters; it has 41.",
      "Size must be a whole number.",
      "Weight must be 0 or more.",
      "City can have at most 10 characters; it has 11.",
      "PIN needs at least 4 characters; it has 3.",
    ]);
    const size = page.getByRole("textbox", { name: "Size" });
    await expect(size).toHaveValue("ten");
    await expect(size).toHaveAccessibleDescription("From 1 to 9. Size must be a whole number.");
    await page.locator("#error-summary").getByRole("link", { name: /^City/ }).click();
    await expect(page.getByRole("textbox", { name: "City" })).toBeFocused();
  });
});
