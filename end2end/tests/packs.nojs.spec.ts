// A service pack made in a browser without JavaScript: the same inputs, plain posts.
import { PROVIDER } from "./support/api";
import { expect, heading, modelPath, signIn, test } from "./support/fixtures";

const PACK = "data/ServicePack";

test.beforeEach(async ({ context }) => signIn(context));

test("a pack is made of what is ticked and typed", async ({ page, api }, { testId }) => {
  const name = `Plain ${testId.slice(-6)}/1`;
  await page.goto(modelPath(PACK, "add", { hierarchy: PROVIDER }));
  await page.getByLabel("Technical Name").fill(name);
  const services = page.getByRole("group", { name: "Services" });
  // There is nothing to search with, and the list is there all the same.
  await expect(services.getByRole("searchbox")).toBeHidden();
  await services.getByRole("checkbox", { name: "3G/4G Continuity" }).check();
  await page.getByRole("button", { name: "Add to Extra Phone IDs" }).click();
  await page.getByRole("textbox", { name: "Extra Phone IDs 1" }).fill("4");
  await page.getByRole("textbox", { name: "Mode" }).fill("webex");
  const exclusive = page.getByRole("group", { name: "Exclusive" });
  await exclusive.getByLabel("Add to Exclusive by name").fill("Not made yet");
  await exclusive.getByRole("button", { name: "Add" }).click();
  await expect(exclusive.getByRole("checkbox", { name: "Not made yet" })).toBeChecked();
  await expect(services.getByRole("checkbox", { name: "3G/4G Continuity" })).toBeChecked();
  await page.getByLabel("Additional Data").fill('{"a": [1, {}]}');
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(heading(page, "Service packs")).toBeVisible();

  const row = (await api.list(PACK, PROVIDER)).find((r) => r.data.technical_name === name)!;
  expect(await api.get(PACK, row.pkid)).toEqual({
    technical_name: name,
    authorization: 1,
    no_more_assignable: false,
    content: { services: [{ name: "3G/4G Continuity" }] },
    integrated_client: { extra_phone_ids: [4], mode: "webex" },
    exclusive: ["Not made yet"],
    add_data: { a: [1, {}] },
  });
  await api.call("DELETE", `/api/${PACK}/${row.pkid}/`);
});
