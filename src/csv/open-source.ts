import { KIND_BYTES, requireRows } from './file-kind.ts';
import { isGzip, unzipped } from './gzip.ts';
import { openRaw, type Source, type StandardInput } from './source.ts';

/**
 * Opens a file, or `-` for `stdin`. An input that can be read only once (standard input, a pipe) is
 * first copied to a temporary file without a name. What gzip has packed is read as it was before.
 * `UserError`: missing or a folder (66), no permission (77), a failing disk (74), a workbook, an
 * archive or another file that is no text of rows (65).
 */
export async function openSource(
  file: string,
  stdin: StandardInput,
  onReceived?: (bytes: number) => void,
): Promise<Source> {
  const raw = await openRaw(file, stdin, onReceived);
  try {
    const source = isGzip(await headOf(raw)) ? unzipped(raw) : raw;
    requireRows(source.name, await headOf(source));
    return source;
  } catch (error) {
    await raw.close();
    throw error;
  }
}

/** The first bytes; fewer only if the file has no more. */
async function headOf(source: Source): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of source.chunks()) {
    head = Buffer.concat([head, chunk.subarray(0, KIND_BYTES)]);
    if (head.length >= KIND_BYTES) break;
  }
  return head;
}
