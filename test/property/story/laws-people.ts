import { readFileSync, existsSync } from 'node:fs';
import { expect } from 'vitest';
import { dumpStore } from '../../helpers/store-dump.ts';
import type { Facts } from './facts.ts';
import type { Ledger } from './ledger.ts';
import { valuesOf } from './people.ts';

/* Who must not be reached, and who was erased. */

/** Whoever was suppressed is so until somebody lifts it, and so is the address. */
export function expectSuppressed({ said, wishes }: Facts, ledger: Ledger): void {
  for (const [id, all] of ledger.said) expect([id, ...missing(all, said.get(id))]).toEqual([id]);
  for (const [address, all] of ledger.wishes)
    expect([address, ...missing(all, wishes.get(address))]).toEqual([address]);
}

const missing = (wanted: ReadonlySet<string>, found: ReadonlySet<string> = new Set()): string[] =>
  [...wanted].filter((one) => !found.has(one));

/** Nothing that told who somebody was stands in any table. */
export function expectErased(path: string, facts: Facts, { erased }: Ledger): void {
  for (const contact of facts.contacts.values())
    for (const value of valuesOf(contact)) erased.delete(value);
  if (erased.size === 0) return;
  const tables = Object.entries(dumpStore(path));
  for (const [table, rows] of tables) {
    const text = JSON.stringify(rows).toLowerCase();
    for (const value of erased)
      expect([table, value, text.includes(value)]).toEqual([table, value, false]);
  }
}

/** Nor in the bytes of its files, once they were scoured. */
export function expectScoured(path: string, { erased }: Ledger): void {
  for (const file of [path, `${path}-wal`]) {
    if (!existsSync(file)) continue;
    const bytes = readFileSync(file, 'latin1').toLowerCase();
    for (const value of erased)
      expect([file, value, bytes.includes(value)]).toEqual([file, value, false]);
  }
}
