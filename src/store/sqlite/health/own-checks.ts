import type { OwnChecks } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { fileChecks } from './file-checks.ts';
import { logChecks } from './log-checks.ts';
import { schemaChecks } from './schema-checks.ts';
import { surroundingsOf } from './surroundings.ts';

/** What is asked of a file and its triggers, in the snapshot that `db` stands in. */
export function ownChecks(db: SqliteDatabase, isRunRecorded: boolean): OwnChecks {
  const surroundings = surroundingsOf(db.realPath, isRunRecorded);
  return {
    structure: schemaChecks(db),
    recording: logChecks(db),
    surroundings: fileChecks(surroundings),
    isRunAtWork: surroundings.lock.isHeld,
  };
}
