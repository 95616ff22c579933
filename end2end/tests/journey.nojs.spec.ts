// The same way through the console for a browser that runs no script at all.
import { CUSTOMER, WIDGET } from "./support/api";
import {
  endSession,
  expect,
  heading,
  login,
  modelPath,
  rowNames,
  signIn,
  test,
} from "./support/fixtures";

test("log in with a mistake, then right, to the page that was asked for", async ({
  page,
  place,
  complaints,
}) => {
  complaints.expectStatus(401);
  await page.goto(modelPath(CUSTOMER, "", { hierarchy: place.path }));
  await expect(page.locator("html[data-hydrated]")).toHaveCount(0);
  await login(page, "not the password");
  await expect(page.getByRole("alert")).toContainText("username or the password is wrong");
  await login(page);
  await expect(heading(page, "Webex customers")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Place in the hierarchy" })).toContainText(
    place.name,
  );
  await page.getByLabel("Account of admin").click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(heading(page, "Log in to Tenantry")).toBeVisible();
});

test.describe("logged in", () => {
  test.beforeEach(async ({ context }) => signIn(context));

  test("the customer's node is found through the tree and the breadcrumb", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Tree" }).click();
    const tree = page.getByRole("region", { name: "Nodes" });
    await tree.getByRole("button", { name: "Nodes below Northwind Telecom" }).click();
    await tree.getByRole("link", { name: "Harbour Voice", exact: true }).click();
    await tree.getByRole("link", { name: "Albatross Shipping", exact: true }).click();
    const node = page.getByRole("region", { name: "Albatross Shipping" });
    await node.getByRole("link", { name: "Webex customers" }).click();
    await expect(rowNames(page)).toHaveText(["Albatross Crewing", "Albatross Shipping"]);
    const crumbs = page.getByRole("navigation", { name: "Place in the hierarchy" });
    await crumbs.getByLabel("Nodes beside Albatross Shipping").click();
    await crumbs.getByRole("link", { name: /^Cobalt Foundry/ }).click();
    await expect(rowNames(page)).toHaveText(["Cobalt Foundry"]);
  });

  test("add with a mistake, then right, and see it in the list", async ({
    page,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(400);
    await page.goto(modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await page.getByRole("link", { name: "Add Webex customer" }).click();
    const name = page.getByRole("textbox", { name: "Customer Name" });
    const email = page.getByRole("textbox", { name: "Admin Account Email" });
    await email.fill("nobody");
    await page.getByRole("textbox", { name: "Please Note" }).fill("\nSecond line");
    await page.getByRole("radio", { name: "Third-Party app" }).check();
    await page.getByLabel("Admin Access Token", { exact: true }).fill("typed-in-vain");
    await page.getByRole("button", { name: "Save", exact: true }).click();

    const summary = page.locator("#error-summary");
    await expect(summary.getByRole("link")).toHaveText([
      "Customer Name is required.",
      "Admin Account Email must be one email address like name@example.com.",
    ]);
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(name).toHaveAccessibleDescription(/Customer Name is required\.$/);
    await expect(email).toHaveValue("nobody");
    await expect(page.getByRole("textbox", { name: "Please Note" })).toHaveValue("\nSecond line");
    await expect(page.getByRole("radio", { name: "Third-Party app" })).toBeChecked();
    expect(await page.content()).not.toContain("typed-in-vain");
    await summary.getByRole("link", { name: /^Admin Account Email/ }).click();
    await expect(page).toHaveURL(/#field\/account_email$/);
    expect(await api.names(CUSTOMER, place.path)).toEqual([]);

    await name.fill("Heron Freight");
    await email.fill("admin@heron.example");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.locator(".done-notice")).toContainText("Created.");
    await expect(rowNames(page)).toHaveText(["Heron Freight"]);
    const [added] = await api.list(CUSTOMER, place.path);
    expect(added?.data).toMatchObject({
      notes: "\nSecond line",
      default_calling_behaviour: "Third-Party app",
    });
  });

  test("search, filter, sort and page by forms and links", async ({ page, place, api }) => {
    test.slow();
    const numbered = (number: number) => `Customer ${String(number).padStart(2, "0")}`;
    for (let number = 1; number <= 28; number += 1) {
      const notes = number <= 27 ? "kept" : "left out";
      await api.add(CUSTOMER, place.path, { name: numbered(number), notes });
    }
    await page.goto(modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await page.getByRole("searchbox").fill("customer");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/search=customer/);
    await page.locator("summary", { hasText: "Add filter" }).click();
    const filter = page.locator("#list-add-filter");
    await filter.getByLabel("Attribute").selectOption("Please Note");
    await filter.getByLabel("Condition").selectOption({ label: "contains" });
    await filter.getByLabel("Value").fill("kept");
    await filter.getByRole("button", { name: "Add filter" }).click();
    await expect(page.getByRole("list", { name: "Filters in force" })).toHaveText(
      "Please Note contains kept",
    );
    await expect(page.getByText("1–27 of 27")).toBeVisible();
    const column = page.getByRole("columnheader", { name: /^Customer Name/ });
    await column.getByRole("link", { name: "Customer Name" }).click();
    await expect(column).toHaveAttribute("aria-sort", "descending");
    await page.getByRole("combobox", { name: "Rows" }).selectOption("25");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("link", { name: "Next page" }).click();
    await expect(rowNames(page)).toHaveText([numbered(2), numbered(1)]);
    const state = page.url();
    await page.getByRole("link", { name: numbered(1) }).click();
    await expect(heading(page, numbered(1))).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "Webex customers" }).click();
    await expect(rowNames(page)).toHaveText([numbered(2), numbered(1)]);
    expect(new URL(page.url()).searchParams.get("skip")).toBe(
      new URL(state).searchParams.get("skip"),
    );
    await page.getByRole("link", { name: "Clear all" }).click();
    await expect(page.getByText("1–25 of 28")).toBeVisible();
  });

  test("a column's filter opens without script", async ({ page }) => {
    await page.goto(modelPath(CUSTOMER, "", { hierarchy: "sys.Northwind Telecom.Summit Cloud" }));
    await page.getByRole("button", { name: "Filter by Directory Synchronization Enabled" }).click();
    const popover = page.getByRole("dialog", { name: /^Filter by Directory/ });
    await popover.getByLabel("Value").selectOption("Yes");
    await popover.getByRole("button", { name: "Apply" }).click();
    await expect(rowNames(page)).toHaveText(["Dunmore College"]);
  });

  test("edit: save and stay, then save; a stale save is refused first", async ({
    page,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(412);
    const pkid = await api.add(CUSTOMER, place.path, { name: "Before" });
    await page.goto(modelPath(CUSTOMER, pkid, { hierarchy: place.path }));
    const name = page.getByRole("textbox", { name: "Customer Name" });
    await name.fill("Between");
    await page.getByRole("button", { name: "Save and stay" }).click();
    await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
    await expect(heading(page, "Between")).toBeVisible();

    await name.fill("Mine");
    await api.change(CUSTOMER, pkid, { name: "Theirs" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const conflict = page.locator("#conflict");
    await expect(conflict).toContainText("Somebody saved this since you opened it");
    const cells = conflict.getByRole("row", { name: "Customer Name" }).getByRole("cell");
    await expect(cells.nth(0)).toHaveText("Mine");
    await expect(cells.nth(1)).toHaveText("Theirs");
    await expect(name).toHaveValue("Mine");
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Theirs" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(rowNames(page)).toHaveText(["Mine"]);
    expect(await api.get(CUSTOMER, pkid)).toMatchObject({ name: "Mine" });
  });

  test("a stale form can be given up", async ({ page, place, api, complaints }) => {
    complaints.expectStatus(412);
    const pkid = await api.add(CUSTOMER, place.path, { name: "Before" });
    await page.goto(modelPath(CUSTOMER, pkid));
    const name = page.getByRole("textbox", { name: "Customer Name" });
    await name.fill("Mine");
    await api.change(CUSTOMER, pkid, { name: "Theirs" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("link", { name: "Discard mine" }).click();
    await expect(name).toHaveValue("Theirs");
    await expect(page.locator("#conflict")).toHaveCount(0);
  });

  test("secrets are replaced and cleared", async ({ page, place, api }) => {
    const pkid = await api.add(CUSTOMER, place.path, { name: "Secretive", token: "first-token" });
    await page.goto(modelPath(CUSTOMER, pkid));
    const group = page.getByRole("group", { name: "Admin Access Token" });
    const fresh = group.getByLabel("New value of Admin Access Token");
    const stay = page.getByRole("button", { name: "Save and stay" });
    await expect(group).toContainText("Set");
    await expect(fresh).toBeHidden();
    await stay.click();
    await expect(page.locator(".done-notice")).toBeVisible();
    expect((await api.get(CUSTOMER, pkid)).token).toBe("********");
    await group.getByRole("radio", { name: "Replace" }).check();
    await fresh.fill("second-token");
    await stay.click();
    await expect(group).toContainText("Set");
    expect(await page.content()).not.toContain("second-token");
    await group.getByRole("radio", { name: "Clear" }).check();
    await stay.click();
    await expect(group).toHaveCount(0);
    expect((await api.get(CUSTOMER, pkid)).token).toBeFalsy();
  });

  test("delete one, then several, each after a confirmation", async ({ page, place, api }) => {
    for (const name of ["A", "B", "C", "D", "E"]) await api.add(CUSTOMER, place.path, { name });
    await page.goto(modelPath(CUSTOMER, "", { hierarchy: place.path }));
    await page.getByRole("link", { name: "A", exact: true }).click();
    await page.getByRole("link", { name: "Delete…" }).click();
    await expect(heading(page, "Delete A?")).toBeVisible();
    expect(await api.names(CUSTOMER, place.path)).toContain("A");
    await page.getByRole("button", { name: "Delete" }).click();
    await expect(page.locator(".done-notice")).toContainText("Deleted.");
    await expect(rowNames(page)).toHaveText(["B", "C", "D", "E"]);

    for (const name of ["B", "C", "D"]) {
      await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    }
    await page.getByRole("button", { name: "Delete…" }).click();
    await expect(heading(page, "Delete 3 Webex customers?")).toBeVisible();
    await expect(page.getByRole("main").locator(".chosen-items li")).toHaveText(["B", "C", "D"]);
    await page.getByRole("button", { name: "Delete 3" }).click();
    await expect(page.locator(".done-notice")).toContainText("Deleted.");
    await expect(rowNames(page)).toHaveText(["E"]);
    await page.getByRole("link", { name: "See the transaction" }).click();
    await expect(page.getByRole("table", { name: "Sub-transactions" }).locator("tbody tr")).toHaveCount(3);
  });

  test("rows of a list are added and removed by buttons", async ({ page, place, api }) => {
    await page.goto(modelPath(WIDGET, "add", { hierarchy: place.path }));
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Rows");
    const add = page.getByRole("button", { name: "Add to Lines" });
    const box = (number: number) =>
      page.getByRole("group", { name: `Lines ${number}`, exact: true }).getByRole("textbox", { name: "Number" });
    await add.click();
    await box(1).fill("1");
    await add.click();
    await expect(box(1)).toHaveValue("1");
    await box(2).fill("2");
    await add.click();
    await box(3).fill("3");
    await expect(add).toHaveCount(0);
    await page.getByRole("button", { name: "Remove Lines 2" }).click();
    await expect(box(2)).toHaveValue("3");
    await page.getByRole("button", { name: "Add to Tags" }).click();
    await page.getByRole("textbox", { name: "Tags 1" }).fill("blue");
    await page.getByRole("combobox", { name: "Colour" }).selectOption("Green");
    expect(await api.names(WIDGET, place.path)).toEqual([]);
    // Enter in a field saves; it must not press the first button that removes a row.
    await box(2).press("Enter");
    await expect(page.locator(".done-notice")).toContainText("Created.");
    const [row] = await api.list(WIDGET, place.path);
    expect(row?.data).toMatchObject({
      name: "Rows",
      colour: "g",
      lines: [{ number: "1" }, { number: "3" }],
      tags: ["blue"],
    });
  });

  test("a session that ends in mid-form loses nothing but secrets", async ({
    page,
    context,
    server,
    place,
    api,
    complaints,
  }) => {
    complaints.expectStatus(401);
    await page.goto(modelPath(CUSTOMER, "add", { hierarchy: place.path }));
    await page.getByRole("textbox", { name: "Customer Name" }).fill("Long form");
    await page.getByRole("textbox", { name: "Please Note" }).fill('Typed "for" an <hour>');
    await page.getByLabel("Refresh Token", { exact: true }).fill("typed-secret");
    await endSession(context, server);
    await page.getByRole("button", { name: "Save", exact: true }).click();

    await expect(page.getByRole("alert")).toContainText("what you typed is kept");
    expect(await page.content()).not.toContain("typed-secret");
    await login(page, "wrong");
    await login(page);
    await expect(heading(page, "Add Webex customer")).toBeVisible();
    await expect(page.getByText("What you typed is below, but not saved yet")).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Customer Name" })).toHaveValue("Long form");
    await expect(page.getByRole("textbox", { name: "Please Note" })).toHaveValue(
      'Typed "for" an <hour>',
    );
    expect(await api.names(CUSTOMER, place.path)).toEqual([]);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(rowNames(page)).toHaveText(["Long form"]);
    expect(await api.names(CUSTOMER, place.path)).toEqual(["Long form"]);
  });

  test("theme and density are switched by a form", async ({ page }) => {
    const html = page.locator("html");
    const here = modelPath(CUSTOMER, "", { search: "rail" });
    await page.goto(here);
    await expect(html).toHaveAttribute("data-theme", "system");
    await page.getByLabel("Appearance").click();
    await page.getByRole("button", { name: "Dark" }).click();
    await expect(html).toHaveAttribute("data-theme", "dark");
    await expect(page).toHaveURL(here);
    await page.getByLabel("Appearance").click();
    await page.getByRole("button", { name: "Compact" }).click();
    await expect(html).toHaveAttribute("data-density", "compact");
    await expect(html).toHaveAttribute("data-theme", "dark");
    await page.goto("/");
    await expect(html).toHaveAttribute("data-theme", "dark");
  });

  test("a change can be read in its transaction", async ({ page, place, api }) => {
    const pkid = await api.add(CUSTOMER, place.path, { name: "Traced", notes: "Old note" });
    await page.goto(modelPath(CUSTOMER, pkid));
    await page.getByRole("textbox", { name: "Please Note" }).fill("New note");
    await page.getByRole("button", { name: "Save and stay" }).click();
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("table", { name: /^Latest changes/ }).locator("tbody a").first().click();
    const cells = page.getByRole("row", { name: /^Please Note/ }).getByRole("cell");
    await expect(cells).toHaveText(["Changed", "Old note", "New note"]);
  });
});
