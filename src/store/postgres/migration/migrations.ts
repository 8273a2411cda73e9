import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../../support/package-folder.ts';

/** One step of the schema; a store's version is how many of them it has seen. */
export interface Migration {
  /** `0000_init` */
  readonly name: string;
  /** Its statements, in one text. */
  readonly sql: string;
}

/** Where the statements are that make a store's schema. */
export function schemaFolder(): string {
  return join(packageFolder(), 'drizzle', 'postgres');
}

/** The migrations in a folder: files that are numbered from 0000 on, without a gap. */
export function readMigrations(folder: string = schemaFolder()): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => /^\d{4}_.+\.sql$/.test(file))
    .sort();
  return files.map((file, version) => {
    if (Number(file.slice(0, 4)) !== version)
      throw new Error(`the migration ${file} should have the number ${String(version)}`);
    return { name: file.slice(0, -'.sql'.length), sql: readFileSync(join(folder, file), 'utf8') };
  });
}
