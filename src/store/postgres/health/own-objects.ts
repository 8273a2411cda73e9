import { functionStatements } from '../migration/functions.ts';
import { readMigrations } from '../migration/migrations.ts';

/** What the migrations make: by name, and of tables their columns. */
export interface OwnObjects {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  readonly views: readonly string[];
  /** The statement that makes each. */
  readonly indexes: ReadonlyMap<string, string>;
  readonly functions: readonly string[];
}

/** Read off the statements themselves, which are written one line a column. */
export function ownObjects(): OwnObjects {
  const statements = readMigrations()
    .map(({ sql }) => sql.replaceAll(/^\s*--.*$/gm, ''))
    .join('\n');
  return {
    tables: new Map(
      [...statements.matchAll(/^create table (\w+) \((.*?)\)[^();\n]*;/gms)].map(
        ([, table = '', body = '']) => [table, columnsIn(body)],
      ),
    ),
    views: namesIn(statements, /^create view (\w+)/gm),
    indexes: new Map(
      [...statements.matchAll(/^create (?:unique )?index (\w+)[^;]*/gm)].map(
        ([statement, index = '']) => [index, statement.replaceAll(/\s+/g, ' ')],
      ),
    ),
    functions: namesIn(functionStatements(), /^create or replace function (\w+)/gm),
  };
}

function namesIn(text: string, making: RegExp): string[] {
  return [...new Set([...text.matchAll(making)].map(([, name = '']) => name))];
}

const NO_COLUMN = /^(primary key|unique|check|foreign key|constraint)\b/;

function columnsIn(body: string): string[] {
  return body
    .split('\n')
    .filter((line) => /^ {2}[a-z"]/.test(line) && !NO_COLUMN.test(line.trim()))
    .map((line) => line.trim().split(' ')[0]?.replaceAll('"', '') ?? '');
}
