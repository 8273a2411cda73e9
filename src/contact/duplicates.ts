import type { DuplicateKind, AlikeContacts, Store } from '../store/index.ts';

const PAGE = 10_000;

/** Contacts who may be one person, and by what they seem so. */
export interface Candidates extends AlikeContacts {
  readonly by: DuplicateKind;
  /** One of them to keep: the first that has an address, or else the first. */
  readonly winner: number;
  /** By id, as `ids`; null where there is none. */
  readonly emails: readonly (string | null)[];
}

/** Candidates by each of these in their order, then by what they have in common, page by page. */
export async function* eachDuplicate(
  store: Store,
  kinds: readonly DuplicateKind[],
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Candidates> {
  let rest = limit;
  for (const by of new Set(kinds)) {
    let after: string | undefined;
    while (rest > 0) {
      const size = Math.min(PAGE, rest);
      const page = await readPage(store, by, after, size);
      yield* page;
      rest -= page.length;
      after = page.at(-1)?.key;
      if (page.length < size) break;
    }
  }
}

async function readPage(
  store: Store,
  by: DuplicateKind,
  after: string | undefined,
  limit: number,
): Promise<Candidates[]> {
  return store.read(async (tx) => {
    const found = await tx.contacts.duplicates({ by, after, limit });
    const ids = found.flatMap((each) => each.ids);
    const rows = await tx.contacts.list({ ids }, ['email']);
    const emailOf = new Map(rows.map(({ id, email }) => [id, email]));
    return found.map((each) => {
      const emails = each.ids.map((id) => toText(emailOf.get(id)));
      const first = Math.max(
        0,
        emails.findIndex((email) => email !== null),
      );
      return { ...each, by, emails, winner: each.ids[first] ?? 0 };
    });
  });
}

function toText(email: unknown): string | null {
  return typeof email === 'string' ? email : null;
}
