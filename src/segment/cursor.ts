import type { MovePlace } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';

/*
 * A cursor as people and programs keep it: `LIFE.CAUSE.CONTACT.STEP`, and behind that the segments
 * that it is of, `.1-2a`. Numbers are to the base of 36.
 */

/** The cursor that stands before everything. */
export const START = 'start';
/** The one behind everything that is committed. */
export const END = 'end';

const RADIX = 36;
const CURSOR =
  /^([0-9a-f]{32})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9])(?:\.([0-9a-z]{1,11}(?:-[0-9a-z]{1,11})*))?$/;

/** A place in the feed, and of which segments everything was told up to there. */
export interface Cursor {
  /** The life of the store that the place belongs to. */
  readonly timeline: string;
  readonly place: MovePlace;
  /** Ascending. Undefined: all; so it is read where it was written before cursors said it. */
  readonly segmentIds: readonly number[] | undefined;
}

export function formatCursor({ timeline, place, segmentIds }: Cursor): string {
  const { causeId, contactId, step } = place;
  const numbers = [causeId.toString(RADIX), contactId.toString(RADIX), step];
  const ids =
    segmentIds === undefined ? [] : [segmentIds.map((id) => id.toString(RADIX)).join('-')];
  return [timeline, ...numbers, ...ids].join('.');
}

/** Undefined for `start` and `end`. `UserError` BAD_CURSOR (65) for a text that is no cursor. */
export function readCursor(text: string): Cursor | undefined {
  if (isWord(text)) return undefined;
  const cursor = parseCursor(text);
  // rule: cursor-form
  if (cursor === undefined) throw noCursor(text);
  return cursor;
}

/** Whether the text is a cursor, `start` or `end`, wherever it would lead. */
export function isCursor(text: string): boolean {
  return isWord(text) || parseCursor(text) !== undefined;
}

function isWord(text: string): boolean {
  return text === START || text === END;
}

function parseCursor(text: string): Cursor | undefined {
  const parts = CURSOR.exec(text)?.slice(1) as Parts | undefined;
  if (parts === undefined) return undefined;
  const [timeline, cause, contact, step, ids] = parts;
  const segmentIds = ids?.split('-').map(numberOf);
  const place = { causeId: numberOf(cause), contactId: numberOf(contact), step: Number(step) };
  const numbers = [place.causeId, place.contactId, ...(segmentIds ?? [])];
  return numbers.every(Number.isSafeInteger) ? { timeline, place, segmentIds } : undefined;
}

type Parts = [timeline: string, cause: string, contact: string, step: string, ids?: string];

function numberOf(digits: string): number {
  return Number.parseInt(digits, RADIX);
}

function noCursor(text: string): UserError {
  return new UserError('BAD_CURSOR', EXIT.badInput, `${shown(text)} is no cursor`, {
    hint: 'give the cursor of a line of segments:changes, start or end',
  });
}

const MOST_SHOWN = 80;

function shown(text: string): string {
  return text.length > MOST_SHOWN ? `"${text.slice(0, MOST_SHOWN)}…"` : `"${text}"`;
}
