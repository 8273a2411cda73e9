import type {
  ContactSegmentRow,
  EventRow,
  Page,
  ReadTx,
  SuppressionRow,
  Value,
} from '../store/index.ts';
import { type FilledField, filledFields, splitList } from './plain-values.ts';

/** How many of a contact's latest events are shown. */
const LATEST_EVENTS = 10;

/** One contact with everything that is stored about it. */
export interface ContactView {
  readonly id: number;
  readonly email: string | null;
  /**
   * True if it was never identified: it never had an e-mail address or a value in a unique field.
   */
  readonly anonymous: boolean;
  /** All fields with a value but `id`, `company` and `tags`, by field id. */
  readonly fields: readonly FilledField[];
  readonly company: { readonly id: number; readonly name: string } | null;
  readonly tags: readonly string[];
  readonly segments: readonly ContactSegmentRow[];
  readonly suppressions: readonly SuppressionRow[];
  /** The latest first. */
  readonly events: readonly EventRow[];
}

/** Fields that the view shows elsewhere. */
const APART = new Set(['id', 'company', 'tags']);

/** Reads everything about a contact, which must exist; `getContact` finds its id. */
export async function showContact(tx: ReadTx, id: number): Promise<ContactView> {
  const fields = (await tx.fields.list()).filter((field) => field.object === 'contact');
  const [row] = await tx.contacts.list(
    { ids: [id] },
    fields.map(({ alias }) => alias),
  );
  if (row === undefined) throw new Error(`contact ${id} is gone`);
  return {
    id,
    email: textOrNull(row['email']),
    anonymous: row['identified_at'] === null,
    fields: filledFields(
      fields.filter(({ alias }) => !APART.has(alias)),
      row,
    ),
    company: await companyNamed(tx, row['company'] ?? null),
    tags: splitList(row['tags'] ?? null),
    segments: await tx.members.segmentsOf(id),
    suppressions: await tx.contacts.suppressions([id]),
    events: await tx.events.list({ contactId: id, latestFirst: true, limit: LATEST_EVENTS }),
  };
}

function textOrNull(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

async function companyNamed(tx: ReadTx, name: Value): Promise<ContactView['company']> {
  const [id] = await tx.companies.match('name', [name]);
  return typeof id === 'number' ? { id, name: String(name) } : null;
}

/**
 * The segments that a contact is in or pinned out of, by alias. `after` is the id of one of them
 * and selects those after it; if it is none of them (any more), all are returned.
 */
export async function contactSegments(
  tx: ReadTx,
  id: number,
  { after, limit }: Page,
): Promise<ContactSegmentRow[]> {
  const segments = await tx.members.segmentsOf(id);
  const start = segments.findIndex(({ segmentId }) => segmentId === after) + 1;
  return segments.slice(start, limit === undefined ? undefined : start + limit);
}
