/*
 * The form of the triggers: one for each table and event, which runs once for each statement, with
 * the rows as they were (`o`) and as they are (`n`), and has a function of its own, of the same name.
 * - They act for the store's owner, so that whoever may write contacts need not be allowed to write
 *   the log, with a search_path that nobody can change. Nobody else may use the functions.
 * - They are always enabled: what runs as a replica is logged too.
 * - A plan is kept for the session, with the sizes of the first statement. So what is written must be
 *   quick for one row and for a million: whatever belongs to rows is looked up for each of them by an
 *   index (`offset 0` keeps a look-up one), or by `= any (array(…))`.
 * - They are not compiled (`jit`), for they are planned as if each statement were huge: this took
 *   longer than all else.
 * - Names are qualified: a field may be called like anything here.
 */

export type CapturedEvent = 'insert' | 'update' | 'delete' | 'truncate';

export interface CaptureTrigger {
  readonly table: string;
  readonly event: CapturedEvent;
  /** The function, without its head. */
  readonly body: string;
}

/** The statements of one trigger; those of `logging` are left out while a bulk load runs. */
export interface Doings {
  readonly table: string;
  readonly event: CapturedEvent;
  readonly logging: readonly string[];
  readonly doing?: readonly string[];
  /** Variables, as declared; statements call them `found.NAME`. */
  readonly declared?: readonly string[];
}

export function triggerOf(doings: Doings): [string, CaptureTrigger] {
  const { table, event, logging, doing = [], declared = [] } = doings;
  const lines = [
    ...(declared.length === 0
      ? []
      : ['<<found>>', 'declare', ...declared.map((one) => `  ${one};`)]),
    'begin',
    // rule: pg-bulk
    `  if current_setting('rollcall.bulk', true) is distinct from '1' then`,
    ...logging.map((statement) => `    ${statement};`),
    '  end if;',
    ...doing.map((statement) => `  ${statement};`),
    '  return null;',
    'end',
  ];
  return [`capture_${table}_${event}`, { table, event, body: `\n${lines.join('\n')}\n` }];
}

/** Doings for the case that some rows need them, told by looking at all of them once. */
export function ifAny(condition: string, statements: readonly string[]): string {
  return [`if ${condition} then`, ...statements.map((one) => `    ${one};`), '  end if'].join('\n');
}

/** What a truncation removes is the table itself: a transition table it has not. */
export function rowsOf(event: CapturedEvent, table: string): { n: string; o: string } {
  return { n: 'n', o: event === 'truncate' ? table : 'o' };
}

/** The mark of the transaction, read once a statement: the column's default is read once a row. */
export const MARK =
  "(select coalesce(nullif(current_setting('rollcall.mark', true), ''), '0')::integer)";

export function createFunction(name: string, schema: string, body: string): string[] {
  return [
    `create or replace function ${name}() returns trigger language plpgsql security definer ` +
      `set search_path = ${quoted(schema)}, pg_temp set jit = off as $capture$${body}$capture$`,
    `revoke execute on function ${name}() from public`,
  ];
}

export function createTrigger(name: string, { table, event }: CaptureTrigger): string[] {
  // rule: pg-always
  return [
    `create or replace trigger ${name} ${WHEN[event]} on ${table} ${SEEN[event]} ` +
      `for each statement execute function ${name}()`,
    `alter table ${table} enable always trigger ${name}`,
  ];
}

const WHEN = {
  insert: 'after insert',
  update: 'after update',
  delete: 'after delete',
  truncate: 'before truncate',
} as const;

const SEEN = {
  insert: 'referencing new table as n',
  update: 'referencing old table as o new table as n',
  delete: 'referencing old table as o',
  truncate: '',
} as const;

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
