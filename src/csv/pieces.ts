/** What old programs and crashes leave behind the end of a text. */
const TAIL = /[\0\u001a\r\n]/;
const NULS = /^\0+$/;
const NULS_AT_ONCE = 65_536;

/** More than this is not held back, but left to the reader. */
const LONGEST_TAIL = 1_048_576;

/** The text without Ctrl-Z, NULs and line breaks at its end; there may be any number of NULs. */
export async function* withoutTail(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  let nuls = 0;
  for await (const piece of pieces) {
    if (NULS.test(piece)) {
      nuls += piece.length;
      continue;
    }
    const end = endOfText(piece);
    if (end > 0 || nuls > 0 || held.length > LONGEST_TAIL) {
      yield held;
      yield* nulsOf(nuls);
      yield piece.slice(0, end);
      [held, nuls] = ['', 0];
    }
    held += piece.slice(end);
  }
}

function* nulsOf(count: number): Generator<string> {
  for (let left = count; left > 0; left -= NULS_AT_ONCE)
    yield '\0'.repeat(Math.min(left, NULS_AT_ONCE));
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && TAIL.test(text.charAt(end - 1))) end -= 1;
  return end;
}

/** The text behind its first `count` lines, which end with LF, CRLF or CR. */
export async function* afterLines(
  pieces: AsyncIterable<string>,
  count: number,
): AsyncGenerator<string> {
  let left = count;
  let held = '';
  for await (const piece of pieces) {
    let text = held + piece;
    while (left > 0) {
      const lineBreak = /\n|\r(?!$)\n?/.exec(text);
      if (lineBreak === null) break;
      text = text.slice(lineBreak.index + lineBreak[0].length);
      left -= 1;
    }
    // of a line that is not whole, only a CR at its end can matter
    held = left > 0 && text.endsWith('\r') ? '\r' : '';
    if (left === 0) yield text;
  }
}

/** The text behind its first `count` characters. */
export async function* afterCharacters(
  pieces: AsyncIterable<string>,
  count: number,
): AsyncGenerator<string> {
  let left = count;
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.slice(left);
    left = Math.max(0, left - piece.length);
  }
}

/** The first `count` characters of a text, or more. */
export async function headOf(pieces: AsyncIterable<string>, count: number): Promise<string> {
  let head = '';
  for await (const piece of pieces) {
    head += piece;
    if (head.length >= count) break;
  }
  return head;
}
