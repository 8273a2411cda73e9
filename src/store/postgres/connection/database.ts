import type { SQL } from 'drizzle-orm';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import type { SqlDatabase, TableWatch } from '../../sql/database.ts';
import type { KeptTables } from '../../sql/kept-tables.ts';
import type { Ways } from '../../sql/ways.ts';
import { copyRows, type CopiedRow, copyTogether } from './copy.ts';
import { PreparedNames } from './prepared-names.ts';
import { render, renderWhole } from './render.ts';
import type { Answer, Session } from './session.ts';

/** What a statement does to the store; a name like `updated_at` has a word boundary on one side only. */
const WRITES = /\b(insert\s+into|delete\s+from|update|merge\s+into|truncate|alter|create|drop)\b/i;
const OF_TEMPORARY =
  /^\s*((insert into|delete from|update|truncate|analyze) pg_temp\.|create temp table if not exists)/i;
/** A table that is made where it is missing has the columns that it had. */
const OF_SCHEMA = /^\s*(create(?! temp table if not exists)|alter|drop)\b/i;

/** How a transaction has begun. */
export interface Begun {
  /** epoch ms */
  readonly at: number;
  /** `pg_current_snapshot()`: the same text is the same view of the store. */
  readonly snapshot: string;
  /** It holds for the length of the transaction. */
  readonly watch?: TableWatch | undefined;
}

/** One connection, for statements that are written as drizzle `sql`: see `render`. */
export abstract class PostgresDatabase implements SqlDatabase {
  readonly kind = 'postgres';
  abstract readonly ways: Ways;
  abstract readonly kept: KeptTables;
  readonly session: Session;
  readonly #prepared = new PreparedNames();
  /** What stands for the length of a transaction, by name. */
  readonly #once = new Map<string, unknown>();
  #begun: Begun = { at: 0, snapshot: '' };
  #watch: TableWatch | undefined;
  /** How many statements of this connection may have written. */
  #writes = 0;

  constructor(session: Session) {
    this.session = session;
  }

  get location(): string {
    return this.session.place.location;
  }

  get beganAt(): number {
    return this.#begun.at;
  }

  async all<T>(query: SQL): Promise<T[]> {
    return (await this.#ask(query)).rows as T[];
  }

  async tuples<T extends readonly unknown[]>(query: SQL): Promise<T[]> {
    return (await this.#ask(query, 'array')).rows as T[];
  }

  async get<T>(query: SQL): Promise<T | undefined> {
    const [row] = await this.all<T>(query);
    return row;
  }

  async pluck<T>(query: SQL): Promise<T[]> {
    return (await this.tuples<[T]>(query)).map(([value]) => value);
  }

  async value<T>(query: SQL): Promise<T> {
    const [value] = await this.row<T>(query);
    return value as T;
  }

  async row<T>(query: SQL): Promise<T[]> {
    const [row] = await this.tuples<T[]>(query);
    if (row === undefined) throw this.#noRow();
    return row;
  }

  async run(query: SQL): Promise<number> {
    return (await this.#ask(query)).rowCount ?? 0;
  }

  /**
   * Runs a statement of the schema, which takes no parameters: its values stand in its text. Several
   * in one are one message.
   */
  async define(query: SQL): Promise<void> {
    this.#note('create');
    await this.session.askAll(renderWhole(query));
  }

  /** Fills columns of a table, `into` being `pg_temp.stage (line, email)`; gives how many rows. */
  async copy(into: SQL, rows: Iterable<CopiedRow> | AsyncIterable<CopiedRow>): Promise<number> {
    const target = renderWhole(into);
    if (!target.startsWith('pg_temp.')) this.#writes++;
    return this.session.use(async (client) => copyRows(client, target, rows));
  }

  /** Fills several tables, each given as in `copy`: all of the rows are there in the end, or none. */
  async copyTogether(tables: readonly { into: SQL; rows: readonly CopiedRow[] }[]): Promise<void> {
    const copies = tables.map(({ into, rows }) => ({ target: renderWhole(into), rows }));
    if (copies.some(({ target }) => !target.startsWith('pg_temp.'))) this.#writes++;
    if (copies.length === 0) return;
    await this.session.use(async (client) => copyTogether(client, copies));
  }

  /** The statement with its values in place, as a shell would take it. */
  textOf(query: SQL): string {
    return renderWhole(query);
  }

  /** To be called when a transaction has begun: one that writes has the lock by then. */
  begun(begun: Begun): void {
    this.#once.clear();
    this.#begun = begun;
    this.#watch = begun.watch;
    this.session.begun();
  }

  /** To be called when what was written is taken back: what was read in it never came to be. */
  undone(): void {
    this.#writes++;
  }

  onceInTransaction<T>(key: string, make: () => T): T {
    if (!this.#once.has(key)) this.#once.set(key, make());
    return this.#once.get(key) as T;
  }

  forgetOnce(key: string): void {
    this.#once.delete(key);
  }

  /**
   * What a transaction sees of others stays the same; what it wrote itself is counted. A transaction
   * that was committed since, of whomever, has another snapshot.
   */
  async version(): Promise<string> {
    return `${this.#begun.snapshot} ${this.#writes}`;
  }

  /** Where a statement of ours asks for one row, there is one, unless somebody deleted it. */
  #noRow(): UserError {
    const message = `the store ${this.location} is damaged: a row is missing that every store has`;
    const hint = `\`rollcall doctor --db ${shellQuoted(this.location)}\` says which`;
    return new UserError('DAMAGED', EXIT.noStore, message, { hint });
  }

  /** The statement with nothing in it that PostgreSQL cannot be asked. */
  protected async resolved(query: SQL): Promise<SQL> {
    return query;
  }

  async #ask(query: SQL, rowMode?: 'array'): Promise<Answer> {
    const { text, values } = render(await this.resolved(query));
    await this.#prepareWatched(text);
    this.#note(text);
    const name = this.#prepared.nameOf(text);
    return this.session.ask({ text, values, name, ...(rowMode === undefined ? {} : { rowMode }) });
  }

  async #prepareWatched(text: string): Promise<void> {
    const watch = this.#watch;
    if (watch === undefined || !watch.named.test(text)) return;
    this.#watch = undefined; // what it does may name the table too
    await watch.prepare();
  }

  /** Before the statement is run, so that one that fails counts as well. */
  #note(text: string): void {
    if (OF_SCHEMA.test(text)) this.#prepared.forget();
    if (WRITES.test(text) && !OF_TEMPORARY.test(text)) this.#writes++;
  }
}
