import type * as z from "zod";
import { UpstreamError } from "../../core/errors.ts";
import type { Search } from "../../core/ports.ts";
import type { TavusClient } from "./client.ts";

const PAGE_SIZE = 100;
/** The most calls of one search. Renders are deleted at the vendor once they are ours, so its list is short. */
const MAX_PAGES = 30;

interface List<Item> {
  path: string;
  /** 0 for videos, 1 for everything else: the vendor's own difference. */
  firstPage: 0 | 1;
  schema: z.ZodType<{ data: Item[]; total_count?: number | undefined }>;
}

/**
 * Searches a list of the vendor for the item that carries our name. The lists have no filter and no promised order, so
 * all pages are read. Of a list that is too long for that both ends are, since a new item is at one of them.
 * @returns null only when the whole list was read and has no such item
 * @throws UpstreamError when the list is too long, or its end was not reached in time
 */
export async function findByName<Item>(
  call: TavusClient,
  { path, firstPage, schema }: List<Item>,
  matches: (item: Item) => boolean,
  search: Search,
): Promise<Item | null> {
  const unsure = (why: string) => new UpstreamError("inDoubt", `${path} ${why}`);
  let pages = Infinity;
  let total = 0;
  for (let read = 0; read < pages; read++) {
    if (read === MAX_PAGES) throw unsure(`is longer than ${MAX_PAGES} pages`);
    if (search.isOver()) throw unsure("could not be read in time");
    const page = pages <= MAX_PAGES || read < MAX_PAGES / 2 ? read : pages - 1 - (read - MAX_PAGES / 2);
    const separator = path.includes("?") ? "&" : "?";
    const answer = await call("GET", `${path}${separator}limit=${PAGE_SIZE}&page=${firstPage + page}`, schema);
    const found = answer.data.find(matches);
    if (found) return found;
    const count = answer.total_count ?? 0;
    // A deletion between two pages moves other items to the page before, where they are missed.
    if (count < total) throw unsure("shrank while it was read");
    total = count;
    if (answer.total_count !== undefined) pages = Math.ceil(count / PAGE_SIZE);
    else if (answer.data.length < PAGE_SIZE) return null;
  }
  return null;
}
