import { readInstant } from '../contact/read-instant.ts';
import { readInOrder } from '../contact/pages.ts';
import { orderBy, type Sorting } from '../contact/sorting.ts';
import { timeContext } from '../contact/time-context.ts';
import { AUDIT_KEYS } from '../store/index.ts';
import type { AuditQuery, AuditRow, Page, ReadTx, Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { parseId } from '../support/record-id.ts';
import { eachRecorded } from './recorded.ts';

export interface AuditRequest extends Page, Sorting {
  /** `segment`, or one of them: `segment:12`, `segment:hot`, or by its alias or name alone. */
  readonly object?: string | undefined;
  readonly by?: string | undefined;
  /** An instant as people write it: see `readInstant`. */
  readonly since?: string | undefined;
}

export interface AuditList {
  /** Newest first unless it is sorted, read page by page. */
  readonly entries: AsyncGenerator<AuditRow>;
  /** Something that was asked for is kept no longer. */
  readonly isCut: boolean;
}

/** Who did what. `UserError` (2): no such object or column, or no instant. */
export async function listAudit(
  store: Store,
  request: AuditRequest,
  now: number,
): Promise<AuditList> {
  const order = orderBy(AUDIT_KEYS, request);
  const query = await store.read(async (tx) => toQuery(tx, request, now));
  const entries =
    order === undefined
      ? eachRecorded(query, async (page) =>
          store.read(async (tx) => tx.audit.list({ ...query, ...page })),
        )
      : readInOrder(store, ({ audit }) => audit, query, order);
  return { entries, isCut: await store.read(async (tx) => tx.audit.hasForgotten(query.since)) };
}

/** How many of them there are. `UserError` as `listAudit`. */
export async function countAudit(
  store: Store,
  request: AuditRequest,
  now: number,
): Promise<number> {
  return store.read(async (tx) => tx.audit.count(await toQuery(tx, request, now)));
}

async function toQuery(
  tx: ReadTx,
  { object, by, since, after, limit }: AuditRequest,
  now: number,
): Promise<AuditQuery> {
  return {
    ...{ by, after, limit },
    object: object === undefined ? undefined : await objectOf(tx, object),
    since:
      since === undefined ? undefined : readInstant('--since', since, await timeContext(tx, now)),
  };
}

const OBJECTS = [
  ...['segment', 'contact', 'address', 'field', 'setting', 'import', 'trigger', 'store'],
];

type AuditedObject = NonNullable<AuditQuery['object']>;

async function objectOf(tx: ReadTx, text: string): Promise<AuditedObject> {
  const [kind = '', ...rest] = text.split(':');
  if (!OBJECTS.includes(kind)) return pickCalled(text, await objectsCalled(tx, text));
  if (rest.length === 0) return { kind, id: undefined };
  const reference = rest.join(':');
  const id = parseId(reference);
  if (id !== undefined) return { kind, id };
  const called = await objectsCalled(tx, reference);
  return pickCalled(
    text,
    called.filter((one) => one.kind === kind),
  );
}

function pickCalled(text: string, called: readonly AuditedObject[]): AuditedObject {
  const [found, ...others] = called;
  if (found === undefined) throw unknownObject(text);
  if (others.length > 0) throw severalCalled(text, called);
  return found;
}

/** Segments, or else deleted ones, and triggers of this alias or name. */
async function objectsCalled(tx: ReadTx, text: string): Promise<AuditedObject[]> {
  const wanted = text.toLowerCase();
  const isCalledSo = ({ alias }: { readonly alias: string }) => alias.toLowerCase() === wanted;
  const living = (await tx.segments.list()).filter(isCalledSo);
  const segments = living.length > 0 ? living : (await tx.segments.deleted()).filter(isCalledSo);
  const triggers = (await tx.triggers.list()).filter(({ name }) => name.toLowerCase() === wanted);
  return [
    ...segments.map(({ id }) => ({ kind: 'segment', id })),
    ...triggers.map(({ id }) => ({ kind: 'trigger', id })),
  ];
}

function unknownObject(text: string): UserError {
  return new UserError('UNKNOWN_OBJECT', EXIT.usage, `\`--object ${text}\` names nothing`, {
    hint: `give ${OBJECTS.join(', ')}, or one of them: segment:12, segment:hot, trigger:fair`,
  });
}

function severalCalled(text: string, called: readonly AuditedObject[]): UserError {
  const forms = called.map(({ kind, id }) => `${kind}:${id}`);
  return new UserError('AMBIGUOUS_OBJECT', EXIT.usage, `\`--object ${text}\` names several`, {
    hint: `give one of ${forms.join(', ')}`,
  });
}
