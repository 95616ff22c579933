// A tenant of the test's own, with a site and users, for the licence screens.
import { test as base } from "./fixtures";
import { NODE, PROVIDER, type Api } from "./api";

export const USER = "data/User";
export const PACK = "data/ServicePack";

export type Quantity = { unlimited: true } | { unlimited: false; maximum: number };
export const limited = (maximum: number): Quantity => ({ unlimited: false, maximum });

export class Tenancy {
  private readonly packs: { name: string; pkid: string }[] = [];

  constructor(
    private readonly api: Api,
    /** The name of the customer node, which is its tenant id as well. */
    readonly name: string,
    readonly path: string,
    readonly site: { path: string; pkid: string },
  ) {}

  /** A page of the tenant. */
  page(below: string, query = ""): string {
    return `/tenants/${encodeURIComponent(this.name)}/${below}${query && `?${query}`}`;
  }

  private call(method: string, below: string, body?: unknown): Promise<any> {
    return this.api.call(method, `/api/v1/tenants/${encodeURIComponent(this.name)}/${below}`, body);
  }

  async license(services: Record<string, Quantity>, at = ""): Promise<void> {
    const items = Object.entries(services).map(([name, allocated]) => ({ name, allocated }));
    await this.call("PUT", `${at}licenses/`, { userServices: items });
  }

  licenseSite(services: Record<string, Quantity>): Promise<void> {
    return this.license(services, `groups/${this.site.pkid}/`);
  }

  /** The limit of a user service. */
  async allocated(name: string): Promise<Quantity> {
    const { userServices } = await this.call("GET", "licenses/");
    return userServices.find((line: any) => line.name === name).allocated;
  }

  /** A pack of the test's own, put to the tenant unless the quantity is missing. */
  async pack(title: string, services: string[], quantity?: Quantity): Promise<string> {
    const name = `${title} ${this.name}`;
    const data = {
      technical_name: name,
      display_name: name,
      authorization: 2,
      content: { services: services.map((service) => ({ name: service })) },
    };
    const pkid = await this.api.add(PACK, PROVIDER, data);
    this.packs.push({ name, pkid });
    if (quantity) {
      const servicePacksFromConfig = [{ name, quantity }];
      await this.call("POST", "service_packs/", { servicePacksFromConfig, auto_auth_services: true });
    }
    return name;
  }

  async users(count: number): Promise<string[]> {
    const pkids: string[] = [];
    for (let number = 1; number <= count; number += 1) {
      const user_id = `user${String(number).padStart(2, "0")}`;
      pkids.push(await this.api.add(USER, this.site.path, { user_id }));
    }
    return pkids;
  }

  /** What its users hold, by user id. */
  async held(): Promise<Record<string, unknown[]>> {
    const rows = await this.api.list(USER, this.path);
    const packs = (data: any) => [...(data.service_packs ?? []), ...(data.services ?? [])];
    return Object.fromEntries(rows.map((row) => [row.data.user_id, packs(row.data)]));
  }

  async remove(): Promise<void> {
    await this.api.removeAll(USER, this.path);
    const { servicePacks } = await this.call("GET", "service_packs/");
    for (const pack of servicePacks) {
      await this.call("DELETE", `service_packs/${encodeURIComponent(pack.name)}/`);
    }
    for (const { pkid } of this.packs) await this.api.call("DELETE", `/api/${PACK}/${pkid}/`);
  }
}

export const test = base.extend<{ tenancy: Tenancy }>({
  tenancy: async ({ api, place }, use) => {
    const pkid = await api.add(NODE, place.path, { name: "North", node_type: "site" });
    const site = { path: `${place.path}.North`, pkid };
    const tenancy = new Tenancy(api, place.name, place.path, site);
    await use(tenancy);
    await tenancy.remove();
  },
});
