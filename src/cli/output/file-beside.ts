import { createHash } from 'node:crypto';
import type { FileBeside } from './result.ts';
import type { Target } from './target.ts';

/**
 * The target, and beside it a file that knows what was written to it. That file too appears whole or
 * not at all, after the other one; if nobody read the output to its end, it does not. `UserError` as
 * `createOutputFile`.
 */
export async function withFileBeside(target: Target, beside: FileBeside): Promise<Target> {
  const { createOutputFile } = await import('../../support/output-file.ts');
  const file = await createOutputFile(beside.path);
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
      await file.write(beside.text({ bytes, sha256: hash.digest('hex') }));
      await file.commit();
    },
    async discard() {
      await target.discard();
      await file.discard();
    },
  };
}
