import type * as z from "zod";
import { UpstreamError } from "../../core/errors.ts";
import type { TavusClient } from "./client.ts";

const PAGE_SIZE = 100;
const MAX_PAGES = 100;

/**
 * Searches a list of the vendor for the item that carries our name. The lists have no filter and no promised order, so
 * all pages are read; where that is too many to be sure, it throws instead of answering "not there".
 * @param firstPage 0 for videos, 1 for everything else: the vendor's own difference
 */
export async function findByName<Item>(
  call: TavusClient,
  path: string,
  firstPage: 0 | 1,
  list: z.ZodType<{ data: Item[]; total_count?: number | undefined }>,
  matches: (item: Item) => boolean,
): Promise<Item | null> {
  let seen = 0;
  let total = 0;
  for (let page = firstPage; page < firstPage + MAX_PAGES; page++) {
    const separator = path.includes("?") ? "&" : "?";
    const answer = await call("GET", `${path}${separator}limit=${PAGE_SIZE}&page=${page}`, list);
    const found = answer.data.find(matches);
    if (found) return found;
    // A deletion between two pages moves other items to the page before, where they are missed.
    if ((answer.total_count ?? 0) < total) throw new UpstreamError("inDoubt", `${path} shrank while it was read`);
    total = answer.total_count ?? 0;
    seen += answer.data.length;
    if (answer.data.length === 0 || seen >= (answer.total_count ?? Infinity)) return null;
  }
  throw new UpstreamError("inDoubt", `${path} is longer than ${MAX_PAGES} pages`);
}
