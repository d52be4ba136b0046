import { IDENTITY_CALLS } from "./calls.ts";
import { testRows } from "./run-row.ts";

testRows(IDENTITY_CALLS);
