// The simulator of the demonstration, and a Webex customer of the test's own.
import type { Page } from "@playwright/test";
import { type Api, CUSTOMER, type Data } from "./api";
import { expect, heading, hydrated, modelPath, open, test as base } from "./fixtures";

/** Organisations of the simulator that no sample customer is authorised with. */
export const CREWING = {
  name: "Albatross Crewing",
  uuid: "1c2f8e77-03c5-4be1-8d3f-5f9a0c6d7e02",
  admin: "crewing@albatross.example",
};
export const FOUNDRY = {
  name: "Cobalt Foundry",
  uuid: "3a8d5c29-6b7e-4d2c-a0f6-3d7c8b4b5c04",
  admin: "operations@cobalt.example",
};

const CONTROL = "/simulator/v1/control";

export class Simulator {
  constructor(private readonly api: Api) {}

  /** Tells it how to behave; what was told before is forgotten. */
  settings(settings: Data): Promise<unknown> {
    return this.api.call("POST", CONTROL, { settings });
  }

  fail(path: string, failure: unknown, times = 1): Promise<unknown> {
    return this.api.call("POST", CONTROL, { faults: [{ path, times, failure }] });
  }

  /** Ends all tokens of an organisation. */
  revoke(uuid: string): Promise<unknown> {
    return this.api.call("POST", CONTROL, { revoke: [uuid] });
  }

  heal(): Promise<unknown> {
    return this.api.call("POST", CONTROL, { settings: {}, clear_faults: true });
  }
}

export class WebexCustomer {
  constructor(
    private readonly api: Api,
    readonly pkid: string,
  ) {}

  get own(): string {
    return modelPath(CUSTOMER, this.pkid);
  }

  page(below: string, query = ""): string {
    return `/webex/${this.pkid}${below && `/${below}`}${query && `?${query}`}`;
  }

  async state(): Promise<string> {
    return (await this.api.call("GET", `/api/${CUSTOMER}/${this.pkid}/`)).meta.connection.state;
  }

  act(name: string): Promise<any> {
    return this.api.call("POST", `/api/${CUSTOMER}/${this.pkid}/+${name}/`, {});
  }
}

/** From an authorise link to the simulator, where somebody logs in and decides. */
export async function decide(page: Page, decision: "Accept" | "Decline", admin?: string): Promise<void> {
  await expect(page.getByText("This is a simulator, not Webex.")).toBeVisible();
  if (admin) await page.getByLabel("Administrator").selectOption(admin);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("This is a simulator, not Webex.")).toBeVisible();
  await expect(heading(page, "Give access")).toBeVisible();
  await page.getByRole("button", { name: decision }).click();
}

/** Has a customer authorised in the browser. */
export async function authorise(page: Page, customer: WebexCustomer): Promise<void> {
  await open(page, customer.own);
  await page.getByRole("link", { name: /^Authorise/ }).first().click();
  await decide(page, "Accept");
  await expect(page.locator(".done-notice")).toBeVisible();
  await hydrated(page);
  // The address is tidied a moment later.
  await expect(page).not.toHaveURL(/done=/);
}

type Fixtures = {
  simulator: Simulator;
  /** Adds a Webex customer at the test's own node. */
  customer: (data: Data) => Promise<WebexCustomer>;
};

export const test = base.extend<Fixtures>({
  simulator: async ({ api }, use) => {
    const simulator = new Simulator(api);
    await use(simulator);
    await simulator.heal();
  },
  customer: async ({ api, place }, use) => {
    await use(async (data) => new WebexCustomer(api, await api.add(CUSTOMER, place.path, data)));
    // They go with their node; schedules would keep it.
    await api.removeAll(CUSTOMER, place.path);
  },
});

/** A customer that is recorded with an organisation of the simulator. */
export const recorded = (of: typeof CREWING): Data => ({
  name: of.name,
  account_number_external: of.uuid,
  account_email: of.admin,
});
