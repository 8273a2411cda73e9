import { EVENTS } from '../../sql/delta/aspects.ts';

/** Of an event, as `eventAspectSql` has it for SQLite: what it is about, from its type. */
export function eventAspectText(type: string): string {
  const letter = (text: string): string => `(ascii(${text}) & 31)`;
  const sum = [
    letter(type),
    `${letter(`right(${type}, 1)`)} * 3`,
    `${letter(`right(${type}, 2)`)} * 5`,
    `length(${type})`,
  ].join(' + ');
  const all = `${String(((1n << BigInt(EVENTS.bits)) - 1n) << BigInt(EVENTS.first))}::bigint`;
  return `case ${type} when '' then ${all} else 1::bigint << (${EVENTS.first} + (${sum}) % ${EVENTS.bits}) end`;
}
