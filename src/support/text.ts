/** Unicode NFC, the form in which every value and every literal is kept. */
export function toNfc(text: string): string {
  return text.normalize('NFC');
}

/** `Hot leads (été)` → `hot-leads-ete`: marks stripped, lower case, other runs become one `-`. */
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

/** A text for a message: what is longer than that many characters ends with `…`. */
export function clipped(text: string, most = 60): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/**
 * `2,000`: a whole number of at least 0, for people. `toLocaleString` says the same, but loading
 * its tables takes 15 ms.
 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 contact`, `2,000 contacts`: a count with its noun, for people. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}
