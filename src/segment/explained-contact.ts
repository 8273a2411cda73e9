/** One contact read with all that a filter asks of it, and no more. */
import {
  type Catalogue,
  type ContactRow,
  dependencies,
  eventsRead,
  type FilterAst,
  leavesOf,
  type TimeContext,
} from '../filter/index.ts';
import type { ContactSegmentRow, ReadTx, RecordRow } from '../store/index.ts';
import { nameOf } from './sample.ts';

export interface Identity {
  readonly id: number;
  readonly email: string | null;
  /** First and last name. */
  readonly name: string | null;
}

export interface ExplainedContact {
  readonly identity: Identity;
  readonly row: ContactRow;
  /** The name of its company. */
  readonly company: string | null;
}

interface Asked {
  /** Null reads only who the contact is. */
  readonly ast: FilterAst | null;
  readonly segments: readonly ContactSegmentRow[];
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
}

const IDENTITY = ['email', 'first_name', 'last_name', 'company_id'];

/**
 * Reads one contact, which must exist. Of its events, only the types and windows that the filter
 * names.
 */
export async function loadContact(
  tx: ReadTx,
  id: number,
  { ast, segments, catalogue, time }: Asked,
): Promise<ExplainedContact> {
  const needs = ast === null ? undefined : dependencies(ast, catalogue);
  const columnsOf = (object: 'contact' | 'company'): string[] =>
    catalogue.fields
      .filter((field) => field.object === object && needs?.fields.includes(field.id) === true)
      .map(({ column }) => column);
  const [contact] = await tx.contacts.list({ ids: [id] }, [
    ...new Set([...IDENTITY, ...columnsOf('contact')]),
  ]);
  if (contact === undefined) throw new Error(`contact ${id} is gone`);
  const company = await companyOf(tx, contact, columnsOf('company'));
  return {
    identity: { id, email: textOf(contact['email']), name: nameOf(contact) },
    company: textOf(company?.['name']),
    row: {
      contact,
      company,
      tags: needs?.tags === true ? await tx.contacts.tagsOf(id) : [],
      events: ast === null ? [] : await eventsOf(tx, id, ast, { catalogue, time }),
      suppressions: needs?.consent === true ? await tx.contacts.suppressions([id]) : [],
      memberships: segments.filter(({ isMember }) => isMember),
    },
  };
}

/** The contact's company; undefined if it has none or the link leads nowhere. */
async function companyOf(
  tx: ReadTx,
  contact: RecordRow,
  columns: readonly string[],
): Promise<RecordRow | undefined> {
  const id = contact['company_id'];
  if (typeof id !== 'number') return undefined;
  const [company] = await tx.companies.list({ ids: [id] }, [...new Set(['name', ...columns])]);
  return company;
}

async function eventsOf(
  tx: ReadTx,
  contactId: number,
  ast: FilterAst,
  context: Pick<Asked, 'catalogue' | 'time'>,
): Promise<ContactRow['events']> {
  const found: ContactRow['events'][number][] = [];
  for (const read of eventsRead(leavesOf(ast), context)) {
    for (const event of await tx.events.ofContact({ contactId, ...read })) found.push(event);
  }
  return found;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
