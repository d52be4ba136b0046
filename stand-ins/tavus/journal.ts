import { lookUp, newAccount, type Account, type Change, type Kind, type TavusState } from "./state.ts";

/** A change as a line of the state file's changes: what the account is now, and the thing as it is now, null if it is gone. */
type Line = {
  apiKey: string;
  account: Pick<Account, "settings" | "faults" | "draws" | "made">;
  thing?: { kind: Kind; id: string; record: unknown };
  name?: { name: string; made: number };
};

/** What is written of a change. The logs of requests and callbacks are written with the whole alone. */
export function lineOf({ account, kind, id, name }: Change): Line {
  const { apiKey, settings, faults, draws, made, madeNames } = account;
  return {
    apiKey,
    account: { settings, faults, draws, made },
    ...(kind && id !== undefined ? { thing: { kind, id, record: lookUp<unknown>(account[kind], id) ?? null } } : {}),
    ...(name === undefined ? {} : { name: { name, made: madeNames[name] ?? 0 } }),
  };
}

/** Works a change into the state that it was made in. */
export function applyLine(state: TavusState, { apiKey, account: changed, thing, name }: Line): void {
  const account = (state.accounts[apiKey] ??= newAccount(apiKey));
  Object.assign(account, changed);
  if (name) account.madeNames[name.name] = name.made;
  if (!thing) return;
  const records = account[thing.kind] as Record<string, unknown>;
  if (thing.record === null) delete records[thing.id];
  else records[thing.id] = thing.record;
}
