// Service packs in the console: a pack made with all its parts, and packs side by side.
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { PROVIDER } from "./support/api";
import { expect, heading, modelPath, open, signIn, test } from "./support/fixtures";

const PACK = "data/ServicePack";

// Colours are judged as they end up, not on their way there.
test.use({ contextOptions: { reducedMotion: "reduce" } });

test.beforeEach(async ({ context }) => signIn(context));

test("a pack is made of services that are searched, typed and ticked", async ({
  page,
  api,
}, { testId }) => {
  // axe looks at a long page in two themes.
  test.slow();
  const name = `Pack ${testId.slice(-6)}/1`;
  await open(page, modelPath(PACK, "add", { hierarchy: PROVIDER }));
  await page.getByLabel("Technical Name").fill(name);
  await page.getByLabel("Primary").check();

  const services = page.getByRole("group", { name: "Services" });
  const search = services.getByRole("searchbox", { name: "Search Services" });
  const boxes = services.getByRole("checkbox");
  const all = await boxes.count();
  expect(all).toBeGreaterThan(100);
  await search.fill("CALL FORW");
  await expect(services.getByRole("checkbox", { name: "Do Not Disturb" })).toBeHidden();
  await services.getByRole("checkbox", { name: "Call Forwarding Busy" }).check();
  // Enter searches and doesn't send the form.
  await search.fill("3g/4g");
  await search.press("Enter");
  await expect(heading(page, "Add Service pack")).toBeVisible();
  await services.getByRole("checkbox", { name: "3G/4G Continuity" }).check();
  await search.fill("");
  await expect(services.getByRole("checkbox", { name: "Do Not Disturb" })).toBeVisible();

  const client = page.getByRole("group", { name: "Integrated Client" });
  await client.getByRole("textbox", { name: "Mode" }).fill("webex");
  await client.getByRole("button", { name: "Add to Extra Phone IDs" }).click();
  await expect(client.getByRole("textbox", { name: "Extra Phone IDs 1" })).toBeFocused();
  await client.getByRole("textbox", { name: "Extra Phone IDs 1" }).fill("four");
  await client.getByRole("button", { name: "Add to Active Statuses" }).click();
  const status = client.getByRole("group", { name: "Active Statuses 1" });
  await status.getByLabel("No", { exact: true }).check();

  const exclusive = page.getByRole("group", { name: "Exclusive" });
  await exclusive.getByRole("checkbox", { name: "Legacy_Desktop" }).check();
  await exclusive.getByLabel("Add to Exclusive by name").fill("Not made yet");
  await exclusive.getByRole("button", { name: "Add" }).click();
  await expect(exclusive.getByLabel("Add to Exclusive by name")).toBeFocused();
  await expect(exclusive.getByRole("checkbox", { name: "Not made yet" })).toBeChecked();

  await page.getByRole("button", { name: "Add to Options" }).click();
  const option = page.getByRole("group", { name: "Options 1" });
  await option.getByRole("combobox", { name: "Name" }).fill("Recording");
  await option.getByRole("textbox", { name: "Further data" }).fill('{"price": 3}');
  await page.getByLabel("Additional Data").fill("not JSON");
  await expectAccessible(page, "the form of a service pack");

  // What is wrong is told at its field, by the browser alone.
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Extra Phone ID must be a whole number");
  await expect(page.getByRole("alert")).toContainText("Additional Data must be a JSON object");
  await expect(services.getByRole("checkbox", { name: "3G/4G Continuity" })).toBeChecked();
  await client.getByRole("textbox", { name: "Extra Phone IDs 1" }).fill("4");
  await page.getByLabel("Additional Data").fill('{"project": {"a": 1}}');
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(heading(page, "Service packs")).toBeFocused();

  const row = (await api.list(PACK, PROVIDER)).find((r) => r.data.technical_name === name)!;
  const data = await api.get(PACK, row.pkid);
  const names = (data.content as any).services.map((s: any) => s.name).sort();
  expect(names).toEqual(["3G/4G Continuity", "Call Forwarding Busy"]);
  expect(data.integrated_client).toEqual({
    extra_phone_ids: [4],
    active_statuses: [false],
    mode: "webex",
  });
  expect(data.exclusive).toEqual(["Legacy_Desktop", "Not made yet"]);
  expect(data.options).toEqual([{ name: "Recording", price: 3 }]);
  expect(data.add_data).toEqual({ project: { a: 1 } });
  expect(data.authorization).toBe(2);

  // Opened again, what is picked comes first, and one that is unticked goes.
  await open(page, modelPath(PACK, row.pkid));
  await expect(services.getByRole("checkbox").nth(1)).toBeChecked();
  await expect(services.getByRole("checkbox").nth(2)).not.toBeChecked();
  await services.getByRole("checkbox", { name: "Call Forwarding Busy" }).uncheck();
  await page.getByRole("button", { name: "Save and stay" }).click();
  await expect(page.getByText("Saved", { exact: false }).first()).toBeVisible();
  expect((await api.get(PACK, row.pkid)).content).toEqual({
    services: [{ name: "3G/4G Continuity" }],
  });
  await api.call("DELETE", `/api/${PACK}/${row.pkid}/`);
});

test("packs are compared from the list, all of them or what differs", async ({ page }) => {
  await open(page, modelPath(PACK));
  for (const pack of ["Essential", "Webex_Premium", "Webex_Standard"]) {
    await page.getByRole("checkbox", { name: `Select ${pack}` }).check();
  }
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(heading(page, "Compare 3 service packs")).toBeFocused();
  const line = (name: string) => page.getByRole("row", { name: new RegExp(`^${name} `) });
  await expect(line("BroadWorks Mobility")).toContainText("Differs");
  await expect(line("BroadWorks Mobility").getByRole("cell")).toHaveText(["No", "Yes", "No"]);
  await expect(line("Call Transfer")).not.toContainText("Differs");
  await expectAccessible(page, "packs side by side");

  await page.getByRole("link", { name: "Only differences" }).click();
  await expect(line("Call Transfer")).toHaveCount(0);
  await expect(line("BroadWorks Mobility")).toBeVisible();
  expect(page.url()).toContain("only=differences");
  await page.setViewportSize({ width: 320, height: 720 });
  await expectNoSidewaysScroll(page, "packs side by side");
  await page.goBack();
  await expect(line("Call Transfer")).toBeVisible();
  await page.getByRole("link", { name: "Webex_Premium" }).click();
  await expect(heading(page, "Webex_Premium")).toBeVisible();
  await expectNoSidewaysScroll(page, "a service pack");
});
