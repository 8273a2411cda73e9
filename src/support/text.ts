/** The letters from which nothing is composed: marks, and what has another form, come behind. */
const BEYOND_LATIN = /[^\u0000-\u02ff]/;

/** The text in Unicode NFC, the form in which every value and every literal is stored. */
export function toNfc(text: string): string {
  return BEYOND_LATIN.test(text) ? text.normalize('NFC') : text;
}

/** `Hot leads (été)` → `hot-leads-ete`: no marks, lower case, each other run one `-`. */
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

/** A text for a message: cut after `most` characters, with `…`. */
export function clipped(text: string, most = 60): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/**
 * `2,000`: a whole number of at least 0, for people. `toLocaleString` would do the same, but
 * loading its tables takes 15 ms.
 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 contact`, `2,000 contacts`: a count with its noun, for people. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}
