import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A short text that is another one where the files, or `seed`, are others: for the names of what is
 * made by them and kept.
 * @param {readonly URL[]} files
 * @param {string} seed
 */
export function keyOfFiles(files, seed = '') {
  const hash = createHash('sha256').update(seed);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
