import { D1_CALLS } from "./calls.ts";
import { testRows } from "./run-row.ts";

testRows(D1_CALLS);
