import { readInstant } from '../contact/read-instant.ts';
import { timeContext } from '../contact/time-context.ts';
import type { AuditQuery, AuditRow, Page, ReadTx, Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { parseId } from '../support/record-id.ts';
import { eachRecorded } from './recorded.ts';

export interface AuditRequest extends Page {
  /** `segment`, or one of them, `segment:12`. */
  readonly object?: string | undefined;
  readonly by?: string | undefined;
  /** An instant as people write it: see `readInstant`. */
  readonly since?: string | undefined;
}

/**
 * Who did what, newest first, read page by page. `UserError` (2): no such object, or no instant.
 */
export async function listAudit(
  store: Store,
  { object, by, since, ...page }: AuditRequest,
  now: number,
): Promise<AsyncGenerator<AuditRow>> {
  const query = {
    by,
    object: object === undefined ? undefined : objectOf(object),
    since: since === undefined ? undefined : await store.read(instantOf(since, now)),
  };
  return eachRecorded(page, async (some) =>
    store.read(async (tx) => tx.audit.list({ ...query, ...some })),
  );
}

function instantOf(text: string, now: number) {
  return async (tx: ReadTx): Promise<number> =>
    readInstant('--since', text, await timeContext(tx, now));
}

const OBJECTS = [
  ...['segment', 'contact', 'address', 'field', 'setting', 'import', 'trigger', 'store'],
];

function objectOf(text: string): NonNullable<AuditQuery['object']> {
  const [kind = '', reference, ...more] = text.split(':');
  const id = reference === undefined ? undefined : parseId(reference);
  if (!OBJECTS.includes(kind) || more.length > 0 || (reference !== undefined && id === undefined))
    throw new UserError('UNKNOWN_OBJECT', EXIT.usage, `\`--object ${text}\` names nothing`, {
      hint: `give ${OBJECTS.join(', ')}, or one with its id: segment:12`,
    });
  return { kind, id };
}
