import type { Facts } from './facts.ts';
import type { Ledger } from './ledger.ts';

/*
 * The rules of docs/csv.md on consent: what is said of a contact is said of its address, and the
 * other way round; a bounce is the address's alone.
 */

const BOUNCED = 'email bounced';

/** In which channels nobody reaches who was erased and came back by SQL. */
const SHUNNED = ['email', 'sms', 'phone', 'post', 'push', 'whatsapp'];

function setIn<Key>(map: Map<Key, Set<string>>, key: Key): Set<string> {
  const found = map.get(key) ?? new Set();
  map.set(key, found);
  return found;
}

function agree(ledger: Ledger, id: number): void {
  const email = ledger.emails.get(id) ?? null;
  if (email === null) return;
  const [said, wishes] = [setIn(ledger.said, id), setIn(ledger.wishes, email)];
  for (const one of said) wishes.add(one);
  for (const one of wishes) said.add(one);
}

export function suppress(ledger: Ledger, id: number, what: string): void {
  setIn(ledger.said, id).add(what);
  agree(ledger, id);
}

export function suppressAddress(ledger: Ledger, address: string, what: string): void {
  setIn(ledger.wishes, address).add(what);
  for (const [id, email] of ledger.emails) if (email === address) agree(ledger, id);
}

export function lift(ledger: Ledger, id: number, what: string): void {
  ledger.said.get(id)?.delete(what);
  const email = ledger.emails.get(id) ?? null;
  if (email !== null) ledger.wishes.get(email)?.delete(what);
}

export function liftAddress(ledger: Ledger, address: string): void {
  ledger.wishes.delete(address);
  for (const [id, email] of ledger.emails) if (email === address) ledger.said.delete(id);
}

/** Who stays is reached by none of the channels in which any of them was not. */
export function mergeSaid(ledger: Ledger, winner: number, losers: readonly number[]): void {
  const of = setIn(ledger.said, winner);
  for (const id of losers)
    for (const one of ledger.said.get(id) ?? []) if (one !== BOUNCED) of.add(one);
  for (const id of [winner, ...losers]) {
    const email = ledger.emails.get(id) ?? null;
    if (email === null) continue;
    const wishes = setIn(ledger.wishes, email);
    for (const one of of) if (one !== BOUNCED) wishes.add(one);
  }
}

/** The present store takes the contacts of a backup, and loses nothing of what was said in it. */
export function restoreSaid(present: Ledger, backup: Ledger): void {
  for (const [address, wishes] of present.wishes)
    for (const one of wishes) setIn(backup.wishes, address).add(one);
  for (const [id, said] of present.said)
    for (const other of backup.emails.keys())
      if (isSame(present, id, backup, other))
        for (const one of said) setIn(backup.said, other).add(one);
  for (const id of backup.emails.keys()) agree(backup, id);
}

function isSame(present: Ledger, id: number, backup: Ledger, other: number): boolean {
  const email = present.emails.get(id) ?? null;
  return (
    (email !== null && email === backup.emails.get(other)) ||
    (id === other && present.createdAt.get(id) === backup.createdAt.get(other))
  );
}

/** Takes in who came and who changed the address, by whatever means. */
export function followAddresses(ledger: Ledger, facts: Facts, now: number): void {
  for (const { id, email: written } of facts.contacts.values()) {
    const email = written?.toLowerCase() ?? null;
    const isNew = !ledger.emails.has(id);
    if (!isNew && ledger.emails.get(id) === email) continue;
    if (isNew) ledger.createdAt.set(id, now);
    else ledger.said.get(id)?.delete(BOUNCED);
    ledger.emails.set(id, email);
    agree(ledger, id);
  }
}

/** An update suppresses everywhere who was erased and came back without being let in. */
export function shunReturned(ledger: Ledger, facts: Facts): void {
  for (const { id, email } of facts.contacts.values())
    if (email !== null && ledger.shunned.has(email.toLowerCase()))
      for (const channel of SHUNNED) suppress(ledger, id, `${channel} manual`);
}
