import { readInstant } from '../contact/read-instant.ts';
import { timeContext } from '../contact/time-context.ts';
import type { AuditQuery, AuditRow, Page, ReadTx, Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { parseId } from '../support/record-id.ts';
import { eachRecorded } from './recorded.ts';

export interface AuditRequest extends Page {
  /** `segment`, or one of them: `segment:12`, `segment:hot`, or by its alias or name alone. */
  readonly object?: string | undefined;
  readonly by?: string | undefined;
  /** An instant as people write it: see `readInstant`. */
  readonly since?: string | undefined;
}

export interface AuditList {
  /** Newest first, read page by page. */
  readonly entries: AsyncGenerator<AuditRow>;
  /** Something that was asked for is kept no longer. */
  readonly isCut: boolean;
}

/** Who did what. `UserError` (2): no such object, or no instant. */
export async function listAudit(
  store: Store,
  { object, by, since, ...page }: AuditRequest,
  now: number,
): Promise<AuditList> {
  const query = {
    by,
    object: object === undefined ? undefined : await store.read(async (tx) => objectOf(tx, object)),
    since: since === undefined ? undefined : await store.read(instantOf(since, now)),
  };
  return {
    entries: eachRecorded(page, async (some) =>
      store.read(async (tx) => tx.audit.list({ ...query, ...some })),
    ),
    isCut: await store.read(async (tx) => tx.audit.hasForgotten(query.since)),
  };
}

function instantOf(text: string, now: number) {
  return async (tx: ReadTx): Promise<number> =>
    readInstant('--since', text, await timeContext(tx, now));
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
