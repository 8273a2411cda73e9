import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which of these texts, in lower case, stand in which files of the store `crm.db` in this folder. */
export function foundInStore(folder: string, ...texts: readonly string[]): string[] {
  const files = readdirSync(folder).filter((file) => file.startsWith('crm.db'));
  return files.flatMap((file) => {
    const bytes = readFileSync(join(folder, file), 'latin1').toLowerCase();
    return texts.filter((text) => bytes.includes(text)).map((text) => `${file}: ${text}`);
  });
}
