import { VIDEO_CALLS } from "./calls.ts";
import { testRows } from "./run-row.ts";

testRows(VIDEO_CALLS);
