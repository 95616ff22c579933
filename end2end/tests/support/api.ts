// What the tests do beside the browser: as a script would, with HTTP Basic.
import { PASSWORD, USERNAME, type Server } from "./server";

export const CUSTOMER = "relation/SparkCustomer";
export const WIDGET = "lab/Widget";
export const SYSTEM_USER = "data/SystemUser";
export const NODE = "data/HierarchyNode";
export const PROVIDER = "sys.Northwind Telecom";

export type Data = Record<string, unknown>;
export type Row = { pkid: string; data: Data };

export class Api {
  constructor(private readonly server: Server) {}

  async call(method: string, path: string, body?: unknown): Promise<any> {
    const credentials = Buffer.from(`${USERNAME}:${PASSWORD}`).toString("base64");
    const response = await fetch(this.server.url + path, {
      method,
      headers: { authorization: `Basic ${credentials}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer: any = await response.json();
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    }
    return answer;
  }

  /** Adds an instance and answers its pkid. */
  async add(model: string, hierarchy: string, data: Data): Promise<string> {
    const at = `/api/${model}/?hierarchy=${encodeURIComponent(hierarchy)}`;
    return (await this.call("POST", at, data)).pkid;
  }

  async get(model: string, pkid: string): Promise<Data> {
    return (await this.call("GET", `/api/${model}/${pkid}/`)).data;
  }

  /** Changes some attributes, as somebody else would while a form is open. */
  async change(model: string, pkid: string, changes: Data): Promise<void> {
    const data = await this.get(model, pkid);
    await this.call("PUT", `/api/${model}/${pkid}/`, { ...data, ...changes });
  }

  /** What there is at a node and below. */
  async list(model: string, hierarchy: string): Promise<Row[]> {
    const at = `/api/${model}/?hierarchy=${encodeURIComponent(hierarchy)}&limit=2000`;
    const { resources } = await this.call("GET", at);
    return resources.map((row: any) => ({
      pkid: row.meta.references.self[0].href.split("/").at(-2),
      data: row.data,
    }));
  }

  async names(model: string, hierarchy: string): Promise<string[]> {
    return (await this.list(model, hierarchy)).map((row) => String(row.data.name));
  }

  async removeAll(model: string, hierarchy: string): Promise<void> {
    const hrefs = (await this.list(model, hierarchy)).map((row) => `/api/${model}/${row.pkid}`);
    if (hrefs.length === 0) return;
    const answer = await this.call("DELETE", `/api/${model}/?hierarchy=sys`, { hrefs });
    if (!answer.success) throw new Error(`not all were deleted: ${JSON.stringify(answer)}`);
  }
}
