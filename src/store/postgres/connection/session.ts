import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import pg from 'pg';
import { EXIT, UserError } from '../../../support/errors.ts';
import { isLoss } from './connection-errors.ts';
import { translatePostgresError } from './errors.ts';
import { getPassword } from './password.ts';
import { isSocket, type Place } from './place.ts';
import { quotedName } from './render.ts';
import { tlsOptions } from './tls.ts';
import { TYPES } from './types.ts';

const OLDEST_VERSION = 15;

/** What a statement is sent as; with `rowMode` rows come as arrays. */
export interface Statement {
  readonly text: string;
  readonly values?: unknown[];
  /** It stays prepared under this name. */
  readonly name?: string | undefined;
  readonly rowMode?: 'array';
}

export interface Answer {
  /** The first word of what was done, such as `SELECT` or `ROLLBACK`. */
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: unknown[];
}

/**
 * One connection to the server, with the settings that all our statements rely on. What is asked of
 * it is done strictly one after another. What goes wrong is thrown as `translatePostgresError` puts
 * it.
 */
export class Session {
  readonly place: Place;
  /** What a pooler that lends the connection to others would lose. */
  readonly mark = randomUUID();
  readonly #client: pg.Client;
  #last: Promise<unknown> = Promise.resolve();
  /** Why the connection is gone. */
  #lost: Error | undefined;
  #isAtWork = false;
  #isClosed = false;

  constructor(place: Place) {
    this.place = place;
    this.#client = new pg.Client({
      host: place.host,
      port: place.port,
      user: place.user,
      database: place.database,
      password: () => getPassword(place),
      ssl: isSocket(place.host) ? false : tlsOptions(place),
      application_name:
        place.applicationName ?? `rollcall/${process.pid}@${hostname()}`.slice(0, 63),
      connectionTimeoutMillis: place.connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
      types: TYPES,
    });
    // without a listener, a connection that breaks while nobody asks ends the process
    this.#client.on('error', (error) => (this.#lost ??= error));
  }

  /** From now on a lost connection means that what a transaction did may be gone. */
  begun(): void {
    this.#isAtWork = true;
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Throws when the connection is gone. */
  requireAlive(): void {
    if (this.#lost !== undefined) throw this.translated(this.#lost);
  }

  async connect(): Promise<void> {
    await this.translating(async () => this.#client.connect());
    await this.#prepare();
  }

  async ask(statement: Statement): Promise<Answer> {
    return this.use(async (client) => client.query(statement));
  }

  /** Several statements without values in one message; gives the answers of all. */
  async askAll(text: string): Promise<Answer[]> {
    const answers: Answer | Answer[] = await this.use(async (client) => client.query(text));
    return Array.isArray(answers) ? answers : [answers];
  }

  /** Lends the connection, which nobody else uses meanwhile. */
  async use<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () =>
      this.translating(async () => {
        if (this.#lost !== undefined) throw this.#lost;
        return this.#noticing(async () => work(this.#client));
      }),
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Lends the connection to somebody who has the whole session, and may ask it for more meanwhile.
   */
  async useAlone<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.use(async (own) => Promise.resolve(own));
    return this.translating(async () => work(client));
  }

  /** What fails because the connection is lost may do so before the connection itself says so. */
  async #noticing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isLoss(error)) this.#lost ??= error;
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#last;
    // what is lost already need not be told
    await this.#client.end().catch(() => undefined);
  }

  async translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** The error as a user is to read it. After a loss, others only say that nothing can be asked. */
  translated(error: unknown): unknown {
    const { place } = this;
    return translatePostgresError(error, { place, isAtWork: this.#isAtWork });
  }

  /** One round trip. `UserError`: the server is too old, or its encoding is not UTF8 (69). */
  async #prepare(): Promise<void> {
    const answers = await this.askAll(settingsOf(this));
    const { version, encoding } = answers.at(-1)?.rows[0] as { version: number; encoding: string };
    requireServer(this.place, version, encoding);
  }
}

/** A connection that is ready; the caller closes it. */
export async function openSession(place: Place): Promise<Session> {
  const session = new Session(place);
  try {
    await session.connect();
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

function settingsOf({ mark, place }: Session): string {
  const settings = {
    timezone: "'UTC'",
    datestyle: "'ISO'",
    extra_float_digits: '1',
    standard_conforming_strings: 'on',
    jit: 'off',
    search_path: `${quotedName(place.schema)}, pg_temp`,
    lock_timeout: "'10s'",
    idle_in_transaction_session_timeout: '0',
    client_min_messages: 'warning',
    tcp_keepalives_idle: '30',
    tcp_keepalives_interval: '10',
    tcp_keepalives_count: '3',
    client_connection_check_interval: "'10s'",
    'rollcall.session': `'${mark}'`,
  };
  const sets = Object.entries(settings).map(([name, value]) => `set ${name} = ${value}`);
  const question =
    "select current_setting('server_version_num')::int as version, " +
    "current_setting('server_encoding') as encoding";
  return [...sets, question].join('; ');
}

function requireServer({ location }: Place, version: number, encoding: string): void {
  const major = Math.floor(version / 10_000);
  if (major < OLDEST_VERSION) {
    const message = `the server of ${location} is PostgreSQL ${major}, which is too old`;
    const hint = `PostgreSQL ${OLDEST_VERSION} or later is needed`;
    throw new UserError('OLD_SERVER', EXIT.noStore, message, { hint });
  }
  if (encoding === 'UTF8') return;
  const message = `the database of ${location} is encoded in ${encoding}, not in UTF8`;
  const hint = 'make one that is: createdb --encoding UTF8 --template template0 NAME';
  throw new UserError('NOT_UTF8', EXIT.noStore, message, { hint });
}
