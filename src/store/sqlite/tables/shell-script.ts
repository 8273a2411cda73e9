/**
 * Statements as text for the sqlite3 shell, Debian's 3.40 and later: `.parameter set` lines and the
 * statement, to be pasted.
 */
import type { SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { SQL_FUNCTIONS } from '../../../sql/functions.ts';
import type { Value } from '../../rows.ts';
import type { ShellScript } from '../../records.ts';
import { layOut } from '../../sql/sql-layout.ts';

const dialect = new SQLiteSyncDialect();

export function shellScript(query: SQL): ShellScript {
  const rendered = dialect.sqlToQuery(query);
  const parameters = rendered.params as Value[]; // filters bind texts and numbers only
  const statement = `${layOut(rendered.sql)};`;
  return {
    shell: { name: 'the sqlite3 shell', from: '3.39' },
    lines: [
      ...parameters.map((value, index) => `.parameter set ?${index + 1} ${shellArgument(value)}`),
      ...statement.split('\n'),
    ],
    statement,
    parameters,
    functions: Object.keys(SQL_FUNCTIONS).filter((name) =>
      new RegExp(`\\b${name}\\(`).test(statement),
    ),
  };
}

/** A value as `.parameter set` takes it: one argument of the shell, within it a literal of SQL. */
export function shellArgument(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return quoteArgument(numberLiteral(value));
  return quoteArgument(
    PLAIN.test(value)
      ? `'${value.replaceAll("'", "''")}'`
      : `cast(x'${Buffer.from(value, 'utf8').toString('hex')}' as text)`,
  );
}

/**
 * What can be seen and pasted: all else, line ends and marks of direction among it, is told in
 * bytes. Four letters are drawn as nothing.
 */
const PLAIN = /^(?:[\x20-\x7e]|(?![\u115f\u1160\u3164\uffa0])[\p{L}\p{N}])*$/u;

/**
 * Bare where nothing in it ends an argument; else in double quotes, within which the shell reads
 * backslashes.
 */
function quoteArgument(literal: string): string {
  return /^[\w.-]+$/.test(literal) ? literal : `"${literal.replace(/["\\]/g, '\\$&')}"`;
}

const EXACT_DECIMALS = /^-?\d+(?:\.\d{1,3})?$/;
const LARGEST_SHIFT = 62; // 2 to that is the largest power of two that is an integer of SQL

/**
 * A literal that every SQLite reads as exactly this number. Shells before 3.47 round many decimals
 * wrongly in the last place; those of at most three places and 2^53 thousandths are safe (one
 * division of exact numbers), all else is a whole number shifted by powers of two.
 */
function numberLiteral(value: number): string {
  const text = String(value);
  if (Number.isSafeInteger(value) || (EXACT_DECIMALS.test(text) && Math.abs(value) < 2 ** 43))
    return text;
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  const { whole, shift } = shifted(value);
  const factors = Array.from(
    { length: Math.ceil(Math.abs(shift) / LARGEST_SHIFT) },
    (_, index) => 2n ** BigInt(Math.min(LARGEST_SHIFT, Math.abs(shift) - index * LARGEST_SHIFT)),
  );
  return [`${whole}.0`, ...factors.map(String)].join(shift < 0 ? ' / ' : ' * ');
}

/** The number as a whole one times a power of two. */
function shifted(value: number): { readonly whole: bigint; readonly shift: number } {
  let [whole, shift] = [value, 0];
  for (; !Number.isInteger(whole); shift -= 1) whole *= 2;
  for (; !Number.isSafeInteger(whole); shift += 1) whole /= 2;
  return { whole: BigInt(whole), shift };
}
