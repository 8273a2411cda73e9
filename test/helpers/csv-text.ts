/**
 * Reads RFC 4180 text into one record per row; written apart from the program's own reader, to
 * check it by.
 */
export function parseCsv(text: string): Record<string, string>[] {
  const [header = [], ...records] = rowsOf(text);
  return records.map((cells) =>
    Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])),
  );
}

function rowsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    rows.at(-1)?.push(cellOf(quoted, bare));
    if (end !== ',' && end !== '') rows.push([]);
    if (end === '') break;
  }
  if (rows.at(-1)?.every((cell) => cell === '') === true) rows.pop();
  return rows;
}

function cellOf(quoted: string | undefined, bare: string | undefined): string {
  return quoted?.replaceAll('""', '"') ?? bare ?? '';
}
