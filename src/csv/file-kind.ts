import { EXIT, UserError } from '../support/errors.ts';

interface FileKind {
  readonly what: string;
  readonly advice: string;
  /** The first bytes, as latin-1 text. */
  readonly begins: RegExp;
}

const SAVE_AS_CSV = 'open it and save the sheet as CSV UTF-8, then import that file';
const UNPACK = 'unpack it first, and import the file inside';

/** Files that people take for CSV, the more special ones first. */
const KINDS: readonly FileKind[] = [
  {
    what: 'an OpenDocument spreadsheet',
    advice: SAVE_AS_CSV,
    begins: /^PK\x03\x04[^]{26}mimetypeapplication\/vnd\.oasis\.opendocument/,
  },
  {
    what: 'an Excel workbook',
    advice: SAVE_AS_CSV,
    begins: /^PK\x03\x04[^]{26}(?:\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/,
  },
  { what: 'an Excel workbook of before 2007', advice: SAVE_AS_CSV, begins: /^\xd0\xcf\x11\xe0/ },
  { what: 'a zip archive', advice: UNPACK, begins: /^PK(?:\x03\x04|\x05\x06|\x07\x08)/ },
  { what: 'a gzip file in a gzip file', advice: UNPACK, begins: /^\x1f\x8b/ },
  { what: 'compressed with zstd', advice: 'unpack it: zstd -d', begins: /^\x28\xb5\x2f\xfd/ },
  { what: 'compressed with bzip2', advice: 'unpack it: bunzip2', begins: /^BZh\d1AY&SY/ },
  { what: 'compressed with xz', advice: 'unpack it: unxz', begins: /^\xfd7zXZ\0/ },
  { what: 'a 7-Zip archive', advice: UNPACK, begins: /^7z\xbc\xaf\x27\x1c/ },
  { what: 'a tar archive', advice: UNPACK, begins: /^[^]{257}ustar/ },
  { what: 'a PDF', advice: 'export the table as CSV where the PDF comes from', begins: /^%PDF-/ },
  {
    what: 'a web page',
    advice: 'it may be a page of login or an error; fetch the CSV file itself',
    begins: /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|!--|html|head|body|table)/i,
  },
  {
    what: 'an XML file',
    advice: 'export it as CSV, NDJSON or JSON',
    begins: /^(?:\xef\xbb\xbf)?\s*<\?xml/i,
  },
  {
    what: 'an SQLite database',
    advice: "write the table as CSV: sqlite3 -csv -header FILE 'select …'",
    begins: /^SQLite format 3\0/,
  },
  { what: 'a Parquet file', advice: 'convert it to CSV or NDJSON', begins: /^PAR1/ },
  {
    what: 'in UTF-32',
    advice: 'convert it: iconv -f utf-32 -t utf-8',
    begins: /^(?:\xff\xfe\0\0|\0\0\xfe\xff)/,
  },
];

/** How many bytes at the beginning of a file tell what it is. */
export const KIND_BYTES = 512;

/** Refuses a file that is no text of rows. `UserError` (65) says what it is and what to do. */
export function requireRows(name: string, head: Buffer): void {
  const text = head.toString('latin1');
  const found = KINDS.find(({ begins }) => begins.test(text));
  if (found === undefined) return;
  throw new UserError('OTHER_KIND_OF_FILE', EXIT.badInput, `${name} is ${found.what}`, {
    hint: found.advice,
  });
}
