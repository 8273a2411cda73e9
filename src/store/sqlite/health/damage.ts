import { UserError } from '../../../support/errors.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { isOfAnotherSchema, sqliteErrorIn } from '../connection/errors.ts';
import { shellCommand } from '../../sql/health/trouble.ts';

/** Damage of the file, in the database's words; `remedy` only where nothing is lost. */
export interface Damage {
  readonly messages: readonly string[];
  readonly remedy: string | undefined;
}

const MOST_MESSAGES = 20;
/** What is wrong with an index alone: it can be made again from its table. */
const OF_INDEXES =
  /^(wrong # of entries in index|row \S+ missing from index|non-unique entry in index)/;

/** A value that a rule of its table forbids: other checks name it. */
const OF_VALUES = /^CHECK constraint failed in /;

/** Reads the whole file. `deep` also looks up every row in every index. */
export function damage(db: SqliteDatabase, deep: boolean): Damage {
  const check = deep ? 'integrity_check' : 'quick_check';
  const messages = messagesOf(db, `pragma ${check}(${MOST_MESSAGES})`).filter(
    (message) => message !== 'ok' && !OF_VALUES.test(message),
  );
  const isMendable = messages.length > 0 && messages.every((message) => OF_INDEXES.test(message));
  return { messages, remedy: isMendable ? shellCommand(db, 'reindex') : undefined };
}

/** Some damage stops the check itself. */
function messagesOf(db: SqliteDatabase, check: string): string[] {
  try {
    return db.raw.prepare<[], string>(check).pluck().all();
  } catch (error) {
    const why = damageIn(error);
    if (why === undefined) throw error;
    return [why];
  }
}

/** Pages that make no sense, or tables, columns and indexes that are gone. */
export function damageIn(error: unknown): string | undefined {
  if (error instanceof UserError && error.code === 'ID_OUT_OF_REACH') return error.message;
  const found = sqliteErrorIn(error);
  if (found === undefined) return undefined;
  const isDamage = /^SQLITE_(CORRUPT|NOTADB)/.test(found.code) || isOfAnotherSchema(found);
  return isDamage ? found.message : undefined;
}
