import { createHash } from 'node:crypto';
import type { Source } from './source.ts';

/** The SHA-256 of the bytes of a source, in hexadecimal digits. */
export async function hashOf(source: Source): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of source.chunks()) hash.update(chunk);
  return hash.digest('hex');
}
