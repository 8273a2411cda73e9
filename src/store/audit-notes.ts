import type { AuditEntry, AuditObject } from './audit.ts';

/** Who does something, when (epoch ms), by which command. */
export type Act = Pick<AuditEntry, 'at' | 'by' | 'command'>;

/** What was done to one thing. What is alike in one transaction is one entry, with its counts added. */
export interface Deed {
  readonly action: string;
  readonly object: AuditObject;
  readonly id?: number | null;
  readonly said?: Readonly<Record<string, unknown>>;
  readonly contactIds?: readonly number[];
  readonly addresses?: readonly string[];
  readonly counts?: Readonly<Record<string, number>>;
  /** In whose name it was done, where that was said. */
  readonly by?: string | null | undefined;
}

/** Of more contacts or addresses only the number is kept. */
const MOST_NAMED = 50;

/** What was done in a transaction that has not ended yet. */
export class Notes {
  readonly #deeds: Deed[] = [];

  note(deed: Deed): void {
    this.#deeds.push(deed);
  }

  /** Does `work`; what it noted is forgotten when it throws, since what it did is taken back. */
  async unlessTakenBack<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#deeds.length;
    try {
      return await work();
    } catch (error) {
      this.#deeds.length = before;
      throw error;
    }
  }

  entries(act: Act): AuditEntry[] {
    const alike = new Map<string, Deed[]>();
    for (const deed of this.#deeds) {
      const key = JSON.stringify([deed.action, deed.object, deed.id, deed.said, deed.by]);
      alike.set(key, [...(alike.get(key) ?? []), deed]);
    }
    return [...alike.values()].map((deeds) => entryOf(act, deeds as [Deed, ...Deed[]]));
  }
}

function entryOf(act: Act, deeds: readonly [Deed, ...Deed[]]): AuditEntry {
  const [{ action, object, id = null, said = {}, by = null }] = deeds;
  const counts: Record<string, number> = {};
  for (const deed of deeds)
    for (const [name, count] of Object.entries(deed.counts ?? {}))
      counts[name] = (counts[name] ?? 0) + count;
  const detail = {
    // rule: audit-in-name
    ...(by === null || by === act.by ? {} : { in_name_of: by }),
    ...said,
    ...counts,
    ...named('contact_ids', deeds.map(({ contactIds }) => contactIds ?? []).flat()),
    ...named('addresses', deeds.map(({ addresses }) => addresses ?? []).flat()),
  };
  return { ...act, action, object, objectId: id, detail };
}

function named(key: string, all: readonly (string | number)[]): Record<string, unknown> {
  const distinct = [...new Set(all)];
  return distinct.length === 0 || distinct.length > MOST_NAMED ? {} : { [key]: distinct };
}

/** A part of the transaction of which some methods do more. */
export function instead<Part extends object>(part: Part, methods: Partial<Part>): Part {
  return Object.assign(Object.create(part) as Part, methods);
}
