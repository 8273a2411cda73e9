import type { UpdateReport } from '../../segment/update/run.ts';
import type { ReadTx } from '../../store/index.ts';
import { counted, grouped } from '../../support/text.ts';

/** So many are named; programs get all of them. */
const MOST_NAMED = 10;

/**
 * Who would join and leave by a dry run, a line for each segment and direction:
 * `hot: 2 would join: ann@example.org, 17`.
 */
export async function namesOfMoving(tx: ReadTx, { reports }: UpdateReport): Promise<string[]> {
  const lines: string[] = [];
  for (const { alias, named } of reports) {
    for (const [word, ids] of [
      ['join', named?.joining],
      ['leave', named?.leaving],
    ] as const) {
      if (ids !== undefined && ids.length > 0)
        lines.push(
          `${alias}: ${counted(ids.length, 'contact')} would ${word}: ` +
            (await someNames(tx, ids, ids.length)),
        );
    }
  }
  return lines;
}

async function someNames(tx: ReadTx, ids: Iterable<number>, length: number): Promise<string> {
  const first: number[] = [];
  for (const id of ids) if (first.push(id) === MOST_NAMED) break;
  const emails = new Map(
    (await tx.contacts.list({ ids: first }, ['email'])).map((row) => [row.id, row['email']]),
  );
  const names = first.map((id) => String(emails.get(id) ?? id));
  return length > first.length
    ? `${names.join(', ')} and ${grouped(length - first.length)} more`
    : names.join(', ');
}
