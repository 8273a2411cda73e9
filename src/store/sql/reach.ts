import { EXIT, UserError } from '../../support/errors.ts';
import { shellQuoted } from '../../support/shell-quote.ts';
import type { SqlDatabase } from './database.ts';

/** JavaScript reads an id beyond it as that of a neighbour. */
export const LARGEST_ID = Number.MAX_SAFE_INTEGER;

/** A row whose id is out of reach. */
export interface OutOfReach {
  readonly place: string;
  /** Its digits: a number would be another one. */
  readonly id: string;
}

export function outOfReach(
  { location }: Pick<SqlDatabase, 'location'>,
  { place, id }: OutOfReach,
): UserError {
  const bounds = `ids lie between 1 and ${LARGEST_ID}, 2^53 - 1`;
  const message = `the store ${location} has an id out of reach: ${place} ${id} (${bounds})`;
  const doctor = `rollcall doctor --db ${shellQuoted(location)}`;
  const hint = `it can have another one, and nothing is lost: ${doctor}`;
  return new UserError('ID_OUT_OF_REACH', EXIT.noStore, message, { hint });
}

/** Gives the id back. `UserError` (69) where it is out of reach, and so not the one in the store. */
export function withinReach(db: Pick<SqlDatabase, 'location'>, place: string, id: number): number {
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw outOfReach(db, { place, id: `near ${String(id)}` });
}
