/* Punycode (RFC 3492): a label of a domain in ASCII letters, as the name servers have it. */

const BASE = 36;
const LEAST = 1;
const MOST = 26;
const FIRST_BEYOND_ASCII = 0x80;
const FIRST_BIAS = 72;

/** The label in ASCII, with `xn--` before it where it has other letters: `bücher` → `xn--bcher-kva`. */
export function asciiLabel(label: string): string {
  const codes = Array.from(label, (letter) => letter.codePointAt(0) ?? 0);
  const ascii = codes.filter((code) => code < FIRST_BEYOND_ASCII);
  if (ascii.length === codes.length) return label;
  const start = ascii.length > 0 ? `${String.fromCodePoint(...ascii)}-` : '';
  return `xn--${start}${insertions(codes, ascii.length).join('')}`;
}

/** Where to insert which letters beyond ASCII, from the lowest to the highest. */
function insertions(codes: readonly number[], asciiCount: number): string[] {
  const written: string[] = [];
  let [present, lowest, delta, bias] = [asciiCount, FIRST_BEYOND_ASCII, 0, FIRST_BIAS];
  while (present < codes.length) {
    const next = Math.min(...codes.filter((code) => code >= lowest));
    delta += (next - lowest) * (present + 1);
    for (const code of codes) {
      if (code < next) delta += 1;
      if (code !== next) continue;
      written.push(variableLength(delta, bias));
      bias = adapted(delta, present + 1, present === asciiCount);
      delta = 0;
      present += 1;
    }
    delta += 1;
    lowest = next + 1;
  }
  return written;
}

function variableLength(delta: number, bias: number): string {
  let [rest, digits] = [delta, ''];
  for (let place = BASE; ; place += BASE) {
    const threshold = Math.min(Math.max(place - bias, LEAST), MOST);
    if (rest < threshold) return digits + digit(rest);
    const [base, beyond] = [BASE - threshold, rest - threshold];
    digits += digit(threshold + (beyond % base));
    rest = Math.floor(beyond / base);
  }
}

/** `a` to `z` are 0 to 25, `0` to `9` the others. */
function digit(value: number): string {
  return ((value + 10) % BASE).toString(BASE);
}

function adapted(delta: number, present: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? 700 : 2));
  rest += Math.floor(rest / present);
  let bias = 0;
  for (; rest > ((BASE - LEAST) * MOST) / 2; bias += BASE) rest = Math.floor(rest / (BASE - LEAST));
  return bias + Math.floor(((BASE - LEAST + 1) * rest) / (rest + 38));
}
