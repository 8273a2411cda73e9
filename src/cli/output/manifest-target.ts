import { createHash } from 'node:crypto';
import type { ExportManifest } from './result.ts';
import type { Target } from './target.ts';

/**
 * The target, and beside it a file that says what was written to it. That file too appears whole or
 * not at all, after the other one; if nobody read the output to its end, it does not. `UserError` as
 * `createOutputFile`.
 */
export async function withManifest(target: Target, manifest: ExportManifest): Promise<Target> {
  const { createOutputFile } = await import('../../support/output-file.ts');
  const file = await createOutputFile(manifest.path);
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    stream: target.stream,
    get closed() {
      return target.closed;
    },
    async write(text) {
      const encoded = Buffer.from(text);
      hash.update(encoded);
      bytes += encoded.length;
      await target.write(text);
    },
    flush: async () => target.flush(),
    async commit() {
      await target.commit();
      if (target.closed) return;
      const written = { rows: manifest.rows(), bytes, sha256: hash.digest('hex') };
      await file.write(`${JSON.stringify({ ...manifest.about, ...written }, null, 2)}\n`);
      await file.commit();
    },
    async discard() {
      await target.discard();
      await file.discard();
    },
  };
}
