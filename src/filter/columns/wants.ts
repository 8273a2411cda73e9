import { sql, type SQL } from 'drizzle-orm';
import {
  EVENT_COLUMNS,
  type ColumnsWanted,
  type EventColumn,
  type WantedPart,
} from '../../sql/columns.ts';
import { fold } from '../../support/fold.ts';

/**
 * Gathers what leaves want to read. What two of them want is read once; each is told the place at
 * which it will be handed over.
 */
export class Wants {
  readonly #contacts = new Places<SQL>();
  readonly #companies = new Places<SQL>();
  readonly #events = new Places<EventsAsked>();
  readonly #members = new Places<number>();
  /** By part, the keys of the leaves that read it. */
  readonly #readers = new Map<string, Set<string>>();
  #reader = '';
  #tags = false;
  #suppressions = false;

  /** What `ask` asks for is for the leaf of this key. */
  askFor<T>(leaf: string, ask: () => T): T {
    this.#reader = leaf;
    return ask();
  }

  /** The keys of the leaves that read one of these parts. */
  readersOf(parts: readonly WantedPart[]): readonly string[] {
    return parts.flatMap((part) => [...(this.#readers.get(nameOf(part)) ?? [])]);
  }

  contactColumn(name: string): number {
    const place = this.#contacts.of(`column ${name}`, () => sql`c.${sql.identifier(name)}`);
    return this.#note('contacts', place);
  }

  /** A condition on contacts; the key says which. */
  contactCondition(key: string, condition: () => SQL): number {
    return this.#contacts.of(`condition ${key}`, condition);
  }

  companyColumn(name: string): number {
    const place = this.#companies.of(name, () => sql`co.${sql.identifier(name)}`);
    return this.#note('companies', place);
  }

  tags(): void {
    this.#tags = true;
    this.#note('tags', 0);
  }

  suppressions(): void {
    this.#suppressions = true;
    this.#note('suppressions', 0);
  }

  /** `from` is the first instant that matters; of all who ask for a type the lowest. */
  events(type: string, columns: readonly EventColumn[], from: number): number {
    // rule: column-event-types
    const place = this.#events.of(fold(type), () => ({
      type,
      columns: new Set(),
      from: Number.POSITIVE_INFINITY,
    }));
    const asked = this.#events.list[place];
    if (asked !== undefined) {
      for (const column of columns) asked.columns.add(column);
      // rule: column-from
      asked.from = Math.min(asked.from, from);
    }
    return this.#note('events', place);
  }

  members(segment: number): number {
    return this.#members.of(String(segment), () => segment);
  }

  #note(kind: WantedPart['kind'], place: number): number {
    const part = nameOf({ kind, place });
    const readers = this.#readers.get(part) ?? new Set();
    this.#readers.set(part, readers.add(this.#reader));
    return place;
  }

  get wanted(): ColumnsWanted {
    return {
      contacts: this.#contacts.list,
      companies: this.#companies.list,
      tags: this.#tags,
      events: this.#events.list.map(({ type, columns, from }) => ({
        type,
        columns: EVENT_COLUMNS.filter((column) => columns.has(column)),
        from: from === Number.NEGATIVE_INFINITY ? null : from,
      })),
      suppressions: this.#suppressions,
      members: this.#members.list,
    };
  }
}

function nameOf({ kind, place }: WantedPart): string {
  return `${kind} ${place}`;
}

interface EventsAsked {
  readonly type: string;
  readonly columns: Set<EventColumn>;
  from: number;
}

/** Things by key, each with its place in a list. */
class Places<T> {
  readonly list: T[] = [];
  readonly #places = new Map<string, number>();

  of(key: string, make: () => T): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.list.push(make()) - 1;
    this.#places.set(key, place);
    return place;
  }
}
