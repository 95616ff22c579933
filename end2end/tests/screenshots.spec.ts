// Pictures of the main screens, for people to look at: TENANTRY_SHOTS=/tmp/shots npx playwright
// test screenshots. Without the variable there is nothing to do.
import { Api, CUSTOMER } from "./support/api";
import { hydrated, signIn, test } from "./support/fixtures";
import { Server } from "./support/server";

const folder = process.env.TENANTRY_SHOTS;
test.skip(!folder, "TENANTRY_SHOTS names no folder");

const looks = [
  { name: "light", width: 1280, height: 800, theme: "light" },
  { name: "dark", width: 1280, height: 800, theme: "dark" },
  { name: "narrow", width: 320, height: 640, theme: "light" },
];

for (const look of looks) {
  test(`pictures, ${look.name}`, async ({ browser }) => {
    test.setTimeout(120_000);
    const server = await Server.start();
    const api = new Api(server);
    const customers = await api.list(CUSTOMER, "sys");
    const one = customers.find((row) => row.data.name === "Granite Insurance")!;
    const at = "hierarchy=sys.Northwind+Telecom";
    const model = `/models/${CUSTOMER}`;
    const context = await browser.newContext({
      baseURL: server.url,
      viewport: { width: look.width, height: look.height },
    });
    await context.addCookies([{ name: "theme", value: look.theme, url: server.url }]);
    const page = await context.newPage();
    const shoot = async (name: string, fullPage = true) => {
      await page.screenshot({ path: `${folder}/${name}-${look.name}.png`, fullPage });
    };
    const show = async (name: string, path: string, fullPage = true) => {
      await page.goto(path);
      await hydrated(page);
      await shoot(name, fullPage);
    };
    await show("01-login", "/login");
    await signIn(context);
    await show("02-dashboard", `/?${at}`);
    await show("03-hierarchy", "/hierarchy?hierarchy=sys.Northwind+Telecom.Harbour+Voice.Albatross+Shipping");
    await show("04-list", `${model}?${at}`, false);
    await show("05-list-filtered", `${model}?${at}&filter_field=dirsync_enabled&filter_condition=equals&filter_text=true&search=a`, false);
    await page.locator("summary", { hasText: "Add filter" }).click();
    await shoot("06-filter-menu", false);
    await show("07-list-empty", `${model}?${at}&search=nothing+is+called+so`, false);
    await page.goto(`${model}?${at}`);
    await hydrated(page);
    for (const box of (await page.getByRole("checkbox", { name: /^Select (?!all)/ }).all()).slice(0, 3)) await box.check();
    await shoot("08-selection", false);
    const customer = "hierarchy=sys.Northwind+Telecom.Heron+Rail";
    await show("09-add", `${model}/add?${customer}`);
    await page.getByLabel("Admin Account Email").fill("nobody");
    await page.getByLabel("HTTP Proxy", { exact: true }).fill("ftp://x");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator("#error-summary").waitFor();
    await shoot("10-add-errors");
    await show("11-detail", `${model}/${one.pkid}?${at}`);
    await show("12-detail-top", `${model}/${one.pkid}?${at}`, false);
    await show("13-history", `${model}/${one.pkid}?${at}&tab=history`, false);
    await show("14-api", `${model}/${one.pkid}?${at}&tab=api`, false);
    await show("15-delete", `${model}/${one.pkid}/delete?${at}`, false);
    await show("16-transactions", "/transactions", false);
    await api.change(CUSTOMER, one.pkid, { notes: "Renewed in spring.", email_domain: "rooms.example.com", dirsync_enabled: false });
    const latest = (await api.list("tool/Transaction", "sys"))[0]!;
    await show("17-transaction", `/transactions/${latest.pkid}`);
    await show("18-not-found", "/nowhere", false);
    await show("19-bad-list", `${model}?skip=-1`, false);
    await show("20-node", `/models/data/HierarchyNode/add?${at}`);
    const shaped = { name: "Standard customer", model_type: CUSTOMER, defaults: { notes: "Ask first." }, fixed: { sync: true } };
    const template = await api.add("data/ConfigurationTemplate", "sys.Northwind Telecom", shaped);
    await show("23-template", `/models/data/ConfigurationTemplate/${template}`);
    await show("24-form-with-template", `${model}/add?${customer}&template_name=Standard+customer`);
    await show("25-policy", `/models/data/FieldDisplayPolicy/add?${at}&model_type=${CUSTOMER}`);
    await show("40-tenants", "/tenants");
    await show("41-licences", "/tenants/brightwater/licenses?state=licensed");
    await show("42-licences-edited", "/tenants/brightwater/licenses?search=call&state=licensed&edit=1", false);
    await page.getByRole("textbox", { name: "Maximum of Call Transfer" }).fill("1");
    await page.getByRole("textbox", { name: "Maximum of Call Waiting" }).fill("90");
    await page.getByRole("button", { name: "What will change" }).last().click();
    await hydrated(page);
    await shoot("43-what-will-change", false);
    await show("44-packs", "/tenants/brightwater/service_packs");
    const users = (await api.list("data/User", "sys.Northwind Telecom.Harbour Voice.Brightwater Clinics")).slice(0, 12);
    await show("45-assign", `/models/data/User/assign?${users.map((user) => `pkid=${user.pkid}`).join("&")}`);
    await show("46-user-services", `/models/data/User/${users[0]!.pkid}?tab=services`);
    await page.goto(`/api/${CUSTOMER}/help`);
    await shoot("26-help");
    await show("21-dashboard-menu", "/");
    await page.getByLabel("Appearance").click();
    await shoot("21-dashboard-menu", false);
    await page.goto(`${model}?${at}&limit=5`);
    await hydrated(page);
    await page.getByRole("checkbox", { name: "Select all rows on this page" }).check();
    await page.locator("#list-bulk summary").click();
    await shoot("23-bulk-bar", false);
    const all = `${at}&expected_total=10`;
    await show("24-bulk-modify", `${model}/bulk_update?${all}&field=notes&field=default_calling_behaviour`);
    await show("25-move", `${model}/move?${all}`);
    await show("26-move-found", `${model}/move?${all}&find=an`);
    await show("27-export", `${model}/export?${all}`);
    const row = (number: number) => (number % 4 ? `Row ${number},a@example.com` : `Row ${number},nobody`);
    const csv = ["name,account_email", ...Array.from({ length: 20 }, (_, number) => row(number))];
    const load = async (mode: RegExp, rows: string[]) => {
      await page.goto(`${model}/load?${customer}`);
      await hydrated(page);
      await page.getByRole("radio", { name: mode }).check();
      const file = { name: "rows.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) };
      await page.getByLabel("File", { exact: true }).setInputFiles(file);
    };
    await load(/^Check only/, csv);
    await shoot("28-load");
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByText("5 rows need attention").waitFor();
    await shoot("29-dry-run");
    await load(/^Load row by row/, ["name", ...Array.from({ length: 4000 }, (_, number) => `Row ${number}`)]);
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByRole("progressbar").waitFor();
    await hydrated(page);
    await shoot("30-running", false);
    await page.getByRole("button", { name: "Cancel transaction" }).click();
    await page.locator(".head-line .badge.is-danger").waitFor();
    await shoot("31-cancelled", false);
    if (look.width < 900) {
      await page.getByLabel("Appearance").click();
      await page.getByRole("button", { name: "Menu" }).click();
      await shoot("22-drawer", false);
    }
    await context.close();
    await server.stop();
  });
}
