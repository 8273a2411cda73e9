import type Sqlite from 'better-sqlite3';
import { sqliteErrorIn } from '../connection/errors.ts';

const MOST_MESSAGES = 3;

/**
 * What is wrong with the file, in SQLite's words: every page, table and index is read. Undefined
 * when it is whole.
 */
export function damageOf(raw: Sqlite.Database): string | undefined {
  try {
    const messages = raw
      .prepare<[], string>(`pragma integrity_check(${MOST_MESSAGES})`)
      .pluck()
      .all();
    return messages.length === 1 && messages[0] === 'ok' ? undefined : messages.join('; ');
  } catch (error) {
    const found = sqliteErrorIn(error);
    if (found === undefined) throw error;
    return found.message;
  }
}

/**
 * What is not as rollcall leaves it, though the file is whole: shells do that, and the next update
 * or `doctor` puts it right.
 */
export function driftOf(raw: Sqlite.Database): string[] {
  const count = (query: string): number => raw.prepare<[], number>(query).pluck().get() ?? 0;
  const links = count('select count(*) from pragma_foreign_key_check');
  const counters = count(`
    select count(*)
    from segments
    left join (select segment_id, count(*) as members from joined group by segment_id) as counted
      on counted.segment_id = segments.id
    where segments.members <> coalesce(counted.members, 0)`);
  const naming = links === 1 ? 'row names a row that does' : 'rows name rows that do';
  const counting = counters === 1 ? 'segment does' : 'segments do';
  return [
    ...(links === 0 ? [] : [`${links} ${naming} not exist`]),
    ...(counters === 0 ? [] : [`${counters} ${counting} not count as many members as there are`]),
  ];
}

/** How many contacts there are, for people to recognize the store by. */
export function countContacts(raw: Sqlite.Database): number {
  return raw.prepare<[], number>('select count(*) from contacts').pluck().get() ?? 0;
}
