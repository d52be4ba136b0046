import { STORE_CALLS } from "./calls.ts";
import { testRows } from "./run-row.ts";

testRows(STORE_CALLS);
