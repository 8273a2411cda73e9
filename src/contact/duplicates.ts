import type { AlikeContacts, DuplicateKind, RecordRow, Store } from '../store/index.ts';

const PAGE = 10_000;

/** Contacts who may be one person, and what they have in common. */
export interface Candidates extends AlikeContacts {
  /** One of them to keep: the first that has an address, or else the first. */
  readonly winner: number;
  /** By id, as `ids`. */
  readonly contacts: readonly Candidate[];
}

export interface Candidate {
  readonly id: number;
  readonly email: string | null;
  /** First and last name; null without either. */
  readonly name: string | null;
}

/** Candidates by any of these, by the id of the first contact of each, page by page. */
export async function* eachDuplicate(
  store: Store,
  kinds: readonly DuplicateKind[],
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Candidates> {
  const different = [...new Set(kinds)];
  let rest = limit;
  let after: readonly number[] | undefined;
  while (rest > 0) {
    const size = Math.min(PAGE, rest);
    const page = await readPage(store, different, after, size);
    yield* page;
    if (page.length < size) return;
    rest -= page.length;
    after = page.at(-1)?.ids;
  }
}

async function readPage(
  store: Store,
  kinds: readonly DuplicateKind[],
  after: readonly number[] | undefined,
  limit: number,
): Promise<Candidates[]> {
  return store.read(async (tx) => {
    const found = await tx.contacts.duplicates({ kinds, after, limit });
    const ids = [...new Set(found.flatMap((each) => each.ids))];
    const rows = await tx.contacts.list({ ids }, ['email', 'first_name', 'last_name']);
    const byId = new Map(rows.map((row) => [row.id, candidate(row)]));
    return found.map((each) => {
      const contacts = each.ids.flatMap((id) => byId.get(id) ?? []);
      const known = contacts.find(({ email }) => email !== null) ?? contacts[0];
      return { ...each, contacts, winner: known?.id ?? 0 };
    });
  });
}

function candidate({ id, email, first_name: first, last_name: last }: RecordRow): Candidate {
  const names = [first, last].filter((name) => typeof name === 'string' && name !== '');
  return {
    id,
    email: typeof email === 'string' ? email : null,
    name: names.length === 0 ? null : names.join(' '),
  };
}
